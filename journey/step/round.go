package step

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Round is how far a journey has come in entering many people: those of a schedule's instant, of a date, of a
// signal. It is kept as a State with no Profile.
type Round struct {
	// At is what it is for: an instant; the time on the wall as if it were UTC, where each person's clock holds; of a
	// date the day, at midnight UTC; of a signal when it was raised or was over.
	At time.Time `json:"at"`
	// From is when it was planned: nobody enters by it whose instant is not later.
	From time.Time `json:"from,omitzero"`
	// After is the last person, in closing the last enrollment, that was looked at.
	After string `json:"after,omitempty"`
	// Event is the signal: the last opening or closing. Over: it was a closing. Done: everybody was looked at.
	Event *marque.Event `json:"event,omitempty"`
	Over  bool          `json:"over,omitempty"`
	Done  bool          `json:"done,omitempty"`
}

// Planned gives the round of a schedule or a date that begins first after now, and false for a journey that is entered
// otherwise.
func (p *Plan) Planned(now time.Time) (State, bool) {
	o := p.entry.occasion
	if o == nil {
		return State{}, false
	}
	r := Round{At: o.First(now), From: now}
	return State{
		ID: p.round(), Journey: p.def.Name, Plan: p.id, Entered: now, Since: now, Due: o.Begins(r.At),
		Priority: p.def.Priority, Round: &r, Version: 1,
	}, true
}

// round is the id of the round of a schedule or a date. A changed one has another.
func (p *Plan) round() string { return marque.Key("round", p.def.Name, p.entry.occasion.id) }

// Signal is what an event without a person makes of the round of its signal, the zero State where there was none
// yet; false where it changes nothing, because it was seen before or is late.
func (p *Plan) Signal(s State, e marque.Event, now time.Time) (State, bool) {
	x := p.def.Entry.Signal
	if x == nil || e.Profile != "" || e.Name != x.Open && e.Name != x.Close {
		return s, false
	}
	r := Round{At: e.At, Event: &e, Over: e.Name == x.Close}
	if s.ID == "" {
		s = State{
			ID: p.SignalID(e), Journey: p.def.Name, Signal: p.entry.sameOf(e), Entered: now, Since: now, Round: &Round{Over: true, Done: true},
		}
	} else if last := s.Round.Event; last.ID == e.ID || e.At.Before(last.At) {
		return s, false
	}
	s.Due = now
	if r.Over && s.Round.Over { // closed before: only when is news
		if r.After, r.Done = s.Round.After, s.Round.Done; r.Done {
			s.Due = now.Add(time.Duration(lateness))
		}
	}
	s.Plan, s.Priority, s.Round = p.id, p.def.Priority, &r
	s.Version++
	return s, true
}

// SignalID is the id of the round of an event's signal.
func (p *Plan) SignalID(e marque.Event) string {
	return marque.Key("signal", p.def.Name, p.entry.sameOf(e))
}

// sameOf is the value that tells which opening an event belongs to.
func (e *entry) sameOf(x marque.Event) string {
	if e.same == "" {
		return ""
	}
	v, _ := rule.Of(x.Props[e.same])
	return text(v)
}

// Current is a round as of now: of occurrences that are over everywhere, the last. It is false for one that the journey
// does not have any more.
func (p *Plan) Current(s State, now time.Time) (State, bool) {
	r := *s.Round
	if r.Event != nil {
		x := p.def.Entry.Signal
		return s, x != nil && p.entry.sameOf(*r.Event) == s.Signal && !r.Done
	}
	o := p.entry.occasion
	if o == nil || s.ID != p.round() {
		return s, false
	}
	if r.After == "" {
		r.At = o.Latest(r.At, now)
	}
	s.Plan, s.Priority, s.Due, s.Round = p.id, p.def.Priority, o.Begins(r.At), &r
	return s, true
}

// Turned is a round after a page: behind the last that was looked at, or, where there are no more, as it waits for the
// next occurrence.
func (p *Plan) Turned(s State, last string, more bool, now time.Time) State {
	r := *s.Round
	s.Round, r.After = &r, last
	s.Version++
	switch {
	case more:
	case r.Event != nil:
		r.After, r.Done = "", true
		if s.Due = (time.Time{}); r.Over || p.def.Entry.Signal.Close == "" { // known a while longer, for what comes late
			s.Due = now.Add(time.Duration(lateness))
		}
	default:
		r.After = ""
		r.At = p.entry.occasion.Next(r.At)
		s.Due = p.entry.occasion.Begins(r.At)
	}
	return s
}

// Slice is the segment that a round is about, "" for everybody.
func (p *Plan) Slice() string {
	if x := p.def.Entry.Schedule; x != nil {
		return x.Segment
	}
	return ""
}

// Belongs reports whether an enrollment came by the signal of the round.
func (r *Round) Belongs(p *Plan, s State) bool {
	return s.Round == nil && s.Signal == p.entry.sameOf(*r.Event)
}
