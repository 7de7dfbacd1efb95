package step

import (
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

const (
	maxNodes = graph.MaxVisits // in one step
	maxSeen  = 8
)

// A walk is one step under way.
type walk struct {
	p   *plan.Plan
	f   *rule.Facts
	in  record.Input
	now time.Time
	// planned is when what moves the state was meant to happen, not after now.
	planned time.Time
	// back is what this step gives back to caps. It counts until the step is committed.
	back []limit.Take
	row  []rule.Value // the event's properties
	res  record.Result
}

func (w *walk) s() *record.State { return &w.res.State }

// at is when what moves the state came about: now, or when the event arrived where it is handled later than that. What
// happened in between, and is handled after, still counts.
func (w *walk) at() time.Time {
	e := w.in.Event
	if e == nil && w.in.Round != nil {
		e = w.in.Round.Event
	}
	if e != nil && e.Arrived().Before(w.now) {
		return e.Arrived().UTC().Truncate(time.Microsecond)
	}
	return w.now
}

// Step moves a person on: f holds what Need asks for, as of now, and in.Arms the arms of the experiments ahead. It
// is pure: the same arguments give the same result. An input that does not concern the state (an event seen
// before or not waited for, a time that is not due, the outcome of another command) changes nothing.
func Step(p *plan.Plan, s record.State, in record.Input, f *rule.Facts, now time.Time) record.Result {
	var h Hand
	return *h.Step(p, &s, &in, f, now)
}

// Step is the function Step.
func (h *Hand) Step(p *plan.Plan, s *record.State, in *record.Input, f *rule.Facts, now time.Time) *record.Result {
	w := h.begin(p, s, in, f, now)
	w.res.State = *s
	w.s().Version++
	switch {
	case s.Ended != "" || s.Round != nil:
		w.res.Change = record.Change{State: *s}
		return &w.res
	case in.Exit != "":
		w.leave()
	case in.Migrate != nil:
		w.migrate(in.Migrate)
	case in.Control != nil && w.catchUp(), in.Hold && in.Command == nil:
	case in.Event != nil:
		w.event(*in.Event)
	case in.Command != nil && in.Hold:
		w.shelve(*in.Command)
	case in.Command != nil:
		w.outcome(*in.Command, in.Outcome)
	case !s.Due.IsZero() && !now.Before(s.Due):
		w.time()
	}
	if !w.res.Changed {
		w.res.Change = record.Change{State: *s}
	}
	return w.done()
}

func (w *walk) event(e marque.Event) {
	s := w.s()
	if awaits(s) {
		w.retime()
		return
	}
	if slices.Contains(s.Seen, e.ID) || e.At.Before(s.Entered) {
		w.changed(e)
		return
	}
	if s.Node == "" {
		if d := w.p.Def().Entry; e.Name == d.Not && e.At.After(s.Entered) && e.At.Before(s.Due) {
			w.consume(e)
			w.drop(record.Did)
		}
		return
	}
	if w.gone() {
		return
	}
	if w.ends(&e) {
		return
	}
	n := w.node()
	if len(n.Matches) == 0 {
		w.changed(e)
		return
	}
	if e.At.Before(s.Since) || !s.Due.IsZero() && !w.at().Before(s.Due) {
		return
	}
	for i := range n.Matches {
		m := &n.Matches[i]
		if m.Event != e.Name || m.Of != "" && !w.of(m.Of, e) || !w.same(m.Same, e) || !plan.Test(m.When, w.f, w.now, w.scope(m.Scope, e)) {
			continue
		}
		if w.stopped(n.ID) && !n.Wait.Ranked {
			w.remember(n, i, e)
			return
		}
		w.consume(e)
		if n.Wait.Ranked {
			w.rank(n, i, e.ID, e.Props)
			return
		}
		w.keep(m.Keep, e.Props)
		w.run(w.matched(n, i, e.ID))
		return
	}
}

// of reports whether the event is about the message that the node sent last.
func (w *walk) of(node string, e marque.Event) bool {
	for _, m := range w.s().Sent {
		if m.Node == node {
			key, _ := e.Props["message"].(string)
			return key == m.Key
		}
	}
	return false
}

// same reports whether the event's properties equal the variables of those names.
func (w *walk) same(names []string, e marque.Event) bool {
	for _, name := range names {
		v, _ := rule.Of(e.Props[name])
		known, _ := rule.Of(w.s().Vars[name])
		known, _ = known.As(v.Type()) // a state that went through JSON has floats
		if !v.Known() || v != known {
			return false
		}
	}
	return true
}

func (w *walk) scope(scope string, e marque.Event) []rule.Value {
	if scope != "" && w.row == nil {
		w.row = w.p.Set.Lexicon().Row(scope, e.Props)
	}
	return w.row
}

// consume remembers that the event moved the state, and what it was derived from.
func (w *walk) consume(e marque.Event) {
	s := w.s()
	w.res.Changed = true
	seen := append(slices.Clone(s.Seen), e.ID)
	s.Seen = seen[max(0, len(seen)-maxSeen):]
	s.Hops, s.Cause = e.Hops, e.ID
}

func (w *walk) keep(names []string, props map[string]any) {
	for _, name := range names {
		if v, ok := props[name]; ok {
			w.set(name, v)
		}
	}
}

// set stores a variable in a map of the step's own.
func (w *walk) set(name string, v any) {
	s := w.s()
	vars := make(map[string]any, len(s.Vars)+1)
	maps.Copy(vars, s.Vars)
	vars[name] = v
	s.Vars = vars
}

// ends tests exits and goals: those for the event, or with none those that are rules alone.
func (w *walk) ends(e *marque.Event) bool {
	hit := func(ls []plan.Listener) (record.Reason, bool) {
		for i := range ls {
			l := &ls[i]
			if e == nil && l.Event != "" || e != nil && (l.Event != e.Name || !w.same(l.Same, *e)) {
				continue
			}
			var row []rule.Value
			if e != nil {
				row = w.scope(l.Scope, *e)
			}
			if plan.Test(l.When, w.f, w.now, row) {
				return l.Reason, true
			}
		}
		return "", false
	}
	goal, reached := hit(w.p.Goals)
	exit, out := hit(w.p.Exits)
	if !reached && !out {
		return false
	}
	if e != nil {
		w.consume(*e)
	}
	reason := goal
	if out {
		reason = exit
	}
	w.res.Changed = true
	w.end(reason, reached)
	return true
}

// time: the state is due.
func (w *walk) time() {
	s := w.s()
	s.Hops, s.Cause = 0, ""
	w.res.Changed = true
	if w.gone() {
		return
	}
	if s.Node == "" {
		w.ripe()
		return
	}
	if w.ends(nil) {
		return
	}
	if w.stopped(s.Node) {
		w.park()
		return
	}
	n := w.node()
	switch {
	case w.again(n):
	case n.What == "send": // a held message
		s.Due = time.Time{}
		w.visit(n, func() (string, bool) { return w.send(n, "") })
	case n.What == "wait":
		w.visit(n, func() (string, bool) { return w.wait(n, true) })
	default: // in line at a gate
		w.run(w.edge(n, "pass"))
	}
}

func (w *walk) outcome(c record.Command, o record.Outcome) {
	s := w.s()
	if s.Awaits != c.Key {
		return
	}
	w.res.Changed = true
	s.Awaits = ""
	if w.gone() {
		return
	}
	n := w.node()
	if n.What == "send" {
		w.visit(n, func() (string, bool) { return w.delivered(n, c, o) })
		return
	}
	if o.Result == "" {
		o.Result = "done"
	}
	as := ""
	if n.Coupon != nil {
		as = n.Coupon.Var()
	} else if n.Assign != nil {
		as = n.Assign.Var()
	} else if n.Call != nil {
		as = n.Call.As
	} else if n.Sub != nil {
		for _, k := range sortedKeys(o.Vars) {
			w.set(k, o.Vars[k])
		}
	}
	if as != "" {
		w.set(as, o.Result)
		for _, k := range sortedKeys(o.Vars) {
			w.set(as+"_"+k, o.Vars[k])
		}
	}
	w.run(w.edge(n, o.Result))
}

// visit does something at the node the state stands at, and walks on from there.
func (w *walk) visit(n *plan.Node, do func() (next string, stop bool)) {
	if next, stop := do(); !stop {
		w.run(next)
	}
}

func (w *walk) node() *plan.Node { return &w.p.Nodes[w.p.ByID[w.s().Node]] }

// gone ends a state whose node, or journey, is not there any more.
func (w *walk) gone() bool {
	if _, ok := w.p.ByID[w.s().Node]; ok || w.s().Node == "" && len(w.p.Nodes) > 0 {
		return false
	}
	w.res.Changed = true
	if w.s().Node == "" {
		w.drop(record.Gone)
		return true
	}
	w.end(record.Gone, false)
	return true
}
