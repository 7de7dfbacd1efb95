package audience

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/marque-go/marque/rule"
)

// bins divide numbers and times: cut i begins bin i+1, and bin 0 is what lies below the first cut.
type bins struct {
	typ    rule.Type
	cuts   []float64
	layout string // of times
}

// newBins shows times to the day, or to the minute where several cuts are on a day.
func newBins(typ rule.Type, cuts []float64) bins {
	b := bins{typ, cuts, time.DateOnly}
	for i := 1; i < len(cuts); i++ {
		if b.show(cuts[i-1]) == b.show(cuts[i]) {
			b.layout = "2006-01-02 15:04"
		}
	}
	return b
}

// cutsOf divides sorted values into n bins with about as many in each: a bin begins with the value behind so many
// parts of them. Equal values stay together, so that there may be fewer bins; where many are equal to the lowest, these
// are a bin of their own.
func cutsOf(sorted []float64, n int) []float64 {
	if len(sorted) == 0 {
		return nil
	}
	last, cuts := sorted[0], []float64(nil)
	for i := 1; i < n; i++ {
		at := i * len(sorted) / n
		if sorted[at] == sorted[0] {
			at = sort.Search(len(sorted), func(i int) bool { return sorted[i] > sorted[0] })
		}
		if at < len(sorted) && sorted[at] > last {
			last = sorted[at]
			cuts = append(cuts, last)
		}
	}
	return cuts
}

// bin is the bin of a value.
func (b bins) bin(x float64) int {
	i, found := slices.BinarySearch(b.cuts, x)
	if found {
		i++
	}
	return i
}

// label names a bin: of integers "18 to 24", else "18 to < 25"; "< 18", ">= 25".
func (b bins) label(i int) string {
	switch {
	case len(b.cuts) == 0:
		return "any"
	case i == 0:
		return "< " + b.show(b.cuts[0])
	case i == len(b.cuts):
		return ">= " + b.show(b.cuts[i-1])
	case b.typ == rule.Int && b.cuts[i]-b.cuts[i-1] == 1:
		return b.show(b.cuts[i-1])
	case b.typ == rule.Int:
		return b.show(b.cuts[i-1]) + " to " + b.show(b.cuts[i]-1)
	}
	return b.show(b.cuts[i-1]) + " to < " + b.show(b.cuts[i])
}

// show writes a value for people: numbers to six digits.
func (b bins) show(x float64) string {
	switch b.typ {
	case rule.Int:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case rule.Time:
		return time.UnixMicro(int64(x)).UTC().Format(b.layout)
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// value is a cut as a value of the attribute.
func (b bins) value(x float64) rule.Value {
	switch b.typ {
	case rule.Int:
		return rule.IntValue(int64(x))
	case rule.Time:
		return rule.TimeValue(rule.Instant(x))
	}
	return rule.FloatValue(x)
}

// number is a number, or a time in microseconds.
func number(v rule.Value) float64 {
	if v.Type() == rule.Time {
		return float64(v.Instant())
	}
	return v.Float()
}

// binned is the trait of a number or a time.
func (p *painter) binned(slot int, f rule.Field) Trait {
	var values []float64
	for row := range p.base.All() {
		if v := p.table.Attr(row, slot); v.Known() {
			values = append(values, number(v))
		}
	}
	slices.Sort(values)
	b, each := p.divide(f, values)
	known, counts := p.tally(), p.tallies(len(b.cuts)+1)
	for row := range p.base.All() {
		if v := p.table.Attr(row, slot); v.Known() {
			p.count(known, row)
			p.count(counts[b.bin(number(v))], row)
		}
	}
	t := Trait{Name: f.Name, Missing: p.bar(missing, less(p.all, known), p.all)}
	for _, c := range b.cuts {
		t.Cuts = append(t.Cuts, b.value(c))
	}
	for i, n := range counts {
		switch {
		case each:
			t.Bars = append(t.Bars, p.bar(b.show(values[0]), n, known))
			values = values[n[0]:]
		case len(values) > 0:
			t.Bars = append(t.Bars, p.bar(b.label(i), n, known))
		}
	}
	return t
}

// divide makes the bins for sorted values. Where these are few, each is a bin.
func (p *painter) divide(f rule.Field, sorted []float64) (b bins, each bool) {
	var cuts, first []float64
	for _, c := range p.opt.Cuts[f.Name] {
		c, _ = c.As(f.Type)
		cuts = append(cuts, number(c))
	}
	if len(cuts) > 0 {
		slices.Sort(cuts)
		return newBins(f.Type, slices.Compact(cuts)), false
	}
	for i, x := range sorted {
		if i > 0 && x == sorted[i-1] {
			continue
		}
		if first = append(first, x); len(first) > p.opt.Bins {
			return newBins(f.Type, cutsOf(sorted, p.opt.Bins)), false
		}
	}
	if len(first) == 0 {
		return newBins(f.Type, nil), false
	}
	return newBins(f.Type, first[1:]), true
}

const missing = "(missing)"
