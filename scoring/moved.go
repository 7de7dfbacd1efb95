package scoring

import (
	"cmp"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Moved is what a merge or an unmerge does to rows: left are the changed rows of From, got those of Into. Points for
// events and by hand go, in an unmerge those learnt via its identifiers; those for what holds stay, and are derived anew.
// Events that were counted stay counted for both. Thresholds are not decided here: the rows are due at once, and the
// next Derive says what changes. A merge leaves From with the count of turns only, so that no turn is taken for an old
// one if the two are parted again.
func Moved(m marque.Move, from, into []*Row) (left, got []*Row) {
	for _, f := range from {
		var goes, stays []Part
		for _, p := range f.Parts {
			if via, takes := m.Takes(p.Via); takes && !p.Holds {
				p.Via = via
				goes = append(goes, p)
			} else {
				stays = append(stays, p)
			}
		}
		if len(m.IDs) == 0 {
			left = append(left, &Row{Profile: f.Profile, Name: f.Name, Turn: f.Turn, Seen: f.Seen, Version: f.Version + 1})
		}
		if len(goes) == 0 {
			continue
		}
		next := Row{Profile: m.Into, Name: f.Name}
		if old := find(into, f.Name); old != nil {
			next = *old
		}
		next.Parts = slices.Concat(next.Parts, goes)
		slices.SortStableFunc(next.Parts, placePart)
		next.Seen = slices.Clone(next.Seen)
		for _, s := range f.Seen {
			if !seen(next.Seen, s.ID) {
				next.Seen = append(next.Seen, s)
			}
		}
		slices.SortStableFunc(next.Seen, func(a, b Seen) int { return cmp.Compare(a.At, b.At) })
		next.Last = max(next.Last, f.Last)
		next.Made, next.Due, next.Version = "", rule.At(m.At), next.Version+1
		got = append(got, &next)
		if len(m.IDs) > 0 {
			row := *f
			row.Parts, row.Made, row.Due, row.Version = stays, "", rule.At(m.At), f.Version+1
			left = append(left, &row)
		}
	}
	return left, got
}

// MovedEntries parts the history of From at a merge or an unmerge. In a merge nothing stays, and what stands of it goes,
// as joined at the merge. In an unmerge all of it stays: what goes has left then, and names nobody any more.
func MovedEntries(m marque.Move, from []Entry) (stays, goes []Entry) {
	at := rule.At(m.At)
	stands := map[Entry]bool{}
	for _, e := range standing(from, rule.Never) {
		stands[e] = true
	}
	for _, e := range from {
		via, takes := m.Takes(e.Via)
		takes = takes && !e.Holds && !e.Anew && e.Left == 0
		if takes && stands[e] {
			gone := e
			gone.Profile, gone.Via, gone.Joined = m.Into, via, 0
			if len(m.IDs) == 0 {
				gone.Joined = at
			}
			goes = append(goes, gone)
		}
		if len(m.IDs) == 0 {
			continue
		}
		if takes {
			e.Left, e.Via, e.Event = at, marque.ID{}, ""
		}
		stays = append(stays, e)
	}
	return stays, goes
}

func seen(list []Seen, id string) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].ID == id {
			return true
		}
	}
	return false
}
