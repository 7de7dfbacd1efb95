package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
)

// Ruled is what became of rulings.
type Ruled struct {
	Known bool          // they were given before: nothing was done
	Moves []marque.Move // the merges and splits they led to. They wait until Moved
	Said  []marque.Event
}

// Rule decides that identifiers do not belong together though they were seen together (Linked false), or that they do
// after all, and makes the people anew that hang together with them, no others. What was learnt via an identifier
// follows it. Identifiers that were unlinked may still be of one person over others: Path tells how. What was seen
// again does not link what was unlinked; a later ruling does. Identifiers are brought into their form by
// Options.Normalize; one of kind marque.ProfileKind means the person of that id, through the identifier by which it was
// first known. It is a marque.FieldError where a ruling has no Key or no At, marque.ErrNotFound where an identifier is
// unknown, and ErrLimit or ErrHub where the policy forbids a link; then nothing is done. A ruling whose Key is known
// does nothing.
func (b *Book) Rule(ctx context.Context, rulings ...identity.Ruling) (Ruled, error) {
	d, err := b.decree(ctx, rulings, "", marque.Move{})
	if err != nil {
		return Ruled{}, fmt.Errorf("profile: rule: %w", err)
	}
	return d, nil
}

// ErrLinked says that two identifiers would be of one person all the same, over others.
var ErrLinked = errors.New("profile: they are one person over other identifiers")

// Unlink is Rule with one ruling that says that A and B do not belong together, from At on or just behind the latest ruling
// on the two, whichever is later. Where they are one person over other identifiers it is ErrLinked, which names the way,
// and nothing is done: unlink two that stand side by side on it, or cut several at once by Rule.
func (b *Book) Unlink(ctx context.Context, r identity.Ruling) (Ruled, error) {
	r.Linked = false
	e, err := b.behind(ctx, &r)
	if err != nil {
		return Ruled{}, fmt.Errorf("profile: unlink: %w", err)
	}
	e.Rulings = append(e.Rulings[:len(e.Rulings):len(e.Rulings)], r)
	if way := b.o.Identity.Path(e, r.A, r.B); len(way) > 0 {
		var over strings.Builder
		over.WriteString(way[0].A.String())
		for _, s := range way {
			over.WriteString(" - " + s.B.String())
		}
		return Ruled{}, fmt.Errorf("profile: unlink: %w: %s", ErrLinked, over.String())
	}
	return b.Rule(ctx, r)
}

// Relink is Rule with one ruling that says that A and B belong together after all, from the instant that Unlink says.
func (b *Book) Relink(ctx context.Context, r identity.Ruling) (Ruled, error) {
	r.Linked = true
	if _, err := b.behind(ctx, &r); err != nil {
		return Ruled{}, fmt.Errorf("profile: relink: %w", err)
	}
	return b.Rule(ctx, r)
}

// behind moves a ruling behind those on the same two that are not earlier, and returns the evidence around it. One that
// is there already stays as it is.
func (b *Book) behind(ctx context.Context, r *identity.Ruling) (identity.Evidence, error) {
	var err error
	if r.A, err = b.form(r.A); err != nil {
		return identity.Evidence{}, err
	}
	if r.B, err = b.form(r.B); err != nil {
		return identity.Evidence{}, err
	}
	known, err := b.store.Look(ctx, Query{Around: []marque.ID{r.A, r.B}})
	if err != nil {
		return identity.Evidence{}, err
	}
	at := r.At
	for _, o := range known.Evidence.Rulings {
		if o.Key == r.Key {
			return known.Evidence, nil
		}
		same := o.A == r.A && o.B == r.B || o.A == r.B && o.B == r.A
		if same && !o.At.Before(at) {
			at = o.At.Add(time.Microsecond)
		}
	}
	r.At = at
	return known.Evidence, nil
}

// decree commits rulings. With a move by hand, its Key is that of the whole, and its Into is kept if it can be.
func (b *Book) decree(ctx context.Context, rulings []identity.Ruling, key string, mv marque.Move) (Ruled, error) {
	r := resolver{book: b}
	for attempt := 1; ; attempt++ {
		known, err := r.judge(ctx, rulings, key, mv)
		if err != nil || known {
			return Ruled{Known: known}, err
		}
		if err = b.store.Commit(ctx, r.change); err == nil {
			return Ruled{Moves: r.change.Moves, Said: r.change.Emit}, nil
		}
		if !errors.Is(err, marque.ErrConflict) || attempt >= b.o.Attempts {
			return Ruled{}, err
		}
		if err := r.again(ctx); err != nil {
			return Ruled{}, err
		}
	}
}

// judge makes the change of rulings, none where they are known.
func (r *resolver) judge(ctx context.Context, given []identity.Ruling, key string, mv marque.Move) (known bool, err error) {
	rulings, err := r.form(ctx, given, key != "")
	if err != nil {
		return false, err
	}
	var q Query
	for _, x := range rulings {
		q.Keys = append(q.Keys, x.Key)
		q.IDs = append(q.IDs, x.A, x.B)
	}
	if key != "" {
		q.Keys = append(q.Keys, key)
	}
	k, err := r.book.store.Look(ctx, q)
	if err != nil || slices.Contains(k.Keys, true) {
		return err == nil, err
	}
	for i, o := range k.IDs {
		if o.Profile == "" && q.IDs[i].Kind != marque.ProfileKind {
			return false, fmt.Errorf("identifier %v: %w", q.IDs[i], marque.ErrNotFound)
		}
	}
	for {
		r.change = Change{}
		r.world.clear()
		if err := r.surround(ctx, q.IDs); err != nil {
			return false, err
		}
		if err := r.decree(ctx, rulings, key, mv); err != nil {
			return false, err
		}
		if clash, err := r.clash(ctx); err != nil || !clash {
			return false, err
		}
	}
}

// form brings rulings into the form in which they are kept, and lists what they lack. Those by hand may be on people who
// come into being by them.
func (r *resolver) form(ctx context.Context, given []identity.Ruling, hand bool) ([]identity.Ruling, error) {
	var f marque.Faults
	rulings := slices.Clone(given)
	for i := range rulings {
		x := &rulings[i]
		if x.Key == "" {
			f.Add(fmt.Sprintf("[%d].key", i), "is empty")
		}
		at := rule.At(x.At)
		if at == 0 {
			f.Add(fmt.Sprintf("[%d].at", i), "is not set")
		}
		x.At = at.Time()
		for _, id := range []*marque.ID{&x.A, &x.B} {
			var err error
			if *id, err = r.named(ctx, *id, hand); err != nil {
				return nil, fmt.Errorf("identifier %v: %w", *id, err)
			}
		}
	}
	return rulings, f.Err()
}

// named is an identifier in its form: of an id of a person the identifier through which that was first known.
func (r *resolver) named(ctx context.Context, id marque.ID, hand bool) (marque.ID, error) {
	if id.Kind != marque.ProfileKind {
		return r.book.form(id)
	}
	known, err := r.book.store.Look(ctx, Query{Profiles: []string{id.Value}})
	switch {
	case err != nil:
		return id, err
	case known.Profiles[0].Profile != "":
		return known.Profiles[0].Home, nil
	case !hand:
		return id, marque.ErrNotFound
	}
	return id, nil
}

// form brings an identifier into its form.
func (b *Book) form(id marque.ID) (marque.ID, error) {
	if b.o.Normalize == nil {
		return id, nil
	}
	in, err := b.o.Normalize(id)
	if err != nil {
		return id, err
	}
	return in, nil
}

// decree makes the change of rulings.
func (r *resolver) decree(ctx context.Context, rulings []identity.Ruling, key string, mv marque.Move) error {
	c := cause{key: key, event: -1, prefer: mv.Into}
	var ids []marque.ID
	for _, x := range rulings {
		for _, id := range []marque.ID{x.A, x.B} {
			if r.leads[id] == "" { // an id that a host gave, and that came without identifiers so far
				if err := r.host(ctx, id.Value); err != nil {
					return err
				}
				r.link(id, r.stands(id.Value), -1)
			}
		}
		r.world.rule(x)
		ids = append(ids, x.A, x.B)
		if c.key == "" {
			c.key = x.Key
		}
		if c.at.IsZero() {
			c.at, c.received = x.At, x.At
		}
	}
	r.change.Rulings = rulings
	result := r.book.o.Identity.Resolve(r.around(ids))
	for _, x := range result.Refused {
		if slices.ContainsFunc(rulings, func(y identity.Ruling) bool { return y.Key == x.Key && y.Linked }) {
			return refusal(x)
		}
	}
	r.settle(result, c)
	for i := range r.change.Links {
		r.change.Links[i].Profile = r.leads[r.change.Links[i].ID]
	}
	r.quarantine(result.Hubs, c.received)
	return nil
}

// host takes up a person whose id a host gave.
func (r *resolver) host(ctx context.Context, profile string) error {
	known, err := r.book.store.Look(ctx, Query{Profiles: []string{profile}})
	if err != nil {
		return err
	}
	if o := known.Profiles[0]; o.Profile != "" {
		r.meet(profile, o)
		r.change.Read = append(r.change.Read, Read{o.Profile, o.Version})
		r.people[profile].Home = o.Home
		put(&r.of, o.Home, profile)
		return nil
	}
	r.bear(profile, marque.ID{Kind: marque.ProfileKind, Value: profile}, time.Time{})
	return nil
}

// Path explains why two identifiers are of one person: the shortest way from the one to the other over what was seen
// together, none where they are not.
func (b *Book) Path(ctx context.Context, from, to marque.ID) ([]identity.Step, error) {
	from, err := b.form(from)
	if err == nil {
		to, err = b.form(to)
	}
	var known Known
	if err == nil {
		known, err = b.store.Look(ctx, Query{Around: []marque.ID{from}})
	}
	if err != nil {
		return nil, fmt.Errorf("profile: path: %w", err)
	}
	return b.o.Identity.Path(known.Evidence, from, to), nil
}
