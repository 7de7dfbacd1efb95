package profile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// A resolver decides whose each event of a batch is, and what follows from it. It knows what the store said, and
// keeps what the batch itself changes on the way.
type resolver struct {
	book  *Book
	in    []marque.Event // admitted
	query Query

	minted map[marque.ID]string // ids of new people by their first identifier, the same in every attempt
	taken  map[string]Owner     // minted ids that turned out to be known

	change   Change
	seen     []string
	ignored  []*marque.FieldError
	admitted int // how many of ignored come from admit

	links map[marque.ID]Owner  // identifiers that the batch links
	born  map[string]Owner     // people that the batch begins
	moved map[string]Owner     // people that the batch merges away, with those that take them over
	first map[string]time.Time // of people to whom the batch adds an earlier event than they had
	batch map[string]struct{}  // IDs of events, in large batches
}

// byAge puts the one that stays, when several are one, first.
func byAge(a, b Owner) int {
	return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Profile, b.Profile))
}

// resolve makes the change that commits the batch, from what is known.
func (r *resolver) resolve(known Known) {
	events := make([]marque.Event, 0, len(r.in))
	r.seen, r.ignored = nil, r.ignored[:r.admitted]
	id, profile := 0, 0
	for i := range r.in {
		e := r.in[i]
		var given Owner
		if e.Profile != "" {
			given = known.Profiles[profile]
			profile++
		}
		var owners []Owner
		if identifies(&e) {
			owners = known.IDs[id : id+len(e.IDs)]
			id += len(e.IDs)
		}
		if known.Events[i] || r.repeated(i, e.ID, events) {
			r.seen = append(r.seen, e.ID)
			continue
		}
		if given.Erased {
			if len(owners) == 0 {
				r.ignore(i, "", ErrErased)
				continue
			}
			r.ignore(i, ".profile", ErrErased)
			e.Profile = ""
		}
		e.Profile = r.person(&e, len(events), given, owners)
		events = append(events, e)
		at := len(events) - 1
		r.change.Sets = r.book.attrs.sets(r.change.Sets, at, &e, func(path string, err error) { r.ignore(i, "."+path, err) })
		s, ok, err := said(&e)
		if err != nil {
			r.ignore(i, "."+err.Path, err.Err)
		}
		if ok {
			s.Event = at
			r.change.Consents = append(r.change.Consents, s)
		}
	}
	if r.moved != nil {
		for i := range events {
			events[i].Profile = r.stands(Owner{Profile: events[i].Profile}).Profile
		}
		for i := range r.change.Emit {
			r.change.Emit[i].Profile = r.stands(Owner{Profile: r.change.Emit[i].Profile}).Profile
		}
	}
	r.change.Events = events
}

// person is the one that the event, number at in the change, belongs to.
func (r *resolver) person(e *marque.Event, at int, given Owner, owners []Owner) string {
	var room [4]Owner
	several := room[:0]
	if e.Profile != "" {
		several = append(several, r.named(e.Profile, given, e.At))
	}
	for i, o := range owners {
		if o.Profile == "" {
			o = r.links[e.IDs[i]]
		}
		o = r.stands(o)
		if o.Profile != "" && !slices.ContainsFunc(several, func(p Owner) bool { return p.Profile == o.Profile }) {
			several = append(several, o)
		}
	}
	stay := Owner{}
	switch {
	case len(several) > 1:
		stay = r.merge(several, e)
	case len(several) == 1:
		stay = several[0]
	case len(owners) > 0:
		stay = r.mint(e.IDs[0], e.At)
	}
	for i, o := range owners {
		if id := e.IDs[i]; o.Profile == "" && r.links[id].Profile == "" {
			r.change.Links = append(r.change.Links, Link{at, id})
			put(&r.links, id, stay)
		}
	}
	if e.At.Before(stay.First) {
		put(&r.first, stay.Profile, e.At)
	}
	return stay.Profile
}

// merge makes one person of several and returns the one that stays.
func (r *resolver) merge(several []Owner, e *marque.Event) Owner {
	slices.SortFunc(several, byAge)
	stay := several[0]
	for _, o := range several[1:] {
		m := marque.Move{Key: marque.Key("merge", e.ID, o.Profile, stay.Profile), From: o.Profile, Into: stay.Profile, At: e.Received}
		r.change.Moves = append(r.change.Moves, m)
		r.change.Emit = append(r.change.Emit, Merged(m))
		put(&r.moved, o.Profile, stay)
	}
	return stay
}

// named is the person of an id that the event or NewID gives.
func (r *resolver) named(profile string, known Owner, at time.Time) Owner {
	if known.Profile != "" {
		return r.stands(known)
	}
	o, ok := r.born[profile]
	if !ok {
		o = Owner{Profile: profile, First: at}
		r.change.People = append(r.change.People, profile)
		put(&r.born, profile, o)
	}
	return r.stands(o)
}

// mint is the new person who is seen first through id.
func (r *resolver) mint(id marque.ID, at time.Time) Owner {
	profile, ok := r.minted[id]
	if !ok {
		profile = r.book.o.NewID(id)
		put(&r.minted, id, profile)
	}
	return r.named(profile, r.taken[profile], at)
}

// stands follows what the batch itself did before: merges, and events that are earlier than the person was known.
func (r *resolver) stands(o Owner) Owner {
	for {
		into, ok := r.moved[o.Profile]
		if !ok {
			break
		}
		o = into
	}
	if at, ok := r.first[o.Profile]; ok {
		o.First = at
	}
	return o
}

// repeated reports whether the batch had the event's ID before.
func (r *resolver) repeated(i int, id string, events []marque.Event) bool {
	if len(r.in) <= 8 {
		return slices.ContainsFunc(events, func(e marque.Event) bool { return e.ID == id })
	}
	if r.batch == nil {
		r.batch = make(map[string]struct{}, len(r.in))
	}
	n := len(r.batch)
	r.batch[id] = struct{}{}
	return len(r.batch) == n
}

// again prepares the next attempt: what was decided is dropped, but for the ids that were minted. Those that
// somebody has by now are that person's.
func (r *resolver) again(ctx context.Context) error {
	r.change, r.links, r.born, r.moved, r.first, r.batch, r.taken = Change{}, nil, nil, nil, nil, nil, nil
	if len(r.minted) == 0 {
		return nil
	}
	var q Query
	for _, profile := range r.minted {
		q.Profiles = append(q.Profiles, profile)
	}
	known, err := r.book.store.Look(ctx, q)
	if err != nil {
		return err
	}
	for i, o := range known.Profiles {
		if o.Profile != "" {
			put(&r.taken, q.Profiles[i], o)
		}
	}
	return nil
}

func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}
