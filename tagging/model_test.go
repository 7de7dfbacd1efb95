package tagging_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/tagging"
	"github.com/marque-go/marque/tagging/taggingtest"
)

// history draws events of a few people in order of arrival, some of them late.
func history(t *rapid.T) []marque.Event {
	arrival := start
	var events []marque.Event
	for i := range rapid.IntRange(1, 25).Draw(t, "events") {
		arrival = arrival.Add(time.Duration(rapid.IntRange(1, 12*24).Draw(t, "hours")) * time.Hour)
		e := event(rapid.SampledFrom([]string{"order_paid", "message_opened:wechat", "message_opened:sms", "unsubscribed"}).Draw(t, "event"), 0)
		e.ID, e.Profile = fmt.Sprintf("e%d", i), fmt.Sprintf("p%d", rapid.IntRange(0, 2).Draw(t, "person"))
		late := rapid.SampledFrom([]int{0, 0, 0, 5, 24 * 9, 24 * 31}).Draw(t, "late")
		e.At = arrival.Add(-time.Duration(late)*time.Hour + time.Duration(i)*time.Second) // no two at one instant
		e.Received = arrival.Add(time.Minute)
		events = append(events, e)
	}
	return events
}

func attrs(w *derivedtest.World) { w.Attrs["p1"] = map[string]any{"city": "Chongqing"} }

func held(t require.TestingT, w *derivedtest.World, book *tagging.Book) (out []string) {
	for _, name := range w.Names() {
		page, err := book.Holders(w.Context(), name, "", 1000)
		require.NoError(t, err)
		for _, h := range page.Holders {
			out = append(out, name+"/"+h.Profile)
		}
	}
	return out
}

func ids(events []marque.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.ID)
	}
	slices.Sort(out)
	return out
}

func TestBatchingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		one, oneBook := world(t, tagging.NewMemory(), defs)
		many, manyBook := world(t, tagging.NewMemory(), defs)
		many.Batch, many.Again = true, true
		attrs(one)
		attrs(many)
		last := start
		for _, e := range events {
			one.Track(e)
			many.Advance(last.Add(time.Duration(rapid.Int64Range(0, int64(e.Received.Sub(last))).Draw(rt, "step"))))
			many.Track(e)
			last = e.Received
		}
		end := last.AddDate(0, 6, 0)
		for at := last; at.Before(end); at = at.Add(77 * time.Hour) {
			many.Advance(at)
		}
		many.Advance(end)
		one.Advance(end)
		require.Equal(rt, ids(one.Said), ids(many.Said))
		require.Equal(rt, held(rt, one, oneBook), held(rt, many, manyBook))
	})
}

// The same log in any order of arrival leaves the same tags, and so does a silent rebuild from it.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		live, liveBook := world(t, tagging.NewMemory(), defs)
		attrs(live)
		for _, e := range events {
			live.Track(e)
		}
		now := events[len(events)-1].Received.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(rt, "rest")) * time.Hour)
		live.Advance(now)

		late, lateBook := world(t, tagging.NewMemory(), defs)
		attrs(late)
		for _, e := range rapid.Permutation(events).Draw(rt, "order") {
			e.Received = now
			late.Track(e)
		}
		late.Advance(now)

		anew, anewBook := world(t, tagging.NewMemory(), defs)
		attrs(anew)
		var ps []rule.Pass
		for _, e := range rapid.Permutation(events).Draw(rt, "rebuilt in order") {
			e.Received = now
			ps = append(ps, anew.Log(e))
		}
		for i := range ps {
			ps[i].Facts = anew.Facts(ps[i].Facts.Profile)
		}
		_, err := anewBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		require.Empty(rt, anew.Said)

		// Of an exclusive group of rules that became true at instants nobody saw, the latest is not known: such a
		// group has one tag at most in each of them.
		require.Equal(rt, held(rt, live, liveBook), held(rt, late, lateBook))
		require.Equal(rt, held(rt, live, liveBook), held(rt, anew, anewBook))

		later := now.AddDate(0, 4, 0)
		want := derivedtest.Lines(start, live.Advance(later), "tag", "source", "reason")
		require.Equal(rt, want, derivedtest.Lines(start, late.Advance(later), "tag", "source", "reason"))
		require.Equal(rt, want, derivedtest.Lines(start, anew.Advance(later), "tag", "source", "reason"))
	})
}

// At every instant: what is held is what the history says, one tag of a group at most, and no turn is said twice.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, book := world(t, tagging.NewMemory(), defs)
		attrs(w)
		now := start
		seen := map[string]bool{}
		acts := func(set bool) func(*rapid.T) {
			return func(rt *rapid.T) {
				a := tagging.Act{
					Key:     fmt.Sprintf("k%d", rapid.IntRange(0, 40).Draw(rt, "key")),
					Profile: fmt.Sprintf("p%d", rapid.IntRange(0, 2).Draw(rt, "person")),
					Tag:     rapid.SampledFrom(w.Names()).Draw(rt, "tag"),
					Source:  rapid.SampledFrom([]tagging.Source{"", tagging.Manual, tagging.Behaviour, tagging.Model, tagging.Import}).Draw(rt, "source"),
					TTL:     marque.Duration(rapid.IntRange(0, 20).Draw(rt, "ttl")) * day,
				}
				do := book.Set
				if !set {
					do = book.Unset
				}
				got, err := do(w.Context(), a, now)
				require.NoError(rt, err)
				w.Said = append(w.Said, got.Said...)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"set":   acts(true),
			"unset": acts(false),
			"event": func(rt *rapid.T) {
				e := history(rt)[0]
				e.ID = fmt.Sprintf("%s%d", e.Name, len(w.Said))
				e.At, e.Received = now, now
				w.Track(e)
			},
			"wait": func(rt *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(rt, "hours")) * time.Hour)
				w.Advance(now)
			},
			"merge": func(rt *rapid.T) {
				m := marque.Move{Key: fmt.Sprintf("m%d", rapid.IntRange(0, 3).Draw(rt, "key")), From: "p2", Into: "p0", At: now}
				require.NoError(rt, book.Move(w.Context(), m))
				w.Look("p0")
				w.Look("p2")
			},
			"": func(rt *rapid.T) {
				for _, e := range w.Said {
					require.False(rt, seen[e.ID], "%s of %s said twice", e.Name, e.Profile)
					seen[e.ID] = true
				}
				w.Said = nil
				for _, p := range []string{"p0", "p1", "p2"} {
					tags, err := book.Of(w.Context(), p, now)
					require.NoError(rt, err)
					asof, err := book.AsOf(w.Context(), p, now)
					require.NoError(rt, err)
					var a, b []string
					for _, tag := range tags {
						a = append(a, tag.Name)
					}
					for _, tag := range asof {
						b = append(b, tag.Name)
					}
					require.Equal(rt, a, b)
					group := func(names ...string) (n int) {
						for _, name := range names {
							if slices.Contains(a, name) {
								n++
							}
						}
						return n
					}
					require.LessOrEqual(rt, group("wechat", "sms"), 1)
					require.LessOrEqual(rt, group("new", "regular", "star"), 1)
				}
			},
		})
	})
}

var errCut = errors.New("cut")

// A crash before or after any write, and the same call again, say the same as without it.
func TestCrash(t *testing.T) {
	run := func(point int) (said []string, points int) {
		n := 0
		w, book := world(t, taggingtest.Fault(tagging.NewMemory(), func(string, bool) error {
			if n++; n == point {
				return errCut
			}
			return nil
		}), defs)
		again := func(do func() error) {
			for {
				err := do()
				if err == nil {
					return
				}
				require.ErrorIs(t, err, errCut)
			}
		}
		for i, what := range []string{"order_paid", "message_opened:sms", "unsubscribed", "message_opened:wechat", "order_paid"} {
			e := event(what, marque.Duration(i)*day)
			p := w.Log(e)
			again(func() error {
				_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{p})
				return err
			})
			again(func() error {
				_, err := book.Set(t.Context(), tagging.Act{Key: fmt.Sprint("k", i), Profile: "ann", Tag: "star"}, e.At)
				return err
			})
			again(func() error {
				_, err := book.Unset(t.Context(), tagging.Act{Key: fmt.Sprint("u", i), Profile: "ann", Tag: "star"}, e.At)
				return err
			})
		}
		again(func() error {
			return book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(9 * day)})
		})
		taken := map[string]bool{}
		for {
			events, err := book.Pending(t.Context(), marque.Parts{}, 2)
			require.NoError(t, err)
			if len(events) == 0 {
				break
			}
			for i, e := range events {
				taken[e.ID+" "+derivedtest.Lines(start, events[i:i+1], "tag")[0]] = true
			}
			again(func() error { return book.Taken(t.Context(), ids(events)) })
		}
		return slices.Sorted(maps.Keys(taken)), n
	}
	want, points := run(0)
	require.Greater(t, len(want), 15)
	for point := 1; point <= points; point++ {
		got, _ := run(point)
		require.Equal(t, want, got, "crash at point %d of %d", point, points)
	}
	t.Logf("%d points", points)
}

func BenchmarkDeriveNoChange(b *testing.B) {
	lex := lexicon(b, defs)
	plan, err := tagging.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(b, err)
	book := tagging.NewBook(tagging.NewMemory(), plan, nil)
	w := derivedtest.NewWorld(b, lex, book)
	w.Track(event("order_paid", 0))
	w.Track(event("message_opened:sms", 0))
	ps := []rule.Pass{w.Pass("ann")}
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if said, err := book.Derive(ctx, names, ps); err != nil || len(said) > 0 {
			b.Fatal(said, err)
		}
	}
}
