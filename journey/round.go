package journey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
)

// A Lister lists people, for the journeys that take in many: those of schedules, dates and signals.
type Lister interface {
	// People returns up to q.N ids of people with an id behind q.After, in the order of their bytes. Fewer than N means
	// that there are no more; more than N, or another order, is an error of the call that asked. Who comes or goes meanwhile is in it or not; everybody else is in it once.
	People(ctx context.Context, q ListQuery) ([]string, error)
}

// A ListQuery asks for people: all of them, or those who are in a segment.
type ListQuery struct {
	Segment string
	After   string
	N       int
}

// Begin makes sure that the rounds of schedules and dates are planned: those that there is none of yet begin after now.
// Call it when a runner starts and whenever its definitions are others; it changes nothing where all are planned. It does
// nothing for a lease without the partition of the empty profile, whose worker carries the rounds.
//
// A round goes through the people in the order of their ids, a page with each Wake. Whose instant is later, by their own
// clock or date, waits for it and is looked at again then: entry.when and audience hold at that instant, and who has
// another date by then does not enter ("changed"). Of occurrences that were missed because nobody ran, the last is
// made up for and those before are left out; those that are still to come somewhere on Earth are not missed. A changed
// schedule or date is planned anew.
func (r *Runner) Begin(ctx context.Context, l marque.Lease, now time.Time) error {
	r, now = r.now(), cut(now)
	var ids []string
	planned := map[string]State{}
	for _, p := range r.set.Plans() {
		s, ok := step.Planned(p, now)
		if (ok || p.Def().Entry.Signal != nil) && r.host.People == nil {
			return fmt.Errorf("journey: %s takes in many people: %w", s.Journey, errNoPeople)
		}
		if ok && l.Parts.Has("") {
			ids, planned[s.ID] = append(ids, s.ID), s
		}
	}
	if len(ids) == 0 {
		return nil
	}
	known, err := r.store.Open(ctx, Query{IDs: ids})
	if err != nil {
		return err
	}
	for _, s := range known {
		delete(planned, s.ID)
	}
	var changes []Change
	for _, id := range ids {
		if s, missing := planned[id]; missing {
			changes = append(changes, Change{State: s})
		}
	}
	_, err = r.commit(ctx, l, now, changes) // a conflict: another hand was quicker
	return err
}

var errNoPeople = errors.New("the host lists none (Host.People)")

// round carries a round on by a page of up to n people, and reports whether there are more.
func (r *Runner) round(ctx context.Context, l marque.Lease, now time.Time, s State, n int) (said []marque.Event, more bool, err error) {
	p := r.set.Plan(s.Journey)
	ok := p != nil
	if ok {
		s, ok = step.Current(p, s, now)
	}
	if !ok {
		s.Version++
		s.Ended = record.Completed
		return nil, false, r.put(ctx, l, now, s)
	}
	jobs, last, more, err := r.page(ctx, p, s, n)
	if err != nil {
		return nil, false, err
	}
	if err := r.cap(ctx, l, now, p, jobs); err != nil {
		r.release(jobs)
		return nil, false, err
	}
	if said, err = r.settle(ctx, l, now, jobs); err != nil {
		return said, false, err
	}
	return said, more, r.put(ctx, l, now, step.Turned(p, s, last, more, now))
}

// cap tells jobs that nobody else may enter, so that a page is refused at once and not person by person.
func (r *Runner) cap(ctx context.Context, l marque.Lease, now time.Time, p *Plan, jobs []*job) error {
	if len(p.Def().Entry.Limit) == 0 || len(jobs) == 0 {
		return nil
	}
	answers, err := r.commit(ctx, l, now, []Change{step.Ask(p, 1, now)})
	if err != nil || step.Refusal(p, answers[0].Refused) == "" {
		return err
	}
	for _, j := range jobs {
		if j.enter {
			j.in.Full = []string{answers[0].Refused}
		}
	}
	return nil
}

// put commits the state of a round. Where another hand was quicker it is left to that.
func (r *Runner) put(ctx context.Context, l marque.Lease, now time.Time, s State) error {
	_, err := r.commit(ctx, l, now, []Change{{State: s}})
	return err
}

// page makes the jobs of the next people of a round, or, where its signal is over, of the next enrollments.
func (r *Runner) page(ctx context.Context, p *Plan, s State, n int) (jobs []*job, last string, more bool, err error) {
	by := *s.Round
	if by.Over {
		states, err := r.store.Open(ctx, Query{Journey: s.Journey, After: by.After, N: n})
		if err != nil {
			return nil, "", false, err
		}
		for _, x := range states {
			if last = x.ID; step.Belongs(p, &by, x) {
				jobs = append(jobs, r.job(r.set.Of(x), x, Input{Exit: record.Recovered}))
			}
		}
		return jobs, last, len(states) == n, nil
	}
	if r.host.People == nil {
		return nil, "", false, fmt.Errorf("journey: %s takes in many people: %w", s.Journey, errNoPeople)
	}
	people, err := r.host.people(ctx, ListQuery{Segment: step.Slice(p), After: by.After, N: n})
	if err != nil {
		return nil, "", false, fmt.Errorf("journey: people of %s after %q: %w", s.Journey, by.After, err)
	}
	by.After = ""
	for _, who := range people {
		last = who
		jobs = append(jobs, r.job(p, State{Profile: who}, Input{Round: &by}))
	}
	return jobs, last, len(people) == n, nil
}

// signal raises or ends what an event without a person is about.
func (r *Runner) signal(ctx context.Context, l marque.Lease, now time.Time, e marque.Event) error {
	for _, p := range r.set.Signals(e) {
		for tries := 0; ; tries++ {
			got, err := r.store.Open(ctx, Query{IDs: []string{step.SignalID(p, e)}})
			if err != nil {
				return err
			}
			var s State
			if len(got) > 0 {
				s = got[0]
			}
			s, news := step.Signal(p, s, e, now)
			if !news {
				break
			}
			answers, err := r.commit(ctx, l, now, []Change{{State: s}})
			if err != nil {
				return err
			}
			if answers[0].OK {
				break
			}
			if tries == refusals {
				return fmt.Errorf("journey: signal %s is refused again and again: %w", e.ID, marque.ErrConflict)
			}
		}
	}
	return nil
}
