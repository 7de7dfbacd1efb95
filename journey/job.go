package journey

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A job is one change in the making.
type job struct {
	plan  *Plan // nil: only extra
	enter bool
	state State
	in    Input
	facts *rule.Facts
	extra *Change // what becomes of the command that the outcome is of
	res   Result
}

// step decides anew.
func (j *job) step(now time.Time) {
	switch {
	case j.plan == nil:
		j.res = Result{}
	case j.enter:
		j.res = j.plan.Enter(j.in, j.facts, now)
	default:
		j.res = j.plan.Step(j.state, j.in, j.facts, now)
	}
	if !j.res.Changed {
		j.res.Change = Change{}
	}
	x := j.extra
	if x == nil {
		return
	}
	j.res.Done = append(j.res.Done, x.Done...)
	j.res.Dead = append(j.res.Dead, x.Dead...)
	j.res.Commands = append(j.res.Commands, x.Commands...)
	j.res.Emit = append(j.res.Emit, x.Emit...)
}

func (j *job) nothing() bool {
	c := &j.res.Change
	return !j.res.Changed && len(c.Done)+len(c.Dead)+len(c.Commands)+len(c.Emit) == 0
}

// settle steps and commits jobs until each is done or found to be none: a full counter is an input of the next try,
// another version is loaded.
func (r *Runner) settle(ctx context.Context, l marque.Lease, now time.Time, jobs []*job) (said []marque.Event, err error) {
	defer r.release(jobs)
	w := r.sheets.Get().(*sheet)
	defer w.put(r)
	for range 64 {
		if err := r.fill(ctx, now, jobs); err != nil {
			return said, err
		}
		changes, live := w.changes[:0], w.live[:0]
		for _, j := range jobs {
			if j.step(now); !j.nothing() {
				changes, live = append(changes, j.res.Change), append(live, j)
			}
		}
		if w.changes, w.live = changes, live; len(changes) == 0 {
			return said, nil
		}
		answers, err := r.store.Commit(ctx, l, now, changes)
		if err != nil {
			return said, fmt.Errorf("journey: commit of %d changes: %w", len(changes), err)
		}
		var again []*job
		for i, a := range answers {
			j := live[i]
			if a.OK {
				said = append(said, j.res.Emit...)
				if r.opts.Trace != nil && j.res.Changed {
					r.opts.Trace(Trace{At: now, Before: j.state, Input: j.in, Result: j.res})
				}
				continue
			}
			if a.Refused != "" && !(j.enter && j.plan.Refusal(a.Refused) != "") {
				j.in.Full = append(slices.Clone(j.in.Full), a.Refused)
				again = append(again, j)
				continue
			}
			if j.enter && j.extra == nil { // has entered before, or may not
				continue
			}
			again = append(again, j)
			if j.enter {
				j.plan, j.enter = nil, false
			} else if a.Again {
				return said, fmt.Errorf("journey: enrollment %s: the key of a hold is taken", j.state.ID)
			} else if err := r.reload(ctx, j); err != nil {
				return said, err
			}
		}
		if jobs = again; len(jobs) == 0 {
			return said, nil
		}
	}
	return said, fmt.Errorf("journey: a step is refused again and again: %w", marque.ErrConflict)
}

// A sheet is the working memory of settle.
type sheet struct {
	changes []Change
	live    []*job
}

func (w *sheet) put(r *Runner) {
	clear(w.changes)
	clear(w.live)
	r.sheets.Put(w)
}

// reload loads what another hand has changed meanwhile.
func (r *Runner) reload(ctx context.Context, j *job) error {
	got, err := r.store.Open(ctx, Query{IDs: []string{j.state.ID}})
	if err != nil {
		return err
	}
	if len(got) == 0 {
		j.plan = nil
		return nil
	}
	if j.facts != nil {
		r.facts.Put(j.facts)
	}
	*j = job{plan: r.set.Of(got[0]), state: got[0], in: j.in, extra: j.extra}
	return nil
}

// job is a step of a state, or of the zero State an entry. It goes back with release.
func (r *Runner) job(p *Plan, s State, in Input) *job {
	j := r.jobs.Get().(*job)
	*j = job{plan: p, enter: p != nil && s.ID == "", state: s, in: in}
	return j
}

// cut is the instant as this package keeps it: UTC, in microseconds.
func cut(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// profile is the person the job is about.
func (j *job) profile() string {
	switch {
	case j.state.Profile != "":
		return j.state.Profile
	case j.in.Event != nil:
		return j.in.Event.Profile
	}
	return j.in.Command.Profile
}

// fill gets fresh facts for jobs, one question for all that need the same.
func (r *Runner) fill(ctx context.Context, now time.Time, jobs []*job) error {
	for i, j := range jobs {
		if j.plan == nil || j.facts != nil {
			continue
		}
		need := j.plan.Need(j.state)
		if len(j.plan.Trials(j.state)) > 0 && r.host.Splitter != nil {
			need = need.Union(r.host.Splitter.Need())
		}
		var people []*rule.Facts
		for _, k := range jobs[i:] {
			if k.plan == nil || k.facts != nil || k.plan != j.plan || k.state.Node != j.state.Node {
				continue
			}
			k.facts = r.facts.Get().(*rule.Facts)
			k.facts.Reset(k.profile())
			people = append(people, k.facts)
		}
		if r.host.Owner != nil {
			if err := r.host.Owner.Fill(ctx, need, now, people); err != nil {
				return fmt.Errorf("journey: facts of %d people: %w", len(people), err)
			}
		}
	}
	if r.host.Splitter == nil {
		return nil
	}
	for _, j := range jobs {
		if j.plan == nil {
			continue
		}
		if trials := j.plan.Trials(j.state); len(trials) > 0 {
			j.in.Arms = make(map[string]string, len(trials))
			for _, x := range trials {
				j.in.Arms[x] = r.host.Splitter.Arm(x, j.facts, now)
			}
		}
	}
	return nil
}

func (r *Runner) release(jobs []*job) {
	for _, j := range jobs {
		if j.facts != nil {
			r.facts.Put(j.facts)
		}
		*j = job{}
		r.jobs.Put(j)
	}
}
