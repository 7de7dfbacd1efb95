package model

import "fmt"

// An Alarm is what a warning is about.
type Alarm string

// The alarms.
const (
	Leak         Alarm = "leak"         // one feature alone tells too much
	Constant     Alarm = "constant"     // a feature was the same in all training rows
	Rare         Alarm = "rare_level"   // a level stands in one training row
	Drift        Alarm = "drift"        // a feature is distributed otherwise in the test than in training
	Separated    Alarm = "separated"    // the training rows are told apart without fault
	Uncalibrated Alarm = "uncalibrated" // there were calibration rows, but no calibration
)

// A Warning is what somebody should look at before the model is used.
type Warning struct {
	Alarm   Alarm   `json:"alarm"`
	Feature string  `json:"feature,omitempty"`
	Level   string  `json:"level,omitempty"`
	Value   float64 `json:"value,omitempty"` // of a leak the AUC, of a drift the PSI
	Limit   float64 `json:"limit,omitempty"` // that it passed
	Reason  string  `json:"reason"`          // in words
}

// String is "leak: duration: ..." in words.
func (w Warning) String() string {
	if w.Feature == "" {
		return fmt.Sprintf("%s: %s", w.Alarm, w.Reason)
	}
	return fmt.Sprintf("%s: %s: %s", w.Alarm, w.Feature, w.Reason)
}

// constant reports whether the training rows are all the same.
func (l *layout) constant() bool {
	values := 0
	if l.missed > 0 {
		values++
	}
	for _, n := range l.counts {
		if n > 0 {
			values++
		}
	}
	return l.Kind == Number && l.sd == 0 && l.missed == 0 || values < 2 && l.Kind != Number
}

func (r *Report) warn(layouts []layout, uncalibrated error, o *Options) {
	add := func(w Warning) { r.Warnings = append(r.Warnings, w) }
	if r.Descent.Separated {
		add(Warning{Alarm: Separated, Reason: "the model tells the outcomes of the training rows apart without fault: only the penalty bounds its coefficients, and its probabilities are too sure"})
	}
	if uncalibrated != nil {
		add(Warning{Alarm: Uncalibrated, Reason: uncalibrated.Error()})
	}
	for i := range layouts {
		l, s := &layouts[i], &r.Singles[i]
		if s.AUC.Value >= o.LeakAUC {
			add(Warning{Alarm: Leak, Feature: l.Name, Value: s.AUC.Value, Limit: o.LeakAUC,
				Reason: fmt.Sprintf("alone it has an AUC of %.3f, %v or more: is it known before the outcome?", s.AUC.Value, o.LeakAUC)})
		}
		if l.constant() {
			add(Warning{Alarm: Constant, Feature: l.Name, Reason: "it is the same in all training rows: nothing is learnt from it"})
		}
		if l.Kind == Category {
			for level, n := range l.counts {
				if n == 1 {
					add(Warning{Alarm: Rare, Feature: l.Name, Level: l.Levels[level], Value: 1,
						Reason: fmt.Sprintf("level %q stands in one training row: its coefficient is that row's", l.Levels[level])})
				}
			}
		}
		if s.PSI > o.DriftPSI && s.moved {
			add(Warning{Alarm: Drift, Feature: l.Name, Value: s.PSI, Limit: o.DriftPSI,
				Reason: fmt.Sprintf("the test rows differ from the training rows by a PSI of %.2f, more than %v", s.PSI, o.DriftPSI)})
		}
	}
}
