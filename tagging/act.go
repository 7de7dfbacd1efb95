package tagging

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// An Act sets or unsets a tag from outside: by hand, from a journey, a model or a file.
type Act struct {
	// Key makes the act happen once: the same key again does nothing. Empty: each time.
	Key     string
	Profile string
	Tag     string
	// Source of the mark. Default Manual. Rule is refused: such marks come from definitions only.
	Source Source
	// TTL is how long the mark lasts. Default that of the definition; zero there is for good.
	TTL marque.Duration
	// Via is the identifier of the person that it was learnt through. It decides who keeps the mark when people
	// who were merged are parted again.
	Via marque.ID
	// Cause and Hops are those of the event that led to the act, if there was one.
	Cause string
	Hops  int
}

// An Answer says what became of an Act.
type Answer struct {
	// OK: the tag is on after Set, off after Unset. A key that was used before is answered as if it were asked now,
	// and does nothing.
	OK bool
	// Reason says why not: ByGroup after Set (the mark waits, a stronger tag of the group is on), Held after Unset
	// (a stronger source holds the tag). With OK it is empty, or Known where the key was used before.
	Reason Reason
	Said   []marque.Event
}

// Set gives a tag a mark, in the place of the mark of the same source and identifier. In an exclusive group it also
// takes away what the same source had set on other tags.
func (b *Book) Set(ctx context.Context, a Act, now time.Time) (Answer, error) {
	answer, err := b.act(ctx, a, now, true)
	if err != nil {
		return Answer{}, fmt.Errorf("tagging: set %q of %q: %w", a.Tag, a.Profile, err)
	}
	return answer, nil
}

// Unset takes away the marks of the act's source and of weaker ones, except that of a rule, which holds while the
// rule is true. Events up to now do not add the tag again.
func (b *Book) Unset(ctx context.Context, a Act, now time.Time) (Answer, error) {
	answer, err := b.act(ctx, a, now, false)
	if err != nil {
		return Answer{}, fmt.Errorf("tagging: unset %q of %q: %w", a.Tag, a.Profile, err)
	}
	return answer, nil
}

func (a Act) validate() error {
	var f marque.Faults
	if a.Profile == "" {
		f.Add("profile", "is empty")
	}
	if a.Source.rank() < 0 {
		f.Add("source", "%q: want manual, behaviour, model or import", a.Source)
	}
	if a.Source == Rule {
		f.Add("source", "marks of rules come from definitions only")
	}
	if a.TTL < 0 {
		f.Add("ttl", "%v is negative", a.TTL)
	}
	return f.Err()
}

func (b *Book) act(ctx context.Context, a Act, now time.Time, set bool) (Answer, error) {
	k, ok := b.plan.byName[a.Tag]
	if !ok {
		return Answer{}, marque.ErrNotFound
	}
	if a.Source == "" {
		a.Source = Manual
	}
	if err := a.validate(); err != nil {
		return Answer{}, err
	}
	e := marque.Event{ID: a.Cause, Profile: a.Profile, Hops: a.Hops}
	if e.ID == "" {
		e.ID = a.Key
	}
	if a.Via != (marque.ID{}) {
		e.IDs = []marque.ID{a.Via}
	}
	ps := []rule.Pass{{Event: e, Facts: &rule.Facts{Profile: a.Profile}, Now: now}}
	on := false
	c, known, err := b.commit(ctx, a.Key, ps, func(sheet *sheet) {
		u := &b.plan.units[b.plan.tags[k].unit]
		var looks []look
		for _, i := range u.tags {
			l := b.plan.start(i, sheet.Rows(0))
			switch {
			case i == k && set:
				l.set(a, rule.At(now))
			case i == k:
				l.unset(a.Source, rule.At(now))
			case set && u.exclusive:
				l.cut(ByGroup, func(m Mark) bool { return m.Source == a.Source })
			}
			looks = append(looks, l)
		}
		b.plan.settle(sheet, 0, &ps[0], u.exclusive, looks, true)
		_, on = rule.Find(ps[0].Facts.Tags, b.plan.tags[k].slot, rule.At(now))
	})
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{OK: on == set, Said: c.Say}
	if known {
		answer.Reason, answer.Said = Known, nil
	}
	if set && !on {
		answer.Reason = ByGroup
	} else if !set && on {
		answer.Reason = Held
	}
	return answer, nil
}

func (l *look) set(a Act, now rule.Instant) {
	m := Mark{Source: a.Source, At: now, Via: a.Via}
	if a.TTL == 0 {
		a.TTL = l.tag.TTL
	}
	if a.TTL > 0 {
		m.Until = now + micros(a.TTL)
	}
	before := l.marks
	l.marks, _ = without(l.marks, func(o Mark) bool { return o.Source == m.Source && o.Via == m.Via })
	l.marks, _ = with(l.marks, m)
	l.dirty = len(before) != len(l.marks)
	for i := range before {
		l.dirty = l.dirty || before[i] != l.marks[i]
	}
}

func (l *look) unset(s Source, now rule.Instant) {
	l.cut(ByHand, func(m Mark) bool { return m.Source != Rule && m.Source.rank() >= s.rank() })
	if now > l.off && s.rank() <= Behaviour.rank() {
		l.off, l.dirty = now, true
	}
}
