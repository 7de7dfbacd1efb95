package tagging

import (
	"cmp"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A Mark is one reason to hold a tag. A row has at most one per source and identifier.
type Mark struct {
	Source Source       `json:"source"`
	At     rule.Instant `json:"at"`              // of the event or act, the latest one
	Until  rule.Instant `json:"until,omitempty"` // zero: for good, or as long as the rule is true
	Via    marque.ID    `json:"via,omitzero"`    // the identifier it was learnt through
}

// stronger reports whether m beats o in an exclusive group.
func (m Mark) stronger(o Mark) bool {
	if a, b := m.Source.rank(), o.Source.rank(); a != b {
		return a < b
	}
	return m.At > o.At
}

// best is the strongest of marks, the zero Mark where there are none.
func best(marks []Mark) (b Mark) {
	for i, m := range marks {
		if i == 0 || m.stronger(b) {
			b = m
		}
	}
	return b
}

// ends is the earliest end of marks, zero where none has one.
func ends(marks []Mark) (at rule.Instant) {
	for _, m := range marks {
		at = derived.Sooner(at, m.Until)
	}
	return at
}

func place(a, b Mark) int {
	return cmp.Or(cmp.Compare(a.Source.rank(), b.Source.rank()), cmp.Compare(a.Via.Kind, b.Via.Kind), cmp.Compare(a.Via.Value, b.Via.Value))
}

// with returns marks with m in its place. A mark that is there is renewed: the later instant and the later end
// count, so that the order of arrival does not matter. The memory of marks is left alone.
func with(marks []Mark, m Mark) (_ []Mark, changed bool) {
	i, found := slices.BinarySearchFunc(marks, m, place)
	if !found {
		return slices.Insert(slices.Clone(marks), i, m), true
	}
	old := marks[i]
	m.At = max(m.At, old.At)
	if old.Until == 0 || m.Until != 0 && m.Until < old.Until {
		m.Until = old.Until
	}
	if m == old {
		return marks, false
	}
	marks = slices.Clone(marks)
	marks[i] = m
	return marks, true
}

// without returns marks without those that gone holds of. The memory of marks is left alone.
func without(marks []Mark, gone func(Mark) bool) (_ []Mark, changed bool) {
	if !slices.ContainsFunc(marks, gone) {
		return marks, false
	}
	return slices.DeleteFunc(slices.Clone(marks), gone), true
}
