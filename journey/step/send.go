package step

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// send is the gate that each message passes, in this order: consent, suppression and reach, audience, caps, quiet hours,
// lateness. (Exits and goals were looked at before; rates come when the message is handed out.) It commands the message
// on the first channel that is open, holds it over quiet hours, or goes on by the edge of the verdict; last is what came
// of the channel before.
func (w *walk) send(n *plan.Node, last string) (next string, stop bool) {
	s, d, loc := w.s(), n.Send, w.p.ZoneOf(w.f)
	var passed []limit.Take // what a channel that is quiet now would have taken
	for _, i := range w.channels(n) {
		m := on(&n.Sends, d.Channels[i])
		if v := w.p.Gate.Open(m, w.f, w.now); v.Result != "" {
			w.note(n.ID, v.Part, "no", v.Where(m))
			if last == "" {
				last = v.Result
			}
			continue
		}
		w.note(n.ID, "consent", "pass", m.Channel)
		if !still(w.p, w.f, s.Profile, w.now) {
			w.note(n.ID, "audience", "no", "")
			return w.edge(n, graph.Outside), false
		}
		if w.p.Audience != nil {
			w.note(n.ID, "audience", "pass", "")
		}
		k := key(s, n.ID, bits.OnesCount32(s.Tried))
		takes := w.takes(n, m.Channel)
		for _, t := range takes {
			if w.full(t.Counter) {
				w.note(n.ID, "cap", "full", t.Counter)
				return w.edge(n, graph.Capped), false
			}
		}
		if len(takes) > 0 {
			w.note(n.ID, "cap", "pass", "")
		}
		switch do, until := w.p.Gate.Quiet(m, w.f, w.now, loc); do {
		case gate.Drop:
			w.note(n.ID, "quiet", do, m.Channel)
			w.probe(k, takes)
			return w.edge(n, graph.Silent), false
		case gate.Next:
			w.note(n.ID, "quiet", do, m.Channel)
			last, passed = graph.Silent, takes
			continue
		case gate.Reach:
			w.note(n.ID, "reach", "no", m.Channel)
			if last == "" {
				last = graph.Unreachable
			}
			continue
		case gate.Hold:
			w.note(n.ID, "quiet", do, m.Channel)
			if s.Due = until; w.planned.Before(w.now) {
				s.Planned = w.planned
			}
			w.probe(k, takes)
			w.tally(n.ID, "held")
			w.res.Changed = true
			return "", true
		default:
			if w.p.Gate.Quiets(m) {
				w.note(n.ID, "quiet", "pass", m.Channel)
			}
		}
		if by, late := w.p.Gate.Late(m, w.planned, w.now, loc); late {
			w.note(n.ID, "late", "no", by.String())
			w.probe(k, takes)
			return w.tooLate(n)
		}
		return w.message(n, m, k, takes)
	}
	if last == "" {
		last = graph.Unreachable
	}
	w.probe(key(s, n.ID, bits.OnesCount32(s.Tried)), passed)
	return w.edge(n, last), false
}

// probe finds out whether a cap is full, which comes before all that follows it, and takes nothing.
func (w *walk) probe(key string, takes []limit.Take) {
	if len(takes) > 0 {
		probe := marque.Key(key, "probe", stamp(w.now))
		w.hold(probe, takes...)
		w.res.Release = append(w.res.Release, probe)
		w.back = append(w.back, takes...)
	}
}

// takes is what a message takes of caps. What this step gives back is not counted against it.
func (w *walk) takes(n *plan.Node, channel string) []limit.Take {
	takes := takes(w.p, n, channel, w.f, w.now)
	for i := range takes {
		for _, b := range w.back {
			if t := &takes[i]; b.Counter == t.Counter && t.Limit != limit.NoLimit && b.Until.After(w.now) {
				t.Limit += b.N
			}
		}
	}
	return takes
}

// giveBack releases what a message took.
func (w *walk) giveBack(c record.Command) {
	w.res.Release = append(w.res.Release, c.Key)
	w.back = append(w.back, c.Took...)
}

// tooLate goes on from a message that would go out too late.
func (w *walk) tooLate(n *plan.Node) (next string, stop bool) {
	if w.p.Gate.Ends(n.Sends.Message) {
		w.take(n, graph.TooLate, "")
		w.end(record.TooLate, false)
		return "", true
	}
	return w.edge(n, graph.TooLate), false
}

// channels are the places of the channels not tried yet, the person's own first.
func (w *walk) channels(n *plan.Node) []int {
	chs := n.Send.Channels
	first := -1
	if slot := n.Sends.PreferAttr; slot >= 0 {
		first = slices.Index(chs, w.f.Attrs[slot].Text())
	}
	for i, slot := range n.Sends.PreferTags {
		if slot < 0 || first >= 0 {
			continue
		}
		if _, ok := rule.Find(w.f.Tags, slot, rule.At(w.now)); ok {
			first = i
		}
	}
	order := make([]int, 0, len(chs))
	if first >= 0 {
		order = append(order, first)
	}
	for i := range chs {
		if i != first {
			order = append(order, i)
		}
	}
	return slices.DeleteFunc(order, func(i int) bool { return w.s().Tried&(1<<i) != 0 })
}

// delivered: a channel answered.
func (w *walk) delivered(n *plan.Node, c record.Command, o record.Outcome) (next string, stop bool) {
	s := w.s()
	i := slices.Index(n.Send.Channels, c.Name)
	if i < 0 { // gone from the definition: the next channel still has another key
		i = bits.Len32(^s.Tried) - 1
	}
	if o.Result == Held { // the gate anew, as if the person came now
		w.giveBack(c)
		s.Visit++
		return w.send(n, "")
	}
	s.Tried |= 1 << i
	w.note(n.ID, "channel", o.Result, c.Name)
	w.res.Emit = append(w.res.Emit, Report(c, o, w.now))
	if o.Result == graph.Sent {
		w.tally(n.ID, "channel/"+c.Name)
		if n.Marks {
			marks := slices.DeleteFunc(slices.Clone(s.Sent), func(m record.Mark) bool { return m.Node == n.ID })
			s.Sent = append(marks, record.Mark{Node: n.ID, Key: c.Key})
		}
		return w.edge(n, graph.Sent), false
	}
	switch o.Result {
	case graph.Unreachable, graph.Suppressed:
		w.giveBack(c)
		return w.send(n, o.Result)
	case record.Invalid:
		w.giveBack(c)
		return w.send(n, graph.Failed)
	case graph.TooLate:
		w.giveBack(c)
		return w.tooLate(n)
	case cancelled:
		w.giveBack(c)
		if w.ends(nil) {
			return "", true
		}
		return w.send(n, "")
	case graph.Outside, graph.Silent:
		w.giveBack(c)
		if o.Result == graph.Silent && w.p.Gate.Nexts() {
			return w.send(n, graph.Silent)
		}
		return w.edge(n, o.Result), false
	}
	return w.edge(n, graph.Failed), false
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
