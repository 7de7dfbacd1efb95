package column

import (
	"cmp"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// boolean is a column of truths.
type boolean struct {
	slot int
	not  bool
}

func (boolean) prepare(*run) {}
func (boolean) price() int   { return 2 }

func (p boolean) eval(r *run, want, yes, unknown *words, _ bool) {
	bs := r.t.attrs[p.slot].bools
	if r.block >= len(bs) || bs[r.block] == nil {
		*yes, *unknown = words{}, *want
		return
	}
	b, turn := bs[r.block], -bit(p.not)
	for w, m := range want {
		yes[w] = (b.v[w] ^ turn) & b.known[w] & m
		unknown[w] = m &^ b.known[w]
	}
}

// present is whether there is a value.
type present struct{ slot int }

func (present) prepare(*run) {}
func (present) price() int   { return 1 }

func (p present) eval(r *run, want, yes, unknown *words, _ bool) {
	*yes, *unknown = words{}, words{}
	if known := r.t.attrs[p.slot].known(r.block); known != nil {
		for w, m := range want {
			yes[w] = m & known[w]
		}
	}
}

// mark is a tag or a segment.
type mark struct {
	slot int
	tag  bool
}

func (mark) prepare(*run) {}
func (mark) price() int   { return 2 }

func (p mark) eval(r *run, want, yes, unknown *words, _ bool) {
	ms := r.t.segments
	if p.tag {
		ms = r.t.tags
	}
	*yes, *unknown = words{}, words{}
	if b := ms[p.slot].at(r.block); b != nil {
		for w, m := range want {
			yes[w] = b.hold(w, m, r.now)
		}
	}
}

// score compares a score with a level.
type score struct {
	slot  int
	o     op.Op
	level float64
}

func (score) prepare(*run) {}
func (score) price() int   { return 100 }

func (p score) eval(r *run, want, yes, unknown *words, _ bool) {
	*yes, *unknown = words{}, words{}
	zero := -bit(p.holds(0))
	b := r.t.scores[p.slot].at(r.block)
	for w, m := range want {
		if b == nil {
			yes[w] = m & zero
			continue
		}
		yes[w] = m &^ b.known[w] & zero
		for m &= b.known[w]; m != 0; {
			i := first(&m)
			yes[w] |= bit(p.holds(b.v[w*64+i].At(r.now))) << i
		}
	}
}

func (p score) holds(v float64) bool {
	sign := 0
	if v < p.level {
		sign = -1
	} else if v > p.level {
		sign = 1
	}
	return holds(p.o, sign)
}

// holds is whether a comparison holds of what differs by a sign.
func holds(o op.Op, sign int) bool {
	switch o {
	case op.Eq:
		return sign == 0
	case op.Ne:
		return sign != 0
	case op.Lt:
		return sign < 0
	case op.Le:
		return sign <= 0
	case op.Gt:
		return sign > 0
	}
	return sign >= 0
}

// pair compiles the comparison of two columns of numbers or of times.
func (c *compiler) pair(o op.Op, a, b *rule.Node) (part, string) {
	x, y := c.typ(a), c.typ(b)
	ints := func(t rule.Type) bool { return t == rule.Int || t == rule.Time }
	switch {
	case x == y && ints(x):
		return &columns[int64, int64]{o, a.Slot, b.Slot, intsAt, intsAt, cmp.Compare[int64]}, "two columns"
	case x == rule.Float && y == rule.Float:
		return &columns[float64, float64]{o, a.Slot, b.Slot, floatsAt, floatsAt, cmp.Compare[float64]}, "two columns"
	case x == rule.Int && y == rule.Float:
		return &columns[int64, float64]{o, a.Slot, b.Slot, intsAt, floatsAt, mixed}, "two columns"
	case x == rule.Float && y == rule.Int:
		return &columns[int64, float64]{mirror(o), b.Slot, a.Slot, intsAt, floatsAt, mixed}, "two columns"
	}
	return nil, ""
}

func intsAt(c *column, i int) *block[int64]     { return c.ints.at(i) }
func floatsAt(c *column, i int) *block[float64] { return c.floats.at(i) }

// columns compares two columns.
type columns[A, B any] struct {
	o       op.Op
	a, b    int
	x       func(*column, int) *block[A]
	y       func(*column, int) *block[B]
	compare func(A, B) int
}

func (*columns[A, B]) prepare(*run) {}
func (*columns[A, B]) price() int   { return 25 }

func (p *columns[A, B]) eval(r *run, want, yes, unknown *words, _ bool) {
	x, y := p.x(&r.t.attrs[p.a], r.block), p.y(&r.t.attrs[p.b], r.block)
	if x == nil || y == nil {
		*yes, *unknown = words{}, *want
		return
	}
	for w, m := range want {
		known := m & x.known[w] & y.known[w]
		yes[w], unknown[w] = 0, m&^known
		for v, u := x.part(w), y.part(w); known != 0; {
			i := first(&known)
			yes[w] |= bit(holds(p.o, p.compare(v[i], u[i]))) << i
		}
	}
}
