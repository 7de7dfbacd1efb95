package loop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/segment"
)

// Rule decides that identifiers do not belong together, or that they do after all, as profile.Book.Rule says, and lets
// every store follow: what was learnt via an identifier goes where it goes. For people who are parted, tags, scores,
// points and stages are counted anew from the events that are theirs, without a word; segments that they enter or leave
// by that are said, and so is a tier that is lost or reached. What follows from events that the library said while they
// were one, a tag on score.up, stays with whom it was said of.
func (l *Loop) Rule(ctx context.Context, rulings ...identity.Ruling) ([]marque.Move, error) {
	return l.rule(ctx, func() (profile.Ruled, error) { return l.profile.Rule(ctx, rulings...) })
}

// Unlink is Rule with one ruling, by whom and now: a and b do not belong together. It is profile.ErrLinked, with the way,
// where they are one person over other identifiers; nothing is done then. Now is the instant reached, or that of
// Options.Now where nothing has happened yet.
func (l *Loop) Unlink(ctx context.Context, a, b marque.ID, by string) ([]marque.Move, error) {
	return l.rule(ctx, func() (profile.Ruled, error) { return l.profile.Unlink(ctx, l.ruling("unlink", a, b, by)) })
}

// Relink takes an Unlink back: a and b belong together after all, though they were perhaps never seen together.
func (l *Loop) Relink(ctx context.Context, a, b marque.ID, by string) ([]marque.Move, error) {
	return l.rule(ctx, func() (profile.Ruled, error) {
		return l.profile.Relink(ctx, l.ruling("relink", a, b, by))
	})
}

func (l *Loop) ruling(what string, a, b marque.ID, by string) identity.Ruling {
	at := l.now
	if at.IsZero() {
		at = l.opts.Now()
	}
	l.rulings++ // several at one instant
	key := marque.Key(what, a.Kind, a.Value, b.Kind, b.Value, at.Format(time.RFC3339Nano), fmt.Sprint(l.rulings))
	return identity.Ruling{Key: key, By: by, At: at, A: a, B: b}
}

func (l *Loop) rule(ctx context.Context, give func() (profile.Ruled, error)) ([]marque.Move, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var moves []marque.Move
	err := l.do(ctx, func() error {
		if err := l.pickUp(ctx); err != nil {
			return err
		}
		done, err := give()
		if err != nil {
			return err
		}
		moves = done.Moves
		if len(done.Said) > 0 {
			if err := l.absorb(ctx, []said{{l.stores.Profiles, done.Said}}); err != nil {
				return err
			}
		}
		if err := l.move(ctx, moves...); err != nil {
			return err
		}
		return l.settle(ctx, l.now)
	})
	if err != nil {
		return nil, fmt.Errorf("loop: rule: %w", err)
	}
	return moves, nil
}

// A Receipt says what was erased, without a word of whom: it may be kept as a proof.
type Receipt struct {
	Key   string    `json:"key"` // a digest of the person's id: marque.Key("erased", id)
	At    time.Time `json:"at"`
	Rooms []Erased  `json:"rooms"`
}

// Erased is what one store erased.
type Erased struct {
	Room string `json:"room"`
	Rows int    `json:"rows"` // how many rows it touched
}

// Rows is how many rows were touched in all.
func (r Receipt) Rows() (n int) {
	for _, x := range r.Rooms {
		n += x.Rows
	}
	return n
}

// Erase removes a person from every store, under all ids that lead to them, and tells what was erased. Amounts that
// were spent stay spent. A call that failed is repeated until it succeeds: its receipt then tells of the last call. It is
// marque.ErrNotFound where nothing is held under the id.
func (l *Loop) Erase(ctx context.Context, profile string) (Receipt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var r Receipt
	err := l.do(ctx, func() (err error) {
		if err := l.pickUp(ctx); err != nil {
			return err
		}
		if r, err = l.erase(ctx, profile); err == nil && r.Rows() == 0 {
			err = fmt.Errorf("nothing is held of %s: %w", profile, marque.ErrNotFound)
		}
		return err
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("loop: erase: %w", err)
	}
	return r, nil
}

// rooms names the holders, in their order.
var rooms = [...]string{"tagging", "scoring", "points", "lifecycle", "segment", "coupon", "journey", "profile"}

func (l *Loop) erase(ctx context.Context, profile string) (Receipt, error) {
	l.stirAll()
	ids, err := l.ids(ctx, profile)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Key: marque.Key("erased", ids[0]), At: l.now}
	holders := append(l.holders[:len(l.holders):len(l.holders)], l.stores.Profiles) // who they are goes last
	for i, h := range holders {
		x := Erased{Room: rooms[i]}
		for _, id := range ids {
			n, err := h.Erase(ctx, id)
			if err != nil {
				return Receipt{}, err
			}
			x.Rows += n
		}
		r.Rooms = append(r.Rooms, x)
	}
	l.dead = slices.DeleteFunc(l.dead, func(e marque.Event) bool { return slices.Contains(ids, e.Profile) })
	clear(l.one)
	return r, nil
}

// Export yields everything that is held of a person, store by store.
func (l *Loop) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return func(yield func(marque.Item, error) bool) {
		ids, err := l.ids(ctx, profile)
		if err != nil {
			yield(marque.Item{}, fmt.Errorf("loop: export: %w", err))
			return
		}
		for item, err := range l.stores.Profiles.Export(ctx, ids[0]) {
			if !yield(item, err) || err != nil {
				return
			}
		}
		for _, h := range l.holders {
			for _, id := range ids {
				for item, err := range h.Export(ctx, id) {
					if !yield(item, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// ids are the id by which a person is known now, and those that lead to it.
func (l *Loop) ids(ctx context.Context, profile string) ([]string, error) {
	p, err := l.profile.Person(ctx, profile)
	if errors.Is(err, marque.ErrNotFound) {
		return []string{profile}, nil
	}
	return append([]string{p.ID}, p.Former...), err
}

// Retention says how long what is known of people is kept.
type Retention struct {
	// Events are the periods of events in the log.
	profile.Retention
	// People are erased of whom no event is in the log that is newer. Zero: never.
	People marque.Duration `json:"people,omitempty"`
}

// Retained is what a Retain did.
type Retained struct {
	Events   int       // how many events left the log
	Receipts []Receipt // of those who were erased
}

// Retain keeps the periods of a retention, for the people of the loop's partitions, as of the instant reached. People
// who are idle are erased before their events are too old to tell. Run it once a day.
func (l *Loop) Retain(ctx context.Context, r Retention) (Retained, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var done Retained
	err := l.do(ctx, func() (err error) {
		if err := l.pickUp(ctx); err != nil {
			return err
		}
		var idle []string
		if r.People > 0 {
			for id, err := range l.profile.Idle(ctx, l.opts.Lease.Parts, l.now.Add(-time.Duration(r.People))) {
				if err != nil {
					return err
				}
				idle = append(idle, id)
			}
		}
		for _, id := range idle {
			receipt, err := l.erase(ctx, id)
			if err != nil {
				return err
			}
			done.Receipts = append(done.Receipts, receipt)
		}
		done.Events, err = l.profile.Retain(ctx, r.Retention, l.opts.Lease.Parts, l.now)
		return err
	})
	if err != nil {
		return done, fmt.Errorf("loop: retain: %w", err)
	}
	return done, nil
}

// Rebuild derives everything anew, for everybody in the loop's partitions as of the instant reached, and says nothing,
// so that no journey takes them for people who enter today. It is for definitions that are new or changed over stores
// that have people already; it returns how many rows changed. What follows from events is counted from the people's
// histories, as far as retention left them.
func (l *Loop) Rebuild(ctx context.Context) (rows int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err = l.do(ctx, func() error {
		l.stirAll()
		for profile, err := range l.profile.People(ctx, l.opts.Lease.Parts, "") {
			if err != nil {
				return err
			}
			n, err := l.anew(ctx, profile, l.now, true)
			if rows += n; err != nil {
				return fmt.Errorf("loop: rebuild: %w", err)
			}
		}
		return nil
	})
	return rows, err
}

// anew derives one person anew, from the history and without a word: all, or but for what the next look finds by
// itself, and says.
func (l *Loop) anew(ctx context.Context, who string, now time.Time, all bool) (rows int, err error) {
	c := l.courses.all()
	if c == nil {
		return 0, nil
	}
	if err := l.fill(ctx, c, marque.Event{Profile: who, At: now, Received: now}, now); err != nil {
		return 0, err
	}
	var passes []rule.Pass
	if len(l.plan.heard) > 0 {
		for e, err := range l.profile.History(ctx, who) {
			if err != nil {
				return 0, err
			}
			if _, heard := slices.BinarySearch(l.plan.heard, e.Name); heard {
				passes = append(passes, rule.Pass{Event: e, Facts: l.facts, Now: now})
			}
		}
		slices.SortStableFunc(passes, func(a, b rule.Pass) int {
			return cmp.Or(a.Event.Arrived().Compare(b.Event.Arrived()), a.Event.At.Compare(b.Event.At))
		})
	}
	passes = append(passes, l.passes[0])
	for _, leg := range c.legs {
		d := l.derivers[leg.deriver]
		ps := passes
		switch d.(type) {
		case *segment.Book:
			if ps = passes[len(passes)-1:]; !all {
				continue
			}
		case *points.Book: // the lots went where they belong
			if !all {
				continue
			}
		}
		n, err := d.Rebuild(ctx, leg.names, ps)
		if err != nil {
			return rows, err
		}
		rows += n
	}
	return rows, nil
}
