package funnel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

var start = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

func event(person, name string, minute int, props map[string]any) marque.Event {
	return marque.Event{ID: fmt.Sprintf("%s-%s-%d", person, name, minute), Name: name, Profile: person,
		At: start.Add(time.Duration(minute) * time.Minute), Props: props}
}

func log(events ...marque.Event) iter.Seq2[marque.Event, error] {
	return func(yield func(marque.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func shop(t testing.TB) (*rule.Lexicon, rule.Compiler) {
	t.Helper()
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Events: []rule.EventType{
			{Name: "visit", Props: []rule.Field{{Name: "channel", Type: rule.String}}},
			{Name: "view"}, {Name: "cart"},
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}},
		},
	}.Compile()
	require.NoError(t, err)
	return lex, lang.New(lex, nil)
}

func purchase() Def {
	return Def{
		Name:   "purchase",
		Steps:  []Step{{Event: "visit"}, {Event: "cart", Name: "into the cart"}, {Event: "order_paid", When: "event.amount >= 1000"}},
		Window: marque.Hour,
		By:     "channel",
	}
}

func TestResult(t *testing.T) {
	lex, rules := shop(t)
	plan, err := Compile(purchase(), lex, rules)
	require.NoError(t, err)
	app, ad := map[string]any{"channel": "app"}, map[string]any{"channel": "ad"}
	much, little := map[string]any{"amount": 5000}, map[string]any{"amount": 10}
	c, err := plan.Run(log(
		event("ann", "visit", 0, app), event("ann", "cart", 10, nil), event("ann", "order_paid", 30, much),
		event("bob", "visit", 0, ad), event("bob", "cart", 20, nil), event("bob", "order_paid", 61, much), // too late
		event("cyd", "cart", 0, nil), event("cyd", "visit", 1, ad), // the wrong way round
		event("dan", "visit", 0, app), event("dan", "cart", 5, nil), event("dan", "order_paid", 6, little), // too little
		event("eve", "order_paid", 6, much), // never visited
		event("", "visit", 7, nil),          // nobody
		event("fay", "view", 8, nil),        // no step
	), nil)
	require.NoError(t, err)
	r := c.Result()
	require.Equal(t, ClickHouse, r.Semantics)
	people, stopped := []int{}, []int{}
	for _, s := range r.Steps {
		people, stopped = append(people, s.People), append(stopped, s.Stopped)
	}
	require.Equal(t, []int{4, 3, 1}, people)
	require.Equal(t, []int{1, 2, 0}, stopped)
	require.Equal(t, "into the cart", r.Steps[1].Name)
	require.InDelta(t, 1.0/3, r.Steps[2].Rate.Rate, 1e-12)
	require.InDelta(t, 0.25, r.Rate.Rate, 1e-12)
	require.Greater(t, r.Rate.Interval.High, 0.25)
	require.Equal(t, Times{N: 3, Median: 10 * marque.Minute, P90: 20 * marque.Minute}, r.Steps[1].Time)
	require.Equal(t, Times{N: 1, Median: 30 * marque.Minute, P90: 30 * marque.Minute}, r.Time)
	require.Equal(t, 1, r.Nobody)
	require.Equal(t, []string{"ad", "app"}, []string{r.Groups[0].Value, r.Groups[1].Value})
	require.Equal(t, 2, r.Groups[0].Steps[0].People)
	require.Equal(t, 1, r.Groups[1].Steps[2].People)
	require.Equal(t, []string{"bob", "dan"}, slices.Collect(c.Stopped(1)))
	require.Equal(t, []string{"ann"}, slices.Collect(c.Stopped(2)))
	require.Empty(t, slices.Collect(c.Stopped(7)))

	var b strings.Builder
	require.NoError(t, r.CSV(&b))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 1+3*3)
	require.True(t, strings.HasPrefix(lines[2], "purchase,ClickHouse,,2,into the cart,cart,3,2,0.75,"), lines[2])
	require.Contains(t, lines[4], "channel=ad,1,visit")

	data, err := json.Marshal(r)
	require.NoError(t, err)
	var back Result
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, r, back)
}

func TestSemantics(t *testing.T) {
	for _, c := range []struct {
		name   string
		events string // name and minute
		steps  string
		window marque.Duration
		level  int
		times  []int // minutes of the chain
	}{
		{"the window is inclusive", "a0 b60", "a b", marque.Hour, 2, []int{0, 60}},
		{"and not a microsecond more", "a0 b61", "a b", marque.Hour, 1, []int{0}},
		{"no window", "a0 b6000000", "a b", 0, 2, []int{0, 6000000}},
		{"the latest start wins", "a0 a50 b70", "a b", marque.Hour, 2, []int{50, 70}},
		{"a later start does not take back what an earlier one reached", "a0 b10 a50 c55", "a b c", marque.Hour, 3, []int{0, 10, 55}},
		{"the first time so far counts", "a0 b10 a20 b25", "a b", marque.Hour, 2, []int{0, 10}},
		{"a further step takes the chain that reached it", "a0 b10 a20 b25 c70", "a b c", marque.Hour, 3, []int{20, 25, 70}},
		{"events of one instant count in the order of the steps", "b0 a0", "a b", marque.Hour, 2, []int{0, 0}},
		{"also all three turned round", "c0 b0 a0", "a b c", marque.Hour, 3, []int{0, 0, 0}},
		{"one event fills all steps that it can", "x0", "x x x", marque.Hour, 3, []int{0, 0, 0}},
		{"other events in between do not matter", "a0 z1 c2 z3 b4", "a b", marque.Hour, 2, []int{0, 4}},
		{"one step", "a0 a5", "a", marque.Hour, 1, []int{0}},
		{"nothing after the end", "a0 b1 a2 b3", "a b", marque.Hour, 2, []int{0, 1}},
		{"out of step", "b0 a1", "a b", marque.Hour, 1, []int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			def := Def{Name: "x", Window: c.window}
			for s := range strings.FieldsSeq(c.steps) {
				def.Steps = append(def.Steps, Step{Event: s})
			}
			plan, err := Compile(def, nil, nil)
			require.NoError(t, err)
			counter := NewCounter(plan, nil)
			for e := range strings.FieldsSeq(c.events) {
				var minute int
				fmt.Sscan(e[1:], &minute)
				require.NoError(t, counter.Add(event("p", e[:1], minute, nil)))
			}
			w := counter.people["p"]
			require.Equal(t, c.level, w.level)
			var times []int
			for _, at := range w.best {
				times = append(times, int(at.Time().Sub(start).Minutes()))
			}
			require.Equal(t, c.times, times)
		})
	}
}

// trace draws a person's few events in a small world, where instants often coincide.
func trace(t *rapid.T) []marque.Event {
	n := rapid.IntRange(0, 12).Draw(t, "events")
	events := make([]marque.Event, n)
	for i := range events {
		minute := rapid.IntRange(0, 15).Draw(t, "minute")
		name := rapid.SampledFrom([]string{"a", "b", "c", "z"}).Draw(t, "name")
		who := rapid.SampledFrom([]string{"p", "q"}).Draw(t, "person")
		events[i] = event(who, name, minute, map[string]any{"k": rapid.SampledFrom([]string{"x", "y"}).Draw(t, "k")})
	}
	return events
}

func smallPlan(t *rapid.T) *Plan {
	def := Def{Name: "x", By: "k", Window: marque.Duration(rapid.IntRange(0, 6).Draw(t, "window")) * marque.Minute}
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		def.Steps = append(def.Steps, Step{Event: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "step")})
	}
	plan, err := Compile(def, nil, nil)
	require.NoError(t, err)
	return plan
}

// The level is the furthest step of any chain of events in order within the window: all chains are tried.
func TestLevelIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, events := smallPlan(t), trace(t)
		c, err := plan.Run(log(events...), &Options{Sort: true})
		require.NoError(t, err)
		for _, who := range []string{"p", "q"} {
			want := 0
			var extend func(step int, first, last time.Time)
			extend = func(step int, first, last time.Time) {
				want = max(want, step)
				if step == len(plan.def.Steps) {
					return
				}
				for _, e := range events {
					if e.Profile != who || e.Name != plan.def.Steps[step].Event {
						continue
					}
					if step == 0 {
						extend(1, e.At, e.At)
					} else if !e.At.Before(last) && (plan.def.Window == 0 || e.At.Sub(first) <= time.Duration(plan.def.Window)) {
						extend(step+1, first, e.At)
					}
				}
			}
			extend(0, time.Time{}, time.Time{})
			got := 0
			if w := c.people[who]; w != nil {
				got = w.level
			}
			require.Equal(t, want, got)
		}
	})
}

// Counting event by event gives what a run over the log gives, after every event, whatever the order of events
// of one instant, and however often the last event is said again.
func TestLiveIsBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, events := smallPlan(t), trace(t)
		batch, err := plan.Run(log(events...), &Options{Sort: true})
		require.NoError(t, err)

		shuffled := rapid.Permutation(events).Draw(t, "order")
		slices.SortStableFunc(shuffled, func(a, b marque.Event) int { return a.At.Compare(b.At) })
		live := NewCounter(plan, nil)
		for i, e := range shuffled {
			require.NoError(t, live.Add(e))
			require.NoError(t, live.Add(e))
			soFar, err := plan.Run(log(shuffled[:i+1]...), &Options{Sort: true})
			require.NoError(t, err)
			require.Equal(t, soFar.Result(), live.Result())
		}
		require.Equal(t, batch.Result(), live.Result())
		for k := range plan.def.Steps {
			require.Equal(t, slices.Collect(batch.Stopped(k)), slices.Collect(live.Stopped(k)))
		}
	})
}

func TestOrderIsKept(t *testing.T) {
	plan, err := Compile(Def{Name: "x", Steps: []Step{{Event: "a"}, {Event: "b"}}}, nil, nil)
	require.NoError(t, err)
	wrong := log(event("p", "b", 5, nil), event("q", "a", 1, nil), event("p", "a", 4, nil))
	_, err = plan.Run(wrong, nil)
	require.ErrorIs(t, err, ErrOrder)
	require.ErrorContains(t, err, "event a of p")
	c, err := plan.Run(wrong, &Options{Sort: true})
	require.NoError(t, err)
	require.Equal(t, 1, c.Result().Steps[1].People)

	live := NewCounter(plan, nil)
	require.NoError(t, live.Add(event("p", "a", 5, nil)))
	before := live.Result()
	require.ErrorIs(t, live.Add(event("p", "b", 4, nil)), ErrOrder)
	require.Equal(t, before, live.Result())

	broken := errors.New("disk")
	_, err = plan.Run(func(yield func(marque.Event, error) bool) { yield(marque.Event{}, broken) }, nil)
	require.ErrorIs(t, err, broken)
}

func TestRulesMayReadThePerson(t *testing.T) {
	lex, rules := shop(t)
	def := Def{Name: "x", Steps: []Step{{Event: "visit", When: `city == "Chongqing"`}}}
	plan, err := Compile(def, lex, rules)
	require.NoError(t, err)
	require.Len(t, plan.Need().Attrs, 1)
	slot, _ := lex.Attr("city")
	facts := func(e marque.Event) *rule.Facts {
		f := rule.NewFacts(lex, e.Profile)
		f.Attrs[slot] = rule.StringValue(map[string]string{"p": "Chongqing", "q": "Wuhan"}[e.Profile])
		return f
	}
	events := log(event("p", "visit", 0, nil), event("q", "visit", 1, nil))
	known, err := plan.Run(events, &Options{Facts: facts})
	require.NoError(t, err)
	require.Equal(t, 1, known.Result().Steps[0].People)
	unknown, err := plan.Run(events, nil)
	require.NoError(t, err)
	require.Equal(t, 0, unknown.Result().Steps[0].People)
}

func TestCompileListsEveryFault(t *testing.T) {
	lex, rules := shop(t)
	_, err := Compile(Def{
		Steps:     []Step{{Event: "vist"}, {}, {Event: "order_paid", When: "event.amout > 1"}},
		Window:    -1 * marque.Hour,
		Semantics: "Clickhouse",
	}, lex, rules)
	for _, want := range []string{
		`name: name is empty`, `steps[0].event: no event "vist", did you mean "visit"?`, `steps[1].event: event is empty`,
		`steps[2].when: `, `window: -1h is below zero`, `semantics: no semantics "Clickhouse", did you mean "ClickHouse"?`,
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = Compile(Def{Name: "x", Steps: []Step{{Event: "visit"}}, By: "chanel"}, lex, rules)
	require.ErrorContains(t, err, `by: event "visit" has no property "chanel", did you mean "channel"?`)
	_, err = Compile(Def{Name: "x", Steps: make([]Step, 33)}, lex, rules)
	require.ErrorContains(t, err, "steps: 33 steps: want 1 to 32")
	_, err = Compile(Def{Name: "x", Steps: []Step{{Event: "visit", When: "true"}}}, nil, nil)
	require.ErrorContains(t, err, "there is no compiler for rules")
}

func TestDefIsData(t *testing.T) {
	text := `{"name":"purchase","steps":[{"event":"visit"},{"name":"into the cart","event":"cart"},{"event":"order_paid","when":"event.amount >= 1000"}],"window":"1h","by":"channel"}`
	var d Def
	require.NoError(t, json.Unmarshal([]byte(text), &d))
	require.Equal(t, purchase(), d)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(d))
	require.Equal(t, text+"\n", b.String())
	require.Equal(t, []string{"visit", "cart", "order_paid"}, d.Events())
	require.Equal(t, marque.Ref{Kind: "event", Name: "cart", Path: "steps[1].event"}, d.Refs()[1])
}

func TestCounterIsSafe(t *testing.T) {
	plan, err := Compile(Def{Name: "x", Steps: []Step{{Event: "a"}, {Event: "b"}}}, nil, nil)
	require.NoError(t, err)
	c := NewCounter(plan, nil)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 200 {
				who := fmt.Sprintf("%d-%d", g, i)
				c.Add(event(who, "a", 0, nil))
				c.Add(event(who, "b", 1, nil))
				if i%50 == 0 {
					c.Result()
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 800, c.Result().Steps[1].People)
	require.Len(t, slices.Collect(c.Stopped(1)), 800)
}

func BenchmarkAdd(b *testing.B) {
	plan, _ := Compile(Def{Name: "x", Window: marque.Day, Steps: []Step{{Event: "a"}, {Event: "b"}, {Event: "c"}, {Event: "d"}, {Event: "e"}}}, nil, nil)
	events := make([]marque.Event, 0, 1<<16)
	for i := range 1 << 16 {
		events = append(events, event(fmt.Sprintf("p%d", i*7919%5000), string(rune('a'+i*31%9)), i, nil))
	}
	b.ReportAllocs()
	i, c := 0, NewCounter(plan, nil)
	for b.Loop() {
		if i == len(events) {
			i, c = 0, NewCounter(plan, nil)
		}
		c.Add(events[i])
		i++
	}
}
