package points

import (
	"slices"

	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// reached is the level that so many points reach.
func (p *program) reached(n int64) (level int) {
	for i := range p.Tiers {
		if n >= p.Tiers[i].At {
			level = i + 1
		}
	}
	return level
}

// qualifying is how many points count for a tier at an instant.
func (l *ledger) qualifying(at rule.Instant) int64 {
	q := l.p.Qualify
	switch {
	case q.Year:
		start, end := l.p.bounds(Yearly, at)
		return l.between(start, end)
	case q.Rolling > 0:
		return l.between(at-micros(q.Rolling)+1, at+1)
	}
	return l.row.Gone + l.between(0, rule.Never)
}

func (l *ledger) between(start, end rule.Instant) (n int64) {
	for i := range l.row.Lots {
		if lot := &l.row.Lots[i]; lot.At >= start && lot.At < end {
			n += lot.qualifies()
		}
	}
	return n
}

// level is that of the tier that the person has. A tier that is no longer defined is none.
func (l *ledger) level() int { return l.p.level[l.row.Tier] }

// promote gives the tier that the points reach, where it is above the one the person has, or where that is no longer
// defined.
func (l *ledger) promote() {
	level := l.level()
	if want := l.p.reached(l.qualifying(l.at)); want > level || level == 0 && l.row.Tier != "" {
		l.turn(want)
	} else if l.row.Level != level { // the definition has other tiers now
		l.row.Level, l.changed = level, true
	}
	if l.row.Review == 0 && l.level() > 0 {
		l.row.Review = l.nextReview()
		l.changed = l.changed || l.row.Review != 0
	}
}

// review looks whether the tier is kept, at the instant of its review.
func (l *ledger) review() {
	if l.row.Review == 0 || l.row.Review > l.at {
		return
	}
	n := l.qualifying(l.at)
	if l.p.Qualify.Year { // the year that ended, before the grace
		n = max(n, l.qualifying(l.row.Review-micros(l.p.Grace)-1))
	}
	if level := l.p.reached(n); level != l.level() {
		l.turn(level)
	}
	l.row.Review, l.changed = l.nextReview(), true
}

// nextReview is the end of the qualification period that is on, and the grace behind it; zero where nothing can be
// lost.
func (l *ledger) nextReview() rule.Instant {
	q := l.p.Qualify
	switch {
	case l.level() <= l.p.reached(0):
		return 0
	case q.Year:
		_, end := l.p.bounds(Yearly, l.at)
		return end + micros(l.p.Grace)
	case q.Rolling > 0:
		return l.at + micros(q.Rolling) + micros(l.p.Grace)
	}
	return 0
}

// turn changes the tier.
func (l *ledger) turn(to int) {
	name, from, was := TierDown, l.row.Tier, l.level()
	if was == 0 { // none, or one that is no longer defined
		was = l.row.Level
	}
	if to > was {
		name = TierUp
	}
	if l.row.Since != 0 {
		l.row.Was = append(l.row.Was, Held{from, l.row.Since})
		l.row.Was = l.row.Was[max(0, len(l.row.Was)-maxWas):]
	}
	l.row.Tier, l.row.Level, l.row.Since, l.changed = "", to, l.at, true
	if to > 0 {
		l.row.Tier = l.p.Tiers[to-1].Name
	}
	l.row.Review = l.nextReview()
	l.say(name, l.p.stage, map[string]any{"from": from, "to": l.row.Tier})
	l.grant()
}

// maxWas is how many earlier tiers are kept.
const maxWas = 8

// grant gives what the tier grants for the periods that are on, as far as it was not given, forgets periods that are
// over, and sets when the next begin.
func (l *ledger) grant() {
	n := len(l.row.Quotas)
	l.row.Quotas = slices.DeleteFunc(l.row.Quotas, func(q Quota) bool { return q.Until != 0 && q.Until <= l.at })
	l.changed = l.changed || n != len(l.row.Quotas)
	renew := rule.Instant(0)
	if level := l.level(); level > 0 {
		for _, g := range l.p.Tiers[level-1].Benefits.Grants {
			start, end := l.p.bounds(g.Every, l.at)
			renew = derived.Sooner(renew, end)
			q := l.quota(g.Name, start)
			if q == nil {
				l.row.Quotas = append(l.row.Quotas, Quota{Grant: g.Name, From: start, Until: end})
				q = &l.row.Quotas[len(l.row.Quotas)-1]
			}
			if more := g.Quota - q.N; more > 0 {
				q.N, l.changed = g.Quota, true
				l.say(Granted, l.p.stage, map[string]any{"grant": g.Name, "n": more, "period": l.p.period(g.Every, l.at)})
			}
		}
	}
	if renew != l.row.Renew {
		l.row.Renew, l.changed = renew, true
	}
}

func (l *ledger) quota(grant string, start rule.Instant) *Quota {
	for i := range l.row.Quotas {
		if q := &l.row.Quotas[i]; q.Grant == grant && q.From == start {
			return q
		}
	}
	return nil
}

func (q *Quota) left() int64 {
	left := q.N
	for _, u := range q.Uses {
		left -= u.N
	}
	return max(left, 0)
}
