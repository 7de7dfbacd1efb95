package tagging_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/tagging"
)

func exampleBook() (*rule.Lexicon, *tagging.Book) {
	lex, err := rule.Schema{
		Events: append(tagging.Says(), rule.EventType{Name: "message_opened", Props: []rule.Field{{Name: "channel", Type: rule.String}}}),
		Tags:   []string{"wechat", "sms", "vip"},
	}.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := tagging.Compile([]tagging.Def{
		{Name: "wechat", Group: "preferred channel", Exclusive: true, On: "message_opened", When: `event.channel == "wechat"`, TTL: 90 * marque.Day},
		{Name: "sms", Group: "preferred channel", Exclusive: true, On: "message_opened", When: `event.channel == "sms"`, TTL: 90 * marque.Day},
		{Name: "vip", Doc: "set by the shop"},
	}, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	return lex, tagging.NewBook(tagging.NewMemory(), plan, nil)
}

func print(said []marque.Event) {
	for _, e := range said {
		why := e.Props["source"]
		if e.Name == tagging.Removed {
			why = e.Props["reason"]
		}
		fmt.Println(e.At.Format(time.DateOnly), e.Profile, e.Name, e.Props["tag"], "by", why)
	}
}

// What a person opens last is the preferred channel, for ninety days.
func Example() {
	ctx := context.Background()
	lex, book := exampleBook()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	for i, channel := range []string{"sms", "wechat"} {
		opened := marque.Event{
			ID: fmt.Sprint("e", i), Name: "message_opened", Profile: "ann", At: now.AddDate(0, 0, i),
			Props: map[string]any{"channel": channel},
		}
		// Package loop makes such a pass of each event, with the facts that the rules need.
		pass := rule.Pass{Event: opened, Facts: rule.NewFacts(lex, "ann"), Now: opened.At}
		said, err := book.Derive(ctx, []string{"wechat", "sms"}, []rule.Pass{pass})
		if err != nil {
			panic(err)
		}
		print(said)
	}
	due, err := book.Due(ctx, marque.Parts{}, now.AddDate(1, 0, 0), 10)
	if err != nil {
		panic(err)
	}
	fmt.Println("look again at", due[0].Profile, due[0].Name, due[0].At.Format(time.DateOnly))
	// Output:
	// 2026-05-01 ann tag.added sms by behaviour
	// 2026-05-02 ann tag.added wechat by behaviour
	// 2026-05-02 ann tag.removed sms by group
	// look again at ann sms 2026-07-30
}

// A tag that is set by hand, once per key, and what a person had when.
func ExampleBook_Set() {
	ctx := context.Background()
	_, book := exampleBook()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	act := tagging.Act{Key: "ticket 7", Profile: "ann", Tag: "vip", TTL: 30 * marque.Day}
	for range 2 {
		answer, err := book.Set(ctx, act, now)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%v %q\n", answer.OK, answer.Reason)
		print(answer.Said)
	}
	for _, day := range []int{-1, 0, 40} {
		tags, err := book.AsOf(ctx, "ann", now.AddDate(0, 0, day))
		if err != nil {
			panic(err)
		}
		fmt.Println("day", day, len(tags))
	}
	// Output:
	// true ""
	// 2026-05-01 ann tag.added vip by manual
	// true "known"
	// day -1 0
	// day 0 1
	// day 40 0
}

// A "no" is an answer: a tag that was set by hand is not taken away by a file.
func ExampleBook_Unset() {
	ctx := context.Background()
	_, book := exampleBook()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	if _, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "vip", Source: tagging.Manual}, now); err != nil {
		panic(err)
	}
	answer, err := book.Unset(ctx, tagging.Act{Profile: "ann", Tag: "vip", Source: tagging.Import}, now)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.OK, answer.Reason)
	// Output: false held
}
