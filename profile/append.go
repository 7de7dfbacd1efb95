package profile

import (
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
	// Moves are the merges that the events led to. They wait until Moved.
	Moves []marque.Move
	// Said is what the commit said. It waits in the Feed.
	Said []marque.Event
	// Ignored is what was left out of events, with its place ("[2].ids[0]", "[2].props.city") and the reason:
	// blocked identifiers, attributes that are not declared or of another type. At the place "[2]" it is the
	// event itself, which is about somebody who was erased.
	Ignored []*marque.FieldError
}

// ErrErased is the reason why an event about an erased person is left out.
var ErrErased = errors.New("profile: the person was erased")

// ErrBlocked is the reason why an identifier is left out: it says nothing about who somebody is.
var ErrBlocked = errors.New("profile: the identifier is a placeholder")

// Append takes events into the log and the inbox, with what follows from them, in one commit. It decides whose
// each event is, event by event in order:
//   - an ID that is known: the event was taken before, nothing happens;
//   - Profile alone: the event is that person's, who comes into being if need be;
//   - IDs: the event is of the person that they lead to, or of a new one; the unknown ones lead there from now on.
//     Where they (and Profile, if it is set too) lead to several people, these become one: the one with the
//     earliest event stays, of equals the one with the smallest id;
//   - IDs and Profile of a derived event (Hops > 0): the event is that Profile's; the IDs only tell the source;
//   - neither: the event is about nobody.
//
// An error that is a marque.FieldError means that an event is not one (no Name, no At); nothing was taken then.
// Any other error leaves the outcome unknown, and Append may be repeated with the same slice: events that came
// without an ID were given theirs in it. Props and IDs are kept as they are: do not change them afterwards.
// At and Received are cut to the microsecond; a Received before At is raised to it.
func (b *Book) Append(ctx context.Context, es []marque.Event) (Appended, error) {
	if len(es) == 0 {
		return Appended{}, nil
	}
	r := resolver{book: b}
	if err := r.admit(es); err != nil {
		return Appended{}, fmt.Errorf("profile: append: %w", err)
	}
	for attempt := 1; ; attempt++ {
		known, err := b.store.Look(ctx, r.query)
		if err != nil {
			return Appended{}, fmt.Errorf("profile: append: %w", err)
		}
		r.resolve(known)
		if len(r.change.Events) > 0 {
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
		in.IDs = r.usable(i, e.IDs)
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
func identifies(e *marque.Event) bool { return e.Profile == "" || e.Hops == 0 }

// usable is ids without those that are blocked.
func (r *resolver) usable(i int, ids []marque.ID) []marque.ID {
	if !slices.ContainsFunc(ids, r.book.o.Blocked) {
		return ids
	}
	var out []marque.ID
	for j, id := range ids {
		if r.book.o.Blocked(id) {
			r.ignore(i, fmt.Sprintf(".ids[%d]", j), fmt.Errorf("%s %q: %w", id.Kind, id.Value, ErrBlocked))
		} else {
			out = append(out, id)
		}
	}
	return out
}

func (r *resolver) ignore(i int, path string, err error) {
	r.ignored = append(r.ignored, &marque.FieldError{Path: fmt.Sprintf("[%d]%s", i, path), Err: err})
}

// Resolve returns the person that identifiers lead to. Blocked identifiers lead to nobody. Where they lead to
// several people, it is the one that would stay if one event named them all.
func (b *Book) Resolve(ctx context.Context, ids []marque.ID) (profile string, known bool, err error) {
	ids = slices.DeleteFunc(slices.Clone(ids), b.o.Blocked)
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
