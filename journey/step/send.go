package step

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// send is the gate that each message passes, in this order: consent, audience, caps, quiet hours. (Exits and goals
// were looked at before.) It commands the message on the first channel that is open, holds it over quiet hours, or
// goes on by the edge of the verdict; last is what came of the channel before.
func (w *walk) send(n *node, last string) (next string, stop bool) {
	s, d := w.s(), n.Send
	for _, i := range w.channels(n) {
		ch := d.Channels[i]
		if !w.p.consents(w.f, ch, n.send.topic, d.Transactional) {
			w.note(n.ID, "consent", "no", ch)
			if last == "" {
				last = graph.Suppressed
			}
			continue
		}
		w.note(n.ID, "consent", "pass", ch)
		if !w.p.still(w.f, s.Profile, w.now) {
			w.note(n.ID, "audience", "no", "")
			return w.edge(n, graph.Outside), false
		}
		k := key(s, n.ID, bits.OnesCount32(s.Tried))
		takes := w.p.takes(n, ch, w.f, w.now)
		for _, t := range takes {
			if w.full(t.Counter) {
				w.note(n.ID, "cap", "full", t.Counter)
				return w.edge(n, graph.Capped), false
			}
		}
		if q := w.p.quiet; q != nil && !d.Transactional && q.on(ch, w.now, w.p.zoneOf(w.f)) {
			w.note(n.ID, "quiet", q.do, ch)
			switch q.do {
			case "drop":
				return w.edge(n, graph.Silent), false
			case "next":
				last = graph.Silent
				continue
			}
			s.Due = q.window.NextOutside(w.now, w.p.zoneOf(w.f)).UTC()
			if len(takes) > 0 { // a full cap is found now, but takes nothing until the message goes
				probe := marque.Key(k, "probe", stamp(w.now))
				w.hold(probe, takes...)
				w.res.Release = append(w.res.Release, probe)
			}
			w.tally(n.ID, "held")
			w.res.Changed = true
			return "", true
		}
		text, err := n.send.render(d, w.f, s.Vars)
		if err != nil {
			w.note(n.ID, "text", "fault", err.Error())
			return w.edge(n, graph.Failed), false
		}
		c := w.command(n, "send", ch, nil)
		c.Key = k
		c.Message = &Message{
			Key: k, Profile: s.Profile, Zone: w.f.Zone, To: slices.Clone(w.f.IDs), Channel: ch, Topic: n.send.topic,
			Template: d.Template, Text: text, Vars: s.Vars, Journey: s.Journey, Node: n.ID,
		}
		if len(takes) > 0 {
			w.hold(k, takes...)
		}
		s.Awaits = k
		w.res.Commands = append(w.res.Commands, c)
		w.note(n.ID, "gate", "pass", ch)
		return "", true
	}
	if last == "" {
		last = graph.Unreachable
	}
	return w.edge(n, last), false
}

// channels are the places of the channels not tried yet, the person's own first.
func (w *walk) channels(n *node) []int {
	chs := n.Send.Channels
	first := -1
	if slot := n.send.preferAttr; slot >= 0 {
		first = slices.Index(chs, w.f.Attrs[slot].Text())
	}
	for i, slot := range n.send.preferTags {
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
func (w *walk) delivered(n *node, c Command, o Outcome) (next string, stop bool) {
	s := w.s()
	i := slices.Index(n.Send.Channels, c.Name)
	if i < 0 { // gone from the definition: the next channel still has another key
		i = bits.Len32(^s.Tried) - 1
	}
	s.Tried |= 1 << i
	w.note(n.ID, "channel", o.Result, c.Name)
	w.res.Emit = append(w.res.Emit, Report(c, o, w.now))
	switch o.Result {
	case graph.Sent:
		w.tally(n.ID, "channel/"+c.Name)
		if n.marks {
			marks := slices.DeleteFunc(slices.Clone(s.Sent), func(m Mark) bool { return m.Node == n.ID })
			s.Sent = append(marks, Mark{n.ID, c.Key})
		}
		return w.edge(n, graph.Sent), false
	case graph.Unreachable:
		w.res.Release = append(w.res.Release, c.Key)
		return w.send(n, graph.Unreachable)
	case Invalid:
		w.res.Release = append(w.res.Release, c.Key)
		return w.send(n, graph.Failed)
	case graph.Suppressed:
		w.res.Release = append(w.res.Release, c.Key)
		return w.send(n, graph.Suppressed)
	case graph.Outside, graph.Silent:
		w.res.Release = append(w.res.Release, c.Key)
		if q := w.p.quiet; o.Result == graph.Silent && q != nil && q.do == "next" {
			return w.send(n, graph.Silent)
		}
		return w.edge(n, o.Result), false
	}
	return w.edge(n, graph.Failed), false
}

// consents reports whether the person may get the message. What was said last counts, for all channels and topics
// that it was said for; of two things said at once the withdrawal.
func (p *Plan) consents(f *rule.Facts, channel, topic string, transactional bool) bool {
	var last *rule.Consent
	for i := range f.Consents {
		c := &f.Consents[i]
		if c.Channel != "" && c.Channel != channel || c.Topic != "" && c.Topic != topic {
			continue
		}
		if last == nil || c.At > last.At || c.At == last.At && !c.OK {
			last = c
		}
	}
	if last == nil {
		return transactional || p.def.Consent == "assumed"
	}
	return last.OK
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
