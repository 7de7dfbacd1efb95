package abtest

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/stat"
)

// A Verdict is what the numbers allow to say of an arm.
type Verdict string

// The verdicts.
const (
	Refused   Verdict = "refused"   // units are not split as planned: nothing can be said
	Undecided Verdict = "undecided" // no difference shown; that is not "no difference"
	Better    Verdict = "better"
	Worse     Verdict = "worse"
)

// Analysis is the outcome of an experiment so far.
type Analysis struct {
	Experiment string       `json:"experiment"`
	Control    string       `json:"control"`
	Units      int64        `json:"units"`
	Ratio      stat.Ratio   `json:"ratio"`
	Reason     stat.Reason  `json:"reason,omitempty"` // why there is no verdict at all
	Arms       []Comparison `json:"arms"`             // in the definition's order, control included
	stat.Basis
}

// Comparison is one arm against control. For control itself only Arm and Rate are set.
type Comparison struct {
	Arm     string           `json:"arm"`
	Control bool             `json:"control,omitempty"`
	Rate    stat.Proportion  `json:"rate"`
	Diff    *stat.Difference `json:"diff,omitempty"`
	Lift    *stat.Lift       `json:"lift,omitempty"`
	Gain    *stat.Gain       `json:"gain,omitempty"` // incremental conversions in this arm
	// P is Diff.P adjusted by Holm for the number of arms compared. The verdict goes by it.
	P       float64 `json:"p"`
	Verdict Verdict `json:"verdict"`
}

// Analyze compares each arm with control. counts are the units exposed and converted by arm name; forced units
// must not be among them. An arm that is missing has none. Where the sample ratio is wrong every verdict is
// Refused, and the numbers are still there for looking into it. The verdict is at 1 - level, two-sided. A name
// that is no arm is an error.
func Analyze(e Experiment, counts map[string]stat.Count, o *stat.Options) (Analysis, error) {
	names := make([]string, len(e.Arms))
	observed, weights := make([]int64, len(e.Arms)), make([]float64, len(e.Arms))
	a := Analysis{Experiment: e.Name, Control: e.control(), Arms: make([]Comparison, len(e.Arms))}
	for i, rs := range ranges(&e) {
		names[i], weights[i] = e.Arms[i].Name, float64(held(rs))
		observed[i] = counts[names[i]].N
		a.Units += observed[i]
	}
	for _, name := range sortedKeys(counts) {
		if e.arm(name) < 0 {
			return Analysis{}, fmt.Errorf("abtest: analyze %s: no arm %q%s", e.Name, name, rule.Hint(name, names))
		}
	}
	if e.arm(a.Control) < 0 {
		return Analysis{}, fmt.Errorf("abtest: analyze %s: no control arm %q%s", e.Name, a.Control, rule.Hint(a.Control, names))
	}
	a.Ratio = stat.SRM(observed, weights, o)
	a.Reason = a.Ratio.Reason
	if a.Reason == stat.OneArm {
		a.Reason = ""
	}
	a.Basis = stat.Basis{
		Method:  "each arm against control by two proportions, Holm-adjusted; no verdict where the sample ratio is wrong",
		Assumes: []string{"each unit is counted once, in the arm it saw", "conversions are counted for the same time after exposure in all arms", "the data are looked at once, at a size fixed beforehand"},
	}
	control := counts[a.Control]
	var ps []float64
	for i, name := range names {
		c := &a.Arms[i]
		c.Arm, c.Rate, c.P = name, stat.ProportionOf(counts[name], o), 1
		if c.Control = name == a.Control; c.Control {
			continue
		}
		d, l, g := stat.Compare(control, counts[name], o), stat.RelativeLift(control, counts[name], o), stat.Incremental(control, counts[name], o)
		c.Diff, c.Lift, c.Gain = &d, &l, &g
		ps = append(ps, d.P)
	}
	adjusted := stat.Holm(ps)
	for i := range a.Arms {
		c := &a.Arms[i]
		if c.Control {
			continue
		}
		c.P, adjusted = adjusted[0], adjusted[1:]
		c.Verdict = verdict(a.Reason, c, c.Diff.Interval.Level)
	}
	return a, nil
}

func verdict(why stat.Reason, c *Comparison, level float64) Verdict {
	switch {
	case why != "":
		return Refused
	case c.Diff.Reason != "" || c.P > 1-level:
		return Undecided
	case c.Diff.Diff > 0:
		return Better
	}
	return Worse
}

// CSV writes a line per arm, rates and intervals as fractions.
func (a Analysis) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	f := func(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }
	out.Write([]string{"experiment", "arm", "units", "conversions", "rate", "rate_low", "rate_high",
		"diff", "diff_low", "diff_high", "p", "lift", "extra", "extra_low", "extra_high", "verdict"})
	for _, c := range a.Arms {
		row := []string{a.Experiment, c.Arm, strconv.FormatInt(c.Rate.N, 10), strconv.FormatInt(c.Rate.Hits, 10),
			f(c.Rate.Rate), f(c.Rate.Interval.Low), f(c.Rate.Interval.High)}
		if c.Control {
			row = append(row, "", "", "", "", "", "", "", "", "control")
		} else {
			row = append(row, f(c.Diff.Diff), f(c.Diff.Interval.Low), f(c.Diff.Interval.High), f(c.P), f(c.Lift.Lift),
				f(c.Gain.Extra), f(c.Gain.Interval.Low), f(c.Gain.Interval.High), string(c.Verdict))
		}
		out.Write(row)
	}
	out.Flush()
	return out.Error()
}
