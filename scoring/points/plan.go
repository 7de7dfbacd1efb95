package points

import (
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Plan is a set of compiled programs. It is immutable and safe for concurrent use.
type Plan struct {
	lex      *rule.Lexicon
	programs []program
	byName   map[string]int // of programs
	index    map[string]int // of derivations: twice the number of the program, and one more for its tier
}

type program struct {
	Def
	loc         *time.Location
	fact, stage string // "score/<name>", "attr/stage/<name>"
	score, attr int    // slots, -1 where the schema declares none
	earn        []earn
	once        []string // the rules with a cap for good
	need        rule.Need
	on          []string
	level       map[string]int // of tiers
	remember    marque.Duration
	back        marque.Duration
}

type earn struct {
	Earn
	when *rule.Rule
	prop int // slot of the property that Rate is of
}

// Compile checks the definitions and compiles their rules against the lexicon, which has to name the events. What of
// Declares it names too, rules can read. The error joins a *marque.FieldError for every fault, with paths as
// "[2].earn[0].when".
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	var zones civil.Zones
	plan := &Plan{lex: lex, byName: map[string]int{}, index: map[string]int{}}
	for i, d := range defs {
		path := fmt.Sprintf("[%d]", i)
		f.Wrap(path, d.Validate())
		if at, twice := plan.byName[d.Name]; twice {
			f.Add(path+".name", "%q is defined twice, first as number %d", d.Name, at+1)
		}
		plan.byName[d.Name] = i
		p := program{
			Def: d, fact: "score/" + d.Name, stage: "attr/stage/" + d.Name, score: -1, attr: -1,
			level: map[string]int{}, remember: d.memory(), back: d.Expiry.Back,
		}
		p.loc, _ = zones.Load(d.Zone)
		if p.back == 0 {
			p.back = 30 * marque.Day
		}
		if slot, ok := lex.Score(d.Name); ok {
			p.score = slot
		}
		if slot, ok := lex.Attr("stage/" + d.Name); ok {
			p.attr = slot
			if t := lex.Schema().Attributes[slot].Type; t != rule.String && t != rule.Any {
				f.Add(path+".name", "the attribute %q is declared as %v, want string", "stage/"+d.Name, t)
			}
		}
		for j, t := range d.Tiers {
			p.level[t.Name] = j + 1
		}
		for j := range d.Earn {
			p.compile(&f, fmt.Sprintf("%s.earn[%d]", path, j), j, lex, rules)
		}
		plan.index[d.Name] = 2 * i
		if len(d.Tiers) > 0 {
			plan.index["stage/"+d.Name] = 2*i + 1
		}
		plan.programs = append(plan.programs, p)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return plan, nil
}

func (p *program) compile(f *marque.Faults, path string, j int, lex *rule.Lexicon, rules rule.Compiler) {
	r := earn{Earn: p.Def.Earn[j]}
	r.Name = p.earnName(j)
	if r.Per == Once {
		p.once = append(p.once, r.Name)
	}
	if slot, ok := lex.Event(r.On); r.On != "" && !ok {
		f.Add(path+".on", "no event %q%s", r.On, rule.Hint(r.On, lex.EventNames()))
	} else if ok {
		if r.Rate.Of != "" {
			at, t, ok := lex.Prop(slot, r.Rate.Of)
			switch r.prop = at; {
			case !ok:
				f.Add(path+".rate.of", "event %q has no property %q", r.On, r.Rate.Of)
			case t != rule.Int && t != rule.Float && t != rule.Any:
				f.Add(path+".rate.of", "%q is %v, want a number", r.Rate.Of, t)
			}
		}
		if r.When != "" {
			var err error
			r.when, err = rules.Compile(r.When, "event/"+r.On)
			f.Wrap(path+".when", err)
			if n := r.when.Need(); slices.Contains(n.Scores, p.score) || slices.Contains(n.Attrs, p.attr) {
				f.Add(path+".when", "reads the program that it gives points of: let a tier multiply them instead")
			}
		}
	}
	p.earn = append(p.earn, r)
	p.need = p.need.Union(r.when.Need())
	if !slices.Contains(p.on, r.On) {
		p.on = append(p.on, r.On)
	}
}

// memory is how long lots of which nothing is left are kept.
func (d *Def) memory() marque.Duration {
	keep := d.Remember
	if keep == 0 {
		keep = 180 * marque.Day
	}
	switch {
	case d.Qualify.Year:
		keep = max(keep, 2*366*marque.Day+d.Grace)
	case d.Qualify.Rolling > 0:
		keep = max(keep, d.Qualify.Rolling+d.Grace)
	}
	for _, e := range d.Earn { // lots under a cap for good are kept for good
		if e.Cap > 0 && (e.Per == Quarterly || e.Per == Yearly) {
			keep = max(keep, 367*marque.Day) // longer than any year, also where clocks are put back
		} else if e.Cap > 0 && e.Per != Once {
			keep = max(keep, 32*marque.Day)
		}
	}
	return keep
}

// Defs are the definitions that the plan was compiled from.
func (p *Plan) Defs() []Def {
	defs := make([]Def, len(p.programs))
	for i := range p.programs {
		defs[i] = p.programs[i].Def
	}
	return defs
}

// Derivations tells what each program reads and changes: its points, under its name, and where it has tiers the tier
// of the person, as "stage/<name>", which reads the points.
func (p *Plan) Derivations() []rule.Derivation {
	var ds []rule.Derivation
	for i := range p.programs {
		x := &p.programs[i]
		ds = append(ds, rule.Derivation{Name: x.Name, Fact: x.fact, Need: x.need, On: slices.Clone(x.on)})
		if len(x.Tiers) > 0 {
			d := rule.Derivation{Name: "stage/" + x.Name, Fact: x.stage}
			if x.score >= 0 {
				d.Need.Scores = []int{x.score}
			}
			ds = append(ds, d)
		}
	}
	return ds
}

// Refs lists the events that the definitions name outside their rules.
func (p *Plan) Refs() []marque.Ref {
	var refs []marque.Ref
	for i := range p.programs {
		for j, e := range p.programs[i].Earn {
			refs = append(refs, marque.Ref{Kind: "event", Name: e.On, Path: fmt.Sprintf("[%d].earn[%d].on", i, j)})
		}
	}
	return refs
}
