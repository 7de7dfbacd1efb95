package profile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
)

// A Preview is what events or rulings would do to people. Nothing is done.
type Preview struct {
	Moves  []marque.Move        // the merges and splits
	Before []View               // the people they are about, as they are
	After  []View               // as they would be
	Refuse []*marque.FieldError // what would be left out of the events
}

// A View is a person with the consents in force.
type View struct {
	Person
	InForce []rule.Consent `json:"in_force,omitempty"`
}

// Preview tells what Append would do to people, and does nothing. What the events would set is not shown, only what
// would come of what is known.
func (b *Book) Preview(ctx context.Context, es ...marque.Event) (Preview, error) {
	r := resolver{book: b}
	err := r.admit(slices.Clone(es))
	if err == nil {
		err = r.resolve(ctx)
	}
	if err != nil {
		return Preview{}, fmt.Errorf("profile: preview: %w", err)
	}
	return r.preview(ctx)
}

// PreviewRule tells what Rule would do to people, and does nothing.
func (b *Book) PreviewRule(ctx context.Context, rulings ...identity.Ruling) (Preview, error) {
	r := resolver{book: b}
	if _, err := r.judge(ctx, rulings, "", marque.Move{}); err != nil {
		return Preview{}, fmt.Errorf("profile: preview: %w", err)
	}
	return r.preview(ctx)
}

func (r *resolver) preview(ctx context.Context) (Preview, error) {
	p := Preview{Moves: r.change.Moves, Refuse: r.ignored}
	after := map[string]*Person{}
	for _, m := range r.change.Moves {
		for _, id := range []string{m.From, m.Into} {
			if _, met := after[id]; met {
				continue
			}
			who, err := r.book.Person(ctx, id)
			if err != nil || who.ID != id { // it is new, or begins to stand for itself
				after[id] = &Person{ID: id}
				continue
			}
			in, err := r.book.Consents(ctx, id)
			if err != nil {
				return Preview{}, err
			}
			p.Before = append(p.Before, View{who, in})
			copied := who
			copied.Former = slices.Clone(who.Former)
			after[id] = &copied
		}
	}
	for _, m := range r.change.Moves {
		give(m, after[m.From], after[m.Into])
	}
	evidence := r.evidence
	evidence.Hubs = slices.Collect(maps.Keys(r.hubs))
	k := kinship{book: r.book, people: r.book.o.Identity.Resolve(evidence).People, home: map[string]marque.ID{}}
	var q Query
	for id, who := range after {
		q.Profiles = append(q.Profiles, id)
		for _, c := range who.Consents {
			if c.Via.Kind == marque.ProfileKind {
				q.Profiles = append(q.Profiles, c.Via.Value)
			}
		}
	}
	known, err := r.book.store.Look(ctx, q)
	if err != nil {
		return Preview{}, err
	}
	for i, o := range known.Profiles {
		if id := q.Profiles[i]; o.Profile != "" {
			k.home[id] = o.Home
		} else if p := r.people[id]; p != nil {
			k.home[id] = p.Home
		}
	}
	for _, id := range slices.Sorted(maps.Keys(after)) {
		if who := after[id]; r.stands(id) == id {
			k.profile = id
			p.After = append(p.After, View{*who, putTogether(statements(who.Consents), k.joined)})
		}
	}
	slices.SortFunc(p.Before, func(a, b View) int { return cmp.Compare(a.ID, b.ID) })
	return p, nil
}

// give is what a store does at a move, to what is known of two people without the log.
func give(m marque.Move, from, into *Person) {
	var left Person
	left.ID, left.First = from.ID, from.First
	for _, x := range from.IDs {
		if _, goes := m.Takes(x.ID); goes {
			into.IDs = append(into.IDs[:len(into.IDs):len(into.IDs)], x)
		} else {
			left.IDs = append(left.IDs, x)
		}
	}
	for _, x := range from.Attributes {
		if via, goes := m.Takes(x.Via); goes {
			x.Via = via
			into.Attributes = append(into.Attributes[:len(into.Attributes):len(into.Attributes)], x)
		} else {
			left.Attributes = append(left.Attributes, x)
		}
	}
	for _, x := range from.Consents {
		if via, goes := m.Takes(x.Via); goes {
			x.Via = via
			into.Consents = append(into.Consents[:len(into.Consents):len(into.Consents)], x)
		} else {
			left.Consents = append(left.Consents, x)
		}
	}
	for _, id := range from.Former {
		if _, goes := m.Takes(marque.ID{Kind: marque.ProfileKind, Value: id}); !goes {
			left.Former = append(left.Former, id)
		} else if id != into.ID {
			into.Former = append(into.Former, id)
		}
	}
	if len(m.IDs) == 0 {
		into.Former = append(into.Former, from.ID)
		if into.First.IsZero() || !from.First.IsZero() && from.First.Before(into.First) {
			into.First = from.First
		}
	}
	*from = left
	for _, p := range []*Person{from, into} {
		p.tidy()
	}
}

// tidy puts lists in their order, and tells which attributes count.
func (p *Person) tidy() {
	for i := range p.Attributes {
		p.Attributes[i].Lost = false
	}
	slices.SortStableFunc(p.Attributes, Attribute.Compare)
	for i := 1; i < len(p.Attributes); i++ {
		p.Attributes[i].Lost = p.Attributes[i].Name == p.Attributes[i-1].Name
	}
	slices.SortStableFunc(p.Consents, func(a, b Consent) int {
		return cmp.Or(
			cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Topic, b.Topic),
			cmp.Compare(a.Via.Kind, b.Via.Kind), cmp.Compare(a.Via.Value, b.Via.Value),
		)
	})
	slices.Sort(p.Former)
	slices.SortStableFunc(p.IDs, func(a, b Identifier) int { return a.At.Compare(b.At) })
	if p.First.IsZero() && len(p.IDs) > 0 {
		p.First = p.IDs[0].At
	}
}

// statements are consents as rules know them, in the order of a store.
func statements(cs []Consent) []rule.Consent {
	var out []rule.Consent
	for _, c := range cs {
		out = append(out, rule.Consent{Channel: c.Channel, Topic: c.Topic, OK: c.OK, At: rule.At(c.At), Via: c.Via})
	}
	slices.SortStableFunc(out, compareConsent)
	return out
}
