package live_test

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/segment/live"
)

const hour = time.Hour

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// names are the segments that there may be.
var names = []string{"a", "b", "c", "d", "e"}

func shop(t require.TestingT) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "since", Type: rule.Time}},
		Events: []rule.EventType{
			{Name: "order", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}}}, {Name: "view"}, {Name: "login"},
		},
		Tags: []string{"vip", "blocked"}, Scores: []string{"lead"}, Segments: names,
	}.Compile()
	require.NoError(t, err)
	return lex
}

func compile(t require.TestingT, lex *rule.Lexicon, rules ...string) *segment.Plan {
	var defs []segment.Def
	for i, r := range rules {
		if r != "" {
			defs = append(defs, segment.Def{Name: names[i], When: r})
		}
	}
	plan, err := segment.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	return plan
}

func order(profile string, at time.Time, amount int) marque.Event {
	return marque.Event{ID: fmt.Sprint(profile, at.Unix(), amount), Name: "order", Profile: profile, At: at, Props: map[string]any{"amount": amount, "kind": "tea"}}
}

func lines(cs []live.Change) (all []string) {
	for _, c := range cs {
		all = append(all, c.String())
	}
	return all
}

func TestInAndOut(t *testing.T) {
	lex := shop(t)
	plan := compile(t, lex, `did("order", within("2h"))`, `in_segment("a") and age >= 18`, `not in_segment("a")`, `has_tag("vip")`)
	set, err := live.New(plan, column.NewTable(lex), noon, nil)
	require.NoError(t, err)

	cs, err := set.Apply(order("ann", noon, 10))
	require.NoError(t, err)
	require.Equal(t, []string{"+a ann 2026-06-15T12:00:00Z"}, lines(cs))
	require.Equal(t, "ann1781524800 10", cs[0].Cause)
	cs, err = set.SetAttr(noon.Add(hour), "ann", "age", 30)
	require.NoError(t, err)
	require.Equal(t, []string{"+b ann 2026-06-15T13:00:00Z"}, lines(cs))
	require.Equal(t, noon.Add(2*hour), set.Next())
	require.Empty(t, set.Advance(noon.Add(2*hour-time.Microsecond)))
	require.Equal(t, []string{"-a ann 2026-06-15T14:00:00Z", "-b ann 2026-06-15T14:00:00Z", "+c ann 2026-06-15T14:00:00Z"}, lines(set.Advance(noon.Add(50*hour))))
	require.Zero(t, set.Next())

	// a late event that still counts moves her in from its arrival, and out at its own time
	cs, err = set.Apply(marque.Event{Name: "order", Profile: "ann", At: noon.Add(49 * hour), Received: noon.Add(50*hour + time.Minute)})
	require.NoError(t, err)
	require.Equal(t, []string{"+a ann 2026-06-17T14:01:00Z", "+b ann 2026-06-17T14:01:00Z", "-c ann 2026-06-17T14:01:00Z"}, lines(cs))
	cs, err = set.SetTag(noon, "ann", "vip", true, noon.Add(60*hour)) // an instant that is past counts as now
	require.NoError(t, err)
	require.Equal(t, []string{"+d ann 2026-06-17T14:01:00Z"}, lines(cs))
	require.Equal(t, []string{"a", "b", "d"}, slices.Sorted(slices.Values(set.Segments("ann"))))
	require.Equal(t, []string{"-a ann 2026-06-17T15:00:00Z", "-b ann 2026-06-17T15:00:00Z", "+c ann 2026-06-17T15:00:00Z", "-d ann 2026-06-18T00:00:00Z"}, lines(set.Advance(noon.Add(90*hour))))

	require.False(t, set.Has("bob", "c"), "nobody knows him")
	_, err = set.SetAttr(noon, "bob", "city", "Chongqing")
	require.NoError(t, err)
	require.True(t, set.Has("bob", "c"))
	require.Equal(t, []uint64{3}, set.Members("c"))
	require.True(t, set.Remove("bob"))
	require.False(t, set.Remove("bob"))
	require.Equal(t, []uint64{1}, set.Members("c"))
	require.Nil(t, set.Members("x"))
	require.Empty(t, set.Rebuild())
}

func TestBadInput(t *testing.T) {
	lex := shop(t)
	plan := compile(t, lex, `did("order")`)
	_, err := live.New(plan, column.NewTable(lex), noon, &live.Options{Keep: []string{"view", "vieww", "x"}})
	require.EqualError(t, err, "live: keep[1]: no event \"vieww\", did you mean \"view\"?\nkeep[2]: no event \"x\"")
	set, err := live.New(plan, column.NewTable(lex), noon, nil)
	require.NoError(t, err)
	_, err = set.Apply(marque.Event{Name: "order", At: noon})
	require.EqualError(t, err, "live: apply order: profile: is empty")
	_, err = set.SetAttr(noon, "", "age", 3)
	require.EqualError(t, err, "live: profile: is empty")
	_, err = set.SetAttr(noon, "ann", "agee", 3)
	require.EqualError(t, err, "live: no attribute \"agee\", did you mean \"age\"?: marque: not found")
	_, err = set.SetAttr(noon, "ann", "age", "3")
	require.EqualError(t, err, "live: set age of ann: string does not fit, want int")
	_, err = set.SetTag(noon, "ann", "vipp", true, time.Time{})
	require.ErrorIs(t, err, marque.ErrNotFound)
	_, err = set.SetScore(noon, "ann", "x", nil)
	require.ErrorIs(t, err, marque.ErrNotFound)
	require.Zero(t, set.Table().Len(), "nothing is half done")
	_, err = live.New(plan, column.NewTable(shop(t)), noon, nil)
	require.ErrorIs(t, err, live.ErrLexicon)
	_, err = set.Edit(compile(t, shop(t), `did("view")`), nil)
	require.ErrorIs(t, err, live.ErrLexicon)
}

// What is new is filled before it goes live, from the log where it has to be.
func TestEdit(t *testing.T) {
	lex := shop(t)
	set, err := live.New(compile(t, lex, `did("order", within("30d"))`, `in_segment("a")`, "", `age > 5`), column.NewTable(lex), noon, nil)
	require.NoError(t, err)
	var log []marque.Event
	for i, p := range []string{"ann", "bob", "cyd"} {
		e := order(p, noon.Add(time.Duration(-20*i*24)*hour), 10)
		view := marque.Event{Name: "view", Profile: p, At: e.At}
		log = append(log, e, view)
		for _, e := range []marque.Event{e, view} {
			e.Received = noon
			_, err := set.Apply(e)
			require.NoError(t, err)
		}
	}
	log = append(log, marque.Event{Name: "view", Profile: "dan", At: noon})
	next := compile(t, lex, `did("order", within("10d"))`, `in_segment("a")`, `did("view", within("30d"))`)
	before := [][]string{set.Segments("ann"), set.Segments("bob"), set.Segments("cyd")}
	_, err = set.Edit(next, nil)
	require.ErrorIs(t, err, live.ErrLog)
	require.EqualError(t, err, "live: edit: live: a log is needed: nothing is kept of view")
	torn := errors.New("torn")
	_, err = set.Edit(next, func(yield func(marque.Event, error) bool) { _ = yield(log[1], nil) && yield(marque.Event{}, torn) })
	require.ErrorIs(t, err, torn)
	require.Equal(t, before, [][]string{set.Segments("ann"), set.Segments("bob"), set.Segments("cyd")})
	require.Empty(t, set.Rebuild())

	done, err := set.Edit(next, all(log))
	require.NoError(t, err)
	require.Equal(t, []live.Edited{{"a", 2, 1, 0, 1}, {"b", 2, 1, 0, 1}, {"c", 0, 3, 3, 0}, {"d", 0, 0, 0, 0}}, done)
	require.True(t, set.Has("dan", "c"))
	require.Empty(t, set.Rebuild())
	require.Equal(t, []string{"-a ann 2026-06-25T12:00:00Z", "-b ann 2026-06-25T12:00:00Z", "-c bob 2026-06-25T12:00:00Z"}, lines(set.Advance(noon.Add(10*24*hour))))
}

func all(log []marque.Event) iter.Seq2[marque.Event, error] {
	return func(yield func(marque.Event, error) bool) {
		for _, e := range log {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// rules are what the machine draws from, for each segment; a segment reads those before it, also where they are gone.
var rules = []string{
	``, `did("order", within("3h"))`, `times("order", within("5h")) >= 2`, `times("order", between("6h", "2h")) == 1`, `not did("view", within("4h"))`,
	`total("order", "amount", within("6h")) >= 5`, `distinct("order", "kind", within("6h"), it.amount > 1) >= 2`, `age >= 3`, `not (age >= 3)`, `city == "a" or has_tag("vip")`,
	`has_tag("vip") and not has_tag("blocked")`, `score("lead") >= 4`, `days_since(since) > 0.1`, `now >= since`, `last_at("order") > ago("2h")`, `did("order", today())`,
	`times("view") >= 3`, `did("order", it.kind == city)`, `(age ?? 5) > 2 and did("login", within("2h"))`,
}

func draw(t *rapid.T, n int) []string {
	pick := rapid.SampledFrom(rules)
	rs := make([]string, n)
	for i := range rs {
		if rs[i] = pick.Draw(t, "rule"); i > 0 && rapid.Bool().Draw(t, "chained") {
			rs[i] = rapid.SampledFrom([]string{"in_segment(%q)", "not in_segment(%q)", "in_segment(%q) and age > 2", `in_segment(%q) or did("view", within("1h"))`}).Draw(t, "chain")
			rs[i] = fmt.Sprintf(rs[i], names[i-1])
		}
	}
	return rs
}

// member is what a person's facts give by closures alone, segment after segment.
func members(plan *segment.Plan, lex *rule.Lexicon, f *rule.Facts, at time.Time) (in []string) {
	f.Segments = nil
	for _, name := range plan.Order() {
		if plan.Rule(name).Test(rule.Input{Now: at, Facts: f}).Truth == rule.True {
			slot, _ := lex.Segment(name)
			f.Segments = append(f.Segments, rule.Mark{Slot: slot})
			in = append(in, name)
		}
	}
	return in
}

// Whatever happens in whatever order, who is in what is what a look from scratch gives, at every instant.
func TestMachine(t *testing.T) {
	lex := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		plan := compile(t, lex, draw(t, 4)...)
		fine, err := live.New(plan, column.NewTable(lex), noon, nil) // moves time in small steps
		require.NoError(t, err)
		rough, err := live.New(plan, column.NewTable(lex), noon, nil) // moves it only when something happens
		require.NoError(t, err)
		var said, roughly []live.Change
		truth := map[string]*rule.Facts{} // what is known of whom
		var log []marque.Event
		now := noon
		who := func(p string) *rule.Facts {
			if truth[p] == nil {
				truth[p] = rule.NewFacts(lex, p)
			}
			return truth[p]
		}
		both := func(do func(s *live.Set) ([]live.Change, error)) {
			cs, err := do(fine)
			require.NoError(t, err)
			said = append(said, cs...)
			cs, err = do(rough)
			require.NoError(t, err)
			roughly = append(roughly, cs...)
		}
		person := rapid.SampledFrom([]string{"p1", "p2", "p3"})
		value := rapid.IntRange(0, 6)
		reads := func(p *segment.Plan, name string) bool {
			slot, _ := lex.Event(name)
			return slices.ContainsFunc(p.Derivations(), func(d rule.Derivation) bool {
				return slices.ContainsFunc(d.Need.Events, func(e rule.EventNeed) bool { return e.Slot == slot })
			})
		}
		add := func(e marque.Event) {
			slot, _ := lex.Event(e.Name)
			f := who(e.Profile)
			hits := append(f.Events[slot], rule.Hit{At: rule.At(e.At), Props: lex.Row("event/"+e.Name, e.Props)})
			slices.SortStableFunc(hits, func(a, b rule.Hit) int { return int(a.At - b.At) })
			f.Events[slot] = hits
		}
		t.Repeat(map[string]func(*rapid.T){
			"event": func(t *rapid.T) {
				late := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 30, 60, 120, 300}).Draw(t, "late")) * time.Minute
				e := marque.Event{
					Name: rapid.SampledFrom([]string{"order", "view", "login", "order"}).Draw(t, "name"), Profile: person.Draw(t, "who"), At: now.Add(-late), Received: now,
					Props: map[string]any{"amount": value.Draw(t, "amount"), "kind": rapid.SampledFrom([]string{"a", "b"}).Draw(t, "kind")},
				}
				log = append(log, e)
				if reads(plan, e.Name) {
					add(e)
				}
				both(func(s *live.Set) ([]live.Change, error) { return s.Apply(e) })
			},
			"attribute": func(t *rapid.T) {
				p, v := person.Draw(t, "who"), any(value.Draw(t, "value"))
				name := rapid.SampledFrom([]string{"age", "city", "since"}).Draw(t, "attr")
				switch {
				case v == 0:
					v = nil
				case name == "city":
					v = rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "city")
				case name == "since":
					v = now.Add(time.Duration(v.(int)-3) * hour)
				}
				slot, _ := lex.Attr(name)
				who(p).Attrs[slot], _ = rule.Of(v)
				both(func(s *live.Set) ([]live.Change, error) { return s.SetAttr(now, p, name, v) })
			},
			"tag": func(t *rapid.T) {
				p, tag, on := person.Draw(t, "who"), rapid.IntRange(0, 1).Draw(t, "tag"), rapid.Bool().Draw(t, "on")
				until := time.Time{}
				if n := value.Draw(t, "until"); n > 0 {
					until = now.Add(time.Duration(n) * hour)
				}
				f := who(p)
				f.Tags = rule.Put(f.Tags, rule.Mark{Slot: tag, From: rule.At(now), Until: rule.At(until)}, on)
				both(func(s *live.Set) ([]live.Change, error) { return s.SetTag(now, p, lex.Schema().Tags[tag], on, until) })
			},
			"score": func(t *rapid.T) {
				p := person.Draw(t, "who")
				c := rule.Curve{{From: rule.At(now), Points: float64(value.Draw(t, "points")), HalfLife: marque.Duration(2 * hour)}}
				who(p).Scores[0] = c
				both(func(s *live.Set) ([]live.Change, error) { return s.SetScore(now, p, "lead", c) })
			},
			"remove": func(t *rapid.T) {
				p := person.Draw(t, "who")
				roughly = append(roughly, rough.Advance(now)...)
				require.Equal(t, truth[p] != nil, fine.Remove(p))
				rough.Remove(p)
				delete(truth, p)
				log = slices.DeleteFunc(log, func(e marque.Event) bool { return e.Profile == p })
			},
			"put": func(t *rapid.T) {
				f := who(person.Draw(t, "who"))
				for _, c := range [...]string{"order", "view", "login"} {
					if slot, _ := lex.Event(c); !reads(plan, c) {
						f.Events[slot] = nil
					}
				}
				both(func(s *live.Set) ([]live.Change, error) { return s.Put(now, f) })
			},
			"time": func(t *rapid.T) {
				to := now.Add(time.Duration(rapid.IntRange(1, 500).Draw(t, "minutes")) * time.Minute)
				for now.Before(to) {
					now = now.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "step")) * time.Minute)
					if next := fine.Next(); !next.IsZero() && next.After(fine.Now()) && next.Before(now) {
						require.Empty(t, fine.Advance(next.Add(-time.Microsecond)))
					}
					said = append(said, fine.Advance(now)...)
				}
			},
			"edit": func(t *rapid.T) {
				roughly = append(roughly, rough.Advance(now)...)
				last := plan
				plan = compile(t, lex, draw(t, 4)...)
				for _, name := range []string{"order", "view", "login"} {
					slot, _ := lex.Event(name)
					if now, before := reads(plan, name), reads(last, name); now && !before {
						for _, f := range truth {
							f.Events[slot] = nil
						}
						for _, e := range log {
							if e.Name == name {
								add(e)
							}
						}
					} else if !now {
						for _, f := range truth {
							f.Events[slot] = nil
						}
					}
				}
				a, err := fine.Edit(plan, all(log))
				require.NoError(t, err)
				b, err := rough.Edit(plan, all(log))
				require.NoError(t, err)
				require.Equal(t, a, b)
			},
			"": func(t *rapid.T) {
				for p, f := range truth {
					require.Equal(t, members(plan, lex, f, fine.Now()), fine.Segments(p), p)
				}
				require.Empty(t, fine.Rebuild())
			},
		})
		roughly = append(roughly, rough.Advance(now)...)
		require.Equal(t, lines(said), lines(roughly), "in small steps and in large ones")
		for _, c := range said {
			require.False(t, c.At.After(now))
		}
		for _, p := range slices.Sorted(maps.Keys(truth)) {
			require.Equal(t, fine.Segments(p), rough.Segments(p))
		}
	})
}

// The same log in any order ends the same.
func TestAnyOrder(t *testing.T) {
	lex := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		plan := compile(t, lex, draw(t, 4)...)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var log []marque.Event
		for range 30 {
			log = append(log, marque.Event{
				Name: []string{"order", "view", "login"}[rng.IntN(3)], Profile: []string{"p1", "p2"}[rng.IntN(2)], At: noon.Add(-time.Duration(rng.IntN(600)) * time.Minute), Received: noon,
				Props: map[string]any{"amount": rng.IntN(5), "kind": []string{"a", "b"}[rng.IntN(2)]},
			})
		}
		run := func() (got []string) {
			set, err := live.New(plan, column.NewTable(lex), noon.Add(-20*hour), nil)
			require.NoError(t, err)
			for _, e := range log {
				_, err := set.Apply(e)
				require.NoError(t, err)
			}
			for _, at := range []time.Time{noon, noon.Add(hour), noon.Add(100 * hour)} {
				set.Advance(at)
				got = append(got, fmt.Sprint(set.Segments("p1"), set.Segments("p2")))
			}
			return got
		}
		want := run()
		rng.Shuffle(len(log), func(i, j int) { log[i], log[j] = log[j], log[i] })
		require.Equal(t, want, run())
	})
}
