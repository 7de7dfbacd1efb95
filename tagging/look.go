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

func (l *look) cut(why Reason, gone func(Mark) bool) {
	if marks, changed := without(l.marks, gone); changed {
		l.marks, l.dirty, l.why = marks, true, why
	}
}

// The scope of the event at hand, made when the first rule asks for it.
type scope struct {
	row  []rule.Value
	made bool
}

func (s *scope) of(lex *rule.Lexicon, e *marque.Event) []rule.Value {
	if !s.made {
		s.row, s.made = lex.Row("event/"+e.Name, e.Props), true
	}
	return s.row
}

// derive lets the event and the rule of the tag work on its marks.
func (l *look) derive(lex *rule.Lexicon, pass *rule.Pass, sc *scope, now rule.Instant) {
	l.end = 0
	t := l.tag
	if e := &pass.Event; e.Name != "" && (e.Name == t.On || e.Name == t.Off) {
		at := min(rule.At(e.At), now)
		in := rule.Input{Now: pass.Now, Facts: pass.Facts, Scope: sc.of(lex, e)}
		if e.Name == t.Off && at > l.off && t.off.Test(in).Truth == rule.True {
			l.off, l.dirty = at, true
			l.cut(ByEvent, func(m Mark) bool { return m.At <= at && m.Source.rank() > Rule.rank() })
		}
		if e.Name == t.On && at > l.off && t.when.Test(in).Truth == rule.True {
			m := Mark{Source: Behaviour, At: at, Via: e.Via()}
			if t.TTL > 0 {
				m.Until = at + micros(t.TTL)
			}
			if m.Until == 0 || m.Until > now {
				l.add(m)
			}
		}
	}
	if !t.level {
		if len(l.marks) > 0 && l.marks[0].Source == Rule || len(l.marks) > 1 {
			l.cut(ByRule, func(m Mark) bool { return m.Source == Rule })
		}
		return
	}
	v := t.when.Test(rule.Input{Now: pass.Now, Facts: pass.Facts})
	l.end = derived.Until(v.Until, now)
	held := holds(l.marks, Rule)
	switch {
	case v.Truth == rule.True && !held:
		l.add(Mark{Source: Rule, At: now})
	case v.Truth != rule.True && held:
		l.cut(ByRule, func(m Mark) bool { return m.Source == Rule })
	}
}

func holds(marks []Mark, s Source) bool {
	for i := range marks {
		if marks[i].Source == s {
			return true
		}
	}
	return false
}

func micros(d marque.Duration) rule.Instant { return rule.Instant(time.Duration(d).Microseconds()) }

// settle decides which of the tags of a unit are on at now, and puts rows, history and events into the sheet.
func (p *Plan) settle(sheet *sheet, i int, pass *rule.Pass, exclusive bool, looks []look, say bool) {
	now := rule.At(pass.Now)
	winner := -1
	var sure rule.Instant
	for j := range looks {
		l := &looks[j]
		if end := ends(l.marks); end != 0 && end <= now {
			l.cut(Expired, func(m Mark) bool { return m.Until != 0 && m.Until <= now })
		}
		if exclusive && len(l.marks) > 0 && (winner < 0 || best(l.marks).stronger(best(looks[winner].marks))) {
			winner = j
		}
		sure = derived.Sooner(sure, derived.Sooner(l.end, ends(l.marks)))
	}
	for j := range looks {
		l := &looks[j]
		on := len(l.marks) > 0 && (!exclusive || j == winner)
		row := p.row(sheet, i, pass, l, on, now, say)
		m := rule.Mark{Slot: l.tag.slot, From: row.Since, Until: l.tag.until(l.marks), Holds: sure}
		pass.Facts.Tags = derived.Put(pass.Facts.Tags, m, on)
	}
}

// until is the end of a tag with these marks where it is certain.
func (t *tag) until(marks []Mark) rule.Instant {
	if len(marks) != 1 || t.level {
		return 0
	}
	return marks[0].Until
}

// row brings the row of a look up to date and returns it.
func (p *Plan) row(sheet *sheet, i int, pass *rule.Pass, l *look, on bool, now rule.Instant, say bool) Row {
	var row Row
	if l.old != nil {
		row = *l.old
	}
	want := derived.Sooner(l.end, ends(l.marks))
	if row.On == on && !l.dirty {
		due := derived.Next(row.Due, want, now)
		if due == row.Due {
			return row
		}
		row.Due = due
	} else {
		row.Due = want
	}
	row.Profile, row.Name, row.Marks, row.Off = pass.Facts.Profile, l.tag.Name, l.marks, l.off
	if row.On != on {
		row.On, row.Since = on, now
		turn := Turn{Profile: row.Profile, Tag: row.Name, On: on, At: now, Cause: pass.Event.ID}
		props := map[string]any{"tag": row.Name}
		name := Added
		if on {
			turn.Source = best(l.marks).Source
			props["source"] = string(turn.Source)
		} else {
			name, turn.Reason = Removed, l.reason()
			props["reason"] = string(turn.Reason)
		}
		if say {
			row.Turn++
			sheet.Say(derived.Cause(pass).Turn(name, l.tag.fact, row.Turn, pass.Now, props))
		}
		sheet.Note(turn)
	}
	next := row
	sheet.Put(i, l.old, &next)
	return row
}

// reason is why a tag that was on is not.
func (l *look) reason() Reason {
	switch {
	case len(l.marks) > 0:
		return ByGroup
	case l.why == "":
		return ByMove
	}
	return l.why
}
