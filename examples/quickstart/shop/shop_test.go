package shop

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
)

var opening = time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC) // midnight in Shanghai, a Monday

// drain pops everything, handing each event to see.
func drain(s *Shop, see func(e marque.Event)) {
	var es []marque.Event
	for _, ok := s.Next(); ok; _, ok = s.Next() {
		es = s.Pop(es[:0])
		for _, e := range es {
			see(e)
		}
	}
}

func fingerprint(t *testing.T, s *Shop) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	drain(s, func(e marque.Event) { require.NoError(t, enc.Encode(e)) })
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestSameSeedSameStream(t *testing.T) {
	a := fingerprint(t, New(1, 500, 60, opening))
	require.Equal(t, a, fingerprint(t, New(1, 500, 60, opening)))
	require.NotEqual(t, a, fingerprint(t, New(2, 500, 60, opening)))
}

func TestOrder(t *testing.T) {
	s := New(3, 400, 60, opening)
	seen := map[string]bool{}
	last := opening
	for at, ok := s.Next(); ok; at, ok = s.Next() {
		es := s.Pop(nil)
		require.NotEmpty(t, es)
		require.False(t, at.Before(last))
		for _, e := range es {
			require.Equal(t, at, e.At)
			require.Equal(t, at, e.Received)
			require.False(t, seen[e.ID], "twice: %s", e.ID)
			require.NotEmpty(t, e.IDs)
			seen[e.ID] = true
		}
		last = at
	}
	require.True(t, last.Before(s.End()))
	require.Equal(t, len(seen), s.Truth().Events)
}

// The first people of a larger shop live as those of a smaller one.
func TestLinear(t *testing.T) {
	life := func(people int) (own []string, all int) {
		s := New(9, people, 90, opening)
		drain(s, func(e marque.Event) {
			all++
			if i, ok := s.Person(e.IDs...); ok && i < 2 {
				own = append(own, e.ID+e.Name+e.At.String())
			}
		})
		return own, all
	}
	a, n := life(3000)
	b, m := life(6000)
	require.Len(t, b, len(a))
	require.InEpsilon(t, 2*n, m, .06)
	require.InEpsilon(t, 23, float64(m)/6000, .12)
}

func TestRhythm(t *testing.T) {
	s := New(4, 3000, 70, opening)
	var hours [24]float64
	var weekday [7]float64
	spent, paid := map[int]int64{}, int64(0)
	drain(s, func(e marque.Event) {
		i, ok := s.Person(e.IDs...)
		require.True(t, ok)
		local := time.UnixMilli(e.At.UnixMilli() + s.people[i].offset).UTC()
		switch e.Name {
		case "visit":
			hours[local.Hour()]++
			weekday[local.Weekday()]++
			if e.Props["channel"] == "store" {
				require.GreaterOrEqual(t, local.Hour(), 9)
			}
		case "order_paid":
			spent[i] += int64(e.Props["amount"].(int))
			paid += int64(e.Props["amount"].(int))
		}
	})
	require.Greater(t, hours[21], 3*hours[9]/2)
	require.Greater(t, hours[12], 4*hours[4])
	require.Greater(t, weekday[6], 1.1*weekday[3])

	var top []int64
	for _, v := range spent {
		top = append(top, v)
	}
	require.InDelta(t, .4, float64(len(top))/3000, .08, "share of buyers")
	var big int64
	for _, v := range spent {
		if v > 5*paid/int64(len(top)) {
			big += v
		}
	}
	require.Greater(t, float64(big)/float64(paid), .15, "a heavy tail")
}

// Identifiers that meet in an event belong to one person; nobody shares one; some join two who were known.
func TestIdentity(t *testing.T) {
	s := New(5, 2000, 90, opening)
	owner, group := map[marque.ID]int{}, map[marque.ID]marque.ID{}
	var root func(id marque.ID) marque.ID
	root = func(id marque.ID) marque.ID {
		if up, ok := group[id]; ok && up != id {
			return root(up)
		}
		return id
	}
	joined := 0
	drain(s, func(e marque.Event) {
		person, ok := s.Person(e.IDs...)
		require.True(t, ok)
		known := map[marque.ID]bool{}
		for _, id := range e.IDs {
			if was, ok := owner[id]; ok {
				require.Equal(t, was, person)
			}
			owner[id] = person
			if _, ok := group[id]; ok {
				known[root(id)] = true
			} else {
				group[id] = id
			}
			group[root(id)] = root(e.IDs[0])
		}
		if len(known) > 1 {
			joined++
		}
	})
	require.Greater(t, joined, 100)
	people := map[int]bool{}
	for _, p := range owner {
		people[p] = true
	}
	require.Greater(t, len(owner), 2*len(people)*4/5)
}

func TestPersonOfAnotherShop(t *testing.T) {
	s := New(5, 20, 9, opening)
	for _, id := range []marque.ID{{}, {Kind: "phone", Value: "+8613800000000"}, {Kind: "phone", Value: "+8612x"},
		{Kind: "member", Value: "M-00000001"}, {Kind: "device", Value: "d"}, {Kind: "device", Value: "dzzz"}, {Kind: "mail", Value: "a@b"}} {
		_, ok := s.Person(id)
		require.False(t, ok, id)
	}
	for i := range 20 {
		for slot := range identifiers {
			got, ok := s.Person(name(s.seed, i, slot))
			require.True(t, ok)
			require.Equal(t, i, got)
		}
	}
}

func BenchmarkEvent(b *testing.B) {
	b.ReportAllocs()
	var es []marque.Event
	for n := 0; n < b.N; {
		b.StopTimer()
		s := New(1, 20000, 90, opening)
		b.StartTimer()
		for _, ok := s.Next(); ok && n < b.N; _, ok = s.Next() {
			es = s.Pop(es[:0])
			n += len(es)
		}
	}
}

func TestBoughtAndHousehold(t *testing.T) {
	_, _, ok := New(5, 500, 60, opening).Household()
	require.False(t, ok, "nobody has bought yet")

	s := New(5, 500, 60, opening)
	paid, orders, members := map[int]marque.Money{}, map[int]int{}, map[int]bool{}
	drain(s, func(e marque.Event) {
		i, _ := s.Person(e.IDs...)
		switch e.Name {
		case "order_paid":
			orders[i]++
			paid[i] += marque.Money(e.Props["amount"].(int))
		case "register":
			members[i] = true
		case "refund":
			mail := s.people[i].state&gaveEmail != 0
			require.Equal(t, mail, e.IDs[0].Kind == "email")
		}
	})
	for i := range s.People() {
		n, sum := s.Bought(i)
		require.Equal(t, orders[i], n)
		require.Equal(t, paid[i], sum)
	}
	tablet, guest, ok := s.Household()
	require.True(t, ok)
	a, _ := s.Person(tablet)
	b, _ := s.Person(guest)
	require.Equal(t, []string{"device", "openid"}, []string{tablet.Kind, guest.Kind})
	require.NotEqual(t, a, b)
	require.Equal(t, []bool{true, false}, []bool{members[a], members[b]})
	require.Positive(t, orders[a])
	require.Positive(t, orders[b])
}
