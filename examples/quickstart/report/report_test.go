package report_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/internal/svg"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, sample()))
	golden(t, "sample.txt", b.Bytes())
	for line := range strings.Lines(b.String()) {
		require.LessOrEqual(t, svg.Cells(strings.TrimRight(line, "\n")), 112, line)
	}
}

func TestHTML(t *testing.T) {
	var a, b bytes.Buffer
	require.NoError(t, report.HTML(&a, sample()))
	require.NoError(t, report.HTML(&b, sample()))
	require.Equal(t, a.String(), b.String())
	golden(t, "sample.html", a.Bytes())

	page := a.String()
	for _, no := range []string{"<script", "<link", "src=", "url(", "@import", "ZgotmplZ", "NaN"} {
		require.NotContains(t, page, no)
	}
	ids := map[string]bool{}
	for _, part := range strings.Split(page, ` id="`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		require.False(t, ids[id], "twice: %s", id)
		ids[id] = true
	}
	for _, part := range strings.Split(page, `aria-labelledby="`)[1:] {
		refs, _, _ := strings.Cut(part, `"`)
		for id := range strings.FieldsSeq(refs) {
			require.True(t, ids[id], id)
		}
	}
	for _, picture := range strings.Split(page, "<svg")[1:] {
		body, _, _ := strings.Cut(picture, "</svg>")
		d := xml.NewDecoder(strings.NewReader("<svg" + body + "</svg>"))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else {
				require.NoError(t, err)
			}
		}
	}
}

// A name from outside does no harm in either form.
func TestHostileNames(t *testing.T) {
	bad := "<img src=x onerror=alert(1)>\x1b[2J\"'&\x00"
	r := report.Report{Title: bad, Lead: bad, Figures: []report.Figure{{bad, bad, bad}},
		Funnels:  []report.Funnel{{Title: bad, Steps: []report.Step{{Name: bad, Count: 1}, {Name: bad}}}},
		Trends:   []report.Trend{{Title: bad, Labels: []string{bad}, Series: []report.Series{{Name: bad, Values: []float64{math.NaN()}}}}},
		Journeys: []report.Journey{{Title: bad, Nodes: []report.Node{{ID: bad, Kind: bad, Label: bad}}, Edges: []report.Edge{{bad, bad, bad, 1}}}},
		Files:    []report.File{{Name: bad, Faults: []string{bad}}}, Tables: []report.Table{{Title: bad, Columns: []string{bad}, Rows: [][]string{{bad, bad}}}},
		Experiments: []report.Experiment{{Title: bad, Metric: bad, Arms: []report.Arm{{Name: bad}, {Name: bad}}, Refused: bad}},
	}
	var text, page bytes.Buffer
	require.NoError(t, report.Text(&text, r))
	require.NotContains(t, text.String(), "\x1b")
	require.NotContains(t, text.String(), "\x00")
	require.NoError(t, report.HTML(&page, r))
	require.NotContains(t, page.String(), "<img")
}

func TestEmpty(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, report.Report{Title: "Nothing"}))
	require.Equal(t, "NOTHING\n", b.String())
	require.NoError(t, report.HTML(&b, report.Report{Title: "Nothing"}))
	require.NoError(t, report.HTML(io.Discard, report.Report{Funnels: make([]report.Funnel, 1), Trends: make([]report.Trend, 1),
		Flows: make([]report.Flow, 1), Journeys: make([]report.Journey, 1), Experiments: make([]report.Experiment, 1), Tables: make([]report.Table, 1)}))
}

func TestWords(t *testing.T) {
	require.Equal(t, "¥0.05", report.Money(5, "CNY"))
	require.Equal(t, "−¥1,234.50", report.Money(-123450, "CNY"))
	require.Equal(t, "$12,345", report.Money(1234567, "USD"))
	require.Equal(t, "¥999", report.Money(999, "JPY"))
	require.Equal(t, "SEK 1.00", report.Money(100, "SEK"))
	require.Equal(t, "12.5%", report.Percent(.125))
}

type failing struct{ n int }

func (f *failing) Write(b []byte) (int, error) {
	if f.n -= len(b); f.n < 0 {
		return 0, fmt.Errorf("disk full")
	}
	return len(b), nil
}

func TestErrorsComeBack(t *testing.T) {
	require.ErrorContains(t, report.Text(&failing{100}, sample()), "disk full")
	require.ErrorContains(t, report.HTML(&failing{100}, sample()), "disk full")
}

func TestPictures(t *testing.T) {
	var names []string
	for _, p := range report.Pictures(sample()) {
		names = append(names, p.Name)
		require.True(t, strings.HasPrefix(p.SVG, "<svg"))
		require.Equal(t, 1, strings.Count(p.SVG, "</svg>"))
		require.Contains(t, p.SVG, "prefers-color-scheme")
	}
	require.Equal(t, []string{"funnel.svg", "segments-over-time.svg", "stage-flow.svg", "journeys.svg", "journeys-2.svg",
		"experiments.svg", "experiments-2.svg", "experiments-3.svg", "experiments-4.svg"}, names)
}
