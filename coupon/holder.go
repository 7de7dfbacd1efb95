package coupon

import (
	"context"
	"iter"
	"slices"

	"github.com/marque-go/marque"
)

// Pending implements marque.Feed.
func (m *Memory) Pending(_ context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var events []marque.Event
	for _, e := range m.said {
		if len(events) >= n {
			break
		}
		if parts.Has(e.Profile) {
			events = append(events, e)
		}
	}
	return events, nil
}

// Taken implements marque.Feed.
func (m *Memory) Taken(_ context.Context, ids []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := 0 // mostly they are the first ones, in order
	for k < len(ids) && k < len(m.said) && m.said[k].ID == ids[k] {
		m.said[k] = marque.Event{}
		k++
	}
	if m.said = m.said[k:]; k == len(ids) {
		return nil
	}
	gone := map[string]bool{}
	for _, id := range ids[k:] {
		gone[id] = true
	}
	m.said = slices.DeleteFunc(m.said, func(e marque.Event) bool { return gone[e.ID] })
	return nil
}

// Move implements marque.Holder. Coupons go with their validity, state, and the answers to their requests.
func (m *Memory) Move(_ context.Context, v marque.Move) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, done := m.moves[v.Key]; done && v.Key != "" || v.From == v.Into {
		return nil
	}
	m.moves[v.Key] = struct{}{}
	m.limits.Move(v)
	for _, r := range m.of(v.From) {
		via, goes := v.Takes(r.coupon.Via)
		if !goes {
			continue
		}
		m.unlist(r)
		r.coupon.Profile, r.coupon.Via = v.Into, via
		r.coupon.Turn++ // so that a change decided before the move is decided again
		for _, x := range r.receipts {
			x.Coupon.Profile, x.Coupon.Via = v.Into, via
		}
		m.enlist(r)
		m.agenda.set(r)
	}
	return nil
}

// Erase implements marque.Holder. The rows stay, with their amounts and orders and nobody's name; what was not
// yet used can no longer be.
func (m *Memory) Erase(_ context.Context, profile string) (rows int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if profile == "" {
		return 0, nil
	}
	for _, r := range m.of(profile) {
		m.unlist(r)
		c := &r.coupon
		x := Change{Coupon: *c}
		if c.State == Locked {
			m.limits.Release(c.Hold)
		}
		if !c.Final() {
			x.void("erased")
			m.stats[c.Batch] = m.stats[c.Batch].Plus(x.Stats)
		}
		*c = x.Coupon.nobodys()
		c.Turn++
		for _, y := range r.receipts {
			y.Profile, y.Coupon = "", y.Coupon.nobodys()
		}
		m.agenda.set(r)
		rows += 1 + len(r.receipts)
	}
	rows += m.limits.Erase(profile)
	before := len(m.said)
	m.said = slices.DeleteFunc(m.said, func(e marque.Event) bool { return e.Profile == profile })
	return rows + before - len(m.said), nil
}

func (c Coupon) nobodys() Coupon {
	c.Profile, c.Via = "", marque.ID{}
	return c
}

// Export implements marque.Holder: coupons, the answers to requests, holds, and what is still to be said.
func (m *Memory) Export(_ context.Context, profile string) iter.Seq2[marque.Item, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	var items []marque.Item
	add := func(kind, key string, data any) {
		items = append(items, marque.Item{Room: "coupon", Kind: kind, Key: key, Data: data})
	}
	for _, r := range m.of(profile) {
		add("coupon", r.coupon.ID, r.coupon)
		for _, x := range r.receipts {
			add("receipt", x.Key, *x)
		}
	}
	items = append(items, m.limits.Export("coupon", profile)...)
	for _, e := range m.said {
		if e.Profile == profile && profile != "" {
			add("event", e.ID, e)
		}
	}
	return func(yield func(marque.Item, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}
