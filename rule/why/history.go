package why

import (
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

func (p *person) hits(slot int) []rule.Hit {
	if slot >= len(p.in.Facts.Events) {
		return nil
	}
	return p.in.Facts.Events[slot]
}

func (p *person) put(slot int, hits []rule.Hit) {
	for len(p.in.Facts.Events) <= slot {
		p.in.Facts.Events = append(p.in.Facts.Events, nil)
	}
	p.in.Facts.Events[slot] = hits
}

// counted reports whether an event counts for an event function, count how many do.
func (p *person) counted(n *rule.Node, h rule.Hit) bool {
	one := *p.in.Facts
	one.Events = make([][]rule.Hit, n.Slot+1)
	one.Events[n.Slot] = []rule.Hit{h}
	in := p.in
	in.Facts = &one
	v, _ := eval.Value(*n, in)
	return v.Int() > 0
}

func (p *person) count(n *rule.Node) int {
	v, _ := eval.Value(*n, p.in)
	return int(v.Int())
}

// most is how many events are added at most.
const most = 10000

// times adds events that count, as late as they can be, or takes the latest of them away.
func (p *person) times(n *rule.Node, want int) bool {
	have := p.count(n)
	if want-have > most {
		return false
	}
	for ; have < want; have++ {
		if !p.add(n, rule.At(p.in.Now)-rule.Instant(n.Window.Short/1000), nil) {
			return false
		}
	}
	return p.drop(n, have-want)
}

// drop takes away the latest events that count.
func (p *person) drop(n *rule.Node, howMany int) bool {
	hits := slices.Clone(p.hits(n.Slot))
	for i := len(hits) - 1; i >= 0 && howMany > 0; i-- {
		if p.counted(n, hits[i]) {
			hits = slices.Delete(hits, i, i+1)
			howMany--
		}
	}
	p.put(n.Slot, hits)
	return howMany <= 0
}

// add puts in an event that counts for a node of Times at an instant, with a property as given.
func (p *person) add(n *rule.Node, at rule.Instant, prop func(props []rule.Value) []rule.Value) bool {
	var props []rule.Value
	if len(n.Args) > 0 {
		ok := false
		if props, ok = p.pass(&n.Args[0]); !ok {
			return false
		}
	}
	if prop != nil {
		props = prop(props)
	}
	h := rule.Hit{At: at, Props: props}
	if !p.counted(n, h) {
		return false
	}
	hits := p.hits(n.Slot)
	i, _ := slices.BinarySearchFunc(hits, at+1, func(h rule.Hit, at rule.Instant) int {
		if h.At < at {
			return -1
		}
		return 1
	})
	p.put(n.Slot, slices.Insert(slices.Clone(hits), i, h))
	return true
}

// pass finds properties with which an event passes a filter.
func (p *person) pass(filter *rule.Node) ([]rule.Value, bool) {
	t := &turner{in: p.in, mode: space.True, space: space.New(filter)}
	for _, s := range t.space.Subjects {
		t.here = append(t.here, s.Locate(at(s, p.in)))
	}
	for _, x := range t.terms(space.Goal{Node: filter, Mode: space.True}) {
		var props []rule.Value
		ok := true
		for _, i := range t.changed(x) {
			s := t.space.Subjects[i]
			if s.Kind != space.Value || s.Node.Op != op.It {
				ok = false
				break
			}
			v, fine := witness(s, s.Cells[nearest(s, x.sets[i], t.here[i])], rule.Value{})
			props, ok = with(props, s.Node.Slot, v), ok && fine
		}
		if ok {
			return props, true
		}
	}
	return nil, false
}

// with sets one property.
func with(props []rule.Value, slot int, v rule.Value) []rule.Value {
	for len(props) <= slot {
		props = append(props, rule.Value{})
	}
	props[slot] = v
	return props
}

// distinct adds events with values that are new, or takes events away.
func (p *person) distinct(n *rule.Node, want int) bool {
	when, t := rule.At(p.in.Now)-rule.Instant(n.Window.Short/1000), rule.String
	for _, h := range p.hits(n.Slot) {
		if n.Prop < len(h.Props) && h.Props[n.Prop].Known() {
			t = h.Props[n.Prop].Type()
		}
	}
	for i := 0; p.count(n) < want && i < 100; i++ {
		fresh := number(t, i)
		if !p.add(n, when, func(props []rule.Value) []rule.Value { return with(props, n.Prop, fresh) }) {
			return false
		}
	}
	for p.count(n) > want && p.drop(n, 1) {
	}
	return p.count(n) == want
}

// total adds an event that brings a sum to what is wanted, or takes events away.
func (p *person) total(n *rule.Node, want rule.Value) bool {
	times := *n
	times.Op, times.Type = op.Times, rule.Int
	now, _ := eval.Value(*n, p.in)
	if !now.Known() || !want.Known() {
		return false
	}
	less := func(a, b rule.Value) bool { return a.Float() < b.Float() }
	for less(want, now) {
		if !p.drop(&times, 1) {
			return false
		}
		now, _ = eval.Value(*n, p.in)
	}
	if !less(now, want) {
		return true
	}
	more := rule.FloatValue(want.Float() - now.Float())
	if w, ok := more.As(rule.Int); ok {
		more = w
	}
	when := rule.At(p.in.Now) - rule.Instant(n.Window.Short/1000)
	return p.add(&times, when, func(props []rule.Value) []rule.Value { return with(props, n.Prop, more) })
}
