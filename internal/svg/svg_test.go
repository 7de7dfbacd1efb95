package svg

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func pictures(width float64) map[string]string {
	fig := func(id string) Figure {
		return Figure{ID: id, Title: id, Desc: "A & B <c>", Width: width, Alone: true}
	}
	weeks := []string{"3 Mar", "10 Mar", "17 Mar", "24 Mar", "31 Mar", "7 Apr", "14 Apr", "21 Apr", "28 Apr", "5 May"}
	series := []Series{
		{"新客 new", []float64{1800, 2400, 2100, 1900, 1750, 1600, 1500, 1450, 1400, 1380}},
		{"active", []float64{600, 1500, 2300, 2800, 3200, 3500, 3700, 3900, 4000, 4100}},
		{"VIP", []float64{0, 40, 120, 220, 330, 450, 560, 680, 790, 900}},
		{"lapsing", []float64{0, 0, 0, math.NaN(), 300, 700, 1100, 1500, 1800, 2100}},
	}
	return map[string]string{
		"funnel": Funnel(fig("funnel"), []Step{
			{"Visited", 19380, 1, 0, 0, ""},
			{"Looked at a product 浏览商品", 17012, .878, .873, .882, "−12.2% · median 25s"},
			{"Filled a cart", 8123, .419, .412, .426, "−52.3% · median 1d4h"},
			{"Paid an order, and then some more words that will not fit here however hard one tries to", 6230, .321, .315, .328, "−23.3% · median 9m"},
		}),
		"lines":   Lines(fig("lines"), weeks, series),
		"stacked": Stacked(fig("stacked"), weeks, series),
		"grouped": Grouped(fig("grouped"), weeks[:6], []Series{{"in", []float64{5, 4, 3, 6, 7, 2}}, {"out", []float64{-2, -3, -1, 0, -4, -5}}}),
		"forest": Forest(fig("forest"), []Interval{
			{"push and coupon", .152, .146, .158, "15.2% [14.6, 15.8]"},
			{"control 对照组", .118, .1, .137, "11.8% [10.0, 13.7]"},
			{"difference", .034, -.004, .053, "+3.4 pp [−0.4, 5.3]"},
		}, func(x float64) string { return Percent(x, 0) }),
		"graph": Graph(fig("graph"), []Node{
			{"in", "entry", "registered, no order yet", "9,120", "", 0},
			{"push1", "send · push", "Welcome", "9,120", "", 1},
			{"wait1", "wait · opened, up to 2d", "Opened?", "8,002", "120 wait here", 6},
			{"push2", "send · push", "Second try", "5,340", "", 1},
			{"wait2", "wait · opened, up to 2d", "Opened?", "5,300", "", 6},
			{"sms", "send · sms", "SMS 短信提醒您还有优惠券未使用", "4,100", "", 1},
			{"wait3", "wait · opened, up to 1d", "Opened?", "4,080", "", 6},
			{"wx", "send · wechat", "WeChat", "3,300", "", 1},
			{"wait4", "wait · opened, up to 2d", "Opened?", "3,010", "", 6},
			{"wxtag", "tag", "opens-wechat", "820", "", 4},
			{"lost", "tag", "lost", "2,190", "", 4},
			{"winback", "journey", "win-back", "2,190", "", 3},
			{"done", "exit", "done", "5,930", "", 0},
		}, []Edge{
			{"in", "push1", "", 9120}, {"push1", "wait1", "sent", 8002}, {"push1", "sms", "unreachable", 1118}, {"wait1", "done", "opened", 2662}, {"wait1", "push2", "timeout", 5340},
			{"push2", "wait2", "", 5300}, {"wait2", "done", "opened", 1200}, {"wait2", "sms", "timeout", 4100}, {"sms", "wait3", "", 4080},
			{"wait3", "done", "opened", 780}, {"wait3", "wx", "timeout", 3300}, {"wx", "wait4", "", 3010}, {"wait4", "wxtag", "opened", 820},
			{"wait4", "lost", "timeout", 2190}, {"lost", "winback", "", 2190}, {"wxtag", "done", "", 820}, {"winback", "push1", "again", 12}, {"push2", "push2", "", 1}, {"x", "y", "", 1},
		}),
		"empty":  Lines(fig("empty"), nil, nil) + Funnel(fig("e2"), nil) + Forest(fig("e3"), nil, Short) + Graph(fig("e4"), nil, nil) + Stacked(fig("e5"), weeks, nil),
		"single": Lines(fig("single"), weeks[:1], []Series{{"one", []float64{5}}}),
	}
}

func TestGolden(t *testing.T) {
	for _, width := range []float64{340, 800} {
		for name, got := range pictures(width) {
			path := filepath.Join("testdata", fmt.Sprintf("%s-%v.svg", name, width))
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got, path)
			inside(t, got)
		}
	}
}

// inside checks that the picture is well-formed XML and that no text leaves it (nor enters its margin), measured by Width.
func inside(t *testing.T, picture string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<all>" + picture + "</all>"))
	var w, h float64
	var at map[string]string
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		require.NoError(t, err)
		return x
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		require.NoError(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			m := map[string]string{}
			for _, a := range e.Attr {
				m[a.Name.Local] = a.Value
			}
			if at = nil; e.Name.Local == "text" {
				at = m
			} else if e.Name.Local == "svg" {
				w, h = number(m["width"]), number(m["height"])
				if strings.HasPrefix(m["viewBox"], "-") {
					w, h = w-2*margin, h-2*margin
				}
			}
		case xml.CharData:
			if at == nil {
				continue
			}
			width := Width(string(e), sizeOf(at["class"]))
			left := number(at["x"])
			for k := range strings.FieldsSeq(at["class"]) {
				switch k {
				case "e":
					left -= width
				case "c":
					left -= width / 2
				}
			}
			require.GreaterOrEqual(t, left, -.2, string(e))
			require.LessOrEqual(t, left+width, w+.2, string(e))
			require.LessOrEqual(t, number(at["y"]), h, string(e))
			at = nil
		}
	}
}

// Whatever the graph, it is drawn, boxes of a layer do not touch, and no text leaves the picture.
func TestGraphs(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		var nodes []Node
		var edges []Edge
		n := 1 + r.IntN(24)
		for i := range n {
			nodes = append(nodes, Node{ID: fmt.Sprint(i), Kind: "send · push", Label: strings.Repeat("节点 node ", 1+r.IntN(3)), Count: Count(r.IntN(1e6))})
		}
		for range r.IntN(2*n + 1) {
			edges = append(edges, Edge{fmt.Sprint(r.IntN(n)), fmt.Sprint(r.IntN(n)), "timeout", r.IntN(5000)})
		}
		width := []float64{340, 800}[r.IntN(2)]
		picture := Graph(Figure{ID: "g", Width: width}, nodes, edges)
		require.Equal(t, picture, Graph(Figure{ID: "g", Width: width}, nodes, edges))
		inside(t, picture)

		c := Figure{Width: width}.canvas()
		g := newGraph(c, nodes, edges)
		for _, layer := range g.l.layers {
			for i := 1; i < len(layer); i++ {
				a, b := g.l.spots[layer[i-1]], g.l.spots[layer[i]]
				require.GreaterOrEqual(t, b.x-b.width/2, a.x+a.width/2, "seed %d", seed)
			}
		}
	}
}

func TestText(t *testing.T) {
	require.Equal(t, 9, Cells("重庆 city"))
	require.Equal(t, 1, Cells("e\u0301"))
	require.Equal(t, "", Fit("abc", 12, 2))
	require.Equal(t, "abc", Fit("abc", 12, 40))
	require.Equal(t, []string{"wait for an", "event"}, Wrap("wait for an event", 10, 70, 2))
	require.Equal(t, []string{"短信提醒您还", "有优惠券未…"}, Wrap("短信提醒您还有优惠券未使用", 10, 60, 2))
	require.Equal(t, []string{"win-", "back-", "jour…"}, Wrap("win-back-journey", 10, 34, 3))
	for in, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "−1,234,567"} {
		require.Equal(t, want, Count(in))
	}
	for in, want := range map[float64]string{0: "0", 1250000: "1.25M", 950: "950", 1200: "1.2k", -3500: "−3.5k", .5: "0.5"} {
		require.Equal(t, want, Short(in))
	}
	require.Equal(t, "12.3%", Percent(.1234, 1))
	require.Equal(t, "−1.0%", Percent(-.01, 1))
	require.Equal(t, "0.0%", Percent(-.0001, 1))
	require.Equal(t, "–", Percent(math.NaN(), 1))
	require.Equal(t, []float64{0, 250, 500, 750, 1000}, ticks(0, 1000, 4))
	require.Equal(t, []float64{-.05, 0, .05, .1}, ticks(-.01, .1, 4)[:4])
}

// TestLinesTellApart: a seventh line shares its tone with the first, so it is dashed; labels do not run into each other.
func TestLinesTellApart(t *testing.T) {
	var series []Series
	for i := range 7 {
		series = append(series, Series{Name: fmt.Sprint("line ", i), Values: []float64{1, float64(i)}})
	}
	require.Equal(t, 1, strings.Count(Lines(Figure{ID: "x"}, []string{"a", "b"}, series), "stroke-dasharray"))

	for n := 1; n <= 60; n++ {
		labels, values := []string{}, []float64{}
		for k := range n {
			labels, values = append(labels, time.Date(2026, 3, 9+7*k, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)), append(values, 1)
		}
		picture := Lines(Figure{ID: "x", Width: 800}, labels, []Series{{Name: "line", Values: values}})
		end := math.Inf(-1)
		for _, m := range regexp.MustCompile(`<text x="([0-9.]+)" y="[0-9.]+" class="soft sm c">(.*?)<`).FindAllStringSubmatch(picture, -1) {
			x, err := strconv.ParseFloat(m[1], 64)
			require.NoError(t, err)
			require.Greater(t, x-Width(m[2], 10.5)/2, end, "%d labels: %s", n, m[2])
			end = x + Width(m[2], 10.5)/2
		}
		require.Positive(t, end)
	}
}
