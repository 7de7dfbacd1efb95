package step

import (
	"maps"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// Planned gives the round of a schedule or a date that begins first after now, and false for a journey that is entered
// otherwise.
func Planned(p *plan.Plan, now time.Time) (record.State, bool) {
	o := p.Entry.Occasion
	if o == nil {
		return record.State{}, false
	}
	r := record.Round{At: o.First(now), From: now}
	return record.State{
		ID: round(p), Journey: p.Def().Name, Plan: p.Version(), Entered: now, Since: now, Due: o.Begins(r.At),
		Priority: p.Def().Priority, Round: &r, Version: 1,
	}, true
}

// Ahead is a planned round moved on to the first occurrence that is still to come by the clock of the journey's zone: what
// people call the next one, where everybody has a clock of their own.
func Ahead(p *plan.Plan, s record.State, now time.Time) record.State {
	o := p.Entry.Occasion
	if o.Zone != nil || s.Round.At.IsZero() {
		return s
	}
	_, east := now.In(p.Zone).Zone()
	wall, r := now.UTC().Add(time.Duration(east)*time.Second), *s.Round
	if o.Dated() {
		h, m, sec := o.Date.At.HMS()
		wall = wall.Add(-time.Duration(h*3600+m*60+sec) * time.Second)
	}
	for !r.At.IsZero() && !r.At.After(wall) {
		r.At = o.Next(r.At)
	}
	s.Round = &r
	return s
}

// round is the id of the round of a schedule or a date. A changed one has another.
func round(p *plan.Plan) string { return marque.Key("round", p.Def().Name, p.Entry.Occasion.Key) }

// Signal is what an event without a person makes of the round of its signal, the zero State where there was none
// yet; false where it changes nothing, because it was seen before or is late.
func Signal(p *plan.Plan, s record.State, e marque.Event, now time.Time) (record.State, bool) {
	x := p.Def().Entry.Signal
	if x == nil || e.Profile != "" || e.Name != x.Open && e.Name != x.Close {
		return s, false
	}
	e.Props = maps.Clone(e.Props)
	r := record.Round{At: e.At, Event: &e, Over: e.Name == x.Close}
	if s.ID == "" {
		s = record.State{
			ID: SignalID(p, e), Journey: p.Def().Name, Signal: sameOf(&p.Entry, e), Entered: now, Since: now, Round: &record.Round{Over: true, Done: true},
		}
	} else if last := s.Round.Event; last.ID == e.ID || e.At.Before(last.At) {
		return s, false
	}
	s.Due = now
	if r.Over && s.Round.Over { // closed before: only when is news
		if r.After, r.Done = s.Round.After, s.Round.Done; r.Done {
			s.Due = now.Add(time.Duration(plan.Lateness))
		}
	}
	s.Plan, s.Priority, s.Round = p.Version(), p.Def().Priority, &r
	s.Version++
	return s, true
}

// SignalID is the id of the round of an event's signal.
func SignalID(p *plan.Plan, e marque.Event) string {
	return marque.Key("signal", p.Def().Name, sameOf(&p.Entry, e))
}

// sameOf is the value that tells which opening an event belongs to.
func sameOf(e *plan.Entry, x marque.Event) string {
	if e.Same == "" {
		return ""
	}
	v, _ := rule.Of(x.Props[e.Same])
	return text(v)
}

// Current is a round as of now: of occurrences that are over everywhere, the last. It is false for one that the journey
// does not have any more.
func Current(p *plan.Plan, s record.State, now time.Time) (record.State, bool) {
	r := *s.Round
	if r.Event != nil {
		x := p.Def().Entry.Signal
		return s, x != nil && sameOf(&p.Entry, *r.Event) == s.Signal && !r.Done
	}
	o := p.Entry.Occasion
	if o == nil || s.ID != round(p) {
		return s, false
	}
	if r.After == "" {
		r.At = o.Latest(r.At, now)
	}
	s.Plan, s.Priority, s.Due, s.Round = p.Version(), p.Def().Priority, o.Begins(r.At), &r
	return s, true
}

// Turned is a round after a page: behind the last that was looked at, or, where there are no more, as it waits for the
// next occurrence.
func Turned(p *plan.Plan, s record.State, last string, more bool, now time.Time) record.State {
	r := *s.Round
	s.Round, r.After = &r, last
	s.Version++
	switch {
	case more:
	case r.Event != nil:
		r.After, r.Done = "", true
		if s.Due = (time.Time{}); r.Over || p.Def().Entry.Signal.Close == "" { // known a while longer, for what comes late
			s.Due = now.Add(time.Duration(plan.Lateness))
		}
	default:
		r.After = ""
		r.At = p.Entry.Occasion.Next(r.At)
		s.Due = p.Entry.Occasion.Begins(r.At)
	}
	return s
}

// Slice is the segment that a round is about, "" for everybody.
func Slice(p *plan.Plan) string {
	if x := p.Def().Entry.Schedule; x != nil {
		return x.Segment
	}
	return ""
}

// Belongs reports whether an enrollment came by the signal of the round.
func Belongs(p *plan.Plan, r *record.Round, s record.State) bool {
	return s.Round == nil && s.Signal == sameOf(&p.Entry, *r.Event)
}
