package sqlstore

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
	"github.com/marque-go/marque/segment/audience"
)

// records reads a file of the retailer's year, without its first line.
func records(t testing.TB, name string) [][]string {
	if os.Getenv("MARQUE_DATA") == "" {
		t.Skip("MARQUE_DATA is not set: no real households")
	}
	f, err := os.Open(filepath.Join(os.Getenv("MARQUE_DATA"), "completejourney", name))
	require.NoError(t, err)
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return all[1:]
}

// households are the people of completejourney: who they are, what they bought, what they redeemed.
func households(t testing.TB) (*rule.Lexicon, []*rule.Facts) {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.String}, {Name: "income", Type: rule.String}, {Name: "kids", Type: rule.String}, {Name: "last_purchase", Type: rule.Time}},
		Events: []rule.EventType{
			{Name: "purchase", Props: []rule.Field{{Name: "cents", Type: rule.Int}, {Name: "quantity", Type: rule.Int}, {Name: "store", Type: rule.String}}},
			{Name: "coupon_redeemed", Props: []rule.Field{{Name: "campaign", Type: rule.String}}},
		},
		Tags: []string{"mailed"},
	}.Compile()
	require.NoError(t, err)
	byID := map[string]*rule.Facts{}
	of := func(id string) *rule.Facts {
		if byID[id] == nil {
			byID[id] = rule.NewFacts(lex, id)
		}
		return byID[id]
	}
	instant := func(layout, s string) rule.Instant {
		at, err := time.Parse(layout, s)
		require.NoError(t, err)
		return rule.At(at)
	}
	for _, r := range records(t, "demographics.csv") {
		f := of(r[0])
		f.Attrs[0], f.Attrs[1], f.Attrs[2] = rule.StringValue(r[1]), rule.StringValue(r[2]), rule.StringValue(r[7])
	}
	for _, r := range records(t, "transactions_sample.csv") {
		quantity, err := strconv.ParseInt(r[4], 10, 64)
		require.NoError(t, err)
		value, err := strconv.ParseFloat(r[5], 64)
		require.NoError(t, err)
		f := of(r[0])
		f.Events[0] = append(f.Events[0], rule.Hit{At: instant(time.RFC3339, r[10]),
			Props: []rule.Value{rule.IntValue(int64(value*100 + 0.5)), rule.IntValue(quantity), rule.StringValue(r[1])}})
	}
	for _, r := range records(t, "coupon_redemptions.csv") {
		f := of(r[0])
		f.Events[1] = append(f.Events[1], rule.Hit{At: instant(time.DateOnly, r[3]) + lastMoment, Props: []rule.Value{rule.StringValue(r[2])}})
	}
	for _, r := range records(t, "campaigns.csv") {
		of(r[1]).Tags = []rule.Mark{{Slot: 0, From: 1}}
	}
	var people []*rule.Facts
	for _, f := range byID {
		for slot := range f.Events {
			slices.SortStableFunc(f.Events[slot], func(a, b rule.Hit) int { return int(a.At - b.At) })
		}
		if n := len(f.Events[0]); n > 0 {
			f.Attrs[3] = rule.TimeValue(f.Events[0][n-1].At)
		}
		people = append(people, f)
	}
	slices.SortFunc(people, func(a, b *rule.Facts) int { return strings.Compare(a.Profile, b.Profile) })
	return lex, people
}

// lastMoment is from the beginning of a day to its end; of a redemption only the day is known.
const lastMoment = rule.Instant(24*time.Hour/time.Microsecond) - 1

// A segment of the test, the instant of the question, and how many members the quickstart counts for it; 0 where it
// does not have it.
type asked struct {
	source string
	at     time.Time
	want   int
}

func retail() []asked {
	july := time.Date(2017, 7, 1, 0, 0, 0, 0, time.UTC)
	all := []asked{
		{`did("purchase", within("30d"))`, july, 1515},
		{`times("purchase", within("90d")) >= 12`, july, 578},
		{`total("purchase", "cents", within("90d")) >= 5000`, july, 325},
		{`did("purchase", within("14d")) and times("purchase", within("90d")) >= 12 and total("purchase", "cents", within("90d")) >= 5000`, july, 262},
		{`did("purchase", between("90d", "30d")) and not did("purchase", within("30d"))`, july, 486},
		{`did("purchase") and not did("purchase", within("90d"))`, july, 211},
		{`did("coupon_redeemed", within("90d"))`, july, 177},
	}
	autumn := time.Date(2017, 10, 1, 18, 0, 0, 0, time.UTC) // some purchases are later
	for _, source := range []string{
		`did("purchase", within("30d"))`,
		`times("purchase", within("90d")) >= 10 and total("purchase", "cents", within("90d")) > 5000`,
		`not did("purchase", within("30d")) and times("purchase", between("90d", "30d")) >= 3`,
		`age in ["35-44", "45-54"] and income endsWith "K" and kids != "0"`,
		`has_tag("mailed") and not did("coupon_redeemed")`,
		`did("coupon_redeemed", within("60d"), it.campaign == "13") or distinct("purchase", "store") >= 3`,
		`times("purchase") >= 30 and days_since(last_at("purchase")) > 14`,
		`total("purchase", "cents", it.quantity > 1) / times("purchase") > 300`,
		`times("purchase", this_month()) == 0 and times("purchase", this_week()) == 0 and has(age) and days_since(first_at("purchase")) > 200`,
		`age matches "^[23]" and did("purchase", today())`,
	} {
		all = append(all, asked{source: source, at: autumn})
	}
	return all
}

// The segments of a retailer's households have the same members in memory, by columns and in each database.
func TestRetail(t *testing.T) {
	lex, people := households(t)
	require.Greater(t, len(people), 2300)
	if raced { // the detector learns nothing from more
		people = people[:200]
	}
	columns(t, lex, people)
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			s, p := open(t, d), People{Dialect: d, Prefix: "r_"}
			s.exec(t, p.Schema()...)
			began := time.Now()
			tx, err := s.db.Begin()
			require.NoError(t, err)
			require.NoError(t, p.Put(context.Background(), tx, lex, people...))
			require.NoError(t, tx.Commit())
			if d != where.MySQL {
				s.exec(t, "ANALYZE") // so that indexes are known to serve
			}
			t.Logf("%d households in %v", len(people), time.Since(began).Round(time.Millisecond))
			tables, err := where.New(d, lex, p.Mapping())
			require.NoError(t, err)
			for _, a := range retail() {
				source, now := a.source, a.at
				r, err := lang.New(lex, nil).Compile(source, "")
				require.NoError(t, err)
				want := members(people, r, now)
				q := tables.Query(r, now)
				began := time.Now()
				rows, err := s.db.Query("SELECT p.id FROM r_people AS p WHERE "+q.Where, q.Args...)
				require.NoError(t, err)
				got := map[string]bool{}
				for rows.Next() {
					var id string
					require.NoError(t, rows.Scan(&id))
					got[id] = true
				}
				require.NoError(t, rows.Err())
				took := time.Since(began)
				selected := len(got)
				if q.Rest != nil {
					rest := members(people, q.Rest, now)
					for id := range got {
						if !rest[id] {
							delete(got, id)
						}
					}
				}
				require.Equal(t, want, got, source)
				require.True(t, raced || len(want) > 0, source)
				t.Logf("%4d of %4d selected in %6.1f ms: %s", len(got), selected, took.Seconds()*1000, source)
			}
		})
	}
}

// columns asks the same of a table of the households, which counts as the quickstart does.
func columns(t *testing.T, lex *rule.Lexicon, people []*rule.Facts) {
	table := column.NewTable(lex)
	for _, f := range people {
		table.Put(f)
	}
	for _, a := range retail() {
		r, err := lang.New(lex, nil).Compile(a.source, "")
		require.NoError(t, err)
		got := map[string]bool{}
		for row := range audience.Ask(table, r, a.at).In.All() {
			got[table.Profile(row)] = true
		}
		require.Equal(t, members(people, r, a.at), got, a.source)
		if a.want > 0 && !raced {
			require.Len(t, got, a.want, a.source)
		}
		t.Logf("columns: %4d: %s", len(got), a.source)
	}
}

func members(people []*rule.Facts, r *rule.Rule, now time.Time) map[string]bool {
	in := map[string]bool{}
	for _, f := range people {
		if r.Test(rule.Input{Now: now, Facts: f}).Truth == rule.True {
			in[f.Profile] = true
		}
	}
	return in
}
