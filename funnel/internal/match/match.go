// Package match tells which of up to 64 slots (steps of a funnel, entries of a stage) an event fills.
package match

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Slots is the largest number of slots.
const Slots = 64

// A Table is immutable.
type Table struct {
	lex    *rule.Lexicon
	byName map[string]*kind
	events []string
	need   rule.Need
}

type kind struct {
	scope string
	mask  uint64
	ruled []ruled
}

type ruled struct {
	bit  uint64
	rule *rule.Rule
}

// New makes an empty table. lex may be nil where no slot has a rule.
func New(lex *rule.Lexicon) *Table {
	return &Table{lex: lex, byName: map[string]*kind{}}
}

// Add lets events of a name fill a slot, where when is empty or true. Faults go to f under path, which names
// an object with the fields "event" and "when".
func (t *Table) Add(f *marque.Faults, path string, slot int, event, when string, rules rule.Compiler) {
	if t.lex != nil {
		if _, ok := t.lex.Event(event); !ok && event != "" {
			f.Add(path+".event", "no event %q%s", event, rule.Hint(event, t.lex.EventNames()))
			return
		}
	}
	k := t.byName[event]
	if k == nil {
		k = &kind{scope: "event/" + event}
		t.byName[event] = k
		t.events = append(t.events, event)
	}
	bit := uint64(1) << slot
	if when == "" {
		k.mask |= bit
		return
	}
	if rules == nil || t.lex == nil {
		f.Add(path+".when", "there is no compiler for rules")
		return
	}
	r, err := rules.Compile(when, k.scope)
	if err != nil {
		f.Wrap(path+".when", err)
		return
	}
	k.ruled = append(k.ruled, ruled{bit, r})
	t.need = t.need.Union(r.Need())
}

// Events are the names that fill slots, in the order of Add.
func (t *Table) Events() []string { return t.events }

// Need is what the rules read of the person, beside the event.
func (t *Table) Need() rule.Need { return t.need }

// Mask has a bit for each slot that the event fills. facts, which may be nil, is asked for the person's facts
// once, and only if a rule is to be tested; nil facts make what reads the person unknown.
func (t *Table) Mask(e *marque.Event, facts func(marque.Event) *rule.Facts) uint64 {
	k := t.byName[e.Name]
	if k == nil {
		return 0
	}
	mask := k.mask
	if len(k.ruled) == 0 {
		return mask
	}
	now, row := rule.At(e.At), t.lex.Row(k.scope, e.Props)
	var f *rule.Facts
	if facts != nil {
		f = facts(*e)
	}
	for _, r := range k.ruled {
		if mask&r.bit == 0 && r.rule.Holds(now, f, row) {
			mask |= r.bit
		}
	}
	return mask
}

// Text writes a property for people and tables: a text as it is, nothing as "".
func Text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
