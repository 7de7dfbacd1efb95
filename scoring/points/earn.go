package points

import (
	"cmp"
	"math"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// matches are the rules that the event of a pass satisfies. Without an id an event could not be told from another
// one, and earns nothing.
func (p *program) matches(pass *rule.Pass, row func() []rule.Value) (hits []int) {
	e := &pass.Event
	if e.Name == "" || e.ID == "" {
		return nil
	}
	for i := range p.earn {
		r := &p.earn[i]
		if r.On == e.Name && (r.when == nil || r.when.Holds(rule.At(pass.Now), pass.Facts, row())) {
			hits = append(hits, i)
		}
	}
	return hits
}

// key is what makes an event count once for a rule.
func (p *program) key(r *earn, event string) string {
	return marque.Key("points/earn", p.Name, r.Name, event)
}

// count gives the points of one rule for an event.
func (l *ledger) count(r *earn, e *marque.Event, row []rule.Value) {
	if slices.ContainsFunc(l.row.Lots, func(x Lot) bool { return x.Rule == r.Name && x.Source == e.ID }) {
		return
	}
	at := l.at
	if !e.At.IsZero() {
		at = min(at, rule.At(e.At))
	}
	percent := l.multiplier(at)
	base, full := r.Points, product(r.Points, percent, 100)
	if r.Rate != (Rate{}) {
		units := int64(0)
		if r.prop < len(row) {
			units = whole(row[r.prop])
		}
		base, full = r.Rate.amount(units, percent)
	}
	if full == 0 {
		return
	}
	if r.Bonus {
		base = 0
	}
	lot := l.p.lot(r.Name, e.ID, e.Via(), at)
	lot.Base, lot.Full = base, full
	got := l.add(lot, r)
	l.pay()
	l.note(Entry{Kind: Earned, Points: got, Rule: r.Name, Source: e.ID, Key: l.p.key(r, e.ID)})
	if got > 0 {
		l.say(Earned, l.p.fact, map[string]any{"points": got, "balance": l.usable(), "rule": r.Name})
	}
}

// whole is a number without its fraction, and at most the largest integer.
func whole(v rule.Value) int64 {
	if v.Float() >= math.MaxInt64 {
		return math.MaxInt64
	}
	return v.Int()
}

// lot is an empty lot of the program.
func (p *program) lot(name, source string, via marque.ID, at rule.Instant) Lot {
	return Lot{Rule: name, Source: source, Via: via, At: at, From: at + micros(p.Pending), Expires: p.expires(at)}
}

// expires is when what was earned at an instant ends.
func (p *program) expires(at rule.Instant) rule.Instant {
	switch x := p.Expiry; {
	case x.After > 0:
		return at + micros(x.After)
	case x.End != "":
		_, end := x.End.bounds(at.Time(), p.loc)
		for range x.N {
			_, end = x.End.bounds(end, p.loc)
		}
		return rule.At(end)
	}
	return 0
}

// add puts a lot into the ledger, as far as the cap of its rule (nil: none) lets it, and returns what that adds. The
// earliest points of a period count: what came later and arrived before makes room. So the order of arrival of events
// makes no difference to the lots. What was taken of a later lot meanwhile is then taken of this one.
func (l *ledger) add(lot Lot, r *earn) (got int64) {
	got = lot.Full
	want := got
	var later []int
	if r != nil && r.Cap > 0 {
		start, end := r.Per.bounds(lot.At.Time(), l.p.loc)
		total, before := int64(0), int64(0)
		for i := range l.row.Lots {
			o := &l.row.Lots[i]
			if o.Rule != lot.Rule || r.Per != Once && (o.At < rule.At(start) || o.At >= rule.At(end)) {
				continue
			}
			total += o.N
			if o.At < lot.At || o.At == lot.At && o.Source < lot.Source {
				before += o.N
			} else {
				later = append(later, i)
			}
		}
		want = min(lot.Full, max(0, r.Cap-before))
		got = min(want, max(0, r.Cap-total))
	}
	lot.N, lot.Left, lot.Touched, lot.Waiting = got, got, l.at, lot.From > l.at
	slices.SortFunc(later, func(i, j int) int { // the latest first
		a, b := &l.row.Lots[i], &l.row.Lots[j]
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.Source, a.Source))
	})
	for _, i := range later {
		if need := want - lot.N; need > 0 {
			o := &l.row.Lots[i]
			o.cede(&lot, min(need, o.N), l.at)
		}
	}
	if len(later) > 0 {
		l.row.Lots = slices.DeleteFunc(l.row.Lots, func(o Lot) bool { return o.N == 0 })
	}
	if i, _ := slices.BinarySearchFunc(l.row.Lots, lot, placeLot); lot.N > 0 {
		l.row.Lots = slices.Insert(l.row.Lots, i, lot)
	}
	l.changed = true
	return got
}

// multiplier is what points are multiplied with that are earned at an instant, in percent: that of the tier which
// the person had then, as far as it is known when the event counts.
func (l *ledger) multiplier(at rule.Instant) int64 {
	name := l.row.Tier
	if at < l.row.Since {
		name = ""
		for _, h := range l.row.Was {
			if h.Since <= at {
				name = h.Tier
			}
		}
	}
	if i, ok := l.p.level[name]; ok {
		return l.p.Tiers[i-1].Benefits.multiplier(at.Time().In(l.p.loc))
	}
	return 100
}

// period is the label of the period that an instant lies in.
func (p *program) period(every Period, at rule.Instant) string {
	return every.label(at.Time(), p.loc)
}

func (p *program) bounds(every Period, at rule.Instant) (start, end rule.Instant) {
	a, b := every.bounds(at.Time(), p.loc)
	return rule.At(a), rule.At(b)
}
