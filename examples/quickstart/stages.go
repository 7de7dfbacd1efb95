package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/scoring/lifecycle"
)

// census counts a lifecycle: who is in which stage, and how they came there.
type census struct {
	def  lifecycle.Def
	all  int
	now  map[string]int
	flow []lifecycle.Transition
}

func (s *scene) census(ctx context.Context) (census, error) {
	book := s.loop.Stages()
	c := census{def: book.Plan().Defs()[0], now: map[string]int{}}
	var flow lifecycle.Flow
	for cursor := ""; ; {
		page, err := book.People(ctx, c.def.Name, "", cursor, 1000)
		if err != nil {
			return c, err
		}
		for _, p := range page.People {
			turns, err := book.History(ctx, p.Profile, c.def.Name)
			if err != nil {
				return c, err
			}
			flow.Turns(led(turns, p.Stage))
			c.now[p.Stage]++
			c.all++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	c.flow = flow.Matrix()
	return c, nil
}

// led are the turns that led somebody to a stage, oldest first. What is told of a person who was taken over belongs to
// it where the person had no history before: then the one goes on with the other.
func led(turns []lifecycle.Turn, stage string) (way []lifecycle.Turn) {
	ends := map[string]string{} // stage, by origin
	for _, t := range turns {
		ends[t.Origin] = t.To
	}
	for origin, more := "", true; more; {
		var part []lifecycle.Turn
		for _, t := range turns {
			if t.Origin == origin {
				part = append(part, t)
			}
		}
		way = append(part, way...)
		delete(ends, origin)
		if len(way) > 0 {
			stage = way[0].From
		}
		more = false
		for _, o := range slices.Sorted(maps.Keys(ends)) {
			if ends[o] == stage && !more {
				origin, more = o, true
			}
		}
	}
	return way
}

func (c census) table() report.Table {
	t := report.Table{Title: "Stages of a customer", Columns: []string{"stage", "people", "came in", "left", "went on to, after"}}
	for _, stage := range c.def.Stages {
		came, left := 0, 0
		var ways []lifecycle.Transition
		for _, x := range c.flow {
			if x.To == stage.Name {
				came += x.Count
			}
			if x.From == stage.Name {
				left += x.Count
				ways = append(ways, x)
			}
		}
		if came+left+c.now[stage.Name] == 0 {
			continue
		}
		slices.SortStableFunc(ways, func(a, b lifecycle.Transition) int { return cmp.Compare(b.Count, a.Count) })
		var text []string
		for _, x := range ways[:min(2, len(ways))] {
			text = append(text, x.To+" "+report.Number(x.Count)+after(x.Median))
		}
		t.Rows = append(t.Rows, []string{stage.Name, report.Number(c.now[stage.Name]),
			report.Number(came), report.Number(left), strings.Join(text, " · ")})
	}
	return t
}

// after writes the length of a stay in one unit, and nothing for none: "(21d)".
func after(d marque.Duration) string {
	for _, unit := range []marque.Duration{marque.Day, marque.Hour, marque.Minute, marque.Second} {
		if d >= unit {
			return " (" + (d / unit * unit).String() + ")"
		}
	}
	return ""
}
