package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/where"
)

// A DB is where statements go: a *sql.DB, or a *sql.Tx that the host commits.
type DB interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Put inserts people who are not there yet, some hundred rows in a statement. Their facts are in the slots of lex. An error
// leaves what went before it, unless db is a transaction.
func (p People) Put(ctx context.Context, db DB, lex *rule.Lexicon, people ...*rule.Facts) error {
	s := lex.Schema()
	var faults marque.Faults
	object := func(path string, fields []rule.Field, values []rule.Value) string {
		text, err := encode(fields, values)
		faults.Wrap(path, err)
		return text
	}
	tables := []*table{
		{name: "people", columns: "id, zone, attributes"},
		{name: "events", columns: "profile, name, at, seq, props"},
		{name: "summaries", columns: "profile, event, first_at, last_at, times"},
		{name: "tags", columns: "profile, tag, since, until"},
		{name: "memberships", columns: "profile, segment, since, until"},
		{name: "terms", columns: "profile, score, seq, since, until, points, half_life"},
	}
	for _, f := range people {
		tables[0].add(f.Profile, f.Zone, object(f.Profile+".attributes", s.Attributes, f.Attrs))
		for slot, hits := range f.Events {
			name := s.Events[slot].Name
			for i, h := range hits {
				tables[1].add(f.Profile, name, int64(h.At), int64(i), object(fmt.Sprintf("%s.%s[%d]", f.Profile, name, i), s.Events[slot].Props, h.Props))
			}
			if n := len(hits); n > 0 {
				tables[2].add(f.Profile, name, int64(hits[0].At), int64(hits[n-1].At), int64(n))
			}
		}
		for _, m := range f.Tags {
			tables[3].add(f.Profile, s.Tags[m.Slot], int64(m.From), instant(m.Until))
		}
		for _, m := range f.Segments {
			tables[4].add(f.Profile, s.Segments[m.Slot], int64(m.From), instant(m.Until))
		}
		for slot, curve := range f.Scores {
			for i, t := range curve {
				tables[5].add(f.Profile, s.Scores[slot], int64(i), int64(t.From), instant(t.Until), t.Points, int64(t.HalfLife))
			}
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.insert(ctx, db, p); err != nil {
			return fmt.Errorf("sqlstore: insert %s: %w", t.name, err)
		}
	}
	return nil
}

func instant(i rule.Instant) any {
	if i == 0 {
		return nil
	}
	return int64(i)
}

// A table is rows for one table, all in one list.
type table struct {
	name, columns string
	values        []any
}

func (t *table) add(row ...any) { t.values = append(t.values, row...) }

func (t *table) insert(ctx context.Context, db DB, p People) error {
	const rows = 200
	width := strings.Count(t.columns, ",") + 1
	for from := 0; from < len(t.values); from += rows * width {
		values := t.values[from:min(from+rows*width, len(t.values))]
		var b strings.Builder
		fmt.Fprintf(&b, "INSERT INTO %s%s (%s) VALUES ", p.Prefix, t.name, t.columns)
		for i := range values {
			switch {
			case i == 0:
				b.WriteByte('(')
			case i%width == 0:
				b.WriteString("), (")
			default:
				b.WriteString(", ")
			}
			if p.Dialect == where.Postgres {
				b.WriteString("$" + strconv.Itoa(i+1))
			} else {
				b.WriteByte('?')
			}
		}
		b.WriteByte(')')
		if _, err := db.ExecContext(ctx, b.String(), values...); err != nil {
			return err
		}
	}
	return nil
}

// encode writes values as a JSON object: times in microseconds, sets as arrays, what is missing not at all.
func encode(fields []rule.Field, values []rule.Value) (string, error) {
	object := make(map[string]any, len(fields))
	var faults marque.Faults
	for i, f := range fields {
		if i >= len(values) || !values[i].Known() {
			continue
		}
		v := values[i]
		switch x := v.Any(); {
		case v.Type() == rule.Time:
			object[f.Name] = int64(v.Instant())
		case v.Type() == rule.Float && math.IsInf(v.Float(), 0):
			faults.Add(f.Name, "JSON has no infinite numbers")
		default:
			object[f.Name] = x
		}
	}
	if err := faults.Err(); err != nil {
		return "", err
	}
	text, err := json.Marshal(object)
	return string(text), err
}
