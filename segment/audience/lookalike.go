package audience

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
)

// A Ranking orders people by how alike they are to a seed.
type Ranking struct {
	Seeds    int       `json:"seeds"`
	Matches  []Match   `json:"matches"`  // everybody but the seeds, the most alike first, equals in the order of rows
	Weights  []Weight  `json:"weights"`  // what it goes by, the heaviest first, whatever the sign
	Check    Check     `json:"check"`    // what it is worth
	Warnings []Warning `json:"warnings"` // why not to trust it; empty where nothing was found

	encoder *encoder
	weights []float64
}

// A Match is a person with her score: the sum of the weights of the features she has. Scores compare within one ranking.
type Match struct {
	Row   int     `json:"row"`
	Score float64 `json:"score"`
}

// A Weight is what a feature adds to a score. Features that say the same share the weight.
type Weight struct {
	Feature string  `json:"feature"` // "city Chengdu", "age 24 to 37", "order_paid last within 7d"
	Weight  float64 `json:"weight"`
	Seeds   float64 `json:"seeds"`  // the share of the seeds that has it
	Others  float64 `json:"others"` // the share of the others that has it
}

// A Warning is a reason to distrust a ranking.
type Warning struct {
	Reason Reason `json:"reason"`
	Text   string `json:"text"`
}

// A Reason names a warning.
type Reason string

// The reasons.
const (
	NoRanking Reason = "no_ranking" // nobody to learn from, nobody to rank, or no feature that enough people have: all scores are 0
	SmallSeed Reason = "small_seed" // fewer than 100 seeds: the check is rough, and so is the ranking
	NoLift    Reason = "no_lift"    // the check does not find the ranking surely better than chance
	Leak      Reason = "leak"       // features, or all of them together, tell the seeds too well: they may be how the seed was made
)

// LookalikeOptions are the choices of a ranking.
type LookalikeOptions struct {
	// Features says by what people are compared. Default everything that the lexicon names.
	Features Features
	// Among are the people to rank. Default everybody.
	Among Set
	// Hide is the part of the seeds that the check hides, in (0, 1). Default 0.2.
	Hide float64
	// Sample is how many of the seeds, and how many of the others, are learnt from at most. Default 20,000.
	Sample int
	// Ridge is the penalty on weights: more of it gives smaller weights and trusts rare features less. Default 1.
	Ridge float64
	// Level is the confidence of the intervals of the check, in (0, 1). Default 0.95.
	Level float64
	// Seed chooses the samples. Default 0, a seed like any other.
	Seed uint64
}

func (o *LookalikeOptions) defaults() {
	o.Features.defaults()
	if !(o.Hide > 0 && o.Hide < 1) {
		o.Hide = 0.2
	}
	if o.Sample <= 0 {
		o.Sample = 20_000
	}
	if !(o.Ridge > 0) {
		o.Ridge = 1
	}
	if !(o.Level > 0 && o.Level < 1) {
		o.Level = 0.95
	}
}

// Lookalike ranks people by how alike they are to the seeds, as of now. It learns a logistic regression of seeds
// against a random sample of the others, with a penalty on the weights. Some of the others may be what is looked for;
// where the seeds are a random part of those, such a model puts people into the same order as one that knew them all
// (Elkan and Noto 2008, Learning classifiers from only positive and unlabeled data). Against a mean of the seeds it
// has the advantage that features which come together do not count twice, and that its weights explain it.
//
// Look at the Warnings and the Check before you use the order. The error lists the names in the features that the
// lexicon does not have. It takes time in proportion to the people ranked times the features of each, and for the
// model some passes over the samples; two fits are made, one of them for the check.
func Lookalike(t *column.Table, seeds Set, now time.Time, o *LookalikeOptions) (*Ranking, error) {
	var opt LookalikeOptions
	if o != nil {
		opt = *o
	}
	opt.defaults()
	need, err := opt.Features.slots(t.Lexicon())
	if err != nil {
		return nil, fmt.Errorf("audience: features: %w", err)
	}
	all := Everybody(t)
	seeds = seeds.And(all)
	if opt.Among.Len() > 0 {
		all = opt.Among.And(all)
	}
	others := all.AndNot(seeds)
	hidden := seeds.Sample(int(math.Round(opt.Hide*float64(seeds.Len()))), opt.Seed)
	shown := seeds.AndNot(hidden).Sample(opt.Sample, opt.Seed+1)
	against := others.Sample(min(opt.Sample, int(math.Round((1-opt.Hide)*float64(others.Len())))), opt.Seed+2)
	unseen := others.AndNot(against).Sample(5*opt.Sample, opt.Seed+3)

	r := &Ranking{Seeds: seeds.Len(), encoder: newEncoder(t, opt.Features, need, rule.At(now), shown.Or(against))}
	r.learn(shown, against, opt.Ridge)
	r.Check = checkOf(r.scores(hidden.Sample(opt.Sample, opt.Seed+4)), r.scores(unseen), opt.Level)
	r.learn(seeds.Sample(opt.Sample, opt.Seed+5), others.Sample(opt.Sample, opt.Seed+2), opt.Ridge)
	scores := r.scores(others)
	i := 0
	r.Matches = make([]Match, others.Len())
	for row := range others.All() {
		r.Matches[i] = Match{row, scores[i]}
		i++
	}
	slices.SortFunc(r.Matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Row, b.Row))
	})
	r.warn()
	return r, nil
}

// learn sets the weights.
func (r *Ranking) learn(seeds, others Set, ridge float64) {
	p := &people{seeds: seeds.Len()}
	p.add(r.encoder, seeds)
	p.add(r.encoder, others)
	n := len(r.encoder.names)
	r.weights = make([]float64, n+1)
	if seeds.Len() > 0 && others.Len() > 0 {
		r.weights = fit(p, n, ridge)
	}
	r.Weights = make([]Weight, n)
	for i, name := range r.encoder.names {
		r.Weights[i] = Weight{Feature: name, Weight: r.weights[i]}
	}
	p.each(func(seed bool, has []int) {
		for _, i := range has {
			if seed {
				r.Weights[i].Seeds += 1 / float64(seeds.Len())
			} else {
				r.Weights[i].Others += 1 / float64(others.Len())
			}
		}
	})
	heaviest(r.Weights)
}

func heaviest(ws []Weight) {
	slices.SortStableFunc(ws, func(a, b Weight) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
}

func (r *Ranking) scores(rows Set) []float64 {
	out, has := make([]float64, 0, rows.Len()), []int(nil)
	for row := range rows.All() {
		has = r.encoder.encode(row, has[:0])
		out = append(out, sum(r.weights, has))
	}
	return out
}

// Top is the set of the n people who are most alike.
func (r *Ranking) Top(n int) Set {
	return Collect(func(yield func(int) bool) {
		for _, m := range r.Matches[:max(0, min(n, len(r.Matches)))] {
			if !yield(m.Row) {
				return
			}
		}
	})
}

// Why lists the features of the person in a row, the heaviest first, as the table has them now.
func (r *Ranking) Why(row int) []Weight {
	e := *r.encoder
	e.facts, e.raw = rule.NewFacts(e.table.Lexicon(), ""), nil
	var out []Weight
	for _, i := range e.encode(row, nil) {
		at := slices.IndexFunc(r.Weights, func(w Weight) bool { return w.Feature == e.names[i] })
		out = append(out, r.Weights[at])
	}
	heaviest(out)
	return out
}

// String is a report for people: warnings, the check, and the ten heaviest features.
func (r *Ranking) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d people by likeness to %d\n", len(r.Matches), r.Seeds)
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "warning: %s: %s\n", w.Reason, w.Text)
	}
	c := r.Check
	fmt.Fprintf(&b, "%d seeds hidden among %d others: AUC %.2f (%.2f to %.2f)\n", c.Hidden, c.Others, c.AUC, c.Low, c.High)
	var g grid
	for _, t := range c.Top {
		g.add(fmt.Sprintf("  the best %g%% hold", 100*t.Share), percent(t.Recall),
			fmt.Sprintf("%.1f times chance", t.Lift), fmt.Sprintf("(%.1f to %.1f)", t.Low, t.High))
	}
	b.WriteString(g.String())
	g = grid{{"feature", "weight", "seeds", "others"}}
	for _, w := range r.Weights[:min(10, len(r.Weights))] {
		g.add(w.Feature, fmt.Sprintf("%+.2f", w.Weight), percent(w.Seeds), percent(w.Others))
	}
	b.WriteString(g.String())
	return b.String()
}
