package column

import (
	"strings"

	"github.com/marque-go/marque/rule"
)

// A dictionary numbers the different values of a column. A number is free again when no row has its value, so that
// a column whose values change does not grow.
type dictionary[K comparable] struct {
	own   func(K) K // makes the copy that is kept
	codes map[K]uint32
	keys  []K
	refs  []uint32
	free  []uint32
	gone  int // since all copies were made anew
}

func dictionaryOf[K comparable](own func(K) K) dictionary[K] {
	return dictionary[K]{own: own, codes: map[K]uint32{}}
}

func newTexts() dictionary[string]    { return dictionaryOf(new(pack).own) }
func newSets() dictionary[rule.Value] { return dictionaryOf(own) }

// take gives the number of a key and counts one use.
func (d *dictionary[K]) take(k K) uint32 {
	if c, ok := d.codes[k]; ok {
		d.refs[c]++
		return c
	}
	k = d.own(k)
	c := uint32(len(d.keys))
	if n := len(d.free); n > 0 {
		c, d.free = d.free[n-1], d.free[:n-1]
		d.keys[c], d.refs[c] = k, 1
	} else {
		d.keys, d.refs = append(d.keys, k), append(d.refs, 1)
	}
	d.codes[k] = c
	return c
}

// drop ends one use.
func (d *dictionary[K]) drop(c uint32) {
	if d.refs[c]--; d.refs[c] > 0 {
		return
	}
	var none K
	delete(d.codes, d.keys[c])
	d.keys[c] = none
	d.free = append(d.free, c)
	if d.gone++; d.gone > len(d.codes)+256 {
		d.renew()
	}
}

// renew makes all copies anew, which lets go of those of keys that are gone.
func (d *dictionary[K]) renew() {
	d.codes, d.gone = make(map[K]uint32, len(d.codes)), 0
	for c := range d.keys {
		if d.refs[c] > 0 {
			d.keys[c] = d.own(d.keys[c])
			d.codes[d.keys[c]] = uint32(c)
		}
	}
}

// A pack copies texts one behind another, since who looks through a dictionary looks at all of them.
type pack struct{ b strings.Builder }

func (p *pack) own(s string) string {
	const page = 16 << 10
	if len(s) > page/8 {
		return strings.Clone(s)
	}
	if p.b.Cap()-p.b.Len() < len(s) {
		size := min(page, max(64, 2*p.b.Cap()))
		p.b.Reset()
		p.b.Grow(max(size, len(s)))
	}
	from := p.b.Len()
	p.b.WriteString(s)
	return p.b.String()[from:]
}
