package journey_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// newWorldWith is a world with a policy.
func newWorldWith(t testing.TB, p journey.Policy, defs ...journey.Def) *world {
	w := newWorld(t, defs...)
	w.common = &journey.CompileOptions{Messages: p}
	w.start()
	return w
}

// edges has an exit for each outcome of a send.
func edges(d *journey.Def, send string) {
	for i := range d.Nodes {
		if d.Nodes[i].ID != send {
			continue
		}
		d.Nodes[i].On = map[string]string{}
		for _, o := range []string{graph.Sent, graph.Unreachable, graph.Suppressed, graph.Outside, graph.Capped, graph.Silent, graph.TooLate, graph.Failed} {
			d.Nodes[i].On[o] = "on-" + o
		}
	}
	for _, o := range []string{graph.Sent, graph.Unreachable, graph.Suppressed, graph.Outside, graph.Capped, graph.Silent, graph.TooLate, graph.Failed} {
		d.Nodes = append(d.Nodes, journey.Node{ID: "on-" + o, Exit: o})
	}
}

// A message that everything speaks against is stopped by the first in the order of the gate; without that by the
// second, and so on.
func TestOrderOfTheGate(t *testing.T) {
	late := marque.Hour
	policy := journey.Policy{
		Caps: []journey.Cap{{N: 1, Per: "day"}}, Quiet: &journey.Quiet{From: "23:00", To: "08:00", Do: "drop"}, Late: &graph.Late{After: late},
		Suppress: []graph.Suppression{{Name: "bounced", When: `name == "bounced"`}},
	}
	parts := []string{"goal", "consent", "suppress", "audience", "cap", "quiet", "late"}
	for i, want := range []string{"goal", graph.Suppressed, graph.Suppressed, graph.Outside, graph.Capped, graph.Silent, graph.TooLate, graph.Sent} {
		against := parts[i:]
		t.Run(strings.Join(append(against, "nothing"), " and "), func(t *testing.T) {
			d := onOrder(wait("w", "s", journey.Wait{At: "20:00"}), send("s", "", "push"))
			edges(&d, "s")
			d.Goal = &journey.On{When: "age > 90"}
			d.Audience = `city != "away"`
			other := onOrder(send("o", "", "push"))
			other.Name, other.Entry.Event = "other", "view"
			w := newWorldWith(t, policy, d, other)
			var last journey.Trace
			w.opts = &journey.Options{Trace: func(x journey.Trace) { last = x }}
			w.start()
			ann, now := w.person("ann"), "2026-03-02 22:59:00"
			ann.attrs["city"] = "here"
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			if slices.Contains(against, "cap") {
				w.event("2026-03-02 10:00:01", "ann", "view")
			}
			for _, x := range against {
				switch x {
				case "goal":
					ann.attrs["age"] = 99
				case "consent":
					ann.consents = []rule.Consent{{OK: true, At: 1}, {At: 2}}
				case "suppress":
					ann.attrs["name"] = "bounced"
				case "audience":
					ann.attrs["city"] = "away"
				case "quiet":
					now = "2026-03-02 23:30:00"
				}
			}
			if !slices.Contains(against, "late") {
				now = "2026-03-02 20:59:00"
			}
			w.now = at(now) // nobody woke until then
			w.until(now)
			exited := w.said("journey.exited")
			require.Contains(t, exited[len(exited)-1], " exited "+want)
			var whats []string
			for _, n := range last.Result.Trace {
				whats = append(whats, n.What+" "+n.Verdict)
			}
			if want == graph.TooLate {
				require.Equal(t, []string{"edge due", "consent pass", "audience pass", "cap pass", "quiet pass", "late no", "edge late", "end late"}, whats)
			}
			if want == graph.Silent {
				require.Equal(t, []string{"edge due", "consent pass", "audience pass", "cap pass", "quiet drop", "edge quiet", "end quiet"}, whats)
			}
		})
	}
}

// Each outcome has its edge, and goes on to the next node where it has none.
func TestOutcomes(t *testing.T) {
	answer := func(s journey.Status) func(journey.Message) (journey.Receipt, error) {
		return func(journey.Message) (journey.Receipt, error) { return journey.Receipt{Status: s}, nil }
	}
	for _, c := range []struct {
		outcome string
		when    string
		set     func(w *world, d *journey.Def)
	}{
		{graph.Sent, "10:00:00", func(*world, *journey.Def) {}},
		{graph.Unreachable, "10:00:00", func(w *world, _ *journey.Def) { w.push.Answer = answer(journey.Unreachable) }},
		{graph.Failed, "10:00:00", func(w *world, _ *journey.Def) { w.push.Answer = answer(journey.Invalid) }},
		{graph.Failed, "10:00:00", func(w *world, d *journey.Def) {
			d.Nodes[1].Send.Text, d.Nodes[1].Send.Missing = "the {{.name}}", map[string]string{"name": "x"}
			w.person("ann").attrs["name"] = "best"
			w.common.Guard = func(s string) error {
				if strings.Contains(s, "best") {
					return errors.New("best")
				}
				return nil
			}
		}},
		{graph.Suppressed, "10:00:00", func(w *world, _ *journey.Def) { w.person("ann").consents = nil }},
		{graph.Outside, "10:00:00", func(w *world, d *journey.Def) {
			d.Audience = `city != "away"`
		}},
		{graph.Capped, "10:00:00", func(w *world, d *journey.Def) {
			d.Caps = []journey.Cap{{N: 1, Per: "day"}}
			d.Nodes = append([]journey.Node{send("first", "w", "push")}, d.Nodes...)
		}},
		{graph.Silent, "23:00:00", func(w *world, d *journey.Def) {
			d.Quiet = &journey.Quiet{From: "22:00", To: "08:00", Do: "drop"}
		}},
		{graph.TooLate, "12:00:00", func(w *world, d *journey.Def) { d.Nodes[1].Send.Late = &graph.Late{After: marque.Hour} }},
	} {
		for _, own := range []bool{true, false} {
			t.Run(c.outcome, func(t *testing.T) {
				d := onOrder(wait("w", "s", journey.Wait{For: marque.Hour}), send("s", "next", "push"), journey.Node{ID: "next", Exit: "went on"})
				want := "went on"
				if own {
					edges(&d, "s")
					d.Nodes = slices.DeleteFunc(d.Nodes, func(n journey.Node) bool { return n.ID == "next" })
					d.Nodes[1].Next, want = "", c.outcome
				}
				w := newWorldWith(t, journey.Policy{})
				w.person("ann").attrs["city"] = "here"
				c.set(w, &d)
				w.defs = []journey.Def{d}
				w.start()
				w.event("2026-03-02 09:00:00", "ann", "order_paid")
				w.person("ann").attrs["city"] = "away"
				w.now = at("2026-03-02 " + c.when)
				w.until("2026-03-03 09:00:00")
				require.Equal(t, []string{"exited " + want}, cutStamps(w.said("journey.exited")))
			})
		}
	}
}

func cutStamps(lines []string) []string {
	for i, l := range lines {
		lines[i] = l[len("03-02 10:00:00 "):]
	}
	return lines
}
