package scoring

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A look is one score of one person during a change.
type look struct {
	score *score
	old   *Row
	row   Row
	dirty bool // parts changed
}

func (p *Plan) start(k int, rows []*Row, profile string) look {
	s := &p.scores[k]
	l := look{score: s, old: find(rows, s.Name)}
	if l.old != nil {
		l.row = *l.old
	}
	l.row.Profile, l.row.Name = profile, s.Name
	if len(l.row.Parts) > 0 && (len(l.row.Curve) != 1 || l.row.Curve[0].HalfLife != s.HalfLife) || len(l.row.Parts) == 0 && l.row.Curve != nil {
		l.dirty = true
	}
	return l
}

// forget drops what was counted, and keeps what was given by hand.
func (l *look) forget() {
	if l.old == nil {
		return
	}
	parts := slices.Clone(l.row.Parts)
	l.row.Parts = slices.DeleteFunc(parts, func(p Part) bool { return p.Rule != ByHand })
	l.row.Seen, l.row.Up, l.row.Due, l.row.Curve, l.dirty = nil, nil, 0, nil, true
}

// count gives the points of the event of a pass.
func (l *look) count(lex *rule.Lexicon, pass *rule.Pass, sc *derived.Scope, now rule.Instant, remember marque.Duration) {
	e := &pass.Event
	if e.Name == "" {
		return
	}
	given := false
	for i := range l.score.rules {
		r := &l.score.rules[i]
		if r.On != e.Name {
			continue
		}
		if !given && e.ID != "" && seen(l.row.Seen, e.ID) {
			return
		}
		if r.when != nil && !r.when.Holds(now, pass.Facts, sc.Of(lex, e)) {
			continue
		}
		l.row.Parts = l.score.give(l.row.Parts, r.Name, e.Via(), r.Cap, Hit{min(rule.At(e.At), now), r.Points})
		given, l.dirty = true, true
	}
	if given && e.ID != "" {
		l.see(e.ID, now, remember)
	}
}

// see remembers an event that was counted and forgets those of long ago. An event comes twice only where its carrying
// was cut short, and then before any event behind it, so that what is behind it may forget.
func (l *look) see(id string, now rule.Instant, remember marque.Duration) {
	old := now - rule.Instant(time.Duration(remember).Microseconds())
	keep := l.row.Seen
	for len(keep) > 0 && keep[0].At < old {
		keep = keep[1:]
	}
	l.row.Seen = append(append(make([]Seen, 0, len(keep)+1), keep...), Seen{id, now})
}

// derive brings the look up to the instant of a pass: what fell due before, then the event, then what follows.
func (l *look) derive(p *Plan, sheet *sheet, i int, pass *rule.Pass, sc *derived.Scope, remember marque.Duration, say bool) {
	now := rule.At(pass.Now)
	moved := l.due(sheet, pass, now, say)
	l.count(p.lex, pass, sc, now, remember)
	if l.dirty {
		l.settle(sheet, pass, now, say)
	}
	if moved || l.dirty {
		next := l.row
		sheet.Put(i, l.old, &next)
	}
	l.show(pass)
}

// due carries out the crossings that were due up to now, each at its instant, as far as the curve is known.
func (l *look) due(sheet *sheet, pass *rule.Pass, now rule.Instant, say bool) (moved bool) {
	for !l.dirty && l.row.Due != 0 && l.row.Due <= now {
		l.cross(sheet, pass, l.row.Due, say)
		moved = true
	}
	return moved
}

// settle makes the curve of the parts and looks at the thresholds.
func (l *look) settle(sheet *sheet, pass *rule.Pass, now rule.Instant, say bool) {
	l.row.Parts = l.score.tidy(l.row.Parts)
	l.row.Curve = l.score.curve(l.row.Parts)
	l.cross(sheet, pass, now, say)
}

// cross looks at the thresholds at an instant, says which went down, from the highest, and which up, from the
// lowest, and computes the instant of the next crossing.
func (l *look) cross(sheet *sheet, pass *rule.Pass, at rule.Instant, say bool) {
	s := l.score
	value := l.row.Curve.At(at)
	turn := func(name string, t *Threshold) {
		if say {
			l.say(sheet, pass, name, map[string]any{"score": s.Name, "threshold": t.Name, "value": value})
		}
	}
	for j := len(s.up) - 1; j >= 0; j-- {
		if t := &s.up[j]; value < t.below() && slices.Contains(l.row.Up, t.Name) {
			turn(Down, t)
		}
	}
	var up []string
	l.row.Due = 0
	for j := range s.up {
		t := &s.up[j]
		level, was := t.At, slices.Contains(l.row.Up, t.Name)
		if value >= t.At || was && value >= t.below() {
			if !was {
				turn(Up, t)
			}
			up, level = append(up, t.Name), t.below()
		}
		if next := l.row.Curve.Cross(level, at); next != rule.Never {
			l.row.Due = derived.Sooner(l.row.Due, next)
		}
	}
	l.row.Up = up
}

func (l *look) say(sheet *sheet, pass *rule.Pass, name string, props map[string]any) {
	l.row.Turn++
	sheet.Say(derived.Cause(pass).Turn(name, l.score.fact, l.row.Turn, pass.Now, props))
}

func (l *look) show(pass *rule.Pass) {
	if slot := l.score.slot; slot < len(pass.Facts.Scores) {
		pass.Facts.Scores[slot] = l.row.Curve
	}
}
