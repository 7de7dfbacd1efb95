package scoring

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A Score is a person's score at an instant, and why it is what it is.
type Score struct {
	Value      float64  `json:"value"`           // Fit and Engagement, within Min and Max
	Fit        float64  `json:"fit"`             // of what holds, and Base
	Engagement float64  `json:"engagement"`      // of events, and by hand
	Grade      string   `json:"grade,omitempty"` // where the definition has Grades
	Up         []string `json:"up,omitempty"`    // the thresholds that are up
	// Next is the next crossing if nothing happens; its At is zero where there is none.
	Next Crossing `json:"next,omitzero"`
	// Look is until when it is certain which rules over the person hold. Zero: for good.
	Look   time.Time `json:"look,omitzero"`
	Shares []Share   `json:"shares,omitempty"` // by rule; their points add up to Fit and Engagement
}

// A Crossing is a threshold that goes up or down, or a grade that changes.
type Crossing struct {
	At        time.Time `json:"at"`
	Threshold string    `json:"threshold,omitempty"`
	Up        bool      `json:"up,omitempty"`    // the threshold goes up, else down
	Grade     string    `json:"grade,omitempty"` // the grade from then on, where no threshold is crossed
}

// A Share is what one rule gives to a score.
type Share struct {
	Rule   string    `json:"rule"`             // its name, ByHand, or Basis
	Points float64   `json:"points"`           // what is left of them
	Given  float64   `json:"given,omitempty"`  // what they were when given, as far as a cap let them count
	Events int       `json:"events,omitempty"` // those whose points have not vanished
	Last   time.Time `json:"last,omitzero"`    // the latest event; of a rule over the person, since when it holds
	Full   bool      `json:"full,omitempty"`   // the cap is reached, in the period at hand
	// Half is when half of Points is left, where they fade.
	Half time.Time `json:"half,omitzero"`
	// Until is when the first of Points vanish, Gone when the last have.
	Until time.Time `json:"until,omitzero"`
	Gone  time.Time `json:"gone,omitzero"`
	// While says that it is a rule over the person, and Holds that it holds: certainly until the score's Look.
	While bool `json:"while,omitempty"`
	Holds bool `json:"holds,omitempty"`
}

// Score tells a person's score at now, and not before the last event that counts: the past is for AsOf. Of somebody of
// whom nothing is held it is Base and no more.
func (b *Book) Score(ctx context.Context, profile, name string, now time.Time) (Score, error) {
	k, ok := b.plan.byName[name]
	if !ok {
		return Score{}, fmt.Errorf("scoring: score %q of %q: %w", name, profile, marque.ErrNotFound)
	}
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return Score{}, fmt.Errorf("scoring: score %q of %q: %w", name, profile, err)
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return Score{}, fmt.Errorf("scoring: score %q of %q: %w", name, profile, err)
	}
	s := &b.plan.scores[k]
	l := s.start(rows[0], profile)
	at := max(rule.At(now), l.row.Last)
	if l.dirty {
		l.remake(at)
		l.cross(at, l.row.Up)
		l.dirty = false
	}
	l.due(at)
	return l.view(at), nil
}

// view is what a look, which has come to an instant, says.
func (l *look) view(at rule.Instant) Score {
	s, r := l.score, &l.row
	v := Score{
		Value: s.value(r, at), Fit: r.Curve[:r.Fit].At(at), Engagement: r.Curve[r.Fit:].At(at), Grade: r.Grade,
		Up: slices.Clone(r.Up), Next: l.next(), Look: r.Sure.Time(),
	}
	if len(r.Parts) == 0 && l.old == nil && s.Base == 0 {
		return v
	}
	if s.Base != 0 {
		v.Shares = append(v.Shares, Share{Rule: Basis, Points: s.Base, Given: s.Base})
	}
	for i := range s.rules {
		if p := &s.rules[i]; p.While != "" {
			v.Shares = append(v.Shares, s.while(p, r.Parts))
		}
	}
	for _, t := range s.tallies(r.Parts, nil) {
		v.Shares = append(v.Shares, t.share(s, at))
	}
	return v
}

// while is the share of a rule over the person.
func (s *score) while(r *points, parts []Part) Share {
	share := Share{Rule: r.Name, While: true}
	if i, ok := slices.BinarySearchFunc(parts, Part{Rule: r.Name}, placePart); ok && parts[i].Holds {
		share.Holds, share.Points, share.Given, share.Last = true, parts[i].Points, parts[i].Points, parts[i].At.Time()
	}
	return share
}

func (t *tally) share(s *score, at rule.Instant) Share {
	half := t.half(s)
	share := Share{
		Rule: t.name, Points: t.sum.Points * fade(at-t.sum.At, half), Given: t.given, Events: t.n, Last: t.last.Time(),
	}
	if half > 0 {
		share.Half = (at + micros(half)).Time()
	}
	if t.rule == nil {
		return share
	}
	for _, h := range t.ends {
		if until := h.At + micros(t.rule.For); until > at {
			share.Points, share.Given, share.Events = share.Points+h.Points, share.Given+h.Points, share.Events+1
			if share.Until.IsZero() {
				share.Until = until.Time()
			}
			share.Gone = until.Time()
		}
	}
	share.Full = t.full(at)
	return share
}

// next is the next crossing of a look.
func (l *look) next() Crossing {
	next := *l
	next.sheet = nil
	for n := 0; n < 1000 && next.row.Cross != 0; n++ { // some change nothing that is seen
		at := next.row.Cross
		up, grade := next.row.Up, next.row.Grade
		next.cross(at, up)
		c := Crossing{At: at.Time()}
		if name, rises := turned(up, next.row.Up); name != "" {
			c.Threshold, c.Up = name, rises
			return c
		}
		if next.row.Grade != grade {
			c.Grade = next.row.Grade
			return c
		}
	}
	return Crossing{}
}

// turned is a threshold that is up in one list only.
func turned(before, after []string) (name string, up bool) {
	for _, n := range after {
		if !slices.Contains(before, n) {
			return n, true
		}
	}
	for i := len(before) - 1; i >= 0; i-- {
		if !slices.Contains(after, before[i]) {
			return before[i], false
		}
	}
	return "", false
}

// A Scored is somebody with a score.
type Scored struct {
	Profile string  `json:"profile"`
	Value   float64 `json:"value"`
}

// A Page is part of a list. Next, where it is not empty, is the cursor of the page behind it.
type Page struct {
	People []Scored `json:"people"`
	Next   string   `json:"next,omitempty"`
}

// People lists up to n people who have points of a score, with its value at now, in order of their profile, from
// behind the cursor, which is empty for the first page.
func (b *Book) People(ctx context.Context, name, cursor string, n int, now time.Time) (Page, error) {
	k, ok := b.plan.byName[name]
	if !ok {
		return Page{}, fmt.Errorf("scoring: people with %q: %w", name, marque.ErrNotFound)
	}
	n = max(n, 1)
	rows, err := b.store.List(ctx, Query{Name: name, After: cursor, N: n + 1})
	if err != nil {
		return Page{}, fmt.Errorf("scoring: people with %q: %w", name, err)
	}
	var p Page
	if len(rows) > n {
		rows = rows[:n]
		p.Next = rows[n-1].Profile
	}
	s := &b.plan.scores[k]
	for i, r := range rows {
		l := s.start(rows[i:i+1], r.Profile)
		if l.dirty {
			l.remake(rule.At(now))
		}
		p.People = append(p.People, Scored{r.Profile, s.value(&l.row, rule.At(now))})
	}
	return p, nil
}
