package live_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/segment/live"
)

// A person orders, is active for thirty days, and lapses at the very instant when the order is too old.
func Example() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid"}},
		Segments:   []string{"active", "lapsed", "lapsed_chengdu"},
	}.Compile()
	plan, err := segment.Compile([]segment.Def{
		{Name: "active", When: `did("order_paid", within("30d"))`},
		{Name: "lapsed", When: `did("order_paid") and not in_segment("active")`},
		{Name: "lapsed_chengdu", When: `in_segment("lapsed") and city == "Chengdu"`},
	}, lex, lang.New(lex, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2026, 6, 1, 9, 30, 0, 0, time.UTC)
	set, err := live.New(plan, column.NewTable(lex), start, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	say := func(cs []live.Change, err error) {
		for _, c := range cs {
			fmt.Println(c)
		}
	}
	say(set.SetAttr(start, "ann", "city", "Chengdu"))
	say(set.Apply(marque.Event{Name: "order_paid", Profile: "ann", At: start.Add(time.Hour)}))
	say(set.Advance(start.AddDate(0, 2, 0)), nil)
	// Output:
	// +active ann 2026-06-01T10:30:00Z
	// -active ann 2026-07-01T10:30:00Z
	// +lapsed ann 2026-07-01T10:30:00Z
	// +lapsed_chengdu ann 2026-07-01T10:30:00Z
}

// A rule that is edited is filled before it goes live, so nobody enters who was there; what it reads anew comes from
// the log.
func ExampleSet_Edit() {
	lex, _ := rule.Schema{
		Events:   []rule.EventType{{Name: "order_paid"}, {Name: "view"}},
		Segments: []string{"buyers", "lookers"},
	}.Compile()
	rules := lang.New(lex, nil)
	now := time.Date(2026, 6, 1, 9, 30, 0, 0, time.UTC)
	log := []marque.Event{
		{Name: "order_paid", Profile: "ann", At: now}, {Name: "view", Profile: "ann", At: now},
		{Name: "view", Profile: "bob", At: now}, {Name: "view", Profile: "bob", At: now},
	}
	plan, _ := segment.Compile([]segment.Def{{Name: "buyers", When: `did("order_paid")`}}, lex, rules)
	set, _ := live.New(plan, column.NewTable(lex), now, nil)
	for _, e := range log {
		if _, err := set.Apply(e); err != nil {
			fmt.Println(err)
		}
	}

	next, _ := segment.Compile([]segment.Def{
		{Name: "buyers", When: `did("order_paid")`},
		{Name: "lookers", When: `times("view") >= 2 and not in_segment("buyers")`},
	}, lex, rules)
	_, err := set.Edit(next, nil)
	fmt.Println(err)
	done, _ := set.Edit(next, func(yield func(marque.Event, error) bool) {
		for _, e := range log {
			if !yield(e, nil) {
				return
			}
		}
	})
	for _, d := range done {
		fmt.Printf("%s: %d members, %d entered\n", d.Segment, d.After, d.Entered)
	}
	// Output:
	// live: edit: live: a log is needed: nothing is kept of view
	// lookers: 1 members, 1 entered
}
