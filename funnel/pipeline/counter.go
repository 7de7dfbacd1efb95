package pipeline

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Counter moves people through the stages, event by event. It is safe for concurrent use. It keeps about 100
// bytes per person and 8 per finished stay.
type Counter struct {
	plan *Plan
	o    Options

	mu     sync.Mutex
	people map[string]*trip
	book   book
	last   rule.Instant // of all events counted
	nobody int
}

// NewCounter makes a counter without people. o may be nil.
func NewCounter(plan *Plan, o *Options) *Counter {
	c := &Counter{plan: plan, people: map[string]*trip{}, book: newBook(plan)}
	if o != nil {
		c.o = *o
	}
	return c
}

// A hit is an event that triggers something.
type hit struct {
	person string
	at     rule.Instant
	mask   uint64
}

// Add counts one event by its time At, to the microsecond. Events of one person must come in order of At, those of
// one instant count as they come; an event earlier than the last one counted of its person changes nothing and is
// ErrOrder, one too far from all others is ErrRange. Events that trigger nothing, and those without a person, are
// passed over. An event must be added once: an order paid twice may be two stages.
func (c *Counter) Add(e marque.Event) error {
	h, ok := c.hit(&e)
	if !ok {
		return nil
	}
	return c.take(h)
}

func (c *Counter) hit(e *marque.Event) (h hit, ok bool) {
	mask := c.plan.table.Mask(e, c.o.Facts)
	if mask == 0 {
		return hit{}, false
	}
	if e.Profile == "" {
		c.mu.Lock()
		c.nobody++
		c.mu.Unlock()
		return hit{}, false
	}
	return hit{e.Profile, rule.At(e.At), mask}, true
}

func (c *Counter) take(h hit) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.people[h.person]
	if t == nil {
		t = &trip{stage: outside}
	} else if h.at < t.last {
		return ErrOrder
	}
	if !c.book.reach(h.at) {
		return ErrRange
	}
	c.people[h.person] = t
	t.last, c.last = h.at, max(c.last, h.at)
	if at, ok := c.plan.overdue(t, h.at); ok {
		c.book.move(t, outside, at)
	}
	if to, ok := c.plan.next(int(t.stage), h.mask); ok {
		c.book.move(t, to, h.at)
	}
	return nil
}

// In yields, in order of their ids, the people who are in a stage at the instant now, which is not before the
// last event counted, since when they are there. An unknown stage has nobody.
func (c *Counter) In(stage string, now time.Time) iter.Seq2[string, time.Time] {
	return func(yield func(string, time.Time) bool) {
		s := slices.IndexFunc(c.plan.def.Stages, func(s Stage) bool { return s.Name == stage })
		if s < 0 {
			return
		}
		type entry struct {
			id    string
			since rule.Instant
		}
		var all []entry
		c.mu.Lock()
		for id, t := range c.people {
			if _, lost := c.plan.overdue(t, rule.At(now)); !lost && int(t.stage) == s {
				all = append(all, entry{id, t.since})
			}
		}
		c.mu.Unlock()
		slices.SortFunc(all, func(a, b entry) int {
			if a.id < b.id {
				return -1
			}
			return 1
		})
		for _, e := range all {
			if !yield(e.id, e.since.Time()) {
				return
			}
		}
	}
}
