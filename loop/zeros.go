package loop

import (
	"errors"
	"fmt"
	"slices"

	"github.com/marque-go/marque/internal/source"
)

// zeros lists the times of waits that the file says to be zero: in the definition that is as if they were not there.
func zeros(doc *source.Document, p *Program) error {
	var errs []error
	for i := range p.Journeys {
		for j := range p.Journeys[i].Nodes {
			w := p.Journeys[i].Nodes[j].Wait
			if w == nil {
				continue
			}
			path := fmt.Sprintf("journeys[%d].nodes[%d].wait", i, j)
			keys := doc.Keys(path)
			for _, x := range []struct {
				name string
				zero bool
				none string
			}{
				{"for", w.For == 0, "want a time above zero; without a wait, lead to the next node at once"},
				{"days", w.Days == 0, "want 1 or more"},
				{"within", w.Within == 0, "want a time above zero; to wait for ever, leave it out"},
			} {
				if x.zero && slices.Contains(keys, x.name) {
					errs = append(errs, doc.Errorf(path+"."+x.name, "%s", x.none))
				}
			}
		}
	}
	return errors.Join(errs...)
}
