package plan

import "github.com/marque-go/marque/journey/record"

// exit is how an enrollment may end.
type exit struct {
	node string
	why  record.Reason
	goal bool
}

// Exited are the properties of journey.exited, which nobody ever changes: most people end in one of few ways.
func (p *Plan) Exited(node string, why record.Reason, goal bool) map[string]any {
	if props, ok := p.exited[exit{node, why, goal}]; ok {
		return props
	}
	return p.properties(exit{node, why, goal})
}

func (p *Plan) properties(x exit) map[string]any {
	return map[string]any{"journey": p.def.Name, "reason": string(x.why), "goal": x.goal, "node": x.node}
}

// ends prepares the properties of the usual ends.
func (p *Plan) ends() {
	p.exited = map[exit]map[string]any{}
	for i := range p.Nodes {
		node := p.Nodes[i].ID
		all := []exit{{node, record.Completed, false}}
		for range p.Goals {
			all = append(all, exit{node, record.ReachedGoal, true})
		}
		for _, l := range p.Exits {
			all = append(all, exit{node, l.Reason, false}, exit{node, l.Reason, len(p.Goals) > 0})
		}
		if why := p.Nodes[i].Exit; why != "" {
			all = append(all, exit{node, record.Reason(why), false})
		}
		for _, x := range all {
			p.exited[x] = p.properties(x)
		}
	}
}
