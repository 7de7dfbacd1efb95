package step

import (
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/limit"
)

// quota is what one more takes of a counter that all people share, at an instant of a stretch of the calendar.
func quota(p *plan.Plan, counter string, q graph.Quota, now time.Time) limit.Take {
	t := limit.Take{Counter: counter, N: 1, Limit: q.N}
	switch s := when.StretchAt(q.Per, now, p.Zone); {
	case q.Within != 0:
		t.Counter, t.Until = counter+"/"+q.Within.String(), now.Add(time.Duration(q.Within))
	case q.Per != "":
		t.Counter, t.Until = counter+"/"+q.Per+"/"+strconv.FormatInt(s.N, 10), s.End
	}
	return t
}

// gate lets a person through, or sends them on where it is full. With a line it books a place in the first stretch that
// has one, and the person waits until that begins.
func (w *walk) gate(n *plan.Node) (next string, stop bool) {
	s, g := w.s(), n.Gate
	counter := gateCounter(w.p, n)
	if !g.Wait {
		take := quota(w.p, counter, g.Quota, w.now)
		if w.full(take.Counter) {
			return w.edge(n, graph.Full), false
		}
		w.hold(key(s, n.ID, 0), take)
		return w.edge(n, "pass"), false
	}
	at := when.StretchAt(g.Per, w.now, w.p.Zone)
	if first := w.in.Slots[n.ID]; first > at.N {
		at = when.StretchOf(g.Per, first, w.p.Zone)
	}
	take := quota(w.p, counter, g.Quota, at.Begin)
	for w.full(take.Counter) {
		at = when.StretchAt(g.Per, at.End, w.p.Zone)
		take = quota(w.p, counter, g.Quota, at.Begin)
	}
	if g.Late != 0 && at.Begin.Sub(s.Since) > time.Duration(g.Late) {
		return w.edge(n, graph.TooLate), false
	}
	w.hold(key(s, n.ID, 0), take)
	if !at.Begin.After(w.now) {
		return w.edge(n, "pass"), false
	}
	s.Due = at.Begin
	w.note(n.ID, "gate", w.stamp(at.Begin), take.Counter)
	return "", true
}

func gateCounter(p *plan.Plan, n *plan.Node) string { return "gate/" + p.Def().Name + "/" + n.ID }

// Lines are the gates at which people wait.
func Lines(p *plan.Plan) []string { return p.Lines }

// Stretch is the number of the one that a gate with a line is in.
func Stretch(p *plan.Plan, node string, now time.Time) int64 {
	return when.StretchAt(p.Nodes[p.ByID[node]].Gate.Per, now, p.Zone).N
}

// A Place is the stretch of a gate with a line in which somebody passes.
type Place struct {
	Node string
	N    int64
}

// Place is the one that a counter counts, false where it is not that of a gate with a line.
func PlaceOf(p *plan.Plan, counter string) (Place, bool) {
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if n.Gate == nil || !n.Gate.Wait {
			continue
		}
		if text, ok := strings.CutPrefix(counter, gateCounter(p, n)+"/"+n.Gate.Per+"/"); ok {
			number, err := strconv.ParseInt(text, 10, 64)
			return Place{n.ID, number}, err == nil
		}
	}
	return Place{}, false
}

// Take is what a person in line takes for a place.
func Take(p *plan.Plan, x Place) limit.Take {
	n := &p.Nodes[p.ByID[x.Node]]
	return quota(p, gateCounter(p, n), n.Gate.Quota, when.StretchOf(n.Gate.Per, x.N, p.Zone).Begin)
}

// InLine is the place of somebody who waits for it, false where they do not.
func InLine(p *plan.Plan, s record.State) (Place, bool) {
	i, ok := p.ByID[s.Node]
	if !ok || p.Nodes[i].Gate == nil || s.Wakes().IsZero() {
		return Place{}, false
	}
	return Place{s.Node, when.StretchAt(p.Nodes[i].Gate.Per, s.Wakes(), p.Zone).N}, true
}
