package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/stat"
)

// An Estimate is a figure with its interval. With a Reason it has none, and the interval is all that is possible.
type Estimate struct {
	Value    float64       `json:"value"`
	Error    float64       `json:"error"` // the standard error
	Interval stat.Interval `json:"interval"`
	Reason   stat.Reason   `json:"reason,omitempty"`
	stat.Basis
}

// An Evaluation tells how good probabilities are, on rows that they were not learnt from.
type Evaluation struct {
	stat.Count
	// AUC is the chance that a hit has a higher probability than another row, equal ones counting half; exact. Its
	// error is that of DeLong, DeLong and Clarke-Pearson (1988), the interval symmetric on the scale of log-odds.
	AUC     Estimate `json:"auc"`
	LogLoss Estimate `json:"log_loss"` // the mean of -log(probability of what happened); 0 is best
	Brier   Estimate `json:"brier"`    // the mean of the squared error of the probability; 0 is best
	// KS is the largest distance of the distributions of hits and others (Kolmogorov and Smirnov): what a cut at the
	// best place gets of the hits more than of the others.
	KS      float64  `json:"ks"`
	Deciles []Decile `json:"deciles"` // by probability, highest first
	Bins    []Bin    `json:"bins"`    // predicted and observed, lowest first
	// ECE is the expected calibration error: the mean distance between predicted and observed rate over the bins.
	ECE float64 `json:"ece"`
}

// A Decile is a tenth of the rows. Where equal probabilities lie on both sides of its border, it has its share of
// their hits: what is expected when they are put in random order.
type Decile struct {
	N    int     `json:"n"`
	Hits float64 `json:"hits"`
	Rate float64 `json:"rate"`
	// Lift is the rate over that of all rows, 0 where there are no hits. Its interval is Wilson's of the rate, over the
	// rate of all taken as known.
	Lift     float64       `json:"lift"`
	Interval stat.Interval `json:"interval"`
	Gain     float64       `json:"gain"` // the share of all hits in this decile and those before it
	High     float64       `json:"high"` // the highest and the lowest probability
	Low      float64       `json:"low"`
}

// A Bin is rows with near probabilities: a tenth of the rows, or more where equal probabilities would be parted.
type Bin struct {
	stat.Count
	Low       float64       `json:"low"`
	High      float64       `json:"high"`
	Predicted float64       `json:"predicted"` // the mean of the probabilities
	Rate      float64       `json:"rate"`
	Interval  stat.Interval `json:"interval"` // of the rate, Wilson's
}

// Evaluate tells how good probabilities are, whoever made them: those of the rows, and what came of each. A log-loss
// takes a probability of 0 or 1 as 1e-15 away from it. The order of the rows does not matter, to the last bit. The
// error names every probability that is none.
func Evaluate(probabilities []float64, hit []bool, o *stat.Options) (Evaluation, error) {
	var f marque.Faults
	if len(probabilities) != len(hit) {
		f.Add("hit", "there are %d outcomes of %d probabilities", len(hit), len(probabilities))
		return Evaluation{}, f.Err()
	}
	rows := make([]scored, len(hit))
	for i, p := range probabilities {
		if !(p >= 0 && p <= 1) {
			f.Add(fmt.Sprintf("probabilities[%d]", i), "%v is not within 0 and 1", p)
		}
		rows[i] = scored{p, hit[i]}
	}
	if err := f.Err(); err != nil {
		return Evaluation{}, err
	}
	return evaluate(rows, o), nil
}

type scored struct {
	p   float64
	hit bool
}

// group is rows of the same probability.
type group struct {
	p       float64
	n, hits int
}

func evaluate(rows []scored, o *stat.Options) Evaluation {
	slices.SortFunc(rows, func(a, b scored) int { return cmp.Compare(a.p, b.p) })
	var groups []group
	e := Evaluation{}
	for _, r := range rows {
		if len(groups) == 0 || groups[len(groups)-1].p != r.p {
			groups = append(groups, group{p: r.p})
		}
		g := &groups[len(groups)-1]
		g.n++
		e.N++
		if r.hit {
			g.hits++
			e.Hits++
		}
	}
	e.AUC, e.KS = area(groups, e.Count, o)
	e.LogLoss = mean("mean log-loss, normal interval", groups, e.Count, o, math.Inf(1), func(p float64) float64 { return -math.Log(max(p, 1e-15)) })
	e.Brier = mean("mean squared error, normal interval", groups, e.Count, o, 1, func(p float64) float64 { return (1 - p) * (1 - p) })
	e.Deciles = deciles(groups, e.Count, o)
	e.Bins, e.ECE = bins(groups, e.Count, o)
	return e
}

const independent = "rows are independent of one another"

// area is the area under the curve of hits over others, and their largest distance. A hit's place is the share of
// others below it, and the other way about; the variance of the area is that of the places (DeLong and others 1988,
// formulas 5 and 6).
func area(groups []group, c stat.Count, o *stat.Options) (Estimate, float64) {
	a := Estimate{Value: 0.5, Basis: stat.Basis{Method: "DeLong, interval on the logit scale", Assumes: []string{independent}}}
	level := levelOf(o)
	a.Interval = stat.Interval{Low: 0, High: 1, Level: level}
	hits, others := float64(c.Hits), float64(c.N-c.Hits)
	if hits == 0 || others == 0 {
		a.Reason = stat.NoData
		return a, 0
	}
	var won, ofHits, ofOthers, distance float64 // won is exact: halves of whole numbers
	each := func(visit func(g group, below, above float64)) {
		seenHits, seenOthers := 0.0, 0.0
		for _, g := range groups {
			h, n := float64(g.hits), float64(g.n-g.hits)
			visit(g, seenOthers+n/2, hits-seenHits-h/2)
			seenHits, seenOthers = seenHits+h, seenOthers+n
			distance = max(distance, math.Abs(seenHits/hits-seenOthers/others))
		}
	}
	each(func(g group, below, _ float64) { won += float64(g.hits) * below })
	a.Value = won / (hits * others)
	each(func(g group, below, above float64) {
		x, y := below/others-a.Value, above/hits-a.Value
		ofHits += float64(g.hits) * x * x
		ofOthers += float64(g.n-g.hits) * y * y
	})
	if hits > 1 && others > 1 {
		a.Error = math.Sqrt(ofHits/(hits-1)/hits + ofOthers/(others-1)/others)
	}
	if a.Error == 0 || a.Value == 0 || a.Value == 1 {
		a.Reason = stat.NoVariance
		return a, distance
	}
	x, half := math.Log(a.Value/(1-a.Value)), quantile(level)*a.Error/(a.Value*(1-a.Value))
	a.Interval.Low, a.Interval.High = sigmoid(x-half), sigmoid(x+half)
	return a, distance
}

// mean is the mean loss of the rows, where a hit of probability p loses loss(p).
func mean(method string, groups []group, c stat.Count, o *stat.Options, most float64, loss func(p float64) float64) Estimate {
	level, n := levelOf(o), float64(c.N)
	e := Estimate{Interval: stat.Interval{Level: level}, Basis: stat.Basis{Method: method, Assumes: []string{independent}}}
	if c.N == 0 {
		e.Reason = stat.NoData
		return e
	}
	for _, g := range groups {
		e.Value += (float64(g.hits)*loss(g.p) + float64(g.n-g.hits)*loss(1-g.p)) / n
	}
	if c.N > 1 {
		sum := 0.0
		for _, g := range groups {
			x, y := loss(g.p)-e.Value, loss(1-g.p)-e.Value
			sum += float64(g.hits)*x*x + float64(g.n-g.hits)*y*y
		}
		e.Error = math.Sqrt(sum / (n - 1) / n)
	}
	half := quantile(level) * e.Error
	e.Interval.Low, e.Interval.High = max(0, e.Value-half), min(most, e.Value+half)
	return e
}

func deciles(groups []group, c stat.Count, o *stat.Options) (ds []Decile) {
	at, left := len(groups)-1, 0 // the group at hand, and how many of it are not dealt out
	if at >= 0 {
		left = groups[at].n
	}
	n, all, sum := int(c.N), c.Rate(), 0.0
	for k := range 10 {
		d := Decile{N: (k+1)*n/10 - k*n/10}
		for need := d.N; need > 0; {
			for left == 0 {
				at--
				left = groups[at].n
			}
			g, take := groups[at], min(left, need)
			if need == d.N {
				d.High = g.p
			}
			d.Low = g.p
			d.Hits += float64(take) * float64(g.hits) / float64(g.n)
			left, need = left-take, need-take
		}
		if d.N == 0 {
			continue
		}
		sum += d.Hits
		d.Rate = d.Hits / float64(d.N)
		d.Interval.Level = levelOf(o)
		if c.Hits > 0 {
			d.Lift, d.Gain = d.Rate/all, sum/float64(c.Hits)
			count := stat.Count{N: int64(d.N), Hits: int64(math.Round(d.Hits))}
			d.Interval = stat.ProportionOf(count, o).Interval.Scale(1 / all)
		}
		ds = append(ds, d)
	}
	return ds
}

func bins(groups []group, c stat.Count, o *stat.Options) (bs []Bin, ece float64) {
	var b Bin
	seen := int64(0)
	for i, g := range groups {
		if b.N == 0 {
			b.Low = g.p
		}
		b.High = g.p
		b.N += int64(g.n)
		b.Hits += int64(g.hits)
		b.Predicted += float64(g.n) * g.p
		seen += int64(g.n)
		if i < len(groups)-1 && seen*10 < int64(len(bs)+1)*c.N {
			continue
		}
		b.Predicted /= float64(b.N)
		rate := stat.ProportionOf(b.Count, o)
		b.Rate, b.Interval = rate.Rate, rate.Interval
		ece += math.Abs(b.Predicted-b.Rate) * float64(b.N) / float64(c.N)
		bs = append(bs, b)
		b = Bin{}
	}
	return bs, ece
}

func levelOf(o *stat.Options) float64 {
	if o == nil || !(o.Level > 0 && o.Level < 1) {
		return 0.95
	}
	return o.Level
}

func quantile(level float64) float64 { return -stat.Quantile((1 - level) / 2) }
