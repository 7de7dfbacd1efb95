package plan

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// lateness is how late the end of "did and did not" may be looked at and still see all of it.
const Lateness = 30 * marque.Day

// needs works out, node by node, what a step that begins there can read: the node itself and all that can be
// reached from it without a pause.
func (p *Plan) needs() {
	var base rule.Need // whatever a step does
	for _, l := range append(append([]Listener(nil), p.Goals...), p.Exits...) {
		base = base.Union(l.When.Need())
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		n.Arrive = p.arrive(n)
		if n.Gate != nil && n.Gate.Wait {
			p.Lines = append(p.Lines, n.ID)
		}
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		n.need = base.Union(n.Arrive)
		for _, m := range n.Matches {
			n.need = n.need.Union(m.When.Need())
		}
		seen := make([]bool, len(p.Nodes))
		seen[i] = true
		for _, e := range n.Edges() {
			if j, ok := p.ByID[e.To]; ok {
				p.reach(j, seen, &n.need, &n.trial)
			}
		}
		if n.Experiment != nil {
			n.trial = append(n.trial, n.Experiment.Name)
		}
	}
	e := &p.Entry
	e.Need = base.Union(e.When.Need()).Union(p.Audience.Need()).Union(e.Key.Need()).Union(e.Occasion.need())
	if e.Not >= 0 {
		e.Need = e.Need.Union(rule.Need{Events: []rule.EventNeed{{Slot: e.Not, Window: p.def.Entry.Within + Lateness}}})
	}
	p.reach(0, make([]bool, len(p.Nodes)), &e.Need, &e.trial)
}

func (p *Plan) reach(i int, seen []bool, need *rule.Need, trial *[]string) {
	if seen[i] {
		return
	}
	seen[i] = true
	n := &p.Nodes[i]
	*need = need.Union(n.Arrive)
	if n.Experiment != nil {
		*trial = append(*trial, n.Experiment.Name)
	}
	if !n.Zero {
		return
	}
	for _, e := range n.Edges() {
		if j, ok := p.ByID[e.To]; ok {
			p.reach(j, seen, need, trial)
		}
	}
}

// arrive is what coming to a node reads. A send that is refused goes on at once, so it reads on too.
func (p *Plan) arrive(n *Node) rule.Need {
	var need rule.Need
	for _, r := range n.Cases {
		need = need.Union(r.Need())
	}
	need = need.Union(n.Waits.need)
	if n.Send == nil {
		return need
	}
	need = need.Union(p.Audience.Need()).Union(p.Set.rules.Need(n.Send.Channels))
	if n.Sends.PreferAttr >= 0 {
		need = need.Union(rule.Need{Attrs: []int{n.Sends.PreferAttr}})
	}
	for _, slot := range n.Sends.PreferTags {
		if slot >= 0 {
			need = need.Union(rule.Need{Tags: []int{slot}})
		}
	}
	for _, x := range n.Sends.Fields {
		if x.Attr >= 0 {
			need = need.Union(rule.Need{Attrs: []int{x.Attr}})
		}
	}
	return need
}
