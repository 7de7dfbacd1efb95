package coupon

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// Memory is a Store in memory. It is safe for concurrent use.
type Memory struct {
	mu       sync.Mutex
	rows     map[string]*row
	receipts map[string]*Receipt
	people   map[string]map[string]*row // by profile, then id
	stats    map[string]Stats
	moves    map[string]struct{}
	limits   limit.Table
	agenda   agenda
	said     []marque.Event
}

type row struct {
	coupon   Coupon
	receipts []*Receipt
	place    int // in the agenda, -1 where it is not
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{rows: map[string]*row{}, receipts: map[string]*Receipt{}, people: map[string]map[string]*row{}, stats: map[string]Stats{}, moves: map[string]struct{}{}}
}

// Load implements Store.
func (m *Memory) Load(_ context.Context, q Query) (Loaded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := Loaded{make([]Coupon, len(q.Coupons)), make([]Receipt, len(q.Receipts))}
	for i, id := range q.Coupons {
		if r := m.rows[id]; r != nil {
			l.Coupons[i] = r.coupon
		}
	}
	for i, key := range q.Receipts {
		if r := m.receipts[key]; r != nil {
			l.Receipts[i] = *r
		}
	}
	return l, nil
}

// Commit implements Store.
func (m *Memory) Commit(_ context.Context, changes []Change) ([]Answer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	answers := make([]Answer, len(changes))
	for i := range changes {
		answers[i] = m.apply(&changes[i])
	}
	return answers, nil
}

func (m *Memory) apply(x *Change) Answer {
	if known := m.receipts[x.Receipt.Key]; known != nil {
		return Answer{Receipt: *known}
	}
	r := m.rows[x.Coupon.ID]
	if r == nil && x.Was != 0 || r != nil && r.coupon.Turn != x.Was {
		return Answer{Conflict: true}
	}
	if v := m.take(x); !v.OK {
		return Answer{Refused: v}
	}
	if r == nil {
		r = &row{place: -1}
		m.rows[x.Coupon.ID] = r
	} else if r.coupon.Profile != x.Coupon.Profile {
		m.unlist(r)
	}
	r.coupon = x.Coupon
	m.enlist(r)
	m.agenda.set(r)
	if x.Receipt.Key != "" {
		receipt := x.Receipt
		r.receipts = append(r.receipts, &receipt)
		m.receipts[receipt.Key] = &receipt
	}
	m.stats[x.Coupon.Batch] = m.stats[x.Coupon.Batch].Plus(x.Stats)
	m.said = append(m.said, x.Emit...)
	return Answer{OK: true}
}

func (m *Memory) take(x *Change) limit.Verdict {
	if x.Commit.Key != "" {
		if v := m.limits.Commit(x.Now, x.Commit); !v.OK {
			return v
		}
	}
	if verdicts, ok := m.limits.ReserveAll(x.Now, x.Holds); !ok {
		return verdicts[slices.IndexFunc(verdicts, func(v limit.Verdict) bool { return !v.OK })]
	}
	for _, key := range x.Release {
		m.limits.Release(key)
	}
	return limit.Verdict{OK: true}
}

func (m *Memory) enlist(r *row) {
	if p := r.coupon.Profile; p != "" {
		if m.people[p] == nil {
			m.people[p] = map[string]*row{}
		}
		m.people[p][r.coupon.ID] = r
	}
}

func (m *Memory) unlist(r *row) {
	if p := r.coupon.Profile; p != "" {
		if delete(m.people[p], r.coupon.ID); len(m.people[p]) == 0 {
			delete(m.people, p)
		}
	}
}

// of lists a person's coupons in a fixed order: by Until, those without last, then ID.
func (m *Memory) of(profile string) []*row {
	rows := make([]*row, 0, len(m.people[profile]))
	for _, r := range m.people[profile] {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b *row) int { return byEnd(a.coupon, b.coupon) })
	return rows
}

func byEnd(a, b Coupon) int {
	switch x, y := a.Until, b.Until; {
	case x.IsZero() != y.IsZero():
		if x.IsZero() {
			return 1
		}
		return -1
	case !x.Equal(y):
		return x.Compare(y)
	}
	return strings.Compare(a.ID, b.ID)
}

// Wallet implements Store.
func (m *Memory) Wallet(_ context.Context, profile string) ([]Coupon, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var cs []Coupon
	for _, r := range m.of(profile) {
		if !r.coupon.Final() {
			cs = append(cs, r.coupon)
		}
	}
	return cs, nil
}

// Due implements Store.
func (m *Memory) Due(_ context.Context, q DueQuery) ([]Coupon, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.agenda.list(q), nil
}

// Stats implements Store.
func (m *Memory) Stats(_ context.Context, batch string) (Stats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stats[batch], nil
}
