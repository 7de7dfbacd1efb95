package journeytest

import (
	"context"
	"slices"
	"sync"

	"github.com/marque-go/marque/journey"
)

// A Channel records messages and drops keys that it has seen, as a channel must. The zero value takes everything.
// It is safe for concurrent use.
type Channel struct {
	// Answer says what becomes of a message that was not delivered before. Default sent.
	Answer func(m journey.Message) (journey.Receipt, error)

	mu    sync.Mutex
	sent  []journey.Message
	seen  map[string]bool
	calls int
}

// Send delivers a message once.
func (c *Channel) Send(_ context.Context, m journey.Message) (journey.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	r := journey.Receipt{Status: journey.Sent}
	if c.seen[m.Key] {
		return r, nil
	}
	var err error
	if c.Answer != nil {
		r, err = c.Answer(m)
	}
	if err == nil && r.Status == journey.Sent {
		if c.seen == nil {
			c.seen = map[string]bool{}
		}
		c.seen[m.Key] = true
		c.sent = append(c.sent, m)
	}
	return r, err
}

// Sent lists what was delivered, in order, each key once.
func (c *Channel) Sent() []journey.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent)
}

// Calls counts how often Send was called, with a key that was delivered too.
func (c *Channel) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}
