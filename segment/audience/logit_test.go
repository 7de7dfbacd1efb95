package audience

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// With one feature, no intercept to share with and hardly a penalty, the weight is the difference of log-odds.
func TestFitKnownAnswer(t *testing.T) {
	p := &people{seeds: 40}
	add := func(n int, has ...int) {
		for range n {
			p.has = append(p.has, has...)
			p.ends = append(p.ends, len(p.has))
		}
	}
	add(30, 0)
	add(10)
	add(20, 0)
	add(60)
	w := fit(p, 1, 1e-9)
	require.InDelta(t, math.Log(30./20)-math.Log(10./60), w[0], 1e-5)
	require.InDelta(t, math.Log(10./60), w[1], 1e-5)
}

// At the answer the slope is nil, and any step away is worse.
func TestFitIsTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "features")
		p := &people{}
		count := rapid.IntRange(1, 60).Draw(t, "people")
		p.seeds = rapid.IntRange(0, count).Draw(t, "seeds")
		for range count {
			for i := range n {
				if rapid.Bool().Draw(t, "has") {
					p.has = append(p.has, i)
				}
			}
			p.ends = append(p.ends, len(p.has))
		}
		ridge := rapid.SampledFrom([]float64{0.01, 1, 50}).Draw(t, "ridge")
		w := fit(p, n, ridge)
		best := loss(p, w, ridge)
		for i := range w {
			for _, d := range []float64{-0.01, 0.01} {
				w[i] += d
				require.GreaterOrEqual(t, loss(p, w, ridge), best-1e-7)
				w[i] -= d
			}
		}
	})
}

func TestCheckAgainstPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 9), func(i int) float64 { return float64(i) }), 1, 40)
		hidden, others := values.Draw(t, "hidden"), values.Draw(t, "others")
		won := 0.0
		for _, h := range hidden {
			for _, o := range others {
				switch {
				case h > o:
					won++
				case h == o:
					won += 0.5
				}
			}
		}
		c := checkOf(hidden, others, 0.95)
		require.InDelta(t, won/float64(len(hidden)*len(others)), c.AUC, 1e-12)
		require.True(t, 0 <= c.Low && c.Low <= c.AUC+1e-12 && c.AUC <= c.High+1e-12 && c.High <= 1)
		last := 0.0
		for _, top := range c.Top {
			require.GreaterOrEqual(t, top.Recall, last-1e-12, "a larger top holds no fewer")
			require.LessOrEqual(t, top.Recall, 1.)
			require.InDelta(t, top.Recall/top.Share, top.Lift, 1e-12)
			last = top.Recall
		}
	})
}

func TestCheckKnownAnswers(t *testing.T) {
	equal := make([]float64, 500)
	c := checkOf(equal[:100], equal[100:], 0.95)
	require.Equal(t, 0.5, c.AUC)
	for _, top := range c.Top {
		require.InDelta(t, 1, top.Lift, 1e-12, "people with equal scores are found by chance")
	}
	var others []float64
	for i := range 100 {
		others = append(others, float64(i))
	}
	c = checkOf([]float64{99.5, 95.5, 85.5, 10}, others, 0.95)
	require.Equal(t, []float64{0.25, 0.5, 0.5, 0.75}, []float64{c.Top[0].Recall, c.Top[1].Recall, c.Top[2].Recall, c.Top[3].Recall})
	require.Equal(t, Check{Low: 0, High: 1}, checkOf(nil, nil, 0.95))

	// Hanley and McNeil's interval holds its level: scores of seeds are normal, one above those of the others.
	r := rand.New(rand.NewPCG(3, 4))
	truth, covered := 0.5*math.Erfc(-1/math.Sqrt2/math.Sqrt2), 0
	for range 500 {
		hidden, others := make([]float64, 60), make([]float64, 300)
		for i := range hidden {
			hidden[i] = 1 + r.NormFloat64()
		}
		for i := range others {
			others[i] = r.NormFloat64()
		}
		if c := checkOf(hidden, others, 0.95); c.Low <= truth && truth <= c.High {
			covered++
		}
	}
	require.InDelta(t, 475, covered, 15)
}

// More features than can be fitted leave the most frequent.
func TestEncoderKeepsTheMostFrequent(t *testing.T) {
	lex, err := rule.Schema{Attributes: []rule.Field{{Name: "shop", Type: rule.String}}}.Compile()
	require.NoError(t, err)
	table := column.NewTable(lex)
	for i := range 1200 * rare {
		table.SetAttr(table.Add(strconv.Itoa(i)), 0, rule.StringValue(strconv.Itoa(i%1200)))
	}
	for i := range 3 {
		table.SetAttr(table.Add("more "+strconv.Itoa(i)), 0, rule.StringValue("1199"))
	}
	e := newEncoder(table, Features{Values: 1200}, rule.Need{Attrs: []int{0}}, 0, Everybody(table))
	require.Len(t, e.names, mostFeatures)
	require.Equal(t, "shop 1199", e.names[0])
}
