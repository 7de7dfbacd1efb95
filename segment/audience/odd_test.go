package audience_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment/audience"
)

// odd is a table of values at the end of what there is, of whom some people are removed.
func odd(t *testing.T) *column.Table {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "likes", Type: rule.Strings}, {Name: "any", Type: rule.Any}, {Name: "ratio", Type: rule.Float}, {Name: "at", Type: rule.Time}, {Name: "count", Type: rule.Int},
		},
		Scores: []string{"lead"}, Tags: []string{"vip"}, Events: []rule.EventType{{Name: "view"}},
	}.Compile()
	require.NoError(t, err)
	table := column.NewTable(lex)
	any := []rule.Value{
		{}, rule.IntValue(1), rule.StringValue("1"), rule.StringValue("(missing)"), rule.StringValue(""), rule.BoolValue(true), rule.FloatValue(math.Inf(1)), rule.StringsValue("a", "b"),
	}
	ratios := []float64{math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.NaN(), math.MaxFloat64, math.SmallestNonzeroFloat64, 7}
	numbers := []int64{math.MaxInt64, math.MinInt64, 0, -1, 1}
	for i := range 300 {
		f := rule.NewFacts(lex, fmt.Sprint("p", i))
		f.Attrs[0] = rule.StringsValue([]string{"tea", "tea", "tea"}[:i%3+1]...)
		f.Attrs[1] = any[i%len(any)]
		f.Attrs[2] = rule.FloatValue(ratios[i%len(ratios)])
		f.Attrs[3] = rule.TimeValue(rule.Instant(numbers[i%len(numbers)]))
		f.Attrs[4] = rule.IntValue(numbers[i%len(numbers)])
		f.Scores[0] = rule.Curve{{Points: []float64{math.NaN(), math.Inf(1), -3}[i%3]}}
		table.Put(f)
	}
	for i := range 20 {
		row, _ := table.Row(fmt.Sprint("p", 7*i))
		table.Remove(row)
	}
	return table
}

func TestPortrayOddPeople(t *testing.T) {
	table := odd(t)
	all := audience.Everybody(table)
	require.Equal(t, 280, all.Len(), "without the removed ones")
	some := all.Sample(100, 1)
	for name, base := range map[string]audience.Set{"all": all, "some": some, "nobody": {}, "others": audience.Of(1 << 30)} {
		p, err := audience.Portray(table, base, []audience.Named{{Name: "nobody"}, {Name: "some", Set: some}, {Name: "all", Set: all}}, now, nil)
		require.NoError(t, err)
		_, err = json.Marshal(p)
		require.NoError(t, err, "no figure is beyond numbers")
		for _, trait := range p.Traits {
			for _, bar := range append(trait.Bars, trait.Missing) {
				require.LessOrEqual(t, bar.Share, 1., "%s: %s %s", name, trait.Name, bar.Label)
				for _, x := range bar.Of {
					require.True(t, x.Share <= 1 && x.Low <= x.TGI && x.TGI <= x.High, "%s: %s %s %v", name, trait.Name, bar.Label, x)
				}
				require.False(t, bar.Of[0].Tells(), "nobody does not differ")
				require.False(t, bar.Of[2].Tells(), "everybody does not differ")
			}
		}
	}
}

func TestLookalikeOddSeeds(t *testing.T) {
	table := odd(t)
	all := audience.Everybody(table)
	for name, seeds := range map[string]audience.Set{
		"none": {}, "all": all, "removed": audience.Of(0), "one": audience.Of(1), "all but one": all.AndNot(audience.Of(1)), "half": all.Sample(140, 1), "nobody's": audience.Of(1 << 30),
	} {
		for _, o := range []*audience.LookalikeOptions{nil, {Hide: 0.999}, {Sample: 1}, {Among: audience.Of(1, 2, 3)}, {Hide: math.NaN(), Ridge: math.Inf(1)}, {Ridge: 1e-300}} {
			r, err := audience.Lookalike(table, seeds, now, o)
			require.NoError(t, err)
			first, err := json.Marshal(r)
			require.NoError(t, err, "%s: no figure is beyond numbers", name)
			r, err = audience.Lookalike(table, seeds, now, o)
			require.NoError(t, err)
			again, err := json.Marshal(r)
			require.NoError(t, err)
			require.Equal(t, string(first), string(again))
			require.Zero(t, r.Top(1000).Common(seeds))
			require.NotEmpty(t, r.Warnings, name)
		}
	}
}
