package step

import (
	"cmp"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/rule"
)

// waiting is a compiled wait for a time. Its facts are those of which a change is looked at while somebody waits.
type waiting struct {
	rule     when.Rule
	now      bool   // the rule goes by now, not by when the person came
	attr     int    // slot of the date, or of the hour; -1 for none
	variable string // that the date is, instead
	date     *when.Date
	hour     *when.Hour // At is that of everybody else
	hours    []hourOf
	need     rule.Need
	facts    []string
}

// hourOf is the hour of who has a tag, or is in a segment.
type hourOf struct {
	slot    int
	segment bool
	at      civil.Clock
}

// due is when a wait is over for somebody who came to it at since, zero for never; or where to go at once: the edge
// "missing", or what is to become of who comes too late.
func (p *Plan) due(n *node, since time.Time, vars map[string]any, f *rule.Facts, now time.Time) (at time.Time, edge string) {
	loc, w := p.zoneOf(f), &n.wait
	switch {
	case len(n.matches)+len(n.cases) > 0 && n.Wait.Within == 0:
		return at, ""
	case len(n.matches)+len(n.cases) > 0:
		return since.Add(time.Duration(n.Wait.Within)), ""
	case w.date != nil:
		day, ok := when.DayOf(w.dateOf(vars, f), loc)
		if !ok {
			return at, graph.Missing
		}
		if at, ok = w.date.Next(day, since, loc); !ok {
			return at, n.Wait.Date.Past
		}
		return at, ""
	case w.hour != nil:
		h := *w.hour
		h.At = w.active(f, now)
		return h.Due(since, loc), ""
	case w.now:
		return w.rule.Due(now, loc), ""
	}
	return w.rule.Due(since, loc), ""
}

// dateOf is the value of the date that is waited for.
func (w *waiting) dateOf(vars map[string]any, f *rule.Facts) rule.Value {
	if w.variable == "" {
		return f.Attrs[w.attr]
	}
	v, _ := rule.Of(vars[w.variable])
	return v
}

// active is the hour at which the person is active: their own, else that of the first of their segments, else that of
// everybody else.
func (w *waiting) active(f *rule.Facts, now time.Time) civil.Clock {
	if w.attr >= 0 {
		if c, ok := when.ClockOf(f.Attrs[w.attr]); ok {
			return c
		}
	}
	for _, h := range w.hours {
		marks := f.Tags
		if h.segment {
			marks = f.Segments
		}
		if _, ok := rule.Find(marks, h.slot, rule.At(now)); ok {
			return h.at
		}
	}
	return w.hour.At
}

// wait comes to a wait, or looks again at one where the person stands: it goes on, or waits until State.Due.
func (w *walk) wait(n *node, again bool) (next string, stop bool) {
	s := w.s()
	if len(n.cases) > 0 {
		return w.watch(n)
	}
	at, edge := w.p.due(n, w.since(), w.s().Vars, w.f, w.now)
	switch {
	case edge == "exit":
		w.note(n.ID, "wait", graph.Past, w.stamp(at))
		w.end(PastDate, false)
		return "", true
	case edge == "skip":
		return w.edge(n, graph.Past), false
	case edge == "continue":
		return w.edge(n, "due"), false
	case edge != "":
		return w.edge(n, edge), false
	case again && (s.Kept || !at.IsZero() && !at.After(w.now)), n.zero && (!at.After(w.since()) || n.wait.now && !at.After(w.now)):
		return w.over(n), false
	}
	s.Due = at
	w.note(n.ID, "wait", w.stamp(at), "")
	return "", true
}

// over ends a wait by time: a ranked one goes on by the best match that there was.
func (w *walk) over(n *node) string {
	b := w.s().Best
	switch {
	case len(n.matches) == 0:
		return w.edge(n, "due")
	case b == nil || b.Match >= len(n.matches):
		return w.edge(n, graph.Timeout)
	}
	for _, name := range sortedKeys(b.Vars) {
		w.set(name, b.Vars[name])
	}
	return w.matched(n, b.Match, b.Event)
}

// matched goes on by a match.
func (w *walk) matched(n *node, i int, event string) string {
	what := "event"
	if k := i - len(n.matches) + len(n.Wait.Any); k >= 0 {
		what = "any " + strconv.Itoa(k+1)
	}
	w.tally(n.ID, what)
	w.note(n.ID, "event", n.matches[i].event, event)
	return n.matches[i].next
}

// rank keeps a match of a ranked wait if none that stands before it was seen.
func (w *walk) rank(n *node, i int, event string, props map[string]any) {
	s := w.s()
	if s.Best != nil && s.Best.Match <= i {
		return
	}
	s.Best = &Best{Match: i, Event: event}
	for _, name := range n.matches[i].keep {
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
func (w *walk) watch(n *node) (next string, stop bool) {
	s := w.s()
	due, _ := w.p.due(n, w.since(), w.s().Vars, w.f, w.now)
	if !due.IsZero() && !w.at().Before(due) {
		return w.edge(n, graph.Timeout), false
	}
	row := w.p.set.lex.Row(w.p.set.vars, s.Vars)
	for i, r := range n.cases {
		v := r.Test(rule.Input{Now: w.now, Facts: w.f, Scope: row})
		if v.Truth == rule.True {
			return w.take(n, "case "+strconv.Itoa(i+1), cmp.Or(n.Wait.Until[i].Next, n.Next)), false
		}
		if !v.Until.IsZero() && (due.IsZero() || v.Until.Before(due)) {
			due = v.Until
		}
	}
	s.Due = due
	w.note(n.ID, "wait", w.stamp(due), "")
	return "", true
}

// changed looks again at a wait where the event says that something changed which it reads: now, whenever the event
// happened and whether it was seen.
func (w *walk) changed(e marque.Event) {
	if w.s().Node == "" {
		return
	}
	if i, ok := w.p.byID[w.s().Node]; ok && w.touches(&w.p.nodes[i], e) {
		w.stir(&w.p.nodes[i], e)
	}
}

// stir looks again at a wait because the event says that something changed which it reads. What comes out the same is
// not committed. The event is not kept among those seen, for the same look twice does no harm.
func (w *walk) stir(n *node, e marque.Event) {
	before := *w.s()
	if before.Kept && len(n.cases) == 0 {
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
