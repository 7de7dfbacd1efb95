package journey

import (
	"context"
	"fmt"
	"math/bits"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// watch counts events that nobody waits for: exposures from outside take from caps, and nuisances are counted for the
// messages before them. An event counts once, however often it comes.
func (r *Runner) watch(ctx context.Context, l marque.Lease, now time.Time, ps []rule.Pass) error {
	for i := range ps {
		e := &ps[i].Event
		if e.Profile == "" || !r.set.Watches(e.Name) {
			continue
		}
		f := r.facts.Get().(*rule.Facts)
		f.Reset(e.Profile)
		err := r.count(ctx, l, now, *e, f)
		r.facts.Put(f)
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) count(ctx context.Context, l marque.Lease, now time.Time, e marque.Event, f *rule.Facts) error {
	rules := r.set.Rules()
	if err := r.host.fill(ctx, rules.BlameNeed(e.Name), now, []*rule.Facts{f}); err != nil {
		return fmt.Errorf("journey: facts of %s: %w", e.Profile, err)
	}
	var changes []Change
	for _, h := range r.set.Exposures(e, f) {
		changes = append(changes, Change{Holds: []limit.Hold{h}})
	}
	blames := rules.Blames(e, f)
	for _, b := range blames {
		changes = append(changes, Change{Holds: []limit.Hold{{Key: b.Key, Profile: e.Profile, Via: e.Via()}}, Tally: []Count{b.Count}})
	}
	if len(changes) == 0 {
		return nil
	}
	if err := r.apply(ctx, l, now, changes); err != nil { // what is refused was counted before
		return fmt.Errorf("journey: commit of what %s counts for: %w", e.Name, err)
	}
	if len(blames) == 0 || !rules.Limited(e.Name) {
		return nil
	}
	return r.calm(ctx, l, now)
}

// Nuisance tells how much the messages of each node annoy people on each channel, by the policy's nuisances. It reads
// all counts.
func (r *Runner) Nuisance(ctx context.Context) ([]gate.Annoyance, error) {
	r = r.now()
	counts, err := r.store.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var defs []*graph.Def
	for _, p := range r.set.Plans() {
		defs = append(defs, p.Def())
	}
	return r.set.Rules().Annoyances(counts, defs), nil
}

// calm pauses the nodes that annoy too many people. One that was resumed is paused again when it has annoyed twice as
// many.
func (r *Runner) calm(ctx context.Context, l marque.Lease, now time.Time) error {
	table, err := r.Nuisance(ctx)
	if err != nil {
		return err
	}
	for _, a := range table {
		if !a.TooMany || !r.set.Has(a.Journey, a.Node) {
			continue
		}
		p := pause.Order{Journey: a.Journey, Node: a.Node,
			Reason: fmt.Sprintf("nuisance %s: %d of %d messages on %s", a.Name, a.Events, a.Sent, a.Channel)}
		once := marque.Key("nuisance", a.Name, "pause", a.Journey, a.Node, a.Channel, strconv.Itoa(bits.Len(uint(a.Events))))
		if err := r.sweep(ctx, l, now); err != nil {
			return err
		}
		err := r.govern(ctx, l, now, func(c pause.Control) (pause.Control, bool) { return c.Pause(p, now) }, limit.Hold{Key: once})
		if err != nil {
			return err
		}
	}
	return nil
}
