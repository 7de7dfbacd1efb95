package derived

import (
	"slices"

	"github.com/marque-go/marque"
)

// feed is what was said and not yet taken, in order.
type feed struct{ events []marque.Event }

func (f *feed) say(events []marque.Event) { f.events = append(f.events, events...) }

func (f *feed) pending(parts marque.Parts, n int) []marque.Event {
	var out []marque.Event
	for _, e := range f.events {
		if len(out) >= n {
			break
		}
		if parts.Has(e.Profile) {
			out = append(out, e)
		}
	}
	return out
}

// taken removes the ids. Mostly they are the first ones, in order.
func (f *feed) taken(ids []string) {
	k := 0
	for k < len(ids) && k < len(f.events) && f.events[k].ID == ids[k] {
		k++
	}
	if rest := ids[k:]; len(rest) > 0 {
		gone := make(map[string]struct{}, len(rest))
		for _, id := range rest {
			gone[id] = struct{}{}
		}
		left := slices.DeleteFunc(f.events[k:], func(e marque.Event) bool { _, ok := gone[e.ID]; return ok })
		f.events = append(f.events[:0], left...)
		return
	}
	if k == len(f.events) {
		clear(f.events)
		f.events = f.events[:0]
		return
	}
	clear(f.events[:k])
	f.events = f.events[k:]
}

func (f *feed) erase(profile string) int {
	n := len(f.events)
	f.events = slices.DeleteFunc(f.events, func(e marque.Event) bool { return e.Profile == profile })
	return n - len(f.events)
}
