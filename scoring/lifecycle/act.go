package lifecycle

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// An Act puts a person into a stage from outside: by hand, or from a journey.
type Act struct {
	// Key makes the act happen once: the same key again does nothing. Empty: each time.
	Key       string
	Profile   string
	Lifecycle string
	Stage     string
	// Via is the identifier of the person that it was learnt through. It decides with whom the act stays when people
	// who were merged are parted again.
	Via marque.ID
	// Cause and Hops are those of the event that led to the act, if there was one.
	Cause string
	Hops  int
}

// An Answer says what became of an Act.
type Answer struct {
	Known bool // the key was used before: nothing was done
	// Stage is the person's now, and From the one before: the same where the person was there already.
	From, Stage string
	Said        []marque.Event
}

// Set puts a person into a stage. The lifecycle goes on from there: the person is due at once, and moves that apply
// in that stage are made. To keep somebody where rules would lead away, give the stage no such moves.
func (b *Book) Set(ctx context.Context, a Act, now time.Time) (Answer, error) {
	fail := func(err error) (Answer, error) {
		return Answer{}, fmt.Errorf("lifecycle: set %q of %q: %w", a.Lifecycle, a.Profile, err)
	}
	k, ok := b.plan.byName[a.Lifecycle]
	if !ok {
		return fail(marque.ErrNotFound)
	}
	c := &b.plan.cycles[k]
	var f marque.Faults
	if a.Profile == "" {
		f.Add("profile", "is empty")
	}
	if !c.has(a.Stage) {
		f.Add("stage", "no stage %q%s", a.Stage, rule.Hint(a.Stage, c.names()))
	}
	if err := f.Err(); err != nil {
		return fail(err)
	}
	var err error
	if a.Profile, err = derived.Who(ctx, b.lead, a.Profile); err != nil {
		return fail(err)
	}
	cause := a.Cause
	if cause == "" {
		cause = a.Key
	}
	e := marque.Event{ID: cause, Profile: a.Profile, Hops: a.Hops}
	if a.Via != (marque.ID{}) {
		e.IDs = []marque.ID{a.Via}
	}
	ps := []rule.Pass{{Event: e, Facts: &rule.Facts{Profile: a.Profile}, Now: now}}
	var keys []string
	if a.Key != "" {
		keys = []string{a.Key}
	}
	var answer Answer
	change, known, err := b.hand.Change(ctx, keys, ps, func(sheet *sheet) {
		l := b.plan.start(k, sheet.Rows(0), a.Profile)
		answer = Answer{From: l.row.Stage, Stage: a.Stage}
		if l.row.Stage == "" {
			answer.From = c.Start
		}
		m := moment{pass: &ps[0], facts: ps[0].Facts, event: &ps[0].Event, at: rule.At(now), lex: b.plan.lex}
		h := Hand{Stage: a.Stage, At: max(m.at, l.row.Since), Via: a.Via, Cause: cause}
		l.set(&m, h)
		l.row.Hands = withHand(slices.Clone(l.row.Hands), h)
		l.row.Due = m.at
		l.put(sheet, 0, true)
	})
	if err != nil {
		return fail(err)
	}
	if len(known) > 0 {
		return Answer{Known: true, From: answer.From, Stage: answer.From}, nil
	}
	answer.Said = change.Say
	return answer, nil
}

// has reports whether the definition has a stage.
func (c *cycle) has(stage string) bool {
	_, ok := c.byStage[stage]
	return ok
}

// set makes the change of an act.
func (l *look) set(m *moment, h Hand) {
	l.begin(m)
	if l.row.Stage != h.Stage {
		l.turn(m, h.Stage, ByHand, "", h.Cause, h.Via)
	}
}
