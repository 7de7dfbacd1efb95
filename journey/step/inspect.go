package step

import (
	"time"

	"github.com/marque-go/marque/rule"
)

// Audience is the compiled rule of the definition's audience, nil where it has none.
func (p *Plan) Audience() *rule.Rule { return p.audience }

// Condition is the compiled rule of a case of a branch, the first being 0; nil where there is none.
func (p *Plan) Condition(node string, i int) *rule.Rule {
	if at, ok := p.byID[node]; ok && i < len(p.nodes[at].cases) {
		return p.nodes[at].cases[i]
	}
	return nil
}

// Scope is the variables of a state as rules of nodes see them.
func (p *Plan) Scope(s State) []rule.Value { return p.set.lex.Row(p.set.vars, s.Vars) }

// Again takes the step of a trace again, with its input and facts.
func (p *Plan) Again(x Trace, f *rule.Facts) Result {
	if x.Before.ID == "" {
		return p.Enter(x.Input, f, x.At)
	}
	return p.Step(x.Before, x.Input, f, x.At)
}

// Location is the zone whose clock holds for the person: their own, else the journey's.
func (p *Plan) Location(f *rule.Facts) *time.Location { return p.zoneOf(f) }
