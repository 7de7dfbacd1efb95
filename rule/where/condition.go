package where

import (
	"errors"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// condition translates a part to what is true, false or NULL wherever the part is true, false or unknown. An error
// says why that is not possible.
func (c scope) condition(n *rule.Node) (sql, error) {
	if !fits(n) {
		return sql{}, errType
	}
	switch n.Op {
	case op.And, op.Or:
		parts, err := c.conditions(n.Args)
		if err != nil {
			return sql{}, err
		}
		if n.Op == op.And {
			return all(parts...), nil
		}
		return some(parts...), nil
	case op.Not:
		x, err := c.condition(&n.Args[0])
		return not(x), err
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		return c.comparison(n)
	case op.In:
		return c.in(n)
	case op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		return c.match(n)
	case op.Has:
		return c.known(n)
	case op.HasTag:
		return c.marked(&c.m.Tags, c.lex.Schema().Tags, n.Slot)
	case op.InSegment:
		return c.marked(&c.m.Segments, c.lex.Schema().Segments, n.Slot)
	case op.Did:
		return c.did(n, false)
	case op.Sequence:
		return sql{}, errors.New("SQL tells no order of events")
	case op.If, op.Else:
		if n.Condition() {
			return c.either(n)
		}
	case op.Const:
		if n.Value.Type() != rule.Bool || !n.Value.Known() {
			return c.unknown(), nil
		}
	}
	v, err := c.value(n)
	if err == nil && v.t != rule.Bool {
		err = errType
	}
	return v.sql, err
}

func (c scope) conditions(ns []rule.Node) ([]sql, error) {
	parts := make([]sql, len(ns))
	for i := range ns {
		var err error
		if parts[i], err = c.condition(&ns[i]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func (c scope) unknown() sql {
	if c.d == Postgres {
		return write("NULL::boolean")
	}
	return write("NULL")
}

// either translates op.If and op.Else over conditions.
func (c scope) either(n *rule.Node) (sql, error) {
	parts, err := c.conditions(n.Args)
	switch {
	case err != nil:
		return sql{}, err
	case n.Op == op.Else:
		return write("COALESCE(", parts[0], ", ", parts[1], ")"), nil
	}
	return write("CASE WHEN ", parts[0], " THEN ", parts[1], " ELSE ", parts[2], " END").as(disjunction), nil
}

// known translates op.Has. A value that moves is there whenever what it is made of is.
func (c scope) known(n *rule.Node) (sql, error) {
	x := &n.Args[0]
	switch {
	case x.Op == op.Now || x.Op == op.Score:
		return word(true), nil
	case x.Op == op.DaysSince && fits(x):
		x = &x.Args[0]
	}
	v, err := c.value(x)
	return write(v.within(atom), " IS NOT NULL").as(comparison), err
}

// fits reports whether a part has the operands it needs: a tree that no front end has checked may lack them.
func fits(n *rule.Node) bool {
	have := len(n.Args)
	switch n.Op {
	case op.And, op.Or:
		return have > 0
	case op.Not, op.In, op.Has, op.Neg, op.DaysSince:
		return have == 1
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge, op.Contains, op.StartsWith, op.EndsWith, op.Matches,
		op.Add, op.Sub, op.Mul, op.Div, op.Mod, op.Else:
		return have == 2
	case op.If:
		return have == 3
	case op.Did, op.Times, op.Total, op.Distinct, op.FirstAt, op.LastAt:
		return have <= 1
	}
	return true
}
