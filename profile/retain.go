package profile

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// Retention says how long events are kept.
type Retention struct {
	// Events are the periods by name of event. Zero: for ever.
	Events map[string]marque.Duration `json:"events,omitempty"`
	// Others is the period of events that Events does not name. Zero: for ever.
	Others marque.Duration `json:"others,omitempty"`
}

// Validate lists periods that are negative.
func (r Retention) Validate() error {
	var f marque.Faults
	for _, name := range slices.Sorted(maps.Keys(r.Events)) {
		if d := r.Events[name]; d < 0 {
			f.Add("events."+name, "%v is negative", d)
		}
	}
	if r.Others < 0 {
		f.Add("others", "%v is negative", r.Others)
	}
	return f.Err()
}

// keep is how long an event of the name is kept; ok is false where it is for ever.
func (r Retention) keep(name string) (d marque.Duration, ok bool) {
	d, named := r.Events[name]
	if !named {
		d = r.Others
	}
	return d, d > 0
}

// Retain takes events out of the log that are older than their period at now: At plus the period is not after now. It
// returns how many. What events have set stays, with the ID and name of the event: attributes, consents with their
// proof, identifiers and the evidence of who is who; so does what other packages derived. An event that is not handled
// yet stays. A digest of the ID stays, so that an event that comes again is not taken anew. It reads the whole log of
// parts: run it once a day.
func (b *Book) Retain(ctx context.Context, r Retention, parts marque.Parts, now time.Time) (events int, err error) {
	if err := r.Validate(); err != nil {
		return 0, fmt.Errorf("profile: retain: %w", err)
	}
	scan := Scan{Parts: parts}
	for {
		page, err := b.store.Events(ctx, scan, b.o.Page)
		if err != nil {
			return events, fmt.Errorf("profile: retain: %w", err)
		}
		var gone []string
		for _, e := range page {
			scan.After = e.Number
			if d, ok := r.keep(e.Name); ok && !e.Open && !e.At.Add(time.Duration(d)).After(now) {
				gone = append(gone, e.ID)
			}
		}
		if err := b.settle(ctx, "retain", Change{Forget: gone}, len(gone)); err != nil {
			return events, err
		}
		if events += len(gone); len(page) < b.o.Page {
			return events, nil
		}
	}
}

// Idle yields the people of whom nothing happened after since, in the order of their ids: those whom a host may want to
// erase. Events that Retain took out of the log count.
func (b *Book) Idle(ctx context.Context, parts marque.Parts, since time.Time) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var page []string
		flush := func() bool {
			known, err := b.store.Look(ctx, Query{Profiles: page})
			if err != nil {
				yield("", fmt.Errorf("profile: idle: %w", err))
				return false
			}
			for i, o := range known.Profiles {
				if !o.Last.After(since) && !yield(page[i], nil) {
					return false
				}
			}
			page = page[:0]
			return true
		}
		for id, err := range b.People(ctx, parts, "") {
			if err != nil {
				yield("", err)
				return
			}
			if page = append(page, id); len(page) >= b.o.Page && !flush() {
				return
			}
		}
		flush()
	}
}

// History yields the person's events in order of arrival.
func (b *Book) History(ctx context.Context, profile string) iter.Seq2[marque.Event, error] {
	return func(yield func(marque.Event, error) bool) {
		for item, err := range b.store.Export(ctx, profile) {
			if err != nil {
				yield(marque.Event{}, fmt.Errorf("profile: history of %s: %w", profile, err))
				return
			}
			if e, ok := item.Data.(marque.Event); ok && !yield(e, nil) {
				return
			}
		}
	}
}
