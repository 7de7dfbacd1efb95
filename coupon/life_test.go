package coupon_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/coupon/coupontest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// desk is a book with its store, and shorthand for requests whose key is made of their parameters.
type desk struct {
	*coupon.Book
	store coupon.Store
	t     testing.TB
}

func open(t testing.TB, o *coupon.Options, defs ...coupon.Def) desk {
	t.Helper()
	plan, err := coupon.Compile(defs, nil, nil)
	require.NoError(t, err)
	store := coupon.NewMemory()
	return desk{coupon.NewBook(store, plan, o), store, t}
}

func (d desk) ok(r coupon.Result, err error) coupon.Result {
	d.t.Helper()
	require.NoError(d.t, err)
	require.True(d.t, r.OK, "refused: %s", r.Reason)
	return r
}

func (d desk) no(want coupon.Reason) func(coupon.Result, error) coupon.Result {
	return func(r coupon.Result, err error) coupon.Result {
		d.t.Helper()
		require.NoError(d.t, err)
		require.False(d.t, r.OK)
		require.Equal(d.t, want, r.Reason)
		require.Empty(d.t, r.Said)
		return r
	}
}

func (d desk) issue(key, profile string, now time.Time) (coupon.Result, error) {
	return d.Issue(d.t.Context(), coupon.IssueRequest{Key: key, Batch: "b", Profile: profile, Now: now})
}

func (d desk) lock(key, order string, total marque.Money, now time.Time) (coupon.Result, error) {
	return d.Lock(d.t.Context(), coupon.LockRequest{Key: key, Coupon: id, Order: order, Cart: coupon.CartOf("CNY", total), TTL: 10 * marque.Minute, Now: now})
}

func (d desk) redeem(key, order string, now time.Time) (coupon.Result, error) {
	return d.Redeem(d.t.Context(), coupon.RedeemRequest{Key: key, Coupon: id, Order: order, Now: now})
}

func (d desk) release(key, order string, now time.Time) (coupon.Result, error) {
	return d.Release(d.t.Context(), coupon.ReleaseRequest{Key: key, Coupon: id, Order: order, Now: now})
}

func (d desk) void(key string, now time.Time) (coupon.Result, error) {
	return d.Void(d.t.Context(), coupon.VoidRequest{Key: key, Coupon: id, Reason: "test", Now: now})
}

func (d desk) giveBack(key, order string, back bool, now time.Time) (coupon.Result, error) {
	return d.Return(d.t.Context(), coupon.ReturnRequest{Key: key, Coupon: id, Order: order, Back: back, Now: now})
}

func (d desk) stats() coupon.Stats {
	s, err := d.Stats(d.t.Context(), "b")
	require.NoError(d.t, err)
	return s
}

// said is what the coupons said so far: instant, name and reason.
func (d desk) said() (lines []string) {
	events, err := d.store.Pending(d.t.Context(), marque.Parts{}, 1000)
	require.NoError(d.t, err)
	for _, e := range events {
		line := fmt.Sprint(e.At.Format("15:04 "), e.Name)
		if r, ok := e.Props["reason"]; ok {
			line += fmt.Sprint(" ", r)
		}
		lines = append(lines, line)
	}
	return lines
}

// id is the coupon that key "k" gets of batch "b".
var id = coupon.CouponID("b", "k")

func off(n marque.Money) coupon.Def {
	return coupon.Def{Name: "b", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: n}, Valid: coupon.Valid{For: marque.Hour}}
}

// A request from before midnight that comes after one from behind it counts against its own day.
func TestLateRequestsCountOnTheirDay(t *testing.T) {
	d := off(500)
	d.Budget.PerDay = new(int64(1))
	d.Zone = "Asia/Shanghai"
	b := open(t, nil, d)
	b.ok(b.issue("1", "ann", at(240))) // midnight in Shanghai
	b.ok(b.issue("2", "bob", at(239)))
	b.no(coupon.PerDay)(b.issue("3", "cyd", at(239)))
	b.no(coupon.PerDay)(b.issue("4", "dan", at(241)))
}

func TestIssueRefusals(t *testing.T) {
	d := off(500)
	d.Budget = coupon.Budget{Count: new(int64(3)), PerPerson: new(int64(1)), PerDay: new(int64(2))}
	d.Zone = "Asia/Shanghai" // where noon UTC is 20:00
	b := open(t, nil, d)
	b.ok(b.issue("1", "ann", at(0)))
	b.no(coupon.PerPerson)(b.issue("2", "ann", at(0)))
	b.ok(b.issue("3", "bob", at(0)))
	r := b.no(coupon.PerDay)(b.issue("4", "cyd", at(239)))
	require.Zero(t, r.Coupon)
	b.ok(b.issue("4", "cyd", at(240))) // midnight in Shanghai
	b.no(coupon.Spent)(b.issue("5", "dan", at(241)))
	require.Equal(t, coupon.Stats{Issued: 3, Face: 1500}, b.stats())

	for _, status := range []coupon.Status{coupon.Draft, coupon.Paused, coupon.Ended} {
		d := off(500)
		d.Status = status
		b := open(t, nil, d)
		b.no(coupon.NotActive)(b.issue("1", "ann", at(0)))
	}
	d = off(500)
	d.Valid.Until = at(5)
	b = open(t, nil, d)
	b.ok(b.issue("1", "ann", at(4)))
	b.no(coupon.NotActive)(b.issue("2", "ann", at(5)))
	d.Budget.Count = new(int64(0))
	b = open(t, nil, d)
	b.no(coupon.Spent)(b.issue("1", "ann", at(4)))
}

func TestIssueRequests(t *testing.T) {
	b := open(t, nil, off(500))
	cause := marque.Event{ID: "e1", Name: "signup", IDs: []marque.ID{{Kind: "phone", Value: "1"}}, Hops: 3}
	q := coupon.IssueRequest{Key: "k", Batch: "b", Profile: "ann", Cause: cause, Now: at(0).Add(999 * time.Nanosecond)}
	r := b.ok(b.Issue(t.Context(), q))
	require.Equal(t, id, r.Coupon.ID)
	require.Equal(t, at(0), r.Coupon.Issued, "cut to the microsecond")
	require.Equal(t, cause.IDs[0], r.Coupon.Via)
	require.Len(t, r.Said, 1)
	require.Equal(t, marque.Event{
		ID: marque.TurnID("ann", "coupon.issued", "coupon/"+id, 1), Name: "coupon.issued", At: at(0), Received: at(0), Profile: "ann",
		IDs: cause.IDs, Fact: "coupon/" + id, Cause: "e1", Hops: 4,
		Props: map[string]any{"batch": "b", "coupon": id, "amount": int64(500), "currency": "CNY", "until": at(60)},
	}, r.Said[0])

	q.Now = at(30)
	again := b.ok(b.Issue(t.Context(), q))
	require.Equal(t, coupon.Result{Decision: coupon.Decision{OK: true}, Coupon: r.Coupon, Again: true}, again)
	q.Profile = "bob"
	_, err := b.Issue(t.Context(), q)
	require.ErrorIs(t, err, coupon.ErrKey)

	_, err = b.Issue(t.Context(), coupon.IssueRequest{Batch: "nope"})
	require.ErrorIs(t, err, marque.ErrNotFound)
	require.EqualError(t, err, "coupon: issue: [0].key: is empty\n[0].profile: is empty\n[0].batch: \"nope\": marque: not found")

	rs, err := b.IssueAll(t.Context(), []coupon.IssueRequest{
		{Key: "x", Batch: "b", Profile: "ann", Now: at(0)}, {Key: "x", Batch: "b", Profile: "ann", Now: at(0)}, {Key: "y", Batch: "b", Profile: "bob", Now: at(0)},
	})
	require.NoError(t, err)
	require.Equal(t, []bool{false, true, false}, []bool{rs[0].Again, rs[1].Again, rs[2].Again})
	require.EqualValues(t, 3, b.stats().Issued)
}

// A key that was answered is answered alike after the batch was closed.
func TestIssueAgainAfterTheEnd(t *testing.T) {
	b := open(t, nil, off(500))
	first := b.ok(b.issue("k", "ann", at(0)))
	closed := off(500)
	closed.Status = coupon.Ended
	plan, err := coupon.Compile([]coupon.Def{closed}, nil, nil)
	require.NoError(t, err)
	later := desk{coupon.NewBook(b.store, plan, nil), b.store, t}
	again := later.ok(later.issue("k", "ann", at(1)))
	require.True(t, again.Again)
	require.Equal(t, first.Coupon, again.Coupon)
	later.no(coupon.NotActive)(later.issue("k2", "ann", at(1)))
}

func TestLife(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(d desk)
		said []string // after "12:00 coupon.issued"
		want coupon.Stats
	}{
		{"used", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(1)))
			d.no(coupon.Locked)(d.lock("2", "o2", 900, at(2)))
			d.no(coupon.Locked)(d.redeem("1", "o2", at(2)))
			d.ok(d.redeem("2", "o1", at(3)))
			d.no(coupon.Used)(d.redeem("3", "o1", at(4)))
			d.no(coupon.Used)(d.lock("3", "o3", 900, at(4)))
			d.no(coupon.Used)(d.release("3", "o1", at(4)))
			d.no(coupon.Used)(d.void("3", at(4)))
		}, []string{"12:01 coupon.locked", "12:03 coupon.redeemed"}, coupon.Stats{Issued: 1, Redeemed: 1, Face: 500, Cost: 500}},
		{"released", func(d desk) {
			d.no(coupon.NotLocked)(d.release("1", "o1", at(1)))
			d.no(coupon.NotLocked)(d.redeem("1", "o1", at(1)))
			d.ok(d.lock("1", "o1", 900, at(1)))
			d.no(coupon.Locked)(d.release("1", "o2", at(1)))
			d.ok(d.release("1", "o1", at(2)))
			d.no(coupon.NotLocked)(d.redeem("1", "o1", at(3)))
			d.ok(d.lock("2", "o2", 300, at(4)))
		}, []string{"12:01 coupon.locked", "12:02 coupon.released released", "12:04 coupon.locked"}, coupon.Stats{Issued: 1, Locked: 1, Face: 500}},
		{"the lock runs out", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(1)))
			d.ok(d.lock("2", "o2", 300, at(11))) // at its end it no longer holds
			d.no(coupon.Locked)(d.redeem("1", "o1", at(12)))
			d.ok(d.redeem("2", "o2", at(13)))
		}, []string{"12:01 coupon.locked", "12:11 coupon.released timeout", "12:11 coupon.locked", "12:13 coupon.redeemed"},
			coupon.Stats{Issued: 1, Redeemed: 1, Face: 500, Cost: 300}},
		{"paid after the lock ran out", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(1)))
			d.ok(d.redeem("1", "o1", at(30)))
		}, []string{"12:01 coupon.locked", "12:11 coupon.released timeout", "12:30 coupon.redeemed"}, coupon.Stats{Issued: 1, Redeemed: 1, Face: 500, Cost: 500}},
		{"paid after the coupon ended", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(1)))
			r := d.no(coupon.Expired)(d.redeem("1", "o1", at(60)))
			require.Equal(t, at(60), r.At)
			require.EqualValues(t, coupon.Expired, r.Coupon.State)
		}, []string{"12:01 coupon.locked"}, coupon.Stats{Issued: 1, Locked: 1, Face: 500}},
		{"locked when it ends", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(55)))
			d.ok(d.redeem("1", "o1", at(64)))
		}, []string{"12:55 coupon.locked", "13:04 coupon.redeemed"}, coupon.Stats{Issued: 1, Redeemed: 1, Face: 500, Cost: 500}},
		{"expired with its lock", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(55)))
			_, err := d.Expire(t.Context(), at(65))
			require.NoError(t, err)
		}, []string{"12:55 coupon.locked", "13:05 coupon.released timeout", "13:05 coupon.expired"}, coupon.Stats{Issued: 1, Expired: 1, Face: 500}},
		{"released after its end", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(55)))
			r := d.ok(d.release("1", "o1", at(62)))
			require.EqualValues(t, coupon.Expired, r.Coupon.State)
		}, []string{"12:55 coupon.locked", "13:02 coupon.released released", "13:02 coupon.expired"}, coupon.Stats{Issued: 1, Expired: 1, Face: 500}},
		{"released as it ends", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(55)))
			r := d.ok(d.release("1", "o1", at(60)))
			require.EqualValues(t, coupon.Expired, r.Coupon.State)
		}, []string{"12:55 coupon.locked", "13:00 coupon.released released", "13:00 coupon.expired"}, coupon.Stats{Issued: 1, Expired: 1, Face: 500}},
		{"expired", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(59)))
			d.ok(d.release("1", "o1", at(59)))
			n, err := d.Expire(t.Context(), at(60).Add(-time.Microsecond))
			require.NoError(t, err)
			require.Zero(t, n)
			d.no(coupon.Expired)(d.lock("2", "o1", 900, at(60)))
			n, err = d.Expire(t.Context(), at(600))
			require.NoError(t, err)
			require.Equal(t, 1, n)
			d.no(coupon.Expired)(d.void("1", at(601)))
		}, []string{"12:59 coupon.locked", "12:59 coupon.released released", "13:00 coupon.expired"}, coupon.Stats{Issued: 1, Expired: 1, Face: 500}},
		{"voided", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(1)))
			d.ok(d.void("1", at(2)))
			d.no(coupon.Voided)(d.redeem("1", "o1", at(3)))
			d.no(coupon.Voided)(d.lock("2", "o1", 900, at(3)))
			d.no(coupon.Voided)(d.void("2", at(3)))
		}, []string{"12:01 coupon.locked", "12:02 coupon.voided test"}, coupon.Stats{Issued: 1, Voided: 1, Face: 500}},
		{"returned", func(d desk) {
			d.no(coupon.NotLocked)(d.giveBack("1", "o1", true, at(1)))
			d.ok(d.lock("1", "o1", 900, at(1)))
			d.ok(d.redeem("1", "o1", at(2)))
			d.no(coupon.Used)(d.giveBack("1", "o2", true, at(3)))
			d.ok(d.giveBack("1", "o1", true, at(4)))
			d.no(coupon.NotLocked)(d.redeem("9", "o1", at(5)))
			d.ok(d.lock("2", "o2", 400, at(6)))
			d.ok(d.redeem("2", "o2", at(7)))
			d.ok(d.giveBack("2", "o2", false, at(8)))
			d.no(coupon.Used)(d.giveBack("3", "o2", false, at(9)))
		}, []string{"12:01 coupon.locked", "12:02 coupon.redeemed", "12:04 coupon.returned", "12:06 coupon.locked", "12:07 coupon.redeemed", "12:08 coupon.returned"},
			coupon.Stats{Issued: 1, Returned: 1, Face: 500}},
		{"returned after its end", func(d desk) {
			d.ok(d.lock("1", "o1", 900, at(1)))
			d.ok(d.redeem("1", "o1", at(2)))
			d.ok(d.giveBack("1", "o1", true, at(61)))
		}, []string{"12:01 coupon.locked", "12:02 coupon.redeemed", "13:01 coupon.returned", "13:01 coupon.expired"}, coupon.Stats{Issued: 1, Expired: 1, Face: 500}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t, nil, off(500))
			d.ok(d.issue("k", "ann", at(0)))
			c.do(d)
			require.Equal(t, append([]string{"12:00 coupon.issued"}, c.said...), d.said())
			require.Equal(t, c.want, d.stats())
		})
	}
}

func TestLockRefusals(t *testing.T) {
	d := off(500)
	d.Terms.Threshold, d.Valid = 1000, coupon.Valid{From: at(10), Until: at(60)}
	b := open(t, nil, d)
	b.ok(b.issue("k", "ann", at(0)))
	r := b.no(coupon.NotYet)(b.lock("1", "o1", 1000, at(9)))
	require.Equal(t, at(10), r.At)
	r = b.no(coupon.BelowThreshold)(b.lock("1", "o1", 999, at(10)))
	require.EqualValues(t, 1, r.Missing)
	b.no(coupon.NotYours)(b.Lock(t.Context(), coupon.LockRequest{Key: "1", Coupon: id, Order: "o1", Profile: "bob", Now: at(10)}))
	_, err := b.Lock(t.Context(), coupon.LockRequest{Key: "1", Coupon: "nope", Order: "o1", Now: at(10)})
	require.ErrorIs(t, err, marque.ErrNotFound)
	_, err = b.Lock(t.Context(), coupon.LockRequest{Key: "1", Coupon: id, Order: "o1", Cart: coupon.CartOf("EUR", 5), Now: at(10)})
	require.ErrorIs(t, err, coupon.ErrCurrency)
	_, err = b.Lock(t.Context(), coupon.LockRequest{Now: at(10)})
	require.EqualError(t, err, "coupon: lock \"\": key: is empty\ncoupon: is empty\norder: is empty")
	require.Equal(t, []string{"12:00 coupon.issued"}, b.said())

	b.ok(b.lock("1", "o1", 1000, at(10)))
	_, err = b.lock("1", "o1", 1001, at(10))
	require.ErrorIs(t, err, coupon.ErrKey, "another cart under the same key")
	_, err = b.redeem("1", "o1", at(11))
	require.NoError(t, err, "keys of methods are apart")
	again := b.ok(b.lock("1", "o1", 1000, at(20)))
	require.True(t, again.Again)
	require.EqualValues(t, coupon.Locked, again.Coupon.State, "the answer of then")
}

// The budget of money is reserved by locks, spent by redemptions and given back by what did not come to it.
func TestMoney(t *testing.T) {
	def := off(500)
	def.Budget.Money = new(marque.Money(800))
	other := coupon.CouponID("b", "k2")
	lock := func(d desk, order string, now time.Time) (coupon.Result, error) {
		return d.Lock(t.Context(), coupon.LockRequest{Key: order, Coupon: other, Order: order, Cart: coupon.CartOf("CNY", 900), TTL: 40 * marque.Minute, Now: now})
	}
	start := func(t *testing.T, o *coupon.Options) desk {
		d := open(t, o, def)
		d.ok(d.issue("k", "ann", at(0)))
		d.ok(d.issue("k2", "bob", at(0)))
		d.ok(d.lock("1", "o1", 900, at(1)))
		r := d.no(coupon.Spent)(lock(d, "x", at(2)))
		require.EqualValues(t, 300, r.Left)
		require.EqualValues(t, coupon.Issued, r.Coupon.State)
		return d
	}
	t.Run("released", func(t *testing.T) {
		d := start(t, nil)
		d.ok(d.release("1", "o1", at(3)))
		d.ok(lock(d, "x", at(4)))
	})
	t.Run("voided", func(t *testing.T) {
		d := start(t, nil)
		d.ok(d.void("1", at(3)))
		d.ok(lock(d, "x", at(4)))
	})
	t.Run("returned", func(t *testing.T) {
		d := start(t, nil)
		d.ok(d.redeem("1", "o1", at(3)))
		d.no(coupon.Spent)(lock(d, "x", at(4)))
		d.ok(d.giveBack("1", "o1", false, at(5)))
		d.ok(lock(d, "x", at(6)))
	})
	t.Run("ran out, and taken by another", func(t *testing.T) {
		d := start(t, nil)
		d.ok(lock(d, "x", at(11)))
		r := d.no(coupon.Spent)(d.redeem("1", "o1", at(12)))
		require.EqualValues(t, 300, r.Left)
		require.Equal(t, coupon.Stats{Issued: 2, Locked: 2, Face: 1000}, d.stats(), "time is noted by Wake, not by a refusal")
	})
	t.Run("honoured", func(t *testing.T) {
		d := start(t, &coupon.Options{Honour: true})
		d.ok(lock(d, "x", at(11)))
		d.no(coupon.Expired)(d.redeem("2", "o2", at(69))) // it was locked for another order
		d.ok(d.redeem("1", "o1", at(70)))
		require.Equal(t, []string{"12:00 coupon.issued", "12:00 coupon.issued", "12:01 coupon.locked", "12:11 coupon.locked",
			"12:11 coupon.released timeout", "13:00 coupon.expired", "13:10 coupon.redeemed"}, d.said())
		require.Equal(t, coupon.Stats{Issued: 2, Locked: 1, Redeemed: 1, Face: 1000, Cost: 500}, d.stats())
	})
}

type city string

func (c city) Fill(_ context.Context, need rule.Need, _ time.Time, people []*rule.Facts) error {
	if c == "" {
		return errors.New("no connection")
	}
	for _, f := range people {
		f.Attrs[need.Attrs[0]] = rule.StringValue(string(c))
	}
	return nil
}

func TestEligibility(t *testing.T) {
	lex := lexicon(t)
	d := off(500)
	d.When = `cart.items >= 2 and city == "Chongqing"`
	plan, err := coupon.Compile([]coupon.Def{d}, lex, lang.New(lex, nil))
	require.NoError(t, err)
	cart := func(n int64) coupon.Cart {
		return coupon.Cart{Currency: "CNY", Lines: []coupon.Line{{Price: 1000, Quantity: n}}}
	}
	for _, c := range []struct {
		name  string
		owner rule.Owner
		items int64
		want  coupon.Reason
	}{
		{"both", city("Chongqing"), 2, ""},
		{"too few", city("Chongqing"), 1, coupon.NotEligible},
		{"elsewhere", city("Chengdu"), 2, coupon.NotEligible},
		{"unknown", nil, 2, coupon.NotEligible},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := coupon.NewBook(coupon.NewMemory(), plan, &coupon.Options{Owner: c.owner, Now: func() time.Time { return at(0) }})
			_, err := book.Issue(t.Context(), coupon.IssueRequest{Key: "k", Batch: "b", Profile: "ann"})
			require.NoError(t, err)
			q, err := book.Quote(t.Context(), id, cart(c.items), time.Time{})
			require.NoError(t, err)
			require.Equal(t, c.want, q.Reason)
			require.EqualValues(t, 1000*c.items, q.Total)
			r, err := book.Lock(t.Context(), coupon.LockRequest{Key: "k", Coupon: id, Order: "o", Cart: cart(c.items)})
			require.NoError(t, err)
			require.Equal(t, c.want, r.Reason)
		})
	}
	book := coupon.NewBook(coupon.NewMemory(), plan, &coupon.Options{Owner: city("")})
	_, err = book.Issue(t.Context(), coupon.IssueRequest{Key: "k", Batch: "b", Profile: "ann"})
	require.NoError(t, err)
	_, err = book.Lock(t.Context(), coupon.LockRequest{Key: "k", Coupon: id, Order: "o", Cart: cart(2)})
	require.ErrorContains(t, err, `coupon: lock "`+id+`": coupon: facts of "ann": no connection`)
}

// What was promised stays promised when the definition changes, and when it goes.
func TestTermsStay(t *testing.T) {
	d := open(t, nil, off(500))
	d.ok(d.issue("k", "ann", at(0)))
	plan, err := coupon.Compile([]coupon.Def{off(100)}, nil, nil)
	require.NoError(t, err)
	later := desk{coupon.NewBook(d.store, plan, nil), d.store, t}
	require.EqualValues(t, 500, later.ok(later.lock("1", "o1", 900, at(1))).Coupon.Discount)
	gone := desk{coupon.NewBook(d.store, nil, nil), d.store, t}
	gone.ok(gone.release("1", "o1", at(2)))
	gone.no(coupon.NotActive)(gone.lock("2", "o2", 900, at(3)))
}

// After a merge the same requests, of either person, get the same answers.
func TestRetryAfterMerge(t *testing.T) {
	d := open(t, nil, off(500))
	d.ok(d.issue("k", "ann", at(0)))
	require.NoError(t, d.store.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(1)}))
	for _, who := range []string{"ann", "bob"} {
		require.True(t, d.ok(d.issue("k", who, at(2))).Again)
	}
	_, err := d.issue("k", "cyd", at(2))
	require.ErrorIs(t, err, coupon.ErrKey)
	r := d.ok(d.lock("1", "o1", 900, at(3)))
	require.Equal(t, "bob", r.Said[0].Profile)
}

// A book that breaks off before or after any write, and is asked again, ends where one ends that did not.
func TestBreakOff(t *testing.T) {
	run := func(breakAt int) (said []string, stats coupon.Stats, writes int) {
		d := open(t, nil, off(500))
		broken := errors.New("broken")
		points := 0
		plan := d.Plan()
		d.Book = coupon.NewBook(coupontest.Fault(d.store, func(op string, after bool) error {
			if points++; points == breakAt {
				return broken
			}
			return nil
		}), plan, nil)
		steps := []func() (coupon.Result, error){
			func() (coupon.Result, error) { return d.issue("k", "ann", at(0)) },
			func() (coupon.Result, error) { return d.lock("1", "o1", 900, at(1)) },
			func() (coupon.Result, error) { return d.lock("2", "o2", 900, at(20)) },
			func() (coupon.Result, error) { return d.redeem("2", "o2", at(21)) },
			func() (coupon.Result, error) { return d.giveBack("2", "o2", true, at(22)) },
			func() (coupon.Result, error) {
				_, err := d.Wake(t.Context(), marque.Parts{}, at(90), 9)
				return coupon.Result{Decision: coupon.Decision{OK: true}}, err
			},
		}
		for _, step := range steps {
			r, err := step()
			if errors.Is(err, broken) {
				r, err = step()
			}
			require.NoError(t, err)
			require.True(t, r.OK)
		}
		return d.said(), d.stats(), points
	}
	said, stats, points := run(0)
	require.Equal(t, 12, points)
	for i := 1; i <= points; i++ {
		gotSaid, gotStats, _ := run(i)
		require.Equal(t, said, gotSaid, "broken at %d", i)
		require.Equal(t, stats, gotStats, "broken at %d", i)
	}
}
