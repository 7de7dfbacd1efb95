package journeytest

import (
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

// A World is what journeys need to run without their application: definitions, a schema, people, and how channels and
// doers answer. It is data; a Stage runs it, as often as one likes. Its functions are called by several goroutines at
// once, and must be pure: what they answer may depend on the message or command alone, whose At is the instant of the
// attempt ("down from nine to ten"). The journeys of a loop.Program are World{Defs: p.Journeys, Schema: p.Schema(), Compile:
// &journey.CompileOptions{Messages: p.Messages}}; what its tags, scores and segments would do by themselves is not here.
type World struct {
	Defs []journey.Def
	// Schema declares what rules read. The events that journeys say are added to it, and the variables of Defs.
	Schema rule.Schema
	// Rules makes the compiler of rules; rule/lang has one: lang.New(lex, nil). Default none, where there are no rules.
	Rules   func(lex *rule.Lexicon) rule.Compiler
	Compile *journey.CompileOptions
	Runner  *journey.Options
	// People are those who are known from the beginning; whoever else comes is as Anybody.
	People  map[string]Person
	Anybody Person
	// Channels answer messages that were not delivered before. Default sent, whatever the channel's name.
	Channels map[string]func(m journey.Message) (journey.Receipt, error)
	// Doers answer commands by what they Do. Default done; a coupon is issued. Tags, scores and attributes take effect in
	// the world where the answer is done; the same key does not act twice.
	Doers map[string]func(c journey.Command) (journey.Outcome, error)
	// Arms deals experiments. Default nobody is in any.
	Arms func(experiment, profile string) string
	// Winner says which arm of an experiment has won by then, "" for none yet. Default none ever does.
	Winner func(experiment string, now time.Time) string
}

// A Person is what is known of somebody.
type Person struct {
	Zone     string
	Attrs    map[string]any
	Tags     []string
	Segments []string
	Scores   map[string]float64
	Consents []rule.Consent
}

// Willing is somebody who consents to everything.
var Willing = Person{Consents: []rule.Consent{{OK: true, At: 1}}}

// A cast is a world compiled, with every list of definitions that a script swaps in.
type cast struct {
	world *World
	sets  []*journey.Set // that of the world, then those of the swaps in their order
}

func (w *World) cast(s Script) (*cast, error) {
	c := &cast{world: w}
	lists := [][]journey.Def{w.Defs}
	for _, a := range s.Acts {
		if a.Swap != nil {
			lists = append(lists, a.Swap)
		}
	}
	for i, defs := range lists {
		set, err := w.compile(defs)
		if err != nil {
			return nil, fmt.Errorf("journeytest: definitions %d: %w", i, err)
		}
		c.sets = append(c.sets, set)
	}
	return c, w.check(s, lists)
}

// check lists what a script names that is not there: such an act does nothing, and a proof of it proves nothing.
func (w *World) check(s Script, lists [][]journey.Def) error {
	var f marque.Faults
	events, sends, channels := journey.Says(), map[string]bool{}, map[string]bool{}
	events = append(slices.Clone(w.Schema.Events), events...)
	for _, d := range slices.Concat(lists...) {
		for _, n := range d.Nodes {
			if n.Send == nil {
				continue
			}
			sends[n.ID] = true
			for _, ch := range n.Send.Channels {
				channels[ch] = true
			}
		}
	}
	for i, a := range s.Acts {
		at := fmt.Sprintf("acts[%d]", i)
		if a.Event != "" && !slices.ContainsFunc(events, func(e rule.EventType) bool { return e.Name == a.Event }) {
			f.Add(at+".event", "the schema has no event %q", a.Event)
		}
		if a.Of != "" && !sends[a.Of] {
			f.Add(at+".of", "no journey has a send node %q", a.Of)
		}
		if a.Channel != "" && !channels[a.Channel] {
			f.Add(at+".channel", "no journey sends by %q", a.Channel)
		}
	}
	if err := f.Err(); err != nil {
		return fmt.Errorf("journeytest: script: %w", err)
	}
	return nil
}

func (w *World) compile(defs []journey.Def) (*journey.Set, error) {
	schema := w.Schema
	schema.Events = slices.Clone(schema.Events)
	for _, e := range journey.Says() {
		if !slices.ContainsFunc(schema.Events, func(x rule.EventType) bool { return x.Name == e.Name }) {
			schema.Events = append(schema.Events, e)
		}
	}
	schema.Scopes = slices.DeleteFunc(slices.Clone(schema.Scopes), func(x rule.Scope) bool { return x.Name == "vars" })
	schema.Scopes = append(schema.Scopes, journey.Scopes(defs, schema.Events...)...)
	lex, err := schema.Compile()
	if err != nil {
		return nil, err
	}
	var rules rule.Compiler
	if w.Rules != nil {
		rules = w.Rules(lex)
	}
	return journey.Compile(defs, lex, rules, w.Compile)
}
