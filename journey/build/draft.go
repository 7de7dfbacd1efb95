package build

import (
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// Percent is one percent of all people: 10 * build.Percent.
const Percent graph.Share = marque.Buckets / 100

// A Draft is a definition that is being written. Its methods change it and return it, to be chained. It is not safe
// for concurrent use.
type Draft struct{ def graph.Def }

// Journey begins a definition.
func Journey(name string) *Draft { return &Draft{graph.Def{Name: name}} }

// Doc says what the journey is for.
func (d *Draft) Doc(text string) *Draft { d.def.Doc = text; return d }

// Version tells definitions of one name apart; the highest takes new people.
func (d *Draft) Version(n int) *Draft { d.def.Version = n; return d }

// Zone is the IANA zone of people whose own is not known. Default UTC.
func (d *Draft) Zone(name string) *Draft { d.def.Zone = name; return d }

// Topic is what the messages are about, for consent and caps.
func (d *Draft) Topic(name string) *Draft { d.def.Topic = name; return d }

// Consent is what it takes to send: "required" or "assumed". Default "required".
func (d *Draft) Consent(what string) *Draft { d.def.Consent = what; return d }

// Priority: of journeys that act on one person at one instant, the highest goes first. Default 0.
func (d *Draft) Priority(n int) *Draft { d.def.Priority = n; return d }

// Enter says who enters and when.
func (d *Draft) Enter(e *Entry) *Draft { d.def.Entry = e.def; return d }

// Audience is a rule over the person that must be true on entry, and again before each message.
func (d *Draft) Audience(rule string) *Draft { d.def.Audience = rule; return d }

// Goal is what the journey is for; reaching it ends the journey at once.
func (d *Draft) Goal(on graph.On) *Draft { d.def.Goal = &on; return d }

// Leave adds what else ends the journey at once.
func (d *Draft) Leave(on ...graph.On) *Draft { d.def.Exit = append(d.def.Exit, on...); return d }

// Quiet is when nothing is sent, on these channels or on all; do is "hold", "drop" or "next", by default "hold".
func (d *Draft) Quiet(from, to, do string, channels ...string) *Draft {
	d.def.Quiet = &graph.Quiet{From: from, To: to, Do: do, Channels: channels}
	return d
}

// Caps adds bounds on how many messages a person gets.
func (d *Draft) Caps(caps ...graph.Cap) *Draft { d.def.Caps = append(d.def.Caps, caps...); return d }

// Late bounds how late a message may go out; do is "skip", "send" or "exit", by default "skip".
func (d *Draft) Late(after marque.Duration, do string) *Draft {
	d.def.Late = &graph.Late{After: after, Do: do}
	return d
}

// Path adds nodes, each of which leads to the one behind it and the last one to the end, where they do not say
// otherwise. The journey begins at the first node of the first path.
func (d *Draft) Path(nodes ...*Node) *Draft {
	for i, n := range nodes {
		node := n.def
		if i+1 < len(nodes) && node.Next == "" && !n.ends() {
			node.Next = nodes[i+1].def.ID
		}
		d.def.Nodes = append(d.def.Nodes, node)
	}
	return d
}

// Def is the definition, with everything that is wrong with it in itself, as Validate lists it.
func (d *Draft) Def() (graph.Def, error) {
	def := d.def
	def.Nodes = slices.Clone(def.Nodes)
	return def, def.Validate()
}
