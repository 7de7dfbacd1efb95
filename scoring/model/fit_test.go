package model_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/model"
)

// anyValue draws a value of a feature, missing ones too.
func anyValue(t *rapid.T, x model.Feature) rule.Value {
	if rapid.IntRange(0, 5).Draw(t, "missing") == 0 {
		return none
	}
	switch x.Kind {
	case model.Number:
		return num(rapid.Float64Range(-1000, 1000).Draw(t, "number"))
	case model.Bool:
		return rule.BoolValue(rapid.Bool().Draw(t, "bool"))
	}
	return txt(rapid.SampledFrom([]string{"a", "b", "c", "日本", `"`}).Draw(t, "text"))
}

func TestModelProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s model.Schema
		for i := range rapid.IntRange(1, 4).Draw(t, "features") {
			s = append(s, model.Feature{
				Name:    string(rune('p' + i)),
				Kind:    rapid.SampledFrom([]model.Kind{model.Number, model.Category, model.Bool}).Draw(t, "kind"),
				Missing: rapid.SampledFrom([]model.Missing{"", model.AsReference, model.AsColumn}).Draw(t, "policy"),
			})
		}
		n := rapid.IntRange(4, 60).Draw(t, "n")
		rows, parts := make([]example, n), make([]model.Part, n)
		for i := range rows {
			rows[i].hit = rapid.Bool().Draw(t, "hit")
			for _, x := range s {
				rows[i].row = append(rows[i].row, anyValue(t, x))
			}
			parts[i] = model.Part(rapid.IntRange(0, 3).Draw(t, "part"))
		}
		// There is one row to test, and two to train that differ in their outcome.
		parts[0], parts[1], parts[2] = model.Test, model.Train, model.Train
		rows[1].hit, rows[2].hit = true, false
		m, r, err := model.Fit(table(t, s, rows...), model.By(func(row int) model.Part { return parts[row] }), nil)
		require.NoError(t, err, "with a penalty there is always an answer")
		require.LessOrEqual(t, r.Descent.Losses[len(r.Descent.Losses)-1], r.Descent.Losses[0])
		require.Less(t, r.Descent.Gradient, 1e-6)
		_, err = json.Marshal(r)
		require.NoError(t, err, "all figures of a report are numbers")

		text, err := json.Marshal(m)
		require.NoError(t, err)
		var back model.Model
		require.NoError(t, json.Unmarshal(text, &back))
		again, err := json.Marshal(&back)
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))

		order := rapid.Permutation(indices(n)).Draw(t, "order")
		mixed := make([]example, n)
		for i, j := range order {
			mixed[i] = rows[j]
		}
		other, otherReport, err := model.Fit(table(t, s, mixed...), model.By(func(row int) model.Part { return parts[order[row]] }), nil)
		require.NoError(t, err)
		require.Equal(t, r.Train, otherReport.Train)
		require.Equal(t, m.Schema(), other.Schema())

		for range 5 {
			var row []rule.Value
			for _, x := range s {
				row = append(row, anyValue(t, x))
			}
			p, e := m.Score(row), m.Explain(row)
			require.True(t, p >= 0 && p <= 1)
			require.Equal(t, p, back.Score(row))
			require.InDelta(t, p, other.Score(row), 1e-7)
			slices.SortFunc(e.Parts, func(a, b model.Contribution) int { return a.Feature - b.Feature })
			sum := e.Baseline
			for _, c := range e.Parts {
				sum += c.LogOdds
			}
			require.Equal(t, e.LogOdds, sum)
			require.InDelta(t, p, 1/(1+math.Exp(-sum)), 1e-12)
		}
	})
}

// TestTestRowsTeachNothing changes all that is not in training and calibration, and finds the same model.
func TestTestRowsTeachNothing(t *testing.T) {
	rows := crowd(600)
	split := model.By(func(row int) model.Part { return model.Part(1 + row/200) })
	a, _ := fit(t, table(t, people, rows...), split, nil)
	for i := 400; i < 600; i++ {
		rows[i] = example{!rows[i].hit, []rule.Value{num(1e6), txt("Mars"), num(-1e6), yes, none, no}}
	}
	b, _ := fit(t, table(t, people, rows...), split, nil)
	require.Equal(t, a, b)
	c, _ := fit(t, table(t, people, rows...), split, &model.Options{ScaleByAll: true})
	require.NotEqual(t, a, c)
}

func BenchmarkFit(b *testing.B) {
	tab := table(b, people, crowd(45000)...)
	split := model.ByKey("bench", nil, model.Shares{Train: 0.7})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := model.Fit(tab, split, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScore(b *testing.B) {
	m, _ := fit(b, table(b, people, crowd(2000)...), half, nil)
	row, sum := person(1).row, 0.0
	b.ReportAllocs()
	for b.Loop() {
		sum += m.Score(row)
	}
	if !(sum > 0) {
		b.Fatal(sum)
	}
}
