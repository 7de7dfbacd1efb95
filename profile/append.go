package profile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Appended is what became of the events that were handed to Append.
type Appended struct {
	// Events are those that were taken, in order, with ID, At, Received and Profile as they stand in the log.
	Events []marque.Event
	// Known are the IDs of those that had been taken before.
	Known []string
	// Moves are the merges and splits that the events led to. They wait until Moved.
	Moves []marque.Move
	// Said is what the commit said. It waits in the Feed.
	Said []marque.Event
	// Ignored is what was left out of events, with its place ("[2].ids[0]", "[2].props.city") and the reason:
	// identifiers that are blocked, malformed, reserved, or do not link (ErrLimit, ErrHub, ErrUnlinked), attributes
	// that are not declared or of another type. At the place "[2]" it is the event itself, which is about somebody who was
	// erased.
	Ignored []*marque.FieldError
}

// ErrErased is the reason why an event about an erased person is left out.
var ErrErased = errors.New("profile: the person was erased")

// ErrBlocked is the reason why an identifier is left out: it says nothing about who somebody is.
var ErrBlocked = errors.New("profile: the identifier is a placeholder")

// ErrReserved is the reason why an identifier of kind marque.ProfileKind is left out: it stands for what came under the
// id of a person. Event.Profile names a person.
var ErrReserved = errors.New("profile: the kind of identifiers is reserved")

// Append takes events into the log and the inbox, with what follows from them, in one commit. It decides whose
// each event is, event by event in order:
//   - an ID that is known: the event was taken before, nothing happens;
//   - Profile alone: the event is that person's, who comes into being if need be;
//   - IDs: they were seen together, and who is who follows from that and all that was seen before, by the policy of
//     Options.Identity. The event is of the person that its strongest identifier leads to then (of Profile, if it is
//     set too). Where several people turn out to be one, the one with the earliest event stays, of equals the one
//     with the smallest id. Where identifiers that were one person turn out to be several, each id stays with the
//     identifier through which it was first known;
//   - IDs and Profile of a derived event (Hops > 0): the event is that Profile's; the IDs only tell the source;
//   - neither: the event is about nobody.
//
// An error that is a marque.FieldError means that an event is not one (no Name, no At); nothing was taken then.
// Any other error leaves the outcome unknown, and Append may be repeated with the same slice: events that came
// without an ID were given theirs in it. Props and IDs are kept as they are: do not change them afterwards.
// At and Received are cut to the microsecond; a Received before At is raised to it.
func (b *Book) Append(ctx context.Context, es []marque.Event) (Appended, error) {
	return b.append(ctx, es, false)
}

// Shelve is Append of events that need not be carried any more: they do not come into the inbox, and what the commit
// says does not come into the Feed. It is for a history from before.
func (b *Book) Shelve(ctx context.Context, es []marque.Event) (Appended, error) {
	return b.append(ctx, es, true)
}

func (b *Book) append(ctx context.Context, es []marque.Event, shelve bool) (Appended, error) {
	if len(es) == 0 {
		return Appended{}, nil
	}
	r := resolver{book: b, world: *b.worlds.Get().(*world)}
	defer func() { r.world.clear(); b.worlds.Put(&r.world) }()
	if err := r.admit(es); err != nil {
		return Appended{}, fmt.Errorf("profile: append: %w", err)
	}
	for attempt := 1; ; attempt++ {
		err := r.resolve(ctx)
		if err == nil && shelve {
			r.change.Emit = nil
			for _, e := range r.change.Events {
				r.change.Handled = append(r.change.Handled, e.ID)
			}
		}
		if err == nil && len(r.change.Events) > 0 {
			err = b.store.Commit(ctx, r.change)
		}
		if err == nil {
			return Appended{Events: r.change.Events, Known: r.seen, Moves: r.change.Moves, Said: r.change.Emit, Ignored: r.ignored}, nil
		}
		if !errors.Is(err, marque.ErrConflict) || attempt >= b.o.Attempts {
			return Appended{}, fmt.Errorf("profile: append: %w", err)
		}
		if err := r.again(ctx); err != nil {
			return Appended{}, fmt.Errorf("profile: append: %w", err)
		}
	}
}

// admit checks the events, makes copies in the form of the log, and asks what is needed to resolve them.
func (r *resolver) admit(es []marque.Event) error {
	var f marque.Faults
	r.in = make([]marque.Event, len(es))
	r.query.Events = make([]string, len(es))
	for i := range es {
		e := &es[i]
		at, received := rule.At(e.At), rule.At(e.Received)
		if e.Name == "" {
			f.Add(fmt.Sprintf("[%d].name", i), "is empty")
		}
		if at == 0 {
			f.Add(fmt.Sprintf("[%d].at", i), "is not set")
		}
		if e.ID == "" {
			e.ID = r.book.o.NewEventID()
		}
		in := &r.in[i]
		*in = *e
		in.At, in.Received = at.Time(), max(at, received).Time()
		in.IDs = r.usable(i, e.IDs, !identifies(in))
		r.query.Events[i] = e.ID
		if e.Profile != "" {
			r.query.Profiles = append(r.query.Profiles, e.Profile)
		}
		if identifies(in) {
			r.query.IDs = append(r.query.IDs, in.IDs...)
		}
	}
	r.admitted = len(r.ignored)
	return f.Err()
}

// identifies reports whether the identifiers of an event say whose it is.
func identifies(e *marque.Event) bool { return e.Hops == 0 || e.Profile == "" }

// usable is ids in one form, the strongest first, without those that are malformed or blocked, or reserved unless they
// only tell the source.
func (r *resolver) usable(i int, ids []marque.ID, source bool) []marque.ID {
	if r.book.o.Normalize == nil && !slices.ContainsFunc(ids, func(id marque.ID) bool { return r.unfit(id, source) != nil }) {
		return r.book.o.Identity.Usable(ids)
	}
	out := make([]marque.ID, 0, len(ids))
	for j, id := range ids {
		err := r.unfit(id, source)
		if err == nil {
			if id, err = r.book.form(id); err == nil {
				err = r.unfit(id, source)
			}
		}
		if err != nil {
			r.ignore(i, fmt.Sprintf(".ids[%d]", j), err)
			continue
		}
		out = append(out, id)
	}
	return r.book.o.Identity.Usable(out)
}

// unfit says why an identifier says nothing about who somebody is.
func (r *resolver) unfit(id marque.ID, source bool) error {
	switch {
	case r.book.o.Identity.Blocked(id):
		return fmt.Errorf("%s %q: %w", id.Kind, id.Value, ErrBlocked)
	case id.Kind == marque.ProfileKind && !source:
		return fmt.Errorf("%s %q: %w", id.Kind, id.Value, ErrReserved)
	}
	return nil
}

func (r *resolver) ignore(i int, path string, err error) {
	r.ignored = append(r.ignored, &marque.FieldError{Path: fmt.Sprintf("[%d]%s", i, path), Err: err})
}

// Resolve returns the person that identifiers lead to. Malformed and blocked identifiers lead to nobody. Where they
// lead to several people, it is the one with the earliest event.
func (b *Book) Resolve(ctx context.Context, ids []marque.ID) (profile string, known bool, err error) {
	ids = (&resolver{book: b}).usable(0, ids, false)
	k, err := b.store.Look(ctx, Query{IDs: ids})
	if err != nil {
		return "", false, fmt.Errorf("profile: resolve: %w", err)
	}
	var best Owner
	for _, o := range k.IDs {
		if o.Profile != "" && (best.Profile == "" || byAge(o, best) < 0) {
			best = o
		}
	}
	return best.Profile, best.Profile != "", nil
}

// byAge puts the one that stays, when several are one, first.
func byAge(a, b Owner) int {
	return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Profile, b.Profile))
}
