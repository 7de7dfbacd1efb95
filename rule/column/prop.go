package column

import (
	"math"

	"github.com/marque-go/marque/rule"
)

// A prop has the dictionaries of a property of events.
type prop struct {
	texts dictionary[string]
	sets  dictionary[rule.Value]
}

// cells holds a property of events; it is empty until there is one.
type cells struct {
	typ []uint8 // of the value plus one, 0 where it is missing
	v   []uint64
}

// values gives the properties of the event at a place, in a slice that it may reuse.
func (k *kind) values(h *history, i uint32, into []rule.Value) []rule.Value {
	into = into[:0]
	for p := range k.props {
		into = append(into, k.value(h, p, i))
	}
	return into
}

func (k *kind) value(h *history, p int, i uint32) rule.Value {
	c := &h.cells[p]
	if c.typ == nil {
		return rule.Value{}
	}
	return k.props[p].decode(c.typ[i], c.v[i])
}

func (p *prop) encode(v rule.Value) (typ uint8, n uint64) {
	if !v.Known() {
		return 0, 0
	}
	switch v.Type() {
	case rule.Bool:
		n = bit(v.Bool())
	case rule.Int:
		n = uint64(v.Int())
	case rule.Float:
		n = math.Float64bits(v.Float())
	case rule.Time:
		n = uint64(v.Instant())
	case rule.String:
		n = uint64(p.texts.take(v.Text()))
	case rule.Strings:
		n = uint64(p.sets.take(v))
	}
	return uint8(v.Type()) + 1, n
}

func (p *prop) decode(typ uint8, n uint64) rule.Value {
	if typ == 0 {
		return rule.Value{}
	}
	switch rule.Type(typ - 1) {
	case rule.Bool:
		return rule.BoolValue(n == 1)
	case rule.Int:
		return rule.IntValue(int64(n))
	case rule.Float:
		return rule.FloatValue(math.Float64frombits(n))
	case rule.Time:
		return rule.TimeValue(rule.Instant(n))
	case rule.String:
		return rule.StringValue(p.texts.keys[n])
	case rule.Strings:
		return p.sets.keys[n]
	}
	return rule.Value{}
}

func (p *prop) drop(typ uint8, n uint64) {
	switch {
	case typ == uint8(rule.String)+1:
		p.texts.drop(uint32(n))
	case typ == uint8(rule.Strings)+1:
		p.sets.drop(uint32(n))
	}
}
