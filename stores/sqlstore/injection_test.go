package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
)

// hostile are texts that would do harm, or mean something else, if they came to stand in SQL.
var hostile = []string{
	`'; DROP TABLE i_people; --`, `" OR ""="`, `\' OR 1=1 -- `, "`; DELETE FROM i_people; `", `$1`, `?`, `?1`, `:a`, `@x`, `%_`, `\`, `\\`,
	`/*`, `--`, `)`, `;`, `成都'; DROP TABLE i_people; --😀`, "a\nb", `$.a`, `$."a"`, `''`, `'`, `"`,
}

// names is a lexicon in which every hostile text names one of everything.
func names(t testing.TB) *rule.Lexicon {
	s := rule.Schema{Attributes: []rule.Field{{Name: "text", Type: rule.String}, {Name: "set", Type: rule.Strings}, {Name: "n", Type: rule.Int}},
		Tags: hostile, Scores: hostile, Segments: hostile}
	for _, x := range hostile {
		s.Attributes = append(s.Attributes, rule.Field{Name: x, Type: rule.String})
		s.Events = append(s.Events, rule.EventType{Name: x, Props: []rule.Field{{Name: x, Type: rule.Int}, {Name: "kind", Type: rule.String}}})
	}
	lex, err := s.Compile()
	require.NoError(t, err)
	return lex
}

// victims are people who have the hostile texts in and for everything, some of them each.
func victims(lex *rule.Lexicon) (people []*rule.Facts) {
	for i := range hostile {
		f := rule.NewFacts(lex, fmt.Sprintf("p%d %s", i, hostile[i]))
		text := rule.StringValue(hostile[i])
		f.Attrs[0], f.Attrs[1], f.Attrs[2] = text, rule.StringsValue(hostile[i], "b"), rule.IntValue(int64(i))
		for j := range hostile {
			if (i+j)%3 == 0 {
				continue
			}
			f.Attrs[3+j] = rule.StringValue(hostile[j])
			f.Events[j] = []rule.Hit{{At: rule.At(noon) - rule.Instant(j+1)*86400e6, Props: []rule.Value{rule.IntValue(int64(i)), text}}}
			f.Tags = append(f.Tags, rule.Mark{Slot: j, From: 1})
			f.Segments = append(f.Segments, rule.Mark{Slot: j, From: 1})
			f.Scores[j] = rule.Curve{{From: 1, Points: float64(j)}}
		}
		people = append(people, f)
	}
	return people
}

// positions are all places of the language where a text or a name may stand.
func positions(x string) []string {
	q := strconv.Quote(x)
	return []string{
		`text == ` + q, `text != ` + q, `text < ` + q, `text in [` + q + `, "b"]`, `text not in [` + q + `]`, `text contains ` + q, `text startsWith ` + q,
		`text endsWith ` + q, q + ` in set`, `(attr(` + q + `) ?? ` + q + `) == text`, `(n > 3 ? ` + q + ` : text) >= text`, `attr(` + q + `) == ` + q,
		`has(attr(` + q + `))`, `has_tag(` + q + `)`, `not in_segment(` + q + `)`, `score(` + q + `) >= 3`, `did(` + q + `)`, `times(` + q + `, within("9d")) >= 1`,
		`total(` + q + `, ` + q + `) > 3`, `distinct(` + q + `, ` + q + `, within("3d")) > 0`, `last_at(` + q + `) > "2026-06-10"`,
		`did(` + q + `, it[` + q + `] > 3)`, `did(` + q + `, it.kind == ` + q + `)`, `times(` + q + `, it.kind in [` + q + `, text]) == 1`,
		`did(` + q + `, since("2026-06-10"), it.kind contains ` + q + `)`,
	}
}

// Hostile texts in every place of the language give what they give in memory, and leave the tables as they are.
func TestInjection(t *testing.T) {
	lex := names(t)
	people := victims(lex)
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			s := open(t, d)
			p := People{Dialect: d, Prefix: "i_"}
			s.exec(t, p.Schema()...)
			require.NoError(t, p.Put(context.Background(), s.db, lex, people...))
			tables, err := where.New(d, lex, p.Mapping())
			require.NoError(t, err)
			w := &town{server: s, lex: lex, people: people, places: []place{{"ours", tables, "i_people AS p", "p.id"}}}
			before := s.sizes(t, "i_")
			var count tally
			for _, x := range hostile {
				for _, source := range positions(x) {
					r, err := lang.New(lex, nil).Compile(source, "")
					require.NoError(t, err, source)
					if q := tables.Query(r, noon); len(x) > 5 {
						require.NotContains(t, q.Where, x)
					}
					w.agrees(t, source, noon, &count)
				}
			}
			require.Equal(t, before, s.sizes(t, "i_"))
			require.Greater(t, count.whole, count.rules/2)
			t.Log(count)
		})
	}
}

// A date is read before it comes near a database.
func TestHostileDates(t *testing.T) {
	lex := shop(t)
	for _, x := range hostile {
		for _, source := range []string{`last_order > ` + strconv.Quote(x), `did("view", since(` + strconv.Quote(x) + `))`, `did("view", within(` + strconv.Quote(x) + `))`, `last_order > date(` + strconv.Quote(x) + `)`} {
			_, err := lang.New(lex, nil).Compile(source, "")
			require.Error(t, err, source)
		}
	}
}

// sizes counts the rows of our tables, and adds up the lengths of the texts in the first.
func (s *server) sizes(t testing.TB, prefix string) (all []int) {
	for _, query := range []string{
		"SELECT COUNT(*) FROM PREpeople", "SELECT SUM(length(attributes)) FROM PREpeople", "SELECT COUNT(*) FROM PREevents", "SELECT COUNT(*) FROM PREsummaries",
		"SELECT COUNT(*) FROM PREtags", "SELECT COUNT(*) FROM PREmemberships", "SELECT COUNT(*) FROM PREterms",
	} {
		query = strings.Replace(query, "PRE", prefix, 1)
		if s.dialect == where.Postgres {
			query = strings.Replace(query, "length(attributes)", "length(attributes::text)", 1)
		}
		var n int
		require.NoError(t, s.db.QueryRow(query).Scan(&n), query)
		all = append(all, n)
	}
	return all
}
