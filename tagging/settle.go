package tagging

import (
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// settle decides which of the tags of a unit are on at now, and puts rows, history and events into the sheet.
func (p *Plan) settle(sheet *sheet, i int, pass *rule.Pass, exclusive bool, looks []look, say bool) {
	now := rule.At(pass.Now)
	var winner *Mark
	won := -1
	var sure rule.Instant
	for j := range looks {
		l := &looks[j]
		l.cut(Expired, func(m *Mark) bool { return m.Until != 0 && m.Until <= now })
		if b := l.tag.best(l.marks, now); exclusive && b != nil && (winner == nil || b.stronger(winner)) {
			winner, won = b, j
		}
		sure = derived.Sooner(sure, derived.Sooner(l.end, next(l.marks, now)))
	}
	for j := range looks {
		l := &looks[j]
		b := l.tag.best(l.marks, now)
		if exclusive && j != won {
			b = nil
		}
		since := p.row(sheet, i, pass, l, b, now, say)
		m := rule.Mark{Slot: l.tag.slot, From: since, Until: l.tag.until(l.marks, now), Holds: sure}
		pass.Facts.Tags = derived.Put(pass.Facts.Tags, m, b != nil)
	}
}

// until is the end of a tag that has these marks at now, where it is certain.
func (t *tag) until(marks []Mark, now rule.Instant) rule.Instant {
	if t.level || t.habit != nil {
		return 0
	}
	for end := now; ; {
		before := end
		for i := range marks {
			m := &marks[i]
			if t.waits(m, end) != "" {
				continue
			}
			if m.Until == 0 {
				return 0
			}
			end = max(end, m.Until)
		}
		if end == before {
			if end == now {
				return 0
			}
			return end
		}
	}
}

// row brings the row of a look up to date, b being the mark that the tag is on by, nil where it is off. It returns
// since when it is.
func (p *Plan) row(sheet *sheet, i int, pass *rule.Pass, l *look, b *Mark, now rule.Instant, say bool) rule.Instant {
	var row Row
	if l.old != nil {
		row = *l.old
	}
	on := b != nil
	want := derived.Sooner(l.end, next(l.marks, now))
	other := on && row.On && (row.Source != b.Source || row.Confidence != b.Confidence)
	switch {
	case row.On != on || l.dirty || other:
		row.Due, row.At = want, max(row.At, now)
	default:
		due := derived.Next(row.Due, want, now)
		if due == row.Due {
			return row.Since
		}
		row.Due = due
	}
	row.Profile, row.Name, row.Marks, row.Off = pass.Facts.Profile, l.tag.Name, l.marks, l.off
	if row.On != on || other {
		sheet.Note(l.turn(pass, b, now))
	}
	if row.On != on {
		row.On, row.Since = on, now
		if say {
			row.Turn++
			name, props := Removed, map[string]any{"tag": row.Name}
			if on {
				name, props["source"] = Added, string(b.Source)
			} else {
				props["reason"] = string(l.reason(now))
			}
			sheet.Say(derived.Cause(pass).Turn(name, l.tag.fact, row.Turn, pass.Now, props))
		}
	}
	row.Source, row.Confidence = "", 0
	if on {
		row.Source, row.Confidence = b.Source, b.Confidence
	}
	next := row
	sheet.Put(i, l.old, &next)
	return row.Since
}

// turn is what the history keeps of a change.
func (l *look) turn(pass *rule.Pass, b *Mark, now rule.Instant) Turn {
	t := Turn{Profile: pass.Facts.Profile, Tag: l.tag.Name, On: b != nil, At: now, Cause: pass.Event.ID}
	if b == nil {
		if t.Reason = l.reason(now); t.Reason == ByRule || t.Reason == ByHabit || t.Reason == ByEvent {
			t.Version = l.tag.version
		}
		return t
	}
	t.Source, t.Confidence, t.Version = b.Source, b.Confidence, b.Version
	if t.Cause == "" {
		t.Cause = b.Cause
	}
	return t
}

// reason is why a tag that was on is not.
func (l *look) reason(now rule.Instant) Reason {
	if l.tag.best(l.marks, now) != nil {
		return ByGroup
	}
	if l.why != "" {
		return l.why
	}
	for i := range l.marks {
		if why := l.tag.waits(&l.marks[i], now); why != "" {
			return why
		}
	}
	return ByMove
}

// gather puts the marks of a look into the sheet without deciding whether the tag is on.
func (l *look) gather(sheet *sheet, i int, profile string, now rule.Instant) {
	if !l.dirty {
		return
	}
	var row Row
	if l.old != nil {
		row = *l.old
	}
	row.Profile, row.Name, row.Marks, row.Off, row.At = profile, l.tag.Name, l.marks, l.off, max(row.At, now)
	sheet.Put(i, l.old, &row)
}
