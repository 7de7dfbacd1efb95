package where

import (
	"errors"
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// rows is what comes behind SELECT … of the events that count: FROM with its conditions. Loose rows are those and
// maybe more, as few more as is easy.
func (c scope) rows(n *rule.Node, loose bool) (scope, sql, error) {
	events := c.lex.Schema().Events
	if n.Slot < 0 || n.Slot >= len(events) {
		return c, sql{}, errMissing
	}
	name := events[n.Slot].Name
	log, ok := c.m.Logs[name]
	if !ok {
		log = c.m.Log
	}
	switch {
	case log.Table == "":
		return c, sql{}, errMissing
	case !plain(name):
		return c, sql{}, errors.New("the name has NUL, or is no UTF-8")
	}
	c.log, c.event = &log, n.Slot
	e := c.alias("e")
	parts := []sql{c.whose(e, log.Profile)}
	if log.Name.Name != "" {
		parts = append(parts, c.named(c.column(e, log.Name.Name), log.Name.Exact, name))
	}
	bounds, err := c.window(n.Window, log.At, loose)
	if err != nil {
		return c, sql{}, err
	}
	parts = append(parts, bounds...)
	if len(n.Args) > 0 {
		filter, err := c.condition(&n.Args[0])
		if err != nil && loose {
			if filter, ok := c.maybe(&n.Args[0], true); ok {
				parts = append(parts, filter)
			}
		} else if err != nil {
			return c, sql{}, fmt.Errorf("in the filter, %w", err)
		} else {
			parts = append(parts, filter)
		}
	}
	return c, write(" FROM ", c.d.table(log.Table), " AS ", e, " WHERE ", all(parts...)), nil
}

// window bounds the time of events by instants computed here, so that an index on it serves.
func (c scope) window(w rule.Window, at Column, loose bool) ([]sql, error) {
	long := w.Long
	if w.Calendar != 0 {
		if !loose {
			return nil, errors.New("a calendar stretch needs the person's zone")
		}
		long = w.Need()
	}
	column := c.column(c.alias("e"), at.Name)
	var parts []sql
	bound := func(sign string, i rule.Instant) error {
		p, err := c.at(i, at.Native)
		parts = append(parts, compared(column, sign, p))
		return err
	}
	err := bound(" <= ", c.ago(w.Short))
	if long != 0 {
		err = errors.Join(err, bound(" > ", c.ago(long)))
	}
	if w.Since != 0 {
		err = errors.Join(err, bound(" >= ", w.Since))
	}
	if err != nil {
		return nil, errInstant
	}
	return parts, nil
}

func (c scope) alias(name string) string { return c.inner[name] }

// did translates op.Did.
func (c scope) did(n *rule.Node, loose bool) (sql, error) {
	if s, ok, err := c.summary(n); ok {
		return write("EXISTS (SELECT 1", s, ")"), err
	}
	_, rows, err := c.rows(n, loose)
	return write("EXISTS (SELECT 1", rows, ")"), err
}

// counted compares how many events count with a whole number. At least k there are if there is a k-th, from the
// newest on, so that no more of the history is looked at.
func (c scope) counted(o op.Op, n *rule.Node, k int64, loose bool) (sql, error) {
	if k > 1<<53 || k < -1<<53 {
		return sql{}, errors.New("no history is so long")
	}
	switch { // to at least, less than, just, and not just
	case o == op.Gt:
		o, k = op.Ge, k+1
	case o == op.Le:
		o, k = op.Lt, k+1
	case o == op.Eq && k == 0:
		o, k = op.Lt, 1
	case o == op.Ne && k == 0:
		o, k = op.Ge, 1
	}
	_, short, _ := c.summary(n)
	var least sql
	switch {
	case o == op.Eq || o == op.Ne || short && k > 1:
		v, err := c.history(n)
		return compared(v.sql, signs[o], c.param(k)), err
	case k <= 0:
		least = word(true)
	case k == 1:
		s, err := c.did(n, loose)
		if err != nil {
			return sql{}, err
		}
		least = s
	default:
		at, rows, err := c.rows(n, loose)
		if err != nil {
			return sql{}, err
		}
		time := at.column(at.alias("e"), at.log.At.Name)
		least = write("(SELECT ", time, rows, " ORDER BY ", time, " DESC LIMIT 1 OFFSET ", c.param(k-1), ") IS NOT NULL").as(comparison)
	}
	if o == op.Lt {
		return not(least), nil
	}
	return least, nil
}

// history translates the event functions that give a value.
func (c scope) history(n *rule.Node) (value, error) {
	v := value{t: rule.Int, lo: 0, hi: 53}
	if n.Op == op.FirstAt || n.Op == op.LastAt {
		v.t = rule.Time
	}
	if s, ok, err := c.summary(n); ok {
		return c.summed(n, v, s, err)
	}
	at, rows, err := c.rows(n, false)
	if err != nil {
		return v, err
	}
	v.native = v.t == rule.Time && at.log.At.Native
	if n.Op == op.Total {
		return at.total(n, rows)
	}
	what, err := at.aggregate(n)
	v.sql = write("(SELECT ", what, rows, ")")
	return v, err
}

// aggregate is what an event function selects.
func (c scope) aggregate(n *rule.Node) (sql, error) {
	time := c.column(c.alias("e"), c.log.At.Name)
	switch n.Op {
	case op.FirstAt:
		return write("MIN(", time, ")"), nil
	case op.LastAt:
		return write("MAX(", time, ")"), nil
	case op.Times:
		return write("COUNT(*)"), nil
	}
	p, err := c.property(n.Prop)
	if err != nil {
		return sql{}, err
	}
	switch {
	case p.t == rule.Strings:
		return sql{}, errType
	case p.t == rule.Float && c.d == MySQL: // to which -0 is not 0 here
		return write("COUNT(DISTINCT ", p.within(atom), " + 0e0)"), nil
	}
	return write("COUNT(DISTINCT ", c.bytes(p).sql, ")"), nil
}

// total sums a property.
func (c scope) total(n *rule.Node, rows sql) (value, error) {
	v := value{t: rule.Int, lo: 0, hi: 64}
	p, err := c.property(n.Prop)
	switch {
	case err != nil:
		return v, err
	case p.t != rule.Int:
		return v, errors.New("floats are added in no certain order")
	case c.d == SQLite: // where it takes several looks at the amount
		v.sql = write("(SELECT ", c.d.sum(write("v")), " FROM (SELECT ", p.sql, " AS v", rows, "))")
	default:
		v.sql = write("(SELECT ", c.d.sum(p.within(atom)), rows, ")")
	}
	return v, nil
}

// summary is the row of the summary, where a rule has neither window nor filter; ok is false where there is none.
func (c scope) summary(n *rule.Node) (from sql, ok bool, err error) {
	m, events := &c.m.Summary, c.lex.Schema().Events
	if m.Table == "" || n.Window != (rule.Window{}) || len(n.Args) > 0 || n.Op == op.Total || n.Op == op.Distinct ||
		n.Slot < 0 || n.Slot >= len(events) || !plain(events[n.Slot].Name) {
		return sql{}, false, nil
	}
	s := c.alias("s")
	now, err := c.at(c.now, m.First.Native)
	from = write(" FROM ", c.d.table(m.Table), " AS ", s, " WHERE ", all(c.whose(s, m.Profile),
		c.named(c.column(s, m.Event.Name), m.Event.Exact, events[n.Slot].Name), compared(c.column(s, m.First.Name), " <= ", now)))
	return from, true, err
}

// summed reads a value from the summary's row. How many there are, and the last, it knows only if none is later than
// now; else the log does.
func (c scope) summed(n *rule.Node, v value, from sql, err error) (value, error) {
	m, s := &c.m.Summary, c.alias("s")
	if err != nil {
		return v, err
	}
	if n.Op == op.FirstAt {
		v.sql, v.native = write("(SELECT ", c.column(s, m.First.Name), from, ")"), m.First.Native
		return v, nil
	}
	at, rows, err := c.rows(n, false)
	if err != nil {
		return v, err
	}
	now, err := c.at(c.now, m.Last.Native)
	if err != nil {
		return v, err
	}
	known := c.column(s, m.Last.Name)
	if n.Op == op.Times {
		known = c.column(s, m.Count)
	} else if v.native = m.Last.Native; at.log.At.Native != v.native {
		return v, errors.New("the summary has its times in another form than the log")
	}
	what, err := at.aggregate(n)
	v.sql = write("(SELECT CASE WHEN ", compared(c.column(s, m.Last.Name), " <= ", now), " THEN ", known,
		" ELSE (SELECT ", what, rows, ") END", from, ")")
	if n.Op == op.Times {
		v.sql = write("COALESCE(", v.sql, ", 0)")
	}
	return v, err
}
