package loop

import (
	"errors"
	"fmt"
	"reflect"
)

// Swap takes the journeys, and the policy of messages, of another plan, between two calls; Run need not end. All else stays
// as it is, the host's channels and calls too. The plans must agree in attributes, events, tags, scores, scales and
// segments. See journey.Runner.Swap for who is under way.
func (l *Loop) Swap(plan *Plan) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	was, is := *l.plan.lex.Schema(), *plan.lex.Schema()
	was.Scopes, is.Scopes = nil, nil
	if !reflect.DeepEqual(was, is) {
		return errors.New("loop: swap: the plans differ in more than journeys")
	}
	if err := l.runner.Swap(plan.journeys); err != nil {
		return fmt.Errorf("loop: %w", err)
	}
	l.begun = false // there may be other rounds
	l.stir(journeys)
	l.signal()
	return nil
}
