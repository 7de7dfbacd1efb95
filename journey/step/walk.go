package step

import (
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// run walks from a node to the next pause or the end.
func (w *walk) run(id string) {
	s := w.s()
	for range maxNodes {
		if w.ends(nil) {
			return
		}
		if id == "" {
			w.end(Completed, false)
			return
		}
		n := &w.p.nodes[w.p.byID[id]]
		s.Node, s.Since, s.Due, s.Awaits, s.Tried = id, w.at(), time.Time{}, "", 0
		s.Visit++
		s.Listens = n.listens
		w.tally(id, "in")
		next, stop := w.act(n)
		if stop {
			return
		}
		id = next
	}
	w.end(Broken, false)
}

// act does what a node is for. It returns the next node, or stop where the state waits there or has ended.
func (w *walk) act(n *node) (next string, stop bool) {
	switch n.kind {
	case "send":
		return w.send(n, "")
	case "wait":
		w.s().Due = w.p.until(n, w.f, w.now)
		w.note(n.ID, "wait", stamp(w.s().Due), "")
		return "", true
	case "branch":
		row := w.p.set.lex.Row(w.p.set.vars, w.s().Vars)
		for i, r := range n.cases {
			if test(r, w.f, w.now, row) {
				return w.take(n, "case "+strconv.Itoa(i+1), n.Branch[i].Next), false
			}
		}
		return w.take(n, "else", n.Next), false
	case "split":
		b := n.split.Bucket(w.s().Profile)
		i := slices.IndexFunc(n.cuts, func(end uint32) bool { return b < end })
		return w.take(n, "arm "+strconv.Itoa(i+1), n.Split.Arms[i].Next), false
	case "experiment":
		return w.trial(n), false
	case "goto":
		w.res.Commands = append(w.res.Commands, w.command(n, "goto", n.Goto, nil))
		w.end(Moved, false)
		return "", true
	case "exit":
		w.end(Reason(n.Exit), false)
		return "", true
	}
	w.order(n)
	return "", true
}

// trial goes on by the person's arm and says that the person has it.
func (w *walk) trial(n *node) string {
	x := n.Experiment
	arm := w.in.Arms[x.Name]
	if arm == "" {
		return w.take(n, "out", n.Next)
	}
	w.expose(x.Name, arm)
	next, ok := x.Arms[arm]
	if !ok {
		next = n.Next
	}
	return w.take(n, arm, next)
}

// order commands something and waits for its outcome.
func (w *walk) order(n *node) {
	var c Command
	switch n.kind {
	case "tag":
		var args map[string]any
		if n.Tag.TTL != 0 {
			args = map[string]any{"ttl": n.Tag.TTL.String()}
		}
		c = w.command(n, "tag", n.Tag.Name, args)
	case "untag":
		c = w.command(n, "untag", n.Untag, nil)
	case "score":
		c = w.command(n, "score", n.Score.Name, map[string]any{"points": n.Score.Points})
	case "set":
		c = w.command(n, "set", "", n.Set)
	case "coupon":
		c = w.command(n, "coupon", n.Coupon.Batch, nil)
	case "call":
		c = w.command(n, n.Call.Do, "", n.Call.With)
	}
	w.s().Awaits = c.Key
	w.res.Commands = append(w.res.Commands, c)
}

func (w *walk) command(n *node, do, name string, args map[string]any) Command {
	s := w.s()
	return Command{
		Key: key(s, n.ID, 0), Do: do, Enrollment: s.ID, Journey: s.Journey, Node: n.ID, Profile: s.Profile, Via: s.Via,
		Name: name, Args: args, Made: w.now, At: w.now, Hops: s.Hops,
	}
}

// key is the key of a command.
func key(s *State, node string, ordinal int) string {
	return marque.Key(s.ID, node, strconv.Itoa(s.Visit), strconv.Itoa(ordinal))
}

// edge is where an outcome leads.
func (w *walk) edge(n *node, outcome string) string {
	next, ok := n.On[outcome]
	if !ok {
		next = n.Next
	}
	return w.take(n, outcome, next)
}

func (w *walk) take(n *node, edge, next string) string {
	w.tally(n.ID, edge)
	w.note(n.ID, "edge", edge, next)
	return next
}

// end ends the enrollment, takes back what was not handed out, and says so.
func (w *walk) end(why Reason, goal bool) {
	s := w.s()
	if s.Awaits != "" {
		w.res.Cancel = append(w.res.Cancel, s.Awaits)
	}
	s.Ended, s.Due, s.Awaits = why, time.Time{}, ""
	if w.p.def.Entry.Again() == "active" {
		w.res.Release = append(w.res.Release, s.ID)
	}
	w.tally("", "out/"+string(why))
	if goal && why != ReachedGoal {
		w.tally("", "goal")
	}
	w.note(s.Node, "end", string(why), "")
	w.say("journey.exited", map[string]any{"journey": s.Journey, "reason": string(why), "goal": goal, "node": s.Node})
}

func (w *walk) note(node, what, verdict, detail string) {
	if w.res.Trace == nil {
		w.res.Trace = make([]Note, 0, 6)
	}
	w.res.Trace = append(w.res.Trace, Note{node, what, verdict, detail})
}

func (w *walk) tally(node, what string) {
	if w.res.Tally == nil {
		w.res.Tally = make([]Count, 0, 5)
	}
	w.res.Tally = append(w.res.Tally, Count{Journey: w.s().Journey, Node: node, What: what, N: 1})
}

func (w *walk) hold(key string, takes ...limit.Take) {
	s := w.s()
	w.res.Holds = append(w.res.Holds, limit.Hold{Key: key, Profile: s.Profile, Via: s.Via, Takes: takes})
}

func (w *walk) full(counter string) bool { return slices.Contains(w.in.Full, counter) }
