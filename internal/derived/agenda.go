package derived

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// An alarm is when a row is due. Each row has one, which is in the heap while its instant is set.
type alarm struct {
	at            rule.Instant
	profile, name string
	pos           int // in the heap, -1 where it is not
}

func (a *alarm) before(b *alarm) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	if a.profile != b.profile {
		return a.profile < b.profile
	}
	return a.name < b.name
}

// agenda is a binary heap of alarms that know their place, so that moving one leaves nothing stale behind.
type agenda struct{ heap []*alarm }

// set moves an alarm to an instant; zero takes it off.
func (g *agenda) set(a *alarm, at rule.Instant) {
	switch {
	case a.pos < 0 && at == 0:
	case a.pos < 0:
		a.at, a.pos = at, len(g.heap)
		g.heap = append(g.heap, a)
		g.up(a.pos)
	case at == 0:
		last := len(g.heap) - 1
		i := a.pos
		g.swap(i, last)
		g.heap[last] = nil
		g.heap = g.heap[:last]
		a.pos = -1
		if i < last {
			g.down(i)
			g.up(i)
		}
	case at != a.at:
		a.at = at
		g.down(a.pos)
		g.up(a.pos)
	}
}

func (g *agenda) swap(i, j int) {
	g.heap[i], g.heap[j] = g.heap[j], g.heap[i]
	g.heap[i].pos, g.heap[j].pos = i, j
}

func (g *agenda) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !g.heap[i].before(g.heap[parent]) {
			return
		}
		g.swap(i, parent)
		i = parent
	}
}

func (g *agenda) down(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(g.heap); c++ {
			if g.heap[c].before(g.heap[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		g.swap(i, least)
		i = least
	}
}

// list gives the first n alarms up to until in order and leaves them in place: it walks the heap from the top,
// with a second heap of the places that come next. Its cost depends on n (and on what other partitions have
// due before), not on the size of the agenda.
func (g *agenda) list(parts marque.Parts, until rule.Instant, n int) []marque.Due {
	if n <= 0 || len(g.heap) == 0 || g.heap[0].at > until {
		return nil
	}
	var out []marque.Due
	front := frontier{g.heap, []int{0}}
	for len(front.next) > 0 {
		i := front.pop()
		if a := g.heap[i]; parts.Has(a.profile) {
			out = append(out, marque.Due{At: a.at.Time(), Profile: a.profile, Name: a.name})
			if len(out) == n {
				break
			}
		}
		for c := 2*i + 1; c <= 2*i+2 && c < len(g.heap); c++ {
			if g.heap[c].at <= until {
				front.push(c)
			}
		}
	}
	return out
}

type frontier struct {
	heap []*alarm
	next []int
}

func (f *frontier) less(i, j int) bool { return f.heap[f.next[i]].before(f.heap[f.next[j]]) }

func (f *frontier) push(place int) {
	f.next = append(f.next, place)
	for i := len(f.next) - 1; i > 0; {
		parent := (i - 1) / 2
		if !f.less(i, parent) {
			return
		}
		f.next[i], f.next[parent] = f.next[parent], f.next[i]
		i = parent
	}
}

func (f *frontier) pop() int {
	top, last := f.next[0], len(f.next)-1
	f.next[0] = f.next[last]
	f.next = f.next[:last]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < last; c++ {
			if f.less(c, least) {
				least = c
			}
		}
		if least == i {
			return top
		}
		f.next[i], f.next[least] = f.next[least], f.next[i]
		i = least
	}
}
