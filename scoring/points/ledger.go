package points

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A ledger is one person's account in one program while it is worked on. Its rules are pure: the row and an instant
// in, a new row, entries and events out.
type ledger struct {
	p       *program
	old     *Row
	row     Row // ours
	at      rule.Instant
	now     time.Time // of the pass: when what is said is received
	cause   marque.Event
	silent  bool
	changed bool
	entries []Entry
	said    []marque.Event
}

// open begins to work on a row (nil: none) with what was due up to now, each at its instant.
func (p *program) open(old *Row, cause marque.Event, now time.Time, silent bool) *ledger {
	l := &ledger{p: p, old: old, cause: cause, now: now, silent: silent, row: Row{Profile: cause.Profile, Name: p.Name}}
	if old != nil {
		l.row = old.clone()
	}
	until := rule.At(now)
	for t := l.next(); t != 0 && t <= until && !l.row.Stirred; t = l.next() {
		l.reach(max(t, l.row.At))
	}
	l.at = max(until, l.row.At)
	if l.row.Stirred {
		l.row.Stirred, l.changed = false, true
		l.pay()
		if net := l.net(); net != l.row.Net {
			l.note(Entry{Kind: MovedIn, Points: net - l.row.Net})
		}
		l.reach(l.at)
	}
	return l
}

// next is the earliest instant at which time changes something; zero is never.
func (l *ledger) next() (at rule.Instant) {
	for i := range l.row.Lots {
		lot := &l.row.Lots[i]
		if lot.Left == 0 {
			continue
		}
		at = derived.Sooner(at, lot.Expires)
		if lot.Waiting {
			at = derived.Sooner(at, lot.From)
		}
		if l.p.Warn > 0 && lot.Expires != 0 && !lot.Warned {
			at = derived.Sooner(at, lot.Expires-micros(l.p.Warn))
		}
	}
	return derived.Sooner(derived.Sooner(at, l.row.Review), l.row.Renew)
}

// reach does what is due up to an instant, and says it as of then.
func (l *ledger) reach(at rule.Instant) {
	l.at = at
	l.ripen()
	l.expire()
	l.warn()
	l.review()
	if l.row.Renew != 0 && l.row.Renew <= at {
		l.grant()
	}
}

// settle closes a change: what is due at once, the tier, and what it grants.
func (l *ledger) settle() {
	l.reach(l.at)
	l.promote()
	l.grant()
	l.prune()
}

// put gives the row and what is said to a sheet, where something changed.
func (l *ledger) put(s *sheet, i int) {
	if due := l.next(); due != l.row.Due {
		l.row.Due, l.changed = due, true
	}
	if !l.changed {
		return
	}
	l.row.At = max(l.row.At, l.at)
	next := l.row
	s.Put(i, l.old, &next)
	for _, e := range l.said {
		s.Say(e)
	}
	for _, e := range l.entries {
		s.Note(e)
	}
}

func (l *ledger) say(name, fact string, props map[string]any) {
	if l.silent {
		return
	}
	props["program"] = l.p.Name
	l.row.Turn++
	e := l.cause.Turn(name, fact, l.row.Turn, l.at.Time(), props)
	if e.Received.Before(l.now) {
		e.Received = l.now
	}
	l.said = append(l.said, e)
}

// note adds a line to the statement.
func (l *ledger) note(e Entry) {
	e.Profile, e.Program, e.At = l.row.Profile, l.p.Name, l.at
	e.Balance, e.Pending, e.Debt = l.sums()
	if e.Kind != Used {
		l.row.Net += e.Points
	}
	l.changed, l.entries = true, append(l.entries, e)
}

// sums are what can be spent, what is pending, and what is owed.
func (l *ledger) sums() (balance, pending, debt int64) {
	for i := range l.row.Lots {
		if lot := &l.row.Lots[i]; lot.Waiting {
			pending += lot.Left
		} else {
			balance += lot.Left
		}
	}
	for _, d := range l.row.Debts {
		debt += d.N
	}
	return balance, pending, debt
}

func (l *ledger) net() int64 {
	balance, pending, debt := l.sums()
	return balance + pending - debt
}

// usable is what can be spent.
func (l *ledger) usable() int64 {
	balance, _, _ := l.sums()
	return balance
}

// ripen ends the wait of pending points.
func (l *ledger) ripen() {
	n := int64(0)
	for i := range l.row.Lots {
		if lot := &l.row.Lots[i]; lot.Waiting && lot.From <= l.at {
			n += lot.Left
			lot.Waiting, l.changed = false, true
		}
	}
	if n > 0 {
		l.say(Usable, l.p.fact, map[string]any{"points": n})
	}
}

func (l *ledger) expire() {
	n := int64(0)
	for i := range l.row.Lots {
		if lot := &l.row.Lots[i]; lot.Expires != 0 && lot.Expires <= l.at {
			n += lot.take(lot.Left, ByExpiry, "", l.at)
		}
	}
	if n > 0 {
		l.note(Entry{Kind: Expired, Points: -n})
		l.say(Expired, l.p.fact, map[string]any{"points": n, "balance": l.usable()})
	}
}

// warn says what is about to expire, one event for each instant.
func (l *ledger) warn() {
	if l.p.Warn == 0 {
		return
	}
	lots := l.row.Lots // in order of expiry
	for i := 0; i < len(lots); {
		n, at := int64(0), lots[i].Expires
		for ; i < len(lots) && lots[i].Expires == at; i++ {
			if lot := &lots[i]; at != 0 && at-micros(l.p.Warn) <= l.at && lot.Left > 0 && !lot.Warned {
				n += lot.Left
				lot.Warned, l.changed = true, true
			}
		}
		if n > 0 {
			l.say(Expiring, l.p.fact, map[string]any{"points": n, "at": at.Time()})
		}
	}
}

// take moves up to n points out of the lots in their order and returns how many: out of usable ones, or of pending.
func (l *ledger) take(n int64, why Why, key string, waiting bool) (got int64) {
	for i := range l.row.Lots {
		if lot := &l.row.Lots[i]; lot.Waiting == waiting && got < n {
			got += lot.take(n-got, why, key, l.at)
		}
	}
	l.changed = l.changed || got > 0
	return got
}

// pay lets what is left pay for debts: usable points first, then pending ones.
func (l *ledger) pay() {
	for i := range l.row.Debts {
		d := &l.row.Debts[i]
		d.N -= l.take(d.N, ByDebt, d.Key, false)
		d.N -= l.take(d.N, ByDebt, d.Key, true)
	}
	l.row.Debts = slices.DeleteFunc(l.row.Debts, func(d Debt) bool { return d.N == 0 })
}

// prune forgets lots of which nothing is left for so long that no refund, cap or tier asks for them.
func (l *ledger) prune() {
	old := l.at - micros(l.p.remember)
	l.row.Lots = slices.DeleteFunc(l.row.Lots, func(lot Lot) bool {
		gone := lot.Left == 0 && lot.Touched < old && !slices.Contains(l.p.once, lot.Rule)
		if gone {
			l.row.Gone += lot.qualifies()
		}
		return gone
	})
}

func micros(d marque.Duration) rule.Instant { return rule.Instant(time.Duration(d).Microseconds()) }
