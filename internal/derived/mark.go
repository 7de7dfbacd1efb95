package derived

import (
	"slices"

	"github.com/marque-go/marque/rule"
)

// Put sets the mark of its slot in the facts of a pass, or removes it where on is false. It works in the memory of
// the facts, which Fill made, unlike rule.Put, which takes it for an owner's.
func Put(marks []rule.Mark, m rule.Mark, on bool) []rule.Mark {
	for i := range marks {
		if marks[i].Slot != m.Slot {
			continue
		}
		if !on {
			return slices.Delete(marks, i, i+1)
		}
		marks[i] = m
		return marks
	}
	if on {
		return append(marks, m)
	}
	return marks
}
