package audience

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
)

// A painter makes the traits of a portrait.
type painter struct {
	table     *column.Table
	base      Set
	audiences [][]uint64
	now       rule.Instant
	opt       PortraitOptions
	z         float64
	all       []int // a tally of everybody
}

// tally is room for counts of the base, and of each audience behind it.
func (p *painter) tally() []int { return make([]int, 1+len(p.audiences)) }

func (p *painter) tallies(n int) [][]int {
	out := make([][]int, n)
	for i := range out {
		out[i] = p.tally()
	}
	return out
}

func (p *painter) count(into []int, row int) {
	into[0]++
	for i, words := range p.audiences {
		into[1+i] += int(words[row>>6] >> (row & 63) & 1)
	}
}

// bar compares a tally with that of the people it is a part of.
func (p *painter) bar(label string, n, of []int) Bar {
	b := Bar{Label: label, Count: n[0], Share: share(n[0], of[0])}
	for i := range p.audiences {
		b.Of = append(b.Of, indexOf(n[1+i], of[1+i], n[0], of[0], p.z))
	}
	return b
}

// less is a - b.
func less(a, b []int) []int {
	out := slices.Clone(a)
	for i := range out {
		out[i] -= b[i]
	}
	return out
}

func (p *painter) attribute(slot int, f rule.Field) Trait {
	if ordered(f.Type) {
		return p.binned(slot, f)
	}
	known, values, many := p.tally(), map[string][]int{}, false
	count := func(value string, row int) {
		if values[value] == nil {
			values[value] = p.tally()
		}
		p.count(values[value], row)
	}
	for row := range p.base.All() {
		v := p.table.Attr(row, slot)
		if !v.Known() {
			continue
		}
		p.count(known, row)
		many = many || v.Type() == rule.Strings
		eachLabel(v, func(s string) { count(s, row) })
	}
	return p.named(f.Name, values, known, many)
}

// named is a trait of values with names: the most frequent of them.
func (p *painter) named(name string, values map[string][]int, known []int, many bool) Trait {
	t := Trait{Name: name, Many: many, Missing: p.bar(missing, less(p.all, known), p.all)}
	rest := slices.Clone(known)
	for _, v := range slices.Sorted(maps.Keys(values)) {
		if values[v][0] < p.opt.Least {
			t.Others++
			continue
		}
		t.Bars = append(t.Bars, p.bar(v, values[v], known))
	}
	slices.SortStableFunc(t.Bars, func(a, b Bar) int {
		return cmp.Or(cmp.Compare(b.most(), a.most()), cmp.Compare(b.Count, a.Count))
	})
	if over := len(t.Bars) - p.opt.Top; over > 0 {
		t.Bars = t.Bars[:p.opt.Top]
		t.Others += over
	}
	if many || t.Others == 0 {
		return t
	}
	for _, b := range t.Bars {
		rest = less(rest, values[b.Label])
	}
	t.Bars = append(t.Bars, p.bar(fmt.Sprintf("(%d others)", t.Others), rest, known))
	return t
}

// most is the largest share in an audience, or the share in the base where there is none.
func (b Bar) most() float64 {
	if len(b.Of) == 0 {
		return b.Share
	}
	most := 0.0
	for _, x := range b.Of {
		most = max(most, x.Share)
	}
	return most
}

// label names a value for people: a text without quotes, where that cannot be taken for something else.
func label(v rule.Value) string {
	if v.Type() == rule.String {
		return text(v.Text())
	}
	return v.String()
}

func text(s string) string {
	if s == "" || s == missing {
		return strconv.Quote(s)
	}
	return s
}
