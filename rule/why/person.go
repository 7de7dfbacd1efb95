package why

import (
	"math"
	"slices"
	"strconv"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

// A person is a copy of an input that changes are made to.
type person struct{ in rule.Input }

func (t *turner) copy() *person {
	f := *t.in.Facts
	f.Attrs, f.Events, f.Tags, f.Segments, f.Scores = slices.Clone(f.Attrs), slices.Clone(f.Events), slices.Clone(f.Tags), slices.Clone(f.Segments), slices.Clone(f.Scores)
	return &person{rule.Input{Now: t.in.Now, Facts: &f, Scope: slices.Clone(t.in.Scope)}}
}

func (p *person) at(s *space.Subject) rule.Value { return at(s, p.in) }

// move brings a subject into one of its cells; it is false where it does not know how.
func (p *person) move(s *space.Subject, cell int) bool {
	c := s.Cells[cell]
	if s.Kind == space.Sign {
		return p.compare(s, c)
	}
	v, ok := witness(s, c, p.at(s))
	if !ok {
		return false
	}
	n := s.Node
	switch {
	case s.Kind == space.Age && v.Known():
		v = rule.TimeValue(rule.At(p.in.Now) - rule.Instant(v.Int()))
		fallthrough
	case n.Op == op.Attr || n.Op == op.Field || n.Op == op.FirstAt || n.Op == op.LastAt:
		return p.set(n, v)
	case n.Op == op.HasTag:
		p.in.Facts.Tags = rule.Put(clear(p.in.Facts.Tags, n.Slot), rule.Mark{Slot: n.Slot, From: rule.At(p.in.Now)}, v.Bool())
		return true
	case n.Op == op.InSegment:
		p.in.Facts.Segments = rule.Put(clear(p.in.Facts.Segments, n.Slot), rule.Mark{Slot: n.Slot, From: rule.At(p.in.Now)}, v.Bool())
		return true
	case n.Op == op.Score:
		return p.score(n.Slot, v.Float())
	case n.Op == op.Contains || n.Op == op.EndsWith:
		return p.text(n, c)
	case n.Op == op.Times:
		return p.times(n, int(v.Int()))
	case n.Op == op.Distinct:
		return p.distinct(n, int(v.Int()))
	case n.Op == op.Total:
		return p.total(n, v)
	}
	return false
}

// clear drops all marks of a slot.
func clear(marks []rule.Mark, slot int) []rule.Mark {
	return slices.DeleteFunc(slices.Clone(marks), func(m rule.Mark) bool { return m.Slot == slot })
}

// witness is a value of a cell, the nearest to what the subject is now.
func witness(s *space.Subject, c space.Cell, now rule.Value) (rule.Value, bool) {
	switch {
	case c.Missing():
		return rule.Value{}, true
	case c.Type == rule.Bool:
		return rule.BoolValue(c.At == 1), true
	case c.Type == rule.Strings:
		return rule.StringsValue(), true
	}
	lo, hi := s.Bounds(c)
	switch {
	case c.At%2 == 1:
		return lo, true
	case c.Type == rule.Time || s.Whole():
		n := int64(now.Bits())
		if !now.Known() || n < c.Lo || n > c.Hi {
			if n = c.Lo; far(c.Lo) || now.Known() && int64(now.Bits()) > c.Hi {
				n = c.Hi
			}
			if far(n) {
				n = 0
			}
		}
		if c.Type == rule.Time {
			return rule.TimeValue(rule.Instant(n)), true
		}
		return rule.IntValue(n), true
	case c.Type == rule.String:
		switch {
		case !hi.Known() || lo.Known() && lo.Text()+"\x00" < hi.Text():
			return rule.StringValue(lo.Text() + "\x00"), true
		case !lo.Known() && hi.Text() != "":
			return rule.StringValue(""), true
		}
		return rule.Value{}, false
	}
	f := 0.0
	switch {
	case lo.Known() && hi.Known():
		f = lo.Float() + (hi.Float()-lo.Float())/2
	case lo.Known():
		f = math.Max(lo.Float()+1, math.Nextafter(lo.Float(), math.Inf(1)))
	case hi.Known():
		f = math.Min(hi.Float()-1, math.Nextafter(hi.Float(), math.Inf(-1)))
	}
	return rule.FloatValue(f), s.Cells[max(s.Locate(rule.FloatValue(f)), 0)] == c
}

// set gives an attribute, a field or the time of a first or last event a value.
func (p *person) set(n *rule.Node, v rule.Value) bool {
	switch n.Op {
	case op.Attr, op.Field:
		row := &p.in.Facts.Attrs
		if n.Op == op.Field {
			row = &p.in.Scope
		}
		for len(*row) <= n.Slot {
			*row = append(*row, rule.Value{})
		}
		(*row)[n.Slot] = v
		return true
	case op.FirstAt, op.LastAt:
		times := *n
		times.Op, times.Type = op.Times, rule.Int
		hits := p.hits(n.Slot)
		for i := len(hits) - 1; i >= 0; i-- {
			if (!v.Known() || (n.Op == op.LastAt) == (hits[i].At > v.Instant())) && p.counted(&times, hits[i]) {
				hits = slices.Delete(slices.Clone(hits), i, i+1)
			}
		}
		p.put(n.Slot, hits)
		return !v.Known() || p.add(&times, v.Instant(), nil)
	}
	return false
}

// compare brings two values to stand as wanted, by changing one of them that is an attribute or a field.
func (p *person) compare(s *space.Subject, c space.Cell) bool {
	for i, n := range []*rule.Node{s.Node, s.With} {
		if n.Op != op.Attr && n.Op != op.Field {
			continue
		}
		if c.Missing() {
			return p.set(n, rule.Value{})
		}
		other, sign := s.With, c.At
		if i == 1 {
			other, sign = s.Node, -c.At
		}
		v, _ := eval.Value(*other, p.in)
		if other.Moves() || !v.Known() {
			continue
		}
		switch v.Type() {
		case rule.Int:
			v = rule.IntValue(v.Int() + int64(sign))
		case rule.Float:
			v = rule.FloatValue(v.Float() + float64(sign))
			if w, ok := v.As(n.Type); ok {
				v = w
			} else {
				v = rule.IntValue(int64(math.Floor(v.Float())) + int64(max(sign, 0)))
			}
		case rule.Time:
			v = rule.TimeValue(v.Instant() + rule.Instant(sign))
		case rule.String:
			if sign < 0 && v.Text() == "" {
				continue
			}
			v = rule.StringValue(map[int]string{-1: "", 0: v.Text(), 1: v.Text() + "\x00"}[sign])
		case rule.Bool:
			v = rule.BoolValue(v.Bool() != (sign != 0))
		}
		return p.set(n, v)
	}
	return false
}

// score adds a term that brings a score to a level.
func (p *person) score(slot int, level float64) bool {
	for len(p.in.Facts.Scores) <= slot {
		p.in.Facts.Scores = append(p.in.Facts.Scores, nil)
	}
	now := rule.At(p.in.Now)
	curve := p.in.Facts.Scores[slot]
	last := rule.Term{From: now, Points: level - curve.At(now)}
	p.in.Facts.Scores[slot] = append(slices.Clone(curve), last)
	for range 4 { // what rounding left
		if rest := level - p.in.Facts.Scores[slot].At(now); rest != 0 {
			p.in.Facts.Scores[slot][len(curve)].Points += rest
		}
	}
	return true
}

// text makes an attribute that contains, or ends with, a written text, or does not.
func (p *person) text(n *rule.Node, c space.Cell) bool {
	x := &n.Args[0]
	if (x.Op != op.Attr && x.Op != op.Field) || n.Args[1].Op != op.Const {
		return false
	}
	sought := n.Args[1].Value.Text()
	now, _ := eval.Value(*x, p.in)
	switch {
	case c.Missing():
		return p.set(x, rule.Value{})
	case x.Type == rule.Strings || now.Type() == rule.Strings:
		var set []string
		for s := range now.Each {
			if s != sought {
				set = append(set, s)
			}
		}
		if c.At == 1 {
			set = append(set, sought)
		}
		return p.set(x, rule.StringsValue(set...))
	case c.At == 1:
		return p.set(x, rule.StringValue(now.Text()+sought))
	case sought == "":
		return false
	}
	return p.set(x, rule.StringValue(""))
}

// number names the n-th of several values of a type.
func number(t rule.Type, n int) rule.Value {
	switch t {
	case rule.Int, rule.Any:
		return rule.IntValue(int64(1e9 + n))
	case rule.Float:
		return rule.FloatValue(1e9 + float64(n))
	case rule.String:
		return rule.StringValue("value " + strconv.Itoa(n))
	}
	return rule.Value{}
}
