package audience

import (
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
)

// An Answer is what a rule says of a population: of everybody else it says no.
type Answer struct {
	In      Set `json:"in"`      // the rule is true
	Unknown Set `json:"unknown"` // something is missing that it would need: they are not in
}

// Ask evaluates a rule for everybody in the table, as of now.
func Ask(t *column.Table, r *rule.Rule, now time.Time) Answer {
	yes, unknown := make([]uint64, (t.Len()+63)/64), make([]uint64, (t.Len()+63)/64)
	column.Compile(t.Lexicon(), r).Truths(t, rule.At(now), yes, unknown)
	return Answer{FromWords(yes), FromWords(unknown)}
}

// Everybody is the set of all people in the table: its rows without those that are removed.
func Everybody(t *column.Table) Set { return Ask(t, nil, time.Time{}).In }
