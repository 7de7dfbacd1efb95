package journey_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// A crash changes nothing for people who go through other journeys, stand in line, are watched, and say things.
func TestCrashOfNodes(t *testing.T) {
	main := onOrder(
		journey.Node{ID: "gate", Gate: &graph.Gate{Quota: graph.Quota{N: 1, Per: "hour"}, Wait: true, Late: 150 * marque.Minute}, Next: "sub", On: map[string]string{"late": "best"}},
		journey.Node{ID: "sub", Sub: &graph.Sub{Journey: "ask", Vars: map[string]string{"topic": "order"}}, Next: "until", On: map[string]string{"no": "best"}},
		journey.Node{ID: "until", Wait: &journey.Wait{Until: []journey.Case{{When: `has_tag("vip")`}, {When: `city == "Berlin"`}}, Within: 2 * day}, Next: "say"},
		journey.Node{ID: "say", Emit: &graph.Emit{Event: "refund"}, Next: "assign"},
		journey.Node{ID: "assign", Assign: &graph.Assign{Desk: "d"}, Next: "again"},
		journey.Node{ID: "again", Branch: []journey.Case{{When: "true", Next: "sub"}}, Max: 1, On: map[string]string{"max": "end"}},
		journey.Node{ID: "best", Wait: &journey.Wait{Ranked: true, Within: day, Any: []journey.Match{{Event: "refund", Next: "end"}, {Event: "view"}}}, Next: "push"},
		send("push", "", "push"),
		journey.Node{ID: "end", Exit: "end"})
	main.Entry.Keep = []string{"order"}
	main.Exit = []journey.On{{Event: "unfollow"}}
	heard := journey.Def{Name: "heard", Entry: journey.Entry{Event: "refund", Reentry: "every"}, Nodes: []journey.Node{send("s", "", "sms")}}
	defs := []journey.Def{main, ask(), heard}
	world := journeytest.World{Defs: defs, Schema: *schema(defs).Schema(), Anybody: journeytest.Willing,
		Rules: func(lex *rule.Lexicon) rule.Compiler { return lang.New(lex, nil) }}
	script := journeytest.Script{Until: at("2026-03-10 00:00:00")}
	act := func(when, p, text string) {
		e := event(when, p, text)
		script.Acts = append(script.Acts, journeytest.Act{At: at(when), ID: e.ID, Profile: p, Event: e.Name, Props: e.Props})
	}
	for i := range 6 {
		act(fmt.Sprintf("2026-03-02 10:%02d:00", i), fmt.Sprint("p", i), "order_paid order=x")
	}
	for i := range 4 {
		act(fmt.Sprintf("2026-03-02 13:0%d:00", i), fmt.Sprint("p", i), "view item=hat")
	}
	act("2026-03-02 13:10:00", "p1", "unfollow")
	act("2026-03-02 13:20:00", "p4", "view")
	script.Acts = append(script.Acts, journeytest.Act{At: at("2026-03-02 14:00:00"), Profile: "p0", Change: func(p *journeytest.Person) { p.Tags = []string{"vip"} }})
	act("2026-03-02 15:00:00", "p2", "unfollow")
	o := &journeytest.Options{Whole: 1, Pairs: 800}
	if testing.Short() {
		o.Pairs = 50
	}
	tally := journeytest.Crash(t, world, script, o)
	require.Greater(t, tally.Operations, 30)
	require.Equal(t, tally.Points, tally.Singles)
}
