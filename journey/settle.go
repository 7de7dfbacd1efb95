package journey

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
)

// refusals is how often one step may be refused before something must be wrong.
const refusals = 64

// settle steps and commits jobs until each is done or found to be none: a full counter is an input of the next try,
// another version is loaded, and what was put off is committed again as it was. It gives what was said in the order
// of the jobs. So a batch comes out as its jobs would one by one.
func (r *Runner) settle(ctx context.Context, l marque.Lease, now time.Time, jobs []*job) (said []marque.Event, err error) {
	defer r.release(jobs)
	defer func() { said = spoken(jobs) }()
	if err := r.mind(ctx, jobs); err != nil {
		return nil, err
	}
	w := r.sheets.Get().(*sheet)
	defer r.sheets.Put(w)
	todo, some := jobs, len(jobs)
	for len(todo) > 0 {
		front := todo[:min(some, len(todo))]
		if err := r.fill(ctx, now, front); err != nil {
			return nil, err
		}
		changes, live := w.changes[:0], w.live[:0]
		for _, j := range front {
			r.aim(j, now)
			j.step(now)
			if r.book(j); !j.nothing() {
				changes, live = append(changes, j.res.Change), append(live, j)
			} else if err := r.turnedAway(j, now); err != nil {
				return nil, err
			}
		}
		w.changes, w.live = changes, live
		answers, err := r.commitIn(ctx, l, now, changes, w.answers[:0])
		if err != nil {
			return nil, err
		}
		w.answers = answers
		again, put := w.again[:0], 0
		for i, a := range answers {
			j := live[i]
			if a.Skipped {
				put++
			}
			switch retry, err := r.answer(ctx, l, j, a, now); {
			case err != nil:
				return nil, err
			case retry:
				again = append(again, j)
			}
		}
		if put > 0 { // a counter is full: few at a time, as most would be put off
			some = max(8, len(answers)-put)
		} else {
			some *= 2
		}
		rest := todo[len(front):]
		if len(rest) == 0 {
			todo, w.again, w.todo = again, w.todo, again
			continue
		}
		w.again = again
		todo = append(slices.Clip(again), rest...)
	}
	return nil, nil
}

// spoken is what the jobs said, in their order.
func spoken(jobs []*job) []marque.Event {
	n := 0
	for _, j := range jobs {
		n += len(j.said)
	}
	if n == 0 {
		return nil
	}
	said := make([]marque.Event, 0, n)
	for _, j := range jobs {
		said = append(said, j.said...)
	}
	return said
}

func (r *Runner) commit(ctx context.Context, l marque.Lease, now time.Time, changes []Change) ([]Answer, error) {
	return r.commitIn(ctx, l, now, changes, nil)
}

// commitIn gives the answers in room, where the store can.
func (r *Runner) commitIn(ctx context.Context, l marque.Lease, now time.Time, changes []Change, room []Answer) (answers []Answer, err error) {
	if len(changes) == 0 {
		return nil, nil
	}
	if m, ok := r.store.(roomy); ok {
		answers, err = m.commit(ctx, l, now, changes, room)
	} else {
		answers, err = r.store.Commit(ctx, l, now, changes)
	}
	if err != nil {
		return nil, fmt.Errorf("journey: commit of %d changes: %w", len(changes), err)
	}
	return answers, nil
}

// apply commits changes of which each stands or falls as it is: those that were put off are committed again.
func (r *Runner) apply(ctx context.Context, l marque.Lease, now time.Time, changes []Change) error {
	for len(changes) > 0 {
		answers, err := r.commit(ctx, l, now, changes)
		if err != nil {
			return err
		}
		var rest []Change
		for i, a := range answers {
			if a.Skipped {
				rest = append(rest, changes[i])
			}
		}
		changes = rest
	}
	return nil
}

// answer takes the answer to a job's change and reports whether it has to be committed again.
func (r *Runner) answer(ctx context.Context, l marque.Lease, j *job, a Answer, now time.Time) (again bool, err error) {
	switch {
	case a.OK:
		r.leave(j, true)
		j.said = j.res.Emit
		return false, r.trace(j, now)
	case a.Skipped:
		if len(j.places) > 0 { // in line, behind one who may want the same place
			r.leave(j, false)
			j.stepped = false
		}
		return true, nil
	}
	r.leave(j, false)
	j.stepped = false
	if a.Gone { // whoever took the command away saw to the rest
		return false, nil
	}
	if j.tries++; j.tries > refusals {
		return false, fmt.Errorf("journey: a step is refused again and again: %w", marque.ErrConflict)
	}
	switch {
	case a.Refused != "" && !(j.enter && step.Refusal(j.plan, a.Refused) != ""):
		j.in.Full = append(slices.Clone(j.in.Full), a.Refused)
		return true, r.crowded(ctx, l, j, a.Refused, now)
	case j.enter && j.extra == nil: // has entered before, or may not
		j.tell(a)
		if r.opts.Trace != nil && a.Refused != "" { // once more, for the record of why
			j.in.Full = append(slices.Clone(j.in.Full), a.Refused)
			j.step(now)
			return false, r.turnedAway(j, now)
		}
		return false, nil
	case j.enter:
		j.refuse(j.reason(a))
		j.plan, j.enter = nil, false
		return true, nil
	case a.Again && j.state.Node == "": // was pending, and entered already
		j.in.Full = append(slices.Clone(j.in.Full), j.state.ID)
		return true, nil
	case a.Again:
		return false, fmt.Errorf("journey: enrollment %s: the key of a hold is taken", j.state.ID)
	}
	return true, r.reload(ctx, j, now)
}

// turnedAway tells who wants to know of somebody who did not enter, though the event and the rule were right.
func (r *Runner) turnedAway(j *job, now time.Time) error {
	if r.opts.Trace == nil || !j.enter || j.plan == nil || j.res.Reason == "" || j.res.Reason == record.Filtered {
		return nil
	}
	return r.record(j, now)
}

// trace tells who wants to know of a step that was committed.
func (r *Runner) trace(j *job, now time.Time) error {
	if r.opts.Trace == nil || !j.res.Changed {
		return nil
	}
	return r.record(j, now)
}

func (r *Runner) record(j *job, now time.Time) error {
	t := Trace{At: now, Journey: j.plan.Def().Name, Plan: j.plan.Version(), Before: j.state, Input: j.in, Result: j.decided()}
	if e := t.Input.Event; e != nil { // the caller's, who may use it again
		own := *e
		t.Input.Event = &own
	}
	if c := t.Input.Command; c != nil {
		own := *c
		t.Input.Command = &own
	}
	if j.facts != nil {
		facts, err := r.set.Lexicon().MarshalFacts(j.facts)
		if err != nil {
			return fmt.Errorf("journey: trace of %s: %w", j.state.ID, err)
		}
		t.Facts = facts
	}
	return r.opts.tell(t)
}

// decided is what the step decided, without what became of the command that its input is the outcome of.
func (j *job) decided() Result {
	res, x := *j.res, j.extra
	if x != nil {
		res.Of, res.OfProfile = "", ""
		res.Done = res.Done[:len(res.Done)-len(x.Done)]
		res.Dead = res.Dead[:len(res.Dead)-len(x.Dead)]
		res.Commands = res.Commands[:len(res.Commands)-len(x.Commands)]
		res.Emit = res.Emit[:len(res.Emit)-len(x.Emit)]
	}
	return res
}

// A sheet is the working memory of settle.
type sheet struct {
	changes     []Change
	answers     []Answer
	live        []*job
	again, todo []*job
}
