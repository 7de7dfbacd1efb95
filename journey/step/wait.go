package step

import (
	"cmp"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/rule"
)

// due is when a wait is over for somebody who came to it at since, zero for never; or where to go at once: the edge
// "missing", or what is to become of who comes too late.
func dueAt(p *plan.Plan, n *plan.Node, since time.Time, vars map[string]any, f *rule.Facts, now time.Time) (at time.Time, edge string) {
	loc, w := p.ZoneOf(f), &n.Waits
	switch {
	case len(n.Matches)+len(n.Cases) > 0 && n.Wait.Within == 0:
		return at, ""
	case len(n.Matches)+len(n.Cases) > 0:
		return since.Add(time.Duration(n.Wait.Within)), ""
	case w.Date != nil:
		day, ok := when.DayOf(dateOf(w, vars, f), loc)
		if !ok {
			return at, graph.Missing
		}
		if at, ok = w.Date.Next(day, since, loc); !ok {
			return at, n.Wait.Date.Past
		}
		return wake(at), ""
	case w.Hour != nil:
		return w.Hour.Of(f, now).Due(since, loc), ""
	case w.Now:
		return w.Rule.Due(now, loc), ""
	}
	return w.Rule.Due(since, loc), ""
}

// dateOf is the value of the date that is waited for.
func dateOf(w *plan.Waiting, vars map[string]any, f *rule.Facts) rule.Value {
	if w.Variable == "" {
		return f.Attrs[w.Attr]
	}
	v, _ := rule.Of(vars[w.Variable])
	return v
}

// wait comes to a wait, or looks again at one where the person stands: it goes on, or waits until State.Due.
func (w *walk) wait(n *plan.Node, again bool) (next string, stop bool) {
	s := w.s()
	if len(n.Cases) > 0 {
		return w.watch(n)
	}
	at, edge := dueAt(w.p, n, w.since(), w.s().Vars, w.f, w.now)
	switch {
	case edge == "exit":
		w.note(n.ID, "wait", graph.Past, w.stamp(at))
		w.end(record.PastDate, false)
		return "", true
	case edge == "skip":
		return w.edge(n, graph.Past), false
	case edge == "continue":
		return w.edge(n, "due"), false
	case edge != "":
		return w.edge(n, edge), false
	case again && (s.Kept || !at.IsZero() && !at.After(w.now)), n.Zero && (!at.After(w.since()) || n.Waits.Now && !at.After(w.now)):
		return w.over(n), false
	}
	s.Due = at
	w.note(n.ID, "wait", w.stamp(at), "")
	return "", true
}

// over ends a wait by time: a ranked one goes on by the best match that there was.
func (w *walk) over(n *plan.Node) string {
	b := w.s().Best
	switch {
	case len(n.Matches) == 0:
		return w.edge(n, "due")
	case b == nil || b.Match >= len(n.Matches):
		return w.edge(n, graph.Timeout)
	}
	for _, name := range sortedKeys(b.Vars) {
		w.set(name, b.Vars[name])
	}
	return w.matched(n, b.Match, b.Event)
}

// matched goes on by a match.
func (w *walk) matched(n *plan.Node, i int, event string) string {
	what := "event"
	if k := i - len(n.Matches) + len(n.Wait.Any); k >= 0 {
		what = "any " + strconv.Itoa(k+1)
	}
	w.tally(n.ID, what)
	w.note(n.ID, "event", n.Matches[i].Event, event)
	return n.Matches[i].Next
}

// rank keeps a match of a ranked wait if none that stands before it was seen.
func (w *walk) rank(n *plan.Node, i int, event string, props map[string]any) {
	s := w.s()
	if s.Best != nil && s.Best.Match <= i {
		return
	}
	s.Best = &record.Best{Match: i, Event: event}
	for _, name := range n.Matches[i].Keep {
		if v, ok := props[name]; ok {
			if s.Best.Vars == nil {
				s.Best.Vars = map[string]any{}
			}
			s.Best.Vars[name] = v
		}
	}
	w.note(n.ID, "best", strconv.Itoa(i+1), event)
}

// watch looks at the conditions of a wait: the first that is true leads on; else it is looked at again when one of them
// may change by time alone. Like an event, a condition counts before the end and not at it.
func (w *walk) watch(n *plan.Node) (next string, stop bool) {
	s := w.s()
	due, _ := dueAt(w.p, n, w.since(), w.s().Vars, w.f, w.now)
	row := w.p.Set.Lexicon().Row(w.p.Set.Vars, s.Vars)
	if i, at := w.missed(n, row, due); i >= 0 {
		w.planned = at
		return w.met(n, i), false
	}
	if !due.IsZero() && !w.at().Before(due) {
		return w.edge(n, graph.Timeout), false
	}
	i, changes := w.holds(n, row, w.now)
	if i >= 0 {
		return w.met(n, i), false
	}
	if !changes.IsZero() && (due.IsZero() || changes.Before(due)) {
		due = changes
	}
	s.Due = due
	w.note(n.ID, "wait", w.stamp(due), "")
	return "", true
}

// met goes on by a condition.
func (w *walk) met(n *plan.Node, i int) string {
	return w.take(n, "case "+strconv.Itoa(i+1), cmp.Or(n.Wait.Until[i].Next, n.Next))
}

// holds finds the first condition that is true as of an instant, else -1 and when one may change by time alone.
func (w *walk) holds(n *plan.Node, row []rule.Value, at time.Time) (met int, changes time.Time) {
	for i, r := range n.Cases {
		v := r.Test(rule.Input{Now: at, Facts: w.f, Scope: row})
		if v.Truth == rule.True {
			return i, changes
		}
		if !v.Until.IsZero() && (changes.IsZero() || v.Until.Before(changes)) {
			changes = v.Until
		}
	}
	return -1, changes
}

// maxLooks is at how many instants somebody who is woken late is looked at.
const maxLooks = 1000

// missed finds the condition that became true by time alone while nobody looked, and when; -1 for none. It goes from the
// instant at which somebody should have looked to the next at which one may change, before end and before now.
func (w *walk) missed(n *plan.Node, row []rule.Value, end time.Time) (met int, at time.Time) {
	at = w.s().Due
	for range maxLooks {
		if at.IsZero() || !at.Before(w.at()) || !end.IsZero() && !at.Before(end) {
			break
		}
		i, next := w.holds(n, row, at)
		if i >= 0 {
			return i, at
		}
		if !next.After(at) {
			break
		}
		at = next
	}
	return -1, at
}

// changed looks again at a wait where the event says that something changed which it reads: now, whenever the event
// happened and whether it was seen.
func (w *walk) changed(e marque.Event) {
	if w.s().Node == "" {
		return
	}
	if i, ok := w.p.ByID[w.s().Node]; ok && w.touches(&w.p.Nodes[i], e) {
		w.stir(&w.p.Nodes[i], e)
	}
}

// stir looks again at a wait because the event says that something changed which it reads. What comes out the same is
// not committed. The event is not kept among those seen, for the same look twice does no harm.
func (w *walk) stir(n *plan.Node, e marque.Event) {
	before := *w.s()
	if before.Kept && len(n.Cases) == 0 {
		return
	}
	w.s().Cause, w.s().Hops = e.ID, e.Hops
	if w.ends(nil) {
		return
	}
	if w.stopped(n.ID) {
		*w.s() = before
		return
	}
	next, stop := w.wait(n, true)
	s := w.s()
	if w.res.Changed = !stop || s.Ended != "" || !s.Due.Equal(before.Due); w.res.Changed && !stop {
		w.run(next)
	}
	if !w.res.Changed {
		w.res.Trace = nil
	}
}
