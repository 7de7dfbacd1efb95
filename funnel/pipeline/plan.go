package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/funnel/internal/match"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Plan is a compiled pipeline. It is immutable and safe for concurrent use.
type Plan struct {
	def   Def
	table *match.Table // slots: entries of the stages, losses of the stages, losses of all
	unit  civil.Unit
	loc   *time.Location
	limit []rule.Instant // by stage, 0 for none
}

// Options are what a count needs beside the plan.
type Options struct {
	// Facts gives what is known of the event's person as of the event, for rules that read more than the event.
	// It must be filled for Plan.Need. Default nothing is known.
	Facts func(marque.Event) *rule.Facts
	// Sort lets Run gather all events that trigger something and sort them by time first, for logs in any order.
	// Default an event out of order is an error.
	Sort bool
	// Level is the confidence of intervals. Default 0.95.
	Level float64
}

// ErrOrder says that an event is earlier than one of the same person that was counted before.
var ErrOrder = errors.New("pipeline: event out of order")

// ErrRange says that an event is so far away from the others that more than 20,000 periods lie in between.
var ErrRange = errors.New("pipeline: event too far from the others")

// Compile checks the definition against the lexicon and lists every fault, an unknown zone too. lex and rules may
// be nil where no trigger has a rule; event names are then not checked.
func Compile(def Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	f.Wrap("", def.Validate())
	loc, err := new(civil.Zones).Load(def.Zone)
	f.Wrap("zone", err)
	p := &Plan{def: def, table: match.New(lex), unit: units[def.Period], loc: loc}
	if len(def.Stages) <= maxStages {
		n := len(def.Stages)
		add := func(path string, slot int, ts []Trigger) {
			for i, t := range ts {
				p.table.Add(&f, fmt.Sprintf("%s[%d]", path, i), slot, t.Event, t.When, rules)
			}
		}
		for i, s := range def.Stages {
			add(fmt.Sprintf("stages[%d].enter", i), i, s.Enter)
			add(fmt.Sprintf("stages[%d].lost", i), n+i, s.Lost)
			p.limit = append(p.limit, rule.Instant(s.Limit/1000))
		}
		add("lost", 2*n, def.Lost)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Def is what the plan was compiled from. Do not change what it points to.
func (p *Plan) Def() Def { return p.def }

// Events are the names of the events that the pipeline reads.
func (p *Plan) Events() []string { return p.table.Events() }

// Need is what the rules read of the person beside the event.
func (p *Plan) Need() rule.Need { return p.table.Need() }

// Run counts a whole log, which must be in order of time for each person unless Options.Sort is set: otherwise
// an event out of order ends the run with ErrOrder. Events of one instant count in the order of the log. An error
// of the log ends the run too.
func (p *Plan) Run(events iter.Seq2[marque.Event, error], o *Options) (*Counter, error) {
	c := NewCounter(p, o)
	var hits []hit
	for e, err := range events {
		if err != nil {
			return nil, fmt.Errorf("pipeline: run %s: %w", p.def.Name, err)
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
			return nil, fmt.Errorf("pipeline: run %s: event %s of %s at %s: %w", p.def.Name, e.Name, e.Profile, e.At, err)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.at, b.at) })
	for _, h := range hits {
		if err := c.take(h); err != nil {
			return nil, fmt.Errorf("pipeline: run %s: an event of %s at %s: %w", p.def.Name, h.person, h.at.Time(), err)
		}
	}
	return c, nil
}
