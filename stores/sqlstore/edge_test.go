package sqlstore

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
)

// Rules whose answer turns on a microsecond, on a bit beyond 53, on case or on a space, over the same people, at the
// instants where they turn.
func TestEdges(t *testing.T) {
	us := time.Microsecond
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			w := settled(t, d, 60)
			var count tally
			for _, source := range []string{
				`did("order_paid", within("7d"))`, `did("order_paid", between("30d", "2d"))`, `times("view", within("1d")) == 2`, `times("view") >= 3`, `times("view") < 3`,
				`times("order_paid") == 0`, `times("order_paid") != 0`, `times("order_paid") > -1`, `times("order_paid") == -1`, `times("order_paid") <= 2`, `not did("view")`,
				`first_at("view") >= date("2026-06-01T12:00:00Z")`, `last_at("view") <= ago("1d")`, `last_at("order_paid") == now`, `has(last_at("view"))`,
				`days_since(last_order) == 7`, `days_since(last_order) != 7`, `days_since(last_order) <= 7`, `days_since(last_order) < 0.5`, `days_since(last_order) > -1`,
				`days_since(last_order) == 0.123456789`, `days_since(first_at("view", within("9d"))) >= 2`, `last_order == now`, `has_tag("vip")`, `has_tag("VIP")`, `in_segment("new")`,
				`age == 9007199254740993`, `age == 9007199254740992`, `age > 9007199254740992.0`, `age < 9223372036854775807`, `age == 9.223372036854775807e18`, `age <= 1e19`,
				`spent == 9007199254740993`, `spent < 9007199254740993`, `spent > 9223372036854775807`, `spent in [9007199254740992, 0]`, `spent == -0.0`, `spent == 0`, `age != 2.5`,
				`age + 1 > 0`, `-age < 0`, `age * level == 0`, `age - level > 9007199254740992`, `age / level == 0.5`, `age / 0 > 1`, `age % 0 == 1`, `age % -3 == -1`, `(age % level) == 0`,
				`(age + 1) * (level - 1) + age * age > 10`, `age / 3 + level / 7 > 0.1`, `age > spent`, `times("view") > spent`, `age in [9007199254740993]`,
				`city == "a"`, `city == "A"`, `city == "a "`, `city == "e"`, `city in ["A", "a "]`, `city < "a"`, `城市 > "成"`, `city startsWith ""`, `city endsWith ""`, `city contains ""`,
				`city endsWith "b"`, `city contains "%"`, `city startsWith "_"`, `city == email`, `city < email`, `city contains email`, `city endsWith email`, `city startsWith email`,
				`interests contains "A"`, `interests contains "a "`, `interests contains city`, `has(interests)`, `has(city) and not has(age)`, `(city ?? "b") == "b"`,
				`(subscribed ? city : email) < "b"`, `subscribed == (age > 2)`, `subscribed ?? (age > 2)`, `(subscribed ? age > 2 : level > 2)`,
				`total("order_paid", "amount") > 3`, `total("order_paid", "amount", within("7d"), it.kind == "a") == 0`, `has(total("order_paid", "amount"))`,
				`distinct("order_paid", "weight") >= 2`, `distinct("order_paid", "kind") == 3`, `distinct("order_paid", "due", within("30d")) > 1`, `distinct("view", "seconds") > 2`,
				`did("order_paid", it.amount > age)`, `did("order_paid", it.weight > 1 and has_tag("vip"))`, `did("order_paid", it.due > now)`, `times("order_paid", it.amount > age or has(city)) >= 2`,
			} {
				for _, now := range []time.Time{noon, noon.Add(-us), noon.Add(us), noon.Add(12 * time.Hour)} {
					w.agrees(t, source, now, &count)
				}
			}
			t.Log(count)
			require.Zero(t, count.narrowed)
		})
	}
}

// Databases take long rules; SQLite has 1,000 levels of depth.
func TestLongRules(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			w := settled(t, d, 20)
			var count tally
			w.agrees(t, strings.Repeat("age == 1 or ", 2500)+"subscribed", noon, &count)
			w.agrees(t, strings.Repeat("age != 1 and ", 2500)+"subscribed", noon, &count)
			require.Zero(t, count.left+count.narrowed)
		})
	}
}

// Put writes what there is, and says what JSON cannot hold.
func TestPut(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			s, lex, p := open(t, d), shop(t), People{Dialect: d, Prefix: "put_"}
			s.exec(t, p.Schema()...)
			ctx := context.Background()
			f := rule.NewFacts(lex, "ann")
			f.Attrs[3] = rule.FloatValue(math.Inf(1))
			f.Events[0] = []rule.Hit{{At: 1, Props: []rule.Value{{}, {}, rule.FloatValue(math.Inf(-1))}}}
			require.EqualError(t, p.Put(ctx, s.db, lex, f),
				"ann.attributes.spent: JSON has no infinite numbers\nann.order_paid[0].weight: JSON has no infinite numbers")
			require.Equal(t, []int{0}, s.sizesOf(t, "put_people"))

			f = rule.NewFacts(lex, "ann")
			f.Events[1] = []rule.Hit{{At: 5}, {At: 9}}
			require.NoError(t, p.Put(ctx, s.db, lex, f))
			require.Error(t, p.Put(ctx, s.db, lex, f), "who is there already")
			var first, last, times int
			require.NoError(t, s.db.QueryRow("SELECT first_at, last_at, times FROM put_summaries").Scan(&first, &last, &times))
			require.Equal(t, [3]int{5, 9, 2}, [3]int{first, last, times})
			require.Equal(t, []int{1, 2, 0}, s.sizesOf(t, "put_people", "put_events", "put_tags"))
		})
	}
	require.Nil(t, People{}.Schema(), "no dialect")
	require.Len(t, People{Dialect: where.SQLite}.Schema(), 9)
}

func (s *server) sizesOf(t testing.TB, tables ...string) (all []int) {
	for _, x := range tables {
		var n int
		require.NoError(t, s.db.QueryRow("SELECT COUNT(*) FROM "+x).Scan(&n))
		all = append(all, n)
	}
	return all
}

// An index serves each look into a table beside the people's.
func TestIndexes(t *testing.T) {
	w := settled(t, where.SQLite, 60)
	for _, source := range []string{
		`did("order_paid", within("7d"))`, `times("order_paid", within("30d")) >= 3`, `times("order_paid", within("30d")) == 0`, `did("view")`, `times("view") > 3`,
		`total("order_paid", "amount", within("30d")) > 5`, `last_at("view", within("30d")) > "2026-06-01"`, `has_tag("vip")`, `in_segment("new")`, `score("lead") > 5`,
	} {
		r, err := lang.New(w.lex, nil).Compile(source, "")
		require.NoError(t, err)
		q := w.places[0].tables.Query(r, noon)
		w.read(t, "EXPLAIN QUERY PLAN SELECT p.id FROM m_people AS p WHERE "+q.Where, q.Args, source, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			if strings.HasPrefix(step, "SCAN") && !strings.HasPrefix(step, "SCAN p") && !strings.HasPrefix(step, "SCAN (subquery") {
				require.Fail(t, "no index serves", "%s: %s\n%s", source, step, q.Where)
			}
			if strings.HasPrefix(step, "SEARCH e ") {
				require.Contains(t, step, "profile=? AND name=? AND at", source)
			}
			return err
		})
	}
}
