package journey

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Listens reports whether the event may enter somebody or move somebody who is under way. It costs a look into a
// map or two and does no I/O.
func (r *Runner) Listens(e marque.Event) bool { return r.set.Listens(e) }

// Handle takes events to the people of the passes: it moves their enrollments that listen, and then tries entries,
// in the order of the definitions. Passes with the same event name and instant are one commit. The same pass again
// changes nothing. It reads facts anew, as of the pass's Now. It returns what was said, which also waits in the
// store's feed.
func (r *Runner) Handle(ctx context.Context, l marque.Lease, ps []rule.Pass) ([]marque.Event, error) {
	var said []marque.Event
	for len(ps) > 0 {
		n := together(ps)
		events, err := r.handle(ctx, l, ps[:n])
		said = append(said, events...)
		if err != nil {
			return said, err
		}
		ps = ps[n:]
	}
	return said, nil
}

// together counts the passes in front that share event name and instant, of different people.
func together(ps []rule.Pass) int {
	if len(ps) == 1 {
		return 1
	}
	people := map[string]bool{}
	for i, p := range ps {
		if p.Event.Name != ps[0].Event.Name || !p.Now.Equal(ps[0].Now) || people[p.Event.Profile] {
			return i
		}
		people[p.Event.Profile] = true
	}
	return len(ps)
}

func (r *Runner) handle(ctx context.Context, l marque.Lease, ps []rule.Pass) ([]marque.Event, error) {
	now := cut(ps[0].Now)
	inside, err := r.inside(ctx, ps)
	if err != nil {
		return nil, err
	}
	var jobs []*job
	for i := range ps {
		e := &ps[i].Event
		if e.Profile == "" {
			continue
		}
		for _, s := range inside[e.Profile] {
			jobs = append(jobs, r.job(r.set.Of(s), s, Input{Event: e}))
		}
		for p := range r.set.Entries(e.Name, e.Fact) {
			jobs = append(jobs, r.job(p, State{}, Input{Event: e}))
		}
	}
	if len(jobs) == 0 {
		return nil, nil
	}
	return r.settle(ctx, l, now, jobs)
}

// inside loads the enrollments that listen.
func (r *Runner) inside(ctx context.Context, ps []rule.Pass) (map[string][]State, error) {
	if !r.set.Inside(ps[0].Event.Name) {
		return nil, nil
	}
	people := make([]string, 0, len(ps))
	for _, p := range ps {
		if p.Event.Profile != "" {
			people = append(people, p.Event.Profile)
		}
	}
	states, err := r.store.Open(ctx, Query{Profiles: people, Event: ps[0].Event.Name})
	if err != nil || len(states) == 0 {
		return nil, err
	}
	byPerson := make(map[string][]State, len(people))
	for _, s := range states {
		byPerson[s.Profile] = append(byPerson[s.Profile], s)
	}
	return byPerson, nil
}

// Wake moves up to n people who are due at until or before, and says how many those were. They act at the instant
// until, so a caller who wants each to act at its own calls Wake with the earliest instant of Due.
func (r *Runner) Wake(ctx context.Context, l marque.Lease, until time.Time, n int) ([]marque.Event, int, error) {
	until = cut(until)
	states, err := r.store.Claim(ctx, l, until, n)
	if err != nil || len(states) == 0 {
		return nil, 0, err
	}
	jobs := make([]*job, len(states))
	for i, s := range states {
		jobs[i] = r.job(r.set.Of(s), s, Input{})
	}
	said, err := r.settle(ctx, l, until, jobs)
	return said, len(states), err
}
