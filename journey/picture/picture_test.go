package picture_test

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/build"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/picture"
)

var update = flag.Bool("update", false, "write the golden files anew")

// large is a journey with all kinds of nodes.
func large(t testing.TB) graph.Def {
	opened := func(message string) *build.Match { return build.Event("message_opened").Of(message) }
	def, err := build.Journey("首单转化").
		Enter(build.OnSegment("新注册未下单").Once()).
		Goal(graph.On{Event: "order_paid"}).
		Path(
			build.WaitFor("观察期", 10*marque.Minute),
			build.Branch("城市", build.When(`city == "重庆"`, "预算闸"), build.When(`score("intent") >= 3 and has_tag("vip")`, "推送")),
			build.Experiment("优惠实验", graph.Experiment{Name: "comeback-offer", Arms: map[string]string{"coupon": "预算闸", "hello": "推送"}}),
			build.Send("推送", build.By("push", "wechat").Template("welcome")).On(graph.Unreachable, "短信").On(graph.Suppressed, "短信").On(graph.Capped, "记分"),
			build.WaitEvent("打开?", 2*marque.Day, opened("推送"), build.Event("view").To("顾问")).On(graph.Timeout, "短信"),
			build.Gate("预算闸", graph.Quota{N: 500, Per: "day"}).On(graph.Full, "短信"),
			build.Coupon("发券", "welcome-20").On(graph.Refused, "记分"),
			build.WaitThen("次日", marque.Day, "10:00"),
			build.Send("提醒", build.By("wechat", "sms").Text("“{{.coupon_amount}}”")),
			build.WaitUntil("条件", 3*marque.Day, build.When(`did("add_to_cart", within("1d"))`, "顾问")).On(graph.Timeout, "完"),
		).
		Path(
			build.Send("短信", build.By("sms").Template("welcome-sms")).On(graph.Unreachable, "生日前"),
			build.WaitEvent("短信打开?", 2*marque.Day, opened("短信")).On(graph.Timeout, "生日前").Next("预算闸"),
		).
		Path(
			build.WaitDate("生日前", graph.Date{Attribute: "birthday", Days: -3, At: "09:00", Yearly: true}, "").On(graph.Missing, "流失"),
			build.Emit("通知", graph.Emit{Event: "birthday_near"}),
			build.Sub("唤醒", "win-back", nil).On("goal", "完").On(graph.Refused, "流失"),
			build.Tag("流失", "lost"),
			build.Split("两半", build.Arm(1, "再来"), build.Arm(3, "记分")),
		).
		Path(build.Goto("再来", "win-back")).
		Path(
			build.Assign("顾问", graph.Assign{Desk: "sales"}).On(graph.Refused, "电话"),
			build.Call("电话", graph.Call{Do: "phone", As: "ring"}).On("busy", "完"),
			build.Score("记分", "intent", -2.5),
			build.Set("属性", map[string]any{"asked": true, "stage": "done"}),
			build.Untag("去标", "hot"),
			build.Exit("完", "offered"),
		).
		Def()
	require.NoError(t, err)
	return def
}

// tally makes up counts: of 10,000 who enter, so many go each way.
func tally(d graph.Def) []graph.Count {
	counts := []graph.Count{{Journey: d.Name, What: "in", N: 10000}, {Journey: d.Name, What: "out/goal", N: 812}, {Journey: "another", What: "in", N: 5}}
	in := map[string]int{d.Nodes[0].ID: 10000}
	paths := regexp.MustCompile(`^(?:on|experiment\.arms)\.(.*)$|^(branch|wait\.until|split\.arms|wait\.any)\[(\d+)\]`)
	names := map[string]string{"branch": "case ", "wait.until": "case ", "split.arms": "arm ", "wait.any": "any "}
	for i := range d.Nodes {
		n := &d.Nodes[i]
		all := in[n.ID]
		counts = append(counts, graph.Count{Journey: d.Name, Node: n.ID, What: "in", N: all})
		if n.Wait != nil {
			counts = append(counts, graph.Count{Journey: d.Name, Node: n.ID, What: "waiting", N: all / 20})
			all -= all / 20
		}
		for k, e := range n.Edges() {
			share := all / (2 + k)
			what := "done"
			if m := paths.FindStringSubmatch(e.Path); m != nil && m[1] != "" {
				what = m[1]
			} else if m != nil {
				at, _ := strconv.Atoi(m[3])
				what = fmt.Sprint(names[m[2]], at+1)
			}
			counts = append(counts, graph.Count{Journey: d.Name, Node: n.ID, What: what, N: share})
			in[e.To] += share
			all -= share
		}
	}
	return append(counts, graph.Count{Journey: d.Name, What: "out/completed", N: in[""]})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "%s: -update", path)
}

func TestPictures(t *testing.T) {
	def := large(t)
	counts := tally(def)
	small, err := build.Journey("welcome").Enter(build.OnEvent("registered")).
		Path(build.Send("hello", build.By("push").Template("hello")), build.WaitFor("wait", 2*marque.Day), build.Send("again", build.By("push").Template("hello"))).Def()
	require.NoError(t, err)
	for name, got := range map[string]string{
		"large.svg":      picture.SVG(&def, nil, nil),
		"large-live.svg": picture.SVG(&def, counts, nil),
		"large-live.mmd": def.Mermaid(counts...),
		"small.svg":      picture.SVG(&small, nil, &picture.Options{Title: "A <welcome>", Width: 400, ID: "w", Bare: true}),
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, got)
			if strings.HasSuffix(name, ".svg") {
				wellFormed(t, got)
				apart(t, got)
			}
		})
	}
	require.Contains(t, picture.SVG(&def, counts, nil), "10,000 entered")
}

func wellFormed(t *testing.T, text string) {
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := dec.Token(); err == io.EOF {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

var boxes = regexp.MustCompile(`<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="5" class="box"/>`)

// apart checks that no box lies on another.
func apart(t *testing.T, text string) {
	var all [][4]float64
	for _, m := range boxes.FindAllStringSubmatch(text, -1) {
		var b [4]float64
		for i := range b {
			var err error
			b[i], err = strconv.ParseFloat(m[i+1], 64)
			require.NoError(t, err)
		}
		for _, o := range all {
			require.False(t, b[0] < o[0]+o[2] && o[0] < b[0]+b[2] && b[1] < o[1]+o[3] && o[1] < b[1]+b[3], "%v on %v", b, o)
		}
		all = append(all, b)
	}
	require.Greater(t, len(all), 3)
}

func ExampleSVG() {
	def, _ := build.Journey("welcome").Enter(build.OnEvent("registered")).
		Path(build.Send("hello", build.By("push").Template("hello"))).Def()
	counts := []graph.Count{
		{Journey: "welcome", What: "in", N: 120}, {Journey: "welcome", Node: "hello", What: "in", N: 120},
		{Journey: "welcome", Node: "hello", What: "sent", N: 97}, {Journey: "welcome", Node: "hello", What: "unreachable", N: 20},
		{Journey: "welcome", Node: "hello", What: "waiting", N: 3}, {Journey: "welcome", What: "out/completed", N: 117},
	}
	page := picture.SVG(&def, counts, nil)
	for _, text := range regexp.MustCompile(`<text[^>]*>([^<]*)`).FindAllStringSubmatch(page, -1) {
		fmt.Println(text[1])
	}
	// Output:
	// entry
	// registered
	// 120
	// hello
	// send push
	// 120
	// 3 there now
	// ends
	// completed
	// 117
	// 120
	// 117
}
