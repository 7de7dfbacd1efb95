package lang_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// A grade is comparisons of its score, for every back end, and changes at the instant when the score crosses.
func TestGrade(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	f := rule.NewFacts(lex, "")
	f.Scores[0] = rule.Curve{{From: rule.At(now), Points: 80, HalfLife: marque.Day}}
	const toB, toC, toD = time.Microsecond, 16*time.Hour + 16*time.Minute, 48 * time.Hour // about when it is below 80, 50, 20
	for _, x := range []struct {
		source, written string
		now             rule.Truth
		until           time.Duration // to the minute; 0: for good
	}{
		{`grade("lead") == "A"`, `score("lead") >= 80.0`, rule.True, toB},
		{`grade("lead") != "A"`, `score("lead") < 80.0`, rule.False, toB},
		{`grade("lead") == "D"`, `score("lead") < 20.0`, rule.False, toD},
		{`grade("lead") == "B"`, `score("lead") >= 50.0 and score("lead") < 80.0`, rule.False, toB},
		{`grade("lead") != "B"`, `score("lead") < 50.0 or score("lead") >= 80.0`, rule.True, toB},
		{`grade("lead") >= "C"`, `score("lead") >= 20.0`, rule.True, toD},
		{`grade("lead") > "C"`, `score("lead") >= 50.0`, rule.True, toC},
		{`grade("lead") < "C"`, `score("lead") < 20.0`, rule.False, toD},
		{`grade("lead") <= "C"`, `score("lead") < 50.0`, rule.False, toC},
		{`"B" <= grade("lead")`, `score("lead") >= 50.0`, rule.True, toC},
		{`"B" > grade("lead")`, `score("lead") < 50.0`, rule.False, toC},
		{`grade("lead") in ["A", "B"]`, `score("lead") >= 50.0`, rule.True, toC},
		{`grade("lead") in ["A", "C"]`, `score("lead") >= 20.0 and score("lead") < 50.0 or score("lead") >= 80.0`, rule.True, toB},
		{`grade("lead") not in ["A"]`, `not (score("lead") >= 80.0)`, rule.False, toB},
		{`grade("lead") >= "D"`, `true`, rule.True, 0},
		{`grade("lead") < "D"`, `false`, rule.False, 0},
		{`grade("lead") > "A"`, `false`, rule.False, 0},
	} {
		t.Run(x.source, func(t *testing.T) {
			r, err := c.Compile(x.source, "")
			require.NoError(t, err)
			require.Equal(t, x.written, r.Root().String())
			v := r.Test(rule.Input{Now: now, Facts: f})
			require.Equal(t, x.now, v.Truth)
			if x.until == 0 {
				require.Zero(t, v.Until)
				return
			}
			require.Equal(t, now.Add(x.until).Truncate(time.Minute), v.Until.Truncate(time.Minute))
			require.NotEqual(t, x.now, r.Test(rule.Input{Now: v.Until, Facts: f}).Truth)
			require.Equal(t, x.now, r.Test(rule.Input{Now: v.Until.Add(-time.Microsecond), Facts: f}).Truth)
		})
	}
	// without points it is the lowest
	r, err := c.Compile(`grade("lead") == "D"`, "")
	require.NoError(t, err)
	require.Equal(t, rule.Verdict{Truth: rule.True}, r.Test(rule.Input{Now: now}))
}

func TestStageAndRFM(t *testing.T) {
	lex := shop(t)
	f := rule.NewFacts(lex, "")
	stage, _ := lex.Attr("stage/lifecycle")
	r, _ := lex.Attr("rfm/r")
	f.Attrs[stage], f.Attrs[r] = rule.StringValue("loyal"), rule.IntValue(4)
	x, err := lang.New(lex, nil).Compile(`stage("lifecycle") == "loyal" and rfm("r") >= 4`, "")
	require.NoError(t, err)
	require.Equal(t, rule.Verdict{Truth: rule.True}, x.Test(rule.Input{Now: time.Unix(1, 0), Facts: f}))
	require.Equal(t, rule.Unknown, x.Test(rule.Input{Now: time.Unix(1, 0)}).Truth)
	require.Equal(t, rule.Need{Attrs: []int{stage, r}}, x.Need())
	require.Equal(t, `attr("stage/lifecycle") == "loyal" and attr("rfm/r") >= 4`, x.Root().String())
}

// A summary is enough where only the number, the first and the last of the whole history are asked for.
func TestNeedOfSummaries(t *testing.T) {
	c := lang.New(shop(t), nil)
	for source, want := range map[string]bool{
		`did("view")`: true, `times("view") > 3`: true, `first_at("view") < now`: true, `days_since(last_at("view")) > 3`: true, `did("view") and times("view") > 3`: true,
		`upper(city) == "A" and len(city) + times("view") > 3`: true,
		`did("view", within("1d"))`:                            false, `did("view", it.kind == "a")`: false, `distinct("view", "kind") > 1`: false, `did("view", since("2026-01-01"))`: false,
		`did("view") and did("view", today())`: false, `did("view", it.kind == "a") and did("view")`: false, `sequence(["view", "view"])`: false,
	} {
		r, err := c.Compile(source, "")
		require.NoError(t, err, source)
		events := r.Need().Events
		require.Len(t, events, 1, source)
		require.Equal(t, want, events[0].Summary, source)
	}
	all := rule.EventNeed{Slot: 1, Summary: true}
	require.Equal(t, rule.Need{Events: []rule.EventNeed{{Slot: 1}}}, rule.Need{Events: []rule.EventNeed{all}}.Union(rule.Need{Events: []rule.EventNeed{{Slot: 1, Window: marque.Day}}}))
	require.Equal(t, rule.Need{Events: []rule.EventNeed{all}}, rule.Need{Events: []rule.EventNeed{all}}.Union(rule.Need{Events: []rule.EventNeed{all}}))
}
