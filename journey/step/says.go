package step

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// Says lists the events that journeys say, for the schema of rules over them.
//
// journey.entered and journey.exited are turns of the fact "journey/NAME/ENROLLMENT"; experiment.exposed of the fact
// "experiment/NAME/ARM", so that the log takes it once per person; a message is sent or failed once per key.
func Says() []rule.EventType {
	text := func(names ...string) []rule.Field {
		fs := make([]rule.Field, len(names))
		for i, n := range names {
			fs[i] = rule.Field{Name: n, Type: rule.String}
		}
		return fs
	}
	message := text("journey", "node", "channel", "topic", "template", "key", "enrollment")
	return []rule.EventType{
		{Name: "journey.entered", Doc: "a person entered a journey", Props: text("journey")},
		{Name: "journey.exited", Doc: "a journey ended for a person; goal says whether it was reached",
			Props: append(text("journey", "reason", "node"), rule.Field{Name: "goal", Type: rule.Bool})},
		{Name: "message.sent", Doc: "a channel took a message", Props: message},
		{Name: "message.failed", Doc: "a channel did not take a message",
			Props: append(message[:len(message):len(message)], text("result", "reason")...)},
		{Name: "experiment.exposed", Doc: "a person saw an arm of an experiment or hold-out for the first time",
			Props: text("experiment", "arm")},
	}
}

// say says something about the enrollment. It happens at most once in its life.
func (w *walk) say(name string, props map[string]any) {
	s := w.s()
	w.res.Emit = append(w.res.Emit, w.cause().Turn(name, "journey/"+s.Journey+"/"+s.ID, 1, w.now, props))
}

func (w *walk) expose(experiment, arm string) {
	e := w.cause().Turn("experiment.exposed", "experiment/"+experiment+"/"+arm, 1, w.now,
		map[string]any{"experiment": experiment, "arm": arm})
	w.res.Emit = append(w.res.Emit, e)
}

func (w *walk) cause() marque.Event {
	s := w.s()
	e := marque.Event{ID: s.Cause, Profile: s.Profile, Hops: s.Hops}
	if s.Via != (marque.ID{}) {
		e.IDs = []marque.ID{s.Via}
	}
	return e
}

// Report is the event that says what a channel made of a message. Its id is that of the message, whichever attempt
// finds out first.
func Report(c record.Command, o record.Outcome, now time.Time) marque.Event {
	name := "message.sent"
	props := map[string]any{"journey": c.Journey, "node": c.Node, "channel": c.Name, "key": c.Key, "enrollment": c.Enrollment}
	if m := c.Message; m != nil {
		props["topic"], props["template"] = m.Topic, m.Template
	}
	if o.Result != graph.Sent {
		name = "message.failed"
		props["result"], props["reason"] = o.Result, o.Reason
	}
	e := marque.Event{
		ID: marque.Key(c.Key, name), Name: name, At: now, Received: now, Profile: c.Profile, Props: props, Hops: c.Hops + 1,
	}
	if c.Via != (marque.ID{}) {
		e.IDs = []marque.ID{c.Via}
	}
	return e
}
