package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/abtest"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/funnel"
	"github.com/marque-go/marque/funnel/pipeline"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/stat"
	"github.com/marque-go/marque/tagging"
)

// funnelFigures are the plan's event funnels.
func (g *ledger) funnelFigures(plan *loop.Plan) []report.Funnel {
	var out []report.Funnel
	for i, p := range plan.Funnels() {
		out = append(out, funnelOf(p.Def().Name, g.funnels[i].Result().Row, p.Def().Window))
	}
	return out
}

func funnelOf(title string, row funnel.Row, window marque.Duration) report.Funnel {
	f := report.Funnel{Title: title, Lead: fmt.Sprintf("within %v, each step after the one before", window)}
	for i, s := range row.Steps {
		step := report.Step{Name: s.Name, Count: s.People, Low: s.Overall.Interval.Low, High: s.Overall.Interval.High}
		if i > 0 {
			step.Median = s.Time.Median
		}
		f.Steps = append(f.Steps, step)
	}
	return f
}

// flows are the plan's pipelines as of the end.
func (g *ledger) flows(plan *loop.Plan, end time.Time) []report.Flow {
	var out []report.Flow
	for i, p := range plan.Pipelines() {
		out = append(out, flowOf(p.Def(), g.pipelines[i].At(end)))
	}
	return out
}

func flowOf(def pipeline.Def, r pipeline.Report) report.Flow {
	f := report.Flow{Title: def.Name}
	var rates []string
	for i, s := range r.Stages {
		f.Stages = append(f.Stages, s.Stage)
		if i < len(r.Stages)-1 {
			rates = append(rates, s.Stage+" "+report.Share(int(s.Next.Hits), int(s.Next.N)))
		}
	}
	f.Lead = "went on to a later stage: " + strings.Join(rates, ", ")
	layout := "2006-01"
	if n := len(r.Flows); n > 0 && def.Period != "month" {
		layout = dayLayout(int(r.Flows[n-1].From.Sub(r.Flows[0].From).Hours()/24) + 1)
	}
	for i, x := range r.Flows {
		if i%len(r.Stages) == 0 {
			f.Periods = append(f.Periods, x.From.Format(layout))
			f.In, f.Out, f.Stock = append(f.In, nil), append(f.Out, nil), append(f.Stock, nil)
		}
		k := len(f.Periods) - 1
		f.In[k] = append(f.In[k], x.In)
		f.Out[k] = append(f.Out[k], x.Forward+x.Back+x.Lost)
		f.Stock[k] = append(f.Stock[k], x.Stock)
	}
	return f
}

// trend is the sizes of segments over time.
func (s *sizes) trend(title, layout string, zone *time.Location) report.Trend {
	t := report.Trend{Title: title}
	for _, at := range s.at {
		t.Labels = append(t.Labels, at.In(zone).Format(layout))
	}
	for i, name := range s.names {
		series := report.Series{Name: name}
		for _, row := range s.rows {
			series.Values = append(series.Values, float64(row[i]))
		}
		t.Series = append(t.Series, series)
	}
	return t
}

// journeys draws each journey with what happened at its nodes.
func journeys(ctx context.Context, l *loop.Loop, plan *loop.Plan) ([]report.Journey, error) {
	counts, err := l.Journeys().Counts(ctx)
	if err != nil {
		return nil, err
	}
	var out []report.Journey
	for _, p := range plan.Journeys().Plans() {
		out = append(out, journeyOf(p.Def(), counts))
	}
	return out, nil
}

func journeyOf(def *journey.Def, counts []journey.Count) report.Journey {
	r := report.Journey{Title: def.Name, Lead: def.Doc}
	for _, c := range counts {
		if c.Journey != def.Name {
			continue
		}
		if c.Node == "" && c.What == "in" {
			r.Entered += c.N
		}
		if reason, ok := strings.CutPrefix(c.What, "out/"); ok && c.Node == "" {
			r.Exits = append(r.Exits, report.Count{Name: reason, N: c.N})
			r.Done += c.N
		}
		if reason, ok := strings.CutPrefix(c.What, "no/"); ok && c.Node == "" {
			r.Refused = append(r.Refused, report.Count{Name: reason, N: c.N})
		}
		if c.What == "waiting" && c.Node != "" { // without a node they wait for their entry
			r.Running += c.N
		}
	}
	for _, station := range def.Flow(counts) {
		node := *station.Node
		kind, label := describe(node)
		r.Nodes = append(r.Nodes, report.Node{ID: node.ID, Kind: kind, Label: label, Entered: station.In, Waiting: station.Waiting})
		r.Edges = append(r.Edges, edgesOf(station)...)
	}
	return r
}

// describe says in a few words what a node does.
func describe(n journey.Node) (kind, label string) {
	switch {
	case n.Send != nil:
		return "send", strings.Join(n.Send.Channels, ", ") + ": " + n.Send.Template
	case n.Wait != nil && n.Wait.Event != "":
		return "wait", n.Wait.Event + " within " + n.Wait.Within.String()
	case n.Wait != nil && n.Wait.Date != nil:
		d := n.Wait.Date
		side, days := "on", d.Days
		if days < 0 {
			side, days = "before", -days
		} else if days > 0 {
			side = "after"
		}
		if days > 0 {
			side = report.Many(days, "day") + " " + side
		}
		return "wait", fmt.Sprintf("%s %s, at %s", side, strings.TrimPrefix(d.Attribute, "vars."), d.At)
	case n.Wait != nil:
		var parts []string
		if n.Wait.For != 0 {
			parts = append(parts, n.Wait.For.String())
		}
		if n.Wait.Days != 0 {
			parts = append(parts, report.Many(n.Wait.Days, "day"))
		}
		if n.Wait.At != "" {
			parts = append(parts, "until "+n.Wait.At)
		}
		return "wait", strings.Join(parts, ", ")
	case len(n.Branch) > 0:
		return "branch", report.Many(len(n.Branch), "case")
	case n.Split != nil:
		return "split", report.Many(len(n.Split.Arms), "arm")
	case n.Experiment != nil:
		return "experiment", n.Experiment.Name
	case n.Tag != nil:
		return "tag", n.Tag.Name
	case n.Untag != "":
		return "untag", n.Untag
	case n.Score != nil:
		return "score", fmt.Sprintf("%s %+g", n.Score.Name, n.Score.Points)
	case n.Coupon != nil:
		return "coupon", n.Coupon.Batch
	case n.Goto != "":
		return "journey", n.Goto
	case n.Exit != "":
		return "exit", n.Exit
	case n.Call != nil:
		return "call", n.Call.Do
	default:
		return "set", ""
	}
}

// experimentOf compares the arms of an experiment by orders within a window.
func (g *ledger) experimentOf(x abtest.Experiment, window time.Duration, end time.Time, cost marque.Money) (report.Experiment, error) {
	counts, paid := g.outcome(x.Name, window, end)
	a, err := abtest.Analyze(x, counts, nil)
	if err != nil {
		return report.Experiment{}, err
	}
	r := report.Experiment{Title: x.Name, Lead: x.Doc, Metric: fmt.Sprintf("ordered within %v", marque.Duration(window)), Method: a.Method, Cost: cost, P: 1}
	if a.Reason == stat.Mismatch {
		r.Refused = fmt.Sprintf("%s: people are not dealt over the arms as planned, p = %.2g", a.Reason, a.Ratio.P)
	}
	for _, arm := range a.Arms {
		if arm.Rate.N == 0 && r.Refused == "" {
			r.Refused = "nobody to judge by in " + arm.Arm
		}
		r.Arms = append(r.Arms, report.Arm{Name: arm.Arm, People: int(arm.Rate.N), Converted: int(arm.Rate.Hits),
			Low: arm.Rate.Interval.Low, High: arm.Rate.Interval.High, Revenue: paid[arm.Arm]})
		if arm.Diff != nil {
			r.Diff, r.Low, r.High, r.P = arm.Diff.Diff, arm.Diff.Interval.Low, arm.Diff.Interval.High, arm.P
			r.Orders, r.OrdersLow, r.OrdersHigh = arm.Gain.Extra, arm.Gain.Interval.Low, arm.Gain.Interval.High
		}
	}
	slices.SortStableFunc(r.Arms, func(p, q report.Arm) int { // the control comes last
		return strings.Compare(rank(p.Name, a.Control), rank(q.Name, a.Control))
	})
	return r, nil
}

func rank(arm, control string) string {
	if arm == control {
		return "1"
	}
	return "0"
}

// holders counts who has a tag.
func holders(ctx context.Context, book *tagging.Book, tag string) (int, error) {
	n, cursor := 0, ""
	for {
		page, err := book.Holders(ctx, tag, cursor, 10000)
		if err != nil {
			return 0, err
		}
		n += len(page.Holders)
		if cursor = page.Next; cursor == "" {
			return n, nil
		}
	}
}
