package step

import (
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
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
			w.end(record.Completed, false)
			return
		}
		n := &w.p.Nodes[w.p.ByID[id]]
		s.Node, s.Since, s.Due, s.Awaits, s.Tried = id, w.at(), time.Time{}, "", 0
		s.Planned, s.Best, s.Kept, s.Pause = time.Time{}, nil, false, w.fresh()
		s.Visit++
		s.Listens = n.Listens
		w.tally(id, "in")
		if n.Max > 0 && w.often(n) {
			id = w.edge(n, graph.Again)
			continue
		}
		if n.What != "wait" && w.stopped(id) {
			w.arrive(n)
			return
		}
		next, stop := w.act(n)
		if stop {
			return
		}
		id = next
	}
	w.end(record.Broken, false)
}

// act does what a node is for. It returns the next node, or stop where the state waits there or has ended.
func (w *walk) act(n *plan.Node) (next string, stop bool) {
	switch n.What {
	case "send":
		return w.send(n, "")
	case "wait":
		return w.wait(n, false)
	case "gate":
		return w.gate(n)
	case "emit":
		return w.emit(n), false
	case "branch":
		row := w.p.Set.Lexicon().Row(w.p.Set.Vars, w.s().Vars)
		for i, r := range n.Cases {
			if plan.Test(r, w.f, w.now, row) {
				return w.take(n, "case "+strconv.Itoa(i+1), n.Branch[i].Next), false
			}
		}
		return w.take(n, "else", n.Next), false
	case "split":
		i := n.Deal.Arm(w.s().Profile)
		return w.take(n, "arm "+strconv.Itoa(i+1), n.Split.Arms[i].Next), false
	case "experiment":
		return w.trial(n), false
	case "goto":
		w.res.Commands = append(w.res.Commands, w.command(n, "goto", n.Goto, nil))
		w.end(record.Moved, false)
		return "", true
	case "exit":
		w.end(record.Reason(n.Exit), false)
		return "", true
	}
	w.order(n)
	return "", true
}

// trial goes on by the person's arm and says that the person has it.
func (w *walk) trial(n *plan.Node) string {
	x := n.Experiment
	arm := w.in.Arms[x.Name]
	if arm == "" {
		return w.take(n, "out", n.Next)
	}
	if slices.Contains(w.in.Won, x.Name) {
		w.note(n.ID, "winner", arm, "")
	} else {
		w.expose(x.Name, arm)
	}
	next, ok := x.Arms[arm]
	if !ok {
		next = n.Next
	}
	return w.take(n, arm, next)
}

// order commands something and waits for its outcome.
func (w *walk) order(n *plan.Node) {
	do, name, args := n.What, "", map[string]any(nil)
	switch n.What {
	case "tag":
		if name = n.Tag.Name; n.Tag.TTL != 0 {
			args = map[string]any{"ttl": n.Tag.TTL.String()}
		}
	case "untag":
		name = n.Untag
	case "score":
		name, args = n.Score.Name, map[string]any{"points": n.Score.Points}
	case "set":
		args = n.Set
	case "coupon":
		name = n.Coupon.Batch
	case "assign":
		name, args = n.Assign.Desk, n.Assign.With
	case "call":
		do, args = n.Call.Do, n.Call.With
	}
	w.res.Commands = append(w.res.Commands, record.Command{})
	c := &w.res.Commands[len(w.res.Commands)-1]
	if n.What == "sub" {
		*c = w.start(n)
	} else {
		w.make(c, n, do, name, args)
	}
	w.s().Awaits = c.Key
}

func (w *walk) command(n *plan.Node, do, name string, args map[string]any) (c record.Command) {
	w.make(&c, n, do, name, args)
	return c
}

// make makes a command where there is a zero one.
func (w *walk) make(c *record.Command, n *plan.Node, do, name string, args map[string]any) {
	s := w.s()
	c.Key, c.Do, c.Enrollment, c.Journey, c.Node, c.Profile, c.Via = key(s, n.ID, 0), do, s.ID, s.Journey, n.ID, s.Profile, s.Via
	c.Name, c.Args, c.Made, c.At, c.Hops = name, args, w.now, w.now, s.Hops
	if w.planned.Before(w.now) {
		c.Planned = w.planned
	}
}

// key is the key of a command.
func key(s *record.State, node string, ordinal int) string {
	return marque.Key(s.ID, node, strconv.Itoa(s.Visit), strconv.Itoa(ordinal))
}

// edge is where an outcome leads.
func (w *walk) edge(n *plan.Node, outcome string) string {
	next, ok := n.On[outcome]
	if !ok {
		next = n.Next
	}
	return w.take(n, outcome, next)
}

func (w *walk) take(n *plan.Node, edge, next string) string {
	w.tally(n.ID, edge)
	w.note(n.ID, "edge", edge, next)
	return next
}

// end ends the enrollment, takes back what was not handed out, and says so.
func (w *walk) end(why record.Reason, goal bool) {
	s := w.s()
	w.part(why)
	if s.Awaits != "" {
		w.res.Cancel = append(w.res.Cancel, s.Awaits)
	}
	if c := w.kept().Held; c != nil && !c.Tried {
		w.res.Release = append(w.res.Release, c.Key)
	}
	if _, waits := InLine(w.p, *s); waits {
		w.res.Release = append(w.res.Release, key(s, s.Node, 0))
	}
	s.Ended, s.Due, s.Awaits = why, time.Time{}, ""
	if w.p.Def().Entry.Again() == "active" {
		w.res.Release = append(w.res.Release, s.ID)
	}
	w.tally("", "out/"+string(why))
	if goal && why != record.ReachedGoal {
		w.tally("", "goal")
	}
	w.note(s.Node, "end", string(why), "")
	w.say("journey.exited", w.p.Exited(s.Node, why, goal))
}

func (w *walk) note(node, what, verdict, detail string) {
	if w.in.Scratch != nil {
		return
	}
	if w.res.Trace == nil {
		w.res.Trace = make([]record.Note, 0, 6)
	}
	w.res.Trace = append(w.res.Trace, record.Note{Node: node, What: what, Verdict: verdict, Detail: detail})
}

func (w *walk) tally(node, what string) {
	if w.res.Tally == nil {
		w.res.Tally = make([]record.Count, 0, 3)
	}
	w.res.Tally = append(w.res.Tally, record.Count{Journey: w.s().Journey, Node: node, What: what, N: 1})
}

// hold asks for a hold of its own copy of takes, which in a scratch stands where an earlier one stood.
func (w *walk) hold(key string, takes ...limit.Take) {
	s, hs := w.s(), w.res.Holds
	var room []limit.Take
	if w.in.Scratch != nil && len(hs) < cap(hs) {
		room = hs[:len(hs)+1][len(hs)].Takes[:0]
	}
	w.res.Holds = append(hs, limit.Hold{Key: key, Profile: s.Profile, Via: s.Via, Takes: append(room, takes...)})
}

func (w *walk) full(counter string) bool { return slices.Contains(w.in.Full, counter) }
