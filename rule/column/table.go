package column

import (
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Table holds what is known of many people, column by column, in the slots of a lexicon. A row is a person.
// It may be read by many goroutines while nobody writes to it; whoever writes is alone with it. A slot or a row that
// there is not panics.
type Table struct {
	lex      *rule.Lexicon
	rows     map[string]uint32
	profiles []string
	live     []*words // the rows that are not removed
	attrs    []column
	kinds    []kind
	tags     []marks
	segments []marks
	scores   []blocks[rule.Curve]
	zones    column
	ids      map[int][]marque.ID
	consents map[int][]rule.Consent
}

// NewTable makes an empty table.
func NewTable(lex *rule.Lexicon) *Table {
	s := lex.Schema()
	t := &Table{
		lex: lex, rows: map[string]uint32{}, ids: map[int][]marque.ID{}, consents: map[int][]rule.Consent{},
		attrs: make([]column, len(s.Attributes)), kinds: make([]kind, len(s.Events)), zones: newColumn(rule.String),
		tags: make([]marks, len(s.Tags)), segments: make([]marks, len(s.Segments)), scores: make([]blocks[rule.Curve], len(s.Scores)),
	}
	for i, a := range s.Attributes {
		t.attrs[i] = newColumn(a.Type)
	}
	for i, e := range s.Events {
		t.kinds[i] = newKind(len(e.Props))
	}
	return t
}

// Lexicon is what numbers the table's columns.
func (t *Table) Lexicon() *rule.Lexicon { return t.lex }

// Len is how many rows there are, with those that are removed.
func (t *Table) Len() int { return len(t.profiles) }

// Row gives the row of a profile. It stays the same as long as the profile is in the table.
func (t *Table) Row(profile string) (row int, ok bool) {
	r, ok := t.rows[profile]
	return int(r), ok
}

// Profile is whose row it is, "" of one that is removed.
func (t *Table) Profile(row int) string { return t.profiles[row] }

// Live reports whether the row is somebody's: that it is not removed.
func (t *Table) Live(row int) bool { return t.live[row/blockRows].has(row % blockRows) }

// Add gives the row of the profile, a new empty one if there is none.
func (t *Table) Add(profile string) (row int) {
	if r, ok := t.rows[profile]; ok {
		return int(r)
	}
	row = len(t.profiles)
	profile = strings.Clone(profile)
	t.rows[profile] = uint32(row)
	t.profiles = append(t.profiles, profile)
	reach(&t.live, row/blockRows).add(row % blockRows)
	return row
}

// Remove erases a row. It stays empty and no rule is true, unknown or false of it; its number is not given again, so
// that a set of rows made before never means somebody else. The profile may be added again, as another row.
func (t *Table) Remove(row int) {
	if !t.Live(row) {
		return
	}
	t.clear(row)
	t.live[row/blockRows].drop(row % blockRows)
	delete(t.rows, t.profiles[row])
	t.profiles[row] = ""
}

// clear empties a row.
func (t *Table) clear(row int) {
	t.zones.drop(row)
	for i := range t.attrs {
		t.attrs[i].drop(row)
	}
	for i := range t.kinds {
		t.kinds[i].clear(row)
	}
	for i := range t.tags {
		t.tags[i].drop(row)
	}
	for i := range t.segments {
		t.segments[i].drop(row)
	}
	for i := range t.scores {
		t.scores[i].drop(row)
	}
	delete(t.ids, row)
	delete(t.consents, row)
}

// SetZone sets the person's zone, "" where it is not known.
func (t *Table) SetZone(row int, zone string) {
	if zone == "" {
		t.zones.drop(row)
		return
	}
	t.zones.set(row, rule.StringValue(zone))
}

// SetAttr sets an attribute. The value is converted to the attribute's type (Value.As); one that does not fit, and
// a missing one, make it missing.
func (t *Table) SetAttr(row, slot int, v rule.Value) {
	c := &t.attrs[slot]
	v, _ = v.As(c.typ)
	c.set(row, v)
}

// Attr is an attribute as it was set and converted.
func (t *Table) Attr(row, slot int) rule.Value { return t.attrs[slot].get(row) }

// SetTag sets the mark of a tag, or removes it where on is false. There is one for each tag, as with rule.Put.
func (t *Table) SetTag(row int, m rule.Mark, on bool) { t.tags[m.Slot].set(row, m, on) }

// SetSegment sets the mark of a segment, or removes it where on is false.
func (t *Table) SetSegment(row int, m rule.Mark, on bool) { t.segments[m.Slot].set(row, m, on) }

func (ms *marks) set(row int, m rule.Mark, on bool) {
	if on {
		ms.put(row, m)
	} else {
		ms.drop(row)
	}
}

// SetScore sets a score. An empty curve is no score.
func (t *Table) SetScore(row, slot int, c rule.Curve) {
	if len(c) == 0 {
		t.scores[slot].drop(row)
		return
	}
	t.scores[slot].put(row, slices.Clone(c))
}

// AddHit adds an event to a history. Those that come in the order of At are added in constant time, a late one is
// put into its place, behind those of the same instant. The hit's Props are in the slots of the event's properties, as
// Lexicon.Row("event/order_paid", …) gives them; properties that the schema does not declare are left out.
func (t *Table) AddHit(row, event int, h rule.Hit) { t.kinds[event].add(row, h) }

// ForgetEvent drops the history of one kind of event, of everybody.
func (t *Table) ForgetEvent(event int) { t.kinds[event] = newKind(len(t.kinds[event].props)) }
