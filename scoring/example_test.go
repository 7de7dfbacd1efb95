package scoring_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring"
)

// Points come with events and fade. The instant at which the score falls below a threshold is known ahead.
func Example() {
	ctx := context.Background()
	lex, err := rule.Schema{
		Events: append(scoring.Says(), rule.EventType{Name: "viewed"},
			rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}),
		Scores: []string{"lead"},
	}.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := scoring.Compile([]scoring.Def{{
		Name: "lead",
		Rules: []scoring.Rule{
			{On: "order_paid", Points: 20},
			{Name: "big order", On: "order_paid", When: `event.amount >= 50000`, Points: 30},
			{On: "viewed", Points: 3, Cap: 6},
		},
		HalfLife:   14 * marque.Day,
		Thresholds: []scoring.Threshold{{Name: "hot", At: 50, Below: 25}},
	}}, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := scoring.NewBook(scoring.NewMemory(), plan, nil)

	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	look := func(e marque.Event) {
		e.Profile, e.At = "ann", now
		// Package loop makes such a pass of each event, and of each instant that is due.
		said, err := book.Derive(ctx, []string{"lead"}, []rule.Pass{{Event: e, Facts: rule.NewFacts(lex, "ann"), Now: now}})
		if err != nil {
			panic(err)
		}
		for _, e := range said {
			fmt.Printf("%s %s %s at %.1f\n", e.At.Format(time.DateTime), e.Name, e.Props["threshold"], e.Props["value"])
		}
	}
	look(marque.Event{ID: "e1", Name: "order_paid", Props: map[string]any{"amount": 88000}})
	look(marque.Event{ID: "e1", Name: "order_paid", Props: map[string]any{"amount": 88000}}) // the same event does not count again
	for i := range 3 {
		look(marque.Event{ID: fmt.Sprint("v", i), Name: "viewed"})
	}
	score, err := book.Score(ctx, "ann", "lead", now)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.0f, %v\n", score.Value, score.Up)
	for _, share := range score.Shares {
		fmt.Printf("  %-10s %2.0f from %d\n", share.Rule, share.Points, share.Events)
	}
	due, err := book.Due(ctx, marque.Parts{}, now.AddDate(1, 0, 0), 1)
	if err != nil {
		panic(err)
	}
	now = due[0].At
	look(marque.Event{})

	// Output:
	// 2026-05-01 10:00:00 score.up hot at 50.0
	// 56, [hot]
	//   big order  30 from 1
	//   order_paid 20 from 1
	//   viewed      6 from 2
	// 2026-05-17 16:56:08 score.down hot at 25.0
}

// Points by hand, once per key.
func ExampleBook_Add() {
	ctx := context.Background()
	lex, _ := rule.Schema{Scores: []string{"lead"}}.Compile()
	plan, err := scoring.Compile([]scoring.Def{{Name: "lead"}}, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := scoring.NewBook(scoring.NewMemory(), plan, nil)
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	for range 2 {
		answer, err := book.Add(ctx, scoring.Act{Key: "call 12", Profile: "ann", Score: "lead", Points: 5}, now)
		if err != nil {
			panic(err)
		}
		fmt.Println(answer.Known, answer.Value, len(answer.Said))
	}
	// Output:
	// false 5 1
	// true 5 0
}
