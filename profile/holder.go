package profile

import (
	"context"
	"fmt"
	"iter"

	"github.com/marque-go/marque"
)

// Pending returns up to n events that commits said and that are not taken yet: "profile.merged".
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

// Move makes one person of two, as an event with identifiers of both would. A Move whose Key is known does
// nothing, so the book's own moves may come back to it. A Move with IDs (an unmerge) is refused with
// errors.ErrUnsupported.
func (b *Book) Move(ctx context.Context, m marque.Move) error {
	if err := b.store.Move(ctx, m); err != nil {
		return fmt.Errorf("profile: move %s: %w", m.Key, err)
	}
	return nil
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
// said) and "event", whose Data are Person, Identifier, Attribute, rule.Consent and marque.Event. It yields
// nothing for somebody unknown.
func (b *Book) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return b.store.Export(ctx, profile)
}
