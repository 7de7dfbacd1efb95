package benchmarks

import (
	"container/heap"
	"time"

	"github.com/marque-go/marque"
)

// A bare journey is what a program without this library would keep of three steps (enter, timer, action, done): a map of
// states, a heap of timers, the events it has seen, and a key for each command so that a receiver can drop repeats. It has
// no store, no rules, no counts and nothing to say, and loses everything in a crash.
type bare struct {
	states map[string]*standing
	timers timers
	seen   map[string]struct{}
	do     func(key, profile string)
}

type standing struct {
	id, profile, node string
	entered, due      time.Time
}

type timers []*standing

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].due.Before(t[j].due) }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)        { *t = append(*t, x.(*standing)) }
func (t *timers) Pop() any {
	k := len(*t) - 1
	x := (*t)[k]
	(*t)[k] = nil
	*t = (*t)[:k]
	return x
}

func newBare(do func(key, profile string)) *bare {
	return &bare{states: map[string]*standing{}, seen: map[string]struct{}{}, do: do}
}

func (b *bare) enter(e marque.Event, now time.Time) {
	if _, again := b.seen[e.ID]; again {
		return
	}
	b.seen[e.ID] = struct{}{}
	s := &standing{id: e.Profile + "/" + e.ID, profile: e.Profile, node: "wait", entered: now, due: now.Add(24 * time.Hour)}
	b.states[s.id] = s
	heap.Push(&b.timers, s)
}

func (b *bare) wake(now time.Time) {
	for len(b.timers) > 0 && !b.timers[0].due.After(now) {
		s := heap.Pop(&b.timers).(*standing)
		if b.states[s.id] != s {
			continue
		}
		s.node = "tag"
		b.do(marque.Key(s.id, s.node), s.profile)
		delete(b.states, s.id)
	}
}
