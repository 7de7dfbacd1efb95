package build

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// Forever is how long a wait without a timeout lasts.
const Forever marque.Duration = 0

func wait(id string, w graph.Wait) *Node { return &Node{def: graph.Node{ID: id, Wait: &w}} }

// WaitFor waits an exact time: 2*marque.Day is 48 hours.
func WaitFor(id string, d marque.Duration) *Node { return wait(id, graph.Wait{For: d}) }

// WaitDays waits until n days later on the calendar, at that time of day; without one, at the same time of day.
func WaitDays(id string, n int, at string) *Node { return wait(id, graph.Wait{Days: n, At: at}) }

// WaitThen waits an exact time, and then until the next such time of day.
func WaitThen(id string, d marque.Duration, at string) *Node {
	return wait(id, graph.Wait{For: d, At: at})
}

// WaitAt waits until the next such time of day, on one of the weekdays ("mon-fri"); "" is every day.
func WaitAt(id, at, weekdays string) *Node { return wait(id, graph.Wait{At: at, Weekdays: weekdays}) }

// WaitWindow waits until the time of day is in the window ("09:00-18:00"), on one of the weekdays; "" is every day.
func WaitWindow(id, window, weekdays string) *Node {
	return wait(id, graph.Wait{Window: window, Weekdays: weekdays})
}

// WaitActive waits until the hour at which the person is active.
func WaitActive(id string, a graph.Active) *Node { return wait(id, graph.Wait{Active: &a}) }

// WaitDate waits until a date of the person's. Past says what becomes of who comes later: "continue", "skip" or "exit".
func WaitDate(id string, d graph.Date, past string) *Node {
	return wait(id, graph.Wait{Date: &graph.DateWait{Date: d, Past: past}})
}

// WaitEvent waits for the first of events that happen from now on; then it goes on by the edge "timeout".
func WaitEvent(id string, within marque.Duration, events ...*Match) *Node {
	w := graph.Wait{Within: within}
	for _, m := range events {
		w.Any = append(w.Any, m.def)
	}
	if len(w.Any) == 1 && w.Any[0].Next == "" {
		m := w.Any[0]
		w.Event, w.When, w.Of, w.Same, w.Keep, w.Any = m.Event, m.When, m.Of, m.Same, m.Keep, nil
	}
	return wait(id, w)
}

// WaitBest waits for events to the end, and goes on by the match that stands first in the list.
func WaitBest(id string, within marque.Duration, events ...*Match) *Node {
	n := WaitEvent(id, within, events...)
	n.def.Wait.Ranked = true
	return n
}

// WaitUntil waits until a condition is true; who comes when it is goes on at once. Then it goes on by the edge
// "timeout".
func WaitUntil(id string, within marque.Duration, cases ...graph.Case) *Node {
	return wait(id, graph.Wait{Until: cases, Within: within})
}

// A Match is an event that a wait waits for. Its methods change it and return it.
type Match struct{ def graph.Match }

// Event matches events of that name.
func Event(name string) *Match { return &Match{graph.Match{Event: name}} }

// When is a rule over the person and that event.
func (m *Match) When(rule string) *Match { m.def.When = rule; return m }

// Of: the event is about the message that was sent at that node last.
func (m *Match) Of(node string) *Match { m.def.Of = node; return m }

// Same adds properties that must equal the variables of the same name.
func (m *Match) Same(props ...string) *Match { m.def.Same = append(m.def.Same, props...); return m }

// Keep adds properties that become variables.
func (m *Match) Keep(props ...string) *Match { m.def.Keep = append(m.def.Keep, props...); return m }

// To is where this match leads. Default the node's next.
func (m *Match) To(node string) *Match { m.def.Next = node; return m }
