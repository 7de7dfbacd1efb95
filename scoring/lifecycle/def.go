package lifecycle

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Def defines a lifecycle: stages, of which a person is in one, and moves between them.
type Def struct {
	Name   string  `json:"name"`
	Doc    string  `json:"doc,omitempty"`
	Stages []Stage `json:"stages"`
	// Start names the stage of a person of whom nothing is known yet.
	Start string `json:"start"`
	// Moves in order: of those that apply the first one is made.
	Moves []Move `json:"moves,omitempty"`
}

// A Stage is a place in a lifecycle.
type Stage struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// ByHand says that people may come here by Book.Set only, so that it is no fault where no move leads here.
	ByHand bool `json:"by_hand,omitempty"`
}

// A Move leads from one stage to another. It applies where the person is in a stage of From, has been there for After,
// and When is true; with On, at such an event only.
type Move struct {
	// Name tells the move from others, in the history. Empty: the stage it leads to, with "#2" for the second one.
	Name string `json:"name,omitempty"`
	// From lists the stages that it leads away from. Empty, or "*" alone: every stage but To.
	From []string `json:"from,omitempty"`
	To   string   `json:"to"`
	// When is a rule over the person; with On over the person and the event at hand. Empty: always.
	When string `json:"when,omitempty"`
	// On names an event. The move is made when the event arrives, and not because of what happened before. One event
	// makes at most one such move in a lifecycle.
	On string `json:"on,omitempty"`
	// After is how long the stage has to have lasted.
	After marque.Duration `json:"after,omitempty"`
}

// anywhere reports whether the move leads away from every stage.
func (m *Move) anywhere() bool {
	return len(m.From) == 0 || len(m.From) == 1 && m.From[0] == "*"
}

// leaves reports whether the move leads away from a stage.
func (m *Move) leaves(stage string) bool {
	return stage != m.To && (m.anywhere() || slices.Contains(m.From, stage))
}

func (d *Def) moveName(i int) string {
	m := &d.Moves[i]
	if m.Name != "" {
		return m.Name
	}
	n := 1
	for _, o := range d.Moves[:i] {
		if o.Name == "" && o.To == m.To {
			n++
		}
	}
	if n == 1 {
		return m.To
	}
	return fmt.Sprintf("%s#%d", m.To, n)
}

// names lists the stages.
func (d *Def) names() []string {
	names := make([]string, len(d.Stages))
	for i, s := range d.Stages {
		names[i] = s.Name
	}
	return names
}

// Version tells definitions apart that say different things: a text of eight letters and digits that depends on all
// of the definition but the Docs. The history carries it.
func (d Def) Version() string {
	d.Doc, d.Stages = "", slices.Clone(d.Stages)
	for i := range d.Stages {
		d.Stages[i].Doc = ""
	}
	text, err := json.Marshal(d)
	if err != nil { // there is nothing in a definition that JSON does not have
		return ""
	}
	return marque.Key("lifecycle", string(text))[:8]
}

// Validate lists what is wrong with the definition by itself. Compile checks its rules and events, and which stages
// and moves are of no use.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	if len(d.Stages) == 0 {
		f.Add("stages", "is empty")
	}
	stages, all := map[string]int{}, d.names()
	for i, s := range d.Stages {
		path := fmt.Sprintf("stages[%d].name", i)
		if j, twice := stages[s.Name]; twice {
			f.Add(path, "%q is the name of stage %d too", s.Name, j+1)
			continue
		}
		stages[s.Name] = i
		switch s.Name {
		case "":
			f.Add(path, "is empty")
		case "*":
			f.Add(path, `"*" stands for every stage`)
		}
	}
	known := func(path, name string) {
		switch _, ok := stages[name]; {
		case name == "":
			f.Add(path, "is empty")
		case !ok:
			f.Add(path, "no stage %q%s", name, rule.Hint(name, all))
		}
	}
	known("start", d.Start)
	moves := map[string]int{}
	for i := range d.Moves {
		m, path := &d.Moves[i], fmt.Sprintf("moves[%d]", i)
		name := d.moveName(i)
		if j, twice := moves[name]; twice {
			f.Add(path+".name", "%q is the name of move %d too", name, j+1)
		}
		moves[name] = i
		known(path+".to", m.To)
		if m.After < 0 {
			f.Add(path+".after", "%v is negative", m.After)
		}
		if m.anywhere() {
			continue
		}
		for k, from := range m.From {
			at := fmt.Sprintf("%s.from[%d]", path, k)
			switch {
			case from == "*":
				f.Add(at, `"*" stands alone, for every stage`)
			case from == m.To && from != "":
				f.Add(at, "%q is where the move leads to", from)
			case slices.Contains(m.From[:k], from):
				f.Add(at, "%q is named twice", from)
			default:
				known(at, from)
			}
		}
	}
	return f.Err()
}
