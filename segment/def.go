package segment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/strata"
	"github.com/marque-go/marque/rule"
)

// The events that a Book says. Both carry the property "segment" and the fact "segment/<name>".
const (
	Entered = "segment.entered"
	Left    = "segment.left"
)

// Says declares the events that this package says, for a schema.
func Says() []rule.EventType {
	props := []rule.Field{{Name: "segment", Type: rule.String}}
	return []rule.EventType{
		{Name: Entered, Doc: "The person became a member.", Props: props},
		{Name: Left, Doc: "The person is no longer a member.", Props: props},
	}
}

// A Def defines a segment.
type Def struct {
	Name string `json:"name"`
	// When is the rule: who it is true for is a member. It has no scope.
	When string `json:"when"`
	Doc  string `json:"doc,omitempty"`
}

// Validate lists what is wrong with the definition by itself. Compile checks its rule.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	if d.When == "" {
		f.Add("when", "is empty: a segment needs a rule")
	}
	return f.Err()
}

// A Plan is a set of compiled segments. It is immutable and safe for concurrent use.
type Plan struct {
	lex    *rule.Lexicon
	defs   []Def
	rules  []*rule.Rule
	slots  []int
	facts  []string // "segment/<name>"
	byName map[string]int
	order  []int // each after those it reads
}

// Compile checks the definitions and compiles their rules against the lexicon, which has to name the segments. The
// error joins a *marque.FieldError for every fault, with paths as "[2].when".
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	p := &Plan{lex: lex, defs: append([]Def(nil), defs...), byName: map[string]int{}}
	for i, d := range defs {
		path := fmt.Sprintf("[%d]", i)
		f.Wrap(path, d.Validate())
		if at, twice := p.byName[d.Name]; twice {
			f.Add(path+".name", "%q is defined twice, first as number %d", d.Name, at+1)
		}
		p.byName[d.Name] = i
		slot, ok := lex.Segment(d.Name)
		if !ok {
			slot = -1
			if d.Name != "" {
				f.Add(path+".name", "%q is not a segment of the schema", d.Name)
			}
		}
		p.slots, p.facts = append(p.slots, slot), append(p.facts, "segment/"+d.Name)
		var r *rule.Rule
		if d.When != "" {
			var err error
			r, err = rules.Compile(d.When, "")
			f.Wrap(path+".when", err)
		}
		p.rules = append(p.rules, r)
	}
	p.sort(&f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// sort finds the order in which each segment comes after those it reads, and adds a fault for each cycle.
func (p *Plan) sort(f *marque.Faults) {
	reads := make([][]int, len(p.defs))
	for i, r := range p.rules {
		for _, slot := range r.Need().Segments {
			if j := slices.Index(p.slots, slot); j >= 0 {
				reads[i] = append(reads[i], j)
			}
		}
	}
	order, cycles := strata.Sort(reads)
	for _, cycle := range cycles {
		names := make([]string, len(cycle))
		for k, i := range cycle {
			names[k] = p.facts[i]
		}
		f.Add(fmt.Sprintf("[%d].when", cycle[0]), "reads itself: %s", strings.Join(names, " -> "))
	}
	p.order = order
}

// Lexicon is what the segments were compiled against.
func (p *Plan) Lexicon() *rule.Lexicon { return p.lex }

// Rule is the compiled rule of a segment, nil of a name that is none.
func (p *Plan) Rule(name string) *rule.Rule {
	if i, ok := p.byName[name]; ok {
		return p.rules[i]
	}
	return nil
}

// Order lists the names of the segments, each after those that its rule reads.
func (p *Plan) Order() []string {
	names := make([]string, len(p.order))
	for k, i := range p.order {
		names[k] = p.defs[i].Name
	}
	return names
}

// Defs are the definitions that the plan was compiled from.
func (p *Plan) Defs() []Def { return append([]Def(nil), p.defs...) }

// Derivations tells what each segment reads and changes.
func (p *Plan) Derivations() []rule.Derivation {
	ds := make([]rule.Derivation, len(p.defs))
	for i, d := range p.defs {
		ds[i] = rule.Derivation{Name: d.Name, Fact: p.facts[i], Need: p.rules[i].Need()}
	}
	return ds
}

// Refs lists the definitions of other packages that the segments name outside their rules: there are none. What a
// rule names is checked when it is compiled.
func (p *Plan) Refs() []marque.Ref { return nil }
