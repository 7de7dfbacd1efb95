package journey_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// What a message took of caps and gives back is there for the next message of the same step, and nothing more is.
func TestCapsThatAreGivenBack(t *testing.T) {
	answer := func(s journey.Status) func(journey.Message) (journey.Receipt, error) {
		return func(journey.Message) (journey.Receipt, error) {
			return journey.Receipt{Status: s, After: marque.Hour}, nil
		}
	}
	daily := []journey.Cap{{N: 1, Per: "day"}}
	def := func(nodes ...journey.Node) journey.Def {
		d := onOrder(nodes...)
		d.Entry.Reentry = "every"
		return d
	}
	t.Run("the next channel", func(t *testing.T) {
		w := newWorldWith(t, journey.Policy{Caps: append(daily, journey.Cap{N: 1, Per: "week", Channel: "push"})}, def(send("s", "", "push", "sms")))
		w.push.Answer = answer(journey.Unreachable)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 11:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 message.sent sms s"}, w.said("message.sent"))
		w.push.Answer = nil
		w.event("2026-03-03 10:00:00", "ann", "order_paid")
		require.Equal(t, "03-03 10:00:00 message.sent push s", w.said("message.sent")[1], "what was not sent took nothing of the week")
	})
	t.Run("what no longer counts is not given back", func(t *testing.T) {
		other := def(send("o", "", "wechat"))
		other.Name, other.Entry.Event = "other", "view"
		w := newWorldWith(t, journey.Policy{Caps: daily}, def(send("s", "", "push", "sms")), other)
		w.push.Answer = answer(journey.Later)
		w.event("2026-03-02 22:30:00", "ann", "order_paid") // tried each hour
		w.event("2026-03-03 00:10:00", "ann", "view")
		w.push.Answer = answer(journey.Unreachable)
		w.until("2026-03-03 12:00:00")
		require.Equal(t, []string{"03-03 00:10:00 message.sent wechat o"}, w.said("message.sent"), "the day has one already")
	})
	t.Run("a message that was dropped, and the next node", func(t *testing.T) {
		d := def(send("a", "b", "push"), send("b", "", "sms"))
		d.Quiet = &journey.Quiet{From: "22:00", To: "08:00", Do: "drop", Channels: []string{"push"}}
		w := newWorldWith(t, journey.Policy{Caps: daily}, d)
		w.event("2026-03-02 23:00:00", "ann", "order_paid")
		w.event("2026-03-02 23:00:01", "ann", "order_paid")
		require.Equal(t, []string{"03-02 23:00:00 message.sent sms b"}, w.said("message.sent"))
	})
	t.Run("a message whose turn came at night counts for the day on which it goes", func(t *testing.T) {
		w := newWorldWith(t, journey.Policy{
			Caps: daily, Quiet: &journey.Quiet{From: "22:00", To: "08:00"}, Rates: []graph.Rate{{Channel: "push", N: 1, Per: "minute"}},
		}, def(send("s", "", "push")))
		w.event("2026-03-02 21:59:30", "bob", "order_paid")
		w.event("2026-03-02 21:59:31", "ann", "order_paid")
		w.event("2026-03-02 23:00:00", "ann", "order_paid")
		w.until("2026-03-03 09:00:00")
		w.event("2026-03-03 10:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 21:59:30 message.sent push s", "03-03 08:00:00 message.sent push s"}, w.said("message.sent"))
		require.Len(t, w.push.Sent(), 2)
		require.Equal(t, 2, w.push.Calls())
	})
}
