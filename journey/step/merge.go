package step

import (
	"time"

	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
)

// Merge is the change that ends an enrollment which its person, after a merge of two, has twice.
func Merge(s record.State, at time.Time) record.Change {
	w := walk{p: plan.Nothing(s.Journey), now: at}
	w.res.State = s
	w.s().Version++
	if s.Node == "" {
		w.drop(record.Merged)
		w.res.Tally = nil
	} else {
		w.end(record.Merged, false)
	}
	return w.res.Change
}
