package sqlstore

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/where"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func shop(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "level", Type: rule.Int}, {Name: "spent", Type: rule.Float},
			{Name: "last_order", Type: rule.Time}, {Name: "subscribed", Type: rule.Bool}, {Name: "interests", Type: rule.Strings}, {Name: "email", Type: rule.String},
			{Name: "note", Type: rule.Any}, {Name: "utm-source", Type: rule.String}, {Name: "城市", Type: rule.String},
		},
		Events: []rule.EventType{
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}, {Name: "weight", Type: rule.Float}, {Name: "due", Type: rule.Time}}},
			{Name: "view", Props: []rule.Field{{Name: "kind", Type: rule.String}, {Name: "seconds", Type: rule.Int}}},
		},
		Tags: []string{"vip", "VIP", "黑名单"}, Scores: []string{"lead", "fit"}, Segments: []string{"new", "lapsing"},
	}.Compile()
	require.NoError(t, err)
	return lex
}

// crowd draws people: values that are missing, at the edges of types and windows, or alike but for case and spaces.
func crowd(lex *rule.Lexicon, n int) []*rule.Facts {
	d := drawer{rand.New(rand.NewPCG(7, 7))}
	people := make([]*rule.Facts, n)
	for i := range people {
		people[i] = d.person(lex, fmt.Sprintf("p%04d", i))
	}
	return people
}

type drawer struct{ *rand.Rand }

func one[T any](d drawer, of ...T) T { return of[d.IntN(len(of))] }

func (d drawer) maybe(v rule.Value) rule.Value {
	if d.IntN(5) == 0 {
		return rule.Value{}
	}
	return v
}

var words = []string{"a", "ab", "b", "", "A", "a ", "AB", "成都", "成", "%", "_", `\`, "é", "e", "😀", "a%b", "ba"}

func (d drawer) word() rule.Value { return d.maybe(rule.StringValue(one(d, words...))) }

func (d drawer) whole() rule.Value {
	if d.IntN(4) > 0 {
		return d.maybe(rule.IntValue(d.Int64N(9) - 2))
	}
	return rule.IntValue(one[int64](d, 1<<53, 1<<53+1, 1<<53-1, -1<<53-1, math.MaxInt64, math.MaxInt64-1, math.MinInt64, 1<<62, -7, 3000000000))
}

func (d drawer) part() rule.Value {
	if d.IntN(4) > 0 {
		return d.maybe(rule.FloatValue(float64(d.IntN(13)-4) / 2))
	}
	return rule.FloatValue(one[float64](d, 0.1, math.Copysign(0, -1), 0, 1<<53, 1<<53+2, 1e300, -1e300, 9223372036854775808, 1e-300, 2.5000000000000004))
}

// instant draws instants on a grid of half days, some a microsecond beside it.
func (d drawer) instant(lo, hi int) rule.Instant {
	return rule.At(noon) + rule.Instant(lo+d.IntN(hi-lo+1))*43200e6 + one[rule.Instant](d, 0, 0, 0, 1, -1, 3600e6)
}

func (d drawer) mark(slot int) rule.Mark {
	m := rule.Mark{Slot: slot, From: d.instant(-20, 8)}
	if d.IntN(2) == 0 {
		m.Until = m.From + rule.Instant(1+d.IntN(20))*43200e6
	}
	return m
}

func (d drawer) person(lex *rule.Lexicon, id string) *rule.Facts {
	f := rule.NewFacts(lex, id)
	f.Zone = one(d, "", "UTC", "Asia/Shanghai", "America/New_York")
	f.Attrs[0], f.Attrs[1], f.Attrs[2], f.Attrs[3] = d.whole(), d.word(), d.whole(), d.part()
	f.Attrs[4] = d.maybe(rule.TimeValue(d.instant(-80, 8)))
	f.Attrs[5] = d.maybe(rule.BoolValue(d.IntN(2) == 0))
	set := make([]string, d.IntN(4))
	for i := range set {
		set[i] = one(d, words...)
	}
	f.Attrs[6] = d.maybe(rule.StringsValue(set...))
	f.Attrs[7], f.Attrs[8], f.Attrs[9], f.Attrs[10] = d.word(), one(d, d.word(), d.whole()), d.word(), d.word()
	for slot := range f.Events {
		for range d.IntN(9) {
			h := rule.Hit{At: d.instant(-80, 8), Props: []rule.Value{d.whole(), d.word(), d.part(), d.maybe(rule.TimeValue(d.instant(-20, 8)))}}
			if slot == 1 {
				h.Props = []rule.Value{d.word(), d.whole()}
			}
			f.Events[slot] = append(f.Events[slot], h)
		}
		slices.SortStableFunc(f.Events[slot], func(a, b rule.Hit) int { return int(a.At - b.At) })
	}
	for slot := range 2 {
		if d.IntN(2) == 0 {
			f.Tags = append(f.Tags, d.mark(slot))
		}
		for range d.IntN(5) {
			term := rule.Term{From: d.instant(-40, 8), Points: float64(d.IntN(31) - 10)}
			if d.IntN(2) == 0 {
				term.Until = term.From + rule.Instant(1+d.IntN(40))*43200e6
			}
			if d.IntN(2) == 0 {
				term.HalfLife = one(d, marque.Day, 7*marque.Day, 14*marque.Day, marque.Duration(time.Second))
			}
			f.Scores[slot] = append(f.Scores[slot], term)
		}
	}
	if d.IntN(2) == 0 {
		f.Segments = append(f.Segments, d.mark(0))
	}
	return f
}

// host is how somebody else keeps the same people: a column for each attribute, in collations that fold case or
// order by language, times in the database's own type, orders in a table of their own.
func host(d where.Dialect) (schema []string, m where.Mapping) {
	words := map[where.Dialect][]string{
		where.SQLite:   {"TEXT COLLATE NOCASE", "TEXT", "INTEGER", "REAL", "INTEGER", "INTEGER", ""},
		where.Postgres: {`text COLLATE "en-x-icu"`, "jsonb", "bigint", "double precision", "boolean", "timestamptz", ""},
		where.MySQL:    {"VARCHAR(100)", "JSON", "BIGINT", "DOUBLE", "BOOLEAN", "DATETIME(6)", "CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"},
	}[d]
	q := `"`
	if d == where.MySQL {
		q = "`"
	}
	r := strings.NewReplacer("TEXT", words[0], "JSON", words[1], "INT", words[2], "FLOAT", words[3], "BOOL", words[4], "TIME", words[5], "END", words[6], "`", q)
	for _, s := range []string{
		"CREATE TABLE h_people (id TEXT PRIMARY KEY, zone TEXT, age INT, city TEXT, level INT, spent FLOAT, last_order TIME, subscribed BOOL, interests JSON, email TEXT, `utm \"source` TEXT, `城市` TEXT) END",
		"CREATE TABLE h_orders (person TEXT, paid_at TIME, amount INT, `kind` TEXT, weight FLOAT, due TIME, seq INT) END",
		"CREATE TABLE h_events (person TEXT, event TEXT, at INT, kind TEXT, more JSON) END",
		"CREATE TABLE h_tags (person TEXT, tag TEXT, since TIME, until TIME) END",
		"CREATE TABLE h_segments (person TEXT, segment TEXT, since INT, until INT) END",
		"CREATE INDEX h_orders_at ON h_orders (person, paid_at)",
		"CREATE INDEX h_events_at ON h_events (person, event, at)",
	} {
		if q == "`" {
			s = strings.ReplaceAll(s, `utm "source`, "utm ``source")
		} else {
			s = strings.ReplaceAll(s, `utm "source`, `utm ""source`)
		}
		schema = append(schema, r.Replace(s))
	}
	utm := `utm "source`
	if q == "`" {
		utm = "utm `source"
	}
	col := func(name string) where.Column { return where.Column{Name: name} }
	time := func(name string) where.Column { return where.Column{Name: name, Native: d != where.SQLite} }
	return schema, where.Mapping{
		People: where.People{Table: "h_people", ID: "id", As: "e"}, // as a table within the conditions is called else
		Attributes: map[string]where.Column{
			"age": col("age"), "city": col("city"), "level": col("level"), "spent": col("spent"), "last_order": time("last_order"),
			"subscribed": col("subscribed"), "interests": col("interests"), "email": col("email"), "utm-source": col(utm), "城市": col("城市"),
		},
		Logs: map[string]where.Log{"order_paid": {Table: "h_orders", Profile: "person", At: time("paid_at"), Props: map[string]where.Column{
			"amount": col("amount"), "kind": col("kind"), "weight": col("weight"), "due": time("due")}}},
		Log: where.Log{Table: "h_events", Profile: "person", Name: col("event"), At: col("at"),
			Props: map[string]where.Column{"kind": col("kind"), "seconds": {Name: "more", Key: "秒 seconds"}}},
		Tags:     where.Marks{Table: "h_tags", Profile: "person", Name: col("tag"), From: time("since"), Until: time("until")},
		Segments: where.Marks{Table: "h_segments", Profile: "person", Name: col("segment"), From: col("since"), Until: col("until")},
	}
}

// settle puts people into the tables of host.
func (s *server) settle(t testing.TB, lex *rule.Lexicon, people []*rule.Facts) {
	instant := func(v rule.Value) any {
		switch {
		case !v.Known():
			return nil
		case s.dialect == where.SQLite:
			return int64(v.Instant())
		}
		return time.UnixMicro(int64(v.Instant())).UTC()
	}
	mark := func(i rule.Instant) any {
		if i == 0 {
			return nil
		}
		return instant(rule.TimeValue(i))
	}
	float := func(v rule.Value) any {
		if !v.Known() && s.dialect == where.Postgres {
			return math.NaN()
		}
		return v.Any()
	}
	set := func(v rule.Value) any {
		if !v.Known() {
			return nil
		}
		text, err := encode([]rule.Field{{Name: "x"}}, []rule.Value{v})
		require.NoError(t, err)
		return strings.TrimSuffix(strings.TrimPrefix(text, `{"x":`), "}")
	}
	persons := &table{name: "people", columns: "id, zone, age, city, level, spent, last_order, subscribed, interests, email, u, v"}
	orders := &table{name: "orders", columns: "person, paid_at, amount, kind, weight, due, seq"}
	events := &table{name: "events", columns: "person, event, at, kind, more"}
	tags := &table{name: "tags", columns: "person, tag, since, until"}
	segments := &table{name: "segments", columns: "person, segment, since, until"}
	_, m := host(s.dialect)
	q := `"`
	if s.dialect == where.MySQL {
		q = "`"
	}
	utm := m.Attributes["utm-source"].Name
	persons.columns = strings.Replace(persons.columns, "u, v", q+strings.ReplaceAll(utm, q, q+q)+q+", "+q+"城市"+q, 1)
	for _, f := range people {
		a := f.Attrs
		persons.add(f.Profile, f.Zone, a[0].Any(), a[1].Any(), a[2].Any(), float(a[3]), instant(a[4]), a[5].Any(), set(a[6]), a[7].Any(), a[9].Any(), a[10].Any())
		for i, h := range f.Events[0] {
			p := h.Props
			orders.add(f.Profile, instant(rule.TimeValue(h.At)), p[0].Any(), p[1].Any(), float(p[2]), instant(p[3]), i)
		}
		for _, h := range f.Events[1] {
			more, err := encode([]rule.Field{{Name: "秒 seconds"}}, h.Props[1:])
			require.NoError(t, err)
			events.add(f.Profile, "view", int64(h.At), h.Props[0].Any(), more)
			events.add(f.Profile, "View ", int64(h.At), h.Props[0].Any(), more) // somebody else's
		}
		for _, x := range f.Tags {
			tags.add(f.Profile, lex.Schema().Tags[x.Slot], mark(x.From), mark(x.Until))
		}
		for _, x := range f.Segments {
			segments.add(f.Profile, lex.Schema().Segments[x.Slot], int64(x.From), func() any {
				if x.Until == 0 {
					return nil
				}
				return int64(x.Until)
			}())
		}
	}
	for _, x := range []*table{persons, orders, events, tags, segments} {
		require.NoError(t, x.insert(context.Background(), s.db, People{Dialect: s.dialect, Prefix: "h_"}), "%v %s", s.dialect, x.name)
	}
}
