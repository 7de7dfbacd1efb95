package funnel

import (
	"iter"
	"slices"
	"sync"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/funnel/internal/match"
	"github.com/marque-go/marque/rule"
)

// A Counter counts people along a plan, event by event. It is safe for concurrent use. Per person it keeps about
// 100 bytes and, until all steps are reached, 4·n·(n+1) bytes for n steps.
type Counter struct {
	plan *Plan
	o    Options

	mu     sync.Mutex
	people map[string]*walk
	nobody int
}

// NewCounter makes a counter without people. o may be nil.
func NewCounter(plan *Plan, o *Options) *Counter {
	c := &Counter{plan: plan, people: map[string]*walk{}}
	if o != nil {
		c.o = *o
	}
	return c
}

// A hit is an event that fills steps.
type hit struct {
	person string
	at     rule.Instant
	mask   uint64
	by     string
}

// Add counts one event by its time At, to the microsecond. Events of one person must come in order of At, those of
// one instant in any order; an event earlier than the last one counted of its person changes nothing and is
// ErrOrder. Events that fill no step are passed over, and so are those without a person. Adding the person's last
// event again changes nothing.
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
	h = hit{person: e.Profile, at: rule.At(e.At), mask: mask}
	if by := c.plan.def.By; by != "" && mask&1 != 0 {
		h.by = match.Text(e.Props[by])
	}
	return h, true
}

func (c *Counter) take(h hit) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.people[h.person]
	if w == nil {
		w = &walk{}
		c.people[h.person] = w
	} else if h.at < w.last {
		return ErrOrder
	}
	w.take(c.plan, h.at, h.mask, h.by)
	return nil
}

// Stopped yields, in order of their ids, the people whose furthest step is step, counted from 0: they came so
// far and no further. For the last step these are the people who came through.
func (c *Counter) Stopped(step int) iter.Seq[string] {
	return func(yield func(string) bool) {
		c.mu.Lock()
		var ids []string
		for id, w := range c.people {
			if w.level == step+1 {
				ids = append(ids, id)
			}
		}
		c.mu.Unlock()
		slices.Sort(ids)
		for _, id := range ids {
			if !yield(id) {
				return
			}
		}
	}
}
