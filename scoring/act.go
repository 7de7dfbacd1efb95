package scoring

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// An Act gives points from outside: by hand, or from a journey.
type Act struct {
	// Key makes the act happen once: the same key again does nothing. Empty: each time.
	Key     string
	Profile string
	Score   string
	Points  float64 // may be negative; they fade like points for events
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

// event stands for the act in what is said.
func (a *Act) event() marque.Event {
	e := marque.Event{ID: a.Cause, Profile: a.Profile, Hops: a.Hops}
	if e.ID == "" {
		e.ID = a.Key
	}
	if a.Via != (marque.ID{}) {
		e.IDs = []marque.ID{a.Via}
	}
	return e
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
	var err error
	if a.Profile, err = derived.Who(ctx, b.lead, a.Profile); err != nil {
		return fail(err)
	}
	s, at := &b.plan.scores[k], rule.At(now)
	ps := []rule.Pass{{Event: a.event(), Facts: &rule.Facts{Profile: a.Profile}, Now: now}}
	entry := Entry{
		Profile: a.Profile, Score: a.Score, Rule: ByHand, Points: a.Points, Event: ps[0].Event.ID, At: at, Recorded: at, Via: a.Via,
	}
	var keys []string
	if a.Key != "" {
		keys = []string{a.Key}
	}
	var before, value float64
	var failed error
	c, known, err := b.hand.Change(ctx, keys, ps, func(sheet *sheet) {
		l := s.start(sheet.Rows(0), a.Profile)
		l.sheet, l.pass = sheet, &ps[0]
		l.due(at)
		if l.dirty {
			l.remake(at)
		}
		before = s.value(&l.row, at)
		l.earn(&entry, at)
		l.remake(at)
		value = s.value(&l.row, at)
		l.say(Points, map[string]any{"score": a.Score, "points": a.Points, "value": value})
		if failed = b.settle(ctx, &l, at); failed != nil {
			return
		}
		l.put()
	})
	if err = cmp.Or(err, failed); err != nil {
		return fail(err)
	}
	if len(known) > 0 {
		return Answer{Known: true, Value: before}, nil
	}
	return Answer{Value: value, Said: c.Say}, nil
}
