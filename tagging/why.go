package tagging

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A Why tells why a person has a tag, or does not.
type Why struct {
	Tag   string    `json:"tag"`
	On    bool      `json:"on"`
	Since time.Time `json:"since,omitzero"` // of being on, or off; zero: it never was on
	Look  time.Time `json:"look,omitzero"`  // when it may change though nothing happens
	// Last is the latest change: its Cause and Reason decided. Nil where there was none.
	Last *Turn `json:"last,omitempty"`
	// Grounds are the marks, the strongest source first: those that count, and those that wait.
	Grounds []Ground `json:"grounds,omitempty"`
	// Off is the instant up to which events do not add the tag, since somebody or an event took it away then.
	Off time.Time `json:"off,omitzero"`
}

// A Ground is a mark with what made it.
type Ground struct {
	Source     Source    `json:"source"`
	Confidence float64   `json:"confidence,omitempty"` // zero: it did not say
	At         time.Time `json:"at"`                   // as in Mark
	From       time.Time `json:"from,omitzero"`
	Until      time.Time `json:"until,omitzero"`
	Via        marque.ID `json:"via,omitzero"`
	Cause      string    `json:"cause,omitempty"`   // the id of the event, or the key of the act; empty: time
	Version    string    `json:"version,omitempty"` // of the definition that made it, empty for an act
	// Rule says in words what the definition demands, where it still is that version.
	Rule  string `json:"rule,omitempty"`
	Count int    `json:"count,omitempty"` // of a habit: how many events were of it
	Of    int    `json:"of,omitempty"`    // of how many, when it began
	// Waits is why the mark does not count: Later, Unsure, Expired, or ByGroup. Empty: the tag is on by it.
	Waits Reason `json:"waits,omitempty"`
}

// Why tells why a person has a tag at now, or does not. A tag that is not defined is a marque.ErrNotFound.
func (b *Book) Why(ctx context.Context, profile, tag string, now time.Time) (Why, error) {
	k, ok := b.plan.byName[tag]
	if !ok {
		return Why{}, fmt.Errorf("tagging: why %q of %q: %w", tag, profile, marque.ErrNotFound)
	}
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return Why{}, fmt.Errorf("tagging: why %q of %q: %w", tag, profile, err)
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return Why{}, fmt.Errorf("tagging: why %q of %q: %w", tag, profile, err)
	}
	turns, err := b.store.History(ctx, profile)
	if err != nil {
		return Why{}, fmt.Errorf("tagging: why %q of %q: %w", tag, profile, err)
	}
	w := Why{Tag: tag}
	for i := len(turns) - 1; i >= 0 && w.Last == nil; i-- {
		if turns[i].Tag == tag && turns[i].Origin == "" {
			w.Last = &turns[i]
		}
	}
	t, at := &b.plan.tags[k], rule.At(now)
	row := find(rows[0], tag)
	if row == nil {
		return w, nil
	}
	w.On, w.Since, w.Look, w.Off = row.On, row.Since.Time(), row.Due.Time(), row.Off.Time()
	for _, s := range b.plan.unit(nil, &b.plan.units[t.unit], rows[0], at) {
		if s.row == row {
			w.On, w.Since = s.on, s.since.Time()
		}
	}
	for i := range row.Marks {
		w.Grounds = append(w.Grounds, t.ground(&row.Marks[i], w.On, at))
	}
	return w, nil
}

func (t *tag) ground(m *Mark, on bool, at rule.Instant) Ground {
	g := Ground{
		Source: m.Source, Confidence: m.Confidence, At: m.At.Time(), From: m.From.Time(), Until: m.Until.Time(), Via: m.Via,
		Cause: m.Cause, Version: m.Version, Count: m.Count, Of: m.Of, Waits: t.waits(m, at),
	}
	if m.Version == t.version {
		g.Rule = t.words()
	}
	if g.Waits == "" && !on {
		g.Waits = ByGroup
	}
	return g
}

// words is what a definition demands: `spent >= 1000`, `message_opened where event.channel == "sms"`, `most
// product_viewed with category shoes within 90d`.
func (d *Def) words() string {
	var s strings.Builder
	where := func() {
		if d.When != "" {
			s.WriteString(" where " + d.When)
		}
	}
	switch h := d.Habit; {
	case h != nil:
		if d.Exclusive {
			s.WriteString("most ")
		}
		s.WriteString(h.Event)
		if h.Prop != "" {
			s.WriteString(" with " + h.Prop + " " + strings.Join(h.Values, " or "))
		}
		if h.Hours != "" {
			s.WriteString(" at " + h.Hours)
		}
		if h.Window > 0 {
			s.WriteString(" within " + h.Window.String())
		}
		where()
	case d.On != "":
		s.WriteString(d.On)
		where()
	default:
		s.WriteString(d.When)
	}
	return s.String()
}

// A Tally is what counts for the habit of a tag.
type Tally struct {
	Tag    string    `json:"tag"`
	Count  int       `json:"count"`           // events of the habit
	Of     int       `json:"of"`              // of how many that count
	Latest time.Time `json:"latest,omitzero"` // of the events of the habit
	Wins   bool      `json:"wins,omitempty"`  // the tag is on by it, unless a stronger source has its place
}

// Tally counts a habit at now, with the habits that compete with it, in the order of their definitions. The facts hold
// the history that the tag needs. A tag that is not defined, or has no habit, is a marque.ErrNotFound.
func (p *Plan) Tally(tag string, f *rule.Facts, now time.Time) ([]Tally, error) {
	k, ok := p.byName[tag]
	if !ok || p.tags[k].habit == nil {
		return nil, fmt.Errorf("tagging: habit %q: %w", tag, marque.ErrNotFound)
	}
	c := p.count(&p.units[p.tags[k].unit], f, now)
	tallies := make([]tally, len(c.in))
	c.enter(tallies, rule.At(now))
	winner := c.winner(tallies)
	list := make([]Tally, len(c.in))
	for j, i := range c.in {
		t := tallies[j]
		list[j] = Tally{Tag: p.tags[i].Name, Count: t.count, Of: t.of, Latest: t.last.Time(), Wins: i == winner}
	}
	return list, nil
}
