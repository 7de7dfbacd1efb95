package limit

import (
	"slices"

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
	from := t.people[m.From]
	if from == nil {
		return 0
	}
	goes := func(r *record) bool {
		_, takes := m.Takes(r.via)
		return takes
	}
	var moved []*record
	for _, r := range from.records {
		if goes(r) {
			moved = append(moved, r)
		}
	}
	for _, r := range moved {
		var n, at []int64
		for i := range r.takes {
			a, b := r.n(i)
			if n, at = append(n, a), append(at, b); r.state != Released && r.takes[i].own {
				t.cell(r, i).drop(a, b)
			}
		}
		r.via, _ = m.Takes(r.via)
		r.profile, r.foreign = m.Into, true
		for i := range r.takes {
			if r.state != Released && r.takes[i].own {
				t.cell(r, i).add(n[i], at[i])
			}
		}
		into := t.person(m.Into)
		into.records = append(into.records, r)
	}
	from.records = slices.DeleteFunc(from.records, func(r *record) bool { return r.profile == m.Into })
	t.tidy(m.From, from)
	return len(moved)
}

// Erase removes a person and returns how many holds that touched: the own counters go, and the holds that
// counted nothing else. What was taken of shared counters stays taken, under the hold's key and nobody's name.
func (t *Table) Erase(profile string) int {
	p := t.people[profile]
	if profile == "" || p == nil {
		return 0
	}
	for _, r := range p.records {
		if !slices.ContainsFunc(r.takes, func(x take) bool { return !x.own }) {
			delete(t.holds, r.key)
			continue
		}
		r.profile, r.via, r.erased, r.foreign = "", marque.ID{}, true, true
	}
	delete(t.people, profile)
	return len(p.records)
}

// Export lists the holds of a person as items of the room that embeds the table, each a Status, in the order
// in which they came to the person.
func (t *Table) Export(room, profile string) []marque.Item {
	p := t.people[profile]
	if p == nil {
		return nil
	}
	var items []marque.Item
	for _, r := range p.records {
		items = append(items, marque.Item{Room: room, Kind: "hold", Key: r.key, Data: r.status()})
	}
	return items
}
