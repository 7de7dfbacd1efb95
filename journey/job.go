package journey

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
)

// A job is one change in the making. Jobs are used again; only the task of one begins anew.
type job struct {
	task
	state   State
	in      Input
	res     *Result // in hand
	hand    step.Hand
	spare   *Change        // for extra
	done    [1]string      // for spare.Done
	scratch record.Scratch // memory of res
}

type task struct {
	plan  *Plan // nil: only extra
	enter bool
	facts *rule.Facts
	extra *Change // what becomes of the command that the outcome is of

	hold    time.Time // the command is not handed out before
	booked  bool      // because that is its turn
	verdict Outcome   // the command is not handed out at all

	places  []step.Place // in line, that res takes
	minded  bool         // in says what is paused
	stepped bool         // res is what comes of it
	tries   int          // how often it was refused
	said    []marque.Event
	why     *Reason // where set, is told why nobody entered
}

// step decides, or decided before.
func (j *job) step(now time.Time) {
	if j.stepped {
		return
	}
	j.stepped = true
	switch {
	case j.plan == nil:
		j.res = j.hand.Rest()
	case j.enter:
		if j.res = j.hand.Enter(j.plan, &j.in, j.facts, now); j.why != nil {
			*j.why = j.res.Reason
		}
	default:
		j.res = j.hand.Step(j.plan, &j.state, &j.in, j.facts, now)
	}
	if !j.res.Changed {
		j.res.Change = Change{}
	}
	x := j.extra
	if x == nil {
		return
	}
	j.res.Of, j.res.OfProfile = x.Of, x.OfProfile
	if len(j.res.Done) == 0 {
		j.res.Done = x.Done
	} else {
		j.res.Done = append(j.res.Done, x.Done...)
	}
	j.res.Dead = append(j.res.Dead, x.Dead...)
	j.res.Commands = append(j.res.Commands, x.Commands...)
	j.res.Emit = append(j.res.Emit, x.Emit...)
}

func (j *job) nothing() bool {
	c := &j.res.Change
	return !j.res.Changed && len(c.Done)+len(c.Dead)+len(c.Commands)+len(c.Emit) == 0
}

// reload loads what another hand has changed meanwhile.
func (r *Runner) reload(ctx context.Context, j *job, now time.Time) error {
	got, err := r.store.Open(ctx, Query{IDs: []string{j.state.ID}})
	if err != nil {
		return err
	}
	if len(got) == 0 {
		j.plan = nil
		if x := j.extra; x != nil && len(x.Done) > 0 && len(x.Emit) == 0 && j.in.Command.Message != nil { // it went out all the same
			x.Emit = []marque.Event{step.Report(*j.in.Command, j.in.Outcome, now)}
		}
		return nil
	}
	if j.facts != nil {
		r.facts.Put(j.facts)
	}
	j.task = task{plan: r.set.Of(got[0]), extra: j.extra, tries: j.tries, minded: j.minded}
	j.state = got[0]
	return nil
}

// job is a step of a state, or of the zero State an entry. It goes back with release.
func (r *Runner) job(p *Plan, s State, in Input) *job {
	j := r.jobs.Get().(*job)
	j.task = task{plan: p, enter: p != nil && s.ID == ""}
	j.state = s
	j.in = in
	if r.opts.Trace == nil {
		j.in.Scratch = &j.scratch
	}
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
		need := j.plan.Need(j.at())
		if len(j.plan.Trials(j.state)) > 0 && r.host.Splitter != nil {
			more, err := r.host.need()
			if err != nil {
				return err
			}
			need = need.Union(more)
		}
		var people []*rule.Facts
		if r.host.Owner != nil {
			people = make([]*rule.Facts, 0, len(jobs)-i)
		}
		for _, k := range jobs[i:] {
			if k.plan == nil || k.facts != nil || k.plan != j.plan || k.state.Node != j.state.Node {
				continue
			}
			k.facts = r.facts.Get().(*rule.Facts)
			k.facts.Reset(k.profile())
			if r.host.Owner != nil {
				people = append(people, k.facts)
			}
		}
		if err := r.host.fill(ctx, need, now, people); err != nil {
			return fmt.Errorf("journey: facts of %d people: %w", len(people), err)
		}
	}
	if r.host.Splitter == nil {
		return r.judge(ctx, now, jobs)
	}
	for _, j := range jobs {
		if j.plan == nil || j.stepped {
			continue
		}
		if trials := j.plan.Trials(j.state); len(trials) > 0 {
			arms, err := r.host.arms(trials, j.facts, now)
			if err != nil {
				return err
			}
			j.in.Arms = arms
		}
	}
	return r.judge(ctx, now, jobs)
}

func (r *Runner) release(jobs []*job) {
	for _, j := range jobs {
		if j.facts != nil {
			r.facts.Put(j.facts)
		}
		j.task = task{}
		r.jobs.Put(j)
	}
}
