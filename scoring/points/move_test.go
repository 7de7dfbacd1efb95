package points_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/points"
)

func orderOf(profile, id string, amount int, after marque.Duration) marque.Event {
	e := order(amount, after)
	e.ID, e.Profile = id, profile
	return e
}

// The better tier goes on until its review, joined points may reach a higher one, and quotas are not had twice.
func TestMergeOfTiersAndQuotas(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Again = true
	w.Track(orderOf("ann", "e1", 100_000, 0))
	w.Track(orderOf("bob", "e2", 150_000, day))
	use := func(profile, key string, n int64) points.Answer {
		a, err := book.Use(t.Context(), points.Act{Key: key, Profile: profile, Program: "member", Grant: "delivery", Points: n}, at(2*day))
		require.NoError(t, err)
		return a
	}
	require.True(t, use("ann", "u1", 2).OK)
	require.True(t, use("bob", "u2", 1).OK)
	before := len(w.Said)
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(2 * day)}))
	require.Equal(t, points.NoQuota, use("bob", "u3", 1).Reason, "three of two are used")
	w.Advance(at(2 * day))
	require.Len(t, w.Said, before, "2500 points are silver still")
	a := account(t, book, "bob", at(2*day))
	require.Equal(t, [4]any{int64(2500), int64(2500), "silver", at(66 * day)}, [4]any{a.Balance, a.Qualifying, a.Tier, a.Review}, "the later review")
	require.Equal(t, points.Account{Next: "silver", ToNext: 1000, Multiplier: 100}, account(t, book, "ann", at(2*day)))
	got, err := book.Spend(t.Context(), points.Act{Key: "s", Profile: "bob", Program: "member", Points: 1200}, at(3*day))
	require.NoError(t, err)
	require.True(t, got.OK)
	w.Track(orderOf("bob", "e3", 50_000, 4*day))
	require.Equal(t, "gold", account(t, book, "bob", at(4*day)).Tier)

	// Parted again: ann's points were spent first, and so were 200 of bob's; the uses go home, and each has what was granted.
	mv := marque.Move{Key: "u", From: "bob", Into: "ann", IDs: []marque.ID{{Kind: marque.ProfileKind, Value: "ann"}}, At: at(5 * day)}
	require.NoError(t, book.Move(t.Context(), mv))
	w.Advance(at(5 * day))
	ann, bob := account(t, book, "ann", at(5*day)), account(t, book, "bob", at(5*day))
	require.Equal(t, [3]any{int64(0), int64(1000), "silver"}, [3]any{ann.Balance, ann.Qualifying, ann.Tier})
	require.Equal(t, [3]any{int64(1800), int64(2000), "silver"}, [3]any{bob.Balance, bob.Qualifying, bob.Tier}, "reviewed at once, by the points that are left")
	require.Equal(t, [2]int64{3, 4}, [2]int64{ann.Benefits[0].Left, bob.Benefits[0].Left})
	// The spend is bob's; what ann's lots paid can be given back to ann.
	back, err := book.Reverse(t.Context(), points.Act{Key: "r1", Profile: "ann", Program: "member", Of: "s"}, at(6*day))
	require.NoError(t, err)
	require.Equal(t, int64(1000), back.Points)
	back, err = book.Reverse(t.Context(), points.Act{Key: "r2", Profile: "bob", Program: "member", Of: "s"}, at(6*day))
	require.NoError(t, err)
	require.Equal(t, int64(200), back.Points)
	w.Advance(at(200 * day))
	require.Equal(t, "", account(t, book, "bob", at(200*day)).Tier)
}

func TestEraseAndExport(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(order(100_000, 0))
	require.True(t, spend(t, book, "s", 10, at(day)).OK)
	kinds := map[string]int{}
	for item, err := range book.Export(t.Context(), "ann") {
		require.NoError(t, err)
		require.Equal(t, "points", item.Room)
		kinds[item.Kind]++
	}
	require.Equal(t, map[string]int{"account": 1, "entry": 2}, kinds)
	n, err := book.Erase(t.Context(), "ann")
	require.NoError(t, err)
	require.Greater(t, n, 3)
	require.Zero(t, account(t, book, "ann", at(day)).Balance)
	require.Equal(t, points.Short, spend(t, book, "s", 10, at(day)).Reason)
	w.Track(order(100_000, 0))
	require.Zero(t, account(t, book, "ann", at(day)).Balance, "an event counts once, also for who was erased")
}

// However time is cut into calls, the same is said, tiers turn once each, and nobody is granted more than a quota.
func TestBatchingDoesNotMatter(t *testing.T) {
	year := member
	year.Qualify, year.Zone, year.Expiry = points.Qualify{Year: true}, "Europe/Berlin", points.Expiry{End: points.Quarterly, N: 1}
	year.Pending = 3 * day
	for _, def := range []points.Def{member, year} {
		rapid.Check(t, func(rt *rapid.T) {
			one, oneBook := world(t, points.NewMemory(), def)
			many, manyBook := world(t, points.NewMemory(), def)
			many.Batch, many.Again = true, true
			now := start
			for i := range rapid.IntRange(1, 15).Draw(rt, "events") {
				next := now.Add(time.Duration(rapid.IntRange(0, 25*24).Draw(rt, "hours")) * time.Hour)
				e := marque.Event{ID: fmt.Sprint("e", i), Name: "order_paid", At: next, Props: map[string]any{"amount": rapid.SampledFrom([]int{1_000, 60_000, 150_000}).Draw(rt, "amount")}}
				e.Profile = rapid.SampledFrom([]string{"ann", "bob"}).Draw(rt, "person")
				one.Track(e)
				many.Advance(now.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(now))).Draw(rt, "step"))))
				many.Track(e)
				now = next
			}
			end := now.AddDate(2, 0, 0)
			one.Advance(end)
			for at := now; at.Before(end); at = at.Add(997 * time.Hour) {
				many.Advance(at)
			}
			many.Advance(end)
			require.Equal(rt, told(one.Said), told(sortedLike(one.Said, many.Said)))
			tier, granted := map[string]any{}, map[string]int64{}
			order := []any{nil, "silver", "gold"}
			for _, e := range one.Said {
				switch e.Name {
				case points.TierUp, points.TierDown:
					from, to := max(0, slices.Index(order, e.Props["from"])), max(0, slices.Index(order, e.Props["to"]))
					require.Equal(rt, e.Name == points.TierUp, to > from)
					require.Equal(rt, max(0, slices.Index(order, tier[e.Profile])), from)
					tier[e.Profile] = e.Props["to"]
				case points.Granted:
					key := fmt.Sprint(e.Profile, e.Props["grant"], e.Props["period"])
					granted[key] += e.Props["n"].(int64)
					require.LessOrEqual(rt, granted[key], int64(5))
				}
			}
			for _, p := range []string{"ann", "bob"} {
				require.Equal(rt, account(rt, oneBook, p, end), account(rt, manyBook, p, end))
				require.Zero(rt, account(rt, oneBook, p, end).Balance)
				require.Empty(rt, account(rt, oneBook, p, end).Tier)
			}
		})
	}
}

// An account seen ahead is what it will be.
func TestAccountAhead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, book := world(t, points.NewMemory(), member)
		for i := range rapid.IntRange(1, 5).Draw(rt, "events") {
			w.Track(order(rapid.SampledFrom([]int{1_000, 60_000, 150_000}).Draw(rt, "amount"), marque.Duration(i)*20*day))
		}
		then := at(100 * day).Add(time.Duration(rapid.IntRange(0, 200*24).Draw(rt, "hours")) * time.Hour)
		ahead := account(rt, book, "ann", then)
		w.Advance(then)
		require.Equal(rt, ahead, account(rt, book, "ann", then))
		f := w.Facts("ann")
		require.Equal(rt, float64(ahead.Balance), f.Scores[0].At(rule.At(then)))
		require.Equal(rt, ahead.Tier, f.Attrs[0].Text())
	})
}

// A tier that is no longer defined is left with the next rebuild.
func TestTierThatIsGone(t *testing.T) {
	store := points.NewMemory()
	w, _ := world(t, store, member)
	w.Track(order(100_000, 0))
	other := member
	other.Tiers = []points.Tier{{Name: "diamond", At: 100_000}}
	w, book := world(t, store, other)
	_, err := book.Rebuild(t.Context(), nil, []rule.Pass{w.Pass("ann")})
	require.NoError(t, err)
	require.Equal(t, "", account(t, book, "ann", start).Tier)
	require.Empty(t, account(t, book, "ann", at(40*day)).Benefits)
	require.NotEmpty(t, account(t, book, "ann", at(4*day)).Benefits, "what was granted stays for its period")
}

// Where the tier stands in the list of another definition decides what is up.
func TestUpFromATierThatMoved(t *testing.T) {
	store := points.NewMemory()
	w, _ := world(t, store, member)
	w.Track(order(400_000, 0))
	other := member
	other.Tiers = []points.Tier{{Name: "gold", At: 3000}, {Name: "diamond", At: 5000}}
	w, book := world(t, store, other)
	require.Contains(t, told(w.Track(order(100_000, day))), "1d tier.up from=gold to=diamond")
	require.Equal(t, "diamond", account(t, book, "ann", at(day)).Tier)
}

func BenchmarkDeriveNoChange(b *testing.B) {
	w, book := world(b, points.NewMemory(), member)
	w.Track(order(100_000, 0))
	ps := []rule.Pass{w.Pass("ann")}
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if said, err := book.Derive(ctx, names, ps); err != nil || len(said) > 0 {
			b.Fatal(said, err)
		}
	}
}

func BenchmarkEarn(b *testing.B) {
	w, book := world(b, points.NewMemory(), member)
	p := w.Log(order(100, 0))
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ { // an order each day: a hundred lots that live, and others that are kept
		p.Event.ID = fmt.Sprint(i)
		p.Event.At = start.Add(time.Duration(i) * 24 * time.Hour)
		p.Now = p.Event.At
		if _, err := book.Derive(ctx, names, []rule.Pass{p}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSpend(b *testing.B) {
	w, book := world(b, points.NewMemory(), member)
	for i := range 50 {
		w.Track(order(1_000_000+i, marque.Duration(i)*day))
	}
	ctx, now := b.Context(), at(50*day)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a, err := book.Spend(ctx, points.Act{Key: fmt.Sprint(i), Profile: "ann", Program: "member", Points: 1}, now)
		if err != nil || !a.OK && a.Reason != points.Short {
			b.Fatal(a, err)
		}
	}
}
