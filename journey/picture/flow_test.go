package picture_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/build"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/picture"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// fickle is a channel that does not reach every third person.
type fickle struct{ sent *int }

func (f fickle) Send(context.Context, journey.Message) (journey.Receipt, error) {
	if *f.sent++; *f.sent%3 == 0 {
		return journey.Receipt{Status: journey.Unreachable}, nil
	}
	return journey.Receipt{Status: journey.Sent}, nil
}

// ages is the owner of facts: who is how old, by the last digits of the profile.
type ages struct{ slot int }

func (a ages) Fill(_ context.Context, _ rule.Need, _ time.Time, people []*rule.Facts) error {
	for _, f := range people {
		var n int
		if _, err := fmt.Sscanf(f.Profile, "p%d", &n); err != nil {
			return err
		}
		f.Attrs[a.slot] = rule.IntValue(int64(n))
	}
	return nil
}

// What the runner counts is read as a flow: as many come to a node as went there, and who came went on, waits, or left.
func TestFlowOfRunner(t *testing.T) {
	def, err := build.Journey("j").Consent("assumed").
		Enter(build.OnEvent("registered")).
		Leave(graph.On{Event: "gone"}).
		Path(
			build.Branch("age", build.When("age % 10 < 2", "split"), build.When("age % 10 < 4", "push")),
			build.WaitFor("hour", marque.Hour),
			build.Split("split", build.Arm(1, "push"), build.Arm(2, "gate")),
			build.Gate("gate", graph.Quota{N: 7, Per: "day"}).On(graph.Full, "tag"),
			build.Send("push", build.By("push").Text("x")).On(graph.Unreachable, "tag"),
			build.WaitEvent("answer", marque.Day, build.Event("yes"), build.Event("no").To("until"), build.Event("maybe").To("until")).On(graph.Timeout, "tag"),
			build.Exit("said", "yes"),
		).
		Path(
			build.WaitUntil("until", 2*marque.Day, build.When("age > 50", "tag"), build.When("age > 30", "end")).On(graph.Timeout, "end"),
		).
		Path(build.Tag("tag", "seen").On(graph.Refused, "end"), build.WaitFor("long", 30*marque.Day), build.WaitFor("end", marque.Hour)).
		Def()
	require.NoError(t, err)
	schema := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}}, Tags: []string{"seen"},
		Events: append([]rule.EventType{{Name: "registered"}, {Name: "yes"}, {Name: "no"}, {Name: "maybe"}, {Name: "gone"}}, journey.Says()...),
	}
	lex, err := schema.Compile()
	require.NoError(t, err)
	set, err := journey.Compile([]journey.Def{def}, lex, lang.New(lex, nil), nil)
	require.NoError(t, err)
	slot, _ := lex.Attr("age")
	sent, tagged := 0, 0
	r := journey.NewRunner(journey.NewMemory(), set, journey.Host{
		Owner: ages{slot}, Channels: map[string]journey.Channel{"push": fickle{&sent}},
		Doers: map[string]journey.Doer{"tag": journey.DoerFunc(func(context.Context, journey.Command) (journey.Outcome, error) {
			if tagged++; tagged%4 == 0 {
				return journey.Outcome{Result: graph.Refused}, nil
			}
			return journey.Outcome{}, nil
		})},
	}, nil)

	ctx, all := context.Background(), marque.Lease{}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	happens := func(name string, n int) {
		e := marque.Event{ID: fmt.Sprint(name, n), Name: name, At: now, Profile: fmt.Sprintf("p%d", n)}
		_, err := r.Handle(ctx, all, []rule.Pass{{Event: e, Now: now}})
		require.NoError(t, err)
	}
	until := func(end time.Time) {
		for range 10000 {
			due, err := r.Due(ctx, marque.Parts{}, end, 1)
			require.NoError(t, err)
			if len(due) == 0 {
				now = end
				return
			}
			_, _, err = r.Wake(ctx, all, due[0].At, 100)
			require.NoError(t, err)
			_, _, err = r.Dispatch(ctx, all, due[0].At, 100)
			require.NoError(t, err)
		}
		t.Fatal("it does not end")
	}
	const people = 60
	check := func() {
		counts, err := r.Counts(ctx)
		require.NoError(t, err)
		came := map[string]int{def.Nodes[0].ID: people}
		stations := def.Flow(counts)
		for _, s := range stations {
			went := 0
			for _, w := range s.Ways {
				require.GreaterOrEqual(t, w.N, 0, "%s %s", s.Node.ID, w.Path)
				came[w.To] += w.N
				went += w.N
			}
			require.LessOrEqual(t, went+s.Waiting, s.In, s.Node.ID)
		}
		for _, s := range stations {
			require.Equal(t, came[s.Node.ID], s.In, s.Node.ID)
		}
	}
	for n := range people {
		happens("registered", n)
	}
	check()
	until(now.Add(2 * time.Hour))
	for n := range people {
		if name := []string{"yes", "no", "maybe", "gone", ""}[n%5]; name != "" {
			happens(name, n)
		}
	}
	check()
	until(now.Add(40 * 24 * time.Hour))
	check()
	counts, err := r.Counts(ctx)
	require.NoError(t, err)
	for _, s := range def.Flow(counts) {
		require.Zero(t, s.Waiting, s.Node.ID)
		require.NotZero(t, s.In, s.Node.ID)
		for _, w := range s.Ways {
			require.NotZero(t, w.N, "%s %s", s.Node.ID, w.Path)
		}
	}
	require.Contains(t, picture.SVG(&def, counts, nil), "60 entered, 60 left")
}
