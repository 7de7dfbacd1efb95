package abtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Set is compiled experiments. It is immutable and safe for concurrent use without locks.
type Set struct {
	byName map[string]*trial
	names  []string
	need   rule.Need
}

type trial struct {
	def      Experiment
	arms     marque.Split
	cuts     []cut
	coverage Share
	covered  marque.Split
	layer    marque.Split
	from, to uint32 // of the layer; to is 0 without one
	holdouts []holdout
	audience *rule.Rule
	forced   map[string]int
}

type holdout struct {
	name  string
	split marque.Split
	share Share
}

// Compile checks the experiments one by one and against each other (names and seeds used twice, slots of a layer
// that overlap, a hold-out with two shares) and lists every fault. Ended experiments keep their name but not
// their place in a layer. rules compiles audiences; nil is fine where there are none. The experiments must not
// be changed afterwards.
func Compile(experiments []Experiment, lex *rule.Lexicon, rules rule.Compiler) (*Set, error) {
	var f marque.Faults
	s := &Set{byName: make(map[string]*trial, len(experiments))}
	seeds := map[string]string{}
	shares := map[string]Holdout{}
	for i := range experiments {
		e := &experiments[i]
		path := fmt.Sprintf("experiments[%d]", i)
		bad := e.Validate()
		f.Wrap(path, bad)
		if _, ok := s.byName[e.Name]; ok {
			f.Add(path+".name", "%q is declared twice", e.Name)
		}
		if other, ok := seeds[e.seed()]; ok && e.Name != other {
			f.Add(path+".seed", "%q is also the seed of %q: both would deal the same units the same way", e.seed(), other)
		}
		seeds[e.seed()] = e.Name
		for j, h := range e.Holdouts {
			if first, ok := shares[h.Name]; ok && first.Share != h.Share {
				f.Add(fmt.Sprintf("%s.holdouts[%d].share", path, j), "%s, but hold-out %q is %s before", h.Share, h.Name, first.Share)
			} else {
				shares[h.Name] = h
			}
		}
		for j := range i {
			if o := &experiments[j]; clash(e, o) {
				f.Add(path+".layer", "overlaps the slot of %q in layer %q", o.Name, o.Layer.Name)
			}
		}
		t := &trial{}
		if bad == nil {
			t = newTrial(e)
		}
		if e.Audience != "" {
			if rules == nil {
				f.Add(path+".audience", "there is no compiler for rules")
			} else {
				r, err := rules.Compile(e.Audience, "")
				if f.Wrap(path+".audience", err); err == nil {
					t.audience = r
					s.need = s.need.Union(r.Need())
				}
			}
		}
		s.byName[e.Name] = t
		s.names = append(s.names, e.Name)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	slices.Sort(s.names)
	return s, nil
}

func newTrial(e *Experiment) *trial {
	t := &trial{
		def: *e, arms: marque.NewSplit(e.seed()), cuts: cuts(e), coverage: All,
		covered: marque.NewSplit(e.seed() + "/coverage"),
	}
	if e.Coverage != nil {
		t.coverage = *e.Coverage
	}
	if l := e.Layer; l != nil {
		t.layer, t.from, t.to = marque.NewSplit("layer/"+l.Name), uint32(l.From), uint32(l.To)
	}
	for _, h := range e.Holdouts {
		t.holdouts = append(t.holdouts, holdout{h.Name, marque.NewSplit(HoldoutSeed(h.Name)), h.Share})
	}
	if len(e.Forced) > 0 {
		t.forced = make(map[string]int, len(e.Forced))
		for unit, arm := range e.Forced {
			t.forced[unit] = e.arm(arm)
		}
	}
	return t
}

func clash(a, b *Experiment) bool {
	return a.Layer != nil && b.Layer != nil && a.Layer.Name == b.Layer.Name && a.State != Ended && b.State != Ended &&
		a.Layer.From < b.Layer.To && b.Layer.From < a.Layer.To
}

// Names lists the experiments in order.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Experiment gives a definition by name. Do not change what it points to.
func (s *Set) Experiment(name string) (Experiment, bool) {
	t, ok := s.byName[name]
	if !ok {
		return Experiment{}, false
	}
	return t.def, true
}

// Need is what the audiences read of a person.
func (s *Set) Need() rule.Need { return s.need }

// Assign says which arm of an experiment the unit gets at the instant now. It never fails: an unknown experiment,
// a unit outside, are reasons. It neither locks nor allocates. f must hold what Need asks for; what it does not hold
// is missing, and a nil f is a person of whom nothing is known.
//
// The order of checks is: experiment known, not ended, forced, running, not held out, layer, coverage,
// audience; then the arm. In all of them the same unit gets the same answer for good, except for what the
// audience reads.
func (s *Set) Assign(experiment, unit string, f *rule.Facts, now time.Time) Decision {
	t := s.byName[experiment]
	if t == nil {
		return Decision{Experiment: experiment, Index: -1, Reason: UnknownExperiment}
	}
	return t.assign(unit, f, now)
}

func (t *trial) assign(unit string, f *rule.Facts, now time.Time) Decision {
	d := Decision{Experiment: t.def.Name, Index: -1, Bucket: t.arms.Bucket(unit)}
	if t.def.State == Ended {
		d.Reason = HasEnded
		return d
	}
	if i, ok := t.forced[unit]; ok {
		return t.give(d, i, Forced)
	}
	switch {
	case t.def.State == Draft:
		d.Reason = NotStarted
	case t.def.State == Paused:
		d.Reason = IsPaused
	case t.heldOut(unit) != "":
		d.Reason = HeldOut
	case !t.inLayer(unit):
		d.Reason = OtherSlot
	case !t.isCovered(unit):
		d.Reason = NotCovered
	case !t.inAudience(f, now):
		d.Reason = NotInAudience
	default:
		return t.give(d, t.at(d.Bucket), Assigned)
	}
	return d
}

func (t *trial) give(d Decision, arm int, why Reason) Decision {
	d.Arm, d.Index, d.In, d.Reason = t.def.Arms[arm].Name, arm, true, why
	return d
}

// at is the arm of a bucket. Few arms: a walk is faster than a search.
func (t *trial) at(bucket uint32) int {
	for _, c := range t.cuts {
		if bucket < c.end {
			return c.arm
		}
	}
	return t.cuts[len(t.cuts)-1].arm
}

func (t *trial) heldOut(unit string) string {
	for i := range t.holdouts {
		if h := &t.holdouts[i]; h.share.Of(h.split.Bucket(unit)) {
			return h.name
		}
	}
	return ""
}

func (t *trial) inLayer(unit string) bool {
	if t.to == 0 {
		return true
	}
	b := t.layer.Bucket(unit)
	return t.from <= b && b < t.to
}

func (t *trial) isCovered(unit string) bool {
	return t.coverage == All || t.coverage.Of(t.covered.Bucket(unit))
}

func (t *trial) inAudience(f *rule.Facts, now time.Time) bool {
	if t.audience == nil {
		return true
	}
	return t.audience.Holds(rule.At(now), f, nil)
}
