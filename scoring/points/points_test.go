package points_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/scoring/points/pointstest"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

const (
	day  = marque.Day
	hour = marque.Hour
)

// A deriver is what package loop asks of a book.
type deriver interface {
	rule.Owner
	marque.Feed
	marque.Holder
	Derivations() []rule.Derivation
	Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error)
	Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error)
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
}

var _ deriver = (*points.Book)(nil)

var member = points.Def{
	Name: "member",
	Earn: []points.Earn{
		{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 100}},
		{Name: "check-in", On: "viewed", Points: 5, Cap: 12, Per: points.Daily, Bonus: true},
	},
	Expiry: points.Expiry{After: 100 * day},
	Warn:   10 * day,
	Tiers: []points.Tier{
		{Name: "silver", At: 1000, Benefits: points.Benefits{Grants: []points.Grant{{Name: "delivery", Every: points.Monthly, Quota: 2}}}},
		{Name: "gold", At: 3000, Benefits: points.Benefits{
			Multiplier: 150, Priority: 7, Days: []points.MemberDay{{Days: []int{8}, Multiplier: 200}},
			Grants: []points.Grant{{Name: "delivery", Every: points.Monthly, Quota: 5}, {Name: "gift", Every: points.Once, Quota: 1}},
		}},
	},
	Qualify: points.Qualify{Rolling: 60 * day},
	Grace:   5 * day,
}

func lexicon(t testing.TB, defs []points.Def) *rule.Lexicon {
	s := points.Declares(defs)
	s.Attributes = append(s.Attributes, rule.Field{Name: "city", Type: rule.String})
	s.Events = append(s.Events, rule.EventType{Name: "viewed"},
		rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "shop", Type: rule.String}}})
	return derivedtest.Must(t, s)
}

func compile(t testing.TB, defs ...points.Def) (*rule.Lexicon, *points.Plan) {
	t.Helper()
	lex := lexicon(t, defs)
	plan, err := points.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	return lex, plan
}

func world(t testing.TB, store points.Store, defs ...points.Def) (*derivedtest.World, *points.Book) {
	t.Helper()
	lex, plan := compile(t, defs...)
	book := points.NewBook(store, plan, nil)
	return derivedtest.NewWorld(t, lex, book), book
}

func at(after marque.Duration) time.Time { return start.Add(time.Duration(after)) }

func order(amount int, after marque.Duration) marque.Event {
	return marque.Event{
		ID: marque.Key("order", after.String(), fmt.Sprint(amount)), Name: "order_paid", Profile: "ann", At: at(after), Props: map[string]any{"amount": amount},
	}
}

func view(after marque.Duration) marque.Event {
	return marque.Event{ID: "view" + after.String(), Name: "viewed", Profile: "ann", At: at(after)}
}

// told writes events in short.
func told(events []marque.Event) (out []string) {
	for _, e := range events {
		var line strings.Builder
		line.WriteString(marque.Duration(e.At.Sub(start)).String() + " " + e.Name)
		for _, p := range []string{"points", "balance", "rule", "of", "from", "to", "grant", "n", "period"} {
			if x, ok := e.Props[p]; ok {
				line.WriteString(fmt.Sprintf(" %s=%v", p, x))
			}
		}
		if x, ok := e.Props["at"].(time.Time); ok {
			line.WriteString(" at=" + marque.Duration(x.Sub(start)).String())
		}
		out = append(out, line.String())
	}
	return out
}

func account(t require.TestingT, book *points.Book, profile string, now time.Time) points.Account {
	a, err := book.Account(context.Background(), profile, "member", now)
	require.NoError(t, err)
	return a
}

func spend(t require.TestingT, book *points.Book, key string, n int64, now time.Time) points.Answer {
	a, err := book.Spend(context.Background(), points.Act{Key: key, Profile: "ann", Program: "member", Points: n}, now)
	require.NoError(t, err)
	return a
}

func reverse(t require.TestingT, book *points.Book, key, of string, n int64, now time.Time) points.Answer {
	a, err := book.Reverse(context.Background(), points.Act{Key: key, Profile: "ann", Program: "member", Of: of, Points: n}, now)
	require.NoError(t, err)
	return a
}

func TestExactInstants(t *testing.T) {
	pending := member
	pending.Pending, pending.Tiers, pending.Qualify, pending.Grace = 7*day, nil, points.Qualify{}, 0
	for _, c := range []struct {
		name string
		def  points.Def
		log  []marque.Event
		want []string
	}{
		{"points expire, and it is said before", member, []marque.Event{order(10_099, 0), order(200, day)}, []string{
			"0s points.earned points=100 balance=100 rule=order_paid",
			"1d points.earned points=2 balance=102 rule=order_paid",
			"90d points.expiring points=100 at=100d",
			"91d points.expiring points=2 at=101d",
			"100d points.expired points=100 balance=2",
			"101d points.expired points=2 balance=0",
		}},
		{"pending points", pending, []marque.Event{order(10_000, 0)}, []string{
			"0s points.earned points=100 balance=0 rule=order_paid",
			"7d points.usable points=100",
			"90d points.expiring points=100 at=100d",
			"100d points.expired points=100 balance=0",
		}},
		{"up at once, granted each month, down at the review", member, []marque.Event{order(100_000, 0)}, []string{
			"0s points.earned points=1000 balance=1000 rule=order_paid",
			"0s tier.up from= to=silver",
			"0s benefit.granted grant=delivery n=2 period=2026-03",
			"30d15h benefit.granted grant=delivery n=2 period=2026-04",
			"60d15h benefit.granted grant=delivery n=2 period=2026-05",
			"65d tier.down from=silver to=",
			"90d points.expiring points=1000 at=100d",
			"100d points.expired points=1000 balance=0",
		}},
		{"two tiers at once are one event, and a review that finds one of them another", member, []marque.Event{order(300_000, 0), order(100_000, 50*day)}, []string{
			"0s points.earned points=3000 balance=3000 rule=order_paid",
			"0s tier.up from= to=gold",
			"0s benefit.granted grant=delivery n=5 period=2026-03",
			"0s benefit.granted grant=gift n=1 period=once",
			"30d15h benefit.granted grant=delivery n=5 period=2026-04",
			"50d points.earned points=1500 balance=4500 rule=order_paid",
			"60d15h benefit.granted grant=delivery n=5 period=2026-05",
			"65d tier.down from=gold to=silver",
			"90d points.expiring points=3000 at=100d",
			"91d15h benefit.granted grant=delivery n=2 period=2026-06",
			"100d points.expired points=3000 balance=1500",
			"121d15h benefit.granted grant=delivery n=2 period=2026-07",
			"130d tier.down from=silver to=",
			"140d points.expiring points=1500 at=150d",
			"150d points.expired points=1500 balance=0",
		}},
	} {
		for _, batch := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, batch %v", c.name, batch), func(t *testing.T) {
				w, book := world(t, points.NewMemory(), c.def)
				w.Again, w.Batch = true, batch
				for _, e := range c.log {
					w.Track(e)
				}
				w.Advance(start.AddDate(3, 0, 0))
				require.Equal(t, c.want, told(w.Said))
				left, err := book.Due(t.Context(), marque.Parts{}, start.AddDate(100, 0, 0), 10)
				require.NoError(t, err)
				require.Empty(t, left)
			})
		}
	}
}

// A pass that comes late says what time did at its own instants.
func TestLatePassSaysTheInstants(t *testing.T) {
	for _, names := range [][]string{{"member"}, {"stage/member"}, {"member", "stage/member"}, {"stage/member", "member"}} {
		w, book := world(t, points.NewMemory(), member)
		w.Track(order(100_000, 0))
		f := w.Facts("ann")
		now := at(200 * day)
		said, err := book.Derive(t.Context(), names, []rule.Pass{{Event: marque.Event{Profile: "ann"}, Facts: f, Now: now}})
		require.NoError(t, err)
		require.Equal(t, []string{
			"30d15h benefit.granted grant=delivery n=2 period=2026-04",
			"60d15h benefit.granted grant=delivery n=2 period=2026-05",
			"65d tier.down from=silver to=",
			"90d points.expiring points=1000 at=100d",
			"100d points.expired points=1000 balance=0",
		}, told(said), "%v", names)
		require.Equal(t, now, said[0].Received)
		require.Zero(t, f.Scores[0].At(rule.At(now)))
		require.False(t, f.Attrs[0].Known())
	}
}

func TestTheTierAloneCountsNoEvent(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	p := w.Log(order(100_000, 0))
	said, err := book.Derive(t.Context(), []string{"stage/member"}, []rule.Pass{p})
	require.NoError(t, err)
	require.Empty(t, said)
	said, err = book.Derive(t.Context(), []string{"member"}, []rule.Pass{p})
	require.NoError(t, err)
	require.Len(t, said, 3)
	require.Equal(t, "silver", p.Facts.Attrs[0].Text())
	said, err = book.Derive(t.Context(), []string{"stage/member", "gone"}, []rule.Pass{p})
	require.NoError(t, err)
	require.Empty(t, said)
}

func TestSaid(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	e := order(100_000, 0)
	e.IDs, e.Hops = []marque.ID{{Kind: "phone", Value: "1"}}, 1
	said := w.Track(e)
	require.Equal(t, marque.Event{
		ID: marque.TurnID("ann", "points.earned", "score/member", 1), Name: "points.earned", At: start, Received: start, Profile: "ann", IDs: e.IDs,
		Fact: "score/member", Cause: e.ID, Hops: 2, Props: map[string]any{"program": "member", "points": int64(1000), "balance": int64(1000), "rule": "order_paid"},
	}, said[0])
	require.Equal(t, "attr/stage/member", said[1].Fact)
	declared := map[string]rule.EventType{}
	for _, d := range points.Says() {
		declared[d.Name] = d
	}
	w.Advance(at(200 * day))
	for _, e := range w.Said {
		require.Len(t, e.Props, len(declared[e.Name].Props), e.Name)
		for _, f := range declared[e.Name].Props {
			v, ok := rule.Of(e.Props[f.Name])
			require.True(t, ok && v.Type() == f.Type, "%s of %s", f.Name, e.Name)
		}
	}
	pending, err := book.Pending(t.Context(), marque.Parts{}, 100)
	require.NoError(t, err)
	require.Equal(t, w.Said, pending)
}

func TestRulesReadBalanceAndTier(t *testing.T) {
	lex, plan := compile(t, member)
	book := points.NewBook(points.NewMemory(), plan, nil)
	w := derivedtest.NewWorld(t, lex, book)
	enough, err := lang.New(lex, nil).Compile(`score("member") >= 1000`, "")
	require.NoError(t, err)
	silver, err := lang.New(lex, nil).Compile(`stage("member") == "silver"`, "")
	require.NoError(t, err)
	w.Track(order(60_000, 0))
	w.Track(order(60_000, day))
	f := rule.NewFacts(lex, "ann")
	need := enough.Need().Union(silver.Need())
	require.NoError(t, book.Fill(t.Context(), need, at(2*day), []*rule.Facts{f}))
	v := enough.Test(rule.Input{Now: at(2 * day), Facts: f})
	require.Equal(t, rule.Verdict{Truth: rule.True, Until: at(100 * day)}, v, "it turns at the instant of the expiry")
	require.Equal(t, rule.True, silver.Test(rule.Input{Now: at(2 * day), Facts: f}).Truth)
	f.Scores[0] = nil
	require.NoError(t, book.Fill(t.Context(), rule.Need{Tags: []int{1}}, at(2*day), []*rule.Facts{f}))
	require.Nil(t, f.Scores[0])
	require.NoError(t, book.Fill(t.Context(), need, at(2*day), []*rule.Facts{rule.NewFacts(lex, "nobody")}))
}

func TestWithoutSlots(t *testing.T) {
	lex := derivedtest.Must(t, rule.Schema{Events: append(points.Says(), rule.EventType{Name: "viewed"}, rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}})})
	plan, err := points.Compile([]points.Def{member}, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := points.NewBook(points.NewMemory(), plan, nil)
	w := derivedtest.NewWorld(t, lex, book)
	w.Track(order(100_000, 0))
	require.Equal(t, "silver", account(t, book, "ann", start).Tier)
}

func TestEarn(t *testing.T) {
	gold := member
	gold.Tiers = []points.Tier{{Name: "basic", At: 0, Benefits: points.Benefits{
		Multiplier: 133,
		Days:       []points.MemberDay{{Weekdays: "sat,sun", Multiplier: 200}, {Dates: []string{"11-11", "2026-06-18"}, Multiplier: 300}, {Days: []int{-1}, Multiplier: 50}},
	}}}
	gold.Zone, gold.Qualify, gold.Grace = "Asia/Shanghai", points.Qualify{}, 0
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	for _, c := range []struct {
		name   string
		amount any
		at     time.Time
		want   int64
	}{
		{"rounded down once", 199, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 2}, // 1.99 * 1.33 = 2.64
		{"less than a point", 75, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 0},
		{"less than a point without the multiplier", 76, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 1},
		{"a fraction of a unit is cut off", 75.99, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 0},
		{"nothing for less than nothing", -1000, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 0},
		{"nothing for nothing known", nil, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 0},
		{"saturday begins in the zone of the program", 100, time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC), 2},
		{"and not before", 100, time.Date(2026, 3, 6, 15, 59, 59, 0, time.UTC), 1},
		{"a date of each year", 100, time.Date(2027, 11, 11, 0, 0, 0, 0, shanghai), 3},
		{"a date of one year", 100, time.Date(2026, 6, 18, 0, 0, 0, 0, shanghai), 3},
		{"and not of the next", 100, time.Date(2027, 6, 18, 0, 0, 0, 0, shanghai), 1},
		{"the highest counts", 1000, time.Date(2026, 3, 31, 0, 0, 0, 0, shanghai), 13},
		{"no more than there can be", int64(1) << 62, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 1_000_000_000_000},
		{"nor than an integer can be", 1e300, time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai), 1_000_000_000_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := points.Declares([]points.Def{gold})
			s.Events = append(s.Events, rule.EventType{Name: "viewed"}, rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount"}}})
			lex := derivedtest.Must(t, s)
			plan, err := points.Compile([]points.Def{gold}, lex, lang.New(lex, nil))
			require.NoError(t, err)
			book := points.NewBook(points.NewMemory(), plan, nil)
			w := derivedtest.NewWorld(t, lex, book)
			w.Track(marque.Event{ID: "join", Name: "viewed", Profile: "ann", At: start.AddDate(0, 0, -20)})
			joined := account(t, book, "ann", start)
			require.Equal(t, "basic", joined.Tier)
			w.Track(marque.Event{ID: "e", Name: "order_paid", Profile: "ann", At: c.at, Props: map[string]any{"amount": c.amount}})
			total := int64(0)
			for e, err := range book.Statement(t.Context(), "ann", "member") {
				require.NoError(t, err)
				if e.Rule == "order_paid" {
					total += e.Points
				}
			}
			require.Equal(t, c.want, total)
		})
	}
}

func TestCapTakesTheEarliest(t *testing.T) {
	now := at(20 * hour)
	var want []points.Lot
	for _, turn := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}} {
		store := points.NewMemory()
		w, book := world(t, store, member)
		for _, i := range turn {
			e := view(marque.Duration(i) * hour)
			e.Received = now
			w.Track(e)
		}
		require.Equal(t, int64(12), account(t, book, "ann", now).Balance)
		rows, err := store.Load(t.Context(), []string{"ann"}, nil)
		require.NoError(t, err)
		lots := rows[0][0].Lots
		require.Equal(t, []int64{5, 5, 2}, []int64{lots[0].N, lots[1].N, lots[2].N}, "%v", turn)
		if want == nil {
			want = lots
		}
		require.Equal(t, want, lots, "%v", turn)
	}
}

// A month in which clocks are put back is longer than 31 days: what was earned at its beginning is not forgotten.
func TestCapOfALongMonth(t *testing.T) {
	w, book := world(t, points.NewMemory(), points.Def{
		Name: "member", Zone: "Europe/Berlin", Earn: []points.Earn{{On: "viewed", Points: 5, Cap: 5, Per: points.Monthly}},
		Expiry: points.Expiry{After: marque.Second}, Remember: 1,
	})
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, e := range []struct {
		id string
		at time.Time
	}{{"first", time.Date(2026, 10, 1, 0, 0, 0, 0, berlin)}, {"last", time.Date(2026, 10, 31, 23, 59, 0, 0, berlin)}, {"late", time.Date(2026, 10, 31, 23, 59, 1, 0, berlin)}} {
		w.Advance(e.at)
		w.Track(marque.Event{ID: e.id, Name: "viewed", Profile: "ann", At: e.at})
	}
	require.Zero(t, account(t, book, "ann", time.Date(2026, 10, 31, 23, 59, 1, 0, berlin)).Balance)
}

// What was taken of points goes along when an earlier event takes their place under a cap.
func TestCapAfterASpend(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	for _, h := range []marque.Duration{3, 4, 5} {
		w.Track(view(h * hour))
	}
	require.True(t, spend(t, book, "s", 12, at(6*hour)).OK)
	e := view(hour)
	e.Received = at(7 * hour)
	require.Empty(t, w.Track(e))
	require.Zero(t, account(t, book, "ann", at(7*hour)).Balance)
	require.Equal(t, int64(12), reverse(t, book, "r", "s", 0, at(8*hour)).Points)
	require.Equal(t, int64(12), account(t, book, "ann", at(8*hour)).Balance)
}

// A refund of points goes along too, and is not had twice.
func TestCapAfterARefund(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	for _, h := range []marque.Duration{3, 4, 5} {
		w.Track(view(h * hour))
	}
	require.Equal(t, int64(-5), reverse(t, book, "r", view(4*hour).ID, 0, at(6*hour)).Points)
	e := view(hour)
	e.Received = at(7 * hour)
	require.Empty(t, w.Track(e))
	require.Equal(t, int64(7), account(t, book, "ann", at(7*hour)).Balance)
	require.Equal(t, points.Unknown, reverse(t, book, "r2", view(4*hour).ID, 0, at(8*hour)).Reason)
	require.Equal(t, int64(-2), reverse(t, book, "r3", view(hour).ID, 0, at(8*hour)).Points, "three of its five are taken back already")
	require.Equal(t, int64(5), account(t, book, "ann", at(8*hour)).Balance)
}

func TestAnEventCountsOnce(t *testing.T) {
	short := member
	short.Expiry.After, short.Warn, short.Remember = day, 0, day
	short.Tiers, short.Qualify, short.Grace = nil, points.Qualify{}, 0
	store := points.NewMemory()
	w, book := world(t, store, short)
	require.Len(t, w.Track(order(1000, 0)), 1)
	require.Empty(t, w.Track(order(1000, 0)))
	late := order(1000, 0)
	late.Received = at(900 * day)
	w.Track(order(5000, 899*day)) // the first lot is forgotten
	rows, err := store.Load(t.Context(), []string{"ann"}, nil)
	require.NoError(t, err)
	require.Len(t, rows[0][0].Lots, 1)
	for _, e := range w.Track(late) {
		require.NotEqual(t, points.Earned, e.Name)
	}
	p := w.Log(order(777, 900*day))
	_, err = book.Derive(t.Context(), []string{"member"}, []rule.Pass{w.Log(late), p, p})
	require.NoError(t, err)
	require.Equal(t, int64(7), account(t, book, "ann", at(900*day)).Balance, "one that counted does not hold up the others")
	anon := order(100, 900*day)
	anon.ID = ""
	said, err := book.Derive(t.Context(), []string{"member"}, []rule.Pass{{Event: anon, Facts: w.Facts("ann"), Now: at(900 * day)}})
	require.NoError(t, err)
	require.Empty(t, said)
}

func TestSpendAndReverse(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(order(10_000, 0))     // 100
	w.Track(order(20_000, 5*day)) // 200
	require.Equal(t, points.Answer{Reason: points.Short, Balance: 300}, spend(t, book, "s1", 301, at(6*day)))
	got := spend(t, book, "s1", 150, at(6*day))
	require.Equal(t, []string{"6d points.spent points=150 balance=150"}, told(got.Said))
	require.True(t, got.OK)
	require.Equal(t, points.Answer{OK: true, Known: true, Points: -150, Balance: 150}, spend(t, book, "s1", 150, at(7*day)))
	_, err := book.Spend(t.Context(), points.Act{Key: "s1", Profile: "ann", Program: "member", Points: 10}, at(7*day))
	require.ErrorIs(t, err, points.ErrKey)
	_, err = book.Spend(t.Context(), points.Act{Key: "s1", Profile: "bob", Program: "member", Points: 150}, at(7*day))
	require.NoError(t, err, "a refusal: bob has no points")
	require.Equal(t, int64(150), account(t, book, "ann", at(7*day)).Balance)
	require.Equal(t, at(105*day), account(t, book, "ann", at(7*day)).Expires, "the oldest went first")

	// The latest expiring come back first.
	require.Equal(t, int64(50), reverse(t, book, "r1", "s1", 50, at(8*day)).Points)
	require.Equal(t, points.Account{Balance: 200, Expiring: 200, Expires: at(105 * day), Qualifying: 300, Next: "silver", ToNext: 700, Multiplier: 100}, account(t, book, "ann", at(8*day)))
	require.Equal(t, points.Unknown, reverse(t, book, "r2", "s1", 101, at(8*day)).Reason)
	// What expired meanwhile comes back for a while.
	require.Equal(t, int64(100), reverse(t, book, "r2", "s1", 0, at(101*day)).Points)
	require.Equal(t, int64(300), account(t, book, "ann", at(101*day)).Balance)
	require.Equal(t, []string{"105d points.expired points=200 balance=100", "121d points.expiring points=100 at=131d", "131d points.expired points=100 balance=0"},
		told(w.Advance(at(200*day))))
	require.Equal(t, points.Answer{OK: true, Known: true, Points: 100, Balance: 300}, reverse(t, book, "r2", "s1", 0, at(300*day)))
	require.Equal(t, points.Unknown, reverse(t, book, "r3", "s1", 0, at(300*day)).Reason)
}

// What came back expires in its turn, and is spent in its turn.
func TestOrderOfWhatComesBack(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(order(10_000, 0))
	require.True(t, spend(t, book, "s", 100, at(day)).OK)
	w.Track(order(20_000, 20*day))
	reverse(t, book, "r", "s", 0, at(110*day)) // until 140d; the others until 120d
	a := account(t, book, "ann", at(110*day))
	require.Equal(t, [2]any{int64(200), at(120 * day)}, [2]any{a.Expiring, a.Expires})
	require.True(t, spend(t, book, "s2", 150, at(111*day)).OK)
	a = account(t, book, "ann", at(111*day))
	require.Equal(t, [2]any{int64(50), at(120 * day)}, [2]any{a.Expiring, a.Expires})
}

func TestWhatComesBackIsWarnedOfAgain(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(order(10_000, 0))
	require.True(t, spend(t, book, "s", 40, at(day)).OK)
	w.Advance(at(101 * day))
	reverse(t, book, "r", "s", 0, at(101*day))
	require.Equal(t, []string{"121d points.expiring points=40 at=131d", "131d points.expired points=40 balance=0"}, told(w.Advance(at(200*day))))
}

func TestRefundAndDebt(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	first := order(100_000, 0)
	w.Track(first)
	require.Equal(t, "silver", account(t, book, "ann", start).Tier)
	require.True(t, spend(t, book, "s", 800, at(day)).OK)
	got := reverse(t, book, "refund 1", first.ID, 300, at(2*day))
	require.Equal(t, points.Answer{OK: true, Points: -300, Debt: 100, Said: got.Said}, got)
	a := account(t, book, "ann", at(2*day))
	require.Equal(t, int64(100), a.Debt)
	require.Equal(t, int64(700), a.Qualifying)
	require.Equal(t, "silver", a.Tier, "until its review")
	require.Equal(t, points.Short, spend(t, book, "s2", 1, at(2*day)).Reason)
	require.Equal(t, points.Unknown, reverse(t, book, "refund 2", first.ID, 701, at(2*day)).Reason)
	require.Equal(t, int64(-700), reverse(t, book, "refund 2", first.ID, 0, at(2*day)).Points)
	require.Equal(t, int64(800), account(t, book, "ann", at(2*day)).Debt)

	said := w.Track(order(50_000, 3*day))
	require.Equal(t, []string{"3d points.earned points=500 balance=0 rule=order_paid"}, told(said))
	require.Equal(t, int64(300), account(t, book, "ann", at(3*day)).Debt)
	// The spend is given back too: it pays the rest of the debt.
	require.Equal(t, int64(800), reverse(t, book, "back", "s", 0, at(4*day)).Points)
	a = account(t, book, "ann", at(4*day))
	require.Equal(t, [2]int64{500, 0}, [2]int64{a.Balance, a.Debt})
	sum, last := int64(0), points.Entry{}
	for e, err := range book.Statement(t.Context(), "ann", "member") {
		require.NoError(t, err)
		sum, last = sum+e.Points, e
		require.Equal(t, sum, e.Balance+e.Pending-e.Debt)
	}
	require.Equal(t, "s", last.Of)
}

// What a refund takes back is not owed where it has expired, and comes from other points where it was spent.
func TestRefundOfExpiredAndSpent(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	first := order(10_000, 0)
	w.Track(first)
	require.True(t, spend(t, book, "s", 40, at(day)).OK)
	w.Advance(at(100 * day)) // 60 expire
	w.Track(order(5_000, 101*day))
	require.Equal(t, int64(0), reverse(t, book, "r1", first.ID, 60, at(102*day)).Points)
	require.Equal(t, int64(-40), reverse(t, book, "r2", first.ID, 0, at(102*day)).Points)
	a := account(t, book, "ann", at(102*day))
	require.Equal(t, [2]int64{10, 0}, [2]int64{a.Balance, a.Debt})
}

func TestAdjust(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	act := points.Act{Key: "a", Profile: "ann", Program: "member", Points: 1000, Reason: "the parcel was late", Qualifies: true, Cause: "e9", Hops: 4}
	got, err := book.Adjust(t.Context(), act, start)
	require.NoError(t, err)
	require.Equal(t, []string{"0s points.adjusted points=1000 balance=1000", "0s tier.up from= to=silver", "0s benefit.granted grant=delivery n=2 period=2026-03"}, told(got.Said))
	require.Equal(t, "e9", got.Said[0].Cause)
	require.Equal(t, 5, got.Said[0].Hops)
	act.Key, act.Points = "b", -1001
	got, err = book.Adjust(t.Context(), act, start)
	require.NoError(t, err)
	require.Equal(t, points.Short, got.Reason)
	act.Points = -400
	got, err = book.Adjust(t.Context(), act, start)
	require.NoError(t, err)
	require.Equal(t, int64(600), got.Balance, "a key that was refused may be tried again")
	require.Equal(t, int64(400), reverse(t, book, "c", "b", 0, at(day)).Points)
	require.Equal(t, int64(-1000), reverse(t, book, "d", "a", 0, at(day)).Points)
	require.Zero(t, account(t, book, "ann", at(day)).Qualifying)
	w.Advance(at(300 * day))

	for name, bad := range map[string]points.Act{
		"key": {Profile: "ann", Program: "member", Points: 1, Reason: "x"}, "profile": {Key: "x", Program: "member", Points: 1, Reason: "x"},
		"points": {Key: "x", Profile: "ann", Program: "member", Reason: "x"}, "reason": {Key: "x", Profile: "ann", Program: "member", Points: 1},
	} {
		_, err := book.Adjust(t.Context(), bad, start)
		var fe *marque.FieldError
		require.True(t, errors.As(err, &fe), name)
		require.Equal(t, name, fe.Path)
	}
	_, err = book.Adjust(t.Context(), points.Act{Key: "x", Profile: "ann", Program: "none", Points: 1, Reason: "x"}, start)
	require.ErrorIs(t, err, marque.ErrNotFound)
	_, err = book.Account(t.Context(), "ann", "none", start)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestCalendarExpiry(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		expiry     points.Expiry
		earned     time.Time
		want       string
	}{
		{"the end of the year", "Asia/Shanghai", points.Expiry{End: points.Yearly}, time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC), "2026-12-31T16:00:00Z"},
		{"which began by the clock there", "Asia/Shanghai", points.Expiry{End: points.Yearly}, time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), "2027-12-31T16:00:00Z"},
		{"the end of the next year", "", points.Expiry{End: points.Yearly, N: 1}, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), "2028-01-01T00:00:00Z"},
		{"the end of the third month", "Europe/Berlin", points.Expiry{End: points.Monthly, N: 2}, time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), "2026-03-31T22:00:00Z"},
		{"the end of the quarter", "", points.Expiry{End: points.Quarterly}, time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC), "2026-07-01T00:00:00Z"},
		{"a midnight that does not exist", "Africa/Cairo", points.Expiry{End: points.Daily}, time.Date(2026, 4, 23, 12, 0, 0, 0, time.UTC), "2026-04-23T22:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, book := world(t, points.NewMemory(), points.Def{
				Name: "member", Zone: c.zone, Expiry: c.expiry, Earn: []points.Earn{{On: "viewed", Points: 10}},
			})
			w.Track(marque.Event{ID: "e", Name: "viewed", Profile: "ann", At: c.earned})
			require.Equal(t, c.want, account(t, book, "ann", c.earned).Expires.Format(time.RFC3339))
			said := w.Advance(c.earned.AddDate(3, 0, 0))
			require.Len(t, said, 1)
			require.Equal(t, c.want, said[0].At.Format(time.RFC3339))
		})
	}
}

func TestQualifyingByYear(t *testing.T) {
	def := points.Def{
		Name: "member", Zone: "Asia/Shanghai", Earn: []points.Earn{{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 1}}},
		Tiers:   []points.Tier{{Name: "basic"}, {Name: "silver", At: 100}, {Name: "gold", At: 300}},
		Qualify: points.Qualify{Year: true}, Grace: 31 * day,
	}
	w, book := world(t, points.NewMemory(), def)
	w.Again = true
	w.Track(order(1, 0))
	w.Track(order(299, 10*day))
	year := func(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600)) }
	require.Equal(t, year(2027).AddDate(0, 0, 31).UTC(), account(t, book, "ann", at(20*day)).Review)
	w.Track(marque.Event{ID: "n", Name: "order_paid", Profile: "ann", At: year(2027).AddDate(0, 6, 0), Props: map[string]any{"amount": 150}})
	w.Advance(start.AddDate(9, 0, 0))
	var got []string
	for _, e := range w.Said {
		if e.Name == points.TierUp || e.Name == points.TierDown {
			got = append(got, fmt.Sprintf("%s %s %v>%v", e.At.In(time.FixedZone("", 8*3600)).Format(time.DateTime), e.Name, e.Props["from"], e.Props["to"]))
		}
	}
	require.Equal(t, []string{
		"2026-03-01 17:00:00 tier.up >basic",
		"2026-03-11 17:00:00 tier.up basic>gold",
		"2028-02-01 00:00:00 tier.down gold>silver", // 2026 kept it in 2027, 2027 gave silver only
		"2029-02-01 00:00:00 tier.down silver>basic",
	}, got)
	require.Zero(t, account(t, book, "ann", start.AddDate(9, 0, 0)).Review)
}

// Points of the grace keep a tier that the year before it would lose, and a tier reached in the grace is of the new year.
func TestGrace(t *testing.T) {
	def := points.Def{
		Name: "member", Earn: []points.Earn{{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 1}}},
		Tiers: []points.Tier{{Name: "silver", At: 100}}, Qualify: points.Qualify{Year: true}, Grace: 31 * day,
	}
	w, book := world(t, points.NewMemory(), def)
	w.Track(order(100, 0))
	w.Advance(time.Date(2027, 12, 1, 0, 0, 0, 0, time.UTC))
	w.Track(marque.Event{ID: "n", Name: "order_paid", Profile: "ann", At: time.Date(2028, 1, 10, 0, 0, 0, 0, time.UTC), Props: map[string]any{"amount": 100}})
	require.Equal(t, "silver", account(t, book, "ann", time.Date(2028, 2, 1, 0, 0, 0, 0, time.UTC)).Tier)
	require.Equal(t, time.Date(2029, 2, 1, 0, 0, 0, 0, time.UTC), account(t, book, "ann", time.Date(2028, 2, 1, 0, 0, 0, 0, time.UTC)).Review)
	for _, e := range w.Advance(time.Date(2028, 6, 1, 0, 0, 0, 0, time.UTC)) {
		require.NotEqual(t, points.TierDown, e.Name)
	}
}

// What was earned a rolling period ago, to the instant, no longer counts.
func TestRollingIsHalfOpen(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(order(90_000, 0))
	require.Equal(t, int64(900), account(t, book, "ann", at(60*day).Add(-time.Microsecond)).Qualifying)
	require.Zero(t, account(t, book, "ann", at(60*day)).Qualifying)
}

func TestTierMultipliesWhatIsEarnedInIt(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(order(300_000, day)) // gold
	require.Equal(t, "1d points.earned points=3000 balance=3000 rule=order_paid", told(w.Said)[0])
	require.Equal(t, []string{"2d points.earned points=150 balance=3150 rule=order_paid"}, told(w.Track(order(10_000, 2*day))))
	late := order(10_000, hour)
	late.Received = at(3 * day)
	require.Equal(t, []string{"3d points.earned points=100 balance=3250 rule=order_paid"}, told(w.Track(late)), "before the tier")
	for _, c := range []struct {
		at   marque.Duration
		want int64
	}{{10 * day, 150}, {68 * day, 100}, {80 * day, 150}} { // in the tier, after it was lost, in it again
		w, book := world(t, points.NewMemory(), member)
		w.Track(order(300_000, 0))
		w.Track(order(300_000, 70*day))
		before := account(t, book, "ann", at(90*day)).Balance
		late := order(10_000, c.at)
		late.Received = at(90 * day)
		w.Track(late)
		require.Equal(t, c.want, account(t, book, "ann", at(90*day)).Balance-before, c.at)
	}
	require.Equal(t, []string{"7d points.earned points=200 balance=3450 rule=order_paid"}, told(w.Track(order(10_000, 7*day))), "on a member day")
	m, err := book.Multiplier(t.Context(), "ann", "member", at(8*day))
	require.NoError(t, err)
	require.Equal(t, int64(150), m)
	a := account(t, book, "ann", at(8*day))
	require.Equal(t, int64(3300), a.Qualifying, "bonus of a tier does not count for tiers")
	require.Equal(t, 7, a.Priority)
}

func TestQuota(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	use := func(key, grant string, n int64, now time.Time) points.Answer {
		a, err := book.Use(t.Context(), points.Act{Key: key, Profile: "ann", Program: "member", Grant: grant, Points: n}, now)
		require.NoError(t, err)
		return a
	}
	require.Equal(t, points.NoGrant, use("u", "delivery", 0, start).Reason)
	w.Track(order(100_000, 0))
	require.Equal(t, points.Answer{OK: true, Points: 1, Balance: 1000, Left: 1}, use("u", "delivery", 0, at(day)))
	require.Equal(t, points.Answer{OK: true, Known: true, Points: 1, Balance: 1000, Left: 1}, use("u", "delivery", 0, at(day)))
	require.Equal(t, points.NoQuota, use("v", "delivery", 2, at(day)).Reason)
	require.Equal(t, []string{"2d points.earned points=2000 balance=3000 rule=order_paid", "2d tier.up from=silver to=gold", "2d benefit.granted grant=delivery n=3 period=2026-03", "2d benefit.granted grant=gift n=1 period=once"},
		told(w.Track(order(200_000, 2*day))), "a higher tier adds what is missing")
	require.Equal(t, int64(0), use("v", "delivery", 4, at(3*day)).Left)
	require.Equal(t, points.NoQuota, use("w", "delivery", 1, at(4*day)).Reason)
	require.Equal(t, []points.Benefit{{Grant: "delivery", Quota: 5, Until: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}, {Grant: "gift", Quota: 1, Left: 1}}, account(t, book, "ann", at(4*day)).Benefits)
	require.Equal(t, int64(4), use("w", "delivery", 1, at(31*day)).Left, "a new month")
	// Lost at the review, the gift stays; up again, it is not granted anew.
	w.Advance(at(70 * day))
	require.Equal(t, "", account(t, book, "ann", at(70*day)).Tier)
	require.Equal(t, points.NoGrant, use("x", "delivery", 1, at(95*day)).Reason, "until the end of its period")
	said := told(w.Track(order(300_000, 96*day)))
	require.Contains(t, said, "96d benefit.granted grant=delivery n=5 period=2026-06")
	require.NotContains(t, strings.Join(said, "\n"), "grant=gift")
	require.Zero(t, use("y", "gift", 1, at(97*day)).Left)
}

// Down and up again within a period does not grant twice, and what was granted stays until the end of the period.
func TestDownAndUpWithinAPeriod(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	w.Track(order(100_000, 0))
	w.Advance(at(65 * day)) // down on May 5
	require.Equal(t, []points.Benefit{{Grant: "delivery", Quota: 2, Left: 2, Until: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}}, account(t, book, "ann", at(66*day)).Benefits)
	require.Equal(t, []string{"70d points.earned points=1000 balance=2000 rule=order_paid", "70d tier.up from= to=silver"}, told(w.Track(order(100_000, 70*day))))
}

func TestRebuild(t *testing.T) {
	store := points.NewMemory()
	w, _ := world(t, store, member)
	w.Track(order(90_000, 0))
	easy := member
	easy.Tiers = slices.Clone(member.Tiers)
	easy.Tiers[0].At = 500
	w, book := world(t, store, easy)
	for i, want := range []int{1, 0} {
		n, err := book.Rebuild(t.Context(), nil, []rule.Pass{{Event: order(90_000, 0), Facts: w.Facts("ann"), Now: at(day)}, {Event: marque.Event{Profile: "ann"}, Facts: w.Facts("ann"), Now: at(day)}})
		require.NoError(t, err)
		require.Equal(t, want, n, i)
	}
	a := account(t, book, "ann", at(day))
	require.Equal(t, [2]any{"silver", int64(900)}, [2]any{a.Tier, a.Balance})
	said, err := book.Pending(t.Context(), marque.Parts{}, 10)
	require.NoError(t, err)
	require.Len(t, said, 1, "the one before")
	_, err = book.Rebuild(t.Context(), []string{"none"}, nil)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestMembers(t *testing.T) {
	w, book := world(t, points.NewMemory(), member)
	for _, p := range []string{"cid", "ann", "bob"} {
		e := order(100_000, 0)
		e.Profile, e.ID = p, p
		w.Track(e)
	}
	page, err := book.Members(t.Context(), "member", "", 2, start)
	require.NoError(t, err)
	require.Equal(t, points.Page{Members: []points.Member{{Profile: "ann", Tier: "silver", Balance: 1000}, {Profile: "bob", Tier: "silver", Balance: 1000}}, Next: "bob"}, page)
	page, err = book.Members(t.Context(), "member", page.Next, 2, at(100*day))
	require.NoError(t, err)
	require.Equal(t, points.Page{Members: []points.Member{{Profile: "cid", Tier: "silver"}}}, page)
}

func TestDefsAreData(t *testing.T) {
	_, plan := compile(t, member)
	text, err := json.Marshal(plan.Defs())
	require.NoError(t, err)
	var defs []points.Def
	require.NoError(t, json.Unmarshal(text, &defs))
	require.Equal(t, []points.Def{member}, defs)
	again, err := json.Marshal(defs)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))
	ds := plan.Derivations()
	require.Equal(t, []string{"order_paid", "viewed"}, ds[0].On)
	require.Equal(t, [2]string{"score/member", "attr/stage/member"}, [2]string{ds[0].Fact, ds[1].Fact})
	require.Equal(t, []int{0}, ds[1].Need.Scores)
	require.Equal(t, marque.Ref{Kind: "event", Name: "viewed", Path: "[0].earn[1].on"}, plan.Refs()[1])
}

func TestCompileListsEveryFault(t *testing.T) {
	defs := []points.Def{
		{
			Zone: "Mars/Base", Pending: -1, Warn: 1, Grace: 1,
			Earn: []points.Earn{
				{}, {On: "viewed"}, {On: "order_payed", Points: 1}, {On: "viewed", Points: 1, Rate: points.Rate{Of: "x"}, Cap: 1},
				{Name: points.ByHand, On: "order_paid", Rate: points.Rate{Of: "shop", Points: 1, Each: 1}, Per: points.Daily},
				{Name: "viewed", On: "order_paid", Points: 1, When: "event.x == 1", Cap: -1},
				{On: "order_paid", Points: 1, When: `score("member") > 1`},
			},
		},
		{
			Name: "member", Expiry: points.Expiry{After: day, End: "never"}, Qualify: points.Qualify{Year: true, Rolling: day},
			Earn: []points.Earn{{Name: "own", On: "order_paid", Points: 1, When: `score("member") > 1`}},
		},
		{Name: "member", Pending: day, Expiry: points.Expiry{After: day}, Tiers: []points.Tier{
			{At: -1}, {Name: "a", At: 5}, {Name: "a", At: 5, Benefits: points.Benefits{
				Multiplier: -1, Days: []points.MemberDay{{}, {Weekdays: "sun,moon", Days: []int{32}, Dates: []string{"02-30"}, Multiplier: 1}},
				Grants: []points.Grant{{}, {Name: "g", Every: points.Once, Quota: 1}, {Name: "g", Every: points.Once, Quota: 1}},
			}},
		}},
		{Name: "n", Expiry: points.Expiry{N: 1}}, {Name: "b", Expiry: points.Expiry{Back: 1}}, {Name: "e", Expiry: points.Expiry{End: points.Once}}, {Name: "m", Expiry: points.Expiry{End: points.Daily, N: -1}},
	}
	lex := lexicon(t, []points.Def{member})
	_, err := points.Compile(defs, lex, lang.New(lex, nil))
	var paths []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var fe *marque.FieldError
		require.True(t, errors.As(e, &fe))
		paths = append(paths, fe.Path)
	}
	require.Equal(t, []string{
		"[0].name", "[0].zone", "[0].pending", "[0].earn[0].on", "[0].earn[0].points", "[0].earn[1].points", "[0].earn[3].rate", "[0].earn[3].rate.points", "[0].earn[3].rate.each", "[0].earn[3].per",
		"[0].earn[4].per", "[0].earn[4].name", "[0].earn[5].cap", "[0].earn[5].name",
		"[0].warn", "[0].grace", "[0].earn[2].on", "[0].earn[3].rate.of", "[0].earn[4].rate.of", "[0].earn[5].when",
		"[1].expiry", "[1].qualify", "[1].qualify", "[1].earn[0].when",
		"[2].pending", "[2].tiers[0].name", "[2].tiers[0].at", "[2].tiers[2].name", "[2].tiers[2].at", "[2].tiers[2].benefits.multiplier",
		"[2].tiers[2].benefits.days[0].multiplier", "[2].tiers[2].benefits.days[0]", "[2].tiers[2].benefits.days[1].weekdays", "[2].tiers[2].benefits.days[1].days[0]", "[2].tiers[2].benefits.days[1].dates[0]",
		"[2].tiers[2].benefits.grants[0].name", "[2].tiers[2].benefits.grants[0].every", "[2].tiers[2].benefits.grants[0].quota", "[2].tiers[2].benefits.grants[2].name", "[2].name",
		"[3].expiry.n", "[4].expiry.back", "[5].expiry.end", "[6].expiry.n",
	}, paths)
}

func TestStore(t *testing.T) {
	pointstest.Run(t, func(t *testing.T) points.Store { return points.NewMemory() })
}
