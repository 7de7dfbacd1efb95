package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// The prefix of the attribute that holds the stage, and of the fact that changes with it.
const (
	attr = "stage/"
	fact = "attr/" + attr
)

// Attributes declares the attributes that hold the stages of the definitions, for a schema: "stage/<name>", a text,
// which a rule reads as stage("<name>").
func Attributes(defs []Def) []rule.Field {
	fields := make([]rule.Field, len(defs))
	for i := range defs {
		fields[i] = rule.Field{Name: attr + defs[i].Name, Type: rule.String, Doc: defs[i].Doc}
	}
	return fields
}

// A Plan is a set of compiled lifecycles. It is immutable and safe for concurrent use.
type Plan struct {
	lex    *rule.Lexicon
	cycles []cycle
	byName map[string]int
}

// cycle is one compiled lifecycle.
type cycle struct {
	Def
	version string
	fact    string // "attr/stage/<name>"
	slot    int    // of the attribute
	start   int
	byStage map[string]int
	values  []rule.Value // of the stages
	moves   []move
	out     [][]int // by stage, the moves that lead away, in order
	need    rule.Need
	reads   []int    // slots of all events in need
	on      []string // events in need and in On
	still   bool     // nothing but events and time changes what the rules say
}

type move struct {
	Move
	to   int
	wait rule.Instant
	when *rule.Rule
}

// Compile checks the definitions and compiles their rules against the lexicon, which has to declare Attributes(defs)
// and the events. The error joins a *marque.FieldError for every fault, with paths as "[2].moves[0].when".
//
// Stages that nobody can come to are faults, and moves that can never be made: whose rule is constant and not true,
// or before which another one is always made. So are moves that would go round in circles at one instant, as far as
// that shows: those that ask for nothing, or for the same rule.
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	p := &Plan{lex: lex, byName: map[string]int{}}
	for i, d := range defs {
		path := fmt.Sprintf("[%d]", i)
		if at, twice := p.byName[d.Name]; twice {
			f.Add(path+".name", "%q is defined twice, first as number %d", d.Name, at+1)
		}
		p.byName[d.Name] = i
		p.cycles = append(p.cycles, compile(&f, path, d, lex, rules))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

func compile(f *marque.Faults, path string, d Def, lex *rule.Lexicon, rules rule.Compiler) cycle {
	invalid := d.Validate()
	f.Wrap(path, invalid)
	c := cycle{Def: d, version: d.Version(), fact: fact + d.Name, byStage: map[string]int{}}
	for i, s := range d.Stages {
		c.byStage[s.Name] = i
		c.values = append(c.values, rule.StringValue(s.Name))
	}
	c.start = c.byStage[d.Start]
	var ok bool
	if c.slot, ok = lex.Attr(attr + d.Name); !ok && d.Name != "" {
		f.Add(path+".name", "%q is not an attribute of the schema", attr+d.Name)
	} else if ok && lex.Schema().Attributes[c.slot].Type != rule.String {
		f.Add(path+".name", "the attribute %q is %v in the schema, want string", attr+d.Name, lex.Schema().Attributes[c.slot].Type)
	}
	whole := invalid == nil
	for i := range d.Moves {
		at := fmt.Sprintf("%s.moves[%d]", path, i)
		m := move{Move: d.Moves[i], to: c.byStage[d.Moves[i].To], wait: rule.Instant(d.Moves[i].After / 1000)}
		m.Name = d.moveName(i)
		scope := ""
		if m.On != "" {
			if _, ok := lex.Event(m.On); !ok {
				f.Add(at+".on", "no event %q%s", m.On, rule.Hint(m.On, lex.EventNames()))
				whole = false
				c.moves = append(c.moves, m)
				continue
			}
			scope = "event/" + m.On
		}
		if m.When != "" {
			var err error
			if m.when, err = rules.Compile(m.When, scope); err != nil {
				f.Wrap(at+".when", err)
				whole = false
			} else if ok && slices.Contains(m.when.Need().Attrs, c.slot) {
				f.Add(at+".when", "reads the stage of its own lifecycle: from says which stages it leads away from")
			}
		}
		c.moves = append(c.moves, m)
	}
	c.listen(lex)
	c.out = make([][]int, len(d.Stages))
	for s := range d.Stages {
		for i := range c.moves {
			if c.moves[i].leaves(d.Stages[s].Name) {
				c.out[s] = append(c.out[s], i)
			}
		}
	}
	if whole {
		c.check(f, path)
	}
	return c
}

// listen collects what the moves read.
func (c *cycle) listen(lex *rule.Lexicon) {
	for i := range c.moves {
		c.need = c.need.Union(c.moves[i].when.Need())
		if on := c.moves[i].On; on != "" {
			c.on = append(c.on, on)
		}
	}
	for _, e := range c.need.Events {
		c.reads = append(c.reads, e.Slot)
		c.on = append(c.on, lex.Schema().Events[e.Slot].Name)
	}
	slices.Sort(c.on)
	c.on = slices.Compact(c.on)
	n := c.need
	c.still = len(n.Attrs)+len(n.Tags)+len(n.Scores)+len(n.Segments) == 0 && !n.IDs && !n.Consents
}

// Defs are the definitions that the plan was compiled from.
func (p *Plan) Defs() []Def {
	defs := make([]Def, len(p.cycles))
	for i := range p.cycles {
		defs[i] = p.cycles[i].Def
	}
	return defs
}

// Derivations tells what each lifecycle reads and changes. On lists the events of its rules too: those are what a
// Rebuild has to be given.
func (p *Plan) Derivations() []rule.Derivation {
	ds := make([]rule.Derivation, len(p.cycles))
	for i := range p.cycles {
		c := &p.cycles[i]
		ds[i] = rule.Derivation{Name: c.Name, Fact: c.fact, Need: c.need, On: slices.Clone(c.on)}
	}
	return ds
}

// Refs lists the events that the definitions name outside their rules.
func (p *Plan) Refs() []marque.Ref {
	var refs []marque.Ref
	for i := range p.cycles {
		for j := range p.cycles[i].moves {
			if on := p.cycles[i].moves[j].On; on != "" {
				refs = append(refs, marque.Ref{Kind: "event", Name: on, Path: fmt.Sprintf("[%d].moves[%d].on", i, j)})
			}
		}
	}
	return refs
}

// ring writes a circle of stages.
func ring(stages []string) string { return strings.Join(stages, " -> ") }
