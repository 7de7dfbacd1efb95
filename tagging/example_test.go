package tagging_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/tagging"
)

func exampleBook() (*rule.Lexicon, *tagging.Book) {
	lex, err := rule.Schema{
		Events: append(tagging.Says(), rule.EventType{Name: "message_opened", Props: []rule.Field{{Name: "channel", Type: rule.String}}}),
		Tags:   []string{"wechat", "sms", "vip", "night_owl"},
	}.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := tagging.Compile([]tagging.Def{
		{Name: "wechat", Group: "preferred channel", Exclusive: true, On: "message_opened", When: `event.channel == "wechat"`, TTL: 90 * marque.Day},
		{Name: "sms", Group: "preferred channel", Exclusive: true, On: "message_opened", When: `event.channel == "sms"`, TTL: 90 * marque.Day},
		{Name: "vip", Doc: "set by the shop"},
		{Name: "night_owl", Habit: &tagging.Habit{Event: "message_opened", Hours: "22:00-04:00", Window: 7 * marque.Day, Least: 3, Share: 0.5}},
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

// Active hours: at least three openings a week, and half of all, are at night in the person's zone.
func ExampleHabit() {
	ctx := context.Background()
	lex, book := exampleBook()
	facts := rule.NewFacts(lex, "ann")
	facts.Zone = "Asia/Shanghai"
	slot, _ := lex.Event("message_opened")
	night := time.Date(2026, 5, 1, 15, 30, 0, 0, time.UTC) // half past eleven in Shanghai
	for i := range 4 {
		at := night.AddDate(0, 0, i)
		facts.Events[slot] = append(facts.Events[slot], rule.Hit{At: rule.At(at), Props: make([]rule.Value, 1)})
		pass := rule.Pass{Event: marque.Event{ID: fmt.Sprint("e", i), Name: "message_opened", Profile: "ann", At: at}, Facts: facts, Now: at}
		said, err := book.Derive(ctx, []string{"night_owl"}, []rule.Pass{pass})
		if err != nil {
			panic(err)
		}
		print(said)
	}
	why, err := book.Why(ctx, "ann", "night_owl", night.AddDate(0, 0, 3))
	if err != nil {
		panic(err)
	}
	g := why.Grounds[0]
	fmt.Println(g.Rule, "-", g.Count, "of", g.Of, "at event", g.Cause)
	fmt.Println("looked at again", why.Look.Format(time.DateTime))
	// Output:
	// 2026-05-03 ann tag.added night_owl by behaviour
	// message_opened at 22:00-04:00 within 7d - 3 of 3 at event e2
	// looked at again 2026-05-08 15:30:00
}

// The preferred channel is the one that a person opens most: habits of an exclusive group compete.
func ExampleHabit_exclusive() {
	ctx := context.Background()
	lex, err := rule.Schema{
		Events: append(tagging.Says(), rule.EventType{Name: "message_opened", Props: []rule.Field{{Name: "channel", Type: rule.String}}}),
		Tags:   []string{"prefers_wechat", "prefers_sms"},
	}.Compile()
	if err != nil {
		panic(err)
	}
	opens := func(channel string) *tagging.Habit {
		return &tagging.Habit{Event: "message_opened", Prop: "channel", Values: []string{channel}, Window: 90 * marque.Day}
	}
	plan, err := tagging.Compile([]tagging.Def{
		{Name: "prefers_wechat", Group: "preferred channel", Exclusive: true, Habit: opens("wechat")},
		{Name: "prefers_sms", Group: "preferred channel", Exclusive: true, Habit: opens("sms")},
	}, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := tagging.NewBook(tagging.NewMemory(), plan, nil)
	facts := rule.NewFacts(lex, "ann")
	slot, _ := lex.Event("message_opened")
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	for i, channel := range []string{"sms", "sms", "wechat", "wechat"} {
		opened := marque.Event{
			ID: fmt.Sprint("e", i), Name: "message_opened", Profile: "ann", At: now.AddDate(0, 0, i),
			Props: map[string]any{"channel": channel},
		}
		// The history that is counted is in the facts, with the event at hand. Package loop puts it there.
		facts.Events[slot] = append(facts.Events[slot], rule.Hit{At: rule.At(opened.At), Props: lex.Row("event/message_opened", opened.Props)})
		said, err := book.Derive(ctx, []string{"prefers_wechat", "prefers_sms"}, []rule.Pass{{Event: opened, Facts: facts, Now: opened.At}})
		if err != nil {
			panic(err)
		}
		print(said)
	}
	tallies, err := plan.Tally("prefers_sms", facts, now.AddDate(0, 0, 3))
	if err != nil {
		panic(err)
	}
	for _, t := range tallies {
		fmt.Println(t.Tag, t.Count, "of", t.Of, t.Wins)
	}
	// Output:
	// 2026-05-02 ann tag.added prefers_sms by behaviour
	// 2026-05-04 ann tag.added prefers_wechat by behaviour
	// 2026-05-04 ann tag.removed prefers_sms by habit
	// prefers_wechat 2 of 4 true
	// prefers_sms 2 of 4 false
}

// What a person had when, by whom, and what is already known of the future.
func ExampleBook_AsOf() {
	ctx := context.Background()
	_, book := exampleBook()
	may := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	for _, act := range []tagging.Act{
		{Profile: "ann", Tag: "sms", Source: tagging.Model, Confidence: 0.7, Cause: "forecast 12"},
		{Profile: "ann", Tag: "vip", From: may.AddDate(0, 1, 0), Until: may.AddDate(0, 2, 0), Cause: "ticket 7"},
	} {
		if _, err := book.Set(ctx, act, may); err != nil {
			panic(err)
		}
	}
	for _, days := range []int{-1, 0, 31, 62} {
		at := may.AddDate(0, 0, days)
		tags, err := book.AsOf(ctx, "ann", at)
		if err != nil {
			panic(err)
		}
		fmt.Println(at.Format(time.DateOnly))
		for _, t := range tags {
			fmt.Println(" ", t.Name, "by", t.Source, t.Confidence, "since", t.Since.Format(time.DateOnly), "-", t.Cause)
		}
	}
	// Output:
	// 2026-04-30
	// 2026-05-01
	//   sms by model 0.7 since 2026-05-01 - forecast 12
	// 2026-06-01
	//   sms by model 0.7 since 2026-05-01 - forecast 12
	//   vip by manual 0 since 2026-06-01 - ticket 7
	// 2026-07-02
	//   sms by model 0.7 since 2026-05-01 - forecast 12
}

// Why somebody has a tag: each mark, what made it, and whether it counts.
func ExampleBook_Why() {
	ctx := context.Background()
	lex, book := exampleBook()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	opened := marque.Event{ID: "e1", Name: "message_opened", Profile: "ann", At: now, Props: map[string]any{"channel": "sms"}}
	pass := rule.Pass{Event: opened, Facts: rule.NewFacts(lex, "ann"), Now: now}
	if _, err := book.Derive(ctx, []string{"sms"}, []rule.Pass{pass}); err != nil {
		panic(err)
	}
	if _, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "sms", From: now.AddDate(0, 0, 7), Cause: "ticket 9"}, now); err != nil {
		panic(err)
	}
	why, err := book.Why(ctx, "ann", "sms", now)
	if err != nil {
		panic(err)
	}
	fmt.Println(why.Tag, why.On, "since", why.Since.Format(time.DateOnly), "by", why.Last.Cause)
	for _, g := range why.Grounds {
		fmt.Printf("%s %q from %s, rule %q, waits %q\n", g.Source, g.Cause, g.From.Format(time.DateOnly), g.Rule, g.Waits)
	}
	// Output:
	// sms true since 2026-05-01 by e1
	// manual "ticket 9" from 2026-05-08, rule "", waits "later"
	// behaviour "e1" from 0001-01-01, rule "message_opened where event.channel == \"sms\"", waits ""
}

// A file with two rows that cannot be used. When they are put right the file is imported again under its name.
func ExampleBook_ImportCSV() {
	ctx := context.Background()
	_, book := exampleBook()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	file := `会员号,tag,until
1001,vip,2026-12-31
1002,vpi,2026-12-31
1003,vip,31.12.2026
1004,sms,
`
	o := &tagging.ImportOptions{Columns: map[string]string{"profile": "会员号"}}
	for range 2 {
		report, err := book.ImportCSV(ctx, "crm-2026-05.csv", strings.NewReader(file), now, o)
		if err != nil {
			panic(err)
		}
		fmt.Println(report.Rows, "rows:", report.Set, "set,", report.Known, "known,", report.Refused, "refused")
		for _, f := range report.Faults {
			fmt.Println(" ", f)
		}
		file = strings.NewReplacer("vpi", "vip", "31.12.2026", "2026-12-31").Replace(file)
	}
	// Output:
	// 4 rows: 2 set, 0 known, 2 refused
	//   3:6: tag: no tag "vpi", did you mean "vip"?
	//   4:10: until: "31.12.2026": want a time as in "2026-05-01T09:30:00+08:00", "2026-05-01 09:30:00" or "2026-05-01"
	// 4 rows: 2 set, 2 known, 0 refused
}
