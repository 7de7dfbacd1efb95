package live_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment/live"
)

var timedRules = append([]string{
	`did("order", today())`, `times("view", this_week()) >= 1`, `did("order", this_month()) and not did("order", today())`, `not did("view", today())`,
	`sequence(["view", "order"], within("30h"))`, `sequence(["view", "order"], within("50h"), apart("3h"))`, `did("order")`, `times("view") >= 2`,
	`first_at("order") >= date("2026-06-15")`, `did("order", between("3h", "1h"), it.amount > age)`, `days_since(since) >= 1`, `last_at("order") > last_at("view")`,
	`days_since(last_at("view")) > 0.3`, `not in_segment("a")`, `in_segment("b") or did("login", today())`,
}, rules[1:]...)

// Days begin and end there when no others do: at midnights that do not exist, or come twice, and by a day left out.
var zones = []string{
	"", "Asia/Shanghai", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Africa/Cairo", "Atlantic/Azores", "Asia/Kathmandu", "America/New_York", "nonsense",
}

var starts = []time.Time{
	noon, time.Date(2018, 11, 3, 20, 0, 0, 0, time.UTC), time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), time.Date(2011, 12, 29, 1, 0, 0, 0, time.UTC),
	time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC),
}

// Whatever is known of people, also of the future, and in whatever zone: a microsecond before the instant that the set
// names nothing has changed, and at the instant everything that a look from scratch finds.
func TestEveryInstant(t *testing.T) {
	lex := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		rs := rapid.SliceOfN(rapid.SampledFrom(timedRules), 3, 3).Draw(t, "rules")
		plan := compile(t, lex, append([]string{`did("view", today())`, `times("order") == 2`}, rs...)...)
		now := rapid.SampledFrom(starts).Draw(t, "start")
		fine, err := live.New(plan, column.NewTable(lex), now, nil)
		require.NoError(t, err)
		rough, err := live.New(plan, column.NewTable(lex), now, nil)
		require.NoError(t, err)
		known := map[string]*rule.Facts{}
		check := func(at time.Time) {
			for p, f := range known {
				require.Equal(t, members(plan, lex, f, at), fine.Segments(p), "%s at %s", p, at)
			}
		}
		var said, roughly []live.Change
		for range rapid.IntRange(1, 5).Draw(t, "rounds") {
			f := person(t, lex, now)
			known[f.Profile] = f
			for set, into := range map[*live.Set]*[]live.Change{fine: &said, rough: &roughly} {
				cs, err := set.Put(now, f)
				require.NoError(t, err)
				*into = append(*into, cs...)
			}
			end := now.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "hours")) * hour)
			for next := fine.Next(); !next.IsZero() && !next.After(end); next = fine.Next() {
				if before := next.Add(-time.Microsecond); before.After(fine.Now()) {
					require.Empty(t, fine.Advance(before))
					check(before)
				}
				said = append(said, fine.Advance(next)...)
				check(next)
				require.Empty(t, fine.Rebuild())
			}
			said = append(said, fine.Advance(end)...)
			check(end)
			now = end
		}
		roughly = append(roughly, rough.Advance(now)...)
		require.Equal(t, lines(said), lines(roughly))
	})
}

// person draws somebody of whom some things are known that will only be.
func person(t *rapid.T, lex *rule.Lexicon, now time.Time) *rule.Facts {
	f := rule.NewFacts(lex, rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "who"))
	f.Zone = rapid.SampledFrom(zones).Draw(t, "zone")
	for slot, name := range []string{"order", "view", "login"} {
		at := now.Add(-60 * hour)
		for range rapid.IntRange(0, 3).Draw(t, name) {
			at = at.Add(time.Duration(rapid.IntRange(0, 45*60).Draw(t, "gap")) * time.Minute)
			props := lex.Row("event/"+name, map[string]any{"amount": rapid.IntRange(0, 4).Draw(t, "amount"), "kind": "tea"})
			f.Events[slot] = append(f.Events[slot], rule.Hit{At: rule.At(at), Props: props})
		}
	}
	n := rapid.IntRange(0, 5).Draw(t, "n")
	if n == 0 {
		return f
	}
	later := func(hours int) rule.Instant { return rule.At(now.Add(time.Duration(hours) * hour)) }
	f.Attrs[0], f.Attrs[2] = rule.IntValue(int64(n)), rule.TimeValue(later(13*(n-3)))
	f.Scores[0] = rule.Curve{{From: later(n - 2), Points: 2 * float64(n), HalfLife: marque.Duration(3 * hour)}}
	f.Tags = []rule.Mark{{Slot: 0, From: later(n - 3), Until: later(n)}}
	return f
}
