package derived

import "github.com/marque-go/marque"

// Move carries out a merge or an unmerge once, one without a Key each time.
func (t *Table[R, H]) Move(m marque.Move) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := "move\x00" + m.Key
	if _, known := t.keys[key]; known {
		return
	}
	if m.Key != "" {
		t.keys[key] = struct{}{}
	}
	from := t.people[m.From]
	if from == nil || m.From == m.Into {
		return
	}
	var into []*R
	if p := t.people[m.Into]; p != nil {
		into = p.rows
	}
	left, got := t.shape.Moved(m, from.rows, into)
	if t.shape.MovedPast != nil {
		var goes []H
		if from.past, goes = t.shape.MovedPast(m, from.rows, from.past); len(goes) > 0 {
			p := t.person(m.Into)
			p.past = append(p.past, goes...)
		}
	}
	for _, r := range left {
		t.put(r)
	}
	for _, r := range got {
		t.put(r)
	}
}

// Erase removes a person with everything that is kept, and tells how many rows and entries that were.
func (t *Table[R, H]) Erase(profile string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.feed.erase(profile)
	if p := t.people[profile]; p != nil {
		n += len(p.rows) + len(p.past)
		t.drop(profile)
	}
	return n
}
