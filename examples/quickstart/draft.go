package main

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/journey/lab"
	"github.com/marque-go/marque/loop"
)

// tried is how many people a draft is tried with.
const tried = 500

// drafts tells what a draft of the first-order journey, which waits one day for a message to be opened instead of two,
// would have changed for some of the people, over the log of the run.
func (s *scene) drafts(ctx context.Context, people int) (report.Table, error) {
	t := report.Table{Title: "A draft over what happened", Columns: []string{"message of first-order", "as it is", "draft"}}
	share := uint32(marque.Buckets)
	if people > tried {
		share = uint32(marque.Buckets / people * tried)
	}
	o := &lab.Options{Until: s.shop.End(), NewID: s.options().NewID}
	before, err := lab.Backtest(ctx, s.program, s.some(ctx, share), o)
	if err != nil {
		return t, err
	}
	after, err := lab.Backtest(ctx, impatient(s.program), s.some(ctx, share), o)
	if err != nil {
		return t, err
	}
	d := lab.Diff(before, after)
	for _, n := range d.Nodes {
		if n.Journey == "first-order" {
			t.Rows = append(t.Rows, []string{n.Node, report.Number(n.Before), report.Number(n.After)})
		}
	}
	t.Lead = fmt.Sprintf("The log of %s, once with the journeys as they are and once with one day instead of two for a message to be opened; nothing is sent.",
		report.Number(len(reached(before, after)))+" people who get something")
	t.Words = append(t.Words, fmt.Sprintf("%s as before, %s at another time, %s gone, %s new; it makes a difference to %s people.",
		report.Many(d.Same, "message"), report.Number(len(d.Moved)), report.Number(len(d.Gone)), report.Number(len(d.New)), report.Number(len(d.People()))))
	worst := lab.WorstCase(s.program.Journeys, nil)
	t.Words = append(t.Words, "Whatever happens, the caps and the graphs allow one person "+report.Many(int(worst[len(worst)-1].Bound), "message")+" a day.")
	return t, nil
}

// some is the log of a share of the people.
func (s *scene) some(ctx context.Context, share uint32) iter.Seq2[marque.Event, error] {
	return func(yield func(marque.Event, error) bool) {
		for e, err := range s.loop.Profiles().Log(ctx, nil) {
			if (err != nil || marque.Bucket("draft", e.Profile) < share) && !yield(e, err) {
				return
			}
		}
	}
}

// impatient is the programme with a first-order journey that waits one day where it waited two.
func impatient(p loop.Program) loop.Program {
	p.Journeys = slices.Clone(p.Journeys)
	for i := range p.Journeys {
		d := &p.Journeys[i]
		if d.Name != "first-order" {
			continue
		}
		d.Nodes = slices.Clone(d.Nodes)
		for j := range d.Nodes {
			if w := d.Nodes[j].Wait; w != nil && w.Within == 2*marque.Day {
				shorter := *w
				shorter.Within = marque.Day
				d.Nodes[j].Wait = &shorter
			}
		}
	}
	return p
}

func reached(runs ...*lab.Run) map[string]bool {
	people := map[string]bool{}
	for _, r := range runs {
		for _, m := range r.Sends {
			people[m.Profile] = true
		}
	}
	return people
}
