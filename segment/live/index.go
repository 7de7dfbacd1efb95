package live

import (
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment"
)

// An index says for each thing that can change which segments to look at.
type index struct {
	all    []one // each after those it reads
	byName map[string]int
	events map[string]*course // the events that are kept
	attrs  []*course          // by slot; so are the next two
	tags   []*course
	scores []*course
	every  *course // all segments
	timed  *course // those that time alone can change, and who reads them
}

// A course is segments to look at, in order, and what they read.
type course struct {
	slot int // of the event
	segs []int
	need rule.Need
}

func newIndex(plan *segment.Plan, lex *rule.Lexicon, keep []string) index {
	x := index{byName: map[string]int{}, events: map[string]*course{}}
	for _, name := range plan.Order() {
		r := plan.Rule(name)
		slot, _ := lex.Segment(name)
		root := r.Root()
		x.byName[name] = len(x.all)
		x.all = append(x.all, one{name: name, source: r.Source(), slot: slot, rule: r, query: column.Compile(lex, r), timed: !root.Static()})
	}
	readers := x.readers()
	who := func(reads func(n *rule.Need) bool) *course {
		return x.course(readers, func(o *one) bool { n := o.rule.Need(); return reads(&n) })
	}
	schema := lex.Schema()
	for i, e := range schema.Events {
		c := who(func(n *rule.Need) bool {
			return slices.ContainsFunc(n.Events, func(e rule.EventNeed) bool { return e.Slot == i })
		})
		if len(c.segs) > 0 || slices.Contains(keep, e.Name) {
			c.slot = i
			x.events[e.Name] = c
		}
	}
	for i := range schema.Attributes {
		x.attrs = append(x.attrs, who(func(n *rule.Need) bool { return slices.Contains(n.Attrs, i) }))
	}
	for i := range schema.Tags {
		x.tags = append(x.tags, who(func(n *rule.Need) bool { return slices.Contains(n.Tags, i) }))
	}
	for i := range schema.Scores {
		x.scores = append(x.scores, who(func(n *rule.Need) bool { return slices.Contains(n.Scores, i) }))
	}
	x.every = x.course(readers, func(*one) bool { return true })
	x.timed = x.course(readers, func(o *one) bool { return o.timed })
	return x
}

// readers lists for each segment the segments that read it.
func (x *index) readers() [][]int {
	rs := make([][]int, len(x.all))
	for i := range x.all {
		for _, slot := range x.all[i].rule.Need().Segments {
			for j := range x.all {
				if x.all[j].slot == slot {
					rs[j] = append(rs[j], i)
				}
			}
		}
	}
	return rs
}

// course closes over everything that reads the segments that begin it. A reader always comes later in order.
func (x *index) course(readers [][]int, begins func(*one) bool) *course {
	in := make([]bool, len(x.all))
	c := &course{}
	for i := range x.all {
		if in[i] = in[i] || begins(&x.all[i]); !in[i] {
			continue
		}
		for _, j := range readers[i] {
			in[j] = true
		}
		c.segs = append(c.segs, i)
		c.need = c.need.Union(x.all[i].rule.Need())
	}
	return c
}
