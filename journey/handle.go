package journey

import (
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// Listens reports whether the event may enter somebody or move somebody who is under way. It costs a look into a
// map or two and does no I/O.
func (r *Runner) Listens(e marque.Event) bool { return r.now().set.Listens(e) }

// Handle takes events to the people of the passes: it moves their enrollments that listen, and then tries entries,
// in both the journeys of the highest priority first, entries of one in the order of the definitions. An event without a
// person raises or ends signals; whom that concerns is for Wake. Passes with the same event name and instant are one commit. The same pass again
// changes nothing. It reads facts anew, as of the pass's Now. It returns what was said, which also waits in the
// store's feed.
func (r *Runner) Handle(ctx context.Context, l marque.Lease, ps []rule.Pass) ([]marque.Event, error) {
	r = r.now()
	var said []marque.Event
	for len(ps) > 0 {
		n := r.together(ps)
		events, err := r.handle(ctx, l, ps[:n])
		if said == nil {
			said = events
		} else {
			said = append(said, events...)
		}
		if err != nil {
			return said, err
		}
		ps = ps[n:]
	}
	return said, nil
}

// together counts the passes in front that share event name and instant, of different people.
func (r *Runner) together(ps []rule.Pass) int {
	if len(ps) == 1 {
		return 1
	}
	people := r.people.Get().(map[string]bool)
	defer func() {
		clear(people)
		r.people.Put(people)
	}()
	for i := range ps {
		p := &ps[i]
		if p.Event.Name != ps[0].Event.Name || !p.Now.Equal(ps[0].Now) || people[p.Event.Profile] {
			return i
		}
		people[p.Event.Profile] = true
	}
	return len(ps)
}

func (r *Runner) handle(ctx context.Context, l marque.Lease, ps []rule.Pass) ([]marque.Event, error) {
	now := cut(ps[0].Now)
	if err := r.watch(ctx, l, now, ps); err != nil {
		return nil, err
	}
	inside, err := r.inside(ctx, ps)
	if err != nil {
		return nil, err
	}
	jobs := make([]*job, 0, len(ps))
	for i := range ps {
		e := &ps[i].Event
		if e.Profile == "" {
			if err := r.signal(ctx, l, now, *e); err != nil {
				return nil, err
			}
			continue
		}
		for _, s := range inside[e.Profile] {
			jobs = append(jobs, r.job(r.set.Of(s), s, Input{Event: e}))
		}
		for p := range r.set.Entries(e.Name, e.Fact) {
			jobs = append(jobs, r.job(p, State{}, Input{Event: e}))
		}
		for p := range r.set.Dated(*e) {
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
	q := Query{Profiles: make([]string, 0, len(ps))}
	if r.set.Inside(ps[0].Event.Name) {
		q.Event = ps[0].Event.Name
	}
	var each map[string]Query // by person, where not all are told the same facts
	for _, p := range ps {
		if p.Event.Profile == "" {
			continue
		}
		q.Profiles = append(q.Profiles, p.Event.Profile)
		if facts := r.set.Facts(p.Event); len(facts) > 0 && len(ps) == 1 {
			q.Facts = facts
		} else if len(facts) > 0 || each != nil {
			if each == nil {
				each = map[string]Query{}
			}
			each[p.Event.Profile] = Query{Event: q.Event, Facts: facts}
			q.Facts = append(q.Facts, facts...)
		}
	}
	if q.Event == "" && len(q.Facts) == 0 {
		return nil, nil
	}
	states, err := r.store.Open(ctx, q)
	if err != nil || len(states) == 0 {
		return nil, err
	}
	byPerson := make(map[string][]State, len(ps))
	for _, s := range states {
		if own, told := each[s.Profile]; each == nil || told && own.hears(s.Listens) || !told && slices.Contains(s.Listens, q.Event) {
			byPerson[s.Profile] = append(byPerson[s.Profile], s)
		}
	}
	for _, theirs := range byPerson {
		slices.SortStableFunc(theirs, func(a, b State) int { return b.Priority - a.Priority })
	}
	return byPerson, nil
}

// Wake moves up to n people, at least 1, who are due at until or before, and says how many those were. They act at the
// instant until, so a caller who wants each to act at its own calls Wake with the earliest instant of Due.
func (r *Runner) Wake(ctx context.Context, l marque.Lease, until time.Time, n int) (said []marque.Event, woke int, err error) {
	r, until, n = r.now(), cut(until), max(n, 1)
	states, done, err := r.claim(ctx, l, until, n)
	defer done()
	if err != nil || len(states) == 0 {
		return nil, 0, err
	}
	jobs := make([]*job, 0, len(states))
	for i := range states {
		s := &states[i]
		if s.ID == record.ControlID {
			if err := r.sweep(ctx, l, until); err != nil {
				r.release(jobs)
				return said, 0, err
			}
			continue
		}
		if s.Round == nil {
			jobs = append(jobs, r.job(r.set.Of(*s), *s, Input{}))
			continue
		}
		events, err := r.settle(ctx, l, until, jobs) // in order, whatever n is
		said, jobs = append(said, events...), jobs[:0]
		if err != nil {
			return said, 0, err
		}
		events, more, err := r.round(ctx, l, until, *s, n)
		if said = append(said, events...); err != nil {
			return said, 0, err
		}
		if more { // those behind it wait until everybody was looked at
			return said, i + 1, nil
		}
	}
	events, err := r.settle(ctx, l, until, jobs)
	if said == nil {
		said = events
	} else {
		said = append(said, events...)
	}
	return said, len(states), err
}
