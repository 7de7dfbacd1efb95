package step

import (
	"slices"
	"time"

	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// A Draft is a message as one person would get it on a channel, with what the gate says of it.
type Draft struct {
	Channel string `json:"channel"`
	// Message has no key. It is there whatever the gate says, but nil where its texts cannot be written.
	Message *record.Message `json:"message,omitempty"`
	// OK: it would go out now, if no cap is full.
	OK bool `json:"ok"`
	// Held is until when quiet hours would hold it.
	Held time.Time `json:"held,omitzero"`
	// Gate are the verdicts up to the one that stops it. Caps are not counted here: their verdict is "open", with the
	// counters that it would take of.
	Gate []record.Note `json:"gate"`
}

// Preview gives the message of a send node on each of its channels, in the order in which they would be tried for the
// person that f is about; vars are the variables. It is empty where the node does not send. Need(State{Node: node}) is
// what it reads.
func Preview(p *plan.Plan, node string, vars map[string]any, f *rule.Facts, now time.Time) []Draft {
	i, ok := p.ByID[node]
	if !ok || p.Nodes[i].Send == nil {
		return nil
	}
	n := &p.Nodes[i]
	s := record.State{Journey: p.Def().Name, Node: node, Profile: f.Profile, Entered: now, Since: now, Vars: vars}
	all := walk{p: p, f: f, now: now, planned: now, res: record.Result{Change: record.Change{State: s}}}
	var drafts []Draft
	for _, at := range all.channels(n) {
		w := all
		w.s().Tried = ^(1 << at)
		w.send(n, "")
		d := Draft{Channel: n.Send.Channels[at], Held: w.s().Due}
		for _, x := range w.res.Trace {
			if x.What == "edge" {
				continue
			}
			if x.What == "cap" {
				x.Verdict = "open"
				for _, t := range takes(p, n, d.Channel, f, now) {
					x.Detail += " " + t.Counter
				}
				x.Detail = x.Detail[min(1, len(x.Detail)):]
			}
			d.Gate = append(d.Gate, x)
		}
		if parts, err := w.write(n); err == nil {
			m := on(&n.Sends, d.Channel)
			d.Message = &record.Message{
				Profile: f.Profile, Zone: f.Zone, To: slices.Clone(f.IDs), Channel: d.Channel, Topic: m.Topic, Template: n.Send.Template,
				Subject: parts.Subject, Text: parts.Text, HTML: parts.HTML, Vars: vars, Journey: p.Def().Name, Node: node, At: now,
			}
		}
		d.OK = len(w.res.Commands) > 0
		drafts = append(drafts, d)
	}
	return drafts
}
