package points_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/points"
)

// What is left of points that never expire is kept for good; what is used up only as long as a refund may ask for it,
// but it counts for a tier for life, and for a cap for good.
func TestWhatIsKept(t *testing.T) {
	def := points.Def{
		Name: "member", Remember: 30 * day,
		Earn: []points.Earn{
			{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 1}},
			{Name: "welcome", On: "viewed", Points: 60, Cap: 100, Per: points.Once, Bonus: true},
		},
		Tiers: []points.Tier{{Name: "silver", At: 100}},
	}
	store := points.NewMemory()
	w, book := world(t, store, def)
	first := order(90, 0)
	w.Track(first)
	w.Track(view(0))
	w.Track(view(hour))
	a := account(t, book, "ann", at(day))
	require.Equal(t, [2]int64{190, 90}, [2]int64{a.Balance, a.Qualifying}, "a bonus does not count for tiers")
	require.True(t, spend(t, book, "s", 190, at(2*day)).OK)
	w.Track(order(5, 32*day))
	rows, err := store.Load(t.Context(), []string{"ann"}, nil)
	require.NoError(t, err)
	require.Len(t, rows[0][0].Lots, 4, "exactly so long")
	w.Track(order(4, 33*day))
	rows, err = store.Load(t.Context(), []string{"ann"}, nil)
	require.NoError(t, err)
	require.Len(t, rows[0][0].Lots, 4, "one gone, one new")
	require.Equal(t, points.Unknown, reverse(t, book, "r", first.ID, 0, at(34*day)).Reason)
	w.Track(view(400 * day))
	require.Equal(t, int64(9), account(t, book, "ann", at(400*day)).Balance)
	w.Track(order(1, 401*day))
	a = account(t, book, "ann", at(401*day))
	require.Equal(t, points.Account{Balance: 10, Tier: "silver", Since: at(401 * day), Qualifying: 100, Multiplier: 100}, a)
	w.Track(order(1, 4000*day))
	a = account(t, book, "ann", at(4000*day))
	require.Equal(t, [2]int64{11, 101}, [2]int64{a.Balance, a.Qualifying})
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(4001 * day)}))
	w.Advance(at(4001 * day))
	a = account(t, book, "bob", at(4001*day))
	require.Equal(t, [2]int64{11, 101}, [2]int64{a.Balance, a.Qualifying})
}

// A clock that is ahead moves nobody's time.
func TestEventFromTheFuture(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	e := order(10_000, 50*day)
	e.Received = start
	_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{{Event: e, Facts: w.Facts("ann"), Now: start}})
	require.NoError(t, err)
	require.Equal(t, at(100*day), account(t, book, "ann", start).Expires)
	e = order(20_000, 0)
	e.At = e.At.AddDate(-100, 0, 0).Truncate(0)
	w.Track(marque.Event{ID: "late", Name: e.Name, Profile: "ann", At: e.At, Received: at(day), Props: e.Props})
	require.Equal(t, int64(100), account(t, book, "ann", at(day)).Balance, "what expired long ago is not there")
}

// An act behind a move that nobody has carried on sees the points as they are by then.
func TestActBehindAMove(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(orderOf("ann", "e1", 10_000, 0))
	w.Track(orderOf("bob", "e2", 20_000, 40*day))
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "bob", Into: "ann", At: at(50 * day)}))
	a, err := book.Spend(t.Context(), points.Act{Key: "s", Profile: "ann", Program: "member", Points: 250}, at(120*day))
	require.NoError(t, err)
	require.Equal(t, points.Answer{Reason: points.Short, Balance: 200}, a)
	require.True(t, spend(t, book, "s2", 200, at(120*day)).OK)
	var lines []points.Entry
	for e, err := range book.Statement(t.Context(), "ann", "member") {
		require.NoError(t, err)
		lines = append(lines, points.Entry{Kind: e.Kind, Points: e.Points, Balance: e.Balance, Origin: e.Origin})
	}
	require.Equal(t, []points.Entry{
		{Kind: points.Earned, Points: 100, Balance: 100},
		{Kind: points.Earned, Points: 200, Balance: 200, Origin: "bob"},
		{Kind: points.MovedIn, Points: 200, Balance: 300},
		{Kind: points.Expired, Points: -100, Balance: 200},
		{Kind: points.Spent, Points: -200},
	}, lines)
}

// One person's debt is paid from what the other one brings.
func TestDebtIsPaidByAMerge(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(orderOf("ann", "e1", 10_000, 0))
	w.Track(orderOf("bob", "e2", 20_000, 0))
	require.True(t, spend(t, book, "s", 100, at(hour)).OK)
	require.Equal(t, int64(100), reverse(t, book, "r", "e1", 0, at(hour)).Debt)
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(2 * hour)}))
	w.Advance(at(2 * hour))
	a := account(t, book, "bob", at(2*hour))
	require.Equal(t, [3]int64{100, 0, 200}, [3]int64{a.Balance, a.Debt, a.Qualifying})
}

// Pending points count from the instant on at which they can be spent, also where others expire with them.
func TestCurveOfPendingPoints(t *testing.T) {
	w, book := world(t, points.NewMemory(), points.Def{
		Name: "member", Pending: 7 * day, Expiry: points.Expiry{End: points.Yearly}, Earn: []points.Earn{{On: "viewed", Points: 10}},
	})
	w.Track(view(0))
	w.Track(view(2 * day))
	w.Track(view(8 * day))
	w.Advance(at(9 * day)) // two of them can be spent
	f := w.Facts("ann")
	require.NoError(t, book.Fill(t.Context(), rule.Need{Scores: []int{0}}, at(9*day), []*rule.Facts{f}))
	c := f.Scores[0]
	require.Len(t, c, 2)
	for after, want := range map[marque.Duration]float64{9 * day: 20, 15*day - 1000: 20, 15 * day: 30, 305 * day: 30, 307 * day: 0} {
		require.Equal(t, want, c.At(rule.At(at(after))), after)
	}
	require.Equal(t, [2]int64{20, 10}, [2]int64{account(t, book, "ann", at(9*day)).Balance, account(t, book, "ann", at(9*day)).Pending})
}

// Somebody who earned nothing is no member, also where the first tier is everybody's.
func TestNothingEarnedIsNoMember(t *testing.T) {
	w, book := world(t, points.NewMemory(), points.Def{
		Name: "member", Earn: []points.Earn{{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 100}}}, Tiers: []points.Tier{{Name: "basic"}},
	})
	require.Empty(t, w.Track(order(99, 0)))
	page, err := book.Members(t.Context(), "member", "", 10, start)
	require.NoError(t, err)
	require.Empty(t, page.Members)
	require.Equal(t, points.Account{Next: "basic", Multiplier: 100}, account(t, book, "ann", start))
	require.Len(t, w.Track(order(100, day)), 2)
}

// Of equal tiers the one goes on whose review is later, whoever had it.
func TestMergeKeepsTheLaterReview(t *testing.T) {
	for _, from := range []string{"ann", "bob"} {
		w, book := world(t, points.NewMemory(), member)
		w.Track(orderOf("ann", "e1", 100_000, 0))
		w.Track(orderOf("bob", "e2", 150_000, day))
		into := map[string]string{"ann": "bob", "bob": "ann"}[from]
		require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: from, Into: into, At: at(2 * day)}))
		w.Advance(at(2 * day))
		require.Equal(t, at(66*day), account(t, book, into, at(2*day)).Review)
	}
}

// A statement adds up also for who earned something between a merge and the unmerge that gives the history back.
func TestStatementBehindAnUnmerge(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(orderOf("ann", "e1", 10_000, 0))
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(day)}))
	w.Advance(at(day))
	w.Track(orderOf("ann", "e2", 700, 2*day))
	got, err := book.Spend(t.Context(), points.Act{Key: "s", Profile: "bob", Program: "member", Points: 30}, at(2*day))
	require.NoError(t, err)
	require.True(t, got.OK)
	ids := []marque.ID{{Kind: marque.ProfileKind, Value: "ann"}}
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "u", From: "bob", Into: "ann", IDs: ids, At: at(3 * day)}))
	w.Advance(at(3 * day))
	for profile, want := range map[string]int64{"ann": 77, "bob": 0} {
		sum := int64(0)
		for e, err := range book.Statement(t.Context(), profile, "member") {
			require.NoError(t, err)
			sum += e.Points
		}
		require.Equal(t, want, sum, profile)
		require.Equal(t, want, account(t, book, profile, at(3*day)).Balance, profile)
	}
}
