package scoring

import (
	"slices"

	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A look is one score of one person during a change, or, without a sheet, on paper.
type look struct {
	score *score
	old   *Row
	row   Row
	sheet *sheet
	place int // of the pass in the sheet
	pass  *rule.Pass
	quiet bool
	dirty bool // what the curve is made of changed
	late  bool // something changed before the latest change: thresholds follow from the whole path
	moved bool // something else of the row changed
}

// start is the look at a row as it is, or at that of somebody of whom nothing is known.
func (s *score) start(rows []*Row, profile string) look {
	l := look{score: s, old: find(rows, s.Name)}
	if l.old == nil {
		l.row = s.none
		l.row.Profile = profile
		return l
	}
	l.row = *l.old
	if l.row.Made != s.made {
		l.row.Parts = s.adapt(s.tidy(l.row.Parts))
		l.dirty, l.late = true, true
		if l.row.Grade == "" {
			l.row.Grade = s.none.Grade
		}
	}
	return l
}

func (s *score) bounded() bool { return s.Min != nil || s.Max != nil }

// total is the score as a function of time.
func (s *score) total(r *Row) rule.Curve {
	if s.bounded() {
		return r.Bound
	}
	return r.Curve
}

// remake makes the curve of the parts.
func (l *look) remake(at rule.Instant) {
	l.row.Curve, l.row.Fit = l.score.curve(l.row.Parts, at)
	l.row.Made = l.score.made
}

// due carries out the crossings that were due up to now, each at its instant, as far as the curve is known.
func (l *look) due(now rule.Instant) {
	for !l.dirty && l.row.Cross != 0 && l.row.Cross <= now {
		l.cross(l.row.Cross, l.row.Up)
		l.moved = true
	}
}

// cross looks at thresholds and grades at an instant, says which thresholds went down, from the highest, which up, from
// the lowest, and the grade, and computes the instant of the next crossing. was are those that were up before.
func (l *look) cross(at rule.Instant, was []string) {
	s, r := l.score, &l.row
	r.Cross = 0
	if s.bounded() {
		r.Bound, r.Cross = s.bound(r.Curve, at)
	}
	// Thresholds lie within the bounds, so that the curve itself tells where they are crossed.
	c, value := r.Curve, s.value(r, at)
	var up []string
	for j := range s.up {
		t := &s.up[j]
		level := t.At
		if value >= t.At || value >= t.below() && slices.Contains(was, t.Name) {
			up, level = append(up, t.Name), t.below()
		}
		r.Cross = derived.Sooner(r.Cross, flip(c, level, at))
	}
	if !slices.Equal(up, r.Up) {
		for j := len(s.up) - 1; j >= 0; j-- {
			if t := &s.up[j]; slices.Contains(r.Up, t.Name) && !slices.Contains(up, t.Name) {
				l.turn(Down, t, value)
			}
		}
		for j := range s.up {
			if t := &s.up[j]; slices.Contains(up, t.Name) && !slices.Contains(r.Up, t.Name) {
				l.turn(Up, t, value)
			}
		}
		r.Up = up
	}
	if s.grades != nil {
		l.grade(at)
	}
}

func (l *look) turn(name string, t *Threshold, value float64) {
	if !l.quiet && l.sheet != nil {
		l.say(name, map[string]any{"score": l.score.Name, "threshold": t.Name, "value": value})
	}
}

// grade finds the grade and says it where it changed. The fit stays until the next look; the engagement moves.
func (l *look) grade(at rule.Instant) {
	s, r := l.score, &l.row
	engagement := r.Curve[r.Fit:]
	i, j := grade(s.Grades.Fit, r.Curve[:r.Fit].At(at)), grade(s.Grades.Engagement, engagement.At(at))
	if name := s.grades[i][j]; name != r.Grade {
		if !l.quiet && l.sheet != nil {
			l.say(Graded, map[string]any{"score": s.Name, "from": r.Grade, "to": name})
		}
		r.Grade = name
	}
	cuts := s.Grades.Engagement
	if j > 0 {
		r.Cross = derived.Sooner(r.Cross, flip(engagement, cuts[j].From, at))
	}
	if j+1 < len(cuts) {
		r.Cross = derived.Sooner(r.Cross, flip(engagement, cuts[j+1].From, at))
	}
}

func (l *look) say(name string, props map[string]any) {
	l.row.Turn++
	l.sheet.Say(derived.Cause(l.pass).Turn(name, l.score.fact, l.row.Turn, l.pass.Now, props))
}

// wavers reports whether a threshold may be up or down at a value: where it is depends on how the score came there.
func (s *score) wavers(value float64) bool {
	for j := range s.up {
		if t := &s.up[j]; t.below() <= value && value < t.At {
			return true
		}
	}
	return false
}

// put records the row where it changed.
func (l *look) put() {
	r := &l.row
	if due := derived.Sooner(r.Cross, r.Sure); due != r.Due {
		r.Due, l.moved = due, true
	}
	if l.moved || l.dirty {
		next := l.row
		l.sheet.Put(l.place, l.old, &next)
	}
}

// show writes the score into the facts of the pass.
func (l *look) show() { l.score.show(&l.row, l.pass.Facts) }

func (s *score) show(r *Row, f *rule.Facts) {
	set := func(slot int, c rule.Curve) {
		if slot >= 0 && slot < len(f.Scores) {
			f.Scores[slot] = c
		}
	}
	set(s.slot, s.total(r))
	set(s.fit, r.Curve[:r.Fit])
	set(s.engagement, r.Curve[r.Fit:])
}
