package journey_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/internal/shape"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/rule/lang"
)

// One order that is paid, or sent back, ends the enrollment of that order.
func TestEndsOfOneKey(t *testing.T) {
	for _, c := range []struct {
		name   string
		end    func(d *journey.Def)
		events [][2]string
		sent   int // of two
		said   []string
	}{
		{"the goal of one", func(d *journey.Def) { d.Goal = &journey.On{Event: "order_paid", Same: []string{"order"}} },
			[][2]string{{"2026-03-02 12:00:00", "order_paid order=a"}}, 1, []string{"03-02 12:00:00 exited goal (goal)", "03-03 11:00:00 exited completed"}},
		{"the exit of one", func(d *journey.Def) {
			d.Exit = []journey.On{{Event: "order_paid", Same: []string{"order"}, Reason: "paid"}}
		},
			[][2]string{{"2026-03-02 12:00:00", "order_paid order=b"}}, 1, []string{"03-02 12:00:00 exited paid", "03-03 10:00:00 exited completed"}},
		{"of both", func(d *journey.Def) { d.Goal = &journey.On{Event: "order_paid", Same: []string{"order"}} },
			[][2]string{{"2026-03-02 12:00:00", "order_paid order=b"}, {"2026-03-02 13:00:00", "order_paid order=a"}}, 0, []string{"03-02 12:00:00 exited goal (goal)", "03-02 13:00:00 exited goal (goal)"}},
		{"of neither: another, and one without", func(d *journey.Def) { d.Goal = &journey.On{Event: "order_paid", Same: []string{"order"}} },
			[][2]string{{"2026-03-02 12:00:00", "order_paid order=c"}, {"2026-03-02 13:00:00", "order_paid amount=1"}}, 2, []string{"03-03 10:00:00 exited completed", "03-03 11:00:00 exited completed"}},
		{"of all, without same", func(d *journey.Def) { d.Goal = &journey.On{Event: "order_paid"} },
			[][2]string{{"2026-03-02 12:00:00", "order_paid order=c"}}, 0, []string{"03-02 12:00:00 exited goal (goal)", "03-02 12:00:00 exited goal (goal)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := journey.Def{Name: "j", Consent: "assumed", Entry: journey.Entry{Event: "refund", Key: "event.order", Keep: []string{"order"}},
				Nodes: []journey.Node{wait("w", "s", journey.Wait{For: day}), send("s", "", "push")}}
			c.end(&d)
			w := newWorld(t, d)
			w.event("2026-03-02 10:00:00", "ann", "refund order=a")
			w.event("2026-03-02 11:00:00", "ann", "refund order=b")
			for _, e := range c.events {
				w.event(e[0], "ann", e[1])
			}
			w.until("2026-03-04 00:00:00")
			require.Equal(t, c.said, w.said("journey.exited"))
			require.Len(t, w.said("message.sent"), c.sent)
		})
	}
	for def, want := range map[string]string{
		`{"name":"j","entry":{"call":true},"goal":{"when":"age > 3","same":["order"]},"nodes":[{"id":"a","exit":"x"}]}`:                             `[0].goal.same: goes with event only`,
		`{"name":"j","entry":{"event":"refund"},"goal":{"event":"order_paid","same":["order"]},"nodes":[{"id":"a","exit":"x"}]}`:                    `[0].goal.same[0]: the journey keeps no variable "order"`,
		`{"name":"j","entry":{"event":"refund","keep":["order"]},"exit":[{"event":"order_paid","same":["ordr"]}],"nodes":[{"id":"a","exit":"x"}]}`:  `[0].exit[0].same[0]: the event has no property "ordr", did you mean "order"?`,
		`{"name":"j","entry":{"event":"refund","keep":["order"]},"exit":[{"event":"order_payd","same":["order"]}],"nodes":[{"id":"a","exit":"x"}]}`: `[0].exit[0].event: no event "order_payd", did you mean "order_paid"?`,
	} {
		_, err := compile(decode(t, def)...)
		require.EqualError(t, err, firstLine(err), def) // nothing else
		require.Contains(t, err.Error(), want)
	}
}

func firstLine(err error) string {
	if err == nil {
		return ""
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// A definition that is wrong in itself is checked for names and rules as well, each fault once.
func TestAllFaultsAtOnce(t *testing.T) {
	_, err := compile(decode(t, `{"name":"j","zone":"Mars/Base","entry":{"event":"order_paid","when":"event.amout > 1"},"exit":[{}],
		"nodes":[{"id":"a","send":{"channels":["push",""],"text":"{{.nme}}"},"next":"bb"},{"id":"b","tag":"nope"},{"id":"c","tag":""},{"id":"d","goto":"k"},{"id":"e","goto":"l"}]}`)...)
	require.EqualError(t, err, strings.Join([]string{
		`[0].zone: no time zone "Mars/Base"`,
		`[0].exit[0].event: want an event, a rule, or both`,
		`[0].nodes[0].send.channels[1]: is empty`,
		`[0].nodes[2].tag: is empty`,
		`[0].nodes[0].next: no node "bb", did you mean "b"?`,
		`[0].entry.when: 1:7: event has no field amout, did you mean "amount"?`,
		`[0].nodes[0].send.text: line 1: no attribute and no variable "nme", did you mean "name"?`,
		`[0].nodes[1].tag: no tag "nope"`,
		`[0].nodes[3].goto: no journey "k"`,
		`[0].nodes[4].goto: no journey "l"`,
	}, "\n"))
}

// Whatever stands in a definition, it is compiled or refused, and nothing that it uses is empty.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"", "\x01", "abc", "\xff\x00\x10\x03\x07\x02\x01\x01\x02", strings.Repeat("\x00\x05\x01\x09", 40)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		i := 0
		dice := func(n int) int {
			if i >= len(data) {
				return 0
			}
			i++
			return int(data[i-1]) % n
		}
		defs := []journey.Def{shape.Draw(dice), shape.Draw(dice)}
		for j := range defs { // what Draw does not leave out
			d := &defs[j]
			switch dice(8) {
			case 0:
				d.Nodes = nil
			case 1:
				d.Entry = journey.Entry{}
			case 2:
				d.Zone = "Mars/Base"
			case 3:
				d.Nodes = append(d.Nodes, d.Nodes...)
			case 4:
				d.Nodes = append(d.Nodes, journey.Node{ID: "a", Send: &journey.Send{}, Wait: &journey.Wait{Any: []journey.Match{{Of: "z"}}}}, journey.Node{Split: &journey.Split{}})
			case 5:
				d.Goal, d.Exit, d.Quiet = &journey.On{Same: []string{""}}, []journey.On{{}}, &journey.Quiet{From: "25:00"}
			}
		}
		lex := schema(defs[:0])
		set, err := plan.Compile(defs, lex, lang.New(lex, nil), nil)
		if err == nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
			require.False(t, seen[e.Error()], e)
			seen[e.Error()] = true
		}
		for _, r := range set.Refs() {
			require.NotEmpty(t, r.Path)
		}
	})
}
