package shop

import (
	"strconv"
	"sync"
	"time"

	"github.com/marque-go/marque"
)

// Lookahead is the least time between a message and what follows from it. Whoever drives a shop and the library
// together lets neither run further ahead of the other than this, and sees every event in its order:
//
//	for at, ok := s.Next(); ok; at, ok = s.Next() {
//		if at.Sub(now) > shop.Lookahead {
//			now = now.Add(shop.Lookahead)
//			advance(now) // may call Received
//			continue
//		}
//		now = at
//		advance(now)
//		events = s.Pop(events[:0])
//		track(events)
//	}
const Lookahead = time.Minute

// A Shop is a synthetic shop. It may be used by several goroutines; what comes of it does not depend on the order
// of calls for different people.
type Shop struct {
	mu         sync.Mutex
	seed       uint64
	start, end int64
	days       int
	catalogue  *catalogue
	people     []person
	queue      queue
	notes      map[uint64]answer // messages by the digest of their key
	held       map[uint32][]Coupon
	granted    map[string]struct{}
	truth      Truth
	caused     map[string]int
}

// New opens a shop for that many people and days, from start on. A person takes about 0.4 KB and 1 µs.
func New(seed uint64, people, days int, start time.Time) *Shop {
	s := &Shop{
		seed: mix(seed + 1), days: max(days, 0), start: start.UnixMilli(), catalogue: newCatalogue(),
		people: make([]person, max(people, 0)), notes: map[uint64]answer{}, held: map[uint32][]Coupon{},
		granted: map[string]struct{}{}, caused: map[string]int{},
	}
	s.end = s.start + int64(s.days)*day
	for i := range s.people {
		s.people[i] = s.born(i)
		s.will(i, s.people[i].first, act{kind: session})
	}
	return s
}

// People, Start and End say what the shop was made for. Events lie in [Start, End).
func (s *Shop) People() int      { return len(s.people) }
func (s *Shop) Start() time.Time { return time.UnixMilli(s.start).UTC() }
func (s *Shop) End() time.Time   { return time.UnixMilli(s.end).UTC() }

// Next is the instant of the next event, or false when there is none.
func (s *Shop) Next() (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue.heap) == 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(s.queue.heap[0].at).UTC(), true
}

// Pop appends the events of the next instant to dst: those of one person together and in their order.
// An event takes less than a microsecond.
func (s *Shop) Pop(dst []marque.Event) []marque.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue.heap) == 0 {
		return dst
	}
	before := len(dst)
	for at := s.queue.heap[0].at; len(s.queue.heap) > 0 && s.queue.heap[0].at == at; {
		e, a := s.queue.pop()
		dst = s.happen(dst, int(e.who>>32), at, a)
	}
	s.truth.Events += len(dst) - before
	return dst
}

// will puts an act of the person into the queue, unless the shop is closed by then.
func (s *Shop) will(i int, at int64, a act) {
	if at >= s.end {
		return
	}
	p := &s.people[i]
	s.queue.push(at, uint64(i)<<32|uint64(p.acts), a)
	p.acts++
}

// say appends an event. Events that answer to a message are numbered by it, the others by the person, so that
// the one numbering does not disturb the other.
func (s *Shop) say(dst []marque.Event, i int, at int64, name string, ids []marque.ID, n *note, props map[string]any) []marque.Event {
	var room [40]byte
	id := append(strconv.AppendUint(room[:0], uint64(i), 36), '-')
	if n == nil {
		p := &s.people[i]
		id = strconv.AppendUint(id, uint64(p.said), 36)
		p.said++
	} else {
		id = append(strconv.AppendUint(id, n.digest>>16, 36), '.')
		id = strconv.AppendUint(id, uint64(n.said), 36)
		n.said++
	}
	t := time.UnixMilli(at).UTC()
	return append(dst, marque.Event{ID: string(id), Name: name, At: t, Received: t, IDs: ids, Props: props})
}

// ids are the person's identifiers in those slots.
func (s *Shop) ids(i int, slots ...int) []marque.ID {
	p := &s.people[i]
	out := make([]marque.ID, len(slots))
	for k, slot := range slots {
		if p.ids[slot].Value == "" {
			p.ids[slot] = name(s.seed, i, slot)
		}
		out[k] = p.ids[slot]
	}
	return out
}
