package profile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// A resolver decides whose each event of a batch is, and what follows from it. It knows what the store said, and
// keeps what the batch itself changes on the way.
type resolver struct {
	book  *Book
	in    []marque.Event // admitted
	query Query

	minted map[marque.ID]string // ids of new people by their first identifier, the same in every attempt
	taken  map[string]Owner     // minted ids that turned out to be known
	gone   map[string]bool      // minted ids of people who were erased

	change   Change
	seen     []string
	ignored  []*marque.FieldError
	admitted int // how many of ignored come from admit

	world
}

// resolve makes the change that commits the batch.
func (r *resolver) resolve(ctx context.Context) error {
	for {
		if err := r.attempt(ctx); err != nil {
			return err
		}
		if clash, err := r.clash(ctx); err != nil || !clash {
			return err
		}
	}
}

func (r *resolver) attempt(ctx context.Context) error {
	r.change = Change{}
	r.world.clear()
	known, err := r.book.store.Look(ctx, r.query)
	if err != nil {
		return err
	}
	pleas, err := r.hear(ctx, known)
	if err != nil {
		return err
	}
	for i := range pleas {
		r.decide(&pleas[i])
	}
	for i := range r.change.Events {
		r.place(&r.change.Events[i])
	}
	for i := range r.change.Links {
		r.change.Links[i].Profile = r.leads[r.change.Links[i].ID]
	}
	for i := range r.change.Emit {
		e := &r.change.Emit[i]
		e.Profile = r.stands(e.Profile)
	}
	return nil
}

// place gives an event to the person whose it is after the whole batch. What came under an id alone keeps the id.
func (r *resolver) place(e *marque.Event) {
	to := r.stands(e.Profile)
	if len(e.IDs) == 0 && to != e.Profile {
		e.IDs = []marque.ID{{Kind: marque.ProfileKind, Value: e.Profile}}
	}
	if who := r.leads[e.Via()]; who != "" && identifies(e) {
		to = who
	}
	e.Profile = r.stands(to)
}

// decide puts a new event into the change.
func (r *resolver) decide(p *plea) {
	e := r.in[p.at]
	n := len(r.change.Events)
	r.change.Events = append(r.change.Events, e)
	out := &r.change.Events[n]
	home := marque.ID{}
	if p.profile != "" {
		if home = p.given.Home; p.given.Profile == "" {
			home = marque.ID{Kind: marque.ProfileKind, Value: p.profile}
			if r.people[p.profile] == nil {
				r.bear(p.profile, home, e.At)
			}
		}
	}
	ids := p.seen.IDs
	switch {
	case len(ids) == 0 && p.profile == "":
		out.Profile = ""
		r.rest(out, p, n)
		return
	case len(ids) == 0:
		out.Profile = p.profile
	case len(ids) == 1:
		if r.leads[ids[0]] == "" {
			r.link(ids[0], r.mint(ids[0], e.At), n)
		}
		out.Profile = r.leads[ids[0]]
	default:
		if !p.known {
			if home.Kind == marque.ProfileKind && r.leads[home] == "" {
				r.link(home, r.stands(home.Value), n)
				put(&r.of, home, home.Value)
			}
			r.join(p, n)
		}
		if out.Profile = r.leads[ids[0]]; p.profile != "" {
			out.Profile = r.stands(p.profile)
		}
		if r.leads[e.IDs[0]] != out.Profile {
			out.IDs = ids
		}
	}
	if who := r.people[r.stands(out.Profile)]; e.At.Before(who.First) {
		who.First = e.At
	}
	r.rest(out, p, n)
}

// rest is what an event sets beside identity.
func (r *resolver) rest(e *marque.Event, p *plea, n int) {
	ignored := func(path string, err error) { r.ignore(p.at, "."+path, err) }
	r.change.Sets = r.book.attrs.sets(r.change.Sets, n, r.book.o.Identity.Rank(e.Name), e, ignored)
	s, ok, err := said(e)
	if err != nil {
		ignored(err.Path, err.Err)
	}
	if ok {
		s.Event = n
		r.change.Says = append(r.change.Says, s)
	}
}

// join takes a new observation into account.
func (r *resolver) join(p *plea, n int) {
	r.change.Seen = append(r.change.Seen, p.seen)
	r.world.observe(p.seen)
	e := &r.in[p.at]
	if r.strangers(p.seen.IDs) {
		who := r.mint(p.seen.IDs[0], e.At)
		for _, id := range p.seen.IDs {
			r.link(id, who, n)
		}
		return
	}
	result := r.book.o.Identity.Resolve(r.around(p.seen.IDs))
	from := len(r.change.Links)
	r.settle(result, cause{key: e.ID, at: e.At, received: e.Received, event: n, first: p.seen.IDs})
	slices.SortStableFunc(r.change.Links[from:], func(a, b Link) int { // learnt in the order of the event
		return cmp.Compare(slices.Index(p.seen.IDs, a.ID), slices.Index(p.seen.IDs, b.ID))
	})
	r.quarantine(result.Hubs, e.Received)
	for j, id := range e.IDs {
		if r.leads[id] == r.leads[p.seen.IDs[0]] {
			continue
		}
		for _, x := range result.Refused {
			if x.B == id && slices.Contains(p.seen.IDs, x.A) || x.A == id && slices.Contains(p.seen.IDs, x.B) {
				r.ignore(p.at, fmt.Sprintf(".ids[%d]", j), refusal(x))
				break
			}
		}
	}
}

// strangers reports whether none of the identifiers is known, and nothing keeps them from being one new person.
func (r *resolver) strangers(ids []marque.ID) bool {
	rules := r.book.o.Identity
	for i, id := range ids {
		if r.leads[id] != "" || len(ids) > rules.Hub(id.Kind) {
			return false
		}
		if limit := rules.Limit(id.Kind); limit > 0 {
			n := 0
			for _, o := range ids[:i+1] {
				if o.Kind == id.Kind {
					n++
				}
			}
			if n > limit {
				return false
			}
		}
	}
	return len(r.hubs) == 0
}

// quarantine takes up identifiers that turned out to be hubs.
func (r *resolver) quarantine(ids []marque.ID, at time.Time) {
	for _, id := range ids {
		if r.hubs[id] {
			continue
		}
		put(&r.hubs, id, true)
		r.change.Hubs = append(r.change.Hubs, id)
		said := quarantined(id, at)
		said.Profile = r.leads[id]
		r.change.Emit = append(r.change.Emit, said)
	}
}

// A cause is what makes people anew: an event or a ruling.
type cause struct {
	key          string
	at, received time.Time
	event        int         // in the change; -1: none
	first        []marque.ID // those that a new person is named by, if it has one of them
	prefer       string      // the id that is kept, if it can be
}

// Reasons why an identifier in an event does not link it.
var (
	// ErrLimit: the person would have more identifiers of a kind than the policy allows.
	ErrLimit = errors.New("profile: too many identifiers of the kind")
	// ErrHub: the identifier was seen with too many others to say who somebody is.
	ErrHub = errors.New("profile: the identifier is a hub")
	// ErrUnlinked: it was decided that the two do not belong together.
	ErrUnlinked = errors.New("profile: the identifiers were unlinked")
)

func refusal(x identity.Refusal) error {
	err := ErrLimit
	switch x.Why {
	case identity.Hub:
		err = ErrHub
	case identity.Unlinked:
		err = ErrUnlinked
	}
	return fmt.Errorf("%v with %v: %w", x.B, x.A, err)
}

// link says that an identifier leads to a person.
func (r *resolver) link(id marque.ID, profile string, event int) {
	put(&r.leads, id, profile)
	r.change.Links = append(r.change.Links, Link{Event: event, ID: id})
}

// bear begins a person.
func (r *resolver) bear(profile string, home marque.ID, at time.Time) {
	put(&r.people, profile, &Owner{Profile: profile, First: at, Home: home})
	put(&r.of, home, profile)
	r.change.People = append(r.change.People, Birth{profile, home})
}

// mint is the new person who is seen first through id.
func (r *resolver) mint(id marque.ID, at time.Time) string {
	profile, ok := r.minted[id]
	if !ok {
		profile = r.book.o.NewID(id)
		put(&r.minted, id, profile)
	}
	for r.taken[profile].Profile != "" || r.gone[profile] || r.people[profile] != nil {
		profile = marque.Key("profile", profile, id.Kind, id.Value) // it has another's name
	}
	r.bear(profile, id, at)
	return profile
}

// clash reports whether people would begin under ids that are known, or were before they were erased: what is said of
// them would be taken for what was said of those. Only ids that a host makes can clash.
func (r *resolver) clash(ctx context.Context) (bool, error) {
	if !r.book.derives || len(r.minted) == 0 {
		return false, nil
	}
	if err := r.again(ctx); err != nil {
		return false, err
	}
	return slices.ContainsFunc(r.change.People, func(x Birth) bool {
		return x.Home.Kind != marque.ProfileKind && (r.taken[x.Profile].Profile != "" || r.gone[x.Profile])
	}), nil
}

// again prepares the next attempt: those of the ids that were minted that somebody has by now are that person's.
func (r *resolver) again(ctx context.Context) error {
	if len(r.minted) == 0 {
		return nil
	}
	var q Query
	for _, profile := range r.minted {
		q.Profiles = append(q.Profiles, profile)
	}
	for _, x := range r.change.People {
		if x.Home.Kind != marque.ProfileKind && r.minted[x.Home] != x.Profile {
			q.Profiles = append(q.Profiles, x.Profile)
		}
	}
	known, err := r.book.store.Look(ctx, q)
	if err != nil {
		return err
	}
	for i, o := range known.Profiles {
		if o.Profile != "" {
			put(&r.taken, q.Profiles[i], o)
		} else if o.Erased {
			put(&r.gone, q.Profiles[i], true)
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
