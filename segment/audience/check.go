package audience

import (
	"math"
	"slices"
	"sort"

	"github.com/marque-go/marque/stat"
)

// A Check tells what a ranking is worth: part of the seed was hidden, the rest learnt from, and the hidden ones looked
// for among others that were not learnt from either. Some of those others may be what is looked for, so the figures
// are rather too low than too high.
type Check struct {
	Hidden int `json:"hidden"` // seeds
	Others int `json:"others"`
	// AUC is the probability that a hidden seed stands before another person: 0.5 is chance, 1 is all of them. The
	// interval is that of Hanley and McNeil (1982, Radiology 143:29).
	AUC  float64    `json:"auc"`
	Low  float64    `json:"low"`
	High float64    `json:"high"`
	Top  []TopShare `json:"top"`
}

// A TopShare tells how much of the hidden seed is found at the top.
type TopShare struct {
	Share  float64 `json:"share"`  // the best so many of the others: 0.01
	Recall float64 `json:"recall"` // the part of the hidden seeds that stands as high
	Lift   float64 `json:"lift"`   // Recall over Share: 1 is chance
	Low    float64 `json:"low"`    // its interval, from Wilson's of the recall
	High   float64 `json:"high"`
}

// topShares are where a Check looks.
var topShares = [...]float64{0.01, 0.05, 0.1, 0.2}

// checkOf compares the scores of hidden seeds with those of others. People with equal scores stand in any order: each
// counts as the part of the orders in which it is found.
func checkOf(hidden, others []float64, level float64) Check {
	c := Check{Hidden: len(hidden), Others: len(others), Low: 0, High: 1}
	if len(hidden) == 0 || len(others) == 0 {
		return c
	}
	slices.Sort(hidden)
	slices.Sort(others)
	m, n := float64(len(hidden)), float64(len(others))
	for _, s := range hidden {
		below, upTo := ties(others, s)
		c.AUC += float64(below+upTo) / 2
	}
	c.AUC /= m * n
	q1, q2 := c.AUC/(2-c.AUC), 2*c.AUC*c.AUC/(1+c.AUC)
	v := (c.AUC*(1-c.AUC) + (m-1)*(q1-c.AUC*c.AUC) + (n-1)*(q2-c.AUC*c.AUC)) / (m * n)
	half := score(level) * math.Sqrt(max(v, 0))
	c.Low, c.High = max(0, c.AUC-half), min(1, c.AUC+half)
	for _, share := range topShares {
		c.Top = append(c.Top, topShare(hidden, others, share, level))
	}
	return c
}

func topShare(hidden, others []float64, share, level float64) TopShare {
	at := share * float64(len(others)) // so many of the others are the top
	cut := others[len(others)-int(math.Ceil(at))]
	below, upTo := ties(others, cut)
	part := (at - float64(len(others)-upTo)) / float64(upTo-below) // of those at the cut, so many are in the top
	below, upTo = ties(hidden, cut)
	found := float64(len(hidden)-upTo) + part*float64(upTo-below)
	t := TopShare{Share: share, Recall: found / float64(len(hidden))}
	t.Lift = t.Recall / share
	count := stat.Count{N: int64(len(hidden)), Hits: int64(math.Round(found))}
	i := stat.ProportionOf(count, &stat.Options{Level: level}).Interval.Scale(1 / share)
	t.Low, t.High = min(i.Low, t.Lift), max(i.High, t.Lift)
	return t
}

// ties gives how many of sorted values are below x, and how many are x or below.
func ties(sorted []float64, x float64) (below, upTo int) {
	below = sort.SearchFloat64s(sorted, x)
	return below, sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })
}
