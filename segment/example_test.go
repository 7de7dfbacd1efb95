package segment_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/segment"
)

// A person enters a segment with an event, and leaves it when the window closes: at that instant.
func Example() {
	ctx := context.Background()
	lex, err := rule.Schema{
		Events:   append(segment.Says(), rule.EventType{Name: "order_paid"}),
		Segments: []string{"active"},
	}.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := segment.Compile([]segment.Def{
		{Name: "active", When: `did("order_paid", within("30d"))`, Doc: "ordered in the last 30 days"},
	}, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := segment.NewBook(segment.NewMemory(), plan, nil)

	// Ann orders. Package loop makes such a pass of an event and what is known of the person.
	paid := marque.Event{ID: "e1", Name: "order_paid", Profile: "ann", At: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)}
	facts := rule.NewFacts(lex, "ann")
	slot, _ := lex.Event("order_paid")
	facts.Events[slot] = []rule.Hit{{At: rule.At(paid.At)}}
	said, err := book.Derive(ctx, []string{"active"}, []rule.Pass{{Event: paid, Facts: facts, Now: paid.At}})
	if err != nil {
		panic(err)
	}
	fmt.Println(said[0].At.Format(time.DateTime), said[0].Name, said[0].Props["segment"])

	// Nothing happens. The book knows when to look again.
	due, err := book.Due(ctx, marque.Parts{}, paid.At.AddDate(1, 0, 0), 10)
	if err != nil {
		panic(err)
	}
	at := due[0].At
	said, err = book.Derive(ctx, []string{due[0].Name}, []rule.Pass{{Event: marque.Event{Profile: "ann", At: at}, Facts: facts, Now: at}})
	if err != nil {
		panic(err)
	}
	fmt.Println(said[0].At.Format(time.DateTime), said[0].Name, said[0].Props["segment"])

	// Output:
	// 2026-05-01 10:00:00 segment.entered active
	// 2026-05-31 10:00:00 segment.left active
}

// All faults of all definitions come at once, with their place.
func ExampleCompile() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Segments:   []string{"local", "empty"},
	}.Compile()
	_, err := segment.Compile([]segment.Def{
		{Name: "local", When: `citty == "Chongqing"`},
		{Name: "empty"},
		{Name: "local", When: `city == "Beijing"`},
	}, lex, lang.New(lex, nil))
	fmt.Println(err)
	// Output:
	// [0].when: 1:1: unknown name citty, did you mean "city"?
	// [1].when: is empty: a segment needs a rule
	// [2].name: "local" is defined twice, first as number 1
}

// Members are listed page by page.
func ExampleBook_Members() {
	ctx := context.Background()
	lex, _ := rule.Schema{Attributes: []rule.Field{{Name: "city", Type: rule.String}}, Segments: []string{"local"}}.Compile()
	plan, err := segment.Compile([]segment.Def{{Name: "local", When: `city == "Chongqing"`}}, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := segment.NewBook(segment.NewMemory(), plan, nil)
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	var passes []rule.Pass
	for _, who := range []struct{ profile, city string }{{"bob", "Chongqing"}, {"ann", "Chongqing"}, {"eve", "Beijing"}, {"joe", "Chongqing"}} {
		facts := rule.NewFacts(lex, who.profile)
		facts.Attrs[0] = rule.StringValue(who.city)
		passes = append(passes, rule.Pass{Facts: facts, Now: now})
	}
	if _, err := book.Rebuild(ctx, nil, passes); err != nil { // a new segment is filled without a word
		panic(err)
	}
	for cursor := ""; ; {
		page, err := book.Members(ctx, "local", cursor, 2)
		if err != nil {
			panic(err)
		}
		for _, m := range page.Members {
			fmt.Print(m.Profile, " ")
		}
		fmt.Println("|")
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	// Output:
	// ann bob |
	// joe |
}
