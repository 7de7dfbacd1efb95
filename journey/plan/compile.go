package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// Options are what holds for all journeys of a set.
type Options struct {
	// Messages is what holds for all messages. Default nothing but consent.
	Messages graph.Policy
	// Guard refuses texts by an error: of the definitions when they are compiled, of messages when they are made (the
	// outcome is then "failed"). It must be pure. Default it takes all.
	Guard func(text string) error
	// Derived are the definitions of scores. A score says little of what changes it, so a wait for a condition over one
	// hears the events that it counts. Default it hears what scores say.
	Derived []rule.Derivation
}

// Compile checks the definitions, one by one and against each other, and lists every fault. Paths begin with the
// definition's place: "[0].nodes[2].when". Names and rules of a definition that Validate refuses are checked all the same. lex must declare the events that journeys say (Says) and their
// variables (Scopes). The definitions must not be changed afterwards. With an error the set has nothing but its Refs, as
// far as they were read, so that who checks those can report everything at once.
func Compile(defs []graph.Def, lex *rule.Lexicon, rules rule.Compiler, o *Options) (*Set, error) {
	if o == nil {
		o = &Options{}
	}
	if lex == nil {
		return &Set{}, errors.New("journey: compile: there is no lexicon")
	}
	s := &Set{lex: lex, Now: map[string]*Plan{}, Pins: map[string]*Plan{}, ears: map[string]*ear{}, facts: map[string]bool{}, froms: map[string][]string{}, signals: map[string][]*Plan{}, dates: map[string][]*Plan{}, zones: &civil.Zones{}}
	if _, ok := lex.Fields("vars"); ok {
		s.Vars = "vars"
	}
	var f marque.Faults
	var err error
	s.rules, err = gate.Compile(o.Messages, lex, rules)
	f.Wrap("messages", err)
	shares := map[string]graph.Share{}
	for i := range defs {
		d, path := &defs[i], fmt.Sprintf("[%d]", i)
		bad := d.Validate()
		f.Wrap(path, bad)
		for j := range i {
			if defs[j].Name == d.Name && defs[j].Version == d.Version {
				f.Add(path+".name", "%q is the name of [%d] already, with the same version", d.Name, j)
			}
		}
		if h := d.Entry.Holdout; h != nil {
			if share, ok := shares[h.Name]; ok && share != h.Share {
				f.Add(path+".entry.holdout.share", "%s, but hold-out %q is %s in another journey", h.Share, h.Name, share)
			}
			shares[h.Name] = h.Share
		}
		c := compiler{set: s, lex: lex, rules: rules, def: d, at: path, scores: o.Derived}
		p := c.plan(o)
		f.Wrap(path, c.beside(bad))
		s.Versions = append(s.Versions, p)
		s.Pins[d.Name+"\x00"+p.id] = p
		if newest := s.Now[d.Name]; newest == nil || newest.def.Version < d.Version {
			s.Now[d.Name] = p
		}
		s.refs = append(s.refs, c.refs...)
	}
	for i := range s.refs {
		if r := s.refs[i]; r.Kind == "journey" && s.Now[r.Name] == nil {
			f.Add(r.Path, "no journey %q%s", r.Name, rule.Hint(r.Name, s.names()))
		}
	}
	if f.Err() == nil {
		f.Wrap("", graph.CheckMoves(defs))
	}
	if err := f.Err(); err != nil {
		return &Set{refs: s.refs}, err
	}
	s.countCaps(o.Messages.Caps)
	for _, p := range s.Versions {
		p.needs()
		s.hear(p)
	}
	s.sources()
	return s, nil
}

func (s *Set) names() []string {
	names := make([]string, 0, len(s.Versions))
	for _, p := range s.Versions {
		names = append(names, p.def.Name)
	}
	return names
}

// compiler compiles one definition.
type compiler struct {
	set    *Set
	lex    *rule.Lexicon
	rules  rule.Compiler
	def    *graph.Def
	at     string
	guard  func(text string) error
	scores []rule.Derivation
	faults marque.Faults
	refs   []marque.Ref
}

func (c *compiler) ref(kind, name, path string) {
	c.refs = append(c.refs, marque.Ref{Kind: kind, Name: name, Path: c.at + "." + path})
}

func (c *compiler) rule(path, source, scope string) *rule.Rule {
	if source == "" {
		return nil
	}
	if c.rules == nil {
		c.faults.Add(path, "there is no compiler for rules")
		return nil
	}
	r, err := c.rules.Compile(source, scope)
	c.faults.Wrap(path, err)
	return r
}

// event checks the name of an event and gives the scope of rules over it.
func (c *compiler) event(path, name string) string {
	c.ref("event", name, path)
	if _, ok := c.lex.Event(name); !ok {
		c.faults.Add(path, "no event %q%s", name, rule.Hint(name, c.lex.EventNames()))
		return ""
	}
	return "event/" + name
}

func (c *compiler) keep(path string, names []string, scope string) {
	if scope == "" { // the event is not declared, which is a fault of its own
		return
	}
	fields, _ := c.lex.Fields(scope)
	for i, n := range names {
		if !slices.ContainsFunc(fields, func(f rule.Field) bool { return f.Name == n }) {
			c.faults.Add(fmt.Sprintf("%s[%d]", path, i), "the event has no property %q%s", n, rule.Hint(n, fieldNames(fields)))
		}
	}
}

// same checks names that both the event and the journey's variables must have.
func (c *compiler) same(path string, names []string, scope string) {
	c.keep(path, names, scope)
	fields, _ := c.lex.Fields(scope)
	var vars []string
	for _, s := range graph.Scopes([]graph.Def{*c.def}) {
		vars = append(vars, fieldNames(s.Fields)...)
	}
	for i, n := range names {
		missing := scope != "" && !slices.Contains(fieldNames(fields), n) // said already
		if !slices.Contains(vars, n) && !missing {
			c.faults.Add(fmt.Sprintf("%s[%d]", path, i), "the journey keeps no variable %q%s", n, rule.Hint(n, vars))
		}
	}
}

func fieldNames(fs []rule.Field) []string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.Name
	}
	return names
}

func (c *compiler) slot(path, kind, name string, find func(string) (int, bool), all []string) int {
	c.ref(kind, name, path)
	slot, ok := find(name)
	if !ok {
		c.faults.Add(path, "no %s %q%s", kind, name, rule.Hint(name, all))
		return -1
	}
	return slot
}

func (c *compiler) plan(o *Options) *Plan {
	d := c.def
	data, err := json.Marshal(d)
	c.faults.Wrap("", err)
	p := &Plan{def: d, Set: c.set, Ones: "journey/" + d.Name, Entered: map[string]any{"journey": d.Name}, id: strconv.Itoa(d.Version) + "-" + marque.Key(string(data))[:8], ByID: map[string]int{}}
	p.Zone, err = time.LoadLocation(d.Zone)
	c.faults.Wrap("zone", err)
	p.Entry = c.entry()
	p.Audience = c.rule("audience", d.Audience, "")
	if d.Goal != nil {
		p.Goals = append(p.Goals, c.on("goal", *d.Goal, record.ReachedGoal))
	}
	for i, x := range d.Exit {
		p.Exits = append(p.Exits, c.on(fmt.Sprintf("exit[%d]", i), x, record.Left))
	}
	for _, l := range append(slices.Clone(p.Goals), p.Exits...) {
		if l.Event != "" && !slices.Contains(p.listens, l.Event) {
			p.listens = append(p.listens, l.Event)
		}
	}
	p.Gate = c.set.rules.Gate(d)
	c.guard = o.Guard
	if d.Quiet != nil {
		for i, ch := range d.Quiet.Channels {
			c.ref("channel", ch, fmt.Sprintf("quiet.channels[%d]", i))
		}
	}
	for i, cp := range d.Caps {
		if cp.Channel != "" {
			c.ref("channel", cp.Channel, fmt.Sprintf("caps[%d].channel", i))
		}
		for j, e := range cp.Events {
			c.event(fmt.Sprintf("caps[%d].events[%d]", i, j), e)
		}
	}
	p.Nodes = make([]Node, len(d.Nodes))
	for i := range d.Nodes {
		p.ByID[d.Nodes[i].ID] = i
	}
	for i := range d.Nodes {
		p.Nodes[i] = c.node(fmt.Sprintf("nodes[%d]", i), &d.Nodes[i])
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		n.Listens = slices.Concat(p.listens, slices.DeleteFunc(slices.Clone(n.Waits.Facts), func(s string) bool { return slices.Contains(p.listens, s) }))
		for _, m := range n.Matches {
			if m.Of != "" {
				p.Nodes[p.ByID[m.Of]].Marks = true
			}
			if !slices.Contains(n.Listens, m.Event) {
				n.Listens = append(n.Listens, m.Event)
			}
		}
	}
	p.ends()
	return p
}

func (c *compiler) entry() Entry {
	d := &c.def.Entry
	e := Entry{Not: -1}
	path := ""
	switch {
	case d.Event != "":
		e.Event, path = d.Event, "entry.event"
	case d.Did != "":
		e.Event, path = d.Did, "entry.did"
		c.event("entry.not", d.Not)
		if slot, ok := c.lex.Event(d.Not); ok {
			e.Not = slot
		}
	case d.Segment != "":
		e.Event, e.Fact = "segment.entered", "segment/"+d.Segment
		c.slot("entry.segment", "segment", d.Segment, c.lex.Segment, c.lex.Schema().Segments)
		path = "entry.segment"
	case d.Left != "":
		e.Event, e.Fact = "segment.left", "segment/"+d.Left
		c.slot("entry.left", "segment", d.Left, c.lex.Segment, c.lex.Schema().Segments)
		path = "entry.left"
	default:
		c.many(&e)
		return e
	}
	if e.Fact == "" {
		e.Scope = c.event(path, e.Event)
	} else if _, ok := c.lex.Event(e.Event); ok {
		e.Scope = "event/" + e.Event
	}
	e.When = c.rule("entry.when", d.When, e.Scope)
	c.keep("entry.keep", d.Keep, e.Scope)
	e.Key = c.formula("entry.key", d.Key, e.Scope)
	return e
}

func (c *compiler) on(path string, o graph.On, reason record.Reason) Listener {
	l := Listener{Event: o.Event, Same: o.Same, Reason: reason}
	if o.Reason != "" {
		l.Reason = record.Reason(o.Reason)
	}
	if o.Event != "" {
		l.Scope = c.event(path+".event", o.Event)
		c.same(path+".same", o.Same, l.Scope)
	}
	l.When = c.rule(path+".when", o.When, l.Scope)
	return l
}
