package profile

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// A plea is an event of the batch that is new, with what is known of it.
type plea struct {
	at      int // in the batch
	given   Owner
	profile string               // a person that it names, and whose word counts
	seen    identity.Observation // what it says of identifiers; no IDs: nothing
	known   bool                 // which was said before
}

// hear sorts out the events that are new, and learns what is to be known of their identifiers.
func (r *resolver) hear(ctx context.Context, known Known) ([]plea, error) {
	r.seen, r.ignored = nil, r.ignored[:r.admitted]
	pleas := make([]plea, 0, len(r.in))
	var batch map[string]struct{}
	if len(r.in) > 8 {
		batch = make(map[string]struct{}, len(r.in))
	}
	var q Query
	id, profile := 0, 0
	for i := range r.in {
		e := &r.in[i]
		p := plea{at: i}
		if e.Profile != "" {
			p.given = known.Profiles[profile]
			r.meet(e.Profile, p.given)
			profile++
		}
		if identifies(e) {
			for j, o := range known.IDs[id : id+len(e.IDs)] {
				if o.Profile != "" {
					put(&r.leads, e.IDs[j], o.Profile)
					r.meet(o.Profile, o)
				}
			}
			id += len(e.IDs)
		}
		if known.Events[i] || r.repeated(e.ID, pleas, batch) {
			r.seen = append(r.seen, e.ID)
			continue
		}
		if p.given.Erased {
			if e.Hops > 0 || len(e.IDs) == 0 {
				r.ignore(i, "", ErrErased)
				continue
			}
			r.ignore(i, ".profile", ErrErased)
		} else {
			p.profile = e.Profile
		}
		r.observe(e, &p)
		if len(p.seen.IDs) > 1 {
			q.Seen = append(q.Seen, p.seen)
		}
		pleas = append(pleas, p)
		if batch != nil {
			batch[e.ID] = struct{}{}
		}
	}
	if len(q.Seen) == 0 {
		return pleas, nil
	}
	return pleas, r.learn(ctx, q, pleas)
}

// repeated reports whether an event of the batch with the ID was taken before. In a large batch met has their IDs.
func (r *resolver) repeated(id string, before []plea, met map[string]struct{}) bool {
	if met == nil {
		return slices.ContainsFunc(before, func(p plea) bool { return r.in[p.at].ID == id })
	}
	_, again := met[id]
	return again
}

// observe makes the observation that an event is.
func (r *resolver) observe(e *marque.Event, p *plea) {
	if !identifies(e) || len(e.IDs) == 0 {
		return
	}
	if p.profile == "" {
		if id := r.minted[e.IDs[0]]; id != "" && r.taken[id].Profile != "" && r.leads[e.IDs[0]] == "" {
			p.profile, p.given = id, r.taken[id]
			r.meet(id, p.given)
		}
	}
	ids := e.IDs
	if p.profile != "" {
		home := p.given.Home
		if p.given.Profile == "" {
			home = marque.ID{Kind: marque.ProfileKind, Value: p.profile}
		}
		ids = append([]marque.ID{home}, slices.DeleteFunc(slices.Clone(ids), func(id marque.ID) bool { return id == home })...)
	}
	p.seen = identity.Observation{Key: e.ID, Source: e.Name, At: e.At, IDs: ids}
}

// learn asks which observations are new, and for what hangs together with them.
func (r *resolver) learn(ctx context.Context, q Query, pleas []plea) error {
	known, err := r.book.store.Look(ctx, q)
	if err != nil {
		return err
	}
	var around []marque.ID
	k := 0
	for i := range pleas {
		p := &pleas[i]
		if len(p.seen.IDs) < 2 {
			continue
		}
		if p.known = known.Seen[k]; !p.known {
			around = append(around, p.seen.IDs...)
		} else if slices.ContainsFunc(r.in[p.at].IDs, func(id marque.ID) bool { return r.leads[id] == "" }) {
			return fmt.Errorf("an identifier was learnt meanwhile: %w", marque.ErrConflict)
		}
		k++
	}
	if len(around) == 0 {
		return nil
	}
	return r.surround(ctx, around)
}

// surround takes what hangs together with identifiers into the world, and the people whom it is about.
func (r *resolver) surround(ctx context.Context, around []marque.ID) error {
	known, err := r.book.store.Look(ctx, Query{Around: around})
	if err != nil {
		return err
	}
	r.world.take(known)
	var read []Read
	for _, n := range known.Nodes {
		read = append(read, Read{n.Owner.Profile, n.Owner.Version})
	}
	slices.SortFunc(read, func(a, b Read) int { return cmp.Compare(a.Profile, b.Profile) })
	r.change.Read = slices.Compact(read)
	return nil
}
