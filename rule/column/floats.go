package column

import (
	"math"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// span is the floats from lo to hi; not turns that.
type span struct {
	lo, hi float64
	not    bool
}

// floatsOf gives the floats that compare so with a number, without rounding it.
func floatsOf(o op.Op, k rule.Value) span {
	f := k.Float()
	below, above := f, f // the greatest not above k, the least not below it
	if n := k.Int(); k.Type() == rule.Int {
		switch s := mixed(n, f); {
		case s < 0:
			below = math.Nextafter(f, math.Inf(-1))
		case s > 0:
			above = math.Nextafter(f, math.Inf(1))
		}
	}
	switch o {
	case op.Eq:
		return span{lo: above, hi: below}
	case op.Ne:
		return span{lo: above, hi: below, not: true}
	case op.Lt:
		return span{lo: above, hi: math.Inf(1), not: true}
	case op.Le:
		return span{lo: math.Inf(-1), hi: below}
	case op.Gt:
		return span{lo: math.Inf(-1), hi: below, not: true}
	}
	return span{lo: above, hi: math.Inf(1)}
}

// mixed gives the sign of n - f without rounding.
func mixed(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	floor := math.Floor(f)
	switch whole := int64(floor); {
	case n < whole || n == whole && f > floor:
		return -1
	case n > whole:
		return 1
	}
	return 0
}

// floats is a column of floats within a span.
type floats struct {
	slot int
	span
}

func (floats) prepare(*run) {}
func (floats) price() int   { return 11 }

func (p floats) eval(r *run, want, yes, unknown *words, _ bool) {
	b := r.t.attrs[p.slot].floats.at(r.block)
	if b == nil {
		*yes, *unknown = words{}, *want
		return
	}
	turn := -bit(p.not)
	for w, m := range want {
		known := m & b.known[w]
		unknown[w] = m &^ known
		in := uint64(0)
		if v := b.part(w); few(known) {
			for m := known; m != 0; {
				i := first(&m)
				in |= (bit(p.lo <= v[i]) & bit(v[i] <= p.hi)) << i
			}
		} else {
			for i := 0; i < 64; i += 4 {
				x := (*[4]float64)(v[i:])
				in |= (bit(p.lo <= x[0])&bit(x[0] <= p.hi) | bit(p.lo <= x[1])&bit(x[1] <= p.hi)<<1 |
					bit(p.lo <= x[2])&bit(x[2] <= p.hi)<<2 | bit(p.lo <= x[3])&bit(x[3] <= p.hi)<<3) << i
			}
		}
		yes[w] = (in ^ turn) & known
	}
}
