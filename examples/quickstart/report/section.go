package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/svg"
)

// section is a part of the report in the form that both writers share.
type section struct {
	Title, Lead string
	blocks      []block
}

// block is a picture, or a table, or a picture with the table that says the same.
type block struct {
	title, lead string
	draw        func(f svg.Figure) []string // nil: no picture
	desc        string                      // of the picture
	table       Table
	bars        []float64 // one for each row of the table, in [0, 1]; for the text
	detail      []Table   // more that only the page unfolds
	graph       bool      // the picture is set in the middle
	sparks      bool      // the table's last column is drawn with characters
	after       string    // a sentence that concludes
	words       []string  // lines below the table
}

func (r *Report) sections() []section {
	if r.Currency == "" {
		c := *r
		c.Currency = "CNY"
		r = &c
	}
	var out []section
	add := func(title, lead string, blocks []block) {
		if len(blocks) > 0 {
			out = append(out, section{title, lead, blocks})
		}
	}
	add("Input", "", r.files())
	add("Funnel", "", each(r.Funnels, r.funnel))
	add("Segments over time", "", each(slices.DeleteFunc(slices.Clone(r.Trends), func(t Trend) bool { return len(t.Labels) == 0 }), r.trend))
	add("Stage flow", "", each(r.Flows, r.flow))
	add("Journeys", "", each(r.Journeys, r.journey))
	add("Experiments", "", each(r.Experiments, r.experiment))
	add("Coupons", "", r.coupons())
	add("Messages by channel", "", r.channels())
	add("Tags", "", r.tags())
	for _, c := range r.Chapters {
		var blocks []block
		for _, t := range c.Tables {
			if len(t.Rows) > 0 {
				blocks = append(blocks, block{title: t.Title, lead: t.Lead, table: Table{Columns: t.Columns, Rows: t.Rows}, words: t.Words})
			}
		}
		add(c.Title, c.Lead, blocks)
	}
	for _, t := range r.Tables {
		if len(t.Rows) == 0 {
			continue
		}
		add(t.Title, t.Lead, []block{{table: Table{Columns: t.Columns, Rows: t.Rows}, words: t.Words}})
	}
	return out
}

func each[T any](list []T, f func(T) block) (out []block) {
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

func (r *Report) files() []block {
	if len(r.Files) == 0 {
		return nil
	}
	b := block{table: Table{Columns: []string{"file", "rows read", "refused"}}}
	rows, refused := 0, 0
	for _, f := range r.Files {
		b.table.Rows = append(b.table.Rows, []string{f.Name, Number(f.Rows), Number(f.Refused)})
		rows, refused = rows+f.Rows, refused+f.Refused
		b.words = append(b.words, f.Faults...)
	}
	if len(r.Files) > 1 {
		b.table.Rows = append(b.table.Rows, []string{"all", Number(rows), Number(refused)})
	}
	return []block{b}
}

func (r *Report) funnel(f Funnel) block {
	unit := f.Unit
	if unit == "" {
		unit = "people"
	}
	b := block{title: f.Title, lead: f.Lead,
		table: Table{Columns: []string{"step", unit, "of all", "interval", "step rate", "median time"}}}
	var steps []svg.Step
	for i, s := range f.Steps {
		first := f.Steps[0].Count
		x := ratio(s.Count, first)
		if first == 0 {
			s.Low, s.High = 0, 0 // of nobody
		}
		row := []string{s.Name, Number(s.Count), Share(s.Count, first), bounds(s.Low, s.High), "", ""}
		note := ""
		if i > 0 {
			row[4] = Share(s.Count, f.Steps[i-1].Count)
			if f.Steps[i-1].Count > 0 {
				note = row[4] + " of the step before"
			}
			if s.Median > 0 {
				row[5] = span(s.Median)
				note += " · median " + row[5]
			}
		}
		b.table.Rows, b.bars = append(b.table.Rows, row), append(b.bars, x)
		steps = append(steps, svg.Step{Name: s.Name, Count: s.Count, Share: x, Low: s.Low, High: s.High, Note: note})
	}
	if n := len(f.Steps); n > 1 {
		b.desc = fmt.Sprintf("%d steps, from %s %s at %q to %s at %q.", n, Number(f.Steps[0].Count), unit,
			f.Steps[0].Name, Number(f.Steps[n-1].Count), f.Steps[n-1].Name)
	}
	b.draw = func(fig svg.Figure) []string { return []string{svg.Funnel(fig, steps)} }
	return b
}

func (r *Report) trend(t Trend) block {
	b := block{title: t.Title, lead: t.Lead, sparks: true, table: Table{Columns: []string{"", "first", "highest", "last", "course"}}}
	whole := Table{Title: "All values", Columns: []string{""}}
	var series []svg.Series
	var ends []string
	for _, s := range t.Series {
		first, high, last := math.NaN(), math.NaN(), math.NaN()
		for _, v := range s.Values {
			if math.IsNaN(v) {
				continue
			}
			if last = v; math.IsNaN(first) {
				first = v
			}
			if !(high >= v) {
				high = v
			}
		}
		b.table.Rows = append(b.table.Rows, []string{s.Name, rounded(first), rounded(high), rounded(last), spark(s.Values, 40)})
		ends = append(ends, fmt.Sprintf("%s ends at %s", s.Name, rounded(last)))
		series = append(series, svg.Series{Name: s.Name, Values: s.Values})
		whole.Columns = append(whole.Columns, s.Name)
	}
	for k, label := range t.Labels {
		row := []string{label}
		for _, s := range t.Series {
			v := math.NaN()
			if k < len(s.Values) {
				v = s.Values[k]
			}
			row = append(row, rounded(v))
		}
		whole.Rows = append(whole.Rows, row)
	}
	b.detail = []Table{whole}
	b.desc = sentence(strings.Join(ends, ", "))
	b.draw = func(fig svg.Figure) []string { return []string{svg.Lines(fig, t.Labels, series)} }
	return b
}

func (r *Report) flow(f Flow) block {
	b := block{title: f.Title, lead: f.Lead, sparks: true, table: Table{Columns: []string{"stage", "came in", "left", "there at the end", "there, by period"}}}
	at := func(m [][]int, k, i int) int {
		if k < 0 || k >= len(m) || i >= len(m[k]) {
			return 0
		}
		return m[k][i]
	}
	whole := Table{Title: "Period by period: came in, left, there at its end", Columns: append([]string{""}, f.Stages...)}
	series := make([]svg.Series, len(f.Stages))
	var ends []string
	for i, s := range f.Stages {
		in, out := 0, 0
		series[i].Name = s
		for k := range f.Periods {
			in, out = in+at(f.In, k, i), out+at(f.Out, k, i)
			series[i].Values = append(series[i].Values, float64(at(f.Stock, k, i)))
		}
		end := at(f.Stock, len(f.Periods)-1, i)
		b.table.Rows = append(b.table.Rows, []string{s, Number(in), Number(out), Number(end), spark(series[i].Values, 40)})
		ends = append(ends, s+" "+Number(end))
	}
	for k, p := range f.Periods {
		row := []string{p}
		for i := range f.Stages {
			row = append(row, fmt.Sprintf("+%s −%s = %s", Number(at(f.In, k, i)), Number(at(f.Out, k, i)), Number(at(f.Stock, k, i))))
		}
		whole.Rows = append(whole.Rows, row)
	}
	b.detail = []Table{whole}
	b.desc = "At the end: " + sentence(strings.Join(ends, ", "))
	b.draw = func(fig svg.Figure) []string { return []string{svg.Stacked(fig, f.Periods, series)} }
	return b
}

func (r *Report) coupons() []block {
	if len(r.Coupons) == 0 {
		return nil
	}
	b := block{table: Table{Columns: []string{"batch", "issued", "redeemed", "rate", "expired", "still good", "cost", "budget", "its orders paid"}}}
	for _, c := range r.Coupons {
		budget := "–"
		if c.Budget > 0 {
			budget = Money(c.Budget, r.Currency)
		}
		b.table.Rows = append(b.table.Rows, []string{c.Name, Number(c.Issued), Number(c.Redeemed), Share(c.Redeemed, c.Issued),
			Number(c.Expired), Number(c.Running), Money(c.Cost, r.Currency), budget, Money(c.Revenue, r.Currency)})
	}
	return []block{b}
}

func (r *Report) channels() []block {
	if len(r.Channels) == 0 {
		return nil
	}
	b := block{table: Table{Columns: []string{"channel", "sent", "opened", "open rate", "clicked", "opted out", "unreachable", "held back"}}}
	for _, c := range r.Channels {
		b.table.Rows = append(b.table.Rows, []string{c.Name, Number(c.Sent), Number(c.Opened), Share(c.Opened, c.Sent),
			Number(c.Clicked), Number(c.OptOut), Number(c.Unreachable), Number(c.Held)})
	}
	return []block{b}
}

func (r *Report) tags() []block {
	if len(r.Tags) == 0 {
		return nil
	}
	b := block{table: Table{Columns: []string{"tag", "people", "added", "removed"}}}
	for _, t := range r.Tags {
		b.table.Rows = append(b.table.Rows, []string{t.Name, Number(t.People), Number(t.Added), Number(t.Removed)})
	}
	return []block{b}
}

// perOrder is the cost of one incremental order, or "" where there is none to speak of.
func perOrder(cost marque.Money, orders float64, currency string) string {
	if !(orders >= .5) || cost <= 0 {
		return ""
	}
	return Money(marque.Money(math.Round(float64(cost)/orders)), currency)
}
