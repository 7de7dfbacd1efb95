package lab

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// A Run is what came of a trial.
type Run struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Events int       `json:"events"` // that were taken in
	People int       `json:"people"` // who entered some journey
	// Sends are the messages that would have gone out, in the order of At, Profile, Key.
	Sends []Send `json:"sends"`
	// Days has what happened at each node on each day (UTC), Counts the sum of all days.
	Days   []Day           `json:"days"`
	Counts []journey.Count `json:"counts"`
}

// A Send is a message that would have gone out.
type Send struct {
	At       time.Time `json:"at"`
	Profile  string    `json:"profile"`
	Journey  string    `json:"journey"`
	Node     string    `json:"node"`
	Channel  string    `json:"channel"`
	Topic    string    `json:"topic,omitempty"`
	Template string    `json:"template,omitempty"`
	Key      string    `json:"key"`
}

// A Day is what happened on a day.
type Day struct {
	Day    string          `json:"day"` // "2026-03-01", in UTC
	Counts []journey.Count `json:"counts"`
}

// N is how often something happened, as journey.Count names it; an empty journey, node or what stands for any.
func (r *Run) N(name, node, what string) (n int) { return sum(r.Counts, name, node, what) }

func sum(counts []journey.Count, name, node, what string) (n int) {
	for _, c := range counts {
		if (name == "" || c.Journey == name) && (node == "" || c.Node == node) && (what == "" || c.What == what) {
			n += c.N
		}
	}
	return n
}

// Pressure is how hard caps press on a day: of Wanted messages that came to the caps, Capped did not pass.
type Pressure struct {
	Day    string `json:"day"`
	Wanted int    `json:"wanted"`
	Capped int    `json:"capped"`
}

// Pressure is the pressure of the caps, day by day.
func (r *Run) Pressure() []Pressure {
	ps := make([]Pressure, len(r.Days))
	for i, d := range r.Days {
		capped := sum(d.Counts, "", "", "capped")
		ps[i] = Pressure{d.Day, capped + sum(d.Counts, "", "", "sent"), capped}
	}
	return ps
}

func counted(m map[journey.Count]int) []journey.Count {
	cs := make([]journey.Count, 0, len(m))
	for c, n := range m {
		c.N = n
		cs = append(cs, c)
	}
	slices.SortFunc(cs, func(a, b journey.Count) int {
		return cmp.Or(strings.Compare(a.Journey, b.Journey), strings.Compare(a.Node, b.Node), strings.Compare(a.What, b.What))
	})
	return cs
}

func bySend(a, b Send) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Profile, b.Profile), strings.Compare(a.Key, b.Key))
}

func byArrival(a, b marque.Event) int {
	return cmp.Or(a.Arrived().Compare(b.Arrived()), strings.Compare(a.ID, b.ID))
}
