package points

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/marque-go/marque/rule"
)

// placeLot is the order in which lots are spent: what expires first, then what was earned first.
func placeLot(a, b Lot) int {
	return cmp.Or(
		cmp.Compare(orNever(a.Expires), orNever(b.Expires)), cmp.Compare(a.At, b.At), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Source, b.Source),
	)
}

func placeDebt(a, b Debt) int { return cmp.Compare(a.Key, b.Key) }

func orNever(i rule.Instant) rule.Instant {
	if i == 0 {
		return rule.Never
	}
	return i
}

// take moves up to n points out of what is left, and returns how many.
func (l *Lot) take(n int64, why Why, key string, at rule.Instant) int64 {
	n = min(n, l.Left)
	if n > 0 {
		l.Left -= n
		l.put(Taken{why, key, n})
		l.Touched = at
	}
	return n
}

// put records what was taken. Lists of Taken are never changed in place: rows share them.
func (l *Lot) put(t Taken) {
	for i := range l.Taken {
		if l.Taken[i].Why == t.Why && l.Taken[i].Key == t.Key {
			l.Taken = slices.Clone(l.Taken)
			l.Taken[i].N += t.N
			return
		}
	}
	l.Taken = append(l.Taken[:len(l.Taken):len(l.Taken)], t)
}

// untake removes n of what was taken in place i.
func (l *Lot) untake(i int, n int64) {
	l.Taken = slices.Clone(l.Taken)
	if l.Taken[i].N -= n; l.Taken[i].N == 0 {
		l.Taken = slices.Delete(l.Taken, i, i+1)
	}
}

// release removes up to n points of what was taken for a reason, under a key, and returns how many.
func (l *Lot) release(n int64, why Why, key string, at rule.Instant) int64 {
	for i, t := range l.Taken {
		if t.Why == why && t.Key == key {
			n = min(n, t.N)
			l.untake(i, n)
			l.Touched = at
			return n
		}
	}
	return 0
}

func (l *Lot) taken(why Why, key string) int64 {
	for _, t := range l.Taken {
		if t.Why == why && t.Key == key {
			return t.N
		}
	}
	return 0
}

// cede gives n points of a lot to another one, with what was taken of them where they are not left.
func (l *Lot) cede(to *Lot, n int64, at rule.Instant) {
	l.N -= n
	to.N += n
	x := min(n, l.Left)
	l.Left -= x
	to.Left += x
	for n -= x; n > 0; n -= x {
		last := len(l.Taken) - 1
		t := l.Taken[last]
		x = min(n, t.N)
		to.put(Taken{t.Why, t.Key, x})
		l.untake(last, x)
	}
	if over := l.Reversed - l.N; over > 0 {
		l.Reversed -= over
		to.Reversed += over
	}
	l.Touched = at
}

// qualifies is how many points of the lot count for tiers: its base, in the share that a cap and refunds left.
func (l *Lot) qualifies() int64 {
	if l.Full == 0 {
		return 0
	}
	return share(l.Base, l.N-l.Reversed, l.Full)
}

// share is x times n of m, rounded down, for n <= m.
func share(x, n, m int64) int64 {
	hi, lo := bits.Mul64(uint64(x), uint64(n))
	q, _ := bits.Div64(hi, lo, uint64(m))
	return int64(q)
}

// amount is what the rate gives for so many units: as the base, and times a percentage, each rounded down once.
func (r Rate) amount(units, percent int64) (base, full int64) {
	if units <= 0 {
		return 0, 0
	}
	return product(units, r.Points, r.Each), product(units, r.Points*percent, r.Each*100)
}

// product is x times n over m, rounded down, and at most maxAmount.
func product(x, n, m int64) int64 {
	hi, lo := bits.Mul64(uint64(x), uint64(n))
	if hi >= uint64(m) {
		return maxAmount
	}
	q, _ := bits.Div64(hi, lo, uint64(m))
	return int64(min(q, maxAmount))
}
