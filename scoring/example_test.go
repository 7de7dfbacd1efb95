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

// office is a book of scores with the lexicon of its rules. A host compiles its definitions once.
func office(defs ...scoring.Def) (*scoring.Book, *rule.Lexicon) {
	scores, scales := scoring.Names(defs)
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "industry", Type: rule.String}, {Name: "shops", Type: rule.Int}},
		Events: append(scoring.Says(), rule.EventType{Name: "viewed"},
			rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}),
		Scores: scores, Scales: scales,
	}.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := scoring.Compile(defs, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	return scoring.NewBook(scoring.NewMemory(), plan, nil), lex
}

// look derives ann at an instant, with an event or, without a name, because time passed. Package loop makes such a pass of
// each event, and of each instant that is due.
func look(book *scoring.Book, facts *rule.Facts, e marque.Event, now time.Time) {
	e.Profile = facts.Profile
	if e.At.IsZero() {
		e.At = now
	}
	said, err := book.Derive(context.Background(), []string{"lead"}, []rule.Pass{{Event: e, Facts: facts, Now: now}})
	if err != nil {
		panic(err)
	}
	for _, e := range said {
		switch e.Name {
		case scoring.Graded:
			fmt.Printf("%s %s from %s to %s\n", e.At.Format(time.DateTime), e.Name, e.Props["from"], e.Props["to"])
		default:
			fmt.Printf("%s %s %s at %.1f\n", e.At.Format(time.DateTime), e.Name, e.Props["threshold"], e.Props["value"])
		}
	}
}

// Points come with events and fade. The instant at which the score falls below a threshold is known ahead.
func Example() {
	ctx := context.Background()
	book, lex := office(scoring.Def{
		Name: "lead",
		Rules: []scoring.Rule{
			{On: "order_paid", Points: 20},
			{Name: "big order", On: "order_paid", When: `event.amount >= 50000`, Points: 30},
			{On: "viewed", Points: 3, Cap: 6},
		},
		HalfLife:   14 * marque.Day,
		Thresholds: []scoring.Threshold{{Name: "hot", At: 50, Below: 25}},
	})
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	ann := rule.NewFacts(lex, "ann")
	look(book, ann, marque.Event{ID: "e1", Name: "order_paid", Props: map[string]any{"amount": 88000}}, now)
	look(book, ann, marque.Event{ID: "e1", Name: "order_paid", Props: map[string]any{"amount": 88000}}, now) // does not count again
	for i := range 3 {
		look(book, ann, marque.Event{ID: fmt.Sprint("v", i), Name: "viewed"}, now)
	}
	score, err := book.Score(ctx, "ann", "lead", now)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.0f, %v\n", score.Value, score.Up)
	for _, share := range score.Shares {
		fmt.Printf("  %-10s %2.0f from %d, full %v, half on %s\n", share.Rule, share.Points, share.Events, share.Full, share.Half.Format(time.DateOnly))
	}
	fmt.Printf("next %s up %v on %s\n", score.Next.Threshold, score.Next.Up, score.Next.At.Format(time.DateTime))
	due, err := book.Due(ctx, marque.Parts{}, now.AddDate(1, 0, 0), 1)
	if err != nil {
		panic(err)
	}
	look(book, ann, marque.Event{}, due[0].At)

	// Output:
	// 2026-05-01 10:00:00 score.up hot at 50.0
	// 56, [hot]
	//   big order  30 from 1, full false, half on 2026-05-15
	//   order_paid 20 from 1, full false, half on 2026-05-15
	//   viewed      6 from 2, full true, half on 2026-05-15
	// next hot up false on 2026-05-17 16:56:08
	// 2026-05-17 16:56:08 score.down hot at 25.0
}

// Fit is what somebody is, engagement what somebody does. The grade is made of both: A1 is who fits and is busy.
func Example_grades() {
	book, lex := office(scoring.Def{
		Name: "lead",
		Rules: []scoring.Rule{
			{Name: "retail", While: `industry == "retail"`, Points: 20},
			{Name: "size", While: `shops >= 1`, Times: "shops", Points: 2},
			{On: "viewed", Points: 5, Cap: 15, Per: scoring.Day}, // at most three a day
			{On: "order_paid", Points: 40, For: 30 * marque.Day}, // gone after 30 days
		},
		HalfLife: 7 * marque.Day,
		Zone:     "Asia/Shanghai",
		Grades: scoring.Grades{
			Fit:        []rule.Grade{{Name: "C"}, {Name: "B", From: 20}, {Name: "A", From: 30}},
			Engagement: []rule.Grade{{Name: "3"}, {Name: "2", From: 10}, {Name: "1", From: 50}},
		},
	})
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	ann := rule.NewFacts(lex, "ann")
	industry, _ := lex.Attr("industry")
	shops, _ := lex.Attr("shops")
	ann.Attrs[industry], ann.Attrs[shops] = rule.StringValue("retail"), rule.IntValue(8)
	look(book, ann, marque.Event{Name: "profile.set"}, now)
	for i := range 5 {
		look(book, ann, marque.Event{ID: fmt.Sprint("v", i), Name: "viewed"}, now)
	}
	look(book, ann, marque.Event{ID: "o1", Name: "order_paid"}, now)
	ann.Attrs[shops] = rule.Value{} // nobody knows any more
	look(book, ann, marque.Event{Name: "profile.set"}, now.Add(time.Hour))
	for due, err := book.Due(context.Background(), marque.Parts{}, now.AddDate(1, 0, 0), 1); len(due) > 0; due, err = book.Due(context.Background(), marque.Parts{}, now.AddDate(1, 0, 0), 1) {
		if err != nil {
			panic(err)
		}
		look(book, ann, marque.Event{}, due[0].At)
	}

	// Rules elsewhere read the parts.
	r, err := lang.New(lex, nil).Compile(`grade("lead/fit") >= "B" and score("lead/engagement") < 10`, "")
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Test(rule.Input{Now: now.AddDate(1, 0, 0), Facts: ann}).Truth)
	// Output:
	// 2026-05-01 10:00:00 score.grade from C3 to A3
	// 2026-05-01 10:00:00 score.grade from A3 to A2
	// 2026-05-01 10:00:00 score.grade from A2 to A1
	// 2026-05-01 11:00:00 score.grade from A1 to B1
	// 2026-05-05 12:16:25 score.grade from B1 to B2
	// 2026-05-31 10:00:00 score.grade from B2 to B3
	// true
}

// What a score was, by what is known today and by what was known then.
func ExampleBook_AsOf() {
	ctx := context.Background()
	book, lex := office(scoring.Def{Name: "lead", Rules: []scoring.Rule{{On: "order_paid", Points: 20}}})
	ann := rule.NewFacts(lex, "ann")
	may := func(day int) time.Time { return time.Date(2026, 5, day, 10, 0, 0, 0, time.UTC) }
	look(book, ann, marque.Event{ID: "o1", Name: "order_paid"}, may(1))
	// An order of May 2 that arrives on May 9.
	look(book, ann, marque.Event{ID: "o2", Name: "order_paid", At: may(2), Received: may(9)}, may(9))
	for _, day := range []int{1, 5, 9} {
		was, err := book.AsOf(ctx, "ann", "lead", may(day))
		if err != nil {
			panic(err)
		}
		known, err := book.Known(ctx, "ann", "lead", may(day))
		if err != nil {
			panic(err)
		}
		fmt.Println("May", day, was.Value, known.Value)
	}
	for e, err := range book.History(ctx, "ann", "lead") {
		if err != nil {
			panic(err)
		}
		fmt.Println(e.Rule, e.Points, e.Event, e.At.Time().Format(time.DateOnly), "known", e.Recorded.Time().Format(time.DateOnly))
	}
	// Output:
	// May 1 20 20
	// May 5 40 20
	// May 9 40 40
	// order_paid 20 o1 2026-05-01 known 2026-05-01
	// order_paid 20 o2 2026-05-02 known 2026-05-09
}

// Points by hand, once per key.
func ExampleBook_Add() {
	ctx := context.Background()
	book, _ := office(scoring.Def{Name: "lead"})
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

// What a program adds to its schema for its scores.
func ExampleNames() {
	scores, scales := scoring.Names([]scoring.Def{
		{Name: "lead", Grades: scoring.Grades{Fit: []rule.Grade{{Name: "B"}, {Name: "A", From: 20}}}},
		{Name: "points", Rules: []scoring.Rule{{On: "order_paid", Points: 1}}},
	})
	fmt.Println(scores)
	fmt.Println(scales[0].Name, scales[0].Score, scales[0].Grades)
	// Output:
	// [lead lead/fit lead/engagement points]
	// lead/fit lead/fit [{B 0} {A 20}]
}
