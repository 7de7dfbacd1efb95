package step

import (
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// Again takes the step of a trace again, with its input and facts.
func Again(p *plan.Plan, x record.Trace, f *rule.Facts) record.Result {
	if x.Before.ID == "" {
		return Enter(p, x.Input, f, x.At)
	}
	return Step(p, x.Before, x.Input, f, x.At)
}
