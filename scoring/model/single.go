package model

import (
	"cmp"
	"math"
	"slices"

	"github.com/marque-go/marque/stat"
)

// cuts is how many bins the values of a number are put into.
const cuts = 20

// A Single is what a feature does by itself.
type Single struct {
	Feature string `json:"feature"`
	// AUC is that of the feature alone: its values are put in the order of their rate of hits in the training rows, a
	// number by twentieths of these, a missing value as a value of its own; the figure is of the test rows.
	AUC Estimate `json:"auc"`
	// PSI is the population stability index of the test rows against the training rows over the same bins,
	// Σ (p - q) log(p/q), with half a row added to each bin: 0 for the same distribution.
	PSI float64 `json:"psi"`
	// MissingTrain and MissingTest are the shares of rows without a value.
	MissingTrain float64 `json:"missing_train"`
	MissingTest  float64 `json:"missing_test"`

	moved bool // the index is more than chance makes it
}

// single looks at a feature alone.
func single(t *Table, i int, l *layout, train, test []int, o *stat.Options) Single {
	bin, n := binning(t, i, l, train)
	was, is := make([]stat.Count, n), make([]stat.Count, n)
	count := func(into []stat.Count, rows []int) (all stat.Count, missed int) {
		for _, row := range rows {
			c := stat.Count{N: 1}
			if t.hit[row] {
				c.Hits = 1
			}
			b := bin(row)
			into[b] = into[b].Merge(c)
			all = all.Merge(c)
			if t.missing(row, i) {
				missed++
			}
		}
		return all, missed
	}
	trained, missedTrain := count(was, train)
	tested, missedTest := count(is, test)

	s := Single{Feature: l.Name, MissingTrain: share(missedTrain, len(train)), MissingTest: share(missedTest, len(test))}
	groups := make([]group, n)
	for b := range groups {
		// One row of the mean rate is added, so that a bin of one row does not go before all others.
		rate := (float64(was[b].Hits) + trained.Rate()) / float64(was[b].N+1)
		groups[b] = group{rate, int(is[b].N), int(is[b].Hits)}

	}
	s.PSI, s.moved = drift(was, is, trained.N, tested.N)
	slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(a.p, b.p) })
	merged := groups[:1]
	for _, g := range groups[1:] {
		if last := &merged[len(merged)-1]; last.p == g.p {
			last.n, last.hits = last.n+g.n, last.hits+g.hits
		} else {
			merged = append(merged, g)
		}
	}
	s.AUC, _ = area(merged, tested, o)
	return s
}

// drift is the stability index over the bins that have rows, and whether it is beyond chance: of equal distributions
// it is near chi-square times 1/was + 1/is (Yurdakul, Statistical properties of population stability index, 2018).
func drift(was, is []stat.Count, wasAll, isAll int64) (psi float64, moved bool) {
	used := 0
	for b := range was {
		if was[b].N+is[b].N > 0 {
			used++
		}
	}
	half := 0.5 * float64(used)
	for b := range was {
		if was[b].N+is[b].N > 0 {
			p, q := (float64(is[b].N)+0.5)/(float64(isAll)+half), (float64(was[b].N)+0.5)/(float64(wasAll)+half)
			psi += (p - q) * math.Log(p/q)
		}
	}
	spread := 1/float64(wasAll) + 1/float64(isAll)
	return psi, used > 1 && stat.ChiSquareSurvival(psi/spread, float64(used-1)) < 0.001
}

// binning gives the bin of a row, and how many there are. The last two are for levels that training does not know and
// for missing values.
func binning(t *Table, i int, l *layout, train []int) (bin func(row int) int, n int) {
	c := &t.columns[i]
	switch l.Kind {
	case Category:
		n = len(l.Levels) + 2
		return func(row int) int {
			code := c.codes[row]
			switch {
			case code < 0:
				return n - 1
			case l.byCode[code] < 0:
				return n - 2
			}
			return int(l.byCode[code])
		}, n
	case Bool:
		return func(row int) int { return int(c.codes[row]+3) % 3 }, 3
	}
	values := make([]float64, 0, len(train))
	for _, row := range train {
		if x := c.numbers[row]; !math.IsNaN(x) {
			values = append(values, x)
		}
	}
	slices.Sort(values)
	var ends []float64 // a bin holds what is at most its end, and the last one the rest
	for k := 1; k < cuts && len(values) > 0; k++ {
		ends = append(ends, stat.Rank(values, float64(k)/cuts))
	}
	ends = slices.Compact(ends)
	return func(row int) int {
		x := c.numbers[row]
		if math.IsNaN(x) {
			return len(ends) + 1
		}
		b, _ := slices.BinarySearch(ends, x)
		return b
	}, len(ends) + 2
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
