package lab

import (
	"strconv"
	"strings"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/record"
)

// missed finds where an enrollment parted from all ways to a node.
func (l *Life) missed(id, node string) (Missed, error) {
	var m Missed
	for _, x := range l.steps {
		s := x.Result.State
		if s.ID != id {
			continue
		}
		p, err := planOf(l.set, x)
		if err != nil {
			return m, err
		}
		leads := leading(p.Def(), node)
		for _, n := range x.Result.Trace {
			if n.What == "edge" && leads[n.Node] && !leads[n.Detail] {
				m = Missed{Enrollment: id, At: x.At, Kind: "took", Node: n.Node, Edge: n.Verdict, Detail: n.Detail}
				if m.If, err = l.branched(p, x, n, leads); err != nil {
					return m, err
				}
				return m, nil
			}
		}
		if s.Ended != "" && s.Node == "" {
			return Missed{Enrollment: id, At: x.At, Kind: "refused", Edge: string(s.Ended), Detail: unentered(p.Def(), s)}, nil
		}
		if s.Ended != "" {
			return Missed{Enrollment: id, At: x.At, Kind: "ended", Node: s.Node, Edge: string(s.Ended)}, nil
		}
		m = Missed{Enrollment: id, At: x.At, Kind: "waits", Node: s.Node}
		if !s.Due.IsZero() {
			m.Detail = "until " + l.write(s.Due)
		}
	}
	return m, nil
}

// unentered says more of why somebody who was pending did not enter.
func unentered(d *graph.Def, s record.State) string {
	if s.Ended != record.Did {
		return ""
	}
	return d.Entry.Not + " within " + d.Entry.Within.String()
}

// leading are the nodes from which a way leads to the node.
func leading(d *graph.Def, node string) map[string]bool {
	leads := map[string]bool{node: true}
	for again := true; again; {
		again = false
		for i := range d.Nodes {
			n := &d.Nodes[i]
			if leads[n.ID] {
				continue
			}
			for _, e := range n.Edges() {
				if leads[e.To] {
					leads[n.ID], again = true, true
				}
			}
		}
	}
	return leads
}

// branched says what would have brought the person into a case of a branch that leads to the node.
func (l *Life) branched(p *journey.Plan, x journey.Trace, took record.Note, leads map[string]bool) (all []If, err error) {
	for i := range p.Def().Nodes {
		n := &p.Def().Nodes[i]
		if n.ID != took.Node {
			continue
		}
		last := len(n.Branch)
		if c, ok := strings.CutPrefix(took.Verdict, "case "); ok {
			last, _ = strconv.Atoi(c)
			last--
		}
		for j, c := range n.Branch[:min(last, len(n.Branch))] {
			if !leads[c.Next] {
				continue
			}
			f, err := l.set.Lexicon().UnmarshalFacts(x.Facts)
			if err != nil {
				return nil, err
			}
			s := x.Result.State
			if x.Before.ID != "" {
				s.Vars = x.Before.Vars
			}
			all = append(all, ways(p.Condition(n.ID, j), x, f, p.Scope(s.Vars), "case "+strconv.Itoa(j+1)+", to "+c.Next)...)
		}
	}
	return all, nil
}

// refused are the entries that were recorded as refused.
func (l *Life) refused(name string) (all []Missed) {
	for _, x := range l.steps {
		if x.Journey == name && x.Result.Reason != "" {
			all = append(all, Missed{At: x.At, Kind: "refused", Edge: string(x.Result.Reason)})
		}
	}
	return all
}
