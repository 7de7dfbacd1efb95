package scoring

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Plan is a set of compiled scores. It is immutable and safe for concurrent use.
type Plan struct {
	lex    *rule.Lexicon
	scores []score
	byName map[string]int
}

type score struct {
	Def
	fact  string // "score/<name>"
	slot  int
	rules []points
	need  rule.Need
	on    []string
	up    []Threshold // by level, lowest first
}

type points struct {
	Rule
	when *rule.Rule
}

// Compile checks the definitions and compiles their rules against the lexicon, which has to name the scores and the
// events. The error joins a *marque.FieldError for every fault, with paths as "[2].rules[0].when".
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	p := &Plan{lex: lex, byName: map[string]int{}}
	for i, d := range defs {
		path := fmt.Sprintf("[%d]", i)
		f.Wrap(path, d.Validate())
		s := score{Def: d, fact: "score/" + d.Name}
		if at, twice := p.byName[d.Name]; twice {
			f.Add(path+".name", "%q is defined twice, first as number %d", d.Name, at+1)
		}
		p.byName[d.Name] = i
		var ok bool
		if s.slot, ok = lex.Score(d.Name); !ok && d.Name != "" {
			f.Add(path+".name", "%q is not a score of the schema", d.Name)
		}
		for j, r := range d.Rules {
			r.Name = d.ruleName(j)
			at := fmt.Sprintf("%s.rules[%d]", path, j)
			pts := points{Rule: r}
			if _, ok := lex.Event(r.On); r.On != "" && !ok {
				f.Add(at+".on", "no event %q%s", r.On, rule.Hint(r.On, lex.EventNames()))
			} else if r.When != "" && r.On != "" {
				var err error
				pts.when, err = rules.Compile(r.When, "event/"+r.On)
				f.Wrap(at+".when", err)
			}
			s.rules = append(s.rules, pts)
			s.need = s.need.Union(pts.when.Need())
			if !slices.Contains(s.on, r.On) {
				s.on = append(s.on, r.On)
			}
		}
		s.up = slices.Clone(d.Thresholds)
		slices.SortStableFunc(s.up, func(a, b Threshold) int { return cmp.Compare(a.At, b.At) })
		p.scores = append(p.scores, s)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Defs are the definitions that the plan was compiled from.
func (p *Plan) Defs() []Def {
	defs := make([]Def, len(p.scores))
	for i := range p.scores {
		defs[i] = p.scores[i].Def
	}
	return defs
}

// Derivations tells what each score reads and changes.
func (p *Plan) Derivations() []rule.Derivation {
	ds := make([]rule.Derivation, len(p.scores))
	for i := range p.scores {
		s := &p.scores[i]
		ds[i] = rule.Derivation{Name: s.Name, Fact: s.fact, Need: s.need, On: slices.Clone(s.on)}
	}
	return ds
}

// Refs lists the events that the definitions name outside their rules.
func (p *Plan) Refs() []marque.Ref {
	var refs []marque.Ref
	for i := range p.scores {
		for j := range p.scores[i].Rules {
			refs = append(refs, marque.Ref{Kind: "event", Name: p.scores[i].Rules[j].On, Path: fmt.Sprintf("[%d].rules[%d].on", i, j)})
		}
	}
	return refs
}
