package pause

import (
	"slices"
	"time"
)

// A Control is what is paused, and what was resumed while not everybody has gone on. It is kept as a State with no
// Profile and no Journey. It is never changed in place.
type Control struct {
	N     int    `json:"n,omitempty"` // resumes so far
	Halts []Halt `json:"halts,omitempty"`
}

// A Halt is a pause: in force while N is zero, else resumed.
type Halt struct {
	Order
	From time.Time `json:"from"`
	// N is the number of the resume, To its instant, Policy how those go on who stood still. After is the last
	// enrollment that was seen to.
	N      int       `json:"n,omitempty"`
	To     time.Time `json:"to,omitzero"`
	Policy Policy    `json:"policy,omitempty"`
	After  string    `json:"after,omitempty"`
}

// Of is what of the control concerns a journey, nil where nothing does.
func (c *Control) Of(journey string) *Control {
	if c == nil {
		return nil
	}
	other := func(h Halt) bool { return h.Journey != journey }
	switch {
	case !slices.ContainsFunc(c.Halts, func(h Halt) bool { return !other(h) }):
		return nil
	case !slices.ContainsFunc(c.Halts, other):
		return c
	}
	return &Control{N: c.N, Halts: slices.DeleteFunc(slices.Clone(c.Halts), other)}
}

// Pending is the first resume that not everybody has gone on for.
func (c *Control) Pending() (h Halt, ok bool) { return c.After(0) }

// After is the pending resume that comes next after number n.
func (c *Control) After(n int) (h Halt, ok bool) {
	if c == nil {
		return h, false
	}
	for _, x := range c.Halts {
		if x.N > n && (!ok || x.N < h.N) {
			h, ok = x, true
		}
	}
	return h, ok
}

// Stops reports whether the node of the journey is paused, by itself or with the journey. An empty node asks for the
// whole journey.
func (c *Control) Stops(journey, node string) bool {
	return c != nil && slices.ContainsFunc(c.Halts, func(h Halt) bool {
		return h.N == 0 && h.Journey == journey && (h.Node == "" || h.Node == node)
	})
}

// Refuses reports whether nobody may enter the journey now.
func (c *Control) Refuses(journey string) bool {
	return c != nil && slices.ContainsFunc(c.Halts, func(h Halt) bool {
		return h.N == 0 && h.Journey == journey && h.Node == "" && h.Enter != "keep"
	})
}

// Pause is the control with a pause more. What is paused already stays as it is.
func (c Control) Pause(p Order, now time.Time) (Control, bool) {
	for _, h := range c.Halts {
		if h.N == 0 && h.Journey == p.Journey && h.Node == p.Node {
			return c, false
		}
	}
	c.Halts = append(slices.Clone(c.Halts), Halt{Order: p, From: now})
	return c, true
}

// Resume is the control after the end of a pause; false: it is not paused.
func (c Control) Resume(journey, node string, policy Policy, now time.Time) (Control, bool) {
	i := slices.IndexFunc(c.Halts, func(h Halt) bool { return h.N == 0 && h.Journey == journey && h.Node == node })
	if i < 0 {
		return c, false
	}
	c.N++
	c.Halts = slices.Clone(c.Halts)
	h := &c.Halts[i]
	h.N, h.To, h.Policy = c.N, now, policy
	return c, true
}

// Sweep is the control after a resume was seen to up to an enrollment, or done.
func (c Control) Sweep(n int, after string, done bool) Control {
	c.Halts = slices.Clone(c.Halts)
	for i := range c.Halts {
		if c.Halts[i].N == n {
			c.Halts[i].After = after
		}
	}
	if done {
		c.Halts = slices.DeleteFunc(c.Halts, func(h Halt) bool { return h.N == n })
	}
	return c
}
