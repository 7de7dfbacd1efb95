package eval_test

import (
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// oracle evaluates a tree in the plainest way: no windows searched, no instants computed, nothing reordered.
type oracle struct {
	now rule.Instant
	f   *rule.Facts
	row []rule.Value
	it  []rule.Value
}

func at(row []rule.Value, slot int) rule.Value {
	if slot < len(row) {
		return row[slot]
	}
	return rule.Value{}
}

func truth(v rule.Value) rule.Truth {
	switch {
	case v.Type() != rule.Bool:
		return rule.Unknown
	case v.Bool():
		return rule.True
	}
	return rule.False
}

func value(t rule.Truth) rule.Value {
	if t == rule.Unknown {
		return rule.Value{}
	}
	return rule.BoolValue(t == rule.True)
}

func yes(b bool) rule.Value { return rule.BoolValue(b) }

func (o oracle) of(n rule.Node) rule.Value {
	arg := func(i int) rule.Value { return o.of(n.Args[i]) }
	switch n.Op {
	case op.Const:
		return n.Value
	case op.Attr:
		return at(o.f.Attrs, n.Slot)
	case op.Field:
		return at(o.row, n.Slot)
	case op.It:
		return at(o.it, n.Slot)
	case op.Now:
		return rule.TimeValue(o.now - rule.Instant(n.Shift/1000))
	case op.And, op.Or:
		least, most := rule.True, rule.False
		for i := range n.Args {
			t := truth(arg(i))
			least, most = min(least, t), max(most, t)
		}
		if n.Op == op.And {
			return value(least)
		}
		return value(most)
	case op.Not:
		return value(-truth(arg(0)))
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		return compare(n.Op, arg(0), arg(1))
	case op.In:
		x := arg(0)
		if !x.Known() {
			return x
		}
		for _, v := range n.List {
			if eq := compare(op.Eq, x, v); eq.Bool() {
				return eq
			}
		}
		return yes(false)
	case op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		a, b := arg(0), arg(1)
		if n.Op == op.Contains && a.Type() == rule.Strings && b.Type() == rule.String {
			for s := range a.Each {
				if s == b.Text() {
					return yes(true)
				}
			}
			return yes(false)
		}
		if a.Type() != rule.String || b.Type() != rule.String {
			return rule.Value{}
		}
		switch n.Op {
		case op.Contains:
			return yes(strings.Contains(a.Text(), b.Text()))
		case op.StartsWith:
			return yes(strings.HasPrefix(a.Text(), b.Text()))
		case op.EndsWith:
			return yes(strings.HasSuffix(a.Text(), b.Text()))
		}
		return yes(regexp.MustCompile(b.Text()).MatchString(a.Text()))
	case op.Has:
		return yes(arg(0).Known())
	case op.Neg:
		return sum(op.Sub, rule.IntValue(0), arg(0))
	case op.Add, op.Sub, op.Mul, op.Div, op.Mod:
		return sum(n.Op, arg(0), arg(1))
	case op.If:
		if truth(arg(0)) == rule.True {
			return arg(1)
		}
		return arg(2)
	case op.Else:
		if v := arg(0); v.Known() {
			return v
		}
		return arg(1)
	case op.DaysSince:
		x := arg(0)
		if x.Type() != rule.Time {
			return rule.Value{}
		}
		return rule.FloatValue(float64(o.now-x.Instant()) / 86400e6)
	case op.HasTag:
		_, ok := rule.Find(o.f.Tags, n.Slot, o.now)
		return yes(ok)
	case op.InSegment:
		_, ok := rule.Find(o.f.Segments, n.Slot, o.now)
		return yes(ok)
	case op.Score:
		if n.Slot >= len(o.f.Scores) {
			return rule.FloatValue(0)
		}
		return rule.FloatValue(o.f.Scores[n.Slot].At(o.now))
	}
	return o.history(n)
}

func (o oracle) history(n rule.Node) rule.Value {
	var hits []rule.Hit
	for _, h := range o.f.Events[n.Slot] {
		age := o.now - h.At
		if age < rule.Instant(n.Window.Short/1000) || n.Window.Long != 0 && age >= rule.Instant(n.Window.Long/1000) || h.At < n.Window.Since {
			continue
		}
		if c := n.Window.Calendar; c != 0 {
			unit := map[rule.Calendar]civil.Unit{rule.Today: civil.Day, rule.ThisWeek: civil.Week, rule.ThisMonth: civil.Month}[c]
			zone, err := time.LoadLocation(o.f.Zone)
			if err != nil {
				zone = time.UTC
			}
			if start := civil.StartOf(unit, o.now.Time(), zone); age < 0 || h.At < rule.At(start) {
				continue
			}
		}
		if len(n.Args) > 0 {
			in := o
			if in.it = h.Props; truth(in.of(n.Args[0])) != rule.True {
				continue
			}
		}
		hits = append(hits, h)
	}
	switch n.Op {
	case op.Did:
		return yes(len(hits) > 0)
	case op.Times:
		return rule.IntValue(int64(len(hits)))
	case op.FirstAt, op.LastAt:
		if len(hits) == 0 {
			return rule.Value{}
		}
		if n.Op == op.FirstAt {
			return rule.TimeValue(hits[0].At)
		}
		return rule.TimeValue(hits[len(hits)-1].At)
	case op.Total:
		total := rule.IntValue(0)
		for _, h := range hits {
			if x := at(h.Props, n.Prop); x.Type() == rule.Int || x.Type() == rule.Float {
				total = sum(op.Add, total, x)
			}
		}
		return total
	}
	var values []rule.Value
	for _, h := range hits {
		x := at(h.Props, n.Prop)
		known := !x.Known()
		for _, v := range values {
			known = known || compare(op.Eq, v, x).Bool()
		}
		if !known {
			values = append(values, x)
		}
	}
	return rule.IntValue(int64(len(values)))
}

func number(v rule.Value) bool { return v.Type() == rule.Int || v.Type() == rule.Float }

func compare(o op.Op, a, b rule.Value) rule.Value {
	if !a.Known() || !b.Known() || a.Type() != b.Type() && !(number(a) && number(b)) || a.Type() == rule.Strings {
		return rule.Value{}
	}
	sign := 0
	switch {
	case number(a):
		sign = order(a.Float() - b.Float())
	case a.Type() == rule.String:
		sign = strings.Compare(a.Text(), b.Text())
	case a.Type() == rule.Time:
		sign = order(float64(a.Instant() - b.Instant()))
	case a.Bool() != b.Bool():
		sign = -1
		if a.Bool() {
			sign = 1
		}
	}
	switch o {
	case op.Eq:
		return yes(sign == 0)
	case op.Ne:
		return yes(sign != 0)
	case op.Lt:
		return yes(sign < 0)
	case op.Le:
		return yes(sign <= 0)
	case op.Gt:
		return yes(sign > 0)
	}
	return yes(sign >= 0)
}

func order(f float64) int {
	switch {
	case f < 0:
		return -1
	case f > 0:
		return 1
	}
	return 0
}

func sum(o op.Op, a, b rule.Value) rule.Value {
	if !number(a) || !number(b) {
		return rule.Value{}
	}
	whole := a.Type() == rule.Int && b.Type() == rule.Int
	x, y := a.Float(), b.Float()
	f := math.NaN()
	switch o {
	case op.Add:
		f = x + y
	case op.Sub:
		f = x - y
	case op.Mul:
		f = x * y
	case op.Div:
		whole = false
		if y != 0 {
			f = x / y
		}
	case op.Mod:
		if whole && y != 0 {
			f = math.Mod(x, y)
		}
	}
	if whole && !math.IsNaN(f) { // the tests use small integers
		return rule.IntValue(int64(f))
	}
	return rule.FloatValue(f)
}
