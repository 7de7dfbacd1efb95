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
	from := t.known(m.From)
	if from == nil {
		return 0
	}
	var moved []uint32
	t.unlist(from, func(i uint32, r *record) bool {
		_, takes := m.Takes(r.via)
		if takes {
			moved = append(moved, i)
		}
		return takes
	})
	for _, k := range moved {
		r := t.records.at(k)
		var n, at []int64
		for i, x := range r.all() {
			a, b := r.n(i)
			if n, at = append(n, a), append(at, b); r.state != Released && x.own {
				t.cell(r, i).drop(a, b)
			}
		}
		r.via, _ = m.Takes(r.via)
		r.profile, r.foreign = m.Into, true
		for i, x := range r.all() {
			if r.state != Released && x.own {
				t.cell(r, i).add(n[i], at[i])
			}
		}
		t.list(t.person(m.Into), k)
	}
	t.tidy(from)
	return len(moved)
}

// Erase removes a person and returns how many holds that touched: the own counters go, and the holds that
// counted nothing else. What was taken of shared counters stays taken, under the hold's key and nobody's name.
func (t *Table) Erase(profile string) int {
	p := t.known(profile)
	if profile == "" || p == nil {
		return 0
	}
	n := 0
	t.unlist(p, func(i uint32, r *record) bool {
		n++
		shares := false
		for _, x := range r.all() {
			shares = shares || !x.own
		}
		if shares {
			r.profile, r.via, r.erased, r.foreign = "", marque.ID{}, true, true
		} else {
			t.forget(i)
		}
		return true
	})
	t.uncell(p, func(*own) bool { return true })
	t.tidy(p)
	return n
}

// uncell takes counters from a person.
func (t *Table) uncell(p *person, which func(*own) bool) {
	i := p.cells
	for p.cells = 0; i != 0; {
		c := t.owns.at(i)
		next := c.next
		if which(c) {
			t.owns.give(i)
		} else {
			c.next, p.cells = p.cells, i
		}
		i = next
	}
}

// Export lists the holds of a person as items of the room that embeds the table, each a Status, in the order
// in which they came to the person.
func (t *Table) Export(room, profile string) []marque.Item {
	p := t.known(profile)
	if p == nil {
		return nil
	}
	var items []marque.Item
	for _, r := range t.of(p) {
		items = append(items, marque.Item{Room: room, Kind: "hold", Key: r.key, Data: r.status()})
	}
	return items
}
