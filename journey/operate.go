package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// page is how many enrollments are seen to at once where all of a journey are.
const page = 500

// Pause stops a journey, or one node of it, from now on until Resume, for all workers: each call of Wake, Handle and
// Dispatch that begins afterwards keeps to it. What is paused already stays as it is. The journey and the node
// must be among the definitions (marque.ErrNotFound). While a journey is paused nobody enters it, and those who would have
// are not made up for, unless the order says Enter: "keep"; they are counted as "no/paused". An earlier resume of which not everybody has gone on yet is seen
// to first.
func (r *Runner) Pause(ctx context.Context, l marque.Lease, now time.Time, p pause.Order) error {
	r = r.now()
	if err := p.Validate(); err != nil {
		return fmt.Errorf("journey: pause: %w", err)
	}
	if !r.set.Has(p.Journey, p.Node) {
		return fmt.Errorf("journey: pause: %w", r.unknown(p.Journey, p.Node))
	}
	if err := r.sweep(ctx, l, cut(now)); err != nil {
		return err
	}
	return r.govern(ctx, l, now, func(c pause.Control) (pause.Control, bool) { return c.Pause(p, cut(now)) })
}

// Resume ends the pause of a journey, or of one node, and lets everybody go on by the policy who is not kept by
// another pause; who is goes on by the policy with which the last one ends. What is not paused stays as it is. It sees to everybody who is in the journey, in pages; where it ends
// in between, by a crash too, the next Wake whose lease has the partition of the empty profile goes on.
func (r *Runner) Resume(ctx context.Context, l marque.Lease, now time.Time, journey, node string, policy pause.Policy) error {
	switch policy {
	case pause.Elapse, pause.Freeze, pause.Restart, pause.Expire:
	default:
		return fmt.Errorf("journey: resume of %s %s: there is no policy %q", journey, node, policy)
	}
	r = r.now()
	err := r.govern(ctx, l, now, func(c pause.Control) (pause.Control, bool) { return c.Resume(journey, node, policy, cut(now)) })
	if err != nil {
		return err
	}
	return r.sweep(ctx, l, cut(now))
}

// Paused lists the pauses that are in force, and the resumes that not everybody has gone on for.
func (r *Runner) Paused(ctx context.Context) ([]pause.Halt, error) {
	_, c, err := r.control(ctx)
	return c.Halts, err
}

// control loads what is paused.
func (r *Runner) control(ctx context.Context) (State, pause.Control, error) {
	got, err := r.store.Open(ctx, Query{IDs: []string{record.ControlID}})
	if err != nil || len(got) == 0 || got[0].Pause == nil || got[0].Pause.Control == nil {
		return State{ID: record.ControlID}, pause.Control{}, err
	}
	return got[0], *got[0].Pause.Control, nil
}

// govern changes what is paused, against whoever else does at the same time, once for the keys of holds.
func (r *Runner) govern(ctx context.Context, l marque.Lease, now time.Time, change func(pause.Control) (pause.Control, bool), holds ...limit.Hold) error {
	for range 64 {
		s, c, err := r.control(ctx)
		if err != nil {
			return err
		}
		next, changed := change(c)
		if !changed {
			return nil
		}
		answers, err := r.store.Commit(ctx, l, cut(now), []Change{{State: record.Keep(next, s, cut(now)), Holds: holds}})
		if err != nil {
			return fmt.Errorf("journey: commit of what is paused: %w", err)
		}
		if answers[0].OK || answers[0].Again {
			return nil
		}
	}
	return errors.New("journey: what is paused changes again and again")
}

// mind tells jobs what is paused, once for all that are in hand.
func (r *Runner) mind(ctx context.Context, jobs []*job) error {
	if !slices.ContainsFunc(jobs, func(j *job) bool { return !j.minded }) {
		return nil
	}
	_, c, err := r.control(ctx)
	if err != nil {
		return fmt.Errorf("journey: what is paused: %w", err)
	}
	for _, j := range jobs {
		if j.minded = true; j.plan == nil || len(c.Halts) == 0 {
			continue
		}
		if x := j.in.Command; x != nil && x.Do == "start" && c.Stops(x.Journey, x.Node) { // the one who waits stops, not the other journey
			j.state.ID = x.Enrollment
			if err := r.reload(ctx, j, time.Time{}); err != nil {
				return err
			}
			if j.plan == nil {
				continue
			}
		}
		j.in.Control = c.Of(j.plan.Def().Name)
		if c := j.in.Command; c != nil {
			j.in.Hold = j.state.Awaits == c.Key && c.Do != "return" && j.in.Control.Stops(j.state.Journey, j.state.Node)
		}
	}
	return nil
}

// at is where the state of the job stands once it is stepped with the job's plan.
func (j *job) at() State {
	s := j.state
	if m := j.in.Migrate; m != nil && s.Node != "" {
		s.Node = m.Node(s.Node)
	}
	return s
}

// sweep lets those go on whom a resume lets go.
func (r *Runner) sweep(ctx context.Context, l marque.Lease, now time.Time) error {
	for {
		_, c, err := r.control(ctx)
		if err != nil {
			return err
		}
		h, pending := c.Pending()
		if !pending {
			return nil
		}
		states, err := r.store.Open(ctx, Query{Journey: h.Journey, After: h.After, N: page})
		if err != nil {
			return err
		}
		jobs := make([]*job, len(states))
		for i, s := range states {
			jobs[i] = r.job(r.set.Of(s), s, Input{Hold: true})
		}
		if _, err := r.settle(ctx, l, now, jobs); err != nil {
			return err
		}
		after := h.After
		if len(states) > 0 {
			after = states[len(states)-1].ID
		}
		err = r.govern(ctx, l, now, func(c pause.Control) (pause.Control, bool) {
			return c.Sweep(h.N, after, len(states) < page), true
		})
		if err != nil {
			return err
		}
	}
}

// Exit ends enrollments by hand, for that reason. Those that are over already, and those that are not known, stay
// as they are. It returns what was said, which also waits in the store's feed.
func (r *Runner) Exit(ctx context.Context, l marque.Lease, now time.Time, reason Reason, enrollments ...string) ([]marque.Event, error) {
	if reason == "" {
		return nil, errors.New("journey: exit: there is no reason")
	}
	r = r.now()
	states, err := r.store.Open(ctx, Query{IDs: enrollments})
	if err != nil {
		return nil, err
	}
	var jobs []*job
	for _, s := range states {
		if s.Profile != "" {
			jobs = append(jobs, r.job(r.set.Of(s), s, Input{Exit: reason}))
		}
	}
	return r.settle(ctx, l, cut(now), jobs)
}

// unknown says which of a journey and its node is not among the definitions.
func (r *Runner) unknown(journey, node string) error {
	var names, ids []string
	for _, p := range r.set.Plans() {
		names = append(names, p.Def().Name)
		if p.Def().Name == journey {
			for i := range p.Def().Nodes {
				ids = append(ids, p.Def().Nodes[i].ID)
			}
		}
	}
	if !slices.Contains(names, journey) {
		return fmt.Errorf("no journey %q%s: %w", journey, rule.Hint(journey, names), marque.ErrNotFound)
	}
	return fmt.Errorf("journey %q has no node %q%s: %w", journey, node, rule.Hint(node, ids), marque.ErrNotFound)
}
