package where

import (
	"errors"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// longest is how many elements of a list are made parameters.
const longest = 5000

// in translates op.In. An element that is of another type than the value is not equal to it.
func (c scope) in(n *rule.Node) (sql, error) {
	if len(n.List) > longest {
		return sql{}, errors.New("the list is too long for parameters")
	}
	x, err := c.value(&n.Args[0])
	if err != nil {
		return sql{}, err
	}
	if x.t == rule.Any || x.t == rule.Strings {
		return sql{}, errType
	}
	var list []rule.Value
	for _, k := range n.List {
		if k, ok := element(x.t, k); ok {
			list = append(list, k)
		}
	}
	if len(list) == 0 {
		return settled(x.sql, false), nil
	}
	params, bytes := make([]any, 0, 2*len(list)+1), make([]any, 0, 2*len(list)+1)
	for i, k := range list {
		p, err := c.constant(k)
		if err != nil {
			return sql{}, err
		}
		if _, p, err = c.like(x, p); err != nil {
			return sql{}, err
		}
		raw := p.sql
		if x.t == rule.String {
			raw = c.param(k.Text())
		}
		sep := "("
		if i > 0 {
			sep = ", "
		}
		params, bytes = append(params, sep, raw), append(bytes, sep, p.sql)
	}
	params, bytes = append(params, ")"), append(bytes, ")")
	among := func(x sql, list []any) sql {
		return write(x.within(atom), " IN ", write(list...)).as(comparison)
	}
	switch {
	case x.t != rule.String || x.column && x.exact:
		return among(x.sql, params), nil
	case x.column && c.d != SQLite: // as in equal
		return all(among(x.sql, params), among(c.bytes(x).sql, bytes)), nil
	}
	return among(c.bytes(x).sql, bytes), nil
}

// element is the constant of a type that equals k, if there is one.
func element(t rule.Type, k rule.Value) (rule.Value, bool) {
	if t == rule.Float && k.Type() == rule.Int {
		f := k.Float()
		return rule.FloatValue(f), order(k.Int(), f) == 0
	}
	if t == rule.Int && k.Type() == rule.Float {
		k, _ = k.As(rule.Int)
	}
	return k, k.Type() == t && k.Known()
}

// match translates op.Contains, op.StartsWith and op.EndsWith.
func (c scope) match(n *rule.Node) (sql, error) {
	if n.Op == op.Matches {
		return sql{}, errors.New("no database has the patterns of Go's regexp")
	}
	x, err := c.value(&n.Args[0])
	if err != nil {
		return sql{}, err
	}
	y, err := c.value(&n.Args[1])
	if err != nil {
		return sql{}, err
	}
	switch {
	case n.Op == op.Contains && x.t == rule.Strings && y.t == rule.String:
		return c.has(x, y), nil
	case x.t != rule.String || y.t != rule.String:
		return sql{}, errType
	}
	a, b := c.bytes(x).within(atom), c.bytes(y).within(atom)
	return c.part(n.Op, a, b), nil
}

func (c scope) part(o op.Op, a, b sql) sql {
	switch {
	case c.d == Postgres && o == op.Contains:
		return write("strpos(", a, ", ", b, ") > 0").as(comparison)
	case c.d == Postgres && o == op.StartsWith:
		return write("starts_with(", a, ", ", b, ")")
	case c.d == Postgres:
		return write("right(", a, ", length(", b, ")) = ", b).as(comparison)
	case c.d == SQLite && o == op.Contains:
		return write("instr(", a, ", ", b, ") > 0").as(comparison)
	case c.d == SQLite && o == op.StartsWith:
		return write("substr(", a, ", 1, length(", b, ")) = ", b).as(comparison)
	case c.d == SQLite:
		return write("length(", a, ") >= length(", b, ") AND substr(", a, ", length(", a, ") - length(", b, ") + 1) = ", b).as(conjunction)
	case o == op.Contains:
		return write("LOCATE(", b, ", ", a, ") > 0").as(comparison)
	case o == op.StartsWith:
		return write("LEFT(", a, ", LENGTH(", b, ")) = ", b).as(comparison)
	}
	return write("RIGHT(", a, ", LENGTH(", b, ")) = ", b).as(comparison)
}

// has is whether a JSON array has a text.
func (c scope) has(set, text value) sql {
	t := text.sql
	switch c.d {
	case Postgres:
		return write(set.within(atom), " @> to_jsonb(", c.bytes(text).sql, ")").as(comparison)
	case SQLite:
		known := write(set.within(atom), " IS NOT NULL").as(comparison)
		if !text.constant() {
			known = all(known, write(t.within(atom), " IS NOT NULL").as(comparison))
		}
		return write("CASE WHEN ", known, " THEN EXISTS (SELECT 1 FROM json_each(", set.sql, ") AS ", c.alias("j"),
			" WHERE ", c.alias("j"), ".value = ", c.bytes(text).sql, ") END").as(disjunction)
	}
	if text.constant() {
		t = c.param(text.k.Text())
	} else {
		t = write("CONVERT(", t, " USING utf8mb4)")
	}
	return write("JSON_CONTAINS(", set.sql, ", JSON_QUOTE(", t, "))")
}
