package space

import (
	"math"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// An Atom is what one condition asks of its subject.
type Atom struct {
	// Subject is the number of the subject in the space, -1 where the condition has one truth for everybody: Fixed.
	Subject int
	Fixed   rule.Truth

	op     op.Op // a comparison, In, StartsWith, Has, or Attr: whether the value is true
	consts []rule.Value
	truth  []rule.Truth // by the cells of the subject
}

const day = int64(marque.Day / 1000)

// atom says what a condition that is no junction asks of what.
func (s *Space) atom(n *rule.Node) Atom {
	switch n.Op {
	case op.Const:
		if n.Value.Type() == rule.Bool {
			return Atom{Subject: -1, Fixed: truth(n.Value.Bool())}
		}
		return Atom{Subject: -1}
	case op.Did:
		times := *n
		times.Op, times.Type = op.Times, rule.Int
		return s.about(Value, &times, op.Ge, rule.IntValue(1))
	case op.Has:
		return s.has(n)
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		if len(n.Args) == 2 {
			return s.comparison(n.Op, &n.Args[0], &n.Args[1])
		}
	case op.In:
		if len(n.Args) == 1 {
			return s.about(Value, &n.Args[0], op.In, n.List...)
		}
	case op.StartsWith:
		if len(n.Args) == 2 && n.Args[1].Op == op.Const && n.Args[1].Value.Type() == rule.String {
			return s.prefix(&n.Args[0], n.Args[1].Value)
		}
	case op.Contains, op.EndsWith, op.Matches:
		if len(n.Args) == 2 {
			s.subject(Value, &n.Args[0], nil)
		}
	}
	return s.about(Value, n, op.Attr)
}

func (s *Space) about(k Kind, n *rule.Node, o op.Op, consts ...rule.Value) Atom {
	i := s.subject(k, n, nil)
	for _, c := range consts {
		s.Subjects[i].note(c)
	}
	return Atom{Subject: i, op: o, consts: consts}
}

func (s *Space) has(n *rule.Node) Atom {
	if len(n.Args) != 1 {
		return Atom{Subject: -1}
	}
	x := &n.Args[0]
	if x.Op == op.DaysSince && len(x.Args) == 1 {
		x = &x.Args[0]
	}
	return s.about(Value, x, op.Has)
}

func (s *Space) prefix(x *rule.Node, p rule.Value) Atom {
	consts := []rule.Value{p}
	if end, ok := next(p.Text()); ok {
		consts = append(consts, rule.StringValue(end))
	}
	a := s.about(Value, x, op.StartsWith, consts...)
	s.Subjects[a.Subject].prefixes = append(s.Subjects[a.Subject].prefixes, p.Text())
	return a
}

func (s *Space) comparison(o op.Op, a, b *rule.Node) Atom {
	if a.Op == op.Const && b.Op != op.Const || b.Moves() && !a.Moves() {
		o, a, b = Mirror(o), b, a
	}
	number := b.Op == op.Const && group(b.Value.Type()) == rule.Float
	switch {
	case b.Moves():
		return s.sign(o, a, b)
	case a.Op == op.Now && b.Op == op.Const:
		if b.Value.Type() != rule.Time {
			return Atom{Subject: -1}
		}
		now := rule.Node{Op: op.Now, Type: rule.Time}
		return s.about(Value, &now, o, rule.TimeValue(rule.Instant(int64(b.Value.Bits())+int64(a.Shift)/1000)))
	case a.Op == op.Now:
		return s.about(Age, b, o, rule.IntValue(int64(a.Shift)/1000))
	case a.Op == op.DaysSince && len(a.Args) == 1 && number:
		return s.about(Age, &a.Args[0], o, micros(b.Value))
	case a.Op == op.Score && number:
		return s.about(Value, a, o, rule.FloatValue(b.Value.Float()))
	case a.Moves() && b.Op == op.Const:
		return Atom{Subject: -1}
	case b.Op == op.Const:
		return s.about(Value, a, o, b.Value)
	}
	return s.sign(o, a, b)
}

// micros is so many days in microseconds, whole where they are.
func micros(days rule.Value) rule.Value {
	const far = 1 << 61
	if days.Type() == rule.Int {
		if n := days.Int(); n >= -far/day && n <= far/day {
			return rule.IntValue(n * day)
		}
	}
	f := days.Float() * float64(day)
	if math.Abs(f) > far {
		return rule.FloatValue(math.Copysign(math.Inf(1), f))
	}
	return rule.FloatValue(f)
}

func (s *Space) sign(o op.Op, a, b *rule.Node) Atom {
	if a.String() > b.String() {
		o, a, b = Mirror(o), b, a
	}
	return Atom{Subject: s.subject(Sign, a, b), op: o}
}

// settle finds the truth in each cell, when all constants are known.
func (a *Atom) settle(s *Subject) {
	a.truth = make([]rule.Truth, len(s.Cells))
	at := make([]int, len(a.consts))
	for i, k := range a.consts {
		at[i] = place(s, k)
	}
	for i, c := range s.Cells {
		a.truth[i] = a.of(s, c, at)
	}
}

// place is where a constant lies among the cells of its type.
func place(s *Subject, k rule.Value) int {
	if k.Type() == rule.Bool {
		return int(k.Bits())
	}
	i, _ := slices.BinarySearchFunc(s.consts(k.Type()), k, order)
	return 2*i + 1
}

func (a *Atom) of(s *Subject, c Cell, at []int) rule.Truth {
	if a.op == op.Has {
		return truth(!c.Missing())
	}
	if c.Missing() {
		return rule.Unknown
	}
	switch a.op {
	case op.Attr:
		if c.Type == rule.Bool {
			return truth(c.At == 1)
		}
		return rule.Unknown
	case op.In:
		for i, k := range a.consts {
			if group(k.Type()) == c.Type && at[i] == c.At {
				return rule.True
			}
		}
		return rule.False
	case op.StartsWith:
		if c.Type != rule.String {
			return rule.Unknown
		}
		return truth(c.At >= at[0] && (len(at) < 2 || c.At < at[1]))
	}
	if s.Kind == Sign {
		return holds(a.op, c.At)
	}
	if len(at) != 1 || !a.consts[0].Known() || group(a.consts[0].Type()) != c.Type || c.Type == rule.Strings {
		return rule.Unknown
	}
	return holds(a.op, c.At-at[0])
}

// key is the text that makes two subjects one.
func key(k Kind, n, with *rule.Node) string {
	var b strings.Builder
	b.WriteByte('0' + byte(k))
	for _, x := range []*rule.Node{n, with} {
		if x == nil {
			continue
		}
		if x.Op == op.Attr {
			b.WriteString("\x00" + x.Name)
			continue
		}
		b.WriteString("\x01" + x.String())
	}
	return b.String()
}
