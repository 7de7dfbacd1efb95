package journey

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/step"
)

// Swap makes the runner run other definitions. Calls that are under way finish on the old ones; those that begin afterwards
// take the new. A published definition is immutable: one that differs from what ran under its name and version is
// refused, each with its place in the new set, and then nothing changes. People whose version is not among the new definitions
// go on in the newest that has their node, or exit as "gone"; keep old versions in the set, or migrate them.
//
// The new set may have another lexicon; the host must then fill facts for it.
func (r *Runner) Swap(set *Set) error {
	var f marque.Faults
	old := r.now().set
	for i, p := range step.All(set) {
		d := p.Def()
		if was := step.Pin(old, d.Name, d.Version); was != nil && was.Version() != p.Version() {
			f.Add(fmt.Sprintf("[%d].version", i), "%d of %q ran with another content: give it the next number", d.Version, d.Name)
		}
	}
	if err := f.Err(); err != nil {
		return fmt.Errorf("journey: swap: %w", err)
	}
	r.next.Store(r.with(set))
	return nil
}

// now is the runner with the definitions that run now; a call holds on to it.
func (r *Runner) now() *Runner {
	if next := r.next.Load(); next != nil {
		return next
	}
	return r
}

// with is a runner of other definitions, with the turns that hold on.
func (r *Runner) with(set *Set) *Runner {
	was, n := r.now(), NewRunner(r.store, set, r.host, &r.opts)
	n.lines = was.lines
	for _, x := range set.Rules().Policy().Rates {
		if slices.Contains(was.set.Rules().Policy().Rates, x) {
			n.turns[x.Channel] = was.turns[x.Channel]
		}
	}
	return n
}
