package column

import (
	"math"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/internal/wide"
	"github.com/marque-go/marque/rule/op"
)

// total is the sum of a property over the events that count, within limits: whole while it is made of integers.
type total struct {
	look
	prop  int
	whole limits
	float span
}

func (c *compiler) total(o op.Op, n *rule.Node, k rule.Value) (part, string) {
	l, ok := c.history(n)
	if !ok || n.Prop >= len(c.lex.Schema().Events[n.Slot].Props) {
		return nil, ""
	}
	return &total{l, n.Prop, intsOf(o, k), floatsOf(o, k)}, "history, event by event"
}

func (p *total) price() int { return 150 }

func (p *total) eval(r *run, want, yes, unknown *words, _ bool) {
	h := r.t.kinds[p.event].at(r.block)
	zero := -bit(p.whole.has(0))
	for w, m := range want {
		recent := uint64(0)
		if h != nil {
			recent = m & h.recent(w, r.notes[p.note].lo)
		}
		yes[w], unknown[w] = zero&m&^recent, 0
		for recent != 0 {
			i := first(&recent)
			switch p.sum(r, h, w*64+i) {
			case rule.True:
				yes[w] |= 1 << i
			case rule.Unknown:
				unknown[w] |= 1 << i
			}
		}
	}
}

// sum adds up a row: unknown where it is whole and does not fit 64 bits. What is no number counts nothing.
func (p *total) sum(r *run, h *history, i int) rule.Truth {
	from, to := p.view(r, h, i)
	kind, c := &r.t.kinds[p.event], &h.cells[p.prop]
	if c.typ == nil {
		to = from
	}
	var n wide.Sum
	f, broken := 0.0, false
	for ; from < to; from++ {
		if p.filter != nil && p.filter(kind, h, from) != rule.True {
			continue
		}
		switch c.typ[from] {
		case uint8(rule.Int) + 1:
			n.Add(int64(c.v[from]))
		case uint8(rule.Float) + 1:
			f += math.Float64frombits(c.v[from])
			broken = true
		}
	}
	if broken {
		if f += n.Float64(); math.IsNaN(f) {
			return rule.Unknown
		}
		return truth((p.float.lo <= f && f <= p.float.hi) != p.float.not)
	}
	if whole, fits := n.Int64(); fits {
		return truth(p.whole.has(whole))
	}
	return rule.Unknown
}

func truth(b bool) rule.Truth {
	if b {
		return rule.True
	}
	return rule.False
}
