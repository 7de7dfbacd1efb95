package scoring

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
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
	made       string // the version of the definition
	fact       string // "score/<name>"
	slot       int
	fit        int // slots of "<name>/fit" and "<name>/engagement", -1 where the schema has none
	engagement int
	rules      []points
	byRule     map[string]int
	need       rule.Need
	on         []string
	up         []Threshold // by level, lowest first
	grades     [][]string  // by grade of fit and of engagement; nil: none
	none       Row         // of who has no row
}

// points is a compiled rule.
type points struct {
	Rule
	when  *rule.Rule // While, or When
	times int        // slot of the attribute, -1: none
	half  marque.Duration
	loc   *time.Location
}

// Compile checks the definitions and compiles their rules against the lexicon, which has to name the scores and the
// events. The error joins a *marque.FieldError for every fault, with paths as "[2].rules[0].when".
//
// Where the lexicon has the scores "<name>/fit" and "<name>/engagement", they are filled too; Names lists them.
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	var zones civil.Zones
	p := &Plan{lex: lex, byName: map[string]int{}}
	for i, d := range defs {
		path := fmt.Sprintf("[%d]", i)
		f.Wrap(path, d.Validate())
		s := score{Def: d, made: version(d), fact: "score/" + d.Name, byRule: map[string]int{}}
		if at, twice := p.byName[d.Name]; twice {
			f.Add(path+".name", "%q is defined twice, first as number %d", d.Name, at+1)
		}
		p.byName[d.Name] = i
		loc, err := zones.Load(d.Zone)
		f.Wrap(path+".zone", err)
		var ok bool
		if s.slot, ok = lex.Score(d.Name); !ok && d.Name != "" {
			f.Add(path+".name", "%q is not a score of the schema", d.Name)
		}
		s.fit, s.engagement = slot(lex, d.Name+fitPart), slot(lex, d.Name+engagementPart)
		for j, r := range d.Rules {
			r.Name = d.ruleName(j)
			pts := points{Rule: r, times: -1, half: cmp.Or(r.HalfLife, d.HalfLife), loc: loc}
			if r.For > 0 {
				pts.half = 0
			}
			pts.compile(&f, fmt.Sprintf("%s.rules[%d]", path, j), lex, rules)
			s.byRule[r.Name] = len(s.rules)
			s.rules = append(s.rules, pts)
			s.need = s.need.Union(pts.need())
			if r.On != "" && !slices.Contains(s.on, r.On) {
				s.on = append(s.on, r.On)
			}
		}
		s.up = slices.Clone(d.Thresholds)
		slices.SortStableFunc(s.up, func(a, b Threshold) int { return cmp.Compare(a.At, b.At) })
		s.grades = d.Grades.names()
		s.none = s.empty()
		p.scores = append(p.scores, s)
	}
	for i, d := range defs {
		for _, part := range [...]string{fitPart, engagementPart} {
			if j, ok := p.byName[d.Name+part]; ok {
				f.Add(fmt.Sprintf("[%d].name", j), "%q is a part of score %d", d.Name+part, i+1)
			}
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// version tells one definition from another in what counts.
func version(d Def) string {
	d.Doc = ""
	b, err := json.Marshal(d)
	if err != nil { // an infinite number, which Validate refuses
		return ""
	}
	return marque.Key("scoring", string(b))[:8]
}

func slot(lex *rule.Lexicon, name string) int {
	if i, ok := lex.Score(name); ok {
		return i
	}
	return -1
}

func (r *points) compile(f *marque.Faults, path string, lex *rule.Lexicon, rules rule.Compiler) {
	if r.On != "" {
		if _, ok := lex.Event(r.On); !ok {
			f.Add(path+".on", "no event %q%s", r.On, rule.Hint(r.On, lex.EventNames()))
			return
		}
	}
	var err error
	switch {
	case r.While != "":
		r.when, err = rules.Compile(r.While, "")
		f.Wrap(path+".while", err)
	case r.When != "" && r.On != "":
		r.when, err = rules.Compile(r.When, "event/"+r.On)
		f.Wrap(path+".when", err)
	}
	if r.Times == "" || r.While == "" {
		return
	}
	i, ok := lex.Attr(r.Times)
	if !ok {
		f.Add(path+".times", "no attribute %q", r.Times)
		return
	}
	switch t := lex.Schema().Attributes[i].Type; t {
	case rule.Int, rule.Float, rule.Any:
		r.times = i
	default:
		f.Add(path+".times", "%q is of type %v, want a number", r.Times, t)
	}
}

func (r *points) need() rule.Need {
	n := r.when.Need()
	if r.times >= 0 {
		n = n.Union(rule.Need{Attrs: []int{r.times}})
	}
	return n
}

// empty is the row of somebody of whom nothing is known: what Base makes of it.
func (s *score) empty() Row {
	l := look{score: s, row: Row{Name: s.Name}}
	l.remake(0)
	l.cross(0, nil)
	return l.row
}

// rule is the rule of a name, nil where there is none.
func (s *score) rule(name string) *points {
	if i, ok := s.byRule[name]; ok {
		return &s.rules[i]
	}
	return nil
}

// Defs are the definitions that the plan was compiled from.
func (p *Plan) Defs() []Def {
	defs := make([]Def, len(p.scores))
	for i := range p.scores {
		defs[i] = p.scores[i].Def
	}
	return defs
}

// Derivations tells what each score reads and changes. Its fit and its engagement, where the lexicon has them as scores,
// stand behind it as derivations that read the score and are written with it.
func (p *Plan) Derivations() []rule.Derivation {
	var ds []rule.Derivation
	for i := range p.scores {
		s := &p.scores[i]
		ds = append(ds, rule.Derivation{Name: s.Name, Fact: s.fact, Need: s.need, On: slices.Clone(s.on)})
		if s.fit >= 0 {
			ds = append(ds, s.part(fitPart))
		}
		if s.engagement >= 0 {
			ds = append(ds, s.part(engagementPart))
		}
	}
	return ds
}

func (s *score) part(part string) rule.Derivation {
	return rule.Derivation{Name: s.Name + part, Fact: s.fact + part, Need: rule.Need{Scores: []int{s.slot}}}
}

// Refs lists the events and attributes that the definitions name outside their rules.
func (p *Plan) Refs() []marque.Ref {
	var refs []marque.Ref
	for i := range p.scores {
		for j := range p.scores[i].Rules {
			if on := p.scores[i].Rules[j].On; on != "" {
				refs = append(refs, marque.Ref{Kind: "event", Name: on, Path: fmt.Sprintf("[%d].rules[%d].on", i, j)})
			}
		}
	}
	return refs
}
