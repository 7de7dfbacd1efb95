package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
)

// A town is a crowd in a database, in our tables and in a host's.
type town struct {
	*server
	lex    *rule.Lexicon
	people []*rule.Facts
	places []place
}

// A place is one way to keep the same people.
type place struct {
	name   string
	tables *where.Tables
	from   string // the table, as the condition calls it
	id     string
}

func settled(t testing.TB, d where.Dialect, n int) *town {
	s := open(t, d)
	lex := shop(t)
	w := &town{server: s, lex: lex, people: crowd(lex, n)}
	p := People{Dialect: d, Prefix: "m_"}
	for _, x := range []string{"people", "events", "summaries", "tags", "memberships", "terms"} {
		s.exec(t, "DROP TABLE IF EXISTS m_"+x)
	}
	s.exec(t, p.Schema()...)
	require.NoError(t, p.Put(context.Background(), s.db, lex, w.people...))
	tables, err := where.New(d, lex, p.Mapping())
	require.NoError(t, err)
	w.places = append(w.places, place{"ours", tables, "m_people AS p", "p.id"})

	schema, m := host(d)
	for _, x := range []string{"people", "orders", "events", "tags", "segments"} {
		s.exec(t, "DROP TABLE IF EXISTS h_"+x)
	}
	s.exec(t, schema...)
	s.settle(t, lex, w.people)
	tables, err = where.New(d, lex, m)
	require.NoError(t, err)
	w.places = append(w.places, place{"host", tables, "h_people AS e", "e.id"})
	return w
}

// tally counts what the tests have compared.
type tally struct{ rules, queries, rows, whole, narrowed, left int }

func (c tally) String() string {
	return fmt.Sprintf("%d rules, %d queries, %d rows; %d decided by SQL, %d narrowed, %d left", c.rules, c.queries, c.rows, c.whole, c.narrowed, c.left)
}

// agrees compares a rule in memory and in the database, person by person.
func (w *town) agrees(t require.TestingT, source string, now time.Time, count *tally) {
	r, err := lang.New(w.lex, nil).Compile(source, "")
	if err != nil {
		return // two values that move, two constants of different types, …
	}
	count.rules++
	for _, at := range w.places {
		q := at.tables.Query(r, now)
		shown := fmt.Sprintf("%v, %s, at %v\n%s\n%s\n%v\n%v", w.dialect, at.name, now.Format(time.RFC3339Nano), source, q.Where, q.Args, q.Plan())
		got := w.ask(t, at, q, shown)
		count.queries += 2
		switch {
		case q.Rest == nil:
			count.whole++
		case q.Where == "TRUE":
			count.left++
		default:
			count.narrowed++
		}
		for _, f := range w.people {
			count.rows++
			in := rule.Input{Now: now, Facts: f}
			want, have := r.Test(in).Truth, got[f.Profile]
			if q.Rest == nil {
				if want != have {
					require.Equal(t, want, have, "%s of %s\n%s", shown, f.Profile, describe(w.lex, f))
				}
				continue
			}
			if want == rule.True && have != rule.True {
				require.Fail(t, "not a superset", "%s of %s\n%s", shown, f.Profile, describe(w.lex, f))
			}
			if have == rule.True && (q.Rest.Test(in).Truth == rule.True) != (want == rule.True) {
				require.Fail(t, "the rest decides otherwise", "%s\nrest %s of %s: %v\n%s", shown, q.Rest.Source(), f.Profile, want, describe(w.lex, f))
			}
		}
	}
}

// ask reads the truth of the condition for everybody, and that WHERE selects just those for whom it is true.
func (w *town) ask(t require.TestingT, at place, q where.Query, shown string) map[string]rule.Truth {
	got := map[string]rule.Truth{}
	w.read(t, "SELECT "+at.id+", ("+q.Where+") FROM "+at.from, q.Args, shown, func(rows *sql.Rows) error {
		var id string
		var b sql.NullBool
		err := rows.Scan(&id, &b)
		switch {
		case !b.Valid:
			got[id] = rule.Unknown
		case b.Bool:
			got[id] = rule.True
		default:
			got[id] = rule.False
		}
		return err
	})
	require.Len(t, got, len(w.people), shown)
	yes := 0
	for _, x := range got {
		if x == rule.True {
			yes++
		}
	}
	w.read(t, "SELECT "+at.id+" FROM "+at.from+" WHERE "+q.Where, q.Args, shown, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		if got[id] != rule.True {
			require.Fail(t, "WHERE selects somebody for whom the condition is not true", "%s: %s", shown, id)
		}
		yes--
		return err
	})
	require.Zero(t, yes, "WHERE does not select all: %s", shown)
	return got
}

func (w *town) read(t require.TestingT, query string, args []any, shown string, row func(*sql.Rows) error) {
	rows, err := w.db.Query(query, args...)
	require.NoError(t, err, shown)
	defer rows.Close()
	for rows.Next() {
		require.NoError(t, row(rows), shown)
	}
	require.NoError(t, rows.Err(), shown)
}

func describe(lex *rule.Lexicon, f *rule.Facts) string {
	var b strings.Builder
	for i, a := range lex.Schema().Attributes {
		fmt.Fprintf(&b, "%s %v  ", a.Name, f.Attrs[i])
	}
	for slot, hits := range f.Events {
		for _, h := range hits {
			fmt.Fprintf(&b, "\n%s %v %v", lex.EventNames()[slot], h.At.Time().Format(time.RFC3339Nano), h.Props)
		}
	}
	fmt.Fprintf(&b, "\n%v %v %v", f.Tags, f.Segments, f.Scores)
	return b.String()
}

// What random rules say of a crowd is the same in memory and in every database: true, false and unknown where SQL
// decides alone, and where a rest is left, the same people.
func TestDifferential(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			w := settled(t, d, crowdSize)
			var count tally
			began := time.Now()
			rapid.Check(t, func(t *rapid.T) { w.random(t, &count) })
			t.Logf("%v in %v", count, time.Since(began).Round(time.Millisecond))
			require.Greater(t, count.whole, count.queries/10)
			require.Greater(t, count.narrowed, count.queries/100)
		})
	}
}

const crowdSize = 120

func (w *town) random(t *rapid.T, count *tally) {
	source := (&writer{t: t}).condition(2)
	now := noon.Add(time.Duration(rapid.IntRange(-4, 4).Draw(t, "half days")) * 12 * time.Hour)
	w.agrees(t, source, now, count)
	w.agrees(t, "not ("+source+")", now, count)
}

// FuzzSQL compares random rules in memory and in SQLite.
func FuzzSQL(f *testing.F) {
	w := settled(f, where.SQLite, 40)
	var count tally
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) { w.random(t, &count) }))
}
