package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// An Answer says what became of a person at a node, or why the person never came there.
type Answer struct {
	Profile string  `json:"profile"`
	Journey string  `json:"journey"`
	Node    string  `json:"node"`
	Visits  []Visit `json:"visits,omitempty"`
	// Missed says, for each enrollment that did not come to the node, where it parted from all ways there; then which
	// entries were refused, and why.
	Missed []Missed `json:"missed,omitempty"`

	loc *time.Location
}

// A Visit is one time at the node.
type Visit struct {
	Enrollment string    `json:"enrollment"`
	At         time.Time `json:"at"`
	// Verdicts are those of each step taken there, in their order.
	Verdicts []record.Note `json:"verdicts"`
	// Edge is the outcome by which the person went on; empty while still there.
	Edge string `json:"edge,omitempty"`
	// If is what would have had to be otherwise for a message to go out. It is tried, not guessed: the step is taken
	// again from its record with that one thing changed.
	If []If `json:"if,omitempty"`
}

// An If is one thing otherwise, and what would have come of it.
type If struct {
	If   string `json:"if"`
	Then string `json:"then"`
}

// Missed is where an enrollment parted from all ways to a node.
type Missed struct {
	Enrollment string    `json:"enrollment,omitempty"`
	At         time.Time `json:"at,omitzero"`
	// Kind is "waits" (it still may come), "took" (another edge), "ended" or "refused" (did not enter).
	Kind   string `json:"kind"`
	Node   string `json:"node,omitempty"` // where it parted
	Edge   string `json:"edge,omitempty"` // that it took there, or the reason for which it ended or did not enter
	Detail string `json:"detail,omitempty"`
	If     []If   `json:"if,omitempty"`
}

// Why says what became of the person at a node of a journey. Each counterfactual costs a step. Where there is no such
// journey or node, the Answer is empty.
func (l *Life) Why(name, node string) (Answer, error) {
	if err := l.knows(name, node); err != nil {
		return Answer{}, err
	}
	a := Answer{Profile: l.profile, Journey: name, Node: node, loc: l.loc}
	for _, id := range l.enrollments(name) {
		visits, err := l.visits(id, node)
		if err != nil {
			return Answer{}, err
		}
		a.Visits = append(a.Visits, visits...)
		if len(visits) == 0 {
			m, err := l.missed(id, node)
			if err != nil {
				return Answer{}, err
			}
			a.Missed = append(a.Missed, m)
		}
	}
	a.Missed = append(a.Missed, l.refused(name)...)
	return a, nil
}

// knows fails where there is no such node.
func (l *Life) knows(name, node string) error {
	d := l.set.Plan(name)
	if d == nil {
		var names []string
		for _, p := range l.set.Plans() {
			names = append(names, p.Def().Name)
		}
		return fmt.Errorf("lab: no journey %q%s", name, rule.Hint(name, names))
	}
	var ids []string
	for i := range d.Def().Nodes {
		ids = append(ids, d.Def().Nodes[i].ID)
	}
	if !slices.Contains(ids, node) {
		return fmt.Errorf("lab: journey %q has no node %q%s", name, node, rule.Hint(node, ids))
	}
	return nil
}

// enrollments are the ids of those in a journey, in the order of their entries.
func (l *Life) enrollments(name string) (ids []string) {
	for _, x := range l.steps {
		if id := x.Result.State.ID; x.Journey == name && id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// visits are the times at which an enrollment was at a node.
func (l *Life) visits(id, node string) (vs []Visit, err error) {
	open := false
	for _, x := range l.steps {
		if x.Result.State.ID != id {
			continue
		}
		notes := of(x.Result.Trace, node)
		there := x.Result.State.Node == node && x.Result.State.Ended == ""
		came := there && (x.Before.Node != node || x.Before.Visit != x.Result.State.Visit)
		if !open && (came || len(notes) > 0) || came && open && x.Before.Visit != x.Result.State.Visit && len(vs) > 0 && vs[len(vs)-1].Edge != "" {
			vs = append(vs, Visit{Enrollment: id, At: x.At})
			open = true
		}
		if len(notes) == 0 || len(vs) == 0 {
			continue
		}
		v := &vs[len(vs)-1]
		p, err := planOf(l.set, x)
		if err != nil {
			return nil, err
		}
		for _, n := range notes {
			if n.What == "cap" && n.Verdict == "full" {
				n.Detail = capOf(p, n.Detail)
			}
			v.Verdicts = append(v.Verdicts, n)
		}
		for _, n := range notes {
			if n.What == "edge" {
				v.Edge, open = n.Verdict, false
			}
		}
		ifs, err := l.ifs(x, node, notes)
		if err != nil {
			return nil, err
		}
		v.If = append(v.If, ifs...)
	}
	return vs, nil
}

func of(notes []record.Note, node string) (own []record.Note) {
	for _, n := range notes {
		if n.Node == node {
			own = append(own, n)
		}
	}
	return own
}

// String is the answer in lines.
func (a Answer) String() string {
	var b strings.Builder
	ifs := func(all []If) {
		for _, x := range all {
			fmt.Fprintf(&b, "  if %s: %s\n", x.If, x.Then)
		}
	}
	for _, v := range a.Visits {
		edge := v.Edge
		if edge == "" {
			edge = "still there"
		}
		fmt.Fprintf(&b, "%s at %s/%s: %s\n", write(v.At, a.loc), a.Journey, a.Node, edge)
		for _, n := range v.Verdicts {
			fmt.Fprintf(&b, "  %s: %s %s\n", n.What, n.Verdict, n.Detail)
		}
		ifs(v.If)
	}
	for _, m := range a.Missed {
		switch m.Kind {
		case "refused":
			fmt.Fprintf(&b, "%s: did not enter: %s\n", write(m.At, a.loc), cmp.Or(m.Detail, m.Edge))
		case "waits":
			fmt.Fprintf(&b, "still waits at %s %s\n", cmp.Or(m.Node, "the entry"), m.Detail)
		case "ended":
			fmt.Fprintf(&b, "%s: ended at %s: %s\n", write(m.At, a.loc), m.Node, m.Edge)
		default:
			fmt.Fprintf(&b, "%s: went by %q at %s\n", write(m.At, a.loc), m.Edge, m.Node)
		}
		ifs(m.If)
	}
	if b.Len() == 0 && a.Journey != "" {
		return "nothing was recorded\n"
	}
	return b.String()
}
