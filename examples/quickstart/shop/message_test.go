package shop

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
)

// campaign sends on registration to those for whom to is true, up to n messages a day apart, and returns how many
// of the others and of those ordered in the fortnight after.
func campaign(seed uint64, people, n int, coupon bool, to func(i int) bool) (s *Shop, sent, ordered [2]int) {
	s = New(seed, people, 60, opening)
	type due struct {
		at time.Time
		m  Message
	}
	var dues []due
	since, done := map[int]time.Time{}, map[int]bool{}
	arm := func(i int) int {
		if to(i) {
			return 1
		}
		return 0
	}
	now := s.Start()
	var es []marque.Event
	for at, ok := s.Next(); ok; at, ok = s.Next() {
		if at.Sub(now) > Lookahead {
			at = now.Add(Lookahead)
		}
		for now = at; len(dues) > 0 && !now.Before(dues[0].at); dues = dues[1:] {
			s.Received(dues[0].m)
		}
		if next, _ := s.Next(); now.Before(next) {
			continue
		}
		es = s.Pop(es[:0])
		for _, e := range es {
			i, _ := s.Person(e.IDs...)
			switch e.Name {
			case "register":
				if e.At.After(s.End().Add(-15 * 24 * time.Hour)) {
					continue
				}
				since[i] = e.At
				sent[arm(i)]++
				if !to(i) {
					continue
				}
				m := Message{IDs: e.IDs, Journey: "hello", Node: "push", HasCoupon: coupon, Amount: 3000}
				if coupon {
					s.Granted(Coupon{ID: fmt.Sprint("c", i), IDs: e.IDs, Amount: 3000, Until: e.At.Add(14 * 24 * time.Hour)})
				}
				for k := range n {
					m.Channel, m.Key = messageChannels[k%3], fmt.Sprint(i, "-", k)
					m.At = e.At.Add(time.Duration(k) * time.Millisecond)
					if k == 0 {
						s.Received(m)
					} else {
						dues = append(dues, due{m.At, m})
					}
				}
			case "order_paid":
				if from, ok := since[i]; ok && !done[i] && e.At.After(from) && e.At.Sub(from) < 14*24*time.Hour {
					done[i] = true
					ordered[arm(i)]++
				}
			}
		}
	}
	return s, sent, ordered
}

func TestMessagesCauseOrders(t *testing.T) {
	half := func(i int) bool { return i%2 == 0 }
	rate := func(coupon bool) (lift float64, s *Shop) {
		s, sent, ordered := campaign(6, 20000, 3, coupon, half)
		t.Log(sent, ordered, s.Truth())
		return float64(ordered[1])/float64(sent[1]) - float64(ordered[0])/float64(sent[0]), s
	}
	plain, s := rate(false)
	require.Greater(t, plain, .01)
	require.Equal(t, s.Truth().Caused, s.Caused("hello"))
	with, s := rate(true)
	require.Greater(t, with, plain+.02)
	truth := s.Truth()
	require.Greater(t, truth.Redeemed, 100)
	require.Greater(t, truth.Displaced, 10)
	require.Greater(t, truth.Incremental(), 0)

	_, sent, ordered := campaign(6, 2000, 3, true, func(int) bool { return false })
	require.Zero(t, sent[1])
	require.Zero(t, ordered[1])
}

func TestTooManyMessagesDriveAway(t *testing.T) {
	few, _, _ := campaign(6, 2000, 2, false, func(int) bool { return true })
	many, _, _ := campaign(6, 2000, 12, false, func(int) bool { return true })
	a, b := few.Truth(), many.Truth()
	require.Greater(t, float64(b.OptOuts)/float64(b.Messages), 5*float64(a.OptOuts)/float64(a.Messages))
	require.Less(t, float64(b.Opened)/float64(b.Messages), .9*float64(a.Opened)/float64(a.Messages))
}

// Who is sent nothing lives the same life, and calls for different people may come in any order.
func TestOthersDoNotMatter(t *testing.T) {
	run := func(order []int) (lives map[int][]string) {
		lives = map[int][]string{}
		s := New(8, 60, 30, opening)
		for s.Truth().Events < 300 {
			s.Pop(nil)
		}
		now, _ := s.Next()
		for _, i := range order {
			for _, ch := range messageChannels {
				s.Received(Message{Key: fmt.Sprint(i, ch), IDs: s.ids(i, device), Channel: ch, HasCoupon: true, Amount: 5000, At: now})
			}
		}
		drain(s, func(e marque.Event) {
			i, _ := s.Person(e.IDs...)
			lives[i] = append(lives[i], fmt.Sprint(e))
		})
		return lives
	}
	var up, down []int
	for i := range 30 {
		up, down = append(up, i), append(down, 29-i)
	}
	a, b, none := run(up), run(down), run(nil)
	require.Equal(t, a, b)
	changed := 0
	for i := range 60 {
		if i >= 30 {
			require.Equal(t, none[i], a[i])
		} else if fmt.Sprint(none[i]) != fmt.Sprint(a[i]) {
			changed++
		}
	}
	require.Greater(t, changed, 3)
}

func TestOutcomes(t *testing.T) {
	s := New(11, 3000, 30, opening)
	drain(s, func(marque.Event) {})
	count := map[Outcome]int{}
	for i := range 3000 {
		m := Message{Key: fmt.Sprint(i), IDs: s.ids(i, openid), Channel: SMS, At: s.Start()}
		o := s.Received(m)
		count[o]++
		if o == Busy || o == Lost {
			require.Equal(t, Delivered, s.Received(m))
		}
		require.Equal(t, s.people[i].state&knownPhone == 0, o == Unreachable)
	}
	require.Greater(t, count[Busy], 1)
	require.Greater(t, count[Lost], 0)
	require.Equal(t, count[Lost], s.Truth().Repeats)
	require.Equal(t, count[Delivered]+count[Busy]+count[Lost], s.Truth().Messages)
	require.Equal(t, Invalid, s.Received(Message{Key: "x", Channel: SMS, IDs: []marque.ID{{Kind: "phone", Value: "1"}}}))
	require.Equal(t, Invalid, s.Received(Message{Key: "x", Channel: "pigeon", IDs: s.ids(0, phone)}))
}

func TestNothingSoonerThanLookahead(t *testing.T) {
	s := New(12, 300, 60, opening)
	for s.Truth().Events < 2000 {
		s.Pop(nil)
	}
	now, _ := s.Next()
	for i := range 300 {
		for k := range 9 {
			m := Message{Key: fmt.Sprint(i, k), IDs: s.ids(i, phone), Channel: messageChannels[k%3], Journey: "j", At: now}
			s.Received(m)
		}
	}
	answers := 0
	drain(s, func(e marque.Event) {
		if e.Props["journey"] == "j" {
			answers++
			require.GreaterOrEqual(t, e.At.Sub(now), Lookahead)
		}
	})
	require.Greater(t, answers, 50)
}

func TestCouponChoice(t *testing.T) {
	s := New(1, 5, 5, opening)
	ids := s.ids(3, member)
	at := opening.Add(time.Hour)
	for _, c := range []Coupon{
		{ID: "small", Amount: 500}, {ID: "late", Amount: 900, Until: at.Add(time.Hour)},
		{ID: "soon", Amount: 900, Until: at.Add(time.Minute)}, {ID: "over", Amount: 2000, Min: 9000},
		{ID: "past", Amount: 1500, Until: at}, {ID: "small", Amount: 5000},
	} {
		c.IDs = ids
		require.True(t, s.Granted(c))
	}
	var used []string
	for range 5 {
		c, ok := s.use(3, at.UnixMilli(), 6000)
		used = append(used, fmt.Sprint(c.ID, ok))
	}
	require.Equal(t, []string{"soontrue", "latetrue", "smalltrue", "false", "false"}, used)
	c, _ := s.use(3, at.UnixMilli(), 9000)
	require.Equal(t, "over", c.ID)
	require.False(t, s.Granted(Coupon{ID: "x"}))
}
