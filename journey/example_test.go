package journey_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// printer is a channel.
type printer string

func (p printer) Send(_ context.Context, m journey.Message) (journey.Receipt, error) {
	if p == "push" && m.Profile == "bob" {
		return journey.Receipt{Status: journey.Unreachable}, nil
	}
	fmt.Printf("%s  %s to %s: %s\n", m.At.Format("Jan _2 15:04"), p, m.Profile, m.Text)
	return journey.Receipt{Status: journey.Sent}, nil
}

// names is the owner of facts: what is known of people.
type names struct{ slot int }

func (n names) Fill(_ context.Context, _ rule.Need, _ time.Time, people []*rule.Facts) error {
	for _, f := range people {
		f.Zone = "Asia/Shanghai"
		if f.Profile == "ann" {
			f.Attrs[n.slot] = rule.StringValue("Ann")
		}
	}
	return nil
}

// After registration: a push, by SMS for those whom a push does not reach; two days later once more, unless they
// ordered, and not at night.
func Example() {
	var def journey.Def
	if err := json.Unmarshal([]byte(`{
		"name": "welcome", "consent": "assumed",
		"entry": {"event": "registered"},
		"goal": {"event": "order_paid"},
		"quiet": {"from": "22:00", "to": "08:00"},
		"nodes": [
			{"id": "hello", "send": {"channels": ["push", "sms"], "text": "Hello {{.name}}!", "missing": {"name": "you"}}, "next": "wait"},
			{"id": "wait", "wait": {"for": "2d"}, "next": "again"},
			{"id": "again", "send": {"channels": ["push", "sms"], "text": "Still there?"}}
		]}`), &def); err != nil {
		panic(err)
	}
	schema := rule.Schema{
		Attributes: []rule.Field{{Name: "name", Type: rule.String}},
		Events:     append([]rule.EventType{{Name: "registered"}, {Name: "order_paid"}}, journey.Says()...),
	}
	lex, err := schema.Compile()
	if err != nil {
		panic(err)
	}
	set, err := journey.Compile([]journey.Def{def}, lex, lang.New(lex, nil), nil)
	if err != nil {
		panic(err)
	}
	ctx, all := context.Background(), marque.Lease{}
	slot, _ := lex.Attr("name")
	r := journey.NewRunner(journey.NewMemory(), set, journey.Host{
		Owner: names{slot}, Channels: map[string]journey.Channel{"push": printer("push"), "sms": printer("sms")},
	}, nil)

	happens := func(id, name, profile string, now time.Time) {
		e := marque.Event{ID: id, Name: name, At: now, Profile: profile}
		if _, err := r.Handle(ctx, all, []rule.Pass{{Event: e, Now: now}}); err != nil {
			panic(err)
		}
	}
	evening := time.Date(2026, 3, 2, 15, 30, 0, 0, time.UTC) // 23:30 in Shanghai
	happens("e1", "registered", "ann", evening)
	happens("e2", "registered", "bob", evening.Add(-2*time.Hour))
	happens("e3", "registered", "eve", evening.Add(-2*time.Hour))
	happens("e4", "order_paid", "eve", evening.Add(-time.Hour))

	for end := evening.Add(7 * 24 * time.Hour); ; { // package loop does this
		due, err := r.Due(ctx, marque.Parts{}, end, 1)
		if err != nil || len(due) == 0 {
			break
		}
		_, _, _ = r.Wake(ctx, all, due[0].At, 100)
		_, _, _ = r.Dispatch(ctx, all, due[0].At, 100)
	}
	counts, _ := r.Counts(ctx)
	for _, c := range counts {
		if c.Node == "" {
			fmt.Println(c.What, c.N)
		}
	}
	// Output:
	// Mar  2 13:30  sms to bob: Hello you!
	// Mar  3 00:00  push to ann: Hello Ann!
	// Mar  4 13:30  sms to bob: Still there?
	// Mar  5 00:00  push to ann: Still there?
	// in 3
	// out/completed 2
	// out/goal 1
}
