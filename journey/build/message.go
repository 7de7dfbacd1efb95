package build

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// A Message is what a node sends. Its methods change it and return it.
type Message struct{ def graph.Send }

// Send sends one message on the first channel that takes it.
func Send(id string, m *Message) *Node {
	send := m.def
	return &Node{def: graph.Node{ID: id, Send: &send}}
}

// By begins a message with its channels, in the order in which they are tried.
func By(channels ...string) *Message { return &Message{graph.Send{Channels: channels}} }

// Prefer puts the person's own channel first: an attribute that names it, or the beginning of tags that do.
func (m *Message) Prefer(of string) *Message { m.def.Prefer = of; return m }

// Template is the host's name of what is sent.
func (m *Message) Template(name string) *Message { m.def.Template = name; return m }

// Text is a text/template over attributes and variables.
func (m *Message) Text(text string) *Message { m.def.Text = text; return m }

// Mail is a subject and an HTML body, both templates.
func (m *Message) Mail(subject, html string) *Message {
	m.def.Subject, m.def.HTML = subject, html
	return m
}

// Missing is what stands for an attribute or variable that the person has not.
func (m *Message) Missing(name, text string) *Message {
	if m.def.Missing == nil {
		m.def.Missing = map[string]string{}
	}
	m.def.Missing[name] = text
	return m
}

// Topic of the message. Default that of the journey.
func (m *Message) Topic(name string) *Message { m.def.Topic = name; return m }

// Transactional messages go out unless consent was withdrawn; they know no quiet hours and no caps.
func (m *Message) Transactional() *Message { m.def.Transactional = true; return m }

// Late bounds how late it may go out; do is "skip", "send" or "exit", by default "skip".
func (m *Message) Late(after marque.Duration, do string) *Message {
	m.def.Late = &graph.Late{After: after, Do: do}
	return m
}
