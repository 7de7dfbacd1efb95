package suite

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// Channel is the conformance suite of a journey.Channel.
func Channel(t *testing.T, open func(t *testing.T) (ch journey.Channel, delivered func() []string)) {
	message := func(key string) journey.Message {
		return journey.Message{Key: key, Profile: "ann", Channel: "c", Subject: "Hello", Text: "Hello Ann", Journey: "j", Node: "n",
			To: []marque.ID{{Kind: "phone", Value: "+8613800138000"}, {Kind: "email", Value: "ann@shop.example"}},
			At: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	}
	send := func(t *testing.T, ch journey.Channel, m journey.Message) {
		t.Helper()
		if r, err := ch.Send(t.Context(), m); err != nil || r.Status != journey.Sent {
			t.Errorf("message %s: got %+v and %v, want sent", m.Key, r, err)
		}
	}
	same := func(t *testing.T, delivered func() []string, want ...string) {
		t.Helper()
		if got := slices.Sorted(slices.Values(delivered())); !slices.Equal(got, want) {
			t.Errorf("delivered %q, want %q", got, want)
		}
	}
	t.Run("the same key again", func(t *testing.T) {
		ch, delivered := open(t)
		m := message("k1")
		send(t, ch, m)
		m.At = m.At.Add(time.Hour) // as a later attempt
		send(t, ch, m)
		send(t, ch, message("k2"))
		same(t, delivered, "k1", "k2")
	})
	t.Run("a context that is over", func(t *testing.T) {
		ch, delivered := open(t)
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if r, err := ch.Send(over, message("k1")); err == nil && r.Status == journey.Sent {
			t.Errorf("got %+v, want an error or unknown", r)
		}
		same(t, delivered)
		send(t, ch, message("k1"))
		same(t, delivered, "k1")
	})
	t.Run("many at once", func(t *testing.T) {
		ch, delivered := open(t)
		var wg sync.WaitGroup
		want := []string{"k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"}
		for i := range 2 * len(want) {
			wg.Go(func() { send(t, ch, message(want[i%len(want)])) })
		}
		wg.Wait()
		same(t, delivered, want...)
	})
}
