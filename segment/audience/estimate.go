package audience

import (
	"fmt"
	"math"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
)

// An Estimate is how many of a population are in an audience, told from a sample.
type Estimate struct {
	N       int     `json:"n"`       // people in the population
	Sample  int     `json:"sample"`  // people looked at
	Hits    int     `json:"hits"`    // of those, who is in
	Unknown int     `json:"unknown"` // of those, of whom the rule cannot tell: they count as not in
	Size    int     `json:"size"`    // the estimate, of the population
	Low     int     `json:"low"`     // the interval, both ends included
	High    int     `json:"high"`
	Level   float64 `json:"level"` // its confidence; 1 where everybody was looked at, and Size is exact
}

// EstimateOptions are the choices of an estimate.
type EstimateOptions struct {
	// Sample is how many people to look at. Default 10,000, with which the interval at 95% is at most one percent of
	// the population to either side.
	Sample int
	// Level is the confidence of the interval, in (0, 1). Default 0.95.
	Level float64
	// Seed chooses the sample. Default 0, a seed like any other.
	Seed uint64
}

// Size estimates for how many people in the table a rule is true, as of now. It evaluates the rule for the people of
// the sample only, one by one. Ask counts them all; over columns that often takes no longer.
func Size(t *column.Table, r *rule.Rule, now time.Time, o *EstimateOptions) Estimate {
	var opt EstimateOptions
	if o != nil {
		opt = *o
	}
	if opt.Sample <= 0 {
		opt.Sample = 10_000
	}
	all := Everybody(t)
	sample := all.Sample(opt.Sample, opt.Seed)
	e := Estimate{N: all.Len(), Sample: sample.Len()}
	if e.Sample == e.N {
		a := Ask(t, r, now)
		return EstimateOf(e.N, e.Sample, a.In.Len(), a.Unknown.Len(), opt.Level)
	}
	need, facts := r.Need(), rule.NewFacts(t.Lexicon(), "")
	for row := range sample.All() {
		t.Facts(row, need, facts)
		switch r.Test(rule.Input{Now: now, Facts: facts}).Truth {
		case rule.True:
			e.Hits++
		case rule.Unknown:
			e.Unknown++
		}
	}
	return EstimateOf(e.N, e.Sample, e.Hits, e.Unknown, opt.Level)
}

// EstimateOf makes the estimate from the counts of a sample that was drawn elsewhere, at random and nobody twice, from
// a population of n. Level is as in EstimateOptions. Counts that do not fit each other are cut: 0 ≤ hits ≤
// sample ≤ n ≤ 2^53.
//
// The interval holds every size that the sample does not contradict, each end at (1-level)/2 by the exact
// hypergeometric distribution (Buonaccorsi 1987, The American Statistician 41:215: Clopper and Pearson's interval for
// a finite population). It covers the true size with at least the given confidence, whatever the size is, and shrinks
// to it as the sample nears everybody.
func EstimateOf(n, sample, hits, unknown int, level float64) Estimate {
	if !(level > 0 && level < 1) {
		level = 0.95
	}
	n = int(max(0, min(int64(n), 1<<53)))
	sample = max(0, min(sample, n))
	hits = max(0, min(hits, sample))
	e := Estimate{N: n, Sample: sample, Hits: hits, Unknown: max(0, min(unknown, sample-hits)), High: n, Level: level}
	switch {
	case sample == n:
		e.Size, e.Low, e.High, e.Level = hits, hits, hits, 1
		return e
	case sample == 0:
		return e
	}
	e.Size = int(math.Round(float64(n) * float64(hits) / float64(sample)))
	low, high := sizes(n, sample, hits, (1-level)/2)
	e.Low, e.High = min(low, e.Size), max(high, e.Size)
	return e
}

// String is the estimate in a line.
func (e Estimate) String() string {
	if e.Sample == e.N {
		return fmt.Sprintf("%d of %d, counted", e.Size, e.N)
	}
	return fmt.Sprintf("about %d of %d, between %d and %d (%g%% sure, %d looked at)", e.Size, e.N, e.Low, e.High, 100*e.Level, e.Sample)
}
