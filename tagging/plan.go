package tagging

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Plan is a set of compiled tags. It is immutable and safe for concurrent use.
type Plan struct {
	lex    *rule.Lexicon
	zones  civil.Zones
	tags   []tag
	units  []unit
	byName map[string]int
}

type tag struct {
	Def
	version   string
	fact      string // "tag/<name>"
	slot      int
	unit      int
	level     bool
	habit     *habit
	when, off *rule.Rule
}

// A unit is what is decided together: an exclusive group, or one tag.
type unit struct {
	tags      []int
	habits    []int // those of the tags that are habits
	exclusive bool
	need      rule.Need
	on        []string
}

// Compile checks the definitions and compiles their rules against the lexicon, which has to name the tags and the
// events. The error joins a *marque.FieldError for every fault, with paths as "[2].when".
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	p := &Plan{lex: lex, byName: map[string]int{}}
	groups := map[string]int{}
	for i, d := range defs {
		path := fmt.Sprintf("[%d]", i)
		f.Wrap(path, d.Validate())
		t := tag{Def: d, version: d.Version(), fact: "tag/" + d.Name, level: d.level()}
		if at, twice := p.byName[d.Name]; twice {
			f.Add(path+".name", "%q is defined twice, first as number %d", d.Name, at+1)
		}
		p.byName[d.Name] = i
		var ok bool
		if t.slot, ok = lex.Tag(d.Name); !ok && d.Name != "" {
			f.Add(path+".name", "%q is not a tag of the schema", d.Name)
		}
		compile := func(field, source, event string) *rule.Rule {
			scope := ""
			if event != "" {
				scope = "event/" + event
				if _, ok := lex.Event(event); !ok {
					return nil
				}
			}
			if source == "" {
				return nil
			}
			r, err := rules.Compile(source, scope)
			f.Wrap(path+"."+field, err)
			return r
		}
		for _, e := range []struct{ field, name string }{{"on", d.On}, {"off", d.Off}} {
			if _, ok := lex.Event(e.name); !ok && e.name != "" {
				f.Add(path+"."+e.field, "no event %q%s", e.name, rule.Hint(e.name, lex.EventNames()))
			}
		}
		if d.Habit != nil {
			t.habit = d.Habit.compile(&f, path+".habit", lex)
			t.habit.when = compile("when", d.When, d.Habit.Event)
		} else {
			t.when = compile("when", d.When, d.On)
		}
		t.off = compile("off_when", d.OffWhen, d.Off)

		u, known := groups[d.Group]
		if !known || !d.Exclusive || d.Group == "" {
			u = len(p.units)
			p.units = append(p.units, unit{exclusive: d.Exclusive})
			groups[d.Group] = u
		}
		t.unit = u
		g := &p.units[u]
		g.tags = append(g.tags, i)
		g.need = g.need.Union(t.when.Need()).Union(t.off.Need())
		if t.habit != nil {
			g.habits = append(g.habits, i)
			g.need = g.need.Union(d.Habit.need(t.habit))
		}
		for _, e := range []string{d.On, d.Off} {
			if e != "" && !slices.Contains(g.on, e) {
				g.on = append(g.on, e)
			}
		}
		p.tags = append(p.tags, t)
	}
	checkGroups(&f, defs)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Defs are the definitions that the plan was compiled from.
func (p *Plan) Defs() []Def {
	defs := make([]Def, len(p.tags))
	for i := range p.tags {
		defs[i] = p.tags[i].Def
	}
	return defs
}

// Derivations tells what each tag reads and changes. A tag of an exclusive group reads what any of the group reads,
// since it ends where another one begins.
func (p *Plan) Derivations() []rule.Derivation {
	ds := make([]rule.Derivation, len(p.tags))
	for i := range p.tags {
		u := &p.units[p.tags[i].unit]
		ds[i] = rule.Derivation{Name: p.tags[i].Name, Fact: p.tags[i].fact, Need: u.need, On: slices.Clone(u.on)}
	}
	return ds
}

// Refs lists the events that the definitions name outside their rules.
func (p *Plan) Refs() []marque.Ref {
	var refs []marque.Ref
	for i := range p.tags {
		if on := p.tags[i].On; on != "" {
			refs = append(refs, marque.Ref{Kind: "event", Name: on, Path: fmt.Sprintf("[%d].on", i)})
		}
		if off := p.tags[i].Off; off != "" {
			refs = append(refs, marque.Ref{Kind: "event", Name: off, Path: fmt.Sprintf("[%d].off", i)})
		}
		if h := p.tags[i].Habit; h != nil {
			refs = append(refs, marque.Ref{Kind: "event", Name: h.Event, Path: fmt.Sprintf("[%d].habit.event", i)})
		}
	}
	return refs
}
