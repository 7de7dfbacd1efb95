package build

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// An Entry says who enters and when. Its methods change it and return it.
type Entry struct{ def graph.Entry }

// OnEvent enters a person on an event of that name.
func OnEvent(name string) *Entry { return &Entry{graph.Entry{Event: name}} }

// OnSegment enters a person who enters the segment.
func OnSegment(name string) *Entry { return &Entry{graph.Entry{Segment: name}} }

// OnLeft enters a person who leaves the segment.
func OnLeft(name string) *Entry { return &Entry{graph.Entry{Left: name}} }

// OnDid enters a person who did one event and then, for that time, not the other.
func OnDid(event, not string, within marque.Duration) *Entry {
	return &Entry{graph.Entry{Did: event, Not: not, Within: within}}
}

// OnSchedule enters many people at the times of a cron line.
func OnSchedule(s graph.Schedule) *Entry { return &Entry{graph.Entry{Schedule: &s}} }

// OnDate enters each person on, before or after a date of theirs.
func OnDate(d graph.Date) *Entry { return &Entry{graph.Entry{Date: &d}} }

// OnSignal enters the people of a slice when something is raised about it, until it is over.
func OnSignal(s graph.Signal) *Entry { return &Entry{graph.Entry{Signal: &s}} }

// OnCall: nobody enters by himself.
func OnCall() *Entry { return &Entry{graph.Entry{Call: true}} }

// When is a rule over the person and the event at hand.
func (e *Entry) When(rule string) *Entry { e.def.When = rule; return e }

// Keep adds properties of the event that become variables.
func (e *Entry) Keep(props ...string) *Entry { e.def.Keep = append(e.def.Keep, props...); return e }

// Once: for good.
func (e *Entry) Once() *Entry { e.def.Reentry = "once"; return e }

// OneAtATime: not while the person is in.
func (e *Entry) OneAtATime() *Entry { e.def.Reentry = "active"; return e }

// Every: each time.
func (e *Entry) Every() *Entry { e.def.Reentry = "every"; return e }

// Again: not until the window after the last entry is over.
func (e *Entry) Again(window marque.Duration) *Entry {
	e.def.Reentry, e.def.Window = "window", window
	return e
}

// Key is an expression; the re-entry rule holds for each value of it by itself: "event.order".
func (e *Entry) Key(expr string) *Entry { e.def.Key = expr; return e }

// Limit adds bounds on how many people enter, all together.
func (e *Entry) Limit(quotas ...graph.Quota) *Entry {
	e.def.Limit = append(e.def.Limit, quotas...)
	return e
}

// Holdout keeps a share of people out, the same wherever the same hold-out is named.
func (e *Entry) Holdout(name string, share graph.Share) *Entry {
	e.def.Holdout = &graph.Holdout{Name: name, Share: share}
	return e
}
