package scoring

import (
	"math"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// earns is what a rule over events gives for the event of a pass; ok is false where it is another event, or the rule
// does not hold.
func (s *score) earns(r *points, lex *rule.Lexicon, pass *rule.Pass, sc *derived.Scope, now rule.Instant) (entry Entry, ok bool) {
	e := &pass.Event
	if r.On == "" || r.On != e.Name || r.when != nil && !r.when.Holds(now, pass.Facts, sc.Of(lex, e)) {
		return Entry{}, false
	}
	at, known := now, now
	if !e.At.IsZero() {
		at = min(rule.At(e.At), now)
		known = min(rule.At(e.Arrived()), now)
	}
	return Entry{
		Profile: pass.Facts.Profile, Score: s.Name, Rule: r.Name, Points: r.Points, Event: e.ID, At: at, Recorded: known, Via: e.Via(),
	}, true
}

// count gives the points of the event of the pass.
func (l *look) count(lex *rule.Lexicon, sc *derived.Scope, now rule.Instant, remember marque.Duration) {
	id := l.pass.Event.ID
	if l.pass.Event.Name == "" {
		return
	}
	given, known := false, rule.Instant(0)
	for i := range l.score.rules {
		e, ok := l.score.earns(&l.score.rules[i], lex, l.pass, sc, now)
		if !ok {
			continue
		}
		if !given && id != "" && seen(l.row.Seen, id) {
			return
		}
		if l.earn(&e, now) {
			given, known = true, e.Recorded
		}
	}
	if given && id != "" {
		l.row.Seen = see(l.row.Seen, Seen{id, known}, remember)
	}
}

// earn gives the points of an entry, and keeps it in the history, unless a cap does not let them count.
func (l *look) earn(e *Entry, now rule.Instant) bool {
	parts, changed := l.score.apply(l.row.Parts, e)
	if !changed && !l.score.vanished(e, l.row.Last) {
		return false
	}
	l.late = l.late || e.At < now || e.At <= l.row.Last
	l.row.Parts, l.row.Last, l.dirty = parts, max(l.row.Last, e.At), true
	if l.sheet != nil {
		l.sheet.Note(*e)
	}
	return true
}

// apply returns parts with those of an entry, and whether that changed them.
func (s *score) apply(parts []Part, e *Entry) ([]Part, bool) {
	r := s.rule(e.Rule)
	switch {
	case e.Rule == ByHand:
		return s.give(parts, nil, e.Via, Hit{At: e.At, Points: e.Points})
	case r == nil || (r.While != "") != e.Holds:
		return parts, false
	case e.Holds:
		return hold(parts, e.Rule, e.Points, e.At)
	}
	return s.give(parts, r, e.Via, Hit{At: e.At, Points: e.Points})
}

// vanished reports whether the points of an entry were gone before something else counted: they count for the past only.
func (s *score) vanished(e *Entry, last rule.Instant) bool {
	r := s.rule(e.Rule)
	return r != nil && r.For > 0 && e.At+micros(r.For) <= last
}

// see remembers an event that was counted and forgets those of long ago. An event comes twice only where its carrying
// was cut short, and then before any event behind it, so that what is behind it may forget.
func see(list []Seen, s Seen, remember marque.Duration) []Seen {
	old := s.At - micros(remember)
	for len(list) > 0 && list[0].At < old {
		list = list[1:]
	}
	return append(append(make([]Seen, 0, len(list)+1), list...), s)
}

// hold returns parts with those of a rule that holds from an instant on, or, where the points are 0, no longer.
func hold(parts []Part, name string, points float64, at rule.Instant) ([]Part, bool) {
	one := Part{Rule: name, At: at, Points: points, Holds: true}
	i, found := slices.BinarySearchFunc(parts, one, placePart)
	switch {
	case found && parts[i].Points == points || !found && points == 0:
		return parts, false
	case found && points == 0:
		return slices.Concat(parts[:i], parts[i+1:]), true
	case found:
		parts = slices.Clone(parts)
		parts[i] = one
		return parts, true
	}
	return slices.Concat(parts[:i], []Part{one}, parts[i:]), true
}

// fit looks at what holds of the person of the pass now.
func (l *look) fit(now rule.Instant) {
	var sure rule.Instant
	for i := range l.score.rules {
		r := &l.score.rules[i]
		if r.While == "" {
			continue
		}
		v := r.when.Test(rule.Input{Now: l.pass.Now, Facts: l.pass.Facts})
		sure = derived.Sooner(sure, derived.Until(v.Until, now))
		points := 0.0
		if v.Truth == rule.True {
			points = r.worth(l.pass.Facts)
		}
		if held(l.row.Parts, r.Name) != points {
			l.earn(&Entry{
				Profile: l.pass.Facts.Profile, Score: l.score.Name, Rule: r.Name, Points: points, Event: l.pass.Event.ID,
				At: now, Recorded: now, Holds: true,
			}, now)
		}
	}
	if sure = derived.Next(l.row.Sure, sure, now); sure != l.row.Sure {
		l.row.Sure, l.moved = sure, true
	}
}

// worth is what a rule gives while it holds.
func (r *points) worth(f *rule.Facts) float64 {
	if r.times < 0 {
		return r.Points
	}
	if r.times >= len(f.Attrs) {
		return 0
	}
	v := f.Attrs[r.times]
	p := r.Points * v.Float()
	if !v.Known() || math.IsNaN(p) || math.IsInf(p, 0) {
		return 0
	}
	return p
}

// held is what a rule gives that holds.
func held(parts []Part, name string) float64 {
	i, ok := slices.BinarySearchFunc(parts, Part{Rule: name}, placePart)
	if !ok || !parts[i].Holds {
		return 0
	}
	return parts[i].Points
}
