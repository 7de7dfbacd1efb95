package lifecycle

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// Rebuild goes through the past of people anew and without a word: each person begins in the start of the named
// lifecycles, and comes to the stage that Derive would have left, had the events come in order. Names nil is all
// lifecycles in the order of their definitions. It returns how many rows changed.
//
// The passes of a person are the events of its history that Derivation.On lists, and one without an event, whose Now is
// that of the rebuild. Each is looked at as of the At of its event, in that order; at the same instant the order of the
// passes counts. All of them may share one record of facts with the whole history of those events: of it a look sees
// what had happened by its instant. Attributes, tags, scores and segments are seen as the passes have them. Moves that
// time made between two events are made at their instants. What was set by hand is set again at its instant, the latest
// act learnt through each identifier.
//
// Where it finds the same turns as are told already, the history is left as it is. Else the whole of it is told anew,
// with Turn.Known.
func (b *Book) Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error) {
	if names == nil {
		for i := range b.plan.cycles {
			names = append(names, b.plan.cycles[i].Name)
		}
	}
	defs, gone := derived.Names(b.plan.byName, names, nil)
	if len(gone) > 0 {
		return 0, fmt.Errorf("lifecycle: rebuild %q: %w", gone[0], marque.ErrNotFound)
	}
	var people []string
	passes := map[string][]int{}
	for i := range ps {
		profile := ps[i].Facts.Profile
		if passes[profile] == nil {
			people = append(people, profile)
		}
		passes[profile] = append(passes[profile], i)
	}
	for _, list := range passes {
		slices.SortStableFunc(list, func(i, j int) int { return cmp.Compare(instant(&ps[i]), instant(&ps[j])) })
	}
	c, _, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		for _, profile := range people {
			b.anew(sheet, profile, ps, passes[profile], defs)
		}
	})
	if err != nil {
		return 0, fmt.Errorf("lifecycle: rebuild: %w", err)
	}
	return len(c.Rows), nil
}

// instant is when the event of a pass happened, or the instant of a look without one.
func instant(pass *rule.Pass) rule.Instant {
	if pass.Event.Name == "" || pass.Event.At.IsZero() {
		return rule.At(pass.Now)
	}
	return min(rule.At(pass.Event.At), rule.At(pass.Now))
}

// anew goes through the passes of a person.
func (b *Book) anew(sheet *sheet, profile string, ps []rule.Pass, passes, defs []int) {
	looks := make([]look, len(defs))
	for j, k := range defs {
		l := b.plan.start(k, sheet.Rows(passes[0]), profile)
		l.row.Stage, l.row.Since, l.row.Seen, l.row.Cut, l.row.Due = "", 0, nil, Cut{}, 0
		looks[j] = l
	}
	past := past{book: b, looks: looks, given: make([]int, len(looks))}
	var known rule.Instant
	for _, i := range passes {
		past.pass(&ps[i])
		known = max(known, rule.At(ps[i].Now))
	}
	for j := range looks {
		l := &looks[j]
		if l.old != nil && l.old.Stage == l.row.Stage && l.old.Trail == l.row.Trail {
			l.turns = nil
		}
		for n := range l.turns {
			l.turns[n].Known = known
		}
		l.put(sheet, passes[0], false)
	}
}

// past is the way through the history of a person.
type past struct {
	book  *Book
	looks []look
	given []int // by look, how many acts were set again
	now   rule.Instant
	// facts are those of the pass at hand as they were at an instant.
	facts rule.Facts
	same  map[int]int // by slot, how many events of the instant now were passed
}

// pass goes on to the instant of a pass, and takes its event.
func (p *past) pass(pass *rule.Pass) {
	now := instant(pass)
	if now != p.now {
		p.same = map[int]int{}
	}
	quiet := marque.Event{Profile: pass.Facts.Profile}
	for {
		at, ok := p.next(now)
		if !ok {
			break
		}
		p.look(pass, &quiet, at, false)
		p.hands(pass, &quiet, at)
	}
	p.now = now
	if slot, ok := p.book.plan.lex.Event(pass.Event.Name); ok {
		p.same[slot]++
	}
	p.look(pass, &pass.Event, now, true)
}

// next is the next instant up to now at which time or an act does something.
func (p *past) next(now rule.Instant) (at rule.Instant, ok bool) {
	for j := range p.looks {
		l := &p.looks[j]
		at = derived.Sooner(at, l.row.Due)
		if h := p.hand(j); h != nil {
			at = derived.Sooner(at, h.At)
		}
	}
	return at, at != 0 && at <= now
}

// hand is the next act of a look, nil where there is none left.
func (p *past) hand(j int) *Hand {
	l := &p.looks[j]
	for ; p.given[j] < len(l.row.Hands); p.given[j]++ {
		if h := &l.row.Hands[p.given[j]]; l.c.has(h.Stage) {
			return h
		}
	}
	return nil
}

// hands sets again what was set at an instant, and looks what follows of each act.
func (p *past) hands(pass *rule.Pass, quiet *marque.Event, at rule.Instant) {
	for j := range p.looks {
		for h := p.hand(j); h != nil && h.At <= at; h = p.hand(j) {
			m := p.moment(pass, quiet, at)
			p.looks[j].set(&m, *h)
			p.given[j]++
			p.look(pass, quiet, at, false)
		}
	}
}

// look looks at an instant at the lifecycles that would have been looked at then. first says whether it may be the
// first look at the person: at an event that the lifecycle hears, or at the end.
func (p *past) look(pass *rule.Pass, e *marque.Event, at rule.Instant, first bool) {
	m := p.moment(pass, e, at)
	if first && e.Name == "" {
		m.facts = pass.Facts // the look behind all events: rules themselves leave out what is later
	}
	for j := range p.looks {
		l := &p.looks[j]
		if l.row.Stage == "" && !(first && (e.Name == "" || !l.c.still || slices.Contains(l.c.on, e.Name))) {
			continue
		}
		l.look(&m, p.book.remember)
	}
}

// moment is an instant before or of a pass, with the facts as they were then.
func (p *past) moment(pass *rule.Pass, e *marque.Event, at rule.Instant) moment {
	events := p.facts.Events
	p.facts = *pass.Facts
	p.facts.Events = append(events[:0], pass.Facts.Events...)
	for j := range p.looks {
		for _, slot := range p.looks[j].c.reads {
			if slot >= len(pass.Facts.Events) {
				continue
			}
			hits := pass.Facts.Events[slot]
			n, _ := slices.BinarySearchFunc(hits, at, func(h rule.Hit, at rule.Instant) int { return cmp.Compare(h.At, at) })
			if at == p.now {
				n = min(n+p.same[slot], len(hits))
			}
			p.facts.Events[slot] = hits[:n]
		}
	}
	return moment{pass: pass, facts: &p.facts, event: e, at: at, lex: p.book.plan.lex}
}
