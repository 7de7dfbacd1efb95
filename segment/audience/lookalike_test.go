package audience_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment/audience"
	"github.com/stretchr/testify/require"
)

func reasons(r *audience.Ranking) (out []audience.Reason) {
	for _, w := range r.Warnings {
		out = append(out, w.Reason)
	}
	return out
}

func TestLookalikeFindsWhatWasPlanted(t *testing.T) {
	table, compile := shop(4000)
	seed := compile(`has_tag("mother")`)
	mothers := audience.Ask(table, seed, now).In
	o := &audience.LookalikeOptions{Features: audience.Features{Without: seed.Need()}}
	r, err := audience.Lookalike(table, mothers, now, o)
	require.NoError(t, err)
	require.Empty(t, r.Warnings)
	require.Len(t, r.Matches, 4000-mothers.Len())
	require.True(t, slices.IsSortedFunc(r.Matches, func(a, b audience.Match) int {
		if a.Score != b.Score {
			return int(math.Copysign(1, b.Score-a.Score))
		}
		return a.Row - b.Row
	}))
	require.Zero(t, r.Top(len(r.Matches)).Common(mothers), "seeds are not ranked")
	require.Equal(t, 4000-mothers.Len(), r.Top(99999).Len())
	require.Zero(t, r.Top(-1).Len())
	// The shop's mothers are two fifths of those whom the check calls others, so that the AUC cannot reach 1.
	require.Greater(t, r.Check.Low, 0.7)
	require.Greater(t, r.Check.Top[2].Lift, 3.)

	// Whom it finds are the mothers without a tag: of the people who look at diapers at their age, most are.
	typical := audience.Ask(table, compile(`did("view_diapers") and (not has(age) or 24 <= age < 38)`), now).In
	require.Greater(t, r.Top(200).Common(typical), 150)

	again, err := audience.Lookalike(table, mothers, now, o)
	require.NoError(t, err)
	require.Equal(t, r.Matches, again.Matches)
	require.Equal(t, r.Check, again.Check)
	require.Equal(t, r.Weights, again.Weights)

	for _, m := range r.Matches[:20] {
		total := 0.0
		for _, w := range r.Why(m.Row) {
			total += w.Weight
		}
		require.InDelta(t, m.Score, total, 1e-9, "a score is the sum of its reasons")
	}
}

func TestLookalikeWarns(t *testing.T) {
	table, compile := shop(3000)
	everybody := audience.Everybody(table)
	for _, c := range []struct {
		name  string
		seeds audience.Set
		o     *audience.LookalikeOptions
		want  []audience.Reason
	}{
		{"anybody", everybody.Sample(600, 5), nil, []audience.Reason{audience.NoLift}},
		{"a handful of anybody", everybody.Sample(30, 5), nil, []audience.Reason{audience.SmallSeed, audience.NoLift}},
		{"one", audience.Of(1), nil, []audience.Reason{audience.SmallSeed, audience.NoLift}},
		{"nobody", audience.Set{}, nil, []audience.Reason{audience.NoRanking}},
		{"everybody", everybody, nil, []audience.Reason{audience.NoRanking}},
		{"no features", everybody.Sample(600, 5), &audience.LookalikeOptions{Features: audience.Features{
			Attributes: []string{}, Tags: []string{}, Scores: []string{}, Segments: []string{}, Events: []string{},
		}}, []audience.Reason{audience.NoRanking}},
		{"the tag itself", audience.Ask(table, compile(`has_tag("mother")`), now).In, nil, []audience.Reason{audience.Leak}},
		{"two things together", audience.Ask(table, compile(`city == "Chengdu" and did("order_paid", within("90d"))`), now).In, nil, []audience.Reason{audience.Leak}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := audience.Lookalike(table, c.seeds, now, c.o)
			require.NoError(t, err)
			require.Equal(t, c.want, reasons(r), "%s", r)
			require.Len(t, r.Matches, 3000-c.seeds.Len())
		})
	}
}

// Seeds that are like the others find nothing, whichever sample: the check says so about as often as its interval does.
func TestLookalikeIsNotFooled(t *testing.T) {
	table, _ := shop(1500)
	fooled := 0
	for seed := range uint64(60) {
		r, err := audience.Lookalike(table, audience.Everybody(table).Sample(200, 100+seed), now, &audience.LookalikeOptions{Seed: seed})
		require.NoError(t, err)
		if !slices.Contains(reasons(r), audience.NoLift) {
			fooled++
		}
	}
	require.LessOrEqual(t, fooled, 4, "at most one in forty is expected")
}

// A model that learns its people by heart, each of them by a rare club, is not praised for it.
func TestLookalikeChecksOnOthers(t *testing.T) {
	lex, err := rule.Schema{Attributes: []rule.Field{{Name: "club", Type: rule.String}}}.Compile()
	require.NoError(t, err)
	table := column.NewTable(lex)
	for i := range 1200 {
		table.SetAttr(table.Add(fmt.Sprint(i)), 0, rule.StringValue(fmt.Sprint(i%150)))
	}
	auc := 0.0
	for seed := range uint64(20) {
		r, err := audience.Lookalike(table, audience.Everybody(table).Sample(300, 7+seed), now, &audience.LookalikeOptions{
			Seed: seed, Ridge: 0.01, Features: audience.Features{Values: 200},
		})
		require.NoError(t, err)
		auc += r.Check.AUC / 20
	}
	require.InDelta(t, 0.5, auc, 0.03, "the mean of twenty has a standard error of 0.01")
}

func TestLookalikeAmong(t *testing.T) {
	table, compile := shop(1000)
	vips := audience.Ask(table, compile(`has_tag("vip")`), now).In
	chengdu := audience.Ask(table, compile(`city == "Chengdu"`), now).In
	r, err := audience.Lookalike(table, vips, now, &audience.LookalikeOptions{Among: chengdu})
	require.NoError(t, err)
	require.True(t, r.Top(len(r.Matches)).Equal(chengdu.AndNot(vips)))
	require.Equal(t, vips.Len(), r.Seeds)
}

func TestLookalikeRefuses(t *testing.T) {
	table, _ := shop(10)
	_, err := audience.Lookalike(table, audience.Of(1), now, &audience.LookalikeOptions{
		Features: audience.Features{Attributes: []string{"city", "ages"}, Events: []string{"x"}},
	})
	require.EqualError(t, err, "audience: features: attributes: unknown name ages, did you mean \"age\"?\nevents: unknown name x")
}

// Each kind of fact gives its features, with their bounds.
func TestFeatures(t *testing.T) {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "hobbies", Type: rule.Strings}, {Name: "club", Type: rule.Bool}},
		Events:     []rule.EventType{{Name: "visit"}}, Scores: []string{"lead"}, Segments: []string{"active"},
	}.Compile()
	require.NoError(t, err)
	table := column.NewTable(lex)
	day := func(n int) rule.Hit { return rule.Hit{At: rule.At(now) - rule.Instant(n)*24*3600_000_000} }
	kinds := []func(*rule.Facts){
		func(f *rule.Facts) {
			f.Attrs[0], f.Attrs[1] = rule.StringsValue("tea", "go"), rule.BoolValue(true)
			f.Scores[0] = rule.Curve{{Points: 10}}
			f.Events[0] = []rule.Hit{day(7)}
		},
		func(f *rule.Facts) {
			f.Attrs[0] = rule.StringsValue("go")
			f.Scores[0] = rule.Curve{{Points: 20}}
			f.Events[0] = []rule.Hit{day(9), day(2), day(0), day(-3)} // the last is still to come
		},
		func(f *rule.Facts) {
			f.Segments = []rule.Mark{{Slot: 0, From: 1}}
			f.Events[0] = []rule.Hit{day(31)}
		},
		func(f *rule.Facts) {},
	}
	for i := range 80 {
		f := rule.NewFacts(lex, string(rune('A'+i)))
		kinds[i%4](f)
		table.Put(f)
	}
	r, err := audience.Lookalike(table, audience.First(40), now, &audience.LookalikeOptions{Features: audience.Features{
		Recency: []marque.Duration{7 * marque.Day, 30 * marque.Day}, Frequency: []int{1, 2, 3}, Bins: 2,
	}})
	require.NoError(t, err)
	why := func(row int) (names []string) {
		for _, w := range r.Why(row) {
			names = append(names, w.Feature)
		}
		slices.Sort(names)
		return names
	}
	require.Equal(t, []string{"club true", "hobbies go", "hobbies tea", "score lead < 20", "visit last within 30d", "visit once"}, why(0))
	require.Equal(t, []string{"club (missing)", "hobbies go", "score lead >= 20", "visit 3 times or more", "visit last within 7d"}, why(1))
	require.Equal(t, []string{"club (missing)", "hobbies (missing)", "score lead (missing)", "segment active", "visit last before that", "visit once"}, why(2))
	require.Equal(t, []string{"club (missing)", "hobbies (missing)", "score lead (missing)", "visit never"}, why(3))
}
