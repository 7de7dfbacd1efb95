package points_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/scoring/points/pointstest"
)

var simple = points.Def{
	Name: "member", Earn: []points.Earn{{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 1}}},
	Pending: marque.Duration(naivePending), Expiry: points.Expiry{After: marque.Duration(naiveLife), Back: marque.Duration(naiveBack)}, Warn: 4 * day,
}

// machine runs two books and the naive ledger side by side: one book is derived instant by instant, person by person,
// the other one in batches, each look twice.
type machine struct {
	worlds [2]*derivedtest.World
	books  [2]*points.Book
	stores [2]points.Store
	model  map[string]*naive
	home   map[string]string // who people were merged into
	now    time.Time
	n      int
	keys   []string
}

func (m *machine) key() string { m.n++; return fmt.Sprintf("k%03d", m.n) }

func (m *machine) active(t *rapid.T) string {
	var names []string
	for _, p := range []string{"p0", "p1", "p2"} {
		if m.home[p] == "" {
			names = append(names, p)
		}
	}
	return rapid.SampledFrom(names).Draw(t, "person")
}

func (m *machine) pass(t *rapid.T, hours int) {
	next := m.now.Add(time.Duration(hours) * time.Hour)
	m.worlds[0].Advance(next)
	for at := m.now; at.Before(next); at = at.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "step")) * time.Hour) {
		m.worlds[1].Advance(at)
	}
	m.worlds[1].Advance(next)
	m.now = next
	for _, n := range m.model {
		n.advance(m.now)
	}
}

func (m *machine) total(t *rapid.T) (sum int64) {
	for p := range m.model {
		a := account(t, m.books[0], p, m.now)
		sum += a.Balance + a.Pending - a.Debt
	}
	return sum
}

func (m *machine) move(t *rapid.T, mv marque.Move, vias []string) {
	before := m.total(t)
	for i := range m.books {
		require.NoError(t, m.books[i].Move(t.Context(), mv))
		require.NoError(t, m.books[i].Move(t.Context(), mv))
	}
	require.Equal(t, before, m.total(t), "points of two people are together what they were")
	for i := range m.worlds {
		m.worlds[i].Advance(m.now)
	}
	m.model[mv.From].move(m.model[mv.Into], vias, m.now)
	require.Equal(t, before, m.total(t))
}

func (m *machine) check(t *rapid.T) {
	for p, n := range m.model {
		balance, pending := n.count(m.now)
		var a [2]points.Account
		for i := range m.books {
			a[i] = account(t, m.books[i], p, m.now)
			require.Equal(t, [3]int64{balance, pending, int64(len(n.debts))}, [3]int64{a[i].Balance, a[i].Pending, a[i].Debt}, "%s at %v", p, m.now.Sub(start))
			sum := int64(0)
			for e, err := range m.books[i].Statement(t.Context(), p, "member") {
				require.NoError(t, err)
				require.True(t, e.Balance >= 0 && e.Pending >= 0 && e.Debt >= 0)
				if e.Origin == "" {
					sum += e.Points
				}
			}
			rows, err := m.stores[i].Load(t.Context(), []string{p}, nil)
			require.NoError(t, err)
			for _, r := range rows[0] {
				for _, l := range r.Lots {
					n := l.Left
					for _, x := range l.Taken {
						n += x.N
						require.Positive(t, x.N)
					}
					require.Equal(t, l.N, n, "a lot is what is left and what is taken")
				}
			}
			if m.home[p] == "" {
				require.Equal(t, balance+pending-int64(len(n.debts)), sum, "statement of %s", p)
			}
		}
		require.Equal(t, a[0], a[1])
		if first := n.ordered(); a[0].Expiring > 0 {
			left := int64(0)
			for _, l := range first {
				for _, u := range l.units {
					if u.state == "left" && l.expires.Equal(a[0].Expires) {
						left++
					}
				}
			}
			require.Equal(t, left, a[0].Expiring)
		}
	}
}

func TestLedgerIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{model: map[string]*naive{"p0": {}, "p1": {}, "p2": {}}, home: map[string]string{}, now: start}
		for i := range m.worlds {
			m.stores[i] = points.NewMemory()
			m.worlds[i], m.books[i] = world(t, m.stores[i], simple)
		}
		m.worlds[1].Batch, m.worlds[1].Again = true, true
		act := func(rt *rapid.T, do func(*points.Book) (points.Answer, error), want bool) {
			var got [2]points.Answer
			for i := range m.books {
				var err error
				got[i], err = do(m.books[i])
				require.NoError(rt, err)
				require.Equal(rt, want, got[i].OK)
				again, err := do(m.books[i])
				require.NoError(rt, err)
				require.Equal(rt, got[i].OK, again.Known)
				require.Equal(rt, got[i].Points, again.Points)
				require.Equal(rt, got[i].Balance, again.Balance)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"earn": func(rt *rapid.T) {
				p, key := m.active(rt), m.key()
				amount := rapid.IntRange(1, 9).Draw(rt, "amount")
				late := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 30, 24 * 9, 24 * 30}).Draw(rt, "late")) * time.Hour
				e := marque.Event{ID: key, Name: "order_paid", Profile: p, At: m.now.Add(-late), Received: m.now, IDs: []marque.ID{{Kind: "phone", Value: p}}, Props: map[string]any{"amount": amount}}
				for range rapid.IntRange(1, 2).Draw(rt, "times") {
					for i := range m.worlds {
						m.worlds[i].Track(e)
					}
				}
				m.model[p].earn(key, p, amount, e.At, m.now)
				m.keys = append(m.keys, key)
			},
			"spend": func(rt *rapid.T) {
				p, key, n := m.active(rt), m.key(), rapid.IntRange(1, 12).Draw(rt, "points")
				want := m.model[p].spend(key, n, m.now)
				act(rt, func(b *points.Book) (points.Answer, error) {
					return b.Spend(t.Context(), points.Act{Key: key, Profile: p, Program: "member", Points: int64(n)}, m.now)
				}, want)
				m.keys = append(m.keys, key)
			},
			"reverse": func(rt *rapid.T) {
				if len(m.keys) == 0 {
					return
				}
				p, key, n := m.active(rt), m.key(), rapid.SampledFrom([]int{0, 0, 1, 2, 5}).Draw(rt, "points")
				of := rapid.SampledFrom(m.keys).Draw(rt, "of")
				want := m.model[p].reverse(key, of, n, m.now)
				act(rt, func(b *points.Book) (points.Answer, error) {
					return b.Reverse(t.Context(), points.Act{Key: key, Profile: p, Program: "member", Of: of, Points: int64(n)}, m.now)
				}, want)
			},
			"time": func(rt *rapid.T) { m.pass(rt, rapid.IntRange(1, 24*12).Draw(rt, "hours")) },
			"merge": func(rt *rapid.T) {
				from, into := m.active(rt), m.active(rt)
				if from == into {
					return
				}
				m.move(rt, marque.Move{Key: m.key(), From: from, Into: into, At: m.now}, nil)
				for p, home := range m.home {
					if home == from {
						m.home[p] = into
					}
				}
				m.home[from] = into
			},
			"unmerge": func(rt *rapid.T) {
				p := rapid.SampledFrom([]string{"p0", "p1", "p2"}).Draw(rt, "whom")
				if m.home[p] == "" {
					return
				}
				m.move(rt, marque.Move{Key: m.key(), From: m.home[p], Into: p, IDs: []marque.ID{{Kind: "phone", Value: p}}, At: m.now}, []string{p})
				m.home[p] = ""
			},
			"": m.check,
		})
		m.pass(rt, 24*60)
		m.check(rt)
		require.Equal(rt, told(m.worlds[0].Said), told(sortedLike(m.worlds[0].Said, m.worlds[1].Said)))
		seen := map[string]bool{}
		for _, e := range m.worlds[0].Said {
			require.False(rt, seen[e.ID])
			seen[e.ID] = true
		}
	})
}

// sortedLike brings events into the order that the same events have in want.
func sortedLike(want, events []marque.Event) []marque.Event {
	place := map[string]int{}
	for i, e := range want {
		place[e.ID] = i
	}
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b marque.Event) int { return place[a.ID] - place[b.ID] })
	return events
}

// The same events in any order of arrival, and repeated, leave the same lots.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	def := simple
	def.Earn = []points.Earn{
		{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 2, Each: 3}, Cap: 20, Per: points.Weekly},
		{Name: "bonus", On: "order_paid", When: "event.amount > 5", Points: 3, Cap: 10, Per: points.Monthly},
		{On: "viewed", Points: 4, Cap: 10, Per: points.Once},
	}
	rapid.Check(t, func(rt *rapid.T) {
		var events []marque.Event
		for i := range rapid.IntRange(1, 25).Draw(rt, "events") {
			name := rapid.SampledFrom([]string{"order_paid", "order_paid", "viewed"}).Draw(rt, "event")
			at := start.Add(time.Duration(rapid.IntRange(0, 30*24).Draw(rt, "hours")) * time.Hour)
			events = append(events, marque.Event{ID: fmt.Sprint("e", i), Name: name, Profile: "ann", At: at, Props: map[string]any{"amount": rapid.IntRange(1, 12).Draw(rt, "amount")}})
		}
		slices.SortStableFunc(events, func(a, b marque.Event) int { return a.At.Compare(b.At) })
		end := start.AddDate(0, 0, 60)
		lots := func(events []marque.Event) []points.Lot {
			store := points.NewMemory()
			w, _ := world(t, store, def)
			for _, e := range events {
				w.Track(e)
			}
			w.Advance(end)
			rows, err := store.Load(t.Context(), []string{"ann"}, nil)
			require.NoError(rt, err)
			if len(rows[0]) == 0 {
				return nil
			}
			got := slices.Clone(rows[0][0].Lots)
			for i := range got {
				got[i].Touched, got[i].Warned = 0, false
			}
			return got
		}
		want := lots(events)
		late := rapid.Permutation(events).Draw(rt, "order")
		for i := range late {
			late[i].Received = start.AddDate(0, 0, 31).Add(time.Duration(i) * 7 * time.Hour)
		}
		require.Equal(rt, want, lots(append(late, late...)))
	})
}

// The last points are spent once: of many hands as many succeed as can be afforded.
func TestManyHands(t *testing.T) {
	lex, plan := compile(t, member)
	book := points.NewBook(points.NewMemory(), plan, &points.Options{Attempts: 10_000})
	w := derivedtest.NewWorld(t, lex, book)
	w.Track(order(100_000, 0)) // 1000 points, silver, two deliveries
	var spent, used, merged atomic.Int64
	var wg sync.WaitGroup
	for hand := range 16 {
		wg.Go(func() {
			for i := range 3 {
				key := fmt.Sprint(hand, " ", i)
				if hand%4 == 0 {
					key = fmt.Sprint("same ", i) // four hands with one key
				}
				a, err := book.Spend(t.Context(), points.Act{Key: key, Profile: "ann", Program: "member", Points: 70}, at(day))
				if err != nil {
					t.Error(err)
				} else if a.OK && !a.Known {
					spent.Add(1)
				}
				if a.Balance < 0 {
					t.Error("below zero")
				}
				a, err = book.Use(t.Context(), points.Act{Key: "u" + key, Profile: "ann", Program: "member", Grant: "delivery"}, at(day))
				if err != nil {
					t.Error(err)
				} else if a.OK && !a.Known {
					used.Add(1)
				}
			}
		})
	}
	wg.Go(func() {
		if err := book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(day)}); err != nil {
			t.Error(err)
		}
		merged.Add(1)
	})
	wg.Wait()
	require.Equal(t, int64(1), merged.Load())
	// What nobody could spend before the merge is there after it.
	bob := account(t, book, "bob", at(day))
	require.Equal(t, int64(1000), bob.Balance+70*spent.Load())
	require.Equal(t, int64(2), bob.Benefits[0].Left+used.Load())
	for i := range 20 {
		a, err := book.Spend(t.Context(), points.Act{Key: fmt.Sprint("rest ", i), Profile: "bob", Program: "member", Points: 70}, at(day))
		require.NoError(t, err)
		if a.OK {
			spent.Add(1)
		}
	}
	require.Equal(t, int64(14), spent.Load())
	require.Equal(t, int64(20), account(t, book, "bob", at(day)).Balance)
}

func ids(events []marque.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.ID)
	}
	return out
}

var errCut = errors.New("cut")

// A crash before or after any write, and the same call again, say and count the same as without it.
func TestCrash(t *testing.T) {
	run := func(point int) (said []string, points_ int) {
		n := 0
		w, book := world(t, pointstest.Fault(points.NewMemory(), func(string, bool) error {
			if n++; n == point {
				return errCut
			}
			return nil
		}), member)
		again := func(do func() error) {
			for {
				err := do()
				if err == nil {
					return
				}
				require.ErrorIs(t, err, errCut)
			}
		}
		var answers []string
		act := func(do func() (points.Answer, error)) {
			again(func() error {
				a, err := do()
				if err == nil {
					answers = append(answers, fmt.Sprint(a.OK, a.Reason, a.Points, a.Balance, a.Debt, a.Left))
				}
				return err
			})
		}
		for i, amount := range []int{120_000, 500, 220_000, 900} {
			e := order(amount, marque.Duration(i)*day)
			p := w.Log(e)
			again(func() error {
				_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{p})
				return err
			})
			a := points.Act{Key: fmt.Sprint("s", i), Profile: "ann", Program: "member", Points: 900}
			act(func() (points.Answer, error) { return book.Spend(t.Context(), a, e.At) })
			a.Key, a.Grant, a.Points = fmt.Sprint("u", i), "delivery", 1
			act(func() (points.Answer, error) { return book.Use(t.Context(), a, e.At) })
			a.Key, a.Of, a.Points = fmt.Sprint("r", i), e.ID, 0
			if i%2 == 0 {
				act(func() (points.Answer, error) { return book.Reverse(t.Context(), a, e.At) })
			}
			a.Key, a.Points, a.Reason = fmt.Sprint("a", i), 10, "sorry"
			act(func() (points.Answer, error) { return book.Adjust(t.Context(), a, e.At) })
		}
		again(func() error {
			return book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(9 * day)})
		})
		again(func() error {
			_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{{Event: marque.Event{Profile: "bob"}, Facts: w.Facts("bob"), Now: at(9 * day)}})
			return err
		})
		taken := map[string]bool{}
		for {
			events, err := book.Pending(t.Context(), marque.Parts{}, 2)
			require.NoError(t, err)
			if len(events) == 0 {
				break
			}
			for i, e := range events {
				taken[fmt.Sprint(e.ID, told(events[i:i+1]))] = true
			}
			again(func() error { return book.Taken(t.Context(), ids(events)) })
		}
		out := append(slices.Sorted(maps.Keys(taken)), answers...)
		for e, err := range book.Statement(t.Context(), "bob", "member") {
			require.NoError(t, err)
			out = append(out, fmt.Sprint(e))
		}
		return append(out, fmt.Sprint(account(t, book, "bob", at(10*day)))), n
	}
	want, writes := run(0)
	require.Greater(t, len(want), 40)
	for point := 1; point <= writes; point++ {
		got, _ := run(point)
		require.Equal(t, want, got, "crash at point %d of %d", point, writes)
	}
	t.Logf("%d points", writes)
}
