package where

import (
	"errors"
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// marked translates op.HasTag and op.InSegment.
func (c scope) marked(m *Marks, names []string, slot int) (sql, error) {
	if m.Table == "" || slot < 0 || slot >= len(names) {
		return sql{}, errMissing
	}
	if !plain(names[slot]) {
		return sql{}, errors.New("the name has NUL, or is no UTF-8")
	}
	t := c.alias("t")
	parts := []sql{c.whose(t, m.Profile), c.named(c.column(t, m.Name.Name), m.Name.Exact, names[slot])}
	if m.From.Name != "" {
		now, err := c.at(c.now, m.From.Native)
		if err != nil {
			return sql{}, err
		}
		parts = append(parts, compared(c.column(t, m.From.Name), " <= ", now))
	}
	if m.Until.Name != "" {
		now, err := c.at(c.now, m.Until.Native)
		if err != nil {
			return sql{}, err
		}
		until := c.column(t, m.Until.Name)
		parts = append(parts, some(write(until, " IS NULL").as(comparison), compared(until, " > ", now)))
	}
	return write("EXISTS (SELECT 1 FROM ", c.d.table(m.Table), " AS ", t, " WHERE ", all(parts...), ")"), nil
}

// whose binds the rows of a table to the person.
func (c scope) whose(table, profile string) sql {
	return compared(c.column(table, profile), " = ", c.column(c.person(), c.m.People.ID))
}

// scored translates what surely holds where the comparison of a score with a number is true: the score comes near.
func (c scope) scored(o op.Op, slot int, level float64) (sql, bool) {
	m, names := &c.m.Scores, c.lex.Schema().Scores
	if m.Table == "" || slot < 0 || slot >= len(names) || !plain(names[slot]) || math.Abs(level) > 1e300 {
		return sql{}, false
	}
	most := func() sql {
		return compared(c.score(names[slot], "1.000000001e0", "0.999999999e0"), " >= ", c.param(level-margin(level)))
	}
	least := func() sql {
		return compared(c.score(names[slot], "0.999999999e0", "1.000000001e0"), " <= ", c.param(level+margin(level)))
	}
	switch o {
	case op.Ge, op.Gt:
		return most(), true
	case op.Le, op.Lt:
		return least(), true
	case op.Eq:
		return all(most(), least()), true
	}
	return sql{}, false
}

// margin covers what a level rounds, and terms that are so old that their number of half-lives is cut off.
func margin(level float64) float64 { return 1e-9*math.Abs(level) + 1e-150 }

// score is the most, or the least, that a score in memory may be: there it adds up in another order, and rounds
// otherwise. Plus and minus are the factors of points above and below 0.
func (c scope) score(name, plus, minus string) sql {
	m, t := &c.m.Scores, c.alias("t")
	now := c.param(int64(c.now))
	points, from := c.column(t, m.Points), c.column(t, m.From)
	parts := []sql{c.whose(t, m.Profile), c.named(c.column(t, m.Name.Name), m.Name.Exact, name), compared(from, " <= ", now)}
	if m.Until != "" {
		until := c.column(t, m.Until)
		parts = append(parts, some(write(until, " IS NULL").as(comparison), compared(until, " > ", now)))
	}
	term := write(points, " * CASE WHEN ", points, " > 0 THEN ", plus, " ELSE ", minus, " END")
	if m.HalfLife != "" {
		half := c.column(t, m.HalfLife)
		age := write(c.d.double(write("(", from, " - ", now, ")")), " * 1000e0 / ", half) // in half-lives, and negative
		least := "GREATEST"
		if c.d == SQLite {
			least = "MAX"
		}
		term = write(term, " * CASE WHEN ", half, " > 0 THEN POWER(2e0, ", least, "(-700e0, ", age, ")) ELSE 1e0 END")
	}
	return write("(SELECT COALESCE(SUM(", term, "), 0e0) FROM ", c.d.table(m.Table), " AS ", t, " WHERE ", all(parts...), ")")
}

// days compares the days since a time with a constant number: a comparison of the time itself with an instant.
func (c scope) days(o op.Op, x, y *rule.Node) (sql, error) {
	if !fits(x) || y.Op != op.Const || y.Value.Type() != rule.Int && y.Value.Type() != rule.Float {
		return sql{}, errMoves
	}
	t, err := c.value(&x.Args[0])
	if err != nil {
		return sql{}, err
	}
	if t.t != rule.Time {
		return sql{}, errType
	}
	least, most, ok := micros(y.Value)
	if !ok {
		return sql{}, errInstant
	}
	bound := func(sign string, i rule.Instant) (sql, error) {
		p, err := c.at(i, t.native)
		return compared(t.sql, sign, p), err
	}
	from, to := c.now-least, c.now-most // at from or before it are at least so many days, before to are more
	switch o {
	case op.Ge:
		return bound(" <= ", from)
	case op.Lt:
		return bound(" > ", from)
	case op.Gt:
		return bound(" < ", to)
	case op.Le:
		return bound(" >= ", to)
	}
	same, err := bound(" = ", from)
	if from != to {
		same = settled(t.sql, false) // no microsecond is just so far away
	}
	if o == op.Ne {
		same = not(same)
	}
	return same, err
}

// micros is a number of days in microseconds, rounded up and down. ok is false where that is beyond all instants.
func micros(days rule.Value) (up, down rule.Instant, ok bool) {
	const day, far = int64(marque.Day / 1000), 1 << 61
	if days.Type() == rule.Int {
		n := days.Int()
		if n > far/day || n < -far/day {
			return 0, 0, false
		}
		return rule.Instant(n * day), rule.Instant(n * day), true
	}
	f := days.Float() * float64(day)
	if math.Abs(f) > far {
		return 0, 0, false
	}
	return rule.Instant(math.Ceil(f)), rule.Instant(math.Floor(f)), true
}
