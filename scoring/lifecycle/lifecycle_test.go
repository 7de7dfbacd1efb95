package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/lifecycle/lifecycletest"
)

// The loop runs a book as it runs tags, scores and segments.
var _ interface {
	rule.Owner
	marque.Feed
	marque.Holder
	Derivations() []rule.Derivation
	Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error)
	Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error)
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
} = (*lifecycle.Book)(nil)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

const day = marque.Day

func at(after marque.Duration) time.Time { return start.Add(time.Duration(after)) }

func event(name string, after marque.Duration) marque.Event {
	return marque.Event{ID: marque.Key(name, after.String()), Name: name, Profile: "ann", At: at(after)}
}

func stages(names ...string) (out []lifecycle.Stage) {
	for _, n := range names {
		out = append(out, lifecycle.Stage{Name: n})
	}
	return out
}

// lead is driven by events and dwell times.
var lead = lifecycle.Def{
	Name: "lead", Start: "open", Stages: append(stages("open", "called", "hot", "cold"), lifecycle.Stage{Name: "blocked", ByHand: true}),
	Moves: []lifecycle.Move{
		{From: []string{"open", "cold"}, To: "called", On: "call_made", When: `event.minutes >= 2`},
		{From: []string{"called"}, To: "hot", On: "call_made", After: 2 * day},
		{From: []string{"called", "hot"}, To: "cold", After: 30 * day},
		{Name: "warm again", From: []string{"cold"}, To: "open", When: `times("cart_added", within("2d")) >= 2`},
	},
}

var retail = lifecycle.Retail{}.Def()

func lexicon(t testing.TB, defs []lifecycle.Def) *rule.Lexicon {
	return derivedtest.Must(t, rule.Schema{
		Attributes: append(lifecycle.Attributes(defs), rule.Field{Name: "city", Type: rule.String}, rule.Field{Name: "stage/number", Type: rule.Int}),
		Events: append(lifecycle.Says(), rule.EventType{Name: "cart_added"}, rule.EventType{Name: "signed_up"}, rule.EventType{Name: "other"},
			rule.EventType{Name: "order_paid"}, rule.EventType{Name: "call_made", Props: []rule.Field{{Name: "minutes", Type: rule.Int}}}),
	})
}

func world(t testing.TB, store lifecycle.Store, defs ...lifecycle.Def) (*derivedtest.World, *lifecycle.Book) {
	lex := lexicon(t, defs)
	plan, err := lifecycle.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := lifecycle.NewBook(store, plan, nil)
	return derivedtest.NewWorld(t, lex, book), book
}

func stage(t require.TestingT, b *lifecycle.Book, profile, name string, now time.Time) string {
	p, err := b.Stage(context.Background(), profile, name, now)
	require.NoError(t, err)
	return p.Stage
}

func lines(events []marque.Event) []string {
	return derivedtest.Lines(start, events, "from", "to")
}

func TestMemory(t *testing.T) {
	lifecycletest.Run(t, func(*testing.T) lifecycle.Store { return lifecycle.NewMemory() })
}

// Each stage of the shop, at its exact instant.
func TestRetail(t *testing.T) {
	w, book := world(t, lifecycle.NewMemory(), retail)
	for _, e := range []marque.Event{
		event("other", 0), event("cart_added", 1*day), event("signed_up", 40*day), event("order_paid", 50*day),
		event("order_paid", 60*day), event("order_paid", 70*day), event("order_paid", 80*day),
		event("order_paid", 600*day), event("cart_added", 601*day), event("order_paid", 602*day),
	} {
		w.Track(e)
	}
	w.Advance(at(2000 * day))
	require.Equal(t, []string{
		"1d ann stage.changed prospect intent",
		"31d ann stage.changed intent prospect",
		"40d ann stage.changed prospect new",
		"50d ann stage.changed new first purchase",
		"60d ann stage.changed first purchase active",
		"80d ann stage.changed active loyal",
		"170d ann stage.changed loyal at risk",
		"260d ann stage.changed at risk dormant",
		"445d ann stage.changed dormant lost",
		"600d ann stage.changed lost won back",
		"630d ann stage.changed won back active",
		"692d ann stage.changed active at risk",
		"782d ann stage.changed at risk dormant",
		"967d ann stage.changed dormant lost",
	}, lines(w.Said))
	last := w.Said[len(w.Said)-1]
	require.Equal(t, map[string]any{
		"lifecycle": "customer", "from": "dormant", "to": "lost", "since": at(782 * day), "stayed": int64(185 * 86400),
	}, last.Props)
	require.Equal(t, "attr/stage/customer", last.Fact)
	require.Equal(t, marque.TurnID("ann", lifecycle.Changed, last.Fact, 14), last.ID)

	s, ok, err := book.AsOf(t.Context(), "ann", "customer", at(445*day-1000), time.Time{})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "dormant", s.Stage)
	require.Equal(t, at(260*day), s.Since)
	require.Equal(t, lifecycle.ByTime, s.Turn.By)
	_, ok, err = book.AsOf(t.Context(), "ann", "customer", at(-1), time.Time{})
	require.NoError(t, err)
	require.False(t, ok)
}

func TestLateOrders(t *testing.T) {
	for _, c := range []struct {
		name         string
		arrives, was marque.Duration
		want         string
	}{
		{"dormant in error, at risk in truth", 200 * day, 60 * day, "at risk"},
		{"lost in error, dormant in truth", 400 * day, 200 * day, "dormant"},
		{"lost in error, at risk in truth", 400 * day, 300 * day, "at risk"},
		{"at risk in error, active in truth", 100 * day, 50 * day, "active"},
		{"long ago", 400 * day, 1 * day, "lost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, book := world(t, lifecycle.NewMemory(), retail)
			w.Track(event("order_paid", 0))
			e := event("order_paid", c.was)
			e.Received = at(c.arrives)
			w.Track(e)
			require.Equal(t, c.want, stage(t, book, "ann", "customer", at(c.arrives)))
		})
	}
}

func TestEventsAndDwell(t *testing.T) {
	call := func(after marque.Duration, minutes int) marque.Event {
		e := event("call_made", after)
		e.Props = map[string]any{"minutes": minutes}
		return e
	}
	w, book := world(t, lifecycle.NewMemory(), lead)
	w.Again = true
	for _, e := range []marque.Event{
		call(0, 1), call(day, 5), call(2*day, 5), call(3*day-1000, 5), call(3*day, 1), call(4*day, 9),
		event("cart_added", 40*day), event("cart_added", 41*day), event("cart_added", 42*day),
	} {
		w.Track(e)
	}
	require.Equal(t, []string{
		"1d ann stage.changed open called", // the first call was too short
		"3d ann stage.changed called hot",  // after exactly two days; one event does not make two moves
		"33d ann stage.changed hot cold",
		"41d ann stage.changed cold open",
	}, lines(w.Said))
	turns, err := book.History(t.Context(), "ann", "lead")
	require.NoError(t, err)
	var why []string
	for _, turn := range turns {
		why = append(why, turn.To+" "+string(turn.By)+" "+turn.Move)
		require.Equal(t, lead.Version(), turn.Version)
	}
	require.Equal(t, []string{"open began ", "called event called", "hot event hot", "cold time cold", "open rule warm again"}, why)
	require.Equal(t, call(3*day, 1).ID, turns[2].Cause)

	p, err := book.Stage(t.Context(), "ann", "lead", at(43*day))
	require.NoError(t, err)
	require.Equal(t, lifecycle.Position{
		Stage: "open", Since: at(41 * day), Stayed: 2 * day,
		Ways: []lifecycle.Way{{Move: "called", To: "called", On: "call_made", When: `event.minutes >= 2`}},
	}, p)
	w.Track(call(44*day, 3))
	p, err = book.Stage(t.Context(), "ann", "lead", at(45*day))
	require.NoError(t, err)
	require.Equal(t, at(74*day), p.Next)
	require.Equal(t, []lifecycle.Way{
		{Move: "hot", To: "hot", On: "call_made", From: at(46 * day)}, {Move: "cold", To: "cold", From: at(74 * day)},
	}, p.Ways)
	p, err = book.Stage(t.Context(), "nobody", "lead", at(0))
	require.NoError(t, err)
	require.Equal(t, "open", p.Stage)
	require.Zero(t, p.Since)
	_, err = book.Stage(t.Context(), "ann", "unknown", at(0))
	require.ErrorIs(t, err, marque.ErrNotFound)
}

// One event makes one move, also when it comes again, alone or with those before it.
func TestOneEventOneMove(t *testing.T) {
	d := lifecycle.Def{Name: "x", Start: "off", Stages: stages("off", "on"), Moves: []lifecycle.Move{
		{From: []string{"off"}, To: "on", On: "other"}, {From: []string{"on"}, To: "off", On: "other"},
	}}
	w, book := world(t, lifecycle.NewMemory(), d)
	w.Again = true
	w.Track(event("other", 0))
	require.Equal(t, "on", stage(t, book, "ann", "x", at(0)))
	var ps []rule.Pass
	for _, id := range []string{"e1", "e2", "e3"} {
		e := event("other", 3*marque.Hour)
		e.ID = id
		ps = append(ps, w.Log(e))
	}
	for range 2 {
		_, err := book.Derive(t.Context(), w.Names(), ps)
		require.NoError(t, err)
		turns, err := book.History(t.Context(), "ann", "x")
		require.NoError(t, err)
		require.Len(t, turns, 5)
	}
	// An act of before does not turn time back.
	_, err := book.Set(t.Context(), lifecycle.Act{Profile: "ann", Lifecycle: "x", Stage: "on"}, at(marque.Hour))
	require.NoError(t, err)
	p, err := book.Stage(t.Context(), "ann", "x", at(3*marque.Hour))
	require.NoError(t, err)
	require.Equal(t, "on", p.Stage)
	require.Equal(t, at(3*marque.Hour), p.Since)
	require.Zero(t, p.Stayed)
}

func TestFaults(t *testing.T) {
	three := stages("a", "b", "c")
	for _, c := range []struct {
		name string
		def  lifecycle.Def
		want []string
	}{
		{"empty", lifecycle.Def{}, []string{"[0].name: is empty", "[0].stages: is empty", "[0].start: is empty"}},
		{
			"names", lifecycle.Def{
				Name: "x", Start: "aa", Stages: stages("a", "a", "", "*", "bravo"),
				Moves: []lifecycle.Move{
					{Name: "m", To: "bravos", From: []string{"a", "a", "*"}, After: -day}, {Name: "m", To: "bravo", From: []string{"bravo", "z"}, On: "order_payd"},
					{To: ""},
				},
			},
			[]string{
				`[0].stages[1].name: "a" is the name of stage 1 too`, `[0].stages[2].name: is empty`, `[0].stages[3].name: "*" stands for every stage`,
				`[0].start: no stage "aa", did you mean "a"?`, `[0].moves[0].to: no stage "bravos", did you mean "bravo"?`, `[0].moves[0].after: -1d is negative`,
				`[0].moves[0].from[1]: "a" is named twice`, `[0].moves[0].from[2]: "*" stands alone, for every stage`,
				`[0].moves[1].name: "m" is the name of move 1 too`, `[0].moves[1].from[0]: "bravo" is where the move leads to`, `[0].moves[1].from[1]: no stage "z"`,
				`[0].moves[2].to: is empty`, `[0].moves[1].on: no event "order_payd", did you mean "order_paid"?`,
			},
		},
		{
			"rules", lifecycle.Def{Name: "x", Start: "a", Stages: three, Moves: []lifecycle.Move{
				{To: "b", When: `cty == "x"`}, {To: "c", When: `stage("x") == "a"`}, {To: "a", On: "call_made", When: `event.minute > 1`},
			}},
			[]string{
				`[0].moves[0].when: 1:1: unknown name cty, did you mean "city"?`,
				`[0].moves[1].when: reads the stage of its own lifecycle: from says which stages it leads away from`,
				`[0].moves[2].when: 1:7: event has no field minute, did you mean "minutes"?`,
			},
		},
		{"no attribute", lifecycle.Def{Name: "y", Start: "a", Stages: stages("a")}, []string{`[0].name: "stage/y" is not an attribute of the schema`}},
		{"no text", lifecycle.Def{Name: "number", Start: "a", Stages: stages("a")}, []string{`[0].name: the attribute "stage/number" is int in the schema, want string`}},
		{
			"unreachable", lifecycle.Def{Name: "x", Start: "a", Stages: three, Moves: []lifecycle.Move{{From: []string{"c"}, To: "b"}}},
			[]string{
				`[0].stages[1]: nobody can come to "b": no move that can be made leads there`, `[0].stages[2]: nobody can come to "c": no move that can be made leads there`,
				`[0].moves[0]: can never be made: nobody comes to the stages that it leads away from`,
			},
		},
		{
			"covered", lifecycle.Def{Name: "x", Start: "a", Stages: three, Moves: []lifecycle.Move{
				{From: []string{"a"}, To: "b", After: day},
				{From: []string{"a"}, To: "c", When: `city == "x"`},
				{Name: "late", From: []string{"a"}, To: "c", On: "order_paid", After: 2 * day},
				{Name: "same", From: []string{"a"}, To: "b", When: `city == "x"`, On: "order_paid"},
				{Name: "never", From: []string{"b"}, To: "c", When: `1 > 2`},
			}},
			[]string{
				`[0].moves[2]: can never be made: moves[0] ("b") is always made before it`, `[0].moves[3]: can never be made: moves[1] ("c") is always made before it`,
				`[0].moves[4].when: is never true`,
			},
		},
		{
			"circles", lifecycle.Def{Name: "x", Start: "a", Stages: append(three, stages("d", "e")...), Moves: []lifecycle.Move{
				{From: []string{"a"}, To: "b", When: `city == "x"`}, {From: []string{"b"}, To: "c"}, {From: []string{"c"}, To: "a", When: `city == "x"`},
				{From: []string{"c"}, To: "d", When: `city == "y"`}, {From: []string{"d"}, To: "e"}, {Name: "back", From: []string{"e"}, To: "d"},
			}},
			[]string{`[0].moves[0]: goes round in a circle at one instant: a -> b -> c -> a`, `[0].moves[4]: goes round in a circle at one instant: d -> e -> d`},
		},
		{
			"not circles", lifecycle.Def{Name: "x", Start: "a", Stages: three, Moves: []lifecycle.Move{
				{From: []string{"a"}, To: "b", When: `city == "x"`}, {From: []string{"b"}, To: "a", When: `city != "x"`},
				{From: []string{"a"}, To: "c", After: day}, {Name: "back", From: []string{"c"}, To: "a", On: "cart_added"}, {Name: "and back", From: []string{"c"}, To: "a", When: `city == "z"`},
				{To: "c", On: "order_paid"},
			}}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			lex := lexicon(t, []lifecycle.Def{{Name: "x"}})
			_, err := lifecycle.Compile([]lifecycle.Def{c.def}, lex, lang.New(lex, nil))
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, strings.Join(c.want, "\n"))
		})
	}
	lex := lexicon(t, []lifecycle.Def{{Name: "x"}})
	twice := lifecycle.Def{Name: "x", Start: "a", Stages: stages("a")}
	_, err := lifecycle.Compile([]lifecycle.Def{twice, twice}, lex, lang.New(lex, nil))
	require.EqualError(t, err, `[1].name: "x" is defined twice, first as number 1`)
}

func TestRetailFaults(t *testing.T) {
	require.NoError(t, lifecycle.Retail{}.Validate())
	err := lifecycle.Retail{AtRisk: 200 * day, Lost: 100 * day, Loyal: 1, NewFor: -1, WonBackFor: 300 * day}.Validate()
	require.EqualError(t, err, strings.Join([]string{
		"new_for: 0s is negative", "loyal: 1: want two orders or more", "dormant: 180d is not more than at_risk, which is 200d",
		"lost: 100d is not more than dormant, which is 180d", "won_back_for: 300d is not less than at_risk, which is 200d",
	}, "\n"))
	r := lifecycle.Retail{Name: "member", Order: `pay "now"`, AtRisk: 14 * day}
	lex := derivedtest.Must(t, rule.Schema{
		Attributes: lifecycle.Attributes([]lifecycle.Def{r.Def()}),
		Events:     []rule.EventType{{Name: `pay "now"`}, {Name: "cart_added"}, {Name: "signed_up"}},
	})
	_, err = lifecycle.Compile([]lifecycle.Def{lifecycle.Retail{Name: "member", Order: `pay "now"`, AtRisk: 31 * day}.Def()}, lex, lang.New(lex, nil))
	require.NoError(t, err)
	require.EqualError(t, r.Validate(), "won_back_for: 30d is not less than at_risk, which is 14d")
}

func TestJSON(t *testing.T) {
	for _, d := range []lifecycle.Def{retail, lead} {
		text, err := json.Marshal(d)
		require.NoError(t, err)
		var back lifecycle.Def
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, d, back)
		again, err := json.Marshal(back)
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))
		require.Equal(t, d.Version(), back.Version())
		back.Doc = "another"
		back.Stages[0].Doc = "another"
		require.Equal(t, d.Version(), back.Version())
		back.Moves[0].After = day
		require.NotEqual(t, d.Version(), back.Version())
	}
}

// Moves that turn out to go round in a circle are cut, once for an instant, and it can be seen.
func TestCircleIsCut(t *testing.T) {
	d := lifecycle.Def{Name: "x", Start: "a", Stages: stages("a", "b", "c"), Moves: []lifecycle.Move{
		{From: []string{"a"}, To: "b", When: `city != "Bern"`}, {From: []string{"b"}, To: "c", When: `city != "Genf"`}, {From: []string{"c"}, To: "a", When: `city != "Rom"`},
	}}
	w, book := world(t, lifecycle.NewMemory(), d)
	w.Again = true
	w.Attrs["ann"] = map[string]any{"city": "Ulm"}
	w.Track(event("other", 0))
	require.Equal(t, []string{"0s ann stage.changed a b", "0s ann stage.changed b c"}, lines(w.Said))
	p, err := book.Stage(t.Context(), "ann", "x", at(0))
	require.NoError(t, err)
	require.Equal(t, "a -> b -> c -> a", p.Circle)
	w.Track(event("other", day))
	require.Len(t, w.Said, 4)
	require.Equal(t, "b", stage(t, book, "ann", "x", at(day)))
}

// A lifecycle reads the stage of another one, at the same instant.
func TestStageInRules(t *testing.T) {
	care := lifecycle.Def{Name: "care", Start: "none", Stages: stages("none", "gift"), Moves: []lifecycle.Move{
		{From: []string{"none"}, To: "gift", When: `stage("customer") in ["loyal", "won back"]`},
		{From: []string{"gift"}, To: "none", When: `stage("customer") == "lost"`},
	}}
	w, book := world(t, lifecycle.NewMemory(), retail, care)
	w.Batch = true
	for _, after := range []marque.Duration{0, day, 2 * day, 3 * day} {
		w.Track(event("order_paid", after))
	}
	w.Advance(at(800 * day))
	require.Equal(t, []string{
		"0s ann stage.changed prospect first purchase", "1d ann stage.changed first purchase active",
		"3d ann stage.changed active loyal", "3d ann stage.changed none gift",
		"93d ann stage.changed loyal at risk", "183d ann stage.changed at risk dormant",
		"368d ann stage.changed dormant lost", "368d ann stage.changed gift none",
	}, lines(w.Said))
	lex := lexicon(t, []lifecycle.Def{retail, care})
	slot, _ := lex.Attr("stage/customer")
	require.Equal(t, "lost", w.Facts("ann").Attrs[slot].Text())
	f := w.Facts("bob")
	require.Equal(t, "prospect", f.Attrs[slot].Text(), "who was never looked at is in the start")
	require.Equal(t, "none", stage(t, book, "bob", "care", at(0)))
}

func TestSet(t *testing.T) {
	w, book := world(t, lifecycle.NewMemory(), lead)
	phone := marque.ID{Kind: "phone", Value: "1"}
	act := lifecycle.Act{Key: "k1", Profile: "ann", Lifecycle: "lead", Stage: "called", Via: phone}
	a, err := book.Set(t.Context(), act, at(day))
	require.NoError(t, err)
	require.Equal(t, "open", a.From)
	require.Equal(t, []string{"1d ann stage.changed open called"}, lines(a.Said))
	require.Equal(t, []marque.ID{phone}, a.Said[0].IDs)
	require.Equal(t, "k1", a.Said[0].Cause)
	a, err = book.Set(t.Context(), act, at(2*day))
	require.NoError(t, err)
	require.Equal(t, lifecycle.Answer{Known: true, From: "called", Stage: "called"}, a)
	w.Advance(at(40 * day))
	require.Equal(t, []string{"31d ann stage.changed called cold"}, lines(w.Said), "the lifecycle goes on from there")
	act.Key, act.Stage = "k2", "cold"
	a, err = book.Set(t.Context(), act, at(41*day))
	require.NoError(t, err)
	require.Empty(t, a.Said, "was there already")
	act.Stage = "colt"
	act.Profile = ""
	_, err = book.Set(t.Context(), act, at(41*day))
	require.EqualError(t, err, "lifecycle: set \"lead\" of \"\": profile: is empty\nstage: no stage \"colt\", did you mean \"cold\"?")
	act.Lifecycle = "unknown"
	_, err = book.Set(t.Context(), act, at(41*day))
	require.ErrorIs(t, err, marque.ErrNotFound)

	page, err := book.People(t.Context(), "lead", "cold", "", 10)
	require.NoError(t, err)
	require.Equal(t, []lifecycle.Person{{Profile: "ann", Stage: "cold", Since: at(31 * day)}}, page.People)
	_, err = book.People(t.Context(), "lead", "colt", "", 10)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

// A definition that changes: a stage that is gone leads to the start, a lifecycle that is gone is not due.
func TestDefinitionChanges(t *testing.T) {
	store := lifecycle.NewMemory()
	_, book := world(t, store, lead)
	_, err := book.Set(t.Context(), lifecycle.Act{Profile: "ann", Lifecycle: "lead", Stage: "blocked"}, at(0))
	require.NoError(t, err)
	less := lead
	less.Stages = less.Stages[:4]
	w, book := world(t, store, less)
	require.Equal(t, "open", stage(t, book, "ann", "lead", at(day)))
	w.Advance(at(day))
	require.Equal(t, []string{"0s ann stage.changed blocked open"}, lines(w.Said))

	_, book = world(t, store, lead)
	_, err = book.Set(t.Context(), lifecycle.Act{Profile: "ann", Lifecycle: "lead", Stage: "called"}, at(2*day))
	require.NoError(t, err)
	w, book = world(t, store, retail)
	due, err := book.Due(t.Context(), marque.Parts{}, at(90*day), 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	_, err = book.Derive(t.Context(), []string{"lead"}, []rule.Pass{w.Pass("ann")})
	require.NoError(t, err)
	due, err = book.Due(t.Context(), marque.Parts{}, at(90*day), 10)
	require.NoError(t, err)
	require.Empty(t, due)
	_, err = book.Rebuild(t.Context(), []string{"lead"}, []rule.Pass{w.Pass("ann")})
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestFlow(t *testing.T) {
	var f lifecycle.Flow
	for _, s := range []struct {
		from, to string
		days     marque.Duration
	}{{"a", "b", 5}, {"a", "b", 1}, {"a", "c", 7}, {"b", "c", 3}, {"a", "b", 3}, {"a", "b", 9}} {
		f.Add(s.from, s.to, s.days*day)
	}
	require.Equal(t, []lifecycle.Transition{
		{From: "a", To: "b", Count: 4, Share: 0.8, Median: 4 * day}, {From: "a", To: "c", Count: 1, Share: 0.2, Median: 7 * day},
		{From: "b", To: "c", Count: 1, Share: 1, Median: 3 * day},
	}, f.Matrix())
	require.Empty(t, (&lifecycle.Flow{}).Matrix())

	w, book := world(t, lifecycle.NewMemory(), retail)
	for i, p := range []string{"ann", "bob", "eve"} {
		for k := range i + 1 {
			e := event("order_paid", marque.Duration(7*i+k)*day)
			e.Profile = p
			w.Track(e)
		}
	}
	w.Advance(at(500 * day))
	var said, told lifecycle.Flow
	for _, e := range w.Said {
		text, err := json.Marshal(e) // as it comes out of a log
		require.NoError(t, err)
		var back marque.Event
		require.NoError(t, json.Unmarshal(text, &back))
		require.True(t, said.Event(back, "customer"))
		require.False(t, said.Event(back, "other"))
	}
	for _, p := range []string{"ann", "bob", "eve"} {
		turns, err := book.History(t.Context(), p, "customer")
		require.NoError(t, err)
		told.Turns(turns)
	}
	require.Equal(t, told.Matrix(), said.Matrix())
	require.Contains(t, said.Matrix(), lifecycle.Transition{From: "at risk", To: "dormant", Count: 3, Share: 1, Median: 90 * day})
}

// A history that was told anew counts once.
func TestFlowToldAnew(t *testing.T) {
	w, book := world(t, lifecycle.NewMemory(), retail)
	w.Track(event("order_paid", 10*day))
	early := event("order_paid", 0)
	early.Received = at(20 * day)
	w.Track(early)
	ps := []rule.Pass{{Event: early, Facts: w.Facts("ann"), Now: at(20 * day)}, {Event: event("order_paid", 10*day), Facts: w.Facts("ann"), Now: at(20 * day)}}
	_, err := book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	turns, err := book.History(t.Context(), "ann", "customer")
	require.NoError(t, err)
	require.Len(t, turns, 6)
	var f lifecycle.Flow
	f.Turns(turns)
	require.Equal(t, []lifecycle.Transition{
		{From: "first purchase", To: "active", Count: 1, Share: 1, Median: 10 * day}, {From: "prospect", To: "first purchase", Count: 1, Share: 1},
	}, f.Matrix())
}

// The few of one stage among the many of another are all found.
func TestFewAmongMany(t *testing.T) {
	store := lifecycle.NewMemory()
	var rows []*lifecycle.Row
	for i := range 1000 {
		r := &lifecycle.Row{Profile: fmt.Sprintf("p%03d", i), Name: "lead", Stage: "open", Version: 1}
		if i%400 == 399 {
			r.Stage = "hot"
		}
		rows = append(rows, r)
	}
	_, err := store.Commit(t.Context(), lifecycle.Change{Rows: rows})
	require.NoError(t, err)
	_, book := world(t, store, lead)
	page, err := book.People(t.Context(), "lead", "hot", "", 5)
	require.NoError(t, err)
	require.Len(t, page.People, 2)
	page, err = book.People(t.Context(), "lead", "hot", "", 1)
	require.NoError(t, err)
	require.Equal(t, "p399", page.Next)
}
