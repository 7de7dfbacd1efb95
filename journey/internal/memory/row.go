package memory

import (
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/record"
)

// A row is a State as Memory keeps it, in less than half the bytes: what many have in common is kept once, at the
// spot, and what few have stands apart.
type row struct {
	spot               *spot
	id, profile        string
	via                string // value of Via
	awaits, cause      string
	entered, since     int64 // in microseconds, never for the zero time
	due, version       int64
	seen               []string
	vars               map[string]any
	rest               *rest
	kind               uint32 // of Via
	visit, tried, hops uint32
	next               uint32 // the person's next row, 0 for none
	turn               uint32 // counts what the row stood for; an entry of the heap with another is stale
	entries            uint32 // how many entries of the heap name the row
	ended              bool   // it is here for the heap alone
}

// A spot is where people stand who have the same journey, version, node, priority and ears.
type spot struct {
	journey, plan, node string
	priority            int
	listens             []string
	waiting             int   // how many stand there
	next                *spot // with other listens
}

type spotKey struct {
	journey, plan, node string
	priority            int
}

// rest is what few states have.
type rest struct {
	sent    []record.Mark
	best    *record.Best
	been    []record.Been
	parent  *record.Parent
	signal  string
	planned time.Time
	pause   *record.Pause
	kept    bool
	round   *record.Round
}

const never = math.MinInt64

func micros(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == never {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// pack writes a state into a row, but for spot, next and what belongs to the heap.
func (m *Memory) pack(r *row, s *State) {
	r.id, r.profile, r.via, r.kind = s.ID, s.Profile, s.Via.Value, m.kind(s.Via.Kind)
	r.awaits, r.cause = s.Awaits, s.Cause
	r.entered, r.since, r.due, r.version = micros(s.Entered), micros(s.Since), micros(s.Due), s.Version
	r.seen, r.vars, r.rest = s.Seen, s.Vars, nil
	r.visit, r.tried, r.hops = uint32(s.Visit), s.Tried, uint32(s.Hops)
	if len(s.Sent) > 0 || s.Best != nil || len(s.Been) > 0 || s.Parent != nil || s.Signal != "" || !s.Planned.IsZero() || s.Pause != nil || s.Kept || s.Round != nil {
		r.rest = &rest{s.Sent, s.Best, s.Been, s.Parent, s.Signal, s.Planned, s.Pause, s.Kept, s.Round}
	}
}

// state is the State of a row.
func (m *Memory) state(r *row) State {
	s := State{
		ID: r.id, Journey: r.spot.journey, Plan: r.spot.plan, Profile: r.profile, Via: marque.ID{Kind: m.kinds[r.kind], Value: r.via},
		Entered: instant(r.entered), Node: r.spot.node, Visit: int(r.visit), Since: instant(r.since), Due: instant(r.due),
		Priority: r.spot.priority, Listens: r.spot.listens, Awaits: r.awaits, Tried: r.tried, Vars: r.vars, Seen: r.seen,
		Hops: int(r.hops), Cause: r.cause, Version: r.version,
	}
	if x := r.rest; x != nil {
		s.Sent, s.Best, s.Been, s.Parent, s.Signal, s.Planned, s.Pause, s.Kept, s.Round = x.sent, x.best, x.been, x.parent, x.signal, x.planned, x.pause, x.kept, x.round
	}
	return s
}

// kind is the number of a kind of identifiers.
func (m *Memory) kind(name string) uint32 {
	n := slices.Index(m.kinds, name)
	if n < 0 {
		n = len(m.kinds)
		m.kinds = append(m.kinds, name)
	}
	return uint32(n)
}

// at finds the spot of a state. There are as many as definitions have nodes, so none is ever dropped.
func (m *Memory) at(s *State) *spot {
	if p := m.spot; p != nil && p.node == s.Node && p.plan == s.Plan && p.journey == s.Journey && p.priority == s.Priority && slices.Equal(p.listens, s.Listens) {
		return p // the same as of the change before
	}
	m.spot = m.find(s)
	return m.spot
}

func (m *Memory) find(s *State) *spot {
	key := spotKey{s.Journey, s.Plan, s.Node, s.Priority}
	first := m.spots[key]
	for p := first; p != nil; p = p.next {
		if slices.Equal(p.listens, s.Listens) {
			return p
		}
	}
	p := &spot{journey: s.Journey, plan: s.Plan, node: s.Node, priority: s.Priority, listens: slices.Clip(s.Listens), next: first}
	m.spots[key] = p
	return p
}

// A slab keeps things by number, from 1, in chunks that never move.
type slab[T any] struct {
	chunks []*[chunk]T
	free   []uint32
	n      uint32
}

const chunk = 64

func (s *slab[T]) at(i uint32) *T { return &s.chunks[i/chunk][i%chunk] }

// take gives a number that is not in use; what is there is as it was left.
func (s *slab[T]) take() uint32 {
	if k := len(s.free) - 1; k >= 0 {
		i := s.free[k]
		s.free = s.free[:k]
		return i
	}
	s.n++
	if int(s.n/chunk) == len(s.chunks) {
		s.chunks = append(s.chunks, new([chunk]T))
	}
	return s.n
}

func (s *slab[T]) give(i uint32) { s.free = append(s.free, i) }
