package where

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An sql is a piece of SQL. In text a NUL stands for each parameter, in the order of args: no identifier has one.
type sql struct {
	text string
	args []arg
	bind int8
}

// An arg is a parameter with the type it is given in PostgreSQL, which would else take that of what is beside it.
type arg struct {
	value any
	cast  string
}

// most is how many bytes a piece may have. Some repeat their operands, so that nested ones would soon fill the memory.
const most = 1 << 20

// fits reports whether a piece is not too long for a condition that has room for so many parameters.
func (s sql) fits(room int) bool { return len(s.text) <= most && len(s.args) <= room }

// How tightly a piece is bound; what is not an operator is an atom.
const (
	atom int8 = -iota
	comparison
	negation
	conjunction
	disjunction
)

// write joins strings and pieces.
func write(parts ...any) sql {
	var out sql
	var b strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case sql:
			b.WriteString(p.text)
			out.args = append(out.args, p.args...)
		default:
			panic(fmt.Sprintf("where: %T is no part of SQL", p))
		}
	}
	out.text = b.String()
	return out
}

// as says how tightly a piece is bound.
func (s sql) as(bind int8) sql {
	s.bind = bind
	return s
}

// within puts a piece into brackets where it is bound less tightly than bind.
func (s sql) within(bind int8) sql {
	if s.bind >= bind {
		return s
	}
	return write("(", s, ")")
}

func compared(a sql, sign string, b sql) sql {
	return write(a.within(atom), sign, b.within(atom)).as(comparison)
}

func not(s sql) sql { return write("NOT ", s.within(atom)).as(negation) }

func all(parts ...sql) sql  { return joined(" AND ", conjunction, parts) }
func some(parts ...sql) sql { return joined(" OR ", disjunction, parts) }

// widest is how many parts stand beside one another. SQLite counts each as a level of depth, of which it has 1000, so
// that more of them are put into brackets.
const widest = 64

func joined(word string, bind int8, parts []sql) sql {
	if len(parts) == 1 {
		return parts[0]
	}
	if len(parts) > widest {
		var groups []sql
		for some := range slices.Chunk(parts, (len(parts)+widest-1)/widest) {
			groups = append(groups, joined(word, bind, some).within(atom))
		}
		parts = groups
	}
	out := make([]any, 0, 2*len(parts))
	for i, p := range parts {
		if i > 0 {
			out = append(out, word)
		}
		if p.bind == conjunction && bind == disjunction {
			p = p.within(atom)
		}
		out = append(out, p.within(bind))
	}
	return write(out...).as(bind)
}

// render writes the placeholders. Where they have numbers, equal parameters share one.
func (s sql) render(d Dialect) (text string, values []any) {
	var b strings.Builder
	rest, known := s.text, map[arg]int{}
	for _, a := range s.args {
		head, tail, _ := strings.Cut(rest, "\x00")
		b.WriteString(head)
		rest = tail
		if d == MySQL {
			values = append(values, a.value)
			b.WriteByte('?')
			continue
		}
		n, ok := known[a]
		if !ok {
			values = append(values, a.value)
			n = len(values)
			known[a] = n
		}
		if d == SQLite {
			b.WriteString("?" + strconv.Itoa(n))
		} else {
			b.WriteString("$" + strconv.Itoa(n) + "::" + a.cast)
		}
	}
	b.WriteString(rest)
	return b.String(), values
}
