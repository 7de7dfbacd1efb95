package profile

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
)

// Options of a Book.
type Options struct {
	// NewID mints the id of a new person, who was seen first through the identifier. It may derive the id from
	// the identifier: an id that is known already is that person; one of somebody who was erased is not given again.
	// Default a random UUIDv7.
	NewID func(first marque.ID) string
	// NewEventID mints the ID of an event that came without one. Default a random UUIDv7.
	NewEventID func() string
	// Identity says how far identifiers tell who somebody is: kinds with priority and limits, sources with rank, hubs,
	// blocked values. Default a policy without limits.
	Identity *identity.Rules
	// Normalize brings an identifier into one form, as package clean does for phones and e-mails; what it refuses is
	// left out and reported. It must give the same for what it gave. Default identifiers are taken as they come.
	Normalize func(marque.ID) (marque.ID, error)
	// Attempts is how often Append decides anew when others wrote the same people meanwhile, before it gives up
	// with marque.ErrConflict. Default 100.
	Attempts int
	// Page is how many events or people a scan reads from the store at once. Default 1,000.
	Page int
}

// A Book keeps people over a store. It holds no state of its own: any number of books, in any number of
// processes, may work over one store. It is safe for concurrent use.
//
// A Book is a rule.Owner, a marque.Feed and a marque.Holder.
type Book struct {
	store Store
	lex   *rule.Lexicon
	o     Options
	attrs mapping

	derives bool      // Options.NewID is the host's
	worlds  sync.Pool // of *world, cleared
}

var (
	_ rule.Owner    = (*Book)(nil)
	_ marque.Feed   = (*Book)(nil)
	_ marque.Holder = (*Book)(nil)
)

// NewBook makes a keeper over store. The lexicon says which attributes there are, which events set them, and in
// which slots Fill puts what.
func NewBook(store Store, lex *rule.Lexicon, o *Options) *Book {
	b := &Book{store: store, lex: lex, attrs: newMapping(lex.Schema())}
	b.worlds.New = func() any { return &world{} }
	if o != nil {
		b.o = *o
	}
	if b.derives = b.o.NewID != nil; !b.derives {
		b.o.NewID = func(marque.ID) string { return uuid.Must(uuid.NewV7()).String() }
	}
	if b.o.NewEventID == nil {
		b.o.NewEventID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	if b.o.Identity == nil {
		b.o.Identity, _ = identity.Policy{}.Compile()
	}
	if b.o.Attempts <= 0 {
		b.o.Attempts = 100
	}
	if b.o.Page <= 0 {
		b.o.Page = 1000
	}
	return b
}

// Inbox returns up to n events that were appended and are not handled yet, in order of arrival.
func (b *Book) Inbox(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	entries, err := b.store.Events(ctx, Scan{Parts: parts, Open: true}, n)
	if err != nil {
		return nil, fmt.Errorf("profile: inbox: %w", err)
	}
	events := make([]marque.Event, len(entries))
	for i := range entries {
		events[i] = entries[i].Event
	}
	return events, nil
}

// Handled takes events out of the inbox. They stay in the log. Unknown IDs are no error.
func (b *Book) Handled(ctx context.Context, ids []string) error {
	return b.settle(ctx, "handled", Change{Handled: ids}, len(ids))
}

// Moves returns up to n merges and splits that not every holder has carried out yet, oldest first.
func (b *Book) Moves(ctx context.Context, n int) ([]marque.Move, error) {
	k, err := b.store.Look(ctx, Query{Moves: n})
	if err != nil {
		return nil, fmt.Errorf("profile: moves: %w", err)
	}
	return k.Moves, nil
}

// Moved says that every holder carried out the move.
func (b *Book) Moved(ctx context.Context, key string) error {
	return b.settle(ctx, "moved", Change{Moved: []string{key}}, 1)
}

func (b *Book) settle(ctx context.Context, what string, c Change, n int) error {
	if n == 0 {
		return nil
	}
	if err := b.store.Commit(ctx, c); err != nil {
		return fmt.Errorf("profile: %s: %w", what, err)
	}
	return nil
}

// Fill sets attributes, zone, identifiers, consents and histories as far as need names them; the zone always.
// The records are of the book's lexicon (rule.NewFacts). Consents are those in force (Consents). A record of somebody
// unknown is left empty.
//
// Over Memory it copies no history: what it puts in are the store's own rows, which do not change afterwards.
func (b *Book) Fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	err := b.store.Fill(ctx, b.lex, need, now, people)
	if err != nil {
		return fmt.Errorf("profile: fill %d people: %w", len(people), err)
	}
	if need.Consents {
		for _, f := range people {
			if f.Consents, err = b.inForce(ctx, f.Profile, f.Consents); err != nil {
				return fmt.Errorf("profile: fill consents of %s: %w", f.Profile, err)
			}
		}
	}
	return nil
}

// Log yields the events of the log in order of arrival, and moves scan.After along with them: keep it to go on
// later from there. A nil scan reads all. Events that arrive while it runs are read as well. An event of a person
// who is merged meanwhile changes its partition, and may then be seen twice or not at all by scans of parts.
func (b *Book) Log(ctx context.Context, scan *Scan) iter.Seq2[marque.Event, error] {
	if scan == nil {
		scan = &Scan{}
	}
	return func(yield func(marque.Event, error) bool) {
		for {
			page, err := b.store.Events(ctx, *scan, b.o.Page)
			if err != nil {
				yield(marque.Event{}, fmt.Errorf("profile: log after %d: %w", scan.After, err))
				return
			}
			for _, e := range page {
				scan.After = e.Number
				if !yield(e.Event, nil) {
					return
				}
			}
			if len(page) < b.o.Page {
				return
			}
		}
	}
}

// People yields the ids of people, those after the id given (all with ""), in the order of their bytes. It ends
// with its first error.
func (b *Book) People(ctx context.Context, parts marque.Parts, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for {
			page, err := b.store.People(ctx, parts, after, b.o.Page)
			if err != nil {
				yield("", fmt.Errorf("profile: people after %q: %w", after, err))
				return
			}
			for _, id := range page {
				if after = id; !yield(id, nil) {
					return
				}
			}
			if len(page) < b.o.Page {
				return
			}
		}
	}
}

// Person returns what is known of somebody, without the log. An id that was merged away leads to the person that
// took it over. It is marque.ErrNotFound where nobody is known under the id.
func (b *Book) Person(ctx context.Context, profile string) (Person, error) {
	var p Person
	for item, err := range b.store.Export(ctx, profile) {
		if err != nil {
			return Person{}, fmt.Errorf("profile: person %s: %w", profile, err)
		}
		switch x := item.Data.(type) {
		case Person:
			p.ID, p.First, p.Former = x.ID, x.First, x.Former
		case Identifier:
			p.IDs = append(p.IDs, x)
		case Attribute:
			p.Attributes = append(p.Attributes, x)
		case Consent:
			p.Consents = append(p.Consents, x)
		case marque.Event:
			return p, nil
		}
	}
	if p.ID == "" {
		return Person{}, fmt.Errorf("profile: person %s: %w", profile, marque.ErrNotFound)
	}
	return p, nil
}
