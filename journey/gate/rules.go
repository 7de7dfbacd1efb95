package gate

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// Rules are a compiled policy. They are immutable.
type Rules struct {
	def      graph.Policy
	lex      *rule.Lexicon
	suppress []*rule.Rule // by Policy.Suppress
	reach    []int        // by Policy.Reach: the slot of the event
	sent     int          // the slot of message.sent, -1 where it is not declared
	exposed  int          // the slot of experiment.exposed
	refs     []marque.Ref
}

// Compile checks a policy and lists every fault with its path: "suppress[0].when". Events that the lexicon does not
// declare are faults; channels are only listed (Refs).
func Compile(p graph.Policy, lex *rule.Lexicon, rules rule.Compiler) (*Rules, error) {
	r := &Rules{def: p, lex: lex, sent: slot(lex, "message.sent"), exposed: slot(lex, "experiment.exposed")}
	var f marque.Faults
	f.Wrap("", p.Validate())
	event := func(path, name string) int {
		if name == "" {
			return -1 // a fault of Validate
		}
		r.refs = append(r.refs, marque.Ref{Kind: "event", Name: name, Path: path})
		at := slot(lex, name)
		if at < 0 {
			f.Add(path, "no event %q%s", name, rule.Hint(name, lex.EventNames()))
		}
		return at
	}
	for i, x := range p.Suppress {
		path := fmt.Sprintf("suppress[%d]", i)
		r.channels(path+".channels", x.Channels)
		var when *rule.Rule
		if x.When != "" && rules == nil {
			f.Add(path+".when", "there is no compiler for rules")
		} else if x.When != "" {
			var err error
			when, err = rules.Compile(x.When, "")
			f.Wrap(path+".when", err)
		}
		r.suppress = append(r.suppress, when)
	}
	for i, x := range p.Reach {
		path := fmt.Sprintf("reach[%d]", i)
		r.channel(path+".channel", x.Channel)
		r.reach = append(r.reach, event(path+".event", x.Event))
	}
	for i, c := range p.Caps {
		r.channel(fmt.Sprintf("caps[%d].channel", i), c.Channel)
		for j, e := range c.Events {
			event(fmt.Sprintf("caps[%d].events[%d]", i, j), e)
		}
	}
	if p.Quiet != nil {
		r.channels("quiet.channels", p.Quiet.Channels)
	}
	for i, x := range p.Rates {
		r.channel(fmt.Sprintf("rates[%d].channel", i), x.Channel)
	}
	for i, x := range p.OptOut {
		r.channels(fmt.Sprintf("opt_out[%d].channels", i), x.Channels)
	}
	for i, x := range p.Nuisance {
		path := fmt.Sprintf("nuisance[%d]", i)
		for j, e := range x.Events {
			event(fmt.Sprintf("%s.events[%d]", path, j), e)
		}
		r.channels(path+".channels", x.Channels)
		if r.sent < 0 {
			f.Add(path, "the schema does not declare message.sent")
		}
	}
	return r, f.Err()
}

func slot(lex *rule.Lexicon, event string) int {
	if at, ok := lex.Event(event); ok {
		return at
	}
	return -1
}

func (r *Rules) channel(path, name string) {
	if name != "" {
		r.refs = append(r.refs, marque.Ref{Kind: "channel", Name: name, Path: path})
	}
}

func (r *Rules) channels(path string, names []string) {
	for i, name := range names {
		r.channel(fmt.Sprintf("%s[%d]", path, i), name)
	}
}

// Policy is what the rules were compiled from. Do not change it.
func (r *Rules) Policy() *graph.Policy { return &r.def }

// Refs lists the channels and events that the policy names.
func (r *Rules) Refs() []marque.Ref { return r.refs }

// Need is what the gate reads of a person for a message that may go out on those channels.
func (r *Rules) Need(channels []string) rule.Need {
	need := rule.Need{IDs: true, Consents: true}
	for i, x := range r.def.Suppress {
		if len(x.Channels) == 0 || slices.ContainsFunc(x.Channels, func(c string) bool { return slices.Contains(channels, c) }) {
			need = need.Union(r.suppress[i].Need())
		}
	}
	for i, x := range r.def.Reach {
		if slices.Contains(channels, x.Channel) {
			need = need.Union(rule.Need{Events: []rule.EventNeed{{Slot: r.reach[i], Window: x.Within}}})
		}
	}
	return need
}

// among reports whether a list of names, which when empty means all, has the name.
func among(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
