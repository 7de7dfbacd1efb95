package scoring

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// An Act gives points from outside: by hand, or from a journey.
type Act struct {
	// Key makes the act happen once: the same key again does nothing. Empty: each time.
	Key     string
	Profile string
	Score   string
	Points  float64 // may be negative; they fade like all points of the score
	// Via is the identifier of the person that it was learnt through. It decides who keeps the points when people
	// who were merged are parted again.
	Via marque.ID
	// Cause and Hops are those of the event that led to the act, if there was one.
	Cause string
	Hops  int
}

// An Answer says what became of an Act.
type Answer struct {
	Known bool    // the key was used before: nothing was done
	Value float64 // the score now
	Said  []marque.Event
}

func (a Act) validate() error {
	var f marque.Faults
	if a.Profile == "" {
		f.Add("profile", "is empty")
	}
	if a.Points == 0 || math.IsNaN(a.Points) || math.IsInf(a.Points, 0) {
		f.Add("points", "%v is not a number of points to give", a.Points)
	}
	return f.Err()
}

// Add gives points. It says score.points, so that what reads the score is derived anew, and which thresholds are
// crossed.
func (b *Book) Add(ctx context.Context, a Act, now time.Time) (Answer, error) {
	fail := func(err error) (Answer, error) {
		return Answer{}, fmt.Errorf("scoring: add to %q of %q: %w", a.Score, a.Profile, err)
	}
	k, ok := b.plan.byName[a.Score]
	if !ok {
		return fail(marque.ErrNotFound)
	}
	if err := a.validate(); err != nil {
		return fail(err)
	}
	e := marque.Event{ID: a.Cause, Profile: a.Profile, Hops: a.Hops}
	if e.ID == "" {
		e.ID = a.Key
	}
	if a.Via != (marque.ID{}) {
		e.IDs = []marque.ID{a.Via}
	}
	ps := []rule.Pass{{Event: e, Facts: &rule.Facts{Profile: a.Profile}, Now: now}}
	at := rule.At(now)
	var before, value float64
	var keys []string
	if a.Key != "" {
		keys = []string{a.Key}
	}
	c, known, err := b.hand.Change(ctx, keys, ps, func(sheet *sheet) {
		l := b.plan.start(k, sheet.Rows(0), a.Profile)
		l.due(sheet, &ps[0], at, true)
		before = l.score.curve(l.score.tidy(l.row.Parts)).At(at)
		l.row.Parts = l.score.give(l.row.Parts, ByHand, a.Via, 0, Hit{at, a.Points})
		value = l.score.curve(l.score.tidy(l.row.Parts)).At(at)
		l.say(sheet, &ps[0], Points, map[string]any{"score": a.Score, "points": a.Points, "value": value})
		l.settle(sheet, &ps[0], at, true)
		next := l.row
		sheet.Put(0, l.old, &next)
	})
	if err != nil {
		return fail(err)
	}
	if len(known) > 0 {
		return Answer{Known: true, Value: before}, nil
	}
	return Answer{Value: value, Said: c.Say}, nil
}
