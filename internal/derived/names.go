package derived

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Names appends the numbers of definitions to into; gone are the names of those that there are not.
func Names(index map[string]int, names []string, into []int) (defs []int, gone []string) {
	for _, name := range names {
		if i, ok := index[name]; ok {
			into = append(into, i)
		} else {
			gone = append(gone, name)
		}
	}
	return into, gone
}

// A Scope is the properties of the event at hand in their slots, made when the first rule asks for them.
type Scope struct {
	row  []rule.Value
	made bool
}

// Of is the scope of an event, which is the same in each call.
func (s *Scope) Of(lex *rule.Lexicon, e *marque.Event) []rule.Value {
	if !s.made {
		s.row, s.made = lex.Row("event/"+e.Name, e.Props), true
	}
	return s.row
}
