package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring/lifecycle"
)

// A lead that is called, and grows cold when nothing follows. What time does is due at its exact instant.
func Example() {
	ctx := context.Background()
	defs := []lifecycle.Def{{
		Name: "lead", Start: "open",
		Stages: []lifecycle.Stage{{Name: "open"}, {Name: "called"}, {Name: "cold"}},
		Moves: []lifecycle.Move{
			{From: []string{"open", "cold"}, To: "called", On: "call_made", When: `event.minutes >= 2`},
			{From: []string{"called"}, To: "cold", After: 30 * marque.Day},
		},
	}}
	lex, err := rule.Schema{
		Attributes: lifecycle.Attributes(defs),
		Events:     append(lifecycle.Says(), rule.EventType{Name: "call_made", Props: []rule.Field{{Name: "minutes", Type: rule.Int}}}),
	}.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := lifecycle.Compile(defs, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := lifecycle.NewBook(lifecycle.NewMemory(), plan, nil)

	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	look := func(e marque.Event) {
		e.Profile, e.At = "ann", now
		// Package loop makes such a pass of each event, and of each instant that is due.
		said, err := book.Derive(ctx, []string{"lead"}, []rule.Pass{{Event: e, Facts: rule.NewFacts(lex, "ann"), Now: now}})
		if err != nil {
			panic(err)
		}
		for _, e := range said {
			fmt.Printf("%s %s: %s to %s after %vs\n", e.At.Format(time.DateTime), e.Name, e.Props["from"], e.Props["to"], e.Props["stayed"])
		}
	}
	look(marque.Event{ID: "e1", Name: "call_made", Props: map[string]any{"minutes": 1}})
	now = now.Add(time.Hour)
	look(marque.Event{ID: "e2", Name: "call_made", Props: map[string]any{"minutes": 7}})

	where, err := book.Stage(ctx, "ann", "lead", now.Add(48*time.Hour))
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s for %v, then %s at %s\n", where.Stage, where.Stayed, where.Ways[0].To, where.Next.Format(time.DateTime))

	due, err := book.Due(ctx, marque.Parts{}, now.AddDate(1, 0, 0), 1)
	if err != nil {
		panic(err)
	}
	now = due[0].At
	look(marque.Event{})

	turns, err := book.History(ctx, "ann", "lead")
	if err != nil {
		panic(err)
	}
	for _, t := range turns {
		fmt.Printf("%s by %s %s\n", t.To, t.By, t.Cause)
	}
	// Output:
	// 2026-05-01 11:00:00 stage.changed: open to called after 3600s
	// called for 2d, then cold at 2026-05-31 11:00:00
	// 2026-05-31 11:00:00 stage.changed: called to cold after 2592000s
	// open by began e1
	// called by event e2
	// cold by time
}

// The lifecycle of a shop's customers is data, to be printed and changed.
func ExampleRetail() {
	r := lifecycle.Retail{Order: "paid", AtRisk: 45 * marque.Day, Dormant: 90 * marque.Day}
	if err := r.Validate(); err != nil {
		panic(err)
	}
	def := r.Def()
	for _, m := range def.Moves[6:10] {
		text, err := json.Marshal(m)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(text))
	}
	// Output:
	// {"name":"came back","from":["dormant","lost"],"to":"won back","when":"did(\"paid\", within(\"45d\"))"}
	// {"from":["first purchase","active","loyal","won back"],"to":"at risk","when":"not did(\"paid\", within(\"45d\"))"}
	// {"name":"late order","from":["dormant","lost"],"to":"at risk","when":"did(\"paid\", within(\"90d\"))"}
	// {"from":["at risk"],"to":"dormant","when":"not did(\"paid\", within(\"90d\"))"}
}

// Everything that is wrong with a definition, at once.
func ExampleCompile() {
	defs := []lifecycle.Def{{
		Name: "lead", Start: "open",
		Stages: []lifecycle.Stage{{Name: "open"}, {Name: "called"}, {Name: "cold"}, {Name: "gone"}},
		Moves: []lifecycle.Move{
			{From: []string{"open"}, To: "called", When: `did("call_made")`},
			{Name: "anew", From: []string{"called"}, To: "open", When: `did("call_made")`},
			{From: []string{"called"}, To: "cold", When: `1 > 2`},
		},
	}}
	lex, err := rule.Schema{Attributes: lifecycle.Attributes(defs), Events: []rule.EventType{{Name: "call_made"}}}.Compile()
	if err != nil {
		panic(err)
	}
	_, err = lifecycle.Compile(defs, lex, lang.New(lex, nil))
	fmt.Println(err)
	// Output:
	// [0].stages[2]: nobody can come to "cold": no move that can be made leads there
	// [0].stages[3]: nobody can come to "gone": no move that can be made leads there
	// [0].moves[2].when: is never true
	// [0].moves[0]: goes round in a circle at one instant: open -> called -> open
}

// What an accumulator of changes tells: how many go where, and after how long.
func ExampleFlow() {
	var f lifecycle.Flow
	for _, days := range []marque.Duration{3, 10, 5} {
		f.Add("first purchase", "active", days*marque.Day)
	}
	f.Add("first purchase", "at risk", 90*marque.Day)
	for _, t := range f.Matrix() {
		fmt.Printf("%s -> %s: %d, %.0f%%, median %v\n", t.From, t.To, t.Count, 100*t.Share, t.Median)
	}
	// Output:
	// first purchase -> active: 3, 75%, median 5d
	// first purchase -> at risk: 1, 25%, median 90d
}
