package memory

import (
	"slices"
)

// tour returns a page of a journey's states. The first costs as much as there are people who wait, the others what they
// hold.
func (m *Memory) tour(q Query) []State {
	ids, known := m.tours[q.Journey]
	if !known || q.After == "" {
		ids = nil
		for id, i := range m.ids {
			if r := m.rows.at(i); r.spot.journey == q.Journey && r.profile != "" {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
	}
	at, found := slices.BinarySearch(ids, q.After)
	if found {
		at++
	}
	var got []State
	for ; at < len(ids) && len(got) < q.N; at++ {
		if i := m.ids[ids[at]]; i != 0 {
			got = append(got, m.state(m.rows.at(i)))
		}
	}
	if m.tours[q.Journey] = ids; len(got) < q.N {
		delete(m.tours, q.Journey)
	}
	return got
}
