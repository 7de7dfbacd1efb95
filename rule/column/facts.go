package column

import (
	"slices"

	"github.com/marque-go/marque/rule"
)

// Put sets the whole row of f.Profile from its facts, of which it copies everything and keeps nothing. What the row
// had before is forgotten.
func (t *Table) Put(f *rule.Facts) (row int) {
	row = t.Add(f.Profile)
	t.clear(row)
	t.SetZone(row, f.Zone)
	for i := range min(len(f.Attrs), len(t.attrs)) {
		t.SetAttr(row, i, f.Attrs[i])
	}
	for i := range min(len(f.Events), len(t.kinds)) {
		t.kinds[i].fill(row, f.Events[i])
	}
	for _, m := range f.Tags {
		t.SetTag(row, m, true)
	}
	for _, m := range f.Segments {
		t.SetSegment(row, m, true)
	}
	for i := range min(len(f.Scores), len(t.scores)) {
		t.SetScore(row, i, f.Scores[i])
	}
	if len(f.IDs) > 0 {
		t.ids[row] = slices.Clone(f.IDs)
	}
	if len(f.Consents) > 0 {
		t.consents[row] = slices.Clone(f.Consents)
	}
	return row
}

// Facts gives a row as facts, of which it fills what need asks for and empties the rest. It writes into the memory
// that into has, so into must not hold anybody else's: make it with rule.NewFacts and give it to Facts only. It
// stays as it is until the next call, except for curves, identifiers and consents, which are the table's: do not
// change them.
func (t *Table) Facts(row int, need rule.Need, into *rule.Facts) {
	into.Profile, into.Zone = t.profiles[row], t.zones.get(row).Text()
	into.Attrs = sized(into.Attrs, len(t.attrs))
	into.Scores = sized(into.Scores, len(t.scores))
	clear(into.Attrs)
	clear(into.Scores)
	into.Events = sized(into.Events, len(t.kinds))
	for i := range into.Events {
		into.Events[i] = into.Events[i][:0]
	}
	into.IDs, into.Consents = nil, nil
	t.fill(row, &reading{Need: need}, into)
}

func sized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// A reading is what a rule reads of a row.
type reading struct {
	rule.Need
	since []int64 // of each of Events: only what is later is read; nil for all
	bare  []bool  // of each of Events: its properties are not read
}

// fill fills what is read and leaves the rest as it is.
func (t *Table) fill(row int, read *reading, into *rule.Facts) {
	for _, i := range read.Attrs {
		if i < len(t.attrs) {
			into.Attrs[i] = t.attrs[i].get(row)
		}
	}
	for i, e := range read.Events {
		if e.Slot >= len(t.kinds) {
			continue
		}
		since, bare := int64(none), false
		if read.since != nil {
			since, bare = read.since[i], read.bare[i]
		}
		into.Events[e.Slot] = t.kinds[e.Slot].hits(row, since, bare, into.Events[e.Slot])
	}
	into.Tags = into.Tags[:0]
	for _, i := range read.Tags {
		if i < len(t.tags) {
			into.Tags = t.tags[i].append(into.Tags, row, i)
		}
	}
	into.Segments = into.Segments[:0]
	for _, i := range read.Segments {
		if i < len(t.segments) {
			into.Segments = t.segments[i].append(into.Segments, row, i)
		}
	}
	for _, i := range read.Scores {
		if i < len(t.scores) {
			into.Scores[i], _ = t.scores[i].get(row)
		}
	}
	if read.IDs {
		into.IDs = t.ids[row]
	}
	if read.Consents {
		into.Consents = t.consents[row]
	}
}

func (ms marks) append(into []rule.Mark, row, slot int) []rule.Mark {
	if m, ok := ms.get(row, slot); ok {
		return append(into, m)
	}
	return into
}

// hits writes the events of a row that are later than since over those in into, whose memory it reuses.
func (k *kind) hits(row int, since int64, bare bool, into []rule.Hit) []rule.Hit {
	h, r := k.at(row/blockRows), row%blockRows
	into = into[:0]
	if h == nil || h.last[r] <= since {
		return into
	}
	from, to := h.off[r], h.off[r]+h.n[r]
	if since != none {
		from += h.after(r, since)
	}
	into = slices.Grow(into, int(to-from))[:to-from]
	for i := range into {
		hit := &into[i]
		hit.At = rule.Instant(h.at[from+uint32(i)])
		if bare {
			hit.Props = hit.Props[:0]
		} else {
			hit.Props = k.values(h, from+uint32(i), hit.Props)
		}
	}
	return into
}
