package model_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/model"
)

func num(x float64) rule.Value { return rule.FloatValue(x) }
func txt(s string) rule.Value  { return rule.StringValue(s) }

var (
	none rule.Value
	yes  = rule.BoolValue(true)
	no   = rule.BoolValue(false)
)

type example struct {
	hit bool
	row []rule.Value
}

func table(t require.TestingT, s model.Schema, rows ...example) *model.Table {
	tab, err := model.NewTable(s)
	require.NoError(t, err)
	for _, r := range rows {
		require.NoError(t, tab.Add(r.hit, r.row...))
	}
	return tab
}

// people have features of all kinds, some of them missing, and an outcome that depends on them and on chance.
var people = model.Schema{
	{Name: "age", Kind: model.Number, Missing: model.AsColumn},
	{Name: "city", Kind: model.Category, Missing: model.AsColumn},
	{Name: "spent", Kind: model.Number},
	{Name: "member", Kind: model.Bool, Missing: model.AsColumn},
	{Name: "level", Kind: model.Category, Levels: []string{"silver", "gold", "none"}},
	{Name: "opted", Kind: model.Bool},
}

// dice are reproducible numbers in [0, 1).
func dice(i int, of string) float64 {
	return float64(bucket(of, fmt.Sprint(i))) / 1e6
}

func person(i int) example {
	city := []string{"上海", "Chengdu", `say "hi"`, "Wuhan"}[int(4*dice(i, "city"))]
	level := []string{"none", "silver", "gold"}[int(3*dice(i, "level"))]
	age, spent, member, opted := 18+math.Floor(60*dice(i, "age")), math.Floor(1000*dice(i, "spent")), dice(i, "member") < 0.4, dice(i, "opted") < 0.5
	x := -2 + 0.02*(age-40) + 0.002*spent
	if city == "上海" {
		x += 0.7
	}
	if level == "gold" {
		x++
	}
	if member {
		x += 0.5
	}
	e := example{dice(i, "hit") < 1/(1+math.Exp(-x)), []rule.Value{num(age), txt(city), num(spent), rule.BoolValue(member), txt(level), rule.BoolValue(opted)}}
	for j := range e.row {
		if dice(i, "missing"+fmt.Sprint(j)) < 0.1 {
			e.row[j] = none
		}
	}
	return e
}

func crowd(n int) (rows []example) {
	for i := range n {
		rows = append(rows, person(i))
	}
	return rows
}

var half = model.ByKey("half", nil, model.Shares{Train: 0.5, Calibrate: 0.2})

func fit(t require.TestingT, tab *model.Table, s model.Split, o *model.Options) (*model.Model, *model.Report) {
	m, r, err := model.Fit(tab, s, o)
	require.NoError(t, err)
	return m, r
}

// TestFitByHand has the answer in closed form: with one bool and no penalty the rates of both groups.
func TestFitByHand(t *testing.T) {
	var rows []example
	add := func(n int, hit bool, v rule.Value) {
		for range n {
			rows = append(rows, example{hit, []rule.Value{v}})
		}
	}
	add(30, true, yes)
	add(10, false, yes)
	add(20, true, no)
	add(60, false, no)
	trains := len(rows)
	add(1, true, yes)
	add(1, false, no)
	split := model.By(func(row int) model.Part {
		if row < trains {
			return model.Train
		}
		return model.Test
	})
	m, r := fit(t, table(t, model.Schema{{Name: "member", Kind: model.Bool}}, rows...), split, &model.Options{Unpenalised: true})
	require.InDelta(t, 0.75, m.Score([]rule.Value{yes}), 1e-9)
	require.InDelta(t, 0.25, m.Score([]rule.Value{no}), 1e-9)
	terms := m.Terms(0)
	require.Len(t, terms, 1)
	require.InDelta(t, 9, terms[0].Odds, 1e-7)
	// Woolf's standard error of a log odds ratio.
	require.InDelta(t, math.Sqrt(1./30+1./10+1./20+1./60), terms[0].Error, 1e-7)
	require.Equal(t, int64(120), r.Train.N)
	require.Less(t, r.Descent.Gradient, 1e-9)
	require.Len(t, r.Descent.Losses, r.Descent.Steps+1)

	// With a penalty λ the slope of the loss is that of the penalty: Σ(p - y)x = -λβ, and Σ(p - y) = 0.
	m, _ = fit(t, table(t, model.Schema{{Name: "member", Kind: model.Bool}}, rows...), split, &model.Options{L2: 5})
	p, q, beta := m.Score([]rule.Value{yes}), m.Score([]rule.Value{no}), m.Terms(0)[0].LogOdds
	require.InDelta(t, -5*beta, 40*p-30, 1e-6)
	require.InDelta(t, 0, 40*p-30+80*q-20, 1e-6)
}

func TestFitFindsWhatMadeTheData(t *testing.T) {
	m, r := fit(t, table(t, people, crowd(20000)...), half, nil)
	got := map[string]model.Term{}
	for _, x := range m.Terms(0.999) {
		got[x.Feature+"/"+x.Level+fmt.Sprint(x.Missing)] = x
		require.True(t, x.Interval.Has(x.Odds), x)
	}
	for name, odds := range map[string]float64{
		"city/say \"hi\"false": 1, "city/上海false": math.Exp(0.7), "member/false": math.Exp(0.5), "opted/false": 1,
	} {
		require.Contains(t, got, name)
		require.True(t, got[name].Interval.Has(odds), "%s: %+v", name, got[name])
	}
	require.NotContains(t, got, "level/goldfalse", "the reference level has no coefficient")
	// People whose level is missing count as gold, which draws gold and silver together.
	require.Less(t, got["level/silverfalse"].Interval.High, 1.)
	require.Greater(t, got["level/silverfalse"].LogOdds, -1.)
	age := got["age/false"]
	require.InDelta(t, 0.02, age.LogOdds/age.Unit, 0.005)
	require.Contains(t, got, "age/true")
	require.NotContains(t, got, "spent/true")
	require.Empty(t, r.Warnings)
	require.Equal(t, r.Test.Count.N+r.Train.N+r.Calibrate.N, int64(20000))
	require.Less(t, r.Test.ECE, 0.03)
}

func TestMissingAndUnknown(t *testing.T) {
	m, _ := fit(t, table(t, people, crowd(3000)...), half, nil)
	row := person(4).row
	with := func(i int, v rule.Value) float64 {
		r := append([]rule.Value(nil), row...)
		r[i] = v
		return m.Score(r)
	}
	s := m.Schema()
	require.Equal(t, []string{"gold", "none", "silver"}, s[4].Levels)
	require.Equal(t, with(4, txt("gold")), with(4, none), "a missing category counts as the reference")
	require.Equal(t, with(4, txt("gold")), with(4, txt("platinum")), "so does a level that is not known")
	require.Equal(t, with(1, txt(s[1].Levels[0])), with(1, txt("Lhasa")))
	require.NotEqual(t, with(1, txt(s[1].Levels[0])), with(1, none), "missing has a column of its own")
	require.Equal(t, with(5, no), with(5, none))
	require.NotEqual(t, with(3, no), with(3, none))
	require.Equal(t, with(2, none), with(2, num(math.NaN())))
	require.Equal(t, with(2, none), with(2, num(math.Inf(1))))
	require.Equal(t, with(2, none), with(2, txt("12")), "another type is as good as nothing")
	require.Equal(t, with(2, num(12)), with(2, rule.IntValue(12)))
	require.Equal(t, m.Score(row[:3]), m.Score([]rule.Value{row[0], row[1], row[2], none, none, none}))
}

func TestFitRefuses(t *testing.T) {
	one := model.Schema{{Name: "x", Kind: model.Number}}
	rows := func(hit ...bool) (rows []example) {
		for i, h := range hit {
			rows = append(rows, example{h, []rule.Value{num(float64(i))}})
		}
		return rows
	}
	lastTests := func(n int) model.Split {
		return model.By(func(row int) model.Part {
			if row < n {
				return model.Train
			}
			return model.Test
		})
	}
	apart, mixed := rows(false, false, true, true, true), rows(false, true, false, true, true)
	twice := model.Schema{{Name: "x", Kind: model.Number}, {Name: "y", Kind: model.Number}}
	var equal []example
	for _, r := range mixed {
		equal = append(equal, example{r.hit, []rule.Value{r.row[0], r.row[0]}})
	}
	level := model.Schema{{Name: "x", Kind: model.Category}}
	var quasi []example
	for i := range 40 {
		quasi = append(quasi, example{i%2 == 0 || i%4 == 1, []rule.Value{txt([]string{"a", "b"}[i%2])}})
	}
	for name, c := range map[string]struct {
		table *model.Table
		split model.Split
		o     *model.Options
		want  error
		text  string
	}{
		"no split":              {table(t, one, mixed...), model.Split{}, nil, model.ErrSplit, "there is none"},
		"shares":                {table(t, one, mixed...), model.ByKey("a", nil, model.Shares{Train: 1}), nil, model.ErrSplit, "something left"},
		"nothing to test":       {table(t, one, mixed...), lastTests(5), nil, model.ErrSplit, "0 to test"},
		"a part that is none":   {table(t, one, mixed...), model.By(func(int) model.Part { return 9 }), nil, model.ErrSplit, "part 9"},
		"one outcome":           {table(t, one, apart...), lastTests(2), nil, model.ErrOutcomes, ""},
		"apart":                 {table(t, one, apart...), lastTests(4), &model.Options{Unpenalised: true}, model.ErrSeparable, "use a penalty"},
		"a level without hits":  {table(t, level, quasi...), lastTests(39), &model.Options{Unpenalised: true}, model.ErrSeparable, ""},
		"a column twice":        {table(t, twice, equal...), lastTests(4), &model.Options{Unpenalised: true}, model.ErrSingular, ""},
		"too few steps":         {table(t, one, mixed...), lastTests(4), &model.Options{MaxSteps: 1}, model.ErrSteps, "in 1 steps"},
		"a penalty and none":    {table(t, one, mixed...), lastTests(4), &model.Options{L2: 1, Unpenalised: true}, nil, "a penalty and Unpenalised"},
		"a negative penalty":    {table(t, one, mixed...), lastTests(4), &model.Options{L2: -1}, nil, "-1"},
		"too many columns":      {table(t, people, crowd(99)...), half, &model.Options{MaxColumns: 3}, nil, `"city" alone has 4 levels`},
		"numbers beyond reason": {table(t, one, append(mixed, example{true, []rule.Value{num(1e300)}}, example{true, []rule.Value{num(1)}})...), lastTests(6), nil, nil, "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := model.Fit(c.table, c.split, c.o)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
			require.ErrorContains(t, err, c.text)
		})
	}

	m, r := fit(t, table(t, one, apart...), lastTests(4), nil)
	require.Equal(t, []model.Alarm{model.Separated}, alarms(r)[:1], "with a penalty there is an answer, and a warning")
	require.Greater(t, m.Terms(0)[0].LogOdds, 0.)
}

func alarms(r *model.Report) (list []model.Alarm) {
	for _, w := range r.Warnings {
		list = append(list, w.Alarm)
	}
	return list
}

func TestWarnings(t *testing.T) {
	s := model.Schema{
		{Name: "honest", Kind: model.Number}, {Name: "told", Kind: model.Number}, {Name: "cancelled", Kind: model.Number},
		{Name: "same", Kind: model.Category}, {Name: "flag", Kind: model.Bool}, {Name: "shop", Kind: model.Category}, {Name: "moved", Kind: model.Number},
	}
	var rows []example
	for i := range 2000 {
		hit := dice(i, "hit") < 0.3
		r := example{hit, []rule.Value{num(dice(i, "honest")), num(dice(i, "told")), none, txt("x"), yes, txt("a"), num(dice(i, "moved") + float64(i/1400))}}
		if hit {
			r.row[1] = num(dice(i, "told") + 0.7)
		} else if dice(i, "cancelled") < 0.8 {
			r.row[2] = num(dice(i, "when")) // that it is there tells the outcome
		}
		if i == 7 {
			r.row[5] = txt("b")
		}
		rows = append(rows, r)
	}
	tab := table(t, s, rows...)
	byTime := model.ByTime(func(row int) time.Time { return time.Unix(int64(row), 0) }, model.Shares{Train: 0.7})
	_, r := fit(t, tab, byTime, nil)
	var got []string
	for _, w := range r.Warnings {
		got = append(got, strings.TrimSuffix(fmt.Sprintf("%s %s %s", w.Alarm, w.Feature, w.Level), " "))
	}
	require.Equal(t, []string{"leak told", "leak cancelled", "constant same", "constant flag", "rare_level shop b", "drift moved"}, got)
	require.Greater(t, r.Warnings[0].Value, r.Warnings[0].Limit)
	require.InDelta(t, 0.5, r.Singles[0].AUC.Value, 0.05)
	require.Less(t, r.Singles[0].PSI, 0.1)
	require.Contains(t, r.Warnings[0].String(), "leak: told: alone it has an AUC of 0.")

	_, r = fit(t, tab, half, &model.Options{LeakAUC: 0.999})
	require.Equal(t, []model.Alarm{model.Constant, model.Constant, model.Rare}, alarms(r), "at random nothing has moved")
	_, err := json.Marshal(r)
	require.NoError(t, err)

	few := model.By(func(row int) model.Part {
		switch {
		case row < 1000:
			return model.Train
		case row == 1000:
			return model.Calibrate
		}
		return model.Test
	})
	m, r := fit(t, tab, few, nil)
	require.Contains(t, alarms(r), model.Uncalibrated)
	require.Equal(t, model.Calibration{Slope: 1}, m.Calibration())
}

func TestJSON(t *testing.T) {
	m, _ := fit(t, table(t, people, crowd(2000)...), half, nil)
	text, err := json.Marshal(m)
	require.NoError(t, err)
	var back model.Model
	require.NoError(t, json.Unmarshal(text, &back))
	again, err := json.Marshal(&back)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))
	for i := range 100 {
		require.Equal(t, m.Score(person(i).row), back.Score(person(i).row))
	}
	require.Equal(t, m.Trained(), back.Trained())

	err = json.Unmarshal([]byte(`{"trained":{"n":1,"hits":2},"intercept":0,"calibration":{"offset":0,"slope":0},"features":[
		{"name":"a","kind":"number","sd":-1,"coefficients":[],"errors":[1,2]},
		{"name":"a","kind":"category","mean":1,"levels":["y","x"],"coefficients":[1],"errors":[-1]}]}`), new(model.Model))
	for _, want := range []string{
		"trained: 2 hits of 1 rows", "calibration.slope: 0 is not above 0", "features[0].sd: -1 is negative", "features[0].coefficients: there are 0, want 1",
		"features[0].errors: there are 2, want 1", "features[1].mean: mean and sd are for numbers", "features[1].levels: are not in the order of their bytes",
		"features[1].errors: -1 is negative", `features[1].name: "a" is the name of feature 1 too`,
	} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, json.Unmarshal([]byte(`{"surprise":1}`), new(model.Model)), "surprise")
}

func TestExplain(t *testing.T) {
	m, _ := fit(t, table(t, people, crowd(2000)...), half, nil)
	for i := range 200 {
		row := person(i).row
		e := m.Explain(row)
		byFeature := make([]float64, len(e.Parts))
		for j, p := range e.Parts {
			byFeature[p.Feature] = p.LogOdds
			if j > 0 {
				require.GreaterOrEqual(t, math.Abs(e.Parts[j-1].LogOdds), math.Abs(p.LogOdds))
			}
		}
		sum := e.Baseline
		for _, x := range byFeature {
			sum += x
		}
		require.Equal(t, m.LogOdds(row), sum)
		require.Equal(t, e.LogOdds, sum)
		require.Equal(t, m.Score(row), e.Probability)
	}
}

// Numbers far beyond those of the training may cancel one another, but are still numbers.
func TestHugeNumbers(t *testing.T) {
	s := model.Schema{{Name: "up", Kind: model.Number}, {Name: "down", Kind: model.Number}}
	var rows, sure []example
	for i := range 400 {
		up, down := dice(i, "up"), dice(i, "down")
		row := []rule.Value{num(up), num(down)}
		rows = append(rows, example{row: row, hit: up+dice(i, "luck") > down+dice(i, "lack")})
		sure = append(sure, example{row: row, hit: up > down})
	}
	m, _ := fit(t, table(t, s, rows...), half, nil)
	for p, row := range map[float64][]rule.Value{1: {num(math.MaxFloat64), num(0)}, 0: {num(0), num(1e308)}} {
		require.Equal(t, p, m.Score(row))
	}
	e := m.Explain([]rule.Value{num(math.MaxFloat64), num(math.MaxFloat64)})
	require.InDelta(t, 0.5, e.Probability, 0.5)
	_, err := json.Marshal(e)
	require.NoError(t, err)
	m, _ = fit(t, table(t, s, sure...), half, &model.Options{L2: 1e-6, MaxSteps: 1000})
	_, err = json.Marshal(m.Terms(0))
	require.NoError(t, err)
}

func TestScoreDoesNotAllocate(t *testing.T) {
	m, _ := fit(t, table(t, people, crowd(2000)...), half, nil)
	row, sum := person(3).row, 0.0
	require.Zero(t, testing.AllocsPerRun(100, func() { sum += m.Score(row) }))
	require.Positive(t, sum)
}
