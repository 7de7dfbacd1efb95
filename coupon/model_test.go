package coupon_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
)

// What happened at what instant, as the model and the events tell it.
type turn struct {
	at   time.Time
	name string
	id   string
}

// model tells the life of coupons minute by minute, with sums made anew.
type model struct {
	coupons []*modelCoupon
	said    []turn
}

type modelCoupon struct {
	id, profile, order string
	state              string
	until, locked      time.Time
	discount           marque.Money
	reserved           bool // the discount counts in the budget
	remembered         bool // the order of a lock that ran out
	issued             time.Time
}

const (
	batchCount, batchEach, batchDay = 4, 2, 3
	batchMoney                      = 500
)

// pass lets time reach now.
func (m *model) pass(now time.Time) {
	for _, c := range m.coupons {
		if c.state == "locked" && !now.Before(c.locked) {
			c.state, c.reserved, c.remembered = "issued", false, true
			m.said = append(m.said, turn{c.locked, "coupon.released", c.id})
			if !c.locked.Before(c.until) {
				c.state = "expired"
				m.said = append(m.said, turn{c.locked, "coupon.expired", c.id})
			}
		}
		if c.state == "issued" && !now.Before(c.until) {
			c.state = "expired"
			m.said = append(m.said, turn{c.until, "coupon.expired", c.id})
		}
	}
}

func (m *model) money() (sum marque.Money) {
	for _, c := range m.coupons {
		if c.reserved {
			sum += c.discount
		}
	}
	return sum
}

func (m *model) find(id string) *modelCoupon {
	for _, c := range m.coupons {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (m *model) stats() (s coupon.Stats) {
	for _, c := range m.coupons {
		s.Issued++
		s.Face += 300
		switch c.state {
		case "locked":
			s.Locked++
		case "redeemed":
			s.Redeemed++
			s.Cost += c.discount
		case "returned":
			s.Returned++
		case "expired":
			s.Expired++
		case "voided":
			s.Voided++
		}
	}
	return s
}

// The book does what the model does; budgets hold; the figures are those of the rows; what is said is said at its
// instant, once, whether somebody wakes the coupons or not.
func TestLifeIsTheModel(t *testing.T) {
	people := []string{"ann", "bob", "cyd", "dan"}
	rapid.Check(t, func(t *rapid.T) {
		def := coupon.Def{
			Name: "b", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 300}, Valid: coupon.Valid{For: 40 * marque.Minute},
			Budget: coupon.Budget{Count: new(int64(batchCount)), PerPerson: new(int64(batchEach)), PerDay: new(int64(batchDay)), Money: new(marque.Money(batchMoney))},
		}
		plan, err := coupon.Compile([]coupon.Def{def}, nil, nil)
		require.NoError(t, err)
		store := coupon.NewMemory()
		book := coupon.NewBook(store, plan, nil)
		ctx := t.Context()
		m, now, step := &model{}, noon.Add(11*time.Hour+30*time.Minute), 0 // half an hour before the day ends
		pick := func() string {
			if len(m.coupons) == 0 {
				return ""
			}
			return rapid.SampledFrom(m.coupons).Draw(t, "coupon").id
		}
		order := func() string { return rapid.SampledFrom([]string{"o1", "o2"}).Draw(t, "order") }
		var last func() (coupon.Result, error)
		do := func(want coupon.Reason, request func() (coupon.Result, error)) {
			r, err := request()
			require.NoError(t, err)
			require.Equal(t, want, r.Reason)
			require.Equal(t, want == "", r.OK)
			if r.OK {
				last = request
			}
		}
		key := func() string { step++; return fmt.Sprint(step) }
		t.Repeat(map[string]func(*rapid.T){
			"issue": func(t *rapid.T) {
				q := coupon.IssueRequest{Key: key(), Batch: "b", Profile: rapid.SampledFrom(people).Draw(t, "profile"), Now: now}
				all, each, day := 0, 0, 0
				for _, c := range m.coupons {
					all++
					if c.profile == q.Profile {
						each++
					}
					if c.issued.Day() == now.Day() {
						day++
					}
				}
				want := coupon.Reason("")
				switch {
				case all >= batchCount:
					want = coupon.Spent
				case each >= batchEach:
					want = coupon.PerPerson
				case day >= batchDay:
					want = coupon.PerDay
				default:
					id := coupon.CouponID("b", q.Key)
					m.coupons = append(m.coupons, &modelCoupon{id: id, profile: q.Profile, state: "issued", issued: now, until: now.Add(40 * time.Minute)})
					m.said = append(m.said, turn{now, "coupon.issued", id})
				}
				do(want, func() (coupon.Result, error) { return book.Issue(ctx, q) })
			},
			"lock": func(t *rapid.T) {
				q := coupon.LockRequest{Key: key(), Coupon: pick(), Order: order(), TTL: 10 * marque.Minute, Now: now,
					Cart: coupon.CartOf("CNY", marque.Money(rapid.IntRange(0, 400).Draw(t, "total")))}
				if q.Coupon == "" {
					return
				}
				c := m.find(q.Coupon)
				total, _, _ := q.Cart.Total()
				want := map[string]coupon.Reason{"locked": coupon.Locked, "expired": coupon.Expired, "voided": coupon.Voided,
					"redeemed": coupon.Used, "returned": coupon.Used}[c.state]
				if want == "" && total == 0 {
					want = coupon.SavesNothing
				} else if want == "" && m.money()+min(total, 300) > batchMoney {
					want = coupon.Spent
				}
				if want == "" {
					c.state, c.order, c.locked, c.discount, c.reserved = "locked", q.Order, now.Add(10*time.Minute), min(total, 300), true
					m.said = append(m.said, turn{now, "coupon.locked", c.id})
				}
				do(want, func() (coupon.Result, error) { return book.Lock(ctx, q) })
			},
			"redeem": func(t *rapid.T) {
				q := coupon.RedeemRequest{Key: key(), Coupon: pick(), Order: order(), Now: now}
				if q.Coupon == "" {
					return
				}
				c := m.find(q.Coupon)
				want := map[string]coupon.Reason{"expired": coupon.Expired, "voided": coupon.Voided, "redeemed": coupon.Used, "returned": coupon.Used}[c.state]
				switch {
				case c.state == "locked" && c.order != q.Order:
					want = coupon.Locked
				case c.state == "issued" && (!c.remembered || c.order != q.Order):
					want = coupon.NotLocked
				case c.state == "issued" && m.money()+c.discount > batchMoney:
					want = coupon.Spent
				}
				if want == "" {
					c.state, c.reserved = "redeemed", true
					m.said = append(m.said, turn{now, "coupon.redeemed", c.id})
				}
				do(want, func() (coupon.Result, error) { return book.Redeem(ctx, q) })
			},
			"release": func(t *rapid.T) {
				q := coupon.ReleaseRequest{Key: key(), Coupon: pick(), Order: order(), Now: now}
				if q.Coupon == "" {
					return
				}
				c := m.find(q.Coupon)
				want := map[string]coupon.Reason{"issued": coupon.NotLocked, "expired": coupon.Expired, "voided": coupon.Voided,
					"redeemed": coupon.Used, "returned": coupon.Used}[c.state]
				if c.state == "locked" && c.order != q.Order {
					want = coupon.Locked
				}
				if want == "" {
					c.state, c.reserved, c.remembered = "issued", false, false
					m.said = append(m.said, turn{now, "coupon.released", c.id})
					m.pass(now)
					if c.state == "expired" {
						m.said[len(m.said)-1].at = now
					}
				}
				do(want, func() (coupon.Result, error) { return book.Release(ctx, q) })
			},
			"return": func(t *rapid.T) {
				q := coupon.ReturnRequest{Key: key(), Coupon: pick(), Order: order(), Back: rapid.Bool().Draw(t, "back"), Now: now}
				if q.Coupon == "" {
					return
				}
				c := m.find(q.Coupon)
				want := map[string]coupon.Reason{"issued": coupon.NotLocked, "locked": coupon.NotLocked, "expired": coupon.Expired,
					"voided": coupon.Voided, "returned": coupon.Used}[c.state]
				if c.state == "redeemed" && c.order != q.Order {
					want = coupon.Used
				}
				if want == "" {
					c.state, c.reserved = "returned", false
					m.said = append(m.said, turn{now, "coupon.returned", c.id})
					if q.Back {
						c.state, c.remembered = "issued", false
						m.pass(now)
						if c.state == "expired" {
							m.said[len(m.said)-1].at = now
						}
					}
				}
				do(want, func() (coupon.Result, error) { return book.Return(ctx, q) })
			},
			"void": func(t *rapid.T) {
				q := coupon.VoidRequest{Key: key(), Coupon: pick(), Now: now}
				if q.Coupon == "" {
					return
				}
				c := m.find(q.Coupon)
				want := map[string]coupon.Reason{"expired": coupon.Expired, "voided": coupon.Voided, "redeemed": coupon.Used, "returned": coupon.Used}[c.state]
				if want == "" {
					c.state, c.reserved = "voided", false
					m.said = append(m.said, turn{now, "coupon.voided", c.id})
				}
				do(want, func() (coupon.Result, error) { return book.Void(ctx, q) })
			},
			"again": func(t *rapid.T) {
				if last != nil {
					r, err := last()
					require.NoError(t, err)
					require.True(t, r.OK && r.Again)
					require.Empty(t, r.Said)
				}
			},
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 25).Draw(t, "minutes")) * time.Minute)
				m.pass(now)
			},
			"wake": func(t *rapid.T) {
				_, err := book.Wake(ctx, marque.Parts{}, now, rapid.IntRange(1, 3).Draw(t, "n"))
				require.NoError(t, err)
			},
			"wallet": func(t *rapid.T) {
				p := rapid.SampledFrom(people).Draw(t, "profile")
				got, err := book.Wallet(ctx, p, now)
				require.NoError(t, err)
				n := 0
				for _, c := range m.coupons {
					if c.profile == p && (c.state == "issued" || c.state == "locked") {
						n++
					}
				}
				require.Len(t, got, n)
			},
		})
		for _, c := range m.coupons {
			got, err := book.Get(ctx, c.id, now)
			require.NoError(t, err)
			require.EqualValues(t, c.state, got.State)
		}
		_, err = book.Expire(ctx, now)
		require.NoError(t, err)
		stats, err := book.Stats(ctx, "b")
		require.NoError(t, err)
		require.Equal(t, m.stats(), stats)
		require.LessOrEqual(t, stats.Cost, marque.Money(batchMoney))
		events, err := store.Pending(ctx, marque.Parts{}, 10_000)
		require.NoError(t, err)
		var said []turn
		ids := map[string]bool{}
		for _, e := range events {
			said = append(said, turn{e.At, e.Name, e.Props["coupon"].(string)})
			require.False(t, ids[e.ID], "said twice: %s", e.ID)
			ids[e.ID] = true
		}
		sorted := func(ts []turn) []turn {
			slices.SortStableFunc(ts, func(a, b turn) int {
				return cmp.Or(cmp.Compare(a.id, b.id), a.at.Compare(b.at), cmp.Compare(a.name, b.name))
			})
			return ts
		}
		require.Equal(t, sorted(m.said), sorted(said))
	})
}
