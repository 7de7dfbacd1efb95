package scoring_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
)

func TestALookThatChangesNothingDoesNotAllocate(t *testing.T) {
	w, book := world(t, scoring.NewMemory(), defs)
	w.Track(event("order_paid", 0))
	ps := []rule.Pass{w.Pass("ann")}
	names, ctx := w.Names(), t.Context()
	allocs := testing.AllocsPerRun(100, func() {
		if said, err := book.Derive(ctx, names, ps); err != nil || len(said) > 0 {
			t.Fatal(said, err)
		}
	})
	require.Less(t, allocs, 1.0) // under the race detector pools drop things at random
}

func BenchmarkDeriveNoChange(b *testing.B) {
	w, book := world(b, scoring.NewMemory(), defs)
	w.Track(event("order_paid", 0))
	ps := []rule.Pass{w.Pass("ann")}
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if said, err := book.Derive(ctx, names, ps); err != nil || len(said) > 0 {
			b.Fatal(said, err)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	capped := func(r scoring.Rule) []scoring.Def {
		r.On, r.Points = "viewed", 1
		return []scoring.Def{{Name: "lead", HalfLife: 10 * day, Rules: []scoring.Rule{r}, Thresholds: []scoring.Threshold{{Name: "hot", At: 60, Below: 30}}}}
	}
	for _, c := range []struct {
		name, event string
		defs        []scoring.Def
	}{
		{"two scores", "order_paid", defs},
		{"full", "viewed", defs},
		{"cap 3 a day", "viewed", capped(scoring.Rule{Cap: 3, Per: scoring.Day})},
		{"vanish after 5d", "viewed", capped(scoring.Rule{For: 5 * day})},
	} {
		b.Run(c.name, func(b *testing.B) {
			w, book := world(b, scoring.NewMemory(), c.defs)
			p := w.Log(event(c.event, 0))
			names, ctx := w.Names(), b.Context()
			people := make([]string, 100)
			for i := range people {
				people[i] = fmt.Sprint("p", i)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				p.Event.ID, p.Facts.Profile = fmt.Sprint(i), people[i%len(people)]
				p.Event.At = start.Add(time.Duration(i/len(people)) * time.Hour)
				p.Now = p.Event.At
				if _, err := book.Derive(ctx, names, []rule.Pass{p}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A late event between the two levels of a threshold replays the history.
func BenchmarkLate(b *testing.B) {
	w, book := world(b, scoring.NewMemory(), []scoring.Def{{
		Name: "lead", HalfLife: 10 * day, Rules: []scoring.Rule{{On: "viewed", Points: 0.001}},
		Thresholds: []scoring.Threshold{{Name: "hot", At: 60, Below: 0.0001}},
	}})
	for i := range 200 {
		w.Track(event("viewed", marque.Duration(i)*marque.Hour))
	}
	p := w.Pass("ann")
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Event = event("viewed", marque.Hour)
		p.Event.ID = ""
		if _, err := book.Derive(ctx, names, []rule.Pass{p}); err != nil {
			b.Fatal(err)
		}
	}
}
