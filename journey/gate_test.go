package journey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

// The gate says the same of a message that goes out late as of one that goes out at once.
func TestGateOfRetries(t *testing.T) {
	later := func(journey.Message) (journey.Receipt, error) {
		return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
	}
	withdrawn := []rule.Consent{{OK: true, At: 1}, {Channel: "push", At: 2}}
	t.Run("consent for one channel was withdrawn: the next", func(t *testing.T) {
		w := newWorld(t, onOrder(send("s", "", "push", "sms")))
		w.push.Answer = later
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.person("ann").consents = withdrawn
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 11:00:00 message.sent sms s"}, w.said("message.sent"))
	})
	t.Run("a goal that is a rule was reached", func(t *testing.T) {
		d := onOrder(send("s", "", "push", "sms"))
		d.Goal = &journey.On{When: "age > 90"}
		d.Caps = []journey.Cap{{N: 1, Per: "month"}}
		other := onOrder(send("o", "", "sms"))
		other.Name, other.Entry.Event, other.Caps = "other", "view", d.Caps
		w := newWorld(t, d, other)
		w.push.Answer = later
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.person("ann").attrs["age"] = 91
		w.until("2026-03-02 12:00:00")
		require.Equal(t, []string{"03-02 11:00:00 exited goal (goal)"}, w.said("journey.exited"))
		require.Empty(t, w.said("message.sent"))
		w.event("2026-03-02 13:00:00", "ann", "view")
		require.Equal(t, []string{"03-02 13:00:00 message.sent sms o"}, w.said("message.sent"), "the cap is given back")
	})
	t.Run("quiet on one channel: the next", func(t *testing.T) {
		d := onOrder(send("s", "", "push", "sms"))
		d.Quiet = &journey.Quiet{From: "22:00", To: "08:00", Do: "next", Channels: []string{"push"}}
		w := newWorld(t, d)
		w.push.Answer = later
		w.event("2026-03-02 21:30:00", "ann", "order_paid")
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 22:30:00 message.sent sms s"}, w.said("message.sent"))
	})
	t.Run("a dead letter that is sent again", func(t *testing.T) {
		d := onOrder(send("s", "", "push"))
		d.Quiet = &journey.Quiet{From: "22:00", To: "08:00"}
		w := newWorld(t, d)
		w.opts = &journey.Options{Attempts: 1}
		w.start()
		w.push.Answer = func(journey.Message) (journey.Receipt, error) { return journey.Receipt{Status: journey.Unknown}, nil }
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 10:00:00", "bob", "order_paid")
		w.push.Answer = nil
		w.person("bob").consents = withdrawn
		w.until("2026-03-02 23:00:00")
		dead, err := w.runner.Dead(context.Background(), marque.Parts{}, 9)
		require.NoError(t, err)
		require.NoError(t, w.runner.Revive(context.Background(), marque.Lease{}, w.now, dead...))
		w.until("2026-03-04 00:00:00")
		require.Equal(t, []string{"03-03 08:00:00 message.sent push s"}, w.said("message.sent"))
		require.Equal(t, "ann", w.push.Sent()[0].Profile)
	})
}

// A definition that was published without its channel does not hold up everybody behind the message.
func TestChannelIsGoneFromTheDefinition(t *testing.T) {
	def := func(channels ...string) journey.Def {
		d := onOrder(send("s", "", channels...))
		d.Caps = []journey.Cap{{N: 3, Per: "day"}}
		return d
	}
	w := newWorld(t, def("push"))
	w.push.Answer = func(journey.Message) (journey.Receipt, error) {
		return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
	}
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	w.push.Answer = func(journey.Message) (journey.Receipt, error) {
		return journey.Receipt{Status: journey.Unreachable}, nil
	}
	w.defs = []journey.Def{def("sms")}
	w.start()
	w.until("2026-03-03 00:00:00")
	require.Equal(t, []string{"03-02 11:00:00 message.sent sms s"}, w.said("message.sent"))
}

// A text never has a hole that nobody stated.
func TestTextNamesTheRoot(t *testing.T) {
	def := func(missing map[string]string) journey.Def {
		return onOrder(journey.Node{ID: "s", Send: &journey.Send{Channels: []string{"push"}, Text: "Hi {{with .city}}{{$.name}}{{end}}", Missing: missing}})
	}
	_, err := compile(def(map[string]string{"city": "there"}))
	require.ErrorContains(t, err, `[0].nodes[0].send.missing: says nothing of "name", which not everybody has: write missing: {name: "…"}, or {{default "…" .name}} in the text`)
	w := newWorld(t, def(map[string]string{"city": "there", "name": "you"}))
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	require.Equal(t, "Hi you", w.push.Sent()[0].Text)
}
