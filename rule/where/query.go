package where

import (
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/op"
)

// Tables is a database that holds people, ready to be asked. It is immutable and safe for concurrent use.
type Tables struct {
	d     Dialect
	lex   *rule.Lexicon
	m     Mapping
	inner map[string]string // the names of tables within conditions
}

// New checks a mapping of the names of a lexicon to tables, and lists everything that is wrong with it. Do not
// change the mapping's maps afterwards.
func New(d Dialect, lex *rule.Lexicon, m Mapping) (*Tables, error) {
	c := checker{d: d}
	if d == 0 || int(d) >= len(dialects) {
		c.Add("dialect", "%v is none", d)
	}
	c.mapping(&m, lex.Schema())
	if err := c.Err(); err != nil {
		return nil, fmt.Errorf("where: %w", err)
	}
	t := &Tables{d: d, lex: lex, m: m, inner: map[string]string{}}
	if t.m.People.As == "" {
		t.m.People.As = m.People.Table[strings.LastIndexByte(m.People.Table, '.')+1:]
	}
	for _, name := range [...]string{"e", "s", "t", "j"} {
		t.inner[name] = name
		if strings.EqualFold(name, t.m.People.As) {
			t.inner[name] = name + "_"
		}
	}
	return t, nil
}

func (t *Tables) person() string { return t.d.quote(t.m.People.As) }

// A Query is a rule as a condition over the table of people.
type Query struct {
	// Where is the condition, TRUE where nothing could be pushed down; other conditions may stand beside it with AND.
	// It has no literal of the rule and no name of a fact, only parameters: $1, $2, … in PostgreSQL, ?1, ?2, … in
	// SQLite, ? in MySQL. Parameters of the host's own come behind Args, in MySQL behind Where too.
	Where string
	Args  []any // bool, int64, float64, string or time.Time
	// Rest is what is still to be tested of the people the condition gives, nil where that is nothing. Without a
	// Rest the condition is true, false or NULL just where the rule is true, false or unknown. With one it is true
	// for everybody for whom the rule is, and the rule is true for those of them for whom Rest is.
	Rest  *rule.Rule
	parts []part
}

// A part is one of the conditions that a rule joins with and.
type part struct {
	text   string
	how    string
	reason error
}

// Plan says in a line for each condition what becomes of it: "pushed" is decided by the database, "narrowed" is
// decided by Rest among those that the database lets pass, "left" is decided by Rest alone.
func (q Query) Plan() string {
	var b strings.Builder
	for _, p := range q.parts {
		fmt.Fprintf(&b, "%-8s  %s", p.how, p.text)
		if p.reason != nil {
			fmt.Fprintf(&b, "  (%v)", p.reason)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Query translates a rule as of an instant, which is a part of the query: ask anew later. The rule must come from
// the same lexicon.
func (t *Tables) Query(r *rule.Rule, now time.Time) Query {
	c := scope{Tables: t, now: rule.At(now), event: -1}
	root := r.Root()
	var q Query
	var pushed []sql
	var rest []rule.Node
	room := t.d.parameters()
	for _, n := range conjuncts(&root, nil) {
		p := part{text: n.String(), how: "pushed"}
		s, err := c.condition(n)
		if err == nil && !s.fits(room) {
			err = errLong
		}
		if err != nil {
			var ok bool
			rest, p.reason, p.how = append(rest, *n), err, "left"
			if s, ok = c.maybe(n, true); !ok || !s.fits(room) {
				q.parts = append(q.parts, p)
				continue
			}
			p.how = "narrowed"
		}
		pushed, q.parts, room = append(pushed, s), append(q.parts, p), room-len(s.args)
	}
	if len(pushed) == 0 {
		pushed = []sql{word(true)}
	}
	q.Where, q.Args = all(pushed...).within(conjunction).render(t.d)
	switch len(rest) {
	case 0:
	case 1:
		q.Rest = eval.New(rest[0].String(), rest[0])
	default:
		and := rule.Node{Op: op.And, Type: rule.Bool, Args: rest}
		q.Rest = eval.New(and.String(), and)
	}
	return q
}

// conjuncts lists the conditions that the root joins with and.
func conjuncts(n *rule.Node, into []*rule.Node) []*rule.Node {
	if n.Op != op.And || !fits(n) {
		return append(into, n)
	}
	for i := range n.Args {
		into = conjuncts(&n.Args[i], into)
	}
	return into
}

func (c scope) ago(d marque.Duration) rule.Instant { return c.now - rule.Instant(d/1000) }
