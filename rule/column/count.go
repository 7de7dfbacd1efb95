package column

import (
	"math"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

const many = math.MaxInt // more than any history has

// count is how many events count: at least one number and less than another one. not turns that.
type count struct {
	look
	least, less int
	not         bool
}

func (c *compiler) count(n *rule.Node, least, less int, not bool) (part, string) {
	l, ok := c.history(n)
	switch {
	case !ok:
		return nil, ""
	case l.filter != nil:
		return &count{l, least, less, not}, "history, event by event"
	case l.bounded() && max(least, 1) == 1 && less == many:
		return &count{l, least, less, not}, "newest event"
	}
	return &count{l, least, less, not}, "history"
}

// times compiles the comparison of a number of events with a number.
func (c *compiler) times(o op.Op, n *rule.Node, k rule.Value) (part, string) {
	f := k.Float()
	if math.Abs(f) > 1<<53 {
		return nil, ""
	}
	least, more := int(math.Ceil(f)), int(math.Floor(f))+1 // at least k, more than k
	switch o {
	case op.Eq, op.Ne:
		return c.count(n, least, more, o == op.Ne)
	case op.Ge, op.Lt:
		return c.count(n, least, many, o == op.Lt)
	}
	return c.count(n, more, many, o == op.Le)
}

func (p *count) price() int {
	switch {
	case p.filter != nil:
		return 200
	case p.bounded() && p.least <= 1 && p.less == many:
		return 12
	}
	return 40
}

func (p *count) eval(r *run, want, yes, unknown *words, _ bool) {
	*unknown = words{}
	turn, h := -bit(p.not), r.t.kinds[p.event].at(r.block)
	for w, m := range want {
		in := p.atLeast(r, h, w, m, p.least)
		if p.less != many {
			in &^= p.atLeast(r, h, w, in, p.less)
		}
		yes[w] = (in ^ turn) & m
	}
}

// atLeast gives those rows of a word in want that have at least k events.
func (p *count) atLeast(r *run, h *history, w int, want uint64, k int) (yes uint64) {
	switch {
	case k <= 0 || want == 0:
		return want
	case h == nil:
		return 0
	}
	n := &r.notes[p.note]
	want &= h.recent(w, n.lo)
	if p.filter != nil {
		for want != 0 {
			i := first(&want)
			yes |= bit(p.matches(r, h, w*64+i, k)) << i
		}
		return yes
	}
	if p.bounded() {
		past := want
		if h.newest > n.hi {
			past &^= h.recent(w, n.hi)
		}
		want &^= past
		if k == 1 {
			yes = past
		} else {
			yes = h.nth(w, past, k, n.lo)
		}
	}
	for want != 0 {
		i := first(&want)
		from, to := p.view(r, h, w*64+i)
		yes |= bit(int64(to-from) >= int64(k)) << i
	}
	return yes
}

// nth gives those rows of a word in want whose k-th newest event is later than lo.
func (h *history) nth(w int, want uint64, k int, lo int64) (yes uint64) {
	for want != 0 {
		i := first(&want)
		n := int(h.n[w*64+i])
		if n >= k && (lo == none || h.at[int(h.off[w*64+i])+n-k] > lo) {
			yes |= 1 << i
		}
	}
	return yes
}

// matches reports whether at least k events of a row pass the filter.
func (p *count) matches(r *run, h *history, i, k int) bool {
	from, to := p.view(r, h, i)
	kind := &r.t.kinds[p.event]
	for to > from && k > 0 && int64(to-from) >= int64(k) {
		to--
		if p.filter(kind, h, to) == rule.True {
			k--
		}
	}
	return k == 0
}

// moment is when the first or the last event that counts happened, within limits.
type moment struct {
	look
	oldest bool
	limits
}

func (p *moment) price() int { return 45 }

func (p *moment) eval(r *run, want, yes, unknown *words, _ bool) {
	h, n, l := r.t.kinds[p.event].at(r.block), &r.notes[p.note], p.at(r.now)
	if h == nil {
		*yes, *unknown = words{}, *want
		return
	}
	for w, m := range want {
		yes[w] = 0
		known := m & h.recent(w, n.lo)
		rest := known
		if !p.oldest && p.filter == nil && p.bounded() {
			if rest = 0; h.newest > n.hi {
				rest = known & h.recent(w, n.hi)
			}
			yes[w] = l.in((*[64]int64)(h.last[w*64:]), known&^rest)
		}
		for rest != 0 {
			i := first(&rest)
			if at, ok := p.find(r, h, w*64+i); !ok {
				known &^= 1 << i
			} else if l.has(at) {
				yes[w] |= 1 << i
			}
		}
		unknown[w] = m &^ known
	}
}

func (l *limits) has(n int64) bool { return (l.lo <= n && n <= l.hi) != l.not }

// find finds the first or last event of a row that counts.
func (p *moment) find(r *run, h *history, i int) (at int64, ok bool) {
	from, to := p.view(r, h, i)
	kind := &r.t.kinds[p.event]
	for n := range to - from {
		place := from + n
		if !p.oldest {
			place = to - 1 - n
		}
		if p.filter == nil || p.filter(kind, h, place) == rule.True {
			return h.at[place], true
		}
	}
	return 0, false
}
