package funnel

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// ClickHouse is the name of the semantics of ClickHouse's windowFunnel in its default mode.
const ClickHouse = "ClickHouse"

// Def is the definition of a funnel.
type Def struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Steps in their order, at most 32.
	Steps []Step `json:"steps"`
	// Window is the longest time from the first step to the last, inclusive as ClickHouse has it. Default no
	// limit.
	Window marque.Duration `json:"window,omitempty"`
	// Semantics names what exactly is counted. Default ClickHouse.
	Semantics string `json:"semantics,omitempty"`
	// By breaks the result down by a property of the event that filled the first step. Default no breakdown.
	By string `json:"by,omitempty"`
}

// A Step is filled by an event of a name, where its rule is true.
type Step struct {
	Name  string `json:"name,omitempty"` // Default Event.
	Event string `json:"event"`
	When  string `json:"when,omitempty"` // a rule in the scope of the event. Default always.
}

func (s Step) name() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Event
}

const maxSteps = 32

// Validate lists every fault that shows without a schema.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "name is empty")
	}
	if len(d.Steps) == 0 || len(d.Steps) > maxSteps {
		f.Add("steps", "%d steps: want 1 to %d", len(d.Steps), maxSteps)
	}
	for i, s := range d.Steps {
		if s.Event == "" {
			f.Add(fmt.Sprintf("steps[%d].event", i), "event is empty")
		}
	}
	if d.Window < 0 {
		f.Add("window", "%s is below zero", d.Window)
	}
	if d.Semantics != "" && d.Semantics != ClickHouse {
		f.Add("semantics", "no semantics %q%s", d.Semantics, rule.Hint(d.Semantics, []string{ClickHouse}))
	}
	return f.Err()
}

// Events lists the names of the events that the funnel reads, each once, in the order of the steps.
func (d Def) Events() []string {
	var names []string
	seen := map[string]bool{}
	for _, s := range d.Steps {
		if !seen[s.Event] {
			names = append(names, s.Event)
			seen[s.Event] = true
		}
	}
	return names
}

// Refs lists the uses of events with their places.
func (d Def) Refs() []marque.Ref {
	refs := make([]marque.Ref, len(d.Steps))
	for i, s := range d.Steps {
		refs[i] = marque.Ref{Kind: "event", Name: s.Event, Path: fmt.Sprintf("steps[%d].event", i)}
	}
	return refs
}
