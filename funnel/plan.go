package funnel

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/funnel/internal/match"
	"github.com/marque-go/marque/rule"
)

// A Plan is a compiled funnel. It is immutable and safe for concurrent use.
type Plan struct {
	def    Def
	table  *match.Table
	window rule.Instant // 0: no limit
}

// Options are what a count needs beside the plan.
type Options struct {
	// Facts gives what is known of the event's person as of the event, for rules that read more than the event.
	// It must be filled for Plan.Need. Default nothing is known, and such rules are not true.
	Facts func(marque.Event) *rule.Facts
	// Sort lets Run gather all events that fill a step and sort them by person and time first, for logs in any
	// order; it takes about 64 bytes for each of them. Default an event out of order is an error.
	Sort bool
	// Level is the confidence of intervals. Default 0.95.
	Level float64
}

// Compile checks the definition against the lexicon and lists every fault. lex and rules may be nil where no step
// has a rule; event names are then not checked.
func Compile(def Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	f.Wrap("", def.Validate())
	p := &Plan{def: def, table: match.New(lex), window: rule.Instant(def.Window / 1000)}
	if len(def.Steps) <= maxSteps {
		for i, s := range def.Steps {
			p.table.Add(&f, fmt.Sprintf("steps[%d]", i), i, s.Event, s.When, rules)
		}
	}
	if def.By != "" && lex != nil && len(def.Steps) > 0 {
		if e, ok := lex.Event(def.Steps[0].Event); ok {
			if _, _, ok := lex.Prop(e, def.By); !ok {
				fields, _ := lex.Fields("event/" + def.Steps[0].Event)
				names := make([]string, len(fields))
				for i, x := range fields {
					names[i] = x.Name
				}
				f.Add("by", "event %q has no property %q%s", def.Steps[0].Event, def.By, rule.Hint(def.By, names))
			}
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Def is what the plan was compiled from. Do not change what it points to.
func (p *Plan) Def() Def { return p.def }

// Events are the names of the events that the funnel reads.
func (p *Plan) Events() []string { return p.table.Events() }

// Need is what the rules read of the person beside the event.
func (p *Plan) Need() rule.Need { return p.table.Need() }

// Run counts a whole log. Each person's events must come in order of time (those of one instant in any order);
// an event that is earlier than one of the same person before it ends the run with ErrOrder, unless
// Options.Sort is set. An error of the log ends the run too.
func (p *Plan) Run(events iter.Seq2[marque.Event, error], o *Options) (*Counter, error) {
	c := NewCounter(p, o)
	var hits []hit
	for e, err := range events {
		if err != nil {
			return nil, fmt.Errorf("funnel: run %s: %w", p.def.Name, err)
		}
		h, ok := c.hit(&e)
		if !ok {
			continue
		}
		if c.o.Sort {
			hits = append(hits, h)
			continue
		}
		if err := c.take(h); err != nil {
			return nil, fmt.Errorf("funnel: run %s: event %s of %s at %s: %w", p.def.Name, e.Name, e.Profile, e.At, err)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if d := cmp.Compare(a.at, b.at); d != 0 {
			return d
		}
		return cmp.Compare(a.person, b.person)
	})
	for _, h := range hits {
		if err := c.take(h); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// ErrOrder says that an event is earlier than one of the same person that was counted before.
var ErrOrder = errors.New("funnel: event out of order")
