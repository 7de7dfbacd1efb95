package tagging

import (
	"cmp"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A Mark is one reason to hold a tag. Of a source and identifier a row has one at most at any instant, and maybe
// others that begin later.
type Mark struct {
	Source Source       `json:"source"`
	At     rule.Instant `json:"at"`              // of the event or act, the latest one; of a rule or habit, when it began
	From   rule.Instant `json:"from,omitempty"`  // when it begins to count; zero: at once
	Until  rule.Instant `json:"until,omitempty"` // zero: for good, or as long as the rule is true
	// Confidence is how sure the source is, above 0 up to 1; zero: it did not say, which counts as sure.
	Confidence float64   `json:"confidence,omitempty"`
	Via        marque.ID `json:"via,omitzero"`      // the identifier it was learnt through
	Cause      string    `json:"cause,omitempty"`   // the id of the event, or the key of the act; empty: time
	Version    string    `json:"version,omitempty"` // of the definition that made it; empty: an act did
	Count      int       `json:"count,omitempty"`   // of a habit: how many events were of it
	Of         int       `json:"of,omitempty"`      // of how many, when it began
}

// sure is the confidence as it counts.
func (m *Mark) sure() float64 {
	if m.Confidence == 0 {
		return 1
	}
	return m.Confidence
}

// begun reports whether the mark began at an instant or before. One that was given with a beginning in the past counts
// since it was given.
func (m *Mark) begun(at rule.Instant) bool { return m.From <= at || m.From <= m.At }

// stronger reports whether m beats o in an exclusive group.
func (m *Mark) stronger(o *Mark) bool {
	if a, b := m.Source.rank(), o.Source.rank(); a != b {
		return a < b
	}
	if a, b := m.sure(), o.sure(); a != b {
		return a > b
	}
	return m.At > o.At
}

// best is the strongest of the marks that count for a tag at an instant, nil where none does.
func (t *tag) best(marks []Mark, at rule.Instant) (b *Mark) {
	for i := range marks {
		if m := &marks[i]; t.waits(m, at) == "" && (b == nil || m.stronger(b)) {
			b = m
		}
	}
	return b
}

// waits is why a mark does not count at an instant, empty where it does.
func (t *tag) waits(m *Mark, at rule.Instant) Reason {
	switch {
	case m.Until != 0 && m.Until <= at:
		return Expired
	case !m.begun(at):
		return Later
	case m.sure() < t.Confidence:
		return Unsure
	}
	return ""
}

// next is the first instant behind now at which a mark begins or ends, zero where none does.
func next(marks []Mark, now rule.Instant) (at rule.Instant) {
	for i := range marks {
		m := &marks[i]
		if m.begun(now) {
			at = derived.Sooner(at, m.Until)
		} else {
			at = derived.Sooner(at, m.From)
		}
	}
	return at
}

func place(a, b Mark) int {
	return cmp.Or(cmp.Compare(a.Source.rank(), b.Source.rank()), cmp.Compare(a.Via.Kind, b.Via.Kind), cmp.Compare(a.Via.Value, b.Via.Value), cmp.Compare(a.From, b.From))
}

// with returns marks with m in its place. A mark that is there is renewed: the later instant and the later end
// count, so that the order of arrival does not matter. The memory of marks is left alone.
func with(marks []Mark, m Mark) (_ []Mark, changed bool) {
	i, found := slices.BinarySearchFunc(marks, m, place)
	if !found {
		return slices.Insert(slices.Clone(marks), i, m), true
	}
	old := marks[i]
	until := m.Until
	if old.Until == 0 || until != 0 && until < old.Until {
		until = old.Until
	}
	if c := cmp.Or(cmp.Compare(old.At, m.At), cmp.Compare(m.Cause, old.Cause), cmp.Compare(old.Confidence, m.Confidence)); c > 0 {
		m = old
	}
	m.Until = until
	if m == old {
		return marks, false
	}
	marks = slices.Clone(marks)
	marks[i] = m
	return marks, true
}

// without returns marks without those that gone holds of. The memory of marks is left alone.
func without(marks []Mark, gone func(*Mark) bool) (_ []Mark, changed bool) {
	for i := range marks {
		if gone(&marks[i]) {
			return slices.DeleteFunc(slices.Clone(marks), func(m Mark) bool { return gone(&m) }), true
		}
	}
	return marks, false
}

// ended returns marks of which those that of holds of give way at from: what begins then or later goes, what lasts
// longer ends then.
func ended(marks []Mark, from, now rule.Instant, of func(*Mark) bool) (_ []Mark, changed bool) {
	out := marks[:0:0]
	for _, m := range marks {
		if of(&m) {
			if from <= now || m.From >= from {
				changed = true
				continue
			}
			if m.Until == 0 || m.Until > from {
				m.Until, changed = from, true
			}
		}
		out = append(out, m)
	}
	if !changed {
		return marks, false
	}
	return out, true
}
