package tagging

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A look is what is found out about one tag of one person, before it is decided what is on.
type look struct {
	tag   *tag
	old   *Row
	marks []Mark
	off   rule.Instant // as in Row
	end   rule.Instant // until when the rule is certain, zero for good
	dirty bool         // marks or off differ from those of old
	why   Reason       // a mark went
}

// start is the look at a row as it is.
func (p *Plan) start(k int, rows []*Row) look {
	l := look{tag: &p.tags[k], old: find(rows, p.tags[k].Name)}
	if l.old != nil {
		l.marks, l.off, l.end = l.old.Marks, l.old.Off, l.old.Due
	}
	return l
}

func (l *look) add(m Mark) {
	marks, changed := with(l.marks, m)
	l.marks, l.dirty = marks, l.dirty || changed
}

func (l *look) cut(why Reason, gone func(*Mark) bool) {
	if marks, changed := without(l.marks, gone); changed {
		l.marks, l.dirty, l.why = marks, true, why
	}
}

// event lets the event of a pass work on the marks.
func (l *look) event(lex *rule.Lexicon, pass *rule.Pass, sc *derived.Scope, now rule.Instant) {
	t, e := l.tag, &pass.Event
	if e.Name == "" || e.Name != t.On && e.Name != t.Off {
		return
	}
	at := now
	if !e.At.IsZero() {
		at = min(rule.At(e.At), now)
	}
	row := sc.Of(lex, e)
	if e.Name == t.Off && l.after(at) && t.off.Holds(now, pass.Facts, row) {
		l.off, l.dirty = at, true
		l.cut(ByEvent, func(m *Mark) bool { return m.At <= at && m.Source.rank() > Rule.rank() })
	}
	if e.Name == t.On && l.after(at) && t.when.Holds(now, pass.Facts, row) {
		m := Mark{Source: Behaviour, At: at, Via: e.Via(), Cause: e.ID, Version: t.version}
		if t.TTL > 0 {
			m.Until = at + micros(t.TTL)
		}
		if m.Until == 0 || m.Until > now {
			l.add(m)
		}
	}
}

// after reports whether events of an instant still count: that nothing took the tag away since.
func (l *look) after(at rule.Instant) bool { return l.off == 0 || at > l.off }

// clean takes away what an earlier definition of the tag made and this one cannot make.
func (l *look) clean() {
	for i := range l.marks {
		if !l.tag.makes(&l.marks[i]) {
			l.cut(ByRule, func(m *Mark) bool { return !l.tag.makes(m) })
			return
		}
	}
}

// makes reports whether a mark is an act's, or of a kind that the definition makes.
func (t *tag) makes(m *Mark) bool {
	switch {
	case m.Source == Rule:
		return t.level
	case m.Of > 0:
		return t.habit != nil
	case m.Version != "":
		return t.On != ""
	}
	return true
}

// rule lets the rule over the person work on the marks.
func (l *look) rule(pass *rule.Pass, now rule.Instant) {
	v := l.tag.when.Test(rule.Input{Now: pass.Now, Facts: pass.Facts})
	l.end = derived.Until(v.Until, now)
	l.follow(v.Truth == rule.True, ByRule, Mark{Source: Rule, At: now, Cause: pass.Event.ID, Version: l.tag.version}, func(m *Mark) bool { return m.Source == Rule })
}

// habit lets the outcome of a contest work on the marks.
func (l *look) habit(won bool, t tally, until rule.Instant, pass *rule.Pass, now rule.Instant) {
	l.end = until
	m := Mark{Source: Behaviour, At: now, Cause: pass.Event.ID, Version: l.tag.version, Count: t.count, Of: t.of}
	l.follow(won, ByHabit, m, func(m *Mark) bool { return m.Of > 0 })
}

// follow gives the tag the mark while on, and takes it away else. is tells which mark it is.
func (l *look) follow(on bool, why Reason, m Mark, is func(*Mark) bool) {
	var held *Mark
	for i := range l.marks {
		if is(&l.marks[i]) {
			held = &l.marks[i]
		}
	}
	switch {
	case on && held == nil:
		l.add(m)
	case on && held.Version != m.Version: // the definition says something else now, and it is still so
		next := *held
		next.Version, next.Count, next.Of = m.Version, m.Count, m.Of
		l.marks, _ = without(l.marks, is)
		l.add(next)
	case !on && held != nil:
		l.cut(why, is)
	}
}

func micros(d marque.Duration) rule.Instant { return rule.Instant(time.Duration(d).Microseconds()) }

// derive lets the event and the rules of a unit work on the marks of its tags, which are those of looks.
func (p *Plan) derive(u *unit, looks []look, pass *rule.Pass, sc *derived.Scope) {
	now := rule.At(pass.Now)
	winner, won, until := -1, tally{}, rule.Instant(0)
	if len(u.habits) > 0 {
		winner, won, until = p.contest(u, pass, now)
	}
	for j := range looks {
		l := &looks[j]
		l.end = 0
		l.clean()
		l.event(p.lex, pass, sc, now)
		switch {
		case l.tag.level:
			l.rule(pass, now)
		case l.tag.habit != nil:
			l.habit(u.tags[j] == winner, won, until, pass, now)
		}
	}
}
