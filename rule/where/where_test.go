package where_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/op"
	"github.com/marque-go/marque/rule/where"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The SQL of each kind of condition, to be read. What it gives is tested on databases, by stores/sqlstore.
func TestGolden(t *testing.T) {
	lex := shop(t, "view")
	summary := mapping()
	summary.Summary = where.Summary{Table: "summaries", Profile: "person", Event: where.Column{Name: "event", Exact: true},
		First: where.Column{Name: "first_at"}, Last: where.Column{Name: "last_at"}, Count: "times"}
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			var b strings.Builder
			write := func(m where.Mapping, sources ...string) {
				tables := tables(t, d, lex, m)
				for _, s := range sources {
					q := tables.Query(compile(t, lex, s), noon)
					fmt.Fprintf(&b, "%s\n    %s\n    %v\n", s, q.Where, q.Args)
					if q.Rest != nil {
						b.WriteString("    " + strings.ReplaceAll(strings.TrimSpace(q.Plan()), "\n", "\n    ") + "\n    rest      " + q.Rest.Source() + "\n")
					}
					b.WriteByte('\n')
				}
			}
			write(mapping(),
				`age >= 18 and age < 65.5 and city in ["Beijing", "Chengdu"]`,
				`city == "Chengdu" and email == "ann@example.com"`, `city < "M" or not subscribed`, `email endsWith "@example.com"`,
				`email startsWith "a" and email contains "_"`, `view == "x"`, `"tea" in interests`,
				`spent > 100`, `has(email) and email not in ["a", "b"]`, `(age ?? 18) >= 18`, `(age > 18 ? city : email) == "x"`,
				`subscribed ?? (age > 18)`, `age * 12 + 1 > 400`, `age / 3 > 7`, `age % 4 == 2`, `age == 1.5`,
				`last_order > "2026-05-01"`, `days_since(last_order) <= 30`, `days_since(last_order) > 1.5`, `now > last_order`,
				`has_tag("vip")`, `not in_segment("new")`,
				`did("order_paid", within("30d"))`, `times("order_paid", within("30d")) == 0`, `times("order_paid", within("30d")) >= 3`,
				`times("order_paid", between("90d", "30d"), it.kind == "tea") == 2`, `times("order_paid", since("2026-06-01")) < age`,
				`total("order_paid", "amount", within("30d")) > 1000`, `distinct("order_paid", "kind") >= 2`,
				`days_since(last_at("order_paid")) < 7`, `first_at("order_paid", it.amount > age) < "2026-01-01"`,
				// what SQL cannot say, or only in part
				`city == "Chengdu" and email matches "^a+@"`, `city matches "^C" or age > 18`,
				`not (city matches "^C" or age > 18)`, `did("order_paid", this_month(), it.amount > 10)`, `times("order_paid", within("3d"), it.kind matches "^t") >= 2`,
				`score("lead") >= 50`, `note == "x" and age > 3`, `total("order_paid", "weight") > 3`, `spent / age > 10`, `sequence(["view", "order_paid"], within("7d"))`,
			)
			b.WriteString("---- with a summary\n\n")
			write(summary, `did("order_paid")`, `times("order_paid") >= 3`, `times("order_paid") == 0`, `days_since(first_at("order_paid")) < 30`,
				`last_at("order_paid") < "2026-01-01"`, `did("order_paid", within("7d"))`)
			path := filepath.Join("testdata", strings.ToLower(d.String())+".txt")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), b.String())
		})
	}
}

func TestNativeTimes(t *testing.T) {
	lex := shop(t, "view")
	m := mapping()
	m.Attributes["last_order"] = where.Column{Name: "last_order", Native: true}
	m.Log.At.Native = true
	r := compile(t, lex, `days_since(last_order) <= 30 and did("order_paid", within("7d"))`)
	for d, want := range map[where.Dialect]string{
		where.Postgres: `"p"."last_order" >= $1::timestamptz AND EXISTS (SELECT 1 FROM "events" AS e WHERE e."person" = "p"."id" AND e."name" = $2::text AND e."at" <= $3::timestamptz AND e."at" > $4::timestamptz)`,
		where.MySQL:    "`p`.`last_order` >= CAST(? AS DATETIME(6)) AND EXISTS (SELECT 1 FROM `events` AS e WHERE e.`person` = `p`.`id` AND e.`name` = ? AND e.`at` <= CAST(? AS DATETIME(6)) AND e.`at` > CAST(? AS DATETIME(6)))",
	} {
		q := tables(t, d, lex, m).Query(r, noon)
		require.Equal(t, want, q.Where)
		require.Equal(t, []any{noon.AddDate(0, 0, -30), "order_paid", noon, noon.AddDate(0, 0, -7)}, q.Args)
		require.Nil(t, q.Rest)

		q = tables(t, d, lex, m).Query(compile(t, lex, `last_order > "0700-01-01"`), noon)
		require.Equal(t, "TRUE", q.Where)
		require.NotNil(t, q.Rest, "an instant that the database does not have")
		q = tables(t, d, lex, m).Query(compile(t, lex, `days_since(last_order) < 1e9`), noon)
		require.NotNil(t, q.Rest)
	}
}

// A rule that cannot be pushed down at all leaves everybody to the rest; the rule that is always true leaves nothing.
func TestEdges(t *testing.T) {
	lex := shop(t, "view")
	for _, d := range dialects {
		tables := tables(t, d, lex, where.Mapping{People: where.People{Table: "people", ID: "id"}})
		q := tables.Query(compile(t, lex, `city == "Chengdu" and has_tag("vip") and in_segment("new") and score("lead") > 5 and did("view") and age > 2`), noon)
		require.Equal(t, "TRUE", q.Where)
		require.Empty(t, q.Args)
		require.Equal(t, `city == "Chengdu" and has_tag("vip") and in_segment("new") and score("lead") > 5 and did("view") and age > 2`, q.Rest.Source())
		require.Equal(t, 6, strings.Count(q.Plan(), "left"))

		q = tables.Query(nil, noon)
		require.Equal(t, "TRUE", q.Where)
		require.Nil(t, q.Rest)
		require.Equal(t, "pushed    true\n", q.Plan())

		q = tables.Query(compile(t, lex, `city == "a"`), time.Time{})
		require.NotNil(t, q.Rest)
	}
}

// Trees that no front end has checked give missing values in memory, and no SQL.
func TestUnchecked(t *testing.T) {
	lex := shop(t, "view")
	city := rule.Node{Op: op.Attr, Type: rule.String, Slot: 1, Name: "city"}
	for _, n := range []rule.Node{
		{}, {Op: op.Not}, {Op: op.Eq, Args: []rule.Node{city}}, {Op: op.And}, {Op: op.If, Type: rule.Bool}, {Op: op.In}, {Op: op.Has},
		{Op: op.Gt, Args: []rule.Node{{Op: op.Attr, Slot: 99}, city}}, {Op: op.HasTag, Slot: 99}, {Op: op.InSegment, Slot: -1}, {Op: op.Did, Slot: 99},
		{Op: op.Contains, Args: []rule.Node{{Op: op.It, Slot: 3}, city}}, {Op: op.Field, Type: rule.Bool}, city,
		{Op: op.Gt, Args: []rule.Node{{Op: op.DaysSince}, {Op: op.Const, Value: rule.IntValue(3)}}},
		{Op: op.Gt, Args: []rule.Node{{Op: op.Score, Slot: 99}, {Op: op.Const, Value: rule.IntValue(3)}}},
	} {
		for _, d := range dialects {
			q := tables(t, d, lex, mapping()).Query(eval.New("", n), noon)
			require.Equal(t, "TRUE", q.Where, "%v", n)
			require.NotNil(t, q.Rest)
		}
	}
}

func TestFaults(t *testing.T) {
	lex := shop(t, "view")
	long := strings.Repeat("长", 30)
	_, err := where.New(where.SQLite, lex, where.Mapping{
		People:     where.People{ID: "a\x00b", As: " p"},
		Attributes: map[string]where.Column{"agee": {Name: "age"}, "age": {Name: "age", Native: true}, "city": {Name: "c", Key: `a"b`}, "email": {}},
		Log:        where.Log{Table: "shop..events", Profile: "p", At: where.Column{Name: "at", Native: true}},
		Logs: map[string]where.Log{"order_pay": {}, "view": {Table: "v", Profile: "p", At: where.Column{Name: "at", Key: "x"},
			Props: map[string]where.Column{"x": {Name: "x"}}}},
		Tags:    where.Marks{Table: "t"},
		Scores:  where.Terms{Table: "s"},
		Summary: where.Summary{Table: "s", Last: where.Column{Name: "\xff"}},
	})
	require.EqualError(t, err, `where: people.table: a name is missing
people.id: "a\x00b" is no name: it has control characters, or is no UTF-8
people.as: " p" is no name: it has spaces around it
attributes["age"].native: SQLite has no type for times: keep microseconds
attributes["age"].native: age is int and no time
attributes["agee"]: no such name is declared, did you mean "age"?
attributes["city"].key: "a\"b": SQLite has no path to such a key
attributes["email"].name: a name is missing
log.table: a name is missing
log.at.native: SQLite has no type for times: keep microseconds
log.name.name: a name is missing
logs["order_pay"]: no event "order_pay", did you mean "order_paid"?
logs["view"].at.key: this time needs a column of its own
logs["view"].props["x"]: no such name is declared
tags.profile: a name is missing
tags.name.name: a name is missing
scores.name.name: a name is missing
scores.profile: a name is missing
scores.from: a name is missing
scores.points: a name is missing
summary.profile: a name is missing
summary.event.name: a name is missing
summary.first.name: a name is missing
summary.last.name: "\xff" is no name: it has control characters, or is no UTF-8
summary.count: a name is missing`)
	_, err = where.New(0, lex, where.Mapping{People: where.People{Table: "p", ID: "i"}})
	require.EqualError(t, err, "where: dialect: dialect(0) is none")
	_, err = where.New(where.Postgres, lex, where.Mapping{People: where.People{Table: long, ID: `a"b`}})
	require.EqualError(t, err, "where: people.table: "+strconv.Quote(long)+" has 90 bytes, more than 63")
}

func TestQuotes(t *testing.T) {
	lex := shop(t, "view")
	m := where.Mapping{People: where.People{Table: "a\"`'.p", ID: "id"}, Attributes: map[string]where.Column{"age": {Name: "x\"`' -- "[:6]}}}
	for d, want := range map[where.Dialect]string{where.Postgres: "\"p\".\"x\"\"`' -\" > $1::bigint", where.SQLite: "\"p\".\"x\"\"`' -\" > ?1", where.MySQL: "`p`.`x\"``' -` > ?"} {
		require.Equal(t, want, tables(t, d, lex, m).Query(compile(t, lex, "age > 3"), noon).Where)
	}
}

// hostile are texts that would do harm, or mean something else, if they came to stand in SQL.
var hostile = []string{
	`'; DROP TABLE people; --`, `" OR ""="`, `\' OR 1=1 -- `, "`; DELETE FROM people; `", `$1`, `?`, `?1`, `:a`, `@x`, `%_`, `\`, `\\`, `/*`, `--`, `)`, `;`, `{{`,
	`成都'; DROP TABLE people; --😀`, "a\nb", `$.a`, `$."a"`, `''`, `'`, `"`,
}

// positions are all places of the language where a text or a name may stand.
func positions(x string) []string {
	q := strconv.Quote(x)
	return []string{
		`city == ` + q, `email == ` + q, `email != ` + q, `email < ` + q, `city in [` + q + `, "b"]`, `email not in [` + q + `]`,
		`email contains ` + q, `email startsWith ` + q, `email endsWith ` + q, q + ` in interests`, `(email ?? ` + q + `) == city`,
		`(age > 1 ? ` + q + ` : email) >= city`, `attr(` + q + `) == "x"`, `has(attr(` + q + `))`, `attr(` + q + `) startsWith ` + q,
		`has_tag(` + q + `)`, `in_segment(` + q + `)`, `score(` + q + `) >= 3`, `did(` + q + `)`, `times(` + q + `, within("3d")) >= 2`,
		`total(` + q + `, ` + q + `) > 3`, `distinct(` + q + `, ` + q + `, within("3d")) > 3`, `last_at(` + q + `) > "2026-01-01"`,
		`did(` + q + `, it[` + q + `] > 3)`, `did("order_paid", it.kind == ` + q + `)`, `did("order_paid", it.kind contains ` + q + `)`,
		`times("order_paid", it.kind in [` + q + `, city]) == 2`, `email matches ` + strconv.Quote(regexpOf(x)), `sequence([` + q + `, "order_paid"])`,
	}
}

func regexpOf(x string) string {
	return "^" + strings.NewReplacer(`\`, `\\`, `)`, `\)`, `?`, `\?`, `$`, `\$`, `.`, `\.`, `{`, `\{`, `*`, `\*`).Replace(x)
}

// Whatever text stands in a rule, the SQL is the same: texts and names are parameters only.
func TestInjection(t *testing.T) {
	for _, d := range dialects {
		for _, x := range hostile {
			harmless, harmful := shop(t, "harmless"), shop(t, x)
			plain := positions("harmless")
			for i, source := range positions(x) {
				want := tables(t, d, harmless, mapping()).Query(compile(t, harmless, plain[i]), noon)
				got := tables(t, d, harmful, mapping()).Query(compile(t, harmful, source), noon)
				if got.Rest != nil && want.Rest == nil { // a key that the database has no path to
					require.NotEqual(t, where.Postgres, d)
					require.True(t, strings.ContainsAny(x, "\"\\\n") || strings.HasPrefix(x, "-"), x)
					require.False(t, len(x) > 2 && strings.Contains(got.Where, x), got.Where)
					continue
				}
				require.Equal(t, want.Where, got.Where, "%v %s", d, source)
				require.Len(t, got.Args, len(want.Args))
			}
		}
	}
	lex := shop(t, "view")
	for _, x := range []string{"a\x00b", "a\xffb"} { // no database takes them as a text
		q := tables(t, where.SQLite, lex, mapping()).Query(eval.New("", rule.Node{Op: op.Eq, Type: rule.Bool, Args: []rule.Node{
			{Op: op.Attr, Type: rule.String, Slot: 1}, {Op: op.Const, Type: rule.String, Value: rule.StringValue(x)}}}), noon)
		require.Equal(t, "TRUE", q.Where)
		require.NotNil(t, q.Rest)
	}
}
