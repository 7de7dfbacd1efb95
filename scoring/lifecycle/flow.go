package lifecycle

import (
	"cmp"
	"maps"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Flow counts who goes from which stage to which other one, and after how long: a funnel of stages. The zero value is
// ready. It keeps the length of every stay, 8 bytes each. It is not safe for concurrent use.
type Flow struct {
	stays map[[2]string][]marque.Duration
}

// A Transition is one cell of the matrix of stages.
type Transition struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
	// Share is the part of all that left From, 0 to 1.
	Share float64 `json:"share"`
	// Median is the exact median of the stays in From: half the sum of the two in the middle of an even number.
	Median marque.Duration `json:"median"`
}

// Add counts one change after a stay.
func (f *Flow) Add(from, to string, stayed marque.Duration) {
	if f.stays == nil {
		f.stays = map[[2]string][]marque.Duration{}
	}
	k := [2]string{from, to}
	f.stays[k] = append(f.stays[k], stayed)
}

// Event counts an event that a Book said; its stays are known to the second. It reports whether the event was one of
// the lifecycle.
func (f *Flow) Event(e marque.Event, lifecycle string) bool {
	text := func(name string) string { v, _ := e.Props[name].(string); return v }
	if e.Name != Changed || text("lifecycle") != lifecycle {
		return false
	}
	v, _ := rule.Of(e.Props["stayed"])
	f.Add(text("from"), text("to"), marque.Duration(v.Int())*marque.Second)
	return true
}

// Turns counts the history of a person in one lifecycle, as Book.History gives it: of what was told anew by a Rebuild
// only the latest.
func (f *Flow) Turns(turns []Turn) {
	for _, t := range told(turns, rule.Never) {
		if t.From != "" {
			f.Add(t.From, t.To, length(t.At-t.Since))
		}
	}
}

// Matrix lists all transitions that were counted, by From and To.
func (f *Flow) Matrix() []Transition {
	left := map[string]int{}
	for k, stays := range f.stays {
		left[k[0]] += len(stays)
	}
	keys := slices.SortedFunc(maps.Keys(f.stays), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	var out []Transition
	for _, k := range keys {
		stays := f.stays[k]
		slices.Sort(stays)
		n := len(stays)
		lo, hi := stays[(n-1)/2], stays[n/2]
		out = append(out, Transition{
			From: k[0], To: k[1], Count: n, Share: float64(n) / float64(left[k[0]]), Median: lo + (hi-lo)/2,
		})
	}
	return out
}
