package pipeline

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// Def is the definition of a pipeline.
type Def struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Stages in their order, at most 31.
	Stages []Stage `json:"stages"`
	// Lost are events by which a person leaves from any stage.
	Lost []Trigger `json:"lost,omitempty"`
	// Period is "day", "week" (from Monday) or "month". Default day.
	Period string `json:"period,omitempty"`
	// Zone is the IANA zone whose calendar the periods follow. Default UTC.
	Zone string `json:"zone,omitempty"`
}

// A Stage is entered by any of its triggers. An event that enters several stages takes the next one after where
// the person is.
type Stage struct {
	Name  string    `json:"name"`
	Enter []Trigger `json:"enter"`
	// Back lets who is in a later stage come back by entering this one. Default false: such an event is nothing.
	Back bool `json:"back,omitempty"`
	// Lost are events by which a person leaves from this stage. An event that enters a stage is not also a loss.
	Lost []Trigger `json:"lost,omitempty"`
	// Limit is how long a person may stay before being lost. Default for good.
	Limit marque.Duration `json:"limit,omitempty"`
}

// A Trigger is an event of a name, where its rule is true.
type Trigger struct {
	Event string `json:"event"`
	When  string `json:"when,omitempty"` // a rule in the scope of the event. Default always.
}

const maxStages = 31

var units = map[string]civil.Unit{"": civil.Day, "day": civil.Day, "week": civil.Week, "month": civil.Month}

// Validate lists every fault that shows without a schema and without the zone data.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "name is empty")
	}
	if len(d.Stages) == 0 || len(d.Stages) > maxStages {
		f.Add("stages", "%d stages: want 1 to %d", len(d.Stages), maxStages)
	}
	seen := map[string]int{}
	for i, s := range d.Stages {
		path := fmt.Sprintf("stages[%d]", i)
		if s.Name == "" {
			f.Add(path+".name", "name is empty")
		} else if j, ok := seen[s.Name]; ok {
			f.Add(path+".name", "%q is already the name of stages[%d]", s.Name, j)
		} else {
			seen[s.Name] = i
		}
		if len(s.Enter) == 0 {
			f.Add(path+".enter", "want at least one event")
		}
		if s.Limit < 0 {
			f.Add(path+".limit", "%s is below zero", s.Limit)
		}
	}
	if _, ok := units[d.Period]; !ok {
		f.Add("period", "%q: want day, week or month%s", d.Period, rule.Hint(d.Period, []string{"day", "week", "month"}))
	}
	for path, t := range d.triggers {
		if t.Event == "" {
			f.Add(path+".event", "event is empty")
		}
	}
	return f.Err()
}

// triggers yields every trigger with its place.
func (d Def) triggers(yield func(path string, t Trigger) bool) {
	for i, s := range d.Stages {
		for j, t := range s.Enter {
			if !yield(fmt.Sprintf("stages[%d].enter[%d]", i, j), t) {
				return
			}
		}
		for j, t := range s.Lost {
			if !yield(fmt.Sprintf("stages[%d].lost[%d]", i, j), t) {
				return
			}
		}
	}
	for j, t := range d.Lost {
		if !yield(fmt.Sprintf("lost[%d]", j), t) {
			return
		}
	}
}

// Events lists the names of the events that the pipeline reads, each once.
func (d Def) Events() []string {
	var names []string
	seen := map[string]bool{}
	for _, t := range d.triggers {
		if !seen[t.Event] {
			names = append(names, t.Event)
			seen[t.Event] = true
		}
	}
	return names
}

// Refs lists the uses of events with their places.
func (d Def) Refs() []marque.Ref {
	var refs []marque.Ref
	for path, t := range d.triggers {
		refs = append(refs, marque.Ref{Kind: "event", Name: t.Event, Path: path + ".event"})
	}
	return refs
}
