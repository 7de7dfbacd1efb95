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

// An encoder turns people into the numbers of the features they have.
type encoder struct {
	table *column.Table
	need  rule.Need
	now   rule.Instant
	names []string
	asks  []ask
	facts *rule.Facts
	raw   []int // what the asks say, before features that are too rare are left out
	keep  []int // the number of each feature, or -1
}

// An ask appends the features that a person has of one group.
type ask func(f *rule.Facts, has []int) []int

// rare is how many people of those learnt from must have a feature, and must not have it, for it to count.
const rare = 5

// mostFeatures bounds the time of fitting, which grows with their cube. What is less frequent is left out.
const mostFeatures = 1000

// newEncoder finds the features in a sample of people.
func newEncoder(t *column.Table, f Features, need rule.Need, now rule.Instant, sample Set) *encoder {
	e := &encoder{table: t, need: need, now: now, facts: rule.NewFacts(t.Lexicon(), "")}
	s := t.Lexicon().Schema()
	for _, slot := range need.Attrs {
		a := s.Attributes[slot]
		get := func(f *rule.Facts) rule.Value { return f.Attrs[slot] }
		if ordered(a.Type) {
			e.numbers(a.Name, a.Type, f.Bins, sample, get)
		} else {
			e.texts(a.Name, f.Values, sample, get)
		}
	}
	for _, slot := range need.Scores {
		e.numbers("score "+s.Scores[slot], rule.Float, f.Bins, sample, func(f *rule.Facts) rule.Value {
			if len(f.Scores[slot]) == 0 {
				return rule.Value{}
			}
			return rule.FloatValue(f.Scores[slot].At(now))
		})
	}
	for _, slot := range need.Tags {
		e.mark("tag "+s.Tags[slot], func(f *rule.Facts) bool { _, ok := rule.Find(f.Tags, slot, now); return ok })
	}
	for _, slot := range need.Segments {
		e.mark("segment "+s.Segments[slot], func(f *rule.Facts) bool { _, ok := rule.Find(f.Segments, slot, now); return ok })
	}
	for _, n := range need.Events {
		e.history(s.Events[n.Slot].Name, n.Slot, f)
	}
	e.prune(sample)
	return e
}

// feature adds a name and gives its number.
func (e *encoder) feature(name string) int {
	e.names = append(e.names, name)
	return len(e.names) - 1
}

// each yields the facts of people.
func (e *encoder) each(people Set, yield func(f *rule.Facts)) {
	for row := range people.All() {
		e.table.Facts(row, e.need, e.facts)
		yield(e.facts)
	}
}

func (e *encoder) texts(name string, top int, sample Set, get func(*rule.Facts) rule.Value) {
	counts := map[string]int{}
	e.each(sample, func(f *rule.Facts) {
		eachLabel(get(f), func(s string) { counts[s]++ })
	})
	values := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	index := map[string]int{}
	for _, v := range values[:min(top, len(values))] {
		index[v] = e.feature(name + " " + v)
	}
	none := e.feature(name + " " + missing)
	e.asks = append(e.asks, func(f *rule.Facts, has []int) []int {
		v := get(f)
		if !v.Known() {
			return append(has, none)
		}
		eachLabel(v, func(s string) {
			if i, ok := index[s]; ok {
				has = append(has, i)
			}
		})
		return has
	})
}

func (e *encoder) numbers(name string, typ rule.Type, n int, sample Set, get func(*rule.Facts) rule.Value) {
	var values []float64
	e.each(sample, func(f *rule.Facts) {
		if v := get(f); v.Known() {
			values = append(values, number(v))
		}
	})
	slices.Sort(values)
	b := newBins(typ, cutsOf(values, n))
	first := len(e.names)
	for i := range len(b.cuts) + 1 {
		e.feature(name + " " + b.label(i))
	}
	none := e.feature(name + " " + missing)
	e.asks = append(e.asks, func(f *rule.Facts, has []int) []int {
		if v := get(f); v.Known() {
			return append(has, first+b.bin(number(v)))
		}
		return append(has, none)
	})
}

func (e *encoder) mark(name string, holds func(*rule.Facts) bool) {
	i := e.feature(name)
	e.asks = append(e.asks, func(f *rule.Facts, has []int) []int {
		if holds(f) {
			return append(has, i)
		}
		return has
	})
}

// history asks when the latest event was, and how many there were, up to now.
func (e *encoder) history(name string, slot int, o Features) {
	first := len(e.names)
	for _, w := range o.Recency {
		e.feature(name + " last within " + w.String())
	}
	before, never := e.feature(name+" last before that"), e.feature(name+" never")
	steps := len(e.names)
	for i, n := range o.Frequency {
		times := strconv.Itoa(n) + " times"
		switch {
		case i == len(o.Frequency)-1:
			times = strconv.Itoa(n) + " times or more"
		case o.Frequency[i+1] > n+1:
			times = fmt.Sprintf("%d to %d times", n, o.Frequency[i+1]-1)
		case n == 1:
			times = "once"
		}
		e.feature(name + " " + times)
	}
	e.asks = append(e.asks, func(f *rule.Facts, has []int) []int {
		hits := f.Events[slot]
		n, _ := slices.BinarySearchFunc(hits, e.now, func(h rule.Hit, now rule.Instant) int {
			return cmp.Or(cmp.Compare(h.At, now), -1) // behind those of the same instant
		})
		if n == 0 {
			return append(has, never)
		}
		for i := len(o.Frequency) - 1; i >= 0; i-- {
			if n >= o.Frequency[i] {
				has = append(has, steps+i)
				break
			}
		}
		for i, w := range o.Recency {
			if int64(e.now-hits[n-1].At) < int64(w)/1000 {
				return append(has, first+i)
			}
		}
		return append(has, before)
	})
}

// prune leaves out features that too few people have, or lack, to say anything.
func (e *encoder) prune(sample Set) {
	counts := make([]int, len(e.names))
	e.each(sample, func(f *rule.Facts) {
		e.raw = e.raw[:0]
		for _, a := range e.asks {
			e.raw = a(f, e.raw)
		}
		for _, i := range e.raw {
			counts[i]++
		}
	})
	byCount := indices(len(counts))
	slices.SortStableFunc(byCount, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	e.keep = slices.Repeat([]int{-1}, len(counts))
	left := mostFeatures
	for _, i := range byCount {
		if left > 0 && rare <= counts[i] && counts[i] <= sample.Len()-rare {
			e.keep[i] = 0
			left--
		}
	}
	var names []string
	for i, k := range e.keep {
		if k == 0 {
			e.keep[i] = len(names)
			names = append(names, e.names[i])
		}
	}
	e.names = names
}

// encode appends the features that the person in a row has, in ascending order.
func (e *encoder) encode(row int, has []int) []int {
	e.table.Facts(row, e.need, e.facts)
	e.raw = e.raw[:0]
	for _, a := range e.asks {
		e.raw = a(e.facts, e.raw)
	}
	from := len(has)
	for _, i := range e.raw {
		if k := e.keep[i]; k >= 0 {
			has = append(has, k)
		}
	}
	slices.Sort(has[from:])
	return has
}

// eachLabel yields the names of a value: those of its members, each once, where it is a set of texts, none where it is
// missing.
func eachLabel(v rule.Value, yield func(string)) {
	switch {
	case v.Type() == rule.Strings:
		for _, s := range slices.Compact(slices.Sorted(v.Each)) {
			yield(text(s))
		}
	case v.Known():
		yield(label(v))
	}
}
