package step

import (
	"errors"
	"slices"
	"time"

	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	wording "github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// on is what the gate is asked about on a channel.
func on(s *plan.Send, channel string) gate.Message {
	m := s.Message
	m.Channel = channel
	return m
}

// write writes the texts for the person: variables, and attributes where there is no variable of that name.
func (w *walk) write(n *plan.Node) (wording.Parts, error) {
	if n.Sends.Text == nil {
		return wording.Parts{}, nil
	}
	return n.Sends.Text.Write(func(name string) rule.Value {
		if v, _ := rule.Of(w.s().Vars[name]); v.Known() {
			return v
		}
		i := slices.IndexFunc(n.Sends.Fields, func(f plan.Field) bool { return f.Name == name })
		if slot := n.Sends.Fields[i].Attr; slot >= 0 {
			return w.f.Attrs[slot]
		}
		return rule.Value{}
	}, w.p.ZoneOf(w.f))
}

// message commands a message that passed the gate.
func (w *walk) message(n *plan.Node, m gate.Message, key string, takes []limit.Take) (next string, stop bool) {
	s, d := w.s(), n.Send
	c := w.command(n, "send", m.Channel, nil)
	c.Key = key
	c.Message = &record.Message{
		Key: key, Profile: s.Profile, Zone: w.f.Zone, To: slices.Clone(w.f.IDs), Channel: m.Channel, Topic: m.Topic,
		Template: d.Template, Vars: s.Vars, Journey: s.Journey, Node: n.ID,
	}
	parts, err := w.write(n)
	if err != nil {
		what := "text"
		if errors.Is(err, wording.ErrGuard) {
			what = "guard"
		}
		w.note(n.ID, what, "no", err.Error())
		w.res.Emit = append(w.res.Emit, Report(c, record.Outcome{Result: graph.Failed, Reason: what}, w.now))
		return w.edge(n, graph.Failed), false
	}
	c.Message.Subject, c.Message.Text, c.Message.HTML = parts.Subject, parts.Text, parts.HTML
	if len(takes) > 0 {
		w.hold(key, takes...)
		c.Took = takes
	}
	s.Awaits = key
	w.res.Commands = append(w.res.Commands, c)
	w.note(n.ID, "gate", "pass", m.Channel)
	return "", true
}

// Held is the outcome of a message that came into quiet hours before it was handed out: it passes the whole gate again.
const Held = "held"

// cancelled is the outcome of a message that a goal or an exit overtook.
const cancelled = "cancelled"

// planned is when what the input is about was meant to happen: when a wait was over, when the event or the
// signal arrived, when the command was meant to be carried out.
func planned(s *record.State, in *record.Input, now time.Time) time.Time {
	at := now
	switch e, c := in.Event, in.Command; {
	case e != nil:
		at = e.Arrived().UTC().Truncate(time.Microsecond)
	case c != nil:
		at = c.Meant()
	case in.Round != nil && in.Round.Event != nil:
		at = in.Round.Event.Arrived().UTC().Truncate(time.Microsecond)
	case !s.Planned.IsZero():
		at = s.Planned
	case !s.Due.IsZero():
		at = s.Due
	}
	if at.After(now) {
		return now
	}
	return at
}

// Late reports whether a message would be too late at an instant.
func Late(p *plan.Plan, c record.Command, at time.Time) bool {
	i, ok := p.ByID[c.Node]
	if !ok || p.Nodes[i].Send == nil || c.ByHand {
		return false
	}
	_, late := p.Gate.Late(on(&p.Nodes[i].Sends, c.Name), c.Meant(), at, p.ZoneOf(&rule.Facts{Zone: c.Message.Zone}))
	return late
}

// Recheck runs the gate again for a message that goes out later than it was meant to: it is held until the instant,
// or not sent at all for the reason in the outcome. Its caps were taken with the command. What was sent again by hand is
// never too late.
func Recheck(p *plan.Plan, c record.Command, f *rule.Facts, now time.Time) (hold time.Time, o record.Outcome) {
	i, ok := p.ByID[c.Node]
	if !ok || p.Nodes[i].Send == nil {
		return
	}
	for _, l := range slices.Concat(p.Goals, p.Exits) {
		if l.Event == "" && plan.Test(l.When, f, now, nil) {
			return hold, record.Outcome{Result: cancelled, Reason: "goal or exit"}
		}
	}
	m, loc := on(&p.Nodes[i].Sends, c.Name), p.ZoneOf(f)
	if v := p.Gate.Open(m, f, now); v.Result != "" {
		return hold, record.Outcome{Result: v.Result, Reason: v.Part + " " + v.Where(m)}
	}
	if !still(p, f, c.Profile, now) {
		return hold, record.Outcome{Result: graph.Outside, Reason: "no longer in the audience"}
	}
	switch do, until := p.Gate.Quiet(m, f, now, loc); do {
	case gate.Hold:
		return until, o
	case gate.Reach:
		return hold, record.Outcome{Result: graph.Unreachable, Reason: "reach " + c.Name}
	case gate.Drop, gate.Next:
		return hold, record.Outcome{Result: graph.Silent, Reason: "quiet hours"}
	}
	if by, late := p.Gate.Late(m, c.Meant(), now, loc); late && !c.ByHand {
		return hold, record.Outcome{Result: graph.TooLate, Reason: by.String()}
	}
	return
}
