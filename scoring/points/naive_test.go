package points_test

import (
	"cmp"
	"slices"
	"time"
)

// naive is the ledger by its definition: a list of single points.
type naive struct {
	lots  []*naiveLot
	debts []naiveDebt
}

type naiveLot struct {
	src, via          string
	at, from, expires time.Time
	units             []naiveUnit
	reversed          int
}

type naiveUnit struct{ state, key string } // "left", "spent", "expired", "gone"

type naiveDebt struct{ key, via string }

const (
	naivePending = 2 * 24 * time.Hour
	naiveLife    = 20 * 24 * time.Hour
	naiveBack    = 3 * 24 * time.Hour
)

func (n *naive) ordered() []*naiveLot {
	lots := slices.Clone(n.lots)
	slices.SortFunc(lots, func(a, b *naiveLot) int {
		return cmp.Or(a.expires.Compare(b.expires), a.at.Compare(b.at), cmp.Compare(a.src, b.src))
	})
	return lots
}

func (n *naive) advance(now time.Time) {
	for _, l := range n.lots {
		for i := range l.units {
			if l.units[i].state == "left" && !l.expires.After(now) {
				l.units[i].state = "expired"
			}
		}
	}
}

func (n *naive) earn(src, via string, points int, at, now time.Time) {
	l := &naiveLot{src: src, via: via, at: at, from: at.Add(naivePending), expires: at.Add(naiveLife)}
	for range points {
		l.units = append(l.units, naiveUnit{"left", ""})
	}
	n.lots = append(n.lots, l)
	n.pay(now)
	n.advance(now)
}

func (n *naive) count(now time.Time) (balance, pending int64) {
	for _, l := range n.lots {
		for _, u := range l.units {
			if u.state == "left" && l.from.After(now) {
				pending++
			} else if u.state == "left" {
				balance++
			}
		}
	}
	return balance, pending
}

// take changes up to k points that are left, in their order, and returns how many.
func (n *naive) take(k int, pending bool, now time.Time, to naiveUnit) (got int) {
	for _, l := range n.ordered() {
		for i := range l.units {
			if got < k && l.units[i].state == "left" && l.from.After(now) == pending {
				l.units[i] = to
				got++
			}
		}
	}
	return got
}

func (n *naive) pay(now time.Time) {
	slices.SortStableFunc(n.debts, func(a, b naiveDebt) int { return cmp.Compare(a.key, b.key) })
	for len(n.debts) > 0 {
		if n.take(1, false, now, naiveUnit{"gone", ""}) == 0 && n.take(1, true, now, naiveUnit{"gone", ""}) == 0 {
			return
		}
		n.debts = n.debts[1:]
	}
}

func (n *naive) spend(key string, k int, now time.Time) bool {
	if balance, _ := n.count(now); balance < int64(k) {
		return false
	}
	n.take(k, false, now, naiveUnit{"spent", key})
	return true
}

// reverse undoes k points (0: all) of a spend or else of an earning.
func (n *naive) reverse(key, of string, k int, now time.Time) bool {
	spent, earned := 0, 0
	for _, l := range n.lots {
		for _, u := range l.units {
			if u == (naiveUnit{"spent", of}) {
				spent++
			}
		}
		if l.src == of {
			earned += len(l.units) - l.reversed
		}
	}
	all := spent
	if spent == 0 {
		all = earned
	}
	if k == 0 {
		k = all
	}
	if all == 0 || k > all {
		return false
	}
	lots := n.ordered()
	slices.Reverse(lots)
	for _, l := range lots {
		for i := range l.units {
			if spent > 0 && k > 0 && l.units[i] == (naiveUnit{"spent", of}) {
				if !l.expires.After(now) {
					l.expires = now.Add(naiveBack)
				}
				l.units[i] = naiveUnit{"left", ""}
				k--
			}
		}
		if spent > 0 || l.src != of {
			continue
		}
		l.reversed += k
		for _, state := range []string{"left", "expired"} {
			for i := range l.units {
				if k > 0 && l.units[i].state == state {
					l.units[i].state = "gone"
					k--
				}
			}
		}
		for ; k > 0; k-- {
			n.debts = append(n.debts, naiveDebt{key, l.via})
		}
	}
	n.pay(now)
	return true
}

// move gives what came via some identifiers (nil: all) to somebody else.
func (n *naive) move(to *naive, vias []string, now time.Time) {
	goes := func(via string) bool { return vias == nil || slices.Contains(vias, via) }
	for _, l := range n.lots {
		if goes(l.via) {
			to.lots = append(to.lots, l)
		}
	}
	n.lots = slices.DeleteFunc(n.lots, func(l *naiveLot) bool { return goes(l.via) })
	for _, d := range n.debts {
		if goes(d.via) {
			to.debts = append(to.debts, d)
		}
	}
	n.debts = slices.DeleteFunc(n.debts, func(d naiveDebt) bool { return goes(d.via) })
	n.pay(now)
	to.pay(now)
}
