package model_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/model"
)

// TestDef keeps the model in a scoring.Book and compares it with the model itself.
func TestDef(t *testing.T) {
	m, _ := fit(t, table(t, people, crowd(3000)...), half, nil)
	require.NotEqual(t, model.Calibration{Slope: 1}, m.Calibration())
	def, err := m.Def("likely", 20)
	require.NoError(t, err)
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "spent", Type: rule.Float},
			{Name: "member", Type: rule.Bool}, {Name: "level", Type: rule.String}, {Name: "opted", Type: rule.Bool}},
		Events: scoring.Says(),
		Scores: []string{"likely"},
	}.Compile()
	require.NoError(t, err)
	plan, err := scoring.Compile([]scoring.Def{def}, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := scoring.NewBook(scoring.NewMemory(), plan, nil)
	pick, err := people.Pick(lex)
	require.NoError(t, err)

	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := range 60 {
		row := person(i).row
		if i == 0 {
			row = make([]rule.Value, len(people)) // nothing is known
		}
		if i == 1 {
			row[1] = txt("Lhasa") // a level that the model does not know
		}
		f := rule.NewFacts(lex, string(rune('A'+i)))
		for j, x := range people {
			slot, _ := lex.Attr(x.Name)
			f.Attrs[slot] = row[j]
		}
		if v := row[0]; v.Known() {
			f.Attrs[0] = rule.IntValue(int64(v.Float()))
		}
		_, err := book.Derive(context.Background(), []string{"likely"}, []rule.Pass{{Facts: f, Now: now}})
		require.NoError(t, err)
		score, err := book.Score(context.Background(), f.Profile, "likely", now)
		require.NoError(t, err)
		require.InDelta(t, 20*m.LogOdds(pick(f, nil)), score.Value, 1e-9)
		require.InDelta(t, m.Score(row), 1/(1+math.Exp(-score.Value/20)), 1e-12)
	}
}

func TestDefRefuses(t *testing.T) {
	s := model.Schema{{Name: "utm-source", Kind: model.Bool}, {Name: "age", Kind: model.Number}, {Name: "not", Kind: model.Bool}}
	var rows []example
	for i := range 50 {
		rows = append(rows, example{i%3 == 0, []rule.Value{rule.BoolValue(i%2 == 0), num(float64(i)), rule.BoolValue(i%5 == 0)}})
	}
	m, _ := fit(t, table(t, s, rows...), half, nil)
	_, err := m.Def("x", 0)
	require.EqualError(t, err, `points: 0 is not a number above 0
features[0].name: "utm-source" cannot stand bare in a rule
features[2].name: "not" cannot stand bare in a rule`)
}

func TestDefQuotesTexts(t *testing.T) {
	m, _ := fit(t, table(t, people, crowd(1000)...), half, nil)
	def, err := m.Def("likely", 10)
	require.NoError(t, err)
	whiles := map[string]string{}
	for _, r := range def.Rules {
		whiles[r.Name] = r.While
	}
	require.Equal(t, `city == "say \"hi\""`, whiles[`city: say "hi"`])
	require.Equal(t, `city == "上海"`, whiles["city: 上海"])
	require.Equal(t, "not has(age)", whiles["age missing"])
	require.Equal(t, "has(spent)", whiles["spent"])
	require.Equal(t, "member", whiles["member"])
	require.NotContains(t, whiles, "city: Chengdu", "the reference level has no points")
	require.NotContains(t, whiles, "opted missing")
}
