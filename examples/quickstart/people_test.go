package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/scoring/clv"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
)

// lived is a scene after its run, and its ledger.
func lived(t *testing.T, o options) (*scene, *ledger) {
	t.Helper()
	s, err := newScene(o, loop.Memory())
	require.NoError(t, err)
	require.NoError(t, s.play(t.Context(), func(time.Time, int) {}))
	g, err := read(t.Context(), s.loop, s.plan)
	require.NoError(t, err)
	return s, g
}

// TestPartedAgain: what two people had as one is what they have when they are parted, each their own, as the shop
// knows it; and the preview knew who they would be.
func TestPartedAgain(t *testing.T) {
	for _, o := range []options{{seed: 1, people: 500, days: 60}, {seed: 3, people: 500, days: 60}, {seed: 8, people: 500, days: 60}} {
		s, _ := lived(t, o)
		h := &s.household
		require.False(t, h.at.IsZero(), "seed %d has no such people", o.seed)
		require.Contains(t, h.one.ids, h.tablet)
		require.Contains(t, h.one.ids, h.guest)
		for i, id := range []marque.ID{h.tablet, h.guest} {
			require.Contains(t, h.two[i].ids, id)
			require.ElementsMatch(t, h.foreseen[i], h.two[i].ids)
			serial, ok := s.shop.Person(id)
			require.True(t, ok)
			orders, paid := s.shop.Bought(serial)
			require.Equal(t, orders, h.two[i].orders)
			require.Equal(t, paid, h.two[i].paid)
			require.Positive(t, orders)
		}
		before, after := h.one.and(h.apart), h.two[0].and(h.two[1])
		require.ElementsMatch(t, before.ids, after.ids)
		require.ElementsMatch(t, before.coupons, after.coupons)
		require.Equal(t, before.orders, after.orders)
		require.Equal(t, before.paid, after.paid)
		require.Equal(t, before.points, after.points)
		require.InDelta(t, before.intent, after.intent, 1e-6)
		for _, tag := range before.tags {
			if tag != "big_spender" { // of both together, perhaps of neither
				require.Contains(t, after.tags, tag)
			}
		}
	}
}

// TestPointsAddUp: what the log says of points is what the accounts have, and tiers follow from it.
func TestPointsAddUp(t *testing.T) {
	s, g := lived(t, options{seed: 2, people: 600, days: 90})
	book, end := s.loop.Points(), s.shop.End()
	def := book.Plan().Defs()[0]
	page, err := book.Members(t.Context(), club, "", 10000, end)
	require.NoError(t, err)
	require.Empty(t, page.Next)
	var sum int64
	tiers := map[string]int{}
	for _, m := range page.Members {
		a, err := book.Account(t.Context(), m.Profile, club, end)
		require.NoError(t, err)
		sum += a.Balance + a.Pending - a.Debt
		tiers[a.Tier]++
		if a.Next != "" {
			i := slices.IndexFunc(def.Tiers, func(t points.Tier) bool { return t.Name == a.Next })
			require.Equal(t, def.Tiers[i].At, a.Qualifying+a.ToNext)
		}
		require.Equal(t, a.Tier != "", !a.Review.IsZero(), "who has a tier is looked at again")
	}
	for _, name := range []string{"", "silver", "gold"} {
		require.Positive(t, tiers[name], name)
	}
	p := g.points
	for _, name := range []string{points.Earned, points.Spent, points.Expired} {
		require.Positive(t, p[name], name)
	}
	require.Negative(t, p[points.Reversed])
	require.Equal(t, p[points.Earned]-p[points.Spent]-p[points.Expired]+p[points.Reversed], sum)
	require.Positive(t, g.expiring(end))
	require.Zero(t, g.expiring(end.Add(time.Duration(def.Warn))), "nobody is told earlier")
}

// TestStagesBalance: who came into a stage has left it or is in it.
func TestStagesBalance(t *testing.T) {
	for seed := range uint64(3) {
		s, _ := lived(t, options{seed: seed, people: 600, days: 90})
		c, err := s.census(t.Context())
		require.NoError(t, err)
		there := map[string]int{c.def.Start: c.all}
		for _, x := range c.flow {
			there[x.To] += x.Count
			there[x.From] -= x.Count
		}
		for _, stage := range c.def.Stages {
			require.Equal(t, c.now[stage.Name], there[stage.Name], stage.Name)
		}
	}
}

// TestLifecycleIsRetail: the definition in program/ is the usual one with the shop's events and pace.
func TestLifecycleIsRetail(t *testing.T) {
	s, err := newScene(options{people: 1, days: 1}, loop.Memory())
	require.NoError(t, err)
	retail := lifecycle.Retail{Intent: "cart", SignUp: "register", IntentFor: 7 * marque.Day, NewFor: 14 * marque.Day, LoyalWithin: 60 * marque.Day,
		AtRisk: 21 * marque.Day, Dormant: 45 * marque.Day, Lost: 75 * marque.Day, WonBackFor: 14 * marque.Day}
	require.NoError(t, retail.Validate())
	require.Equal(t, retail.Def().Version(), s.loop.Stages().Plan().Defs()[0].Version())
}

// TestGroupsAreEverybody: each buyer is in one segment, and the shares are of all that was paid and kept.
func TestGroupsAreEverybody(t *testing.T) {
	s, g := lived(t, options{seed: 2, people: 600, days: 90})
	r, err := g.segments(s.shop.End())
	require.NoError(t, err)
	require.Equal(t, len(g.buyers), r.Customers)
	require.Equal(t, int64(g.revenue-g.refunded), r.Spent)
	people, share := 0, 0.0
	for _, p := range r.Segments {
		people, share = people+p.Customers, share+p.Revenue
	}
	require.Equal(t, r.Customers, people)
	require.InDelta(t, 1, share, 1e-9)
}

// TestForecastComesTrue holds a forecast of the last month against what came.
func TestForecastComesTrue(t *testing.T) {
	o := options{seed: 1, people: 4000, days: 90}
	if raceEnabled || testing.Short() {
		o.people = 2000
	}
	s, g := lived(t, o)
	start, end := s.shop.Start(), s.shop.End()
	days, foreseen, came, ok, err := g.trial(start, end)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 30, days)
	require.InEpsilon(t, came, foreseen, .25)

	f, ok, err := forecastOf(g.purchases(end), end, 90)
	require.NoError(t, err)
	require.True(t, ok)
	require.Less(t, f.alive, float64(len(f.customers)))
	require.Greater(t, f.alive, .5*float64(len(f.customers)))
	require.IsDecreasing(t, []marque.Money{f.value, f.top[0].Value, f.top[1].Value, f.top[2].Value})
	month, _, err := forecastOf(g.purchases(end), end, 30)
	require.NoError(t, err)
	require.Less(t, month.value, f.value/2)
}

// TestNoForecastOfHardlyAnybody: models that cannot be fitted say nothing.
func TestNoForecastOfHardlyAnybody(t *testing.T) {
	day := func(n int) time.Time { return opening.AddDate(0, 0, n) }
	for name, purchases := range map[string][]clv.Purchase{
		"nobody":            nil,
		"nobody came again": {{ID: "ann", At: day(1), Amount: 100}, {ID: "bob", At: day(2), Amount: 300}},
		"one came again":    {{ID: "ann", At: day(1), Amount: 100}, {ID: "ann", At: day(9), Amount: 100}},
	} {
		_, ok, err := forecastOf(slices.Values(purchases), day(30), 90)
		require.NoError(t, err, name)
		require.False(t, ok, name)
	}
}

// TestSeveralIdentifiers: people come by all kinds of identifiers, and who writes by mail is who ordered.
func TestSeveralIdentifiers(t *testing.T) {
	s, _ := lived(t, options{seed: 2, people: 600, days: 90})
	kinds, byMail := map[string]int{}, 0
	ctx := context.Background()
	for e, err := range s.loop.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		if e.Hops == 0 {
			for _, id := range e.IDs {
				kinds[id.Kind]++
			}
		}
		if e.Name == "refund" && e.IDs[0].Kind == "email" {
			byMail++
			b, err := s.belongings(ctx, e.Profile)
			require.NoError(t, err)
			require.Positive(t, b.orders, "somebody without orders wants money back")
		}
	}
	require.Positive(t, byMail)
	for _, kind := range []string{"member", "phone", "openid", "email", "device", "adclick"} {
		require.Positive(t, kinds[kind], kind)
	}
}
