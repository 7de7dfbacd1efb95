package lifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A Position is where a person is in a lifecycle at an instant.
type Position struct {
	Stage  string          `json:"stage"`
	Since  time.Time       `json:"since,omitzero"` // zero: the person was never looked at, and is in the start
	Stayed marque.Duration `json:"stayed"`
	// Next is the earliest instant at which time alone may lead on, zero where it does not. A rule may turn out to
	// hold longer then; before it nothing happens without an event.
	Next time.Time `json:"next,omitzero"`
	Ways []Way     `json:"ways,omitempty"` // the moves that lead on, in order
	// Circle is where moves went round in a circle at one instant, the latest time, and were cut.
	Circle string `json:"circle,omitempty"`
}

// A Way is a move that leads on from where a person is.
type Way struct {
	Move string    `json:"move"`
	To   string    `json:"to"`
	From time.Time `json:"from,omitzero"` // not before: the stage has to last until then; zero where it has
	On   string    `json:"on,omitempty"`  // the event that it takes
	When string    `json:"when,omitempty"`
}

// Stage tells where a person is at now, as far as it was looked at, what may come next, and when.
func (b *Book) Stage(ctx context.Context, profile, name string, now time.Time) (Position, error) {
	k, ok := b.plan.byName[name]
	if !ok {
		return Position{}, fmt.Errorf("lifecycle: %q of %q: %w", name, profile, marque.ErrNotFound)
	}
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return Position{}, fmt.Errorf("lifecycle: %q of %q: %w", name, profile, err)
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return Position{}, fmt.Errorf("lifecycle: %q of %q: %w", name, profile, err)
	}
	c := &b.plan.cycles[k]
	p := Position{Stage: c.Start}
	at, since := rule.At(now), rule.At(now)
	if r := find(rows[0], name); r != nil && c.has(r.Stage) {
		since = r.Since
		p = Position{Stage: r.Stage, Since: since.Time(), Stayed: length(at - since), Next: r.Due.Time(), Circle: r.Cut.Circle}
	}
	for _, i := range c.out[c.byStage[p.Stage]] {
		m := &c.moves[i]
		w := Way{Move: m.Name, To: m.To, On: m.On, When: m.When}
		if end := since + m.wait; end > at {
			w.From = end.Time()
		}
		p.Ways = append(p.Ways, w)
	}
	return p, nil
}

// length is a time between two instants, zero for one that runs backwards.
func length(d rule.Instant) marque.Duration { return marque.Duration(max(d, 0)) * 1000 }

// A Person is somebody in a stage.
type Person struct {
	Profile string    `json:"profile"`
	Stage   string    `json:"stage"`
	Since   time.Time `json:"since"`
}

// A Page is part of a list. Next, where it is not empty, is the cursor of the page behind it.
type Page struct {
	People []Person `json:"people"`
	Next   string   `json:"next,omitempty"`
}

// People lists up to n people who are in a stage, or with an empty stage in any, in order of their profile, from
// behind the cursor, which is empty for the first page. Who was never looked at is not in it.
func (b *Book) People(ctx context.Context, name, stage, cursor string, n int) (Page, error) {
	k, ok := b.plan.byName[name]
	if !ok || stage != "" && !b.plan.cycles[k].has(stage) {
		return Page{}, fmt.Errorf("lifecycle: people in %q of %q: %w", stage, name, marque.ErrNotFound)
	}
	n = max(n, 1)
	rows, err := b.store.List(ctx, Query{Name: name, Stage: stage, After: cursor, N: n + 1})
	if err != nil {
		return Page{}, fmt.Errorf("lifecycle: people in %q of %q: %w", stage, name, err)
	}
	var p Page
	if len(rows) > n {
		rows = rows[:n]
		p.Next = rows[n-1].Profile
	}
	for _, r := range rows {
		p.People = append(p.People, Person{r.Profile, r.Stage, r.Since.Time()})
	}
	return p, nil
}

// History lists the turns of a person in a lifecycle, in the order in which they became known.
func (b *Book) History(ctx context.Context, profile, name string) ([]Turn, error) {
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return nil, fmt.Errorf("lifecycle: history of %q of %q: %w", name, profile, err)
	}
	turns, err := b.store.History(ctx, profile)
	if err != nil {
		return nil, fmt.Errorf("lifecycle: history of %q of %q: %w", name, profile, err)
	}
	var own []Turn
	for _, t := range turns {
		if t.Lifecycle == name {
			own = append(own, t)
		}
	}
	return own, nil
}
