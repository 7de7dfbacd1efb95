package abtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Decision is which arm a unit gets, and why.
type Decision struct {
	Experiment string `json:"experiment"`
	Arm        string `json:"arm,omitempty"` // empty where the unit is not in
	Index      int    `json:"index"`         // of the arm in the definition, -1 where the unit is not in
	In         bool   `json:"in"`
	Reason     Reason `json:"reason"`
	Bucket     uint32 `json:"bucket"` // of the unit under the experiment's seed
}

// Counts reports whether the unit belongs into the analysis: it is in, and not by hand.
func (d Decision) Counts() bool { return d.Reason == Assigned }

// A Reason says why a unit has its arm, or none.
type Reason string

// The reasons.
const (
	Assigned          Reason = "assigned"
	Forced            Reason = "forced"
	UnknownExperiment Reason = "unknown_experiment"
	NotStarted        Reason = "not_started"
	IsPaused          Reason = "paused"
	HasEnded          Reason = "ended"
	HeldOut           Reason = "held_out"
	OtherSlot         Reason = "other_slot" // outside the experiment's range of its layer
	NotCovered        Reason = "not_covered"
	NotInAudience     Reason = "not_in_audience"
)

// Event says that the person saw the arm: "experiment.exposed". It is one turn of the fact
// "experiment/NAME/ARM", so that however often it is said, the log takes it once per person and arm. ok is false
// where the decision does not count.
func (d Decision) Event(profile string, at time.Time) (e marque.Event, ok bool) {
	if !d.Counts() {
		return marque.Event{}, false
	}
	e = marque.Event{Profile: profile}.Turn("experiment.exposed", "experiment/"+d.Experiment+"/"+d.Arm, 1, at,
		map[string]any{"experiment": d.Experiment, "arm": d.Arm})
	return e, true
}

// Says lists the events that experiments say.
func Says() []rule.EventType {
	return []rule.EventType{{
		Name: "experiment.exposed", Doc: "a person saw an arm of an experiment for the first time",
		Props: []rule.Field{{Name: "experiment", Type: rule.String}, {Name: "arm", Type: rule.String}},
	}}
}

// An Explanation is a decision with each check that led to it.
type Explanation struct {
	Decision
	Unit   string  `json:"unit"`
	Checks []Check `json:"checks"`
}

// A Check is one step on the way to a decision.
type Check struct {
	Name   string `json:"name"` // "holdout global", "layer checkout", "coverage", "audience", "arm"
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// String writes the explanation, a line per check.
func (x Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s: ", x.Unit, x.Experiment)
	if x.In {
		fmt.Fprintf(&b, "%s, ", x.Arm)
	}
	fmt.Fprintf(&b, "%s\n", x.Reason)
	for _, c := range x.Checks {
		mark := "yes"
		if !c.OK {
			mark = "no "
		}
		fmt.Fprintf(&b, "  %s  %s: %s\n", mark, c.Name, c.Detail)
	}
	return b.String()
}

// Explain is Assign with all checks, also those behind the one that decided.
func (s *Set) Explain(experiment, unit string, f *rule.Facts, now time.Time) Explanation {
	x := Explanation{Decision: s.Assign(experiment, unit, f, now), Unit: unit}
	t := s.byName[experiment]
	if t == nil {
		return x
	}
	say := func(name string, ok bool, format string, args ...any) {
		x.Checks = append(x.Checks, Check{name, ok, fmt.Sprintf(format, args...)})
	}
	state := t.def.State
	if state == "" {
		state = Running
	}
	say("state", state == Running, "%s", state)
	if arm, ok := t.def.Forced[unit]; ok {
		say("forced", true, "to %s", arm)
	}
	for _, h := range t.holdouts {
		b := h.split.Bucket(unit)
		say("holdout "+h.name, !h.share.Of(b), "bucket %d, held out below %d", b, h.share)
	}
	if t.to != 0 {
		say("layer "+t.def.Layer.Name, t.inLayer(unit), "bucket %d, in from %d to below %d", t.layer.Bucket(unit), t.from, t.to)
	}
	if t.coverage != All {
		say("coverage", t.isCovered(unit), "bucket %d, in below %d", t.covered.Bucket(unit), t.coverage)
	}
	if t.audience != nil {
		say("audience", t.inAudience(f, now), "%s", t.def.Audience)
	}
	i := t.at(x.Bucket)
	from := uint32(0)
	for _, c := range t.cuts {
		if x.Bucket < c.end {
			say("arm", true, "bucket %d of [%d, %d) is %s", x.Bucket, from, c.end, t.def.Arms[i].Name)
			break
		}
		from = c.end
	}
	return x
}
