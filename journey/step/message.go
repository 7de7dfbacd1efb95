package step

import (
	"errors"
	"slices"
	"time"

	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	wording "github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// on is what the gate is asked about on a channel.
func (s *send) on(channel string) gate.Message {
	m := s.message
	m.Channel = channel
	return m
}

// text compiles the texts of a message.
func (c *compiler) text(path string, d *graph.Send, s *send) {
	src := wording.Source{Subject: d.Subject, Text: d.Text, HTML: d.HTML, Missing: d.Missing}
	if src.Subject == "" && src.Text == "" && src.HTML == "" && len(src.Missing) == 0 {
		return
	}
	var fields []rule.Field
	for _, x := range graph.Scopes([]graph.Def{*c.def}, c.lex.Schema().Events...) {
		fields = append(fields, x.Fields...)
	}
	own := len(fields) // a variable hides the attribute of its name
	for _, x := range c.lex.Schema().Attributes {
		if !slices.Contains(fieldNames(fields[:own]), x.Name) {
			fields = append(fields, x)
		}
	}
	t, err := wording.Compile(src, fields, c.guard)
	c.faults.Wrap(path, err)
	if err != nil {
		return
	}
	s.text = t
	for _, x := range t.Reads() {
		f := field{x.Name, -1}
		if slot, ok := c.lex.Attr(x.Name); ok {
			f.attr = slot
		}
		s.fields = append(s.fields, f)
	}
}

// write writes the texts for the person: variables, and attributes where there is no variable of that name.
func (w *walk) write(n *node) (wording.Parts, error) {
	if n.send.text == nil {
		return wording.Parts{}, nil
	}
	return n.send.text.Write(func(name string) rule.Value {
		if v, _ := rule.Of(w.s().Vars[name]); v.Known() {
			return v
		}
		i := slices.IndexFunc(n.send.fields, func(f field) bool { return f.name == name })
		if slot := n.send.fields[i].attr; slot >= 0 {
			return w.f.Attrs[slot]
		}
		return rule.Value{}
	}, w.p.zoneOf(w.f))
}

// message commands a message that passed the gate.
func (w *walk) message(n *node, m gate.Message, key string, takes []limit.Take) (next string, stop bool) {
	s, d := w.s(), n.Send
	c := w.command(n, "send", m.Channel, nil)
	c.Key = key
	c.Message = &Message{
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
		w.res.Emit = append(w.res.Emit, Report(c, Outcome{Result: graph.Failed, Reason: what}, w.now))
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

// planned is when what the input is about was meant to happen: when a wait was over, when the event arrived, when the
// command was meant to be carried out. Another journey ends when it ends.
func planned(s *State, in *Input, now time.Time) time.Time {
	at := now
	switch e, c := in.Event, in.Command; {
	case e != nil:
		at = e.Arrived().UTC().Truncate(time.Microsecond)
	case c != nil && c.Do == "sub":
	case c != nil:
		at = c.planned()
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

// planned is when the command was meant to be carried out.
func (c *Command) planned() time.Time {
	if c.Planned.IsZero() {
		return c.Made
	}
	return c.Planned
}

// Late reports whether a message would be too late at an instant.
func (p *Plan) Late(c Command, at time.Time) bool {
	i, ok := p.byID[c.Node]
	if !ok || p.nodes[i].Send == nil || c.ByHand {
		return false
	}
	_, late := p.gate.Late(p.nodes[i].send.on(c.Name), c.planned(), at, p.zoneOf(&rule.Facts{Zone: c.Message.Zone}))
	return late
}

// Recheck runs the gate again for a message that goes out later than it was meant to: it is held until the instant,
// or not sent at all for the reason in the outcome. Its caps were taken with the command. What was sent again by hand is
// never too late.
func (p *Plan) Recheck(c Command, f *rule.Facts, now time.Time) (hold time.Time, o Outcome) {
	i, ok := p.byID[c.Node]
	if !ok || p.nodes[i].Send == nil {
		return
	}
	for _, l := range slices.Concat(p.goals, p.exits) {
		if l.event == "" && test(l.when, f, now, nil) {
			return hold, Outcome{Result: cancelled, Reason: "goal or exit"}
		}
	}
	m, loc := p.nodes[i].send.on(c.Name), p.zoneOf(f)
	if v := p.gate.Open(m, f, now); v.Result != "" {
		return hold, Outcome{Result: v.Result, Reason: v.Part + " " + v.Where(m)}
	}
	if !p.still(f, c.Profile, now) {
		return hold, Outcome{Result: graph.Outside, Reason: "no longer in the audience"}
	}
	switch do, until := p.gate.Quiet(m, f, now, loc); do {
	case gate.Hold:
		return until, o
	case gate.Reach:
		return hold, Outcome{Result: graph.Unreachable, Reason: "reach " + c.Name}
	case gate.Drop, gate.Next:
		return hold, Outcome{Result: graph.Silent, Reason: "quiet hours"}
	}
	if by, late := p.gate.Late(m, c.planned(), now, loc); late && !c.ByHand {
		return hold, Outcome{Result: graph.TooLate, Reason: by.String()}
	}
	return
}
