package abtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Experiment is the definition of an experiment.
type Experiment struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Seed decides who gets what. A new seed deals everybody anew. Default Name.
	Seed  string `json:"seed,omitempty"`
	State State  `json:"state,omitempty"` // Default running.
	// Arms are the variants. The first is the control, unless Control names another.
	Arms    []Arm  `json:"arms"`
	Control string `json:"control,omitempty"`
	// Coverage is the share of units that take part. Growing it only adds units, shrinking only removes; nobody
	// changes arms. Default 100%.
	Coverage *Share `json:"coverage,omitempty"`
	// Layer excludes experiments from one another: those with disjoint ranges of one layer never share a unit.
	Layer *Slot `json:"layer,omitempty"`
	// Holdouts are kept out of it.
	Holdouts []Holdout `json:"holdouts,omitempty"`
	// Audience is a rule over the person; only where it is true is the unit in. Default everybody.
	Audience string `json:"audience,omitempty"`
	// Forced gives units an arm by hand, to look at it. It goes before everything but the end of the experiment,
	// and such units do not count.
	Forced map[string]string `json:"forced,omitempty"`
}

// An Arm is one variant.
type Arm struct {
	Name string `json:"name"`
	// Weight is relative to the sum of all weights, 0 for none. Where all are 0 they are equal.
	Weight int `json:"weight,omitempty"`
	// Ranges are the buckets that the arm holds. Reweigh writes them when weights change; by default the arms
	// lie one after the other in their order. Either all arms have ranges or none has.
	Ranges []Range `json:"ranges,omitempty"`
}

// A Range is the half-open range of buckets [From, To).
type Range struct {
	From uint32 `json:"from"`
	To   uint32 `json:"to"`
}

// A Slot is a part of a layer, the half-open range [From, To). A unit's place in the layer is
// marque.Bucket("layer/"+Name, unit).
type Slot struct {
	Name string `json:"name"`
	From Share  `json:"from"`
	To   Share  `json:"to"`
}

// A Holdout is a share of units that are left alone, to see what everything together is worth. A unit is held
// out where marque.Bucket("holdout/"+Name, unit) lies in Share. That convention is the library's: a hold-out of
// the same name and share in a journey or elsewhere holds out the same units.
type Holdout struct {
	Name  string `json:"name"`
	Share Share  `json:"share"`
}

// Has reports whether the unit is held out.
func (h Holdout) Has(unit string) bool { return h.Share.Of(marque.Bucket(HoldoutSeed(h.Name), unit)) }

// HoldoutSeed is the seed of a hold-out, "holdout/" and its name.
func HoldoutSeed(name string) string { return "holdout/" + name }

// State is where an experiment stands.
type State string

// The states.
const (
	Running State = "running" // assigns
	Draft   State = "draft"   // not yet: only forced units have an arm
	Paused  State = "paused"  // not now: only forced units have an arm
	Ended   State = "ended"   // no more: nobody has an arm
)

func (e *Experiment) seed() string {
	if e.Seed != "" {
		return e.Seed
	}
	return e.Name
}

func (e *Experiment) control() string {
	if e.Control != "" || len(e.Arms) == 0 {
		return e.Control
	}
	return e.Arms[0].Name
}

func (e *Experiment) arm(name string) int {
	return slices.IndexFunc(e.Arms, func(a Arm) bool { return a.Name == name })
}

// Validate lists every fault that shows without the other experiments and without compiling the audience.
func (e Experiment) Validate() error {
	var f marque.Faults
	checkName(&f, "name", e.Name)
	if reserved(e.seed()) {
		f.Add("seed", "%q is a seed of hold-outs, layers or coverage", e.Seed)
	}
	switch e.State {
	case "", Running, Draft, Paused, Ended:
	default:
		f.Add("state", "%q: want running, draft, paused or ended%s", e.State, rule.Hint(string(e.State), []string{"running", "draft", "paused", "ended"}))
	}
	if len(e.Arms) == 0 {
		f.Add("arms", "want at least one")
	}
	names := make([]string, len(e.Arms))
	ranged := 0
	for i, a := range e.Arms {
		path := fmt.Sprintf("arms[%d]", i)
		if a.Name == "" {
			f.Add(path+".name", "name is empty")
		} else if j := slices.Index(names[:i], a.Name); j >= 0 {
			f.Add(path+".name", "%q is already the name of arms[%d]", a.Name, j)
		}
		names[i] = a.Name
		if a.Weight < 0 || a.Weight > maxWeight {
			f.Add(path+".weight", "%d: want 0 to %d", a.Weight, maxWeight)
		}
		if len(a.Ranges) > 0 {
			ranged++
		}
	}
	if ranged > 0 {
		e.checkRanges(&f)
	}
	if e.Control != "" && e.arm(e.Control) < 0 {
		f.Add("control", "no arm %q%s", e.Control, rule.Hint(e.Control, names))
	}
	if e.Coverage != nil && *e.Coverage > All {
		f.Add("coverage", "%s is above 100%%", *e.Coverage)
	}
	if l := e.Layer; l != nil {
		checkName(&f, "layer.name", l.Name)
		if l.From >= l.To || l.To > All {
			f.Add("layer", "from %s to %s: want 0%% <= from < to <= 100%%", l.From, l.To)
		}
	}
	for i, h := range e.Holdouts {
		path := fmt.Sprintf("holdouts[%d]", i)
		checkName(&f, path+".name", h.Name)
		if h.Share > All {
			f.Add(path+".share", "%s is above 100%%", h.Share)
		}
		if slices.ContainsFunc(e.Holdouts[:i], func(o Holdout) bool { return o.Name == h.Name }) {
			f.Add(path+".name", "%q is named twice", h.Name)
		}
	}
	for _, unit := range sortedKeys(e.Forced) {
		if arm := e.Forced[unit]; e.arm(arm) < 0 {
			f.Add("forced."+unit, "no arm %q%s", arm, rule.Hint(arm, names))
		}
	}
	return f.Err()
}

// checkName keeps names apart from the seeds that are made of them.
func checkName(f *marque.Faults, path, name string) {
	switch {
	case name == "":
		f.Add(path, "name is empty")
	case strings.Contains(name, "/"):
		f.Add(path, "%q: a name has no slash", name)
	}
}

func reserved(seed string) bool {
	return strings.HasPrefix(seed, "holdout/") || strings.HasPrefix(seed, "layer/") || strings.HasSuffix(seed, "/coverage")
}
