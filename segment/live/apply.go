package live

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Apply takes one event of a person: what is due before its arrival is done first, then the event is added to the
// person's history, in its place by At, and the segments that read it are looked at. A person who was not known is
// added. An event that no segment reads changes nothing but the instant; one that the schema does not declare is no
// error.
//
// An event without Received arrives at its At, and none before the instant that the set has reached. An At later than
// the arrival is set to it. Ids are not remembered: an event that comes twice counts twice, unless the host's log
// keeps it out.
func (s *Set) Apply(e marque.Event) ([]Change, error) {
	arrived := max(rule.At(e.Arrived()), s.now)
	c, ok := s.events[e.Name]
	if !ok {
		return s.pass(arrived), nil
	}
	if e.Profile == "" {
		return nil, fmt.Errorf("live: apply %s: %w", e.Name, &marque.FieldError{Path: "profile", Err: errors.New("is empty")})
	}
	s.begin(arrived)
	row, known := s.row(e.Profile)
	s.people.AddHit(row, c.slot, s.hit(e, arrived))
	if !known {
		c = s.every
	}
	s.look(row, c, arrived, e.ID)
	return s.end(), nil
}

// hit is an event as the table keeps it.
func (s *Set) hit(e marque.Event, arrived rule.Instant) rule.Hit {
	at := rule.At(e.At)
	if e.At.IsZero() || at > arrived {
		at = arrived
	}
	return rule.Hit{At: at, Props: s.people.Lexicon().Row("event/"+e.Name, e.Props)}
}

// SetAttr sets an attribute of a person, who is added if not known. A value that does not fit the attribute's type is
// an error, and a missing one (nil) makes it missing.
func (s *Set) SetAttr(at time.Time, profile, attr string, value any) ([]Change, error) {
	lex := s.people.Lexicon()
	slot, ok := lex.Attr(attr)
	if !ok {
		return nil, s.unknown("attribute", attr)
	}
	field := lex.Schema().Attributes[slot]
	v, ok := rule.Of(value)
	if ok {
		v, ok = v.As(field.Type)
	}
	if !ok {
		return nil, fmt.Errorf("live: set %s of %s: %T does not fit, want %v", attr, profile, value, field.Type)
	}
	return s.set(at, profile, s.attrs[slot], func(row int) { s.people.SetAttr(row, slot, v) })
}

// SetTag puts a tag on a person, until an instant where that is not zero, or takes it off.
func (s *Set) SetTag(at time.Time, profile, tag string, on bool, until time.Time) ([]Change, error) {
	slot, ok := s.people.Lexicon().Tag(tag)
	if !ok {
		return nil, s.unknown("tag", tag)
	}
	return s.set(at, profile, s.tags[slot], func(row int) {
		s.people.SetTag(row, rule.Mark{Slot: slot, From: s.now, Until: rule.At(until)}, on)
	})
}

// SetScore sets a score of a person as a function of time.
func (s *Set) SetScore(at time.Time, profile, score string, c rule.Curve) ([]Change, error) {
	slot, ok := s.people.Lexicon().Score(score)
	if !ok {
		return nil, s.unknown("score", score)
	}
	return s.set(at, profile, s.scores[slot], func(row int) { s.people.SetScore(row, slot, c) })
}

// Put sets everything that is known of a person at once. The history is what the facts say; events that no segment
// reads are left out, and so are the marks of segments.
func (s *Set) Put(at time.Time, f *rule.Facts) ([]Change, error) {
	return s.set(at, f.Profile, s.every, func(row int) {
		own := *f
		own.Segments = nil
		own.Events = make([][]rule.Hit, len(f.Events))
		for _, c := range s.events {
			if c.slot < len(f.Events) {
				own.Events[c.slot] = f.Events[c.slot]
			}
		}
		s.people.Put(&own)
		for i := range s.all {
			if o := &s.all[i]; o.has(row) {
				s.people.SetSegment(row, rule.Mark{Slot: o.slot}, true)
			}
		}
	})
}

// Remove erases a person: all that is known, and all memberships, without a word. It reports whether there was one.
func (s *Set) Remove(profile string) bool {
	row, ok := s.people.Row(profile)
	if !ok {
		return false
	}
	for i := range s.all {
		s.all[i].set(row, false)
	}
	s.people.Remove(row)
	if row < len(s.due) {
		s.due[row] = rule.Never
	}
	return true
}

func (s *Set) set(at time.Time, profile string, c *course, change func(row int)) ([]Change, error) {
	if profile == "" {
		return nil, fmt.Errorf("live: %w", &marque.FieldError{Path: "profile", Err: errors.New("is empty")})
	}
	now := max(rule.At(at), s.now)
	s.begin(now)
	row, known := s.row(profile)
	change(row)
	if !known {
		c = s.every
	}
	s.look(row, c, now, "")
	return s.end(), nil
}

func (s *Set) unknown(what, name string) error {
	var names []string
	schema := s.people.Lexicon().Schema()
	switch what {
	case "attribute":
		for _, a := range schema.Attributes {
			names = append(names, a.Name)
		}
	case "tag":
		names = schema.Tags
	case "score":
		names = schema.Scores
	}
	return fmt.Errorf("live: no %s %q%s: %w", what, name, rule.Hint(name, names), marque.ErrNotFound)
}

// row gives the row of a profile, a new one if it is not known.
func (s *Set) row(profile string) (row int, known bool) {
	if row, known = s.people.Row(profile); !known {
		row = s.people.Add(profile)
	}
	for row >= len(s.due) {
		s.due = append(s.due, rule.Never)
	}
	return row, known
}

// begin starts to collect changes, with what is due up to now.
func (s *Set) begin(now rule.Instant) {
	s.out = nil
	s.advance(now)
}

func (s *Set) end() []Change {
	out := s.out
	s.out = nil
	return out
}

// look evaluates the segments of a course for a row, in order, so that each sees what those before it became.
func (s *Set) look(row int, c *course, at rule.Instant, cause string) {
	if len(c.segs) == 0 {
		return
	}
	now := at.Time()
	s.people.Facts(row, c.need, s.facts)
	until := rule.Instant(math.MaxInt64)
	for _, i := range c.segs {
		o := &s.all[i]
		v := o.rule.Test(rule.Input{Now: now, Facts: s.facts})
		if !v.Until.IsZero() {
			until = min(until, max(rule.At(v.Until), at+1))
		}
		if in := v.Truth == rule.True; in != o.has(row) {
			s.turn(row, o, in)
			s.out = append(s.out, Change{s.people.Profile(row), o.name, in, now, cause})
		}
	}
	s.wake(row, until)
}

// turn moves a row into or out of a segment.
func (s *Set) turn(row int, o *one, in bool) {
	m := rule.Mark{Slot: o.slot}
	o.set(row, in)
	s.people.SetSegment(row, m, in)
	s.facts.Segments = rule.Put(s.facts.Segments, m, in)
}
