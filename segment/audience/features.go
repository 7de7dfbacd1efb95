package audience

import (
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Features says by what people are compared. The zero value takes everything that the lexicon names. Each feature is
// something that a person has or has not: a value of a text, a bin of a number or a time, a tag, a segment, how long ago
// an event was, how many of it there were; and, of an attribute or a score, that it is missing.
type Features struct {
	// Attributes, Tags, Segments, Scores and Events name what to take. Default all of each; empty but not nil for none.
	Attributes []string
	Tags       []string
	Segments   []string
	Scores     []string
	Events     []string
	// Without is what not to take. Give the Need of the rule that the seed comes from: what defines the seed only finds
	// the seed again. What is made of the same, such as a score of it, does so too; the warning Leak looks for that.
	Without rule.Need
	// Values is how many values of a text are features: the most frequent. Default 20.
	Values int
	// Bins is how many bins numbers, times and scores have. Default 5.
	Bins int
	// Recency are the windows by which the latest event is placed, in ascending order. Default 7, 30, 90 and 365 days.
	Recency []marque.Duration
	// Frequency are the least numbers of events of each step, in ascending order. Default 1, 2, 4, 8.
	Frequency []int
}

func (f *Features) defaults() {
	if f.Values <= 0 {
		f.Values = 20
	}
	if f.Bins <= 0 {
		f.Bins = 5
	}
	if len(f.Recency) == 0 {
		f.Recency = []marque.Duration{7 * marque.Day, 30 * marque.Day, 90 * marque.Day, 365 * marque.Day}
	}
	if len(f.Frequency) == 0 {
		f.Frequency = []int{1, 2, 4, 8}
	}
}

// slots resolves the names into what to read of a person.
func (f *Features) slots(lex *rule.Lexicon) (need rule.Need, err error) {
	var faults marque.Faults
	s := lex.Schema()
	attrs := make([]string, len(s.Attributes))
	for i, a := range s.Attributes {
		attrs[i] = a.Name
	}
	need.Attrs = pick(&faults, "attributes", f.Attributes, attrs, f.Without.Attrs)
	need.Tags = pick(&faults, "tags", f.Tags, s.Tags, f.Without.Tags)
	need.Segments = pick(&faults, "segments", f.Segments, s.Segments, f.Without.Segments)
	need.Scores = pick(&faults, "scores", f.Scores, s.Scores, f.Without.Scores)
	var without []int
	for _, e := range f.Without.Events {
		without = append(without, e.Slot)
	}
	for _, slot := range pick(&faults, "events", f.Events, lex.EventNames(), without) {
		need.Events = append(need.Events, rule.EventNeed{Slot: slot})
	}
	return need, faults.Err()
}

// pick gives the slots of the wanted names, in order, but for those without.
func pick(faults *marque.Faults, path string, wanted, names []string, without []int) (slots []int) {
	for _, w := range wanted {
		if !slices.Contains(names, w) {
			faults.Add(path, "unknown name %s%s", w, rule.Hint(w, names))
		}
	}
	for slot, name := range names {
		if (wanted == nil || slices.Contains(wanted, name)) && !slices.Contains(without, slot) {
			slots = append(slots, slot)
		}
	}
	return slots
}
