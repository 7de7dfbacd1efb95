package journey_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// A journey is paused at lunch, taken to a version with a shorter wait, and goes on as if lunch had not been.
func ExampleRunner_Migrate() {
	def := func(version int, wait marque.Duration) journey.Def {
		return journey.Def{Name: "welcome", Version: version, Consent: "assumed", Entry: journey.Entry{Event: "registered"}, Nodes: []journey.Node{
			{ID: "wait", Wait: &journey.Wait{For: wait}, Next: "hello"},
			{ID: "hello", Send: &journey.Send{Channels: []string{"push"}, Text: "Hello!"}},
		}}
	}
	schema := rule.Schema{Events: append([]rule.EventType{{Name: "registered"}}, journey.Says()...)}
	lex, _ := schema.Compile()
	compile := func(defs ...journey.Def) *journey.Set {
		set, err := journey.Compile(defs, lex, lang.New(lex, nil), nil)
		if err != nil {
			panic(err)
		}
		return set
	}
	first, second := def(1, 8*marque.Hour), def(2, 5*marque.Hour)
	r := journey.NewRunner(journey.NewMemory(), compile(first), journey.Host{Channels: map[string]journey.Channel{"push": printer("push")}}, nil)
	ctx, all := context.Background(), marque.Lease{}
	clock := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }

	e := marque.Event{ID: "e1", Name: "registered", At: clock(8), Profile: "ann"}
	_, _ = r.Handle(ctx, all, []rule.Pass{{Event: e, Now: e.At}})
	_ = r.Pause(ctx, all, clock(12), pause.Order{Journey: "welcome", Reason: "lunch"})
	_ = r.Resume(ctx, all, clock(13), "welcome", "", pause.Freeze)

	_ = r.Swap(compile(first, second))
	m := migration.Def{Journey: "welcome", From: 1, To: 2, Waits: "recompute"}
	would, _ := r.MigrateDryRun(ctx, marque.Parts{}, clock(13), m)
	fmt.Printf("%d people, %d earlier, %d sent something at once\n", would.People, would.Nodes[0].Earlier, would.Sends)
	moved, _ := r.Migrate(ctx, all, clock(13), m)
	fmt.Println(moved, "moved")

	due, _ := r.Due(ctx, marque.Parts{}, clock(23), 1)
	_, _, _ = r.Wake(ctx, all, due[0].At, 100)
	_, _, _ = r.Dispatch(ctx, all, due[0].At, 100)
	// Output:
	// 1 people, 1 earlier, 0 sent something at once
	// 1 moved
	// Mar  2 14:00  push to ann: Hello!
}
