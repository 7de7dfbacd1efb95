package where

import (
	"fmt"
	"strings"
)

// A Dialect is the SQL of one kind of database.
type Dialect uint8

// The dialects.
const (
	Postgres Dialect = iota + 1 // PostgreSQL 12 and later
	SQLite                      // SQLite 3.38 and later
	MySQL                       // MySQL 8.0.17 and later, MariaDB 10.5 and later
)

var dialects = [...]string{Postgres: "PostgreSQL", SQLite: "SQLite", MySQL: "MySQL"}

// String is the name of the database.
func (d Dialect) String() string {
	if d == 0 || int(d) >= len(dialects) {
		return fmt.Sprintf("dialect(%d)", uint8(d))
	}
	return dialects[d]
}

// quote writes an identifier.
func (d Dialect) quote(name string) string {
	q := `"`
	if d == MySQL {
		q = "`"
	}
	return q + strings.ReplaceAll(name, q, q+q) + q
}

// table writes the name of a table, which may have a schema before it.
func (d Dialect) table(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = d.quote(p)
	}
	return strings.Join(parts, ".")
}

// longest is how long an identifier may be, in bytes; PostgreSQL cuts off what is beyond.
func (d Dialect) longest() int {
	switch d {
	case Postgres:
		return 63
	case MySQL:
		return 64
	}
	return 255
}

// parameters is how many parameters a condition may have, so that some are left for the host's own: the databases take
// 65,535 of them, SQLite 32,766.
func (d Dialect) parameters() int {
	if d == SQLite {
		return 32000
	}
	return 64000
}

// binary makes a text compare byte by byte, whatever collation it comes with.
func (d Dialect) binary(s sql) sql {
	switch d {
	case Postgres:
		return write(s, ` COLLATE "C"`)
	case SQLite:
		return write(s, " COLLATE BINARY")
	}
	return write("CAST(", s, " AS BINARY)")
}

// double makes a float of an integer.
func (d Dialect) double(s sql) sql {
	switch d {
	case Postgres:
		return write(s, "::float8")
	case SQLite:
		return write("CAST(", s, " AS REAL)")
	}
	return write("CAST(", s, " AS DOUBLE)")
}

// wide makes an integer that calculations cannot overflow; SQLite has none and needs none.
func (d Dialect) wide(s sql) sql {
	switch d {
	case Postgres:
		return write(s, "::numeric")
	case MySQL:
		return write("CAST(", s, " AS DECIMAL(20))")
	}
	return s
}

// fit makes NULL of a wide integer that 64 bits do not hold. Where SQLite's integers overflow, they become floats.
func (d Dialect) fit(s sql) sql {
	if d == SQLite {
		return write("(SELECT CASE typeof(v) WHEN 'integer' THEN v END FROM (SELECT ", s, " AS v))")
	}
	return write("NULLIF(NULLIF(GREATEST(LEAST(", s, ", 9223372036854775808), -9223372036854775809), 9223372036854775808), -9223372036854775809)")
}

// sum adds up integers: 0 where there are none, NULL where the sum does not fit 64 bits. SQLite's own sum fails
// there, so its halves are added.
func (d Dialect) sum(s sql) sql {
	if d != SQLite {
		return d.fit(write("COALESCE(SUM(", s, "), 0)"))
	}
	high := write("SUM(", s, " >> 32) + (SUM(", s, " & 4294967295) >> 32)")
	return write("CASE WHEN COUNT(", s, ") = 0 THEN 0 WHEN ", high, " BETWEEN -2147483648 AND 2147483647 THEN ((", high,
		") << 32) | (SUM(", s, " & 4294967295) & 4294967295) END")
}
