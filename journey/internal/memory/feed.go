package memory

import "github.com/marque-go/marque"

// feed keeps what was said until it is taken. An event that is said again while it waits is kept once.
type feed struct {
	events []marque.Event // in order of commits; those taken have no ID
	head   int
	at     map[string]int // by id: place in events, counted from the first ever
	base   int            // how many were cut off in front
}

func (f *feed) say(events []marque.Event) {
	if f.at == nil {
		f.at = map[string]int{}
	}
	for i := range events {
		id := events[i].ID
		if _, waits := f.at[id]; waits {
			continue
		}
		f.at[id] = f.base + len(f.events)
		f.events = append(f.events, events[i])
	}
}

func (f *feed) pending(parts marque.Parts, n int) []marque.Event {
	if f.head == len(f.events) || n <= 0 {
		return nil
	}
	got := make([]marque.Event, 0, min(n, len(f.events)-f.head))
	for i := f.head; i < len(f.events) && len(got) < n; i++ {
		if e := &f.events[i]; e.ID != "" && parts.Has(e.Profile) {
			got = append(got, *e)
		}
	}
	return got
}

func (f *feed) taken(ids []string) {
	for _, id := range ids {
		if i, ok := f.at[id]; ok {
			delete(f.at, id)
			f.events[i-f.base] = marque.Event{}
		}
	}
	for f.head < len(f.events) && f.events[f.head].ID == "" {
		f.head++
	}
	switch {
	case f.head == len(f.events) && cap(f.events) > 4096: // it was a flood: keep no room for another
		*f = feed{base: f.base + f.head}
	case f.head == len(f.events):
		f.base, f.head, f.events = f.base+f.head, 0, f.events[:0]
	case f.head > 1024 && f.head > len(f.events)/2:
		n := copy(f.events, f.events[f.head:])
		clear(f.events[n:])
		f.base, f.head, f.events = f.base+f.head, 0, f.events[:n]
	}
}

// forget drops what was said of a person.
func (f *feed) forget(profile string) (n int) {
	for i := f.head; i < len(f.events); i++ {
		if e := &f.events[i]; e.ID != "" && e.Profile == profile {
			delete(f.at, e.ID)
			*e = marque.Event{}
			n++
		}
	}
	return n
}
