package profile

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// Pending returns up to n events that commits said and that are not taken yet: "profile.merged", "profile.split" and
// "identifier.hub".
func (b *Book) Pending(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	es, err := b.store.Pending(ctx, parts, n)
	if err != nil {
		return nil, fmt.Errorf("profile: pending: %w", err)
	}
	return es, nil
}

// Taken marks events that were said as taken. Unknown ids are no error.
func (b *Book) Taken(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := b.store.Taken(ctx, ids); err != nil {
		return fmt.Errorf("profile: taken: %w", err)
	}
	return nil
}

// Move makes one person of two by hand: From's identifiers are ruled to belong with Into's, whose id stays. With IDs it
// parts people by hand: those identifiers of From are ruled not to belong with From's others, and what was learnt via
// them goes to Into, if that is a former id that was first known through one of them, or to who they are then. A Move
// whose Key is known does nothing, so the book's own moves may come back to it. People whom it does not know come
// into being by a merge. It is ErrLimit or ErrHub where the policy forbids the merge.
func (b *Book) Move(ctx context.Context, m marque.Move) error {
	fail := func(err error) error { return fmt.Errorf("profile: move %s: %w", m.Key, err) }
	known, err := b.store.Look(ctx, Query{Profiles: []string{m.From, m.Into}, Keys: []string{m.Key}})
	if err != nil || known.Keys[0] {
		return err
	}
	var rulings []identity.Ruling
	if len(m.IDs) > 0 {
		rulings, err = b.cut(ctx, m)
	} else if known.Profiles[0].Profile == "" || known.Profiles[0].Profile != known.Profiles[1].Profile {
		home := func(i int, profile string) marque.ID {
			if o := known.Profiles[i]; o.Profile != "" {
				return o.Home
			}
			return marque.ID{Kind: marque.ProfileKind, Value: profile}
		}
		m.Into = cmp.Or(known.Profiles[1].Profile, m.Into)
		rulings = []identity.Ruling{{Key: marque.Key("ruling", m.Key), By: m.Key, At: m.At, A: home(0, m.From), B: home(1, m.Into), Linked: true}}
	}
	if err != nil {
		return fail(err)
	}
	if len(rulings) == 0 {
		return nil
	}
	if _, err := b.decree(ctx, rulings, m.Key, m); err != nil {
		return fail(err)
	}
	return nil
}

// cut makes the rulings that part identifiers of a person from its others.
func (b *Book) cut(ctx context.Context, m marque.Move) (rulings []identity.Ruling, err error) {
	m.IDs = slices.Clone(m.IDs)
	for i, id := range m.IDs {
		if m.IDs[i], err = b.form(id); err != nil {
			return nil, err
		}
	}
	known, err := b.store.Look(ctx, Query{Around: m.IDs})
	if err != nil {
		return nil, err
	}
	goes := func(id marque.ID) bool { return slices.Contains(m.IDs, id) }
	pair := func(x, y marque.ID) {
		key := marque.Key("ruling", m.Key, x.Kind, x.Value, y.Kind, y.Value)
		if !slices.ContainsFunc(rulings, func(r identity.Ruling) bool { return r.Key == key }) {
			rulings = append(rulings, identity.Ruling{Key: key, By: m.Key, At: m.At, A: x, B: y, Linked: goes(x) == goes(y)})
		}
	}
	for _, o := range known.Evidence.Observations {
		ids := slices.DeleteFunc(slices.Clone(o.IDs), func(id marque.ID) bool { return slices.Contains(known.Evidence.Hubs, id) })
		if len(ids) < 2 {
			continue
		}
		var others []marque.ID // seen with the first, and on the other side: they stay together
		for _, id := range ids[1:] {
			if goes(id) != goes(ids[0]) {
				pair(ids[0], id)
				others = append(others, id)
			}
		}
		for i := 1; i < len(others); i++ {
			pair(others[i-1], others[i])
		}
	}
	for _, x := range known.Evidence.Rulings {
		if x.Linked && goes(x.A) != goes(x.B) {
			pair(x.A, x.B)
		}
	}
	slices.SortFunc(rulings, func(x, y identity.Ruling) int { return cmp.Compare(x.Key, y.Key) })
	return rulings, nil
}

// Erase removes the person, under all ids it ever had, with identifiers, attributes, consents and log, and
// returns how many of these there were. Digests of the ids of events and people stay: an event that comes again
// is not taken twice, and one that comes late for the erased id is refused (Appended.Ignored). The person's
// identifiers are free: an event that brings one of them begins a new person.
//
// Carry out the Moves that wait before erasing, or another holder may still know the person under a former id.
func (b *Book) Erase(ctx context.Context, profile string) (rows int, err error) {
	if rows, err = b.store.Erase(ctx, profile); err != nil {
		return rows, fmt.Errorf("profile: erase %s: %w", profile, err)
	}
	return rows, nil
}

// Export yields everything that is held of the person: kinds "person", "identifier", "attribute", "consent" (as
// said) and "event", whose Data are Person, Identifier, Attribute, Consent and marque.Event. It yields
// nothing for somebody unknown.
func (b *Book) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return b.store.Export(ctx, profile)
}
