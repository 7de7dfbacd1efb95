package lifecycle_test

import (
	"context"
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
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/lifecycle/lifecycletest"
)

// short is the lifecycle of a shop in a hurry: its windows end within the histories that are drawn.
var short = lifecycle.Retail{
	IntentFor: 3 * day, NewFor: 4 * day, Loyal: 3, LoyalWithin: 12 * day, AtRisk: 5 * day, Dormant: 8 * day, Lost: 15 * day, WonBackFor: 2 * day,
}.Def()

var people = []string{"p0", "p1", "p2"}

func phone(profile string) marque.ID { return marque.ID{Kind: "phone", Value: profile} }

// drawn is a history of a few people, in order, at full hours and often at the same one.
func drawn(t *rapid.T) []marque.Event {
	at := start
	var events []marque.Event
	for i := range rapid.IntRange(1, 25).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 20, 24, 48, 72, 120, 300}).Draw(t, "hours")) * time.Hour)
		p := rapid.SampledFrom(people).Draw(t, "person")
		events = append(events, marque.Event{
			ID: fmt.Sprintf("e%d", i), Profile: p, At: at, Received: at, IDs: []marque.ID{phone(p)},
			Name:  rapid.SampledFrom([]string{"order_paid", "order_paid", "cart_added", "signed_up", "call_made"}).Draw(t, "event"),
			Props: map[string]any{"minutes": rapid.IntRange(0, 4).Draw(t, "minutes")},
		})
	}
	return events
}

// naive goes through a history hour by hour, by the words of the definitions of short and lead.
func naive(events []marque.Event, profile string, until time.Time) (customer, sales string, changes []string) {
	customer, sales = "prospect", "open"
	var seen []marque.Event
	begun, beganAt, salesAt := false, time.Time{}, time.Time{}
	times := func(name string, now time.Time, days int) (n int) {
		for _, e := range seen {
			if age := now.Sub(e.At); e.Name == name && (days == 0 || age < time.Duration(days)*24*time.Hour) {
				n++
			}
		}
		return n
	}
	look := func(now time.Time, e *marque.Event) {
		if !begun {
			return
		}
		for {
			recent, often := times("order_paid", now, 5) > 0, times("order_paid", now, 12) >= 3
			known, wants := times("signed_up", now, 4) > 0, times("cart_added", now, 3) > 0
			next := ""
			switch customer {
			case "prospect", "intent", "new":
				switch {
				case times("order_paid", now, 0) > 0:
					next = "first purchase"
				case customer != "new" && known:
					next = "new"
				case customer == "prospect" && wants || customer == "new" && !known && wants:
					next = "intent"
				case customer == "new" && !known || customer == "intent" && !wants:
					next = "prospect"
				}
			case "dormant", "lost":
				switch {
				case recent:
					next = "won back"
				case times("order_paid", now, 8) > 0:
					next = "at risk"
				case customer == "lost" && times("order_paid", now, 15) > 0:
					next = "dormant"
				case customer == "dormant" && times("order_paid", now, 15) == 0:
					next = "lost"
				}
			case "at risk":
				switch {
				case times("order_paid", now, 8) == 0:
					next = "dormant"
				case often && recent:
					next = "loyal"
				case recent:
					next = "active"
				}
			default:
				switch {
				case !recent:
					next = "at risk"
				case (customer == "first purchase" || customer == "active") && often:
					next = "loyal"
				case customer == "first purchase" && times("order_paid", now, 0) >= 2,
					customer == "won back" && !now.Before(beganAt.Add(48*time.Hour)),
					customer == "loyal" && !often:
					next = "active"
				}
			}
			if next == "" {
				break
			}
			changes = append(changes, marque.Duration(now.Sub(start)).String()+" "+profile+" "+lifecycle.Changed+" "+customer+" "+next)
			customer, beganAt = next, now
		}
		for fresh := e != nil && e.Name == "call_made"; ; {
			stayed := now.Sub(salesAt)
			next := ""
			switch {
			case fresh && (sales == "open" || sales == "cold") && e.Props["minutes"].(int) >= 2:
				next, fresh = "called", false
			case fresh && sales == "called" && stayed >= 48*time.Hour:
				next, fresh = "hot", false
			case (sales == "called" || sales == "hot") && stayed >= 30*24*time.Hour:
				next = "cold"
			case sales == "cold" && times("cart_added", now, 2) >= 2:
				next = "open"
			}
			if next == "" {
				return
			}
			changes = append(changes, marque.Duration(now.Sub(start)).String()+" "+profile+" "+lifecycle.Changed+" "+sales+" "+next)
			sales, salesAt = next, now
		}
	}
	for now := start; !now.After(until); now = now.Add(time.Hour) {
		look(now, nil)
		for i := range events {
			if e := &events[i]; e.Profile == profile && e.At.Equal(now) {
				seen = append(seen, *e)
				if !begun {
					begun, beganAt, salesAt = true, now, now
				}
				look(now, e)
			}
		}
	}
	return customer, sales, changes
}

// Live gives what the definitions say, every change at its hour, however often time is advanced between.
func TestLiveIsNaive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawn(rt)
		end := events[len(events)-1].At.Add(40 * 24 * time.Hour)
		w, book := world(t, lifecycle.NewMemory(), short, lead)
		w.Again, w.Batch = true, rapid.Bool().Draw(rt, "batch")
		for _, e := range events {
			if rapid.Bool().Draw(rt, "advance") {
				w.Advance(e.At.Add(-time.Duration(rapid.IntRange(0, 30).Draw(rt, "before")) * time.Hour))
			}
			w.Track(e)
		}
		w.Advance(end)
		for _, p := range people {
			customer, sales, changes := naive(events, p, end)
			require.Equal(rt, customer, stage(rt, book, p, "customer", end))
			require.Equal(rt, sales, stage(rt, book, p, "lead", end))
			var got []string
			for _, line := range lines(w.Said) {
				if slices.Contains(changes, line) || len(line) > 0 && containsPerson(line, p) {
					got = append(got, line)
				}
			}
			slices.Sort(changes)
			slices.Sort(got)
			require.Equal(rt, changes, got, "%v", events)
		}
	})
}

func containsPerson(line, p string) bool {
	var after, who string
	_, err := fmt.Sscan(line, &after, &who)
	return err == nil && who == p
}

// An act of by-hand work in a drawn history.
type act struct {
	lifecycle.Act
	at time.Time
}

func acts(t *rapid.T, end time.Time) (list []act) {
	for i := range rapid.IntRange(0, 4).Draw(t, "acts") {
		a := act{at: start.Add(time.Duration(rapid.IntRange(0, int(end.Sub(start).Hours())).Draw(t, "hour"))*time.Hour + time.Second)}
		a.Key, a.Profile = fmt.Sprint("k", i), rapid.SampledFrom(people).Draw(t, "whom")
		a.Lifecycle = rapid.SampledFrom([]string{"customer", "lead"}).Draw(t, "lifecycle")
		a.Stage = rapid.SampledFrom(map[string][]string{"customer": {"active", "lost", "new"}, "lead": {"called", "blocked", "cold"}}[a.Lifecycle]).Draw(t, "stage")
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b act) int { return a.at.Compare(b.at) })
	return list
}

// play tracks events and carries out acts, in order.
func play(t require.TestingT, w *derivedtest.World, book *lifecycle.Book, events []marque.Event, acts []act) {
	set := func(until time.Time) {
		for len(acts) > 0 && acts[0].at.Before(until) {
			w.Advance(acts[0].at)
			_, err := book.Set(w.Context(), acts[0].Act, acts[0].at)
			require.NoError(t, err)
			w.Advance(acts[0].at)
			acts = acts[1:]
		}
	}
	for _, e := range events {
		set(e.Arrived())
		w.Track(e)
	}
	set(start.AddDate(100, 0, 0))
}

func positions(t require.TestingT, w *derivedtest.World, book *lifecycle.Book, now time.Time) map[string]string {
	all := map[string]string{}
	for _, p := range people {
		for _, name := range w.Names() {
			pos, err := book.Stage(w.Context(), p, name, now)
			require.NoError(t, err)
			all[p+" "+name] = fmt.Sprint(pos.Stage, " ", pos.Since, " ", pos.Ways)
		}
	}
	return all
}

// A rebuild over the past in order gives what live processing gave: the same stays, and the same history.
func TestRebuildIsLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawn(rt)
		end := events[len(events)-1].At.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(rt, "rest")) * time.Hour)
		list := acts(rt, end)
		for i := range list {
			list[i].Via = phone(fmt.Sprint(i)) // of each identifier the latest act is set again
		}
		live, liveBook := world(t, lifecycle.NewMemory(), short, lead)
		play(rt, live, liveBook, events, list)
		end = latest(end, list)
		live.Advance(end)

		anew, anewBook := world(t, lifecycle.NewMemory(), short, lead)
		for _, a := range list {
			_, err := anewBook.Set(t.Context(), a.Act, a.at)
			require.NoError(rt, err)
		}
		before := len(pending(rt, anewBook))
		var ps []rule.Pass
		for _, e := range events {
			ps = append(ps, anew.Log(e))
		}
		if rapid.Bool().Draw(rt, "shared") { // the last facts of each person for all of its passes, as the loop makes them
			facts := map[string]*rule.Facts{}
			for i := range ps {
				facts[ps[i].Facts.Profile] = ps[i].Facts
			}
			for i := range ps {
				ps[i].Facts = facts[ps[i].Facts.Profile]
			}
		}
		place := map[time.Time]int{} // in any order, but that of one instant
		for _, p := range ps {
			place[p.Now] = rapid.IntRange(0, 9).Draw(rt, "place")
		}
		slices.SortStableFunc(ps, func(a, b rule.Pass) int { return place[a.Now] - place[b.Now] })
		heard := map[string]bool{}
		for _, e := range events {
			heard[e.Profile] = true
		}
		for _, a := range list {
			heard[a.Profile] = true
		}
		for _, p := range people {
			if heard[p] {
				pass := anew.Pass(p)
				pass.Now = end
				ps = append(ps, pass)
			}
		}
		for range 2 {
			_, err := anewBook.Rebuild(t.Context(), nil, ps)
			require.NoError(rt, err)
			require.Len(rt, pending(rt, anewBook), before, "without a word")
		}
		require.Equal(rt, begun(positions(rt, live, liveBook, end)), begun(positions(rt, anew, anewBook, end)))
		for _, p := range people {
			for _, name := range live.Names() {
				require.Equal(rt, told(rt, liveBook, p, name), told(rt, anewBook, p, name), "%s of %s", name, p)
			}
		}
		live.Advance(end.AddDate(0, 3, 0))
		anew.Advance(end.AddDate(0, 3, 0))
		require.Equal(rt, begun(positions(rt, live, liveBook, end)), begun(positions(rt, anew, anewBook, end)), "and it goes on alike")
	})
}

func latest(end time.Time, list []act) time.Time {
	if n := len(list); n > 0 && list[n-1].at.After(end) {
		return list[n-1].at
	}
	return end
}

func pending(t require.TestingT, book *lifecycle.Book) []marque.Event {
	events, err := book.Pending(context.Background(), marque.Parts{}, 1000)
	require.NoError(t, err)
	return events
}

// told is the latest history, as lines without what tells how it became known.
func told(t require.TestingT, book *lifecycle.Book, profile, name string) (out []string) {
	turns, err := book.History(context.Background(), profile, name)
	require.NoError(t, err)
	for _, turn := range turns {
		if turn.By == lifecycle.Began {
			out = nil
		}
		if turn.From != "" {
			out = append(out, fmt.Sprint(turn.From, " ", turn.To, " ", turn.At.Time(), " ", turn.By, " ", turn.Move, " ", turn.Cause))
		}
	}
	return out
}

// Events that come late and in any order lead, by a rebuild, to where they lead in order.
func TestLateThenRebuild(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawn(rt)
		end := events[len(events)-1].At
		live, liveBook := world(t, lifecycle.NewMemory(), short, lead)
		play(rt, live, liveBook, events, nil)
		late, lateBook := world(t, lifecycle.NewMemory(), short, lead)
		for _, e := range rapid.Permutation(events).Draw(rt, "order") {
			e.Received = end
			late.Track(e)
		}
		var ps []rule.Pass
		for _, e := range events {
			ps = append(ps, rule.Pass{Event: e, Facts: late.Facts(e.Profile), Now: e.At})
		}
		for _, p := range people {
			ps = append(ps, late.Pass(p))
		}
		_, err := lateBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		live.Advance(end)
		late.Advance(end)
		require.Equal(rt, begun(positions(rt, live, liveBook, end)), begun(positions(rt, late, lateBook, end)))
	})
}

func TestMergeThenUnmerge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawn(rt)
		end := events[len(events)-1].At
		list := acts(rt, end)
		for i := range list {
			list[i].Via = phone(list[i].Profile)
		}
		store := lifecycle.NewMemory()
		w, book := world(t, store, short, lead)
		play(rt, w, book, events, list)
		end = latest(end, list)
		w.Advance(end)
		rebuild := func(who func(string) string) map[string]string {
			anew, _ := world(t, store, short, lead)
			var ps []rule.Pass
			for _, e := range events {
				e.Profile = who(e.Profile)
				ps = append(ps, anew.Log(e))
			}
			for _, p := range people {
				pass := anew.Pass(p)
				pass.Now = end
				ps = append(ps, pass)
			}
			_, err := book.Rebuild(t.Context(), nil, ps)
			require.NoError(rt, err)
			return positions(rt, anew, book, end)
		}
		alone := rebuild(func(p string) string { return p })
		before := told(rt, book, "p1", "customer")

		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m1", From: "p0", Into: "p1", At: end}))
		w.Look("p1")
		one := func(p string) string {
			if p == "p0" {
				return "p1"
			}
			return p
		}
		joined := rebuild(one)

		fresh, freshBook := world(t, lifecycle.NewMemory(), short, lead)
		same := slices.Clone(events)
		for i := range same {
			same[i].Profile = one(same[i].Profile)
		}
		if len(list) == 0 {
			play(rt, fresh, freshBook, same, nil)
			fresh.Advance(end)
			want := positions(rt, fresh, freshBook, end)
			for _, p := range []string{"p1", "p2"} {
				for _, name := range w.Names() {
					if freshRow := want[p+" "+name]; freshRow != "" {
						require.Equal(rt, begun(map[string]string{"": freshRow}), begun(map[string]string{"": joined[p+" "+name]}))
					}
				}
			}
		}

		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m2", From: "p1", Into: "p0", IDs: []marque.ID{phone("p0")}, At: end}))
		w.Look("p0")
		w.Look("p1")
		require.Equal(rt, begun(alone), begun(rebuild(func(p string) string { return p })))
		require.Equal(rt, before, told(rt, book, "p1", "customer"))
		ids := map[string]bool{}
		for _, e := range pending(rt, book) {
			require.False(rt, ids[e.ID], "no turn is taken for an old one")
			ids[e.ID] = true
		}
	})
}

// begun drops since when somebody is in the start who never left it: it is when the person was first looked at.
func begun(all map[string]string) map[string]string {
	out := maps.Clone(all)
	for k, v := range out {
		for _, s := range []string{"prospect ", "open "} {
			if len(v) > len(s) && v[:len(s)] == s {
				out[k] = s
			}
		}
	}
	return out
}

var errCut = errors.New("cut")

// A crash before or after any write, and the same call again, say and keep the same as without it.
func TestCrash(t *testing.T) {
	run := func(point int) (said []string, points int) {
		n := 0
		w, book := world(t, lifecycletest.Fault(lifecycle.NewMemory(), func(string, bool) error {
			if n++; n == point {
				return errCut
			}
			return nil
		}), short, lead)
		again := func(do func() error) {
			for {
				err := do()
				if err == nil {
					return
				}
				require.ErrorIs(t, err, errCut)
			}
		}
		for i, what := range []string{"cart_added", "order_paid", "call_made", "order_paid", "call_made", "order_paid"} {
			e := event(what, marque.Duration(i)*day)
			e.Props = map[string]any{"minutes": 3}
			p := w.Log(e)
			again(func() error {
				_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{p})
				return err
			})
			again(func() error {
				stage := []string{"called", "blocked", "cold"}[i%3]
				_, err := book.Set(t.Context(), lifecycle.Act{Key: fmt.Sprint("k", i), Profile: "ann", Lifecycle: "lead", Stage: stage}, e.At)
				return err
			})
		}
		again(func() error {
			return book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(9 * day)})
		})
		taken := map[string]bool{}
		for {
			events := pending(t, book)
			if len(events) == 0 {
				break
			}
			events = events[:min(2, len(events))]
			var ids []string
			for i, e := range events {
				ids = append(ids, e.ID)
				taken[fmt.Sprint(e.ID, lines(events[i:i+1]), e.Props["stayed"])] = true
			}
			again(func() error { return book.Taken(t.Context(), ids) })
		}
		turns, err := book.History(t.Context(), "bob", "lead")
		require.NoError(t, err)
		return append(slices.Sorted(maps.Keys(taken)), fmt.Sprint(turns), fmt.Sprint(positions(t, w, book, at(9*day)))), n
	}
	want, points := run(0)
	require.Greater(t, len(want), 10)
	for point := 1; point <= points; point++ {
		got, _ := run(point)
		require.Equal(t, want, got, "crash at point %d of %d", point, points)
	}
}

// What was known at an instant stays known of it, whatever a rebuild tells later.
func TestAsOfKnown(t *testing.T) {
	w, book := world(t, lifecycle.NewMemory(), short)
	w.Track(event("order_paid", 0))
	late := event("order_paid", 4*day)
	late.Received = at(10 * day)
	w.Track(late)
	as := func(t2, known marque.Duration) string {
		var k time.Time
		if known != 0 {
			k = at(known)
		}
		s, _, err := book.AsOf(t.Context(), "ann", "customer", at(t2), k)
		require.NoError(t, err)
		return s.Stage
	}
	require.Equal(t, "at risk", as(6*day, 0))
	require.Equal(t, "dormant", as(9*day, 0))
	require.Equal(t, "at risk", as(11*day, 0), "corrected when it arrived")
	ps := []rule.Pass{
		{Event: event("order_paid", 0), Facts: w.Facts("ann"), Now: at(0)}, {Event: late, Facts: w.Facts("ann"), Now: at(4 * day)},
		{Facts: w.Facts("ann"), Now: at(11 * day)},
	}
	n, err := book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, "active", as(6*day, 0))
	require.Equal(t, "at risk", as(9*day, 0), "4 days and 5")
	require.Equal(t, "at risk", as(6*day, 10*day), "as it was known then")
	n, err = book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Zero(t, n, "nothing new")

	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(11 * day)}))
	s, ok, err := book.AsOf(t.Context(), "bob", "customer", at(6*day), time.Time{})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "active", s.Stage)
	require.Equal(t, "ann", s.Turn.Origin)

	own := event("cart_added", 11*day)
	own.Profile = "eve"
	w.Track(own)
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "n", From: "bob", Into: "eve", At: at(12 * day)}))
	for after, want := range map[marque.Duration]string{6 * day: "active", 11 * day: "intent"} {
		s, _, err = book.AsOf(t.Context(), "eve", "customer", at(after), time.Time{})
		require.NoError(t, err)
		require.Equal(t, want, s.Stage, "what is her own goes before")
	}
	late = event("order_paid", 10*day)
	late.Profile, late.Received = "ann", at(13*day)
	w.Track(late)
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "o", From: "ann", Into: "eve", At: at(14 * day)}))
	s, _, err = book.AsOf(t.Context(), "eve", "customer", at(14*day), time.Time{})
	require.NoError(t, err)
	require.Equal(t, "intent", s.Stage, "also before what is later")
}

// A rebuild by the last look alone sees what is there, and one by events that nobody hears begins nothing.
func TestRebuildByLittle(t *testing.T) {
	w, book := world(t, lifecycle.NewMemory(), lead)
	w.Log(event("cart_added", 0))
	other := w.Log(event("other", day))
	n, err := book.Rebuild(t.Context(), nil, []rule.Pass{other})
	require.NoError(t, err)
	require.Zero(t, n)

	town := lifecycle.Def{Name: "town", Start: "a", Stages: stages("a", "b"), Moves: []lifecycle.Move{{To: "b", When: `city == "Bern"`}}}
	w, book = world(t, lifecycle.NewMemory(), town, lead)
	other = w.Log(event("other", day))
	w.Log(event("cart_added", 2*day))
	_, err = book.Rebuild(t.Context(), nil, []rule.Pass{other, w.Pass("ann")})
	require.NoError(t, err)
	for name, since := range map[string]marque.Duration{"town": day, "lead": 2 * day} { // any event may come with another city
		p, err := book.Stage(t.Context(), "ann", name, at(2*day))
		require.NoError(t, err)
		require.Equal(t, at(since), p.Since)
	}

	w, book = world(t, lifecycle.NewMemory(), retail)
	w.Log(event("order_paid", 0))
	w.Log(event("order_paid", 2*day))
	n, err = book.Rebuild(t.Context(), nil, []rule.Pass{w.Pass("ann")})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, "active", stage(t, book, "ann", "customer", at(2*day)))
	require.Empty(t, pending(t, book))
}

func BenchmarkDeriveNoChange(b *testing.B) {
	w, book := world(b, lifecycle.NewMemory(), retail, lead)
	w.Track(event("order_paid", 0))
	ps := []rule.Pass{w.Pass("ann")}
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if said, err := book.Derive(ctx, names, ps); err != nil || len(said) > 0 {
			b.Fatal(said, err)
		}
	}
}

func BenchmarkMove(b *testing.B) {
	w, book := world(b, lifecycle.NewMemory(), retail)
	p := w.Log(event("order_paid", 0))
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Facts.Profile = fmt.Sprint("p", i)
		if said, err := book.Derive(ctx, names, []rule.Pass{p}); err != nil || len(said) != 1 {
			b.Fatal(said, err)
		}
	}
}
