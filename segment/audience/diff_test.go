package audience_test

import (
	"testing"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment/audience"
	"github.com/stretchr/testify/require"
)

// truth tests a rule person by person.
func truth(t *column.Table, r *rule.Rule, row int) rule.Truth {
	f := rule.NewFacts(t.Lexicon(), "")
	t.Facts(row, r.Need(), f)
	return r.Test(rule.Input{Now: now, Facts: f}).Truth
}

func TestAskAndDiff(t *testing.T) {
	table, compile := shop(700)
	table.Remove(3)
	table.Remove(640)
	everybody := audience.Everybody(table)
	require.Equal(t, 698, everybody.Len())
	require.False(t, everybody.Has(3))
	for _, c := range []struct{ name, before, after string }{
		{"narrower", `age < 40`, `age < 30`},
		{"another", `age < 40 and city == "Wuhan"`, `times("order_paid", within("90d")) >= 2`},
		{"the same", `has_tag("vip")`, `has_tag("vip")`},
		{"to what is not known of all", `has_tag("vip")`, `age < 40`},
		{"nobody to everybody", `age > 200`, `not (age > 200)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := compile(c.before), compile(c.after)
			d := audience.Diff(table, before, after, now, &audience.DiffOptions{Examples: 3})
			require.Equal(t, 698, d.All)
			for row := range table.Len() {
				was, is := rule.False, rule.False
				if table.Live(row) {
					was, is = truth(table, before, row), truth(table, after, row)
				}
				require.Equal(t, was == rule.True, d.Before.In.Has(row))
				require.Equal(t, is == rule.True, d.After.In.Has(row))
				require.Equal(t, table.Live(row) && was == rule.Unknown, d.Before.Unknown.Has(row))
				require.Equal(t, table.Live(row) && is == rule.Unknown, d.After.Unknown.Has(row))
				require.Equal(t, was != rule.True && is == rule.True, d.Enter.Has(row))
				require.Equal(t, was == rule.True && is != rule.True, d.Leave.Has(row))
				require.Equal(t, was == rule.True && is == rule.True, d.Stay.Has(row))
				require.Equal(t, was == rule.True && is == rule.Unknown, d.Untold.Has(row))
			}
			require.Len(t, d.Examples, min(3, d.Enter.Len())+min(3, d.Leave.Len()))
			for _, e := range d.Examples {
				require.Equal(t, e.Enters, d.Enter.Has(e.Row))
				require.Equal(t, !e.Enters, d.Leave.Has(e.Row))
				require.Equal(t, table.Profile(e.Row), e.Profile)
				require.Equal(t, e.Enters, e.After.Truth() == rule.True)
				require.Equal(t, !e.Enters, e.Before.Truth() == rule.True)
			}
			require.Empty(t, audience.Diff(table, before, after, now, &audience.DiffOptions{Examples: -1}).Examples)
		})
	}
}

func TestSize(t *testing.T) {
	table, compile := shop(3000)
	table.Remove(7)
	r := compile(`age < 30`)
	exact := audience.Ask(table, r, now)
	all := audience.Size(table, r, now, nil)
	require.Equal(t, audience.Estimate{
		N: 2999, Sample: 2999, Hits: exact.In.Len(), Unknown: exact.Unknown.Len(),
		Size: exact.In.Len(), Low: exact.In.Len(), High: exact.In.Len(), Level: 1,
	}, all)
	covered := 0
	for seed := range uint64(300) {
		e := audience.Size(table, r, now, &audience.EstimateOptions{Sample: 200, Seed: seed})
		require.Equal(t, 200, e.Sample)
		require.Equal(t, e, audience.Size(table, r, now, &audience.EstimateOptions{Sample: 200, Seed: seed}))
		if e.Low <= all.Size && all.Size <= e.High {
			covered++
		}
	}
	require.GreaterOrEqual(t, covered, 275, "95% of 300 are 285, with a standard error of 4")
	require.Less(t, covered, 300)
	empty := column.NewTable(table.Lexicon())
	require.Equal(t, audience.Estimate{Level: 1}, audience.Size(empty, r, now, nil))
}
