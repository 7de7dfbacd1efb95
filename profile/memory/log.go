package memory

import (
	"context"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

// eventLog is the log in order of arrival. Events have numbers from 1 upwards, which stay when others are erased.
type eventLog struct {
	names  symbols
	chunks []*[chunk]record // so that growing copies nothing
	size   uint32           // the number of the last event
	byID   map[string]uint32
	inbox  []uint32 // numbers of events that are not handled, and of handled ones among them
	closed int      // how many of the inbox are handled
}

const chunk = 512

// record is an event in the log.
type record struct {
	id, fact, cause string
	props           map[string]any
	ids             []marque.ID
	at, received    rule.Instant
	who             *person // also one who was merged away since; nil for nobody
	name            uint32
	hops            uint16
	open            bool // in the inbox
	gone            bool // erased
}

func (l *eventLog) at(n uint32) *record { return &l.chunks[(n-1)/chunk][(n-1)%chunk] }

func (l *eventLog) append(e *marque.Event, p *person) uint32 {
	if l.size%chunk == 0 {
		l.chunks = append(l.chunks, new([chunk]record))
	}
	l.size++
	*l.at(l.size) = record{
		id: e.ID, fact: e.Fact, cause: e.Cause, props: e.Props, ids: e.IDs, at: rule.At(e.At), received: rule.At(e.Received),
		who: p, name: l.names.of(e.Name), hops: uint16(min(e.Hops, 1<<16-1)), open: true,
	}
	l.byID[e.ID] = l.size
	l.inbox = append(l.inbox, l.size)
	return l.size
}

func (l *eventLog) event(r *record) marque.Event {
	e := marque.Event{
		ID: r.id, Name: l.names.names[r.name], At: r.at.Time(), Received: r.received.Time(), IDs: r.ids, Props: r.props,
		Fact: r.fact, Cause: r.cause, Hops: int(r.hops),
	}
	if r.who != nil {
		e.Profile = r.who.stands().id
	}
	return e
}

// handled takes an event out of the inbox.
func (l *eventLog) handled(id string) {
	n, ok := l.byID[id]
	if !ok || !l.at(n).open {
		return
	}
	l.at(n).open = false
	l.closed++
	for len(l.inbox) > 0 && !l.at(l.inbox[0]).open {
		l.inbox = l.inbox[1:]
		l.closed--
	}
	if l.closed > 64 && l.closed > len(l.inbox)/2 {
		open := make([]uint32, 0, len(l.inbox)-l.closed)
		for _, n := range l.inbox {
			if l.at(n).open {
				open = append(open, n)
			}
		}
		l.inbox, l.closed = open, 0
	}
}

// erase blanks an event and returns its id. Its number stays.
func (l *eventLog) erase(n uint32) (id string) {
	id = l.at(n).id
	l.handled(id)
	delete(l.byID, id)
	*l.at(n) = record{gone: true}
	return id
}

// Events implements profile.Store.
func (m *Store) Events(ctx context.Context, s profile.Scan, n int) ([]profile.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var page []profile.Entry
	nobody := s.Parts.Has("")
	add := func(n uint32) {
		r := m.log.at(n)
		if r.gone || s.Open && !r.open {
			return
		}
		in := nobody
		if r.who != nil {
			in = s.Parts == marque.Parts{} || s.Parts.From <= r.who.stands().part && r.who.stands().part < s.Parts.To
		}
		if in {
			page = append(page, profile.Entry{Number: int64(n), Open: r.open, Event: m.log.event(r)})
		}
	}
	if s.Open {
		for i := 0; i < len(m.log.inbox) && len(page) < n; i++ {
			if k := m.log.inbox[i]; int64(k) > s.After {
				add(k)
			}
		}
		return page, nil
	}
	for k := max(s.After, 0) + 1; k <= int64(m.log.size) && len(page) < n; k++ {
		add(uint32(k))
	}
	return page, nil
}

// symbols numbers names.
type symbols struct {
	slot  map[string]uint32
	names []string
}

func (s *symbols) of(name string) uint32 {
	n, ok := s.slot[name]
	if !ok {
		n = uint32(len(s.names))
		s.slot[name] = n
		s.names = append(s.names, name)
	}
	return n
}
