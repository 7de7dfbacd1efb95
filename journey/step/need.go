package step

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// lateness is how late the end of "did and did not" may be looked at and still see all of it.
const lateness = 30 * marque.Day

// needs works out, node by node, what a step that begins there can read: the node itself and all that can be
// reached from it without a pause.
func (p *Plan) needs() {
	var base rule.Need // whatever a step does
	for _, l := range append(append([]listener(nil), p.goals...), p.exits...) {
		base = base.Union(l.when.Need())
	}
	for i := range p.nodes {
		n := &p.nodes[i]
		n.arrive = p.arrive(n)
		if n.Gate != nil && n.Gate.Wait {
			p.lines = append(p.lines, n.ID)
		}
	}
	for i := range p.nodes {
		n := &p.nodes[i]
		n.need = base.Union(n.arrive)
		for _, m := range n.matches {
			n.need = n.need.Union(m.when.Need())
		}
		seen := make([]bool, len(p.nodes))
		seen[i] = true
		for _, e := range n.Edges() {
			if j, ok := p.byID[e.To]; ok {
				p.reach(j, seen, &n.need, &n.trial)
			}
		}
		if n.Experiment != nil {
			n.trial = append(n.trial, n.Experiment.Name)
		}
	}
	e := &p.entry
	e.need = base.Union(e.when.Need()).Union(p.audience.Need()).Union(e.key.Need()).Union(e.occasion.need())
	if e.not >= 0 {
		e.need = e.need.Union(rule.Need{Events: []rule.EventNeed{{Slot: e.not, Window: p.def.Entry.Within + lateness}}})
	}
	p.reach(0, make([]bool, len(p.nodes)), &e.need, &e.trial)
}

func (p *Plan) reach(i int, seen []bool, need *rule.Need, trial *[]string) {
	if seen[i] {
		return
	}
	seen[i] = true
	n := &p.nodes[i]
	*need = need.Union(n.arrive)
	if n.Experiment != nil {
		*trial = append(*trial, n.Experiment.Name)
	}
	if !n.zero {
		return
	}
	for _, e := range n.Edges() {
		if j, ok := p.byID[e.To]; ok {
			p.reach(j, seen, need, trial)
		}
	}
}

// arrive is what coming to a node reads. A send that is refused goes on at once, so it reads on too.
func (p *Plan) arrive(n *node) rule.Need {
	var need rule.Need
	for _, r := range n.cases {
		need = need.Union(r.Need())
	}
	need = need.Union(n.wait.need)
	if n.Send == nil {
		return need
	}
	need = need.Union(p.audience.Need()).Union(p.set.rules.Need(n.Send.Channels))
	if n.send.preferAttr >= 0 {
		need = need.Union(rule.Need{Attrs: []int{n.send.preferAttr}})
	}
	for _, slot := range n.send.preferTags {
		if slot >= 0 {
			need = need.Union(rule.Need{Tags: []int{slot}})
		}
	}
	for _, x := range n.send.fields {
		if x.attr >= 0 {
			need = need.Union(rule.Need{Attrs: []int{x.attr}})
		}
	}
	return need
}
