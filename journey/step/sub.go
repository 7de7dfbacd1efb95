package step

import (
	"maps"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
)

// Another journey that a person goes through is a command "start", of which the outcome comes when that journey ends: as
// a command "return" with the same key. "stop" ends it, because the journey that waits for it ended first. The key of such
// a command tells it from others, so that this works where the definition is gone, too.
const subKey = "sub/"

// start commands the other journey.
func (w *walk) start(n *plan.Node) record.Command {
	args := map[string]any{}
	for theirs, ours := range n.Sub.Vars {
		if v, ok := w.s().Vars[ours]; ok {
			args[theirs] = v
		}
	}
	c := w.command(n, "start", n.Sub.Journey, args)
	c.Key = subKey + c.Key
	return c
}

// child is the enrollment that a start makes.
func child(key string) string { return marque.Key("journey", key) }

// part tells the journey that waits for this one how it ended, and ends the one that this one waits for.
func (w *walk) part(why record.Reason) {
	s := w.s()
	c := record.Command{Journey: s.Journey, Node: s.Node, Profile: s.Profile, Via: s.Via, Made: w.now, At: w.now, Hops: s.Hops}
	if w.planned.Before(w.now) {
		c.Planned = w.planned
	}
	if strings.HasPrefix(s.Awaits, subKey) {
		stop := c
		stop.Key, stop.Do, stop.Enrollment = marque.Key(s.Awaits, "stop"), "stop", child(s.Awaits)
		w.res.Commands = append(w.res.Commands, stop)
	}
	if s.Parent != nil && why != record.ParentEnded {
		c.Key, c.Enrollment = s.Parent.Key, s.Parent.Enrollment
		w.res.Commands = append(w.res.Commands, c.Return(record.Outcome{Result: string(why), Vars: s.Vars}))
	}
}

// emit says an event. Its id is the key that a command of the node has.
func (w *walk) emit(n *plan.Node) string {
	s := w.s()
	e := w.cause()
	e.ID, e.Name, e.Cause = key(s, n.ID, 0), n.Emit.Event, s.Cause
	e.At, e.Received, e.Hops = w.now, w.now, s.Hops+1
	e.Props = map[string]any{}
	maps.Copy(e.Props, n.Emit.Props)
	for name, v := range n.Emit.Vars {
		if x, ok := s.Vars[v]; ok {
			e.Props[name] = x
		}
	}
	w.res.Emit = append(w.res.Emit, e)
	w.note(n.ID, "emit", e.Name, e.ID)
	return w.edge(n, "done")
}

// often counts a visit of a node that has a Max. It reports whether there were more.
func (w *walk) often(n *plan.Node) bool {
	s := w.s()
	been := make([]record.Been, 0, len(s.Been)+1)
	count := 0
	for _, b := range s.Been {
		if b.Node == n.ID {
			count = b.N
		} else {
			been = append(been, b)
		}
	}
	if count >= n.Max {
		return true
	}
	s.Been = append(been, record.Been{Node: n.ID, N: count + 1})
	return false
}
