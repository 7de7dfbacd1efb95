package tagging

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// An Act sets or unsets a tag from outside: by hand, from a journey, a model or a file.
type Act struct {
	// Key makes the act happen once: the same key again does nothing. Empty: each time.
	Key     string
	Profile string
	Tag     string
	// Source of the mark. Default Manual. Rule is refused, and Behaviour for a tag with a Habit: such marks come from
	// definitions only.
	Source Source
	// From is when the mark begins to count. Default at once.
	From time.Time
	// Until is when it ends. Default TTL after it begins.
	Until time.Time
	// TTL is how long the mark lasts, instead of Until. Default that of the definition; zero there is for good.
	TTL marque.Duration
	// Confidence is how sure the source is, above 0 up to 1; a model, an import and a third party may say so. Default
	// it does not say, which counts as sure.
	Confidence float64
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
	// Reason says why not. After Set: Later, Expired or Unsure (the mark does not count now), or ByGroup (it waits, a
	// stronger tag of the group is on); after Unset: Held (a stronger source holds the tag). With OK it is empty, or
	// Known where the key was used before.
	Reason Reason
	Said   []marque.Event
}

// Set gives a tag a mark. It is what its source says of the person, through its identifier, from the beginning of the
// mark on: what the same source said of the tag before ends then. In an exclusive group what it said of the other tags
// ends as well, unless the act has a Confidence: guesses stand side by side, and the surest counts, then the latest.
func (b *Book) Set(ctx context.Context, a Act, now time.Time) (Answer, error) {
	answer, err := b.act(ctx, a, now, true)
	if err != nil {
		return Answer{}, fmt.Errorf("tagging: set %q of %q: %w", a.Tag, a.Profile, err)
	}
	return answer, nil
}

// Unset takes away the marks of the act's source and of weaker ones, also those that begin later, except those of a
// rule or a habit, which hold while it is there. Events up to now do not add the tag again. Of the act it reads who,
// what, Source, Key and Cause.
func (b *Book) Unset(ctx context.Context, a Act, now time.Time) (Answer, error) {
	answer, err := b.act(ctx, a, now, false)
	if err != nil {
		return Answer{}, fmt.Errorf("tagging: unset %q of %q: %w", a.Tag, a.Profile, err)
	}
	return answer, nil
}

// check lists what is wrong with an act on a tag.
func (a *Act) check(t *tag) error {
	var f marque.Faults
	if a.Profile == "" {
		f.Add("profile", "is empty")
	}
	switch {
	case a.Source.rank() < 0:
		f.Add("source", "%q: want manual, behaviour, model, import or third_party", a.Source)
	case a.Source == Rule:
		f.Add("source", "marks of rules come from definitions only")
	case a.Source == Behaviour && t.habit != nil:
		f.Add("source", "the tag is a habit, which comes from events only")
	}
	if a.TTL < 0 {
		f.Add("ttl", "%v is negative", a.TTL)
	}
	if a.TTL != 0 && !a.Until.IsZero() {
		f.Add("ttl", "does not go with until")
	}
	if from := rule.At(a.From); !a.Until.IsZero() && rule.At(a.Until) <= from {
		f.Add("until", "is not after from")
	}
	switch {
	case !(a.Confidence >= 0 && a.Confidence <= 1):
		f.Add("confidence", "%v is not above 0 and up to 1", a.Confidence)
	case a.Confidence > 0 && !a.Source.guesses():
		f.Add("confidence", "%s is not a source that guesses", a.Source)
	}
	return f.Err()
}

// mark is what the act gives at now.
func (a *Act) mark(t *tag, now rule.Instant) Mark {
	m := Mark{Source: a.Source, At: now, From: rule.At(a.From), Until: rule.At(a.Until), Confidence: a.Confidence, Via: a.Via, Cause: a.cause()}
	ttl := a.TTL
	if ttl == 0 {
		ttl = t.TTL
	}
	if m.Until == 0 && ttl > 0 {
		m.Until = now + micros(ttl)
		if m.From != 0 {
			m.Until = m.From + micros(ttl)
		}
	}
	return m
}

func (a *Act) cause() string {
	if a.Cause == "" {
		return a.Key
	}
	return a.Cause
}

// event stands for the act in what is said.
func (a *Act) event() marque.Event {
	e := marque.Event{ID: a.cause(), Profile: a.Profile, Hops: a.Hops}
	if a.Via != (marque.ID{}) {
		e.IDs = []marque.ID{a.Via}
	}
	return e
}

func (b *Book) act(ctx context.Context, a Act, now time.Time, set bool) (Answer, error) {
	k, ok := b.plan.byName[a.Tag]
	if !ok {
		return Answer{}, marque.ErrNotFound
	}
	if a.Source == "" {
		a.Source = Manual
	}
	if err := a.check(&b.plan.tags[k]); err != nil {
		return Answer{}, err
	}
	var err error
	if a.Profile, err = derived.Who(ctx, b.lead, a.Profile); err != nil {
		return Answer{}, err
	}
	ps := []rule.Pass{{Event: a.event(), Facts: &rule.Facts{Profile: a.Profile}, Now: now}}
	var keys []string
	if a.Key != "" {
		keys = []string{a.Key}
	}
	var answer Answer
	c, known, err := b.hand.Change(ctx, keys, ps, func(sheet *sheet) {
		answer = b.plan.act(sheet, 0, &ps[0], &a, k, set, true)
	})
	if err != nil {
		return Answer{}, err
	}
	answer.Said = c.Say
	if len(known) > 0 {
		answer.Said = nil
		if answer.OK {
			answer.Reason = Known
		}
	}
	return answer, nil
}

// act carries out an act on tag k and decides what is on in its unit.
func (p *Plan) act(sheet *sheet, i int, pass *rule.Pass, a *Act, k int, set, say bool) Answer {
	u, now := &p.units[p.tags[k].unit], rule.At(pass.Now)
	m := a.mark(&p.tags[k], now)
	var few [4]look
	looks := few[:0]
	for _, j := range u.tags {
		l := p.start(j, sheet.Rows(i))
		switch {
		case j == k && set:
			l.set(m)
		case j == k:
			l.unset(a.Source, now)
		case set && u.exclusive && a.Confidence == 0:
			l.yield(m, ByGroup, func(o *Mark) bool { return o.Source == m.Source && o.Of == 0 })
		}
		looks = append(looks, l)
	}
	p.settle(sheet, i, pass, u.exclusive, looks, say)
	_, on := rule.Find(pass.Facts.Tags, p.tags[k].slot, now)
	switch {
	case on == set:
		return Answer{OK: true}
	case !set:
		return Answer{Reason: Held}
	}
	if why := p.tags[k].waits(&m, now); why != "" {
		return Answer{Reason: why}
	}
	return Answer{Reason: ByGroup}
}

func (l *look) set(m Mark) {
	before := l.marks
	l.yield(m, "", func(o *Mark) bool { return o.Source == m.Source && o.Via == m.Via })
	l.marks, _ = with(l.marks, m)
	l.dirty = !slices.Equal(before, l.marks)
}

// yield lets the marks that of holds of give way to m.
func (l *look) yield(m Mark, why Reason, of func(*Mark) bool) {
	if marks, changed := ended(l.marks, max(m.From, m.At), m.At, of); changed {
		l.marks, l.dirty, l.why = marks, true, why
	}
}

func (l *look) unset(s Source, now rule.Instant) {
	l.cut(ByHand, func(m *Mark) bool { return m.Source != Rule && m.Of == 0 && m.Source.rank() >= s.rank() })
	if now > l.off && s.rank() <= Behaviour.rank() {
		l.off, l.dirty = now, true
	}
}
