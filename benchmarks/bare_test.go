package benchmarks

import (
	"container/heap"
	"time"

	"github.com/marque-go/marque"
)

// A bare journey is what a program without this library would keep of three steps (enter, timer, action, done), in the
// simplest form that does what a journey promises while the process lives: a map of states, a heap of timers, the entries
// that were, so that the same event again enters nobody, the people who were in, as each enters once, counts, a key for the
// command by which its receiver can drop repeats, and an event for the entry and one for the exit. IDs and keys are derived
// by the same hash, from what they have to tell apart. What is said waits in a list until somebody takes it. It has no
// definition that is data, no store, rules, outbox or leases, one person in one hand, and loses everything in a crash.
type bare struct {
	states map[string]*standing
	timers timers
	seen   map[string]struct{} // enrollments that ever were
	in     map[string]struct{} // people who ever were in
	counts map[string]int
	said   []marque.Event
	do     func(key, profile string)
}

type standing struct {
	id, profile, node, cause string
	entered, due             time.Time
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
	return &bare{states: map[string]*standing{}, seen: map[string]struct{}{}, in: map[string]struct{}{}, counts: map[string]int{}, do: do}
}

func (b *bare) enter(e marque.Event, now time.Time) {
	id := marque.Key("thanks", e.ID)
	if _, again := b.seen[id]; again {
		return
	}
	if _, once := b.in[e.Profile]; once {
		return
	}
	b.seen[id], b.in[e.Profile] = struct{}{}, struct{}{}
	s := &standing{id: id, profile: e.Profile, node: "wait", cause: e.ID, entered: now, due: now.Add(24 * time.Hour)}
	b.states[s.id] = s
	heap.Push(&b.timers, s)
	b.counts["in"]++
	b.say(s, "journey.entered", now)
}

func (b *bare) wake(now time.Time) {
	for len(b.timers) > 0 && !b.timers[0].due.After(now) {
		s := heap.Pop(&b.timers).(*standing)
		if b.states[s.id] != s {
			continue
		}
		s.node = "tag"
		b.counts["tag"]++
		b.do(marque.Key(s.id, s.node), s.profile)
		delete(b.states, s.id)
		b.counts["out"]++
		b.say(s, "journey.exited", now)
	}
}

func (b *bare) say(s *standing, name string, now time.Time) {
	b.said = append(b.said, marque.Event{ID: marque.Key(s.id, name), Name: name, At: now, Received: now, Profile: s.profile, Cause: s.cause})
}

// take takes what was said.
func (b *bare) take() []marque.Event {
	said := b.said
	b.said = b.said[:0]
	return said
}
