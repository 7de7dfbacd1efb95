package column

import (
	"regexp"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// text compiles a look into a text or a set of texts.
func (c *compiler) text(n *rule.Node) (part, string) {
	if len(n.Args) != 2 || n.Args[1].Op != op.Const || n.Args[1].Value.Type() != rule.String {
		return nil, ""
	}
	x, k := &n.Args[0], n.Args[1].Value.Text()
	if c.typ(x) == rule.Strings && n.Op == op.Contains {
		holds := func(v rule.Value) bool {
			for m := range v.Each {
				if m == k {
					return true
				}
			}
			return false
		}
		return &lookup[rule.Value]{slot: x.Slot, holds: holds, sets: true, note: c.note()}, "dictionary"
	}
	if c.typ(x) != rule.String {
		return nil, ""
	}
	p := &lookup[string]{slot: x.Slot, note: c.note()}
	switch n.Op {
	case op.Contains:
		p.holds = func(s string) bool { return strings.Contains(s, k) }
	case op.StartsWith:
		p.holds = func(s string) bool { return strings.HasPrefix(s, k) }
	case op.EndsWith:
		p.holds = func(s string) bool { return strings.HasSuffix(s, k) }
		p.may = suffix(k)
	default:
		re, err := regexp.Compile(k)
		if err != nil {
			return constant{unknown: true}, "constant"
		}
		p.holds = re.MatchString
	}
	return p, "dictionary"
}

// suffix looks at the last byte only: without a branch that cannot be foretold the next texts are fetched meanwhile.
func suffix(k string) func(string) uint64 {
	if k == "" {
		return nil
	}
	n, last := len(k), k[len(k)-1]
	return func(s string) uint64 {
		if len(s) < n {
			return 0
		}
		return bit(s[len(s)-1] == last)
	}
}

// order compiles the comparison of a text with a constant.
func (c *compiler) order(o op.Op, a *rule.Node, k string) (part, string) {
	p := &lookup[string]{slot: a.Slot}
	switch o {
	case op.Eq, op.Ne:
		return &equal{slot: a.Slot, texts: []string{k}, not: o == op.Ne, note: c.note()}, "dictionary"
	case op.Lt:
		p.holds = func(s string) bool { return s < k }
	case op.Le:
		p.holds = func(s string) bool { return s <= k }
	case op.Gt:
		p.holds = func(s string) bool { return s > k }
	case op.Ge:
		p.holds = func(s string) bool { return s >= k }
	}
	p.note = c.note()
	return p, "dictionary"
}

// equal is a column of texts that are one of some.
type equal struct {
	slot  int
	texts []string
	not   bool
	note  int
}

func (*equal) price() int { return 12 }

func (p *equal) prepare(r *run) {
	d, n := &r.t.attrs[p.slot].texts, &r.notes[p.note]
	n.codes = n.codes[:0]
	for _, s := range p.texts {
		if code, ok := d.codes[s]; ok {
			n.codes = append(n.codes, code)
		}
	}
	n.bits = n.bits[:0]
	if len(d.keys) <= 64 || len(n.codes) > 2 {
		n.bits = zeros(n.bits, len(d.keys))
		for _, code := range n.codes {
			n.bits[code/64] |= 1 << (code % 64)
		}
	}
}

func zeros(bits []uint64, n int) []uint64 {
	bits = sized(bits, (n+63)/64)
	clear(bits)
	return bits
}

func (p *equal) eval(r *run, want, yes, unknown *words, _ bool) {
	b := r.t.attrs[p.slot].codes.at(r.block)
	if b == nil {
		*yes, *unknown = words{}, *want
		return
	}
	turn, n := -bit(p.not), &r.notes[p.note]
	for w, m := range want {
		known := m & b.known[w]
		unknown[w] = m &^ known
		in := uint64(0)
		switch v := b.part(w); {
		case len(n.codes) == 0 || known == 0:
		case len(n.bits) > 0:
			in = chosen(v, n.bits, known)
		default:
			for _, code := range n.codes {
				in |= same(v, code)
			}
		}
		yes[w] = (in ^ turn) & known
	}
}

// chosen gives the rows of a word whose code is in a set.
func chosen(v *[64]uint32, set []uint64, want uint64) (yes uint64) {
	if few(want) || len(set) > 1 {
		for want != 0 {
			i := first(&want)
			yes |= (set[v[i]/64] >> (v[i] % 64) & 1) << i
		}
		return yes
	}
	all := set[0]
	for i := 0; i < 64; i += 4 {
		x := (*[4]uint32)(v[i:])
		yes |= (all>>(x[0]%64)&1 | all>>(x[1]%64)&1<<1 | all>>(x[2]%64)&1<<2 | all>>(x[3]%64)&1<<3) << i
	}
	return yes
}

// same gives the rows of a word that have a code.
func same(v *[64]uint32, code uint32) (yes uint64) {
	for i := 0; i < 64; i += 4 {
		x := (*[4]uint32)(v[i:])
		yes |= (bit(x[0] == code) | bit(x[1] == code)<<1 | bit(x[2] == code)<<2 | bit(x[3] == code)<<3) << i
	}
	return yes
}

// lookup is a column of texts, or of sets of texts, of which something holds.
type lookup[K comparable] struct {
	slot  int
	holds func(K) bool
	may   func(K) uint64 // 0 where it cannot hold, cheaper; nil for none
	sets  bool
	note  int
}

func (*lookup[K]) price() int { return 80 }

func (p *lookup[K]) dictionary(r *run) *dictionary[K] {
	if c := &r.t.attrs[p.slot]; p.sets {
		return any(&c.sets).(*dictionary[K])
	} else {
		return any(&c.texts).(*dictionary[K])
	}
}

// prepare looks at each text of the dictionary, where it has fewer than the table has rows.
func (p *lookup[K]) prepare(r *run) {
	d, n := p.dictionary(r), &r.notes[p.note]
	n.bits = n.bits[:0]
	if len(d.keys) > 64+r.t.Len()/16 {
		return
	}
	n.bits = zeros(n.bits, len(d.keys))
	for code, k := range d.keys {
		n.bits[code/64] |= bit(p.holds(k)) << (code % 64)
	}
}

func (p *lookup[K]) eval(r *run, want, yes, unknown *words, _ bool) {
	b := r.t.attrs[p.slot].codes.at(r.block)
	if b == nil {
		*yes, *unknown = words{}, *want
		return
	}
	d, n := p.dictionary(r), &r.notes[p.note]
	for w, m := range want {
		known := m & b.known[w]
		unknown[w] = m &^ known
		v, in := b.part(w), uint64(0)
		if len(n.bits) > 0 {
			in = chosen(v, n.bits, known)
		} else {
			look := known
			for m := known; m != 0 && p.may != nil; {
				i := first(&m)
				look &^= (1 - p.may(d.keys[v[i]])) << i
			}
			for look != 0 {
				i := first(&look)
				in |= bit(p.holds(d.keys[v[i]])) << i
			}
		}
		yes[w] = in & known
	}
}
