package tagging_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/tagging"
)

var sureDefs = []tagging.Def{
	{Name: "woman", Group: "sex", Exclusive: true}, {Name: "man", Group: "sex", Exclusive: true},
	{Name: "parent", Confidence: 0.6}, {Name: "vip", TTL: 30 * day}, {Name: "buyer", When: `did("order_paid", within("30d"))`},
}

func TestValidity(t *testing.T) {
	type act struct {
		on    marque.Duration
		act   tagging.Act
		unset bool
		want  tagging.Reason
	}
	vip := func(a tagging.Act) tagging.Act { a.Tag = "vip"; return a }
	for _, c := range []struct {
		name string
		acts []act
		want []string
	}{
		{"begins and ends later", []act{{0, vip(tagging.Act{From: at(5 * day), Until: at(9 * day)}), false, tagging.Later}}, []string{
			"5d ann tag.added vip manual", "9d ann tag.removed vip ttl",
		}},
		{"the time to live begins with the mark", []act{{0, vip(tagging.Act{From: at(5 * day)}), false, tagging.Later}}, []string{
			"5d ann tag.added vip manual", "35d ann tag.removed vip ttl",
		}},
		{"what began already counts now, and no earlier", []act{{3 * day, vip(tagging.Act{From: at(-5 * day), TTL: 9 * day}), false, ""}}, []string{
			"3d ann tag.added vip manual", "4d ann tag.removed vip ttl",
		}},
		{"what is over counts no more", []act{{9 * day, vip(tagging.Act{Until: at(5 * day)}), false, tagging.Expired}}, nil},
		{"one term follows the other without a gap", []act{
			{0, vip(tagging.Act{}), false, ""}, {day, vip(tagging.Act{From: at(8 * day), Until: at(12 * day)}), false, ""},
		}, []string{"0s ann tag.added vip manual", "12d ann tag.removed vip ttl"}},
		{"one term ends before the other begins", []act{
			{0, vip(tagging.Act{Until: at(3 * day)}), false, ""}, {day, vip(tagging.Act{From: at(8 * day), Until: at(12 * day)}), false, ""},
		}, []string{"0s ann tag.added vip manual", "3d ann tag.removed vip ttl", "8d ann tag.added vip manual", "12d ann tag.removed vip ttl"}},
		{"what is said now takes the place of what was to begin", []act{
			{0, vip(tagging.Act{From: at(8 * day)}), false, tagging.Later}, {day, vip(tagging.Act{Until: at(3 * day)}), false, ""},
		}, []string{"1d ann tag.added vip manual", "3d ann tag.removed vip ttl"}},
		{"unset takes away what was to begin", []act{
			{0, vip(tagging.Act{From: at(8 * day)}), false, tagging.Later}, {day, vip(tagging.Act{}), true, ""},
		}, nil},
		{"a term of a weaker source goes on by itself", []act{
			{0, vip(tagging.Act{From: at(8 * day), Until: at(20 * day), Source: tagging.Model}), false, tagging.Later},
			{day, vip(tagging.Act{Until: at(9 * day)}), false, ""},
		}, []string{"1d ann tag.added vip manual", "20d ann tag.removed vip ttl"}},
		{"exclusive: the other one takes over when it begins", []act{
			{0, tagging.Act{Tag: "man"}, false, ""}, {day, tagging.Act{Tag: "woman", From: at(4 * day)}, false, tagging.Later},
		}, []string{"0s ann tag.added man manual", "4d ann tag.added woman manual", "4d ann tag.removed man ttl"}},
		{"exclusive: a stronger one takes its term and gives way", []act{
			{0, tagging.Act{Tag: "man", Source: tagging.Model}, false, ""}, {day, tagging.Act{Tag: "woman", From: at(4 * day), Until: at(6 * day)}, false, tagging.Later},
		}, []string{"0s ann tag.added man model", "4d ann tag.added woman manual", "4d ann tag.removed man group", "6d ann tag.removed woman ttl", "6d ann tag.added man model"}},
		{"not sure enough", []act{
			{0, tagging.Act{Tag: "parent", Source: tagging.Model, Confidence: 0.59}, false, tagging.Unsure}, {day, tagging.Act{Tag: "parent", Source: tagging.Model, Confidence: 0.6}, false, ""},
			{2 * day, tagging.Act{Tag: "parent", Source: tagging.Model, Confidence: 0.2}, false, tagging.Unsure}, {3 * day, tagging.Act{Tag: "parent", Source: tagging.ThirdParty}, false, ""},
		}, []string{"1d ann tag.added parent model", "2d ann tag.removed parent confidence", "3d ann tag.added parent third_party"}},
		{"exclusive: of guesses the surest counts", []act{
			{0, tagging.Act{Tag: "woman", Source: tagging.Model, Confidence: 0.8}, false, ""}, {0, tagging.Act{Tag: "man", Source: tagging.Model, Confidence: 0.2}, false, tagging.ByGroup},
			{day, tagging.Act{Tag: "woman", Source: tagging.Model, Confidence: 0.4}, false, ""}, {day, tagging.Act{Tag: "man", Source: tagging.Model, Confidence: 0.6}, false, ""},
		}, []string{"0s ann tag.added woman model", "1d ann tag.added man model", "1d ann tag.removed woman group"}},
		{"exclusive: a source that is sure takes back its guesses", []act{
			{0, tagging.Act{Tag: "woman", Source: tagging.Model, Confidence: 0.8}, false, ""}, {day, tagging.Act{Tag: "man", Source: tagging.Model}, false, ""},
			{2 * day, tagging.Act{Tag: "man", Source: tagging.Model}, true, ""},
		}, []string{"0s ann tag.added woman model", "1d ann tag.added man model", "1d ann tag.removed woman group", "2d ann tag.removed man unset"}},
		{"the sources in their order", []act{
			{0, tagging.Act{Tag: "woman", Source: tagging.ThirdParty}, false, ""}, {1 * day, tagging.Act{Tag: "man", Source: tagging.Import, Confidence: 0.1}, false, ""},
			{2 * day, tagging.Act{Tag: "woman", Source: tagging.Model, Confidence: 0.1}, false, ""}, {3 * day, tagging.Act{Tag: "man", Source: tagging.Behaviour}, false, ""},
			{4 * day, tagging.Act{Tag: "woman"}, false, ""},
		}, []string{
			"0s ann tag.added woman third_party", "1d ann tag.added man import", "1d ann tag.removed woman group", "2d ann tag.added woman model", "2d ann tag.removed man group",
			"3d ann tag.added man behaviour", "3d ann tag.removed woman group", "4d ann tag.added woman manual", "4d ann tag.removed man group",
		}},
	} {
		for _, step := range []marque.Duration{0, 7 * marque.Hour} {
			t.Run(fmt.Sprintf("%s, step %v", c.name, step), func(t *testing.T) {
				w, book := world(t, tagging.NewMemory(), sureDefs)
				advance := func(to time.Time) {
					for at := start; step > 0 && at.Before(to); at = at.Add(time.Duration(step)) {
						w.Advance(at)
					}
					w.Advance(to)
				}
				for i, a := range c.acts {
					advance(at(a.on))
					a.act.Profile = "ann"
					do := book.Set
					if a.unset {
						do = book.Unset
					}
					got, err := do(t.Context(), a.act, at(a.on))
					require.NoError(t, err)
					require.Equal(t, a.want, got.Reason, "act %d", i)
					require.Equal(t, a.want == "", got.OK, "act %d", i)
					w.Said = append(w.Said, got.Said...)
				}
				advance(at(100 * day))
				lines := derivedtest.Lines(start, w.Said, "tag", "source", "reason")
				want := slices.Clone(c.want)
				slices.Sort(lines)
				slices.Sort(want)
				require.Equal(t, want, lines)
			})
		}
	}
}

func TestActFaults(t *testing.T) {
	_, book := world(t, tagging.NewMemory(), append(sureDefs[:4:4], tagging.Def{Name: "owl", Habit: &tagging.Habit{Event: "order_paid", Hours: "22:00-04:00"}}))
	for _, c := range []struct {
		path string
		act  tagging.Act
	}{
		{"source", tagging.Act{Source: tagging.Rule}}, {"source", tagging.Act{Source: "rumour"}}, {"source", tagging.Act{Tag: "owl", Source: tagging.Behaviour}},
		{"ttl", tagging.Act{TTL: -1}}, {"ttl", tagging.Act{TTL: day, Until: at(day)}}, {"until", tagging.Act{From: at(day), Until: at(day)}},
		{"confidence", tagging.Act{Source: tagging.Model, Confidence: 1.01}}, {"confidence", tagging.Act{Source: tagging.Model, Confidence: -1}},
		{"confidence", tagging.Act{Source: tagging.Model, Confidence: math.NaN()}}, {"confidence", tagging.Act{Confidence: 0.5}},
		{"confidence", tagging.Act{Source: tagging.Behaviour, Confidence: 0.5}},
	} {
		c.act.Profile = "ann"
		if c.act.Tag == "" {
			c.act.Tag = "vip"
		}
		_, err := book.Set(t.Context(), c.act, start)
		var fe *marque.FieldError
		require.True(t, errors.As(err, &fe), "%+v", c.act)
		require.Equal(t, c.path, fe.Path)
	}
}

// A tag with marks of several sources, some of which begin later, is at every instant what a table of all acts says;
// the history says the same of the past, and the marks of the future.
func TestValidityOracle(t *testing.T) {
	sources := []tagging.Source{tagging.Manual, tagging.Model, tagging.Import, tagging.ThirdParty}
	type said struct {
		tagging.Act
		at time.Time
	}
	rapid.Check(t, func(rt *rapid.T) {
		w, book := world(t, tagging.NewMemory(), sureDefs[:3])
		tags := []string{"woman", "man", "parent"}
		var log []said
		// holds is what a source says of a tag at an instant, as far as it was said by then.
		holds := func(s tagging.Source, tag string, at, known time.Time) (best said, ok bool) {
			for _, a := range log {
				begin := a.From
				if begin.Before(a.at) {
					begin = a.at
				}
				if a.Source != s || a.at.After(known) || begin.After(at) {
					continue
				}
				rival := a.Tag == tag || tag != "parent" && a.Tag != "parent" && a.Confidence == 0
				if !rival {
					continue
				}
				best, ok = a, a.Tag == tag && (a.Until.IsZero() || at.Before(a.Until))
			}
			return best, ok
		}
		stands := func(at, known time.Time) string {
			var on []string
			won, rank := "", -1.0
			for _, tag := range tags {
				for i, s := range sources {
					a, ok := holds(s, tag, at, known)
					sure := a.Confidence
					if sure == 0 {
						sure = 1
					}
					if !ok || tag == "parent" && sure < 0.6 {
						continue
					}
					if tag == "parent" {
						on = append(on, tag)
						break
					}
					if r := float64(10*(9-i)) + sure; r > rank {
						won, rank = tag, r
					}
					break
				}
			}
			if won != "" {
				on = append(on, won)
			}
			slices.Sort(on)
			return strings.Join(on, " ")
		}
		now := start
		seen := map[time.Time]string{}
		for i := range rapid.IntRange(1, 12).Draw(rt, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(1, 100).Draw(rt, "hours")) * time.Hour)
			w.Advance(now)
			s := rapid.SampledFrom(sources).Draw(rt, "source")
			a := tagging.Act{Profile: "ann", Tag: rapid.SampledFrom(tags).Draw(rt, "tag"), Source: s, Cause: fmt.Sprint("a", i)}
			// of one source no two guesses are as sure, and nothing begins when something else does
			if s != tagging.Manual && rapid.Bool().Draw(rt, "guess") {
				a.Confidence = float64(rapid.IntRange(1, 9).Draw(rt, "confidence"))/10 + float64(i)/1000
			}
			begin := now
			if rapid.Bool().Draw(rt, "later") {
				begin = now.Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "from"))*time.Hour + time.Duration(i+1)*time.Second)
				a.From = begin
			}
			if rapid.Bool().Draw(rt, "ends") {
				a.Until = begin.Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "until"))*time.Hour + time.Duration(i+1)*time.Millisecond)
			}
			// A guess that begins later beside a statement of its source that ends: the oracle takes the last one said.
			if slices.ContainsFunc(log, func(o said) bool {
				return o.Source == s && (o.Confidence == 0) != (a.Confidence == 0) && a.Tag != "parent" && o.Tag != "parent"
			}) {
				continue
			}
			_, err := book.Set(t.Context(), a, now)
			require.NoError(rt, err)
			// Of a source what was said later of an instant counts, so the log is in order of what was said.
			log = append(log, said{a, now})
			got := list(rt, book, now)
			require.Equal(rt, stands(now, now), got, "after act %d, %+v", i, a)
			seen[now] = got
			for _, h := range []int{1, 30, 90, 250, 500} {
				then := now.Add(time.Duration(h) * time.Hour)
				future, err := book.AsOf(t.Context(), "ann", then)
				require.NoError(rt, err)
				require.Equal(rt, stands(then, now), namesOf(future), "ahead to %v, act %d", then, i)
			}
		}
		for range 8 {
			now = now.Add(time.Duration(rapid.IntRange(1, 60).Draw(rt, "wait")) * time.Hour)
			w.Advance(now)
			seen[now] = list(rt, book, now)
			require.Equal(rt, stands(now, now), seen[now])
		}
		for then, want := range seen {
			past, err := book.AsOf(t.Context(), "ann", then)
			require.NoError(rt, err)
			require.Equal(rt, want, namesOf(past), "as of %v", then)
		}
	})
}

func list(t require.TestingT, book *tagging.Book, now time.Time) string {
	tags, err := book.Of(bg, "ann", now)
	require.NoError(t, err)
	return namesOf(tags)
}

func namesOf(tags []tagging.Tag) string {
	var out []string
	for _, tag := range tags {
		out = append(out, tag.Name)
	}
	return strings.Join(out, " ")
}
