package limit

import (
	"github.com/marque-go/marque"
)

// Move gives holds, and what they count of own counters, to another person: all of them, or those learnt via
// one of m.IDs. Nothing is taken back where the sum is above a limit; the next take is refused. It returns how
// many holds moved. A Move whose Key is known, unless that is empty, does nothing.
func (t *Table) Move(m marque.Move) int {
	if _, done := t.moves[m.Key]; done || m.From == m.Into || m.From == "" || m.Into == "" {
		return 0
	}
	if m.Key != "" {
		if t.moves == nil {
			t.moves = map[string]struct{}{}
		}
		t.moves[m.Key] = struct{}{}
	}
	goes := func(r *record) bool {
		_, takes := m.Takes(r.hold.Via)
		return takes
	}
	var moved []*record
	for _, r := range t.people[m.From] {
		if goes(r) {
			moved = append(moved, r)
		}
	}
	t.unlist(m.From, goes)
	for _, r := range moved {
		var n, at []int64
		for i := range r.hold.Takes {
			a, b := r.n(i)
			if n, at = append(n, a), append(at, b); r.state != Released && r.hold.Takes[i].Own {
				t.cell(&r.hold, i).drop(a, b)
			}
		}
		r.hold.Via, _ = m.Takes(r.hold.Via)
		r.hold.Profile, r.foreign = m.Into, true
		for i := range r.hold.Takes {
			if r.state != Released && r.hold.Takes[i].Own {
				t.cell(&r.hold, i).add(n[i], at[i])
			}
		}
	}
	if len(moved) > 0 {
		t.people[m.Into] = append(t.people[m.Into], moved...)
	}
	return len(moved)
}

// Erase removes a person and returns how many holds that touched: the own counters go, and the holds that
// counted nothing else. What was taken of shared counters stays taken, under the hold's key and nobody's name.
func (t *Table) Erase(profile string) int {
	rs := t.people[profile]
	if profile == "" || len(rs) == 0 {
		return 0
	}
	for _, r := range rs {
		shared := false
		for _, x := range r.hold.Takes {
			if x.Own {
				delete(t.cells, place{x.Counter, profile})
			} else {
				shared = true
			}
		}
		if !shared {
			delete(t.holds, r.hold.Key)
			continue
		}
		r.hold.Profile, r.hold.Via, r.erased, r.foreign = "", marque.ID{}, true, true
	}
	delete(t.people, profile)
	return len(rs)
}

// Export lists the holds of a person as items of the room that embeds the table, each a Status, in the order
// in which they came to the person.
func (t *Table) Export(room, profile string) []marque.Item {
	var items []marque.Item
	for _, r := range t.people[profile] {
		items = append(items, marque.Item{Room: room, Kind: "hold", Key: r.hold.Key, Data: r.status()})
	}
	return items
}
