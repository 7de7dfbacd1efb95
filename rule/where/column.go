package where

import (
	"math"

	"github.com/marque-go/marque/rule"
)

// attribute is the column of the person's attribute.
func (c scope) attribute(n *rule.Node) (value, error) {
	attrs := c.lex.Schema().Attributes
	if n.Slot < 0 || n.Slot >= len(attrs) {
		return value{}, errMissing
	}
	a := &attrs[n.Slot]
	col, ok := c.m.Attributes[a.Name]
	return c.mapped(c.person(), a, col, ok, c.m.JSON)
}

// property is the column of a property of the event that is looked at.
func (c scope) property(slot int) (value, error) {
	if c.log == nil || slot < 0 || slot >= len(c.lex.Schema().Events[c.event].Props) {
		return value{}, errMissing
	}
	p := &c.lex.Schema().Events[c.event].Props[slot]
	col, ok := c.log.Props[p.Name]
	return c.mapped(c.alias("e"), p, col, ok, c.log.JSON)
}

// mapped is the column of a field, or its place in the object of all those that have none.
func (c scope) mapped(table string, f *rule.Field, col Column, ok bool, object string) (value, error) {
	if !ok {
		if col = (Column{Name: object, Key: f.Name}); object == "" || !c.d.key(f.Name) || f.Name == "" {
			return value{}, errMissing
		}
	}
	v := value{t: f.Type, native: col.Native, exact: col.Exact, column: col.Key == "", sql: c.column(table, col.Name), hi: math.Inf(1), lo: math.Inf(-1)}
	if v.t == rule.Int {
		v.lo, v.hi = 0, 64
	}
	if v.t == rule.Any {
		return v, errType
	}
	switch {
	case col.Key != "":
		v.sql, v.exact = c.member(v.sql, col.Key, v.t), c.d != Postgres
	case v.t == rule.Float && c.d == Postgres && !col.Exact:
		v.sql, v.column = write("NULLIF(", v.sql, ", 'NaN')"), false
	}
	return v, nil
}

func (c scope) column(table, name string) sql { return write(table, ".", c.d.quote(name)) }

// member is the field of a JSON object, NULL where it has another type.
func (c scope) member(object sql, key string, t rule.Type) sql {
	switch c.d {
	case Postgres:
		return c.memberPostgres(write("(", object, " -> ", c.param(key), ")"), t)
	case SQLite:
		return c.memberSQLite(object, c.param(`$."`+key+`"`), t)
	}
	return c.memberMySQL(write("JSON_EXTRACT(", object, ", ", c.param(`$."`+key+`"`), ")"), t)
}

func (c scope) memberPostgres(x sql, t rule.Type) sql {
	kind := func(name string, then ...any) sql {
		return write("CASE jsonb_typeof(", x, ") WHEN '", name, "' THEN ", write(then...), " END").as(disjunction).within(atom)
	}
	switch t {
	case rule.Bool:
		return kind("boolean", x, "::boolean")
	case rule.String:
		return kind("string", x, " #>> '{}'")
	case rule.Strings:
		return kind("array", x)
	case rule.Float:
		return kind("number", x, "::float8")
	}
	return kind("number", "CASE WHEN ", x, "::numeric % 1 = 0 THEN ", c.d.fit(write(x, "::numeric")), " END")
}

func (c scope) memberSQLite(object, path sql, t rule.Type) sql {
	x := write("json_extract(", object, ", ", path, ")")
	kind := func(cases ...any) sql {
		return write("CASE json_type(", object, ", ", path, ")", write(cases...), " END").as(disjunction).within(atom)
	}
	switch t {
	case rule.Bool:
		return kind(" WHEN 'true' THEN 1 WHEN 'false' THEN 0")
	case rule.String:
		return kind(" WHEN 'text' THEN ", x)
	case rule.Strings:
		return kind(" WHEN 'array' THEN ", x)
	case rule.Float:
		return kind(" WHEN 'real' THEN ", x, " WHEN 'integer' THEN CAST(", x, " AS REAL)")
	}
	return kind(" WHEN 'integer' THEN ", x, " WHEN 'real' THEN CASE WHEN ", x, " = CAST(", x, " AS INTEGER) THEN CAST(", x, " AS INTEGER) END")
}

func (c scope) memberMySQL(x sql, t rule.Type) sql {
	kind := func(cases ...any) sql {
		return write("CASE JSON_TYPE(", x, ")", write(cases...), " END").as(disjunction).within(atom)
	}
	double := c.d.double(x)
	switch t {
	case rule.Bool:
		return kind(" WHEN 'BOOLEAN' THEN JSON_UNQUOTE(", x, ") = 'true'")
	case rule.String:
		return write("CAST(", kind(" WHEN 'STRING' THEN JSON_UNQUOTE(", x, ")"), " AS BINARY)")
	case rule.Strings:
		return kind(" WHEN 'ARRAY' THEN ", x)
	case rule.Float:
		return kind(" WHEN 'DOUBLE' THEN ", double, " WHEN 'INTEGER' THEN ", double, " WHEN 'DECIMAL' THEN ", double)
	}
	return kind(" WHEN 'INTEGER' THEN CAST(", x, " AS SIGNED) WHEN 'DOUBLE' THEN CASE WHEN ", double, " = FLOOR(", double,
		") AND ABS(", double, ") < 9223372036854775808 THEN CAST(", double, " AS SIGNED) END")
}
