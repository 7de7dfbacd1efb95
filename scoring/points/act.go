package points

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// ErrKey says that the key of an act was used before, for an act with other content or of somebody else.
var ErrKey = errors.New("points: the key was used for something else")

// An Act moves points from outside: at a till, by hand, or from a journey.
type Act struct {
	// Key makes the act happen once in its program: the same key again does nothing and gives the same answer. Required.
	Key     string
	Profile string
	Program string
	// Points to spend, to give or (negative) to take by hand; of a Reverse how many, 0 for all that there are; of a Use
	// how much of the quota, 0 for one.
	Points int64
	// Of is what Reverse reverses: the key of a Spend or of an Adjust, or the id of an event that earned points.
	Of string
	// Grant is the benefit that Use is of.
	Grant string
	// Reason says why, in the statement. Adjust requires one.
	Reason string
	// Qualifies says that points given by hand count for tiers.
	Qualifies bool
	// Via is the identifier of the person that it was learnt through. It decides who keeps points given by hand, and uses
	// of quotas, when people who were merged are parted again.
	Via marque.ID
	// Cause and Hops are those of the event that led to the act, if there was one.
	Cause string
	Hops  int
}

// An Answer says what became of an Act. A refusal leaves no trace: the key may be tried again.
type Answer struct {
	OK      bool
	Reason  Reason // why not
	Known   bool   // the key was used before: nothing was done, and the answer is that of then
	Points  int64  // what was added to the account, negative: taken. Of Use: how much of the quota
	Balance int64  // behind the act
	Debt    int64
	Left    int64 // of Use: what is left of the quota
	Said    []marque.Event
}

// A Reason says why an act was refused.
type Reason string

// The reasons.
const (
	Short   Reason = "short"   // the balance is too low
	Unknown Reason = "unknown" // nothing of that key is left to reverse, or less than asked
	NoGrant Reason = "grant"   // the person does not have the benefit now
	NoQuota Reason = "quota"   // less of the quota is left
)

// Spend takes points, those that expire first first.
func (b *Book) Spend(ctx context.Context, a Act, now time.Time) (Answer, error) {
	return b.act(ctx, Spent, a, now, func(l *ledger) (Answer, Entry) {
		if l.usable() < a.Points {
			return Answer{Reason: Short}, Entry{}
		}
		l.take(a.Points, BySpend, a.Key, false)
		return Answer{OK: true, Points: -a.Points}, Entry{}
	})
}

// Reverse undoes a spend or an earning, whole or in part.
//
// Points of a spend go back to the lots that they came from, the latest expiring first. Those of a lot that has expired
// meanwhile come back with a life of Expiry.Back.
//
// An earning is taken back from what is left of it. What of it has expired is not owed. What has been spent is taken
// from other points, those that expire first first, and where there are none it is a debt, which what is earned next
// pays: the balance is never below zero. The points no longer count for tiers, but a tier is lost at its review only.
func (b *Book) Reverse(ctx context.Context, a Act, now time.Time) (Answer, error) {
	return b.act(ctx, Reversed, a, now, func(l *ledger) (Answer, Entry) {
		before := l.net()
		if !l.giveBack(a.Of, a.Points) && !l.takeBack(a.Of, a.Points, a.Key) {
			return Answer{Reason: Unknown}, Entry{}
		}
		l.pay()
		return Answer{OK: true, Points: l.net() - before}, Entry{Of: a.Of}
	})
}

// Adjust gives points by hand, which can be spent at once and expire as all others, or takes some.
func (b *Book) Adjust(ctx context.Context, a Act, now time.Time) (Answer, error) {
	return b.act(ctx, Adjusted, a, now, func(l *ledger) (Answer, Entry) {
		if l.usable() < -a.Points {
			return Answer{Reason: Short}, Entry{}
		}
		if a.Points < 0 {
			l.take(-a.Points, BySpend, a.Key, false)
		} else {
			lot := l.p.lot(ByHand, a.Key, a.Via, l.at)
			if lot.From, lot.Full = l.at, a.Points; a.Qualifies {
				lot.Base = a.Points
			}
			l.add(lot, nil)
			l.pay()
		}
		return Answer{OK: true, Points: a.Points}, Entry{}
	})
}

// Use takes some of the quota of a benefit in the period that is on. It is never overdrawn.
func (b *Book) Use(ctx context.Context, a Act, now time.Time) (Answer, error) {
	if a.Points == 0 {
		a.Points = 1
	}
	n := a.Points
	return b.act(ctx, Used, a, now, func(l *ledger) (Answer, Entry) {
		q := l.current(a.Grant)
		if q == nil {
			return Answer{Reason: NoGrant}, Entry{}
		}
		left := q.left()
		if left < n {
			return Answer{Reason: NoQuota, Left: left}, Entry{}
		}
		q.Uses = append(q.Uses[:len(q.Uses):len(q.Uses)], Taking{a.Key, a.Via, n})
		return Answer{OK: true, Points: n, Left: left - n}, Entry{Of: a.Grant, Left: left - n}
	})
}

func (a *Act) check(kind string) error {
	var f marque.Faults
	if a.Key == "" {
		f.Add("key", "is empty: it makes the act happen once")
	}
	if a.Profile == "" {
		f.Add("profile", "is empty")
	}
	low := int64(0)
	switch kind {
	case Spent:
		low = 1
	case Adjusted:
		low = -maxAmount
		if a.Points == 0 {
			f.Add("points", "is 0")
		}
		if a.Reason == "" {
			f.Add("reason", "is empty")
		}
	case Reversed:
		if a.Of == "" {
			f.Add("of", "is empty: the key of a spend, or the id of an event")
		}
	case Used:
		if a.Grant == "" {
			f.Add("grant", "is empty")
		}
	}
	if a.Points < low || a.Points > maxAmount {
		f.Add("points", "%d is not within %d and %d", a.Points, low, int64(maxAmount))
	}
	return f.Err()
}

// sum tells acts apart that ask for different things.
func (a *Act) sum(kind string) string {
	return marque.Key(kind, strconv.FormatInt(a.Points, 10), a.Of, a.Grant, strconv.FormatBool(a.Qualifies))[:8]
}

func (a *Act) event() marque.Event {
	e := marque.Event{ID: a.Cause, Profile: a.Profile, Hops: a.Hops}
	if e.ID == "" {
		e.ID = a.Key
	}
	if a.Via != (marque.ID{}) {
		e.IDs = []marque.ID{a.Via}
	}
	return e
}

func (b *Book) act(ctx context.Context, kind string, a Act, now time.Time, do func(*ledger) (Answer, Entry)) (Answer, error) {
	fail := func(err error) (Answer, error) {
		return Answer{}, fmt.Errorf("points: %s %q of %q in %q: %w", kind, a.Key, a.Profile, a.Program, err)
	}
	k, ok := b.plan.byName[a.Program]
	if !ok {
		return fail(marque.ErrNotFound)
	}
	if err := a.check(kind); err != nil {
		return fail(err)
	}
	var err error
	if a.Profile, err = derived.Who(ctx, b.lead, a.Profile); err != nil {
		return fail(err)
	}
	p := &b.plan.programs[k]
	ps := []rule.Pass{{Event: a.event(), Facts: &rule.Facts{Profile: a.Profile}, Now: now}}
	key, sum := marque.Key("points/act", p.Name, a.Key), a.sum(kind)
	var answer Answer
	c, known, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		l := p.open(find(sheet.Rows(0), p.Name), ps[0].Event, now, false)
		var e Entry
		if answer, e = do(l); !answer.OK {
			answer.Balance, _, answer.Debt = l.sums()
			return
		}
		e.Kind, e.Points, e.Source, e.Reason, e.Key, e.Sum = kind, answer.Points, a.Key, a.Reason, key, sum
		l.note(e)
		answer.Balance, _, answer.Debt = l.sums()
		l.tell(kind, &a, &answer)
		l.settle()
		l.put(sheet, 0)
	})
	if err != nil {
		return fail(err)
	}
	if answer.OK && len(known) == 0 {
		answer.Said = c.Say
		return answer, nil
	}
	past, err := b.store.Entries(ctx, Lookup{Profile: a.Profile, Program: p.Name, Key: key, N: 1})
	switch {
	case err != nil:
		return fail(err)
	case len(past) == 1 && past[0].Sum == sum:
		e := past[0]
		return Answer{OK: true, Known: true, Points: e.Points, Balance: e.Balance, Debt: e.Debt, Left: e.Left}, nil
	case len(past) == 1 || len(known) > 0:
		return fail(ErrKey)
	}
	return answer, nil
}

// tell says what an act did.
func (l *ledger) tell(kind string, a *Act, answer *Answer) {
	props := map[string]any{"points": answer.Points, "balance": answer.Balance}
	switch kind {
	case Spent:
		props["points"] = -answer.Points
	case Reversed:
		props["of"] = a.Of
	case Adjusted:
		props["reason"] = a.Reason
	case Used:
		return
	}
	l.say(kind, l.p.fact, props)
}

// giveBack returns n points (0: all) of a spend to the lots that paid, and reports whether there were so many.
func (l *ledger) giveBack(key string, n int64) bool {
	all := int64(0)
	for i := range l.row.Lots {
		all += l.row.Lots[i].taken(BySpend, key)
	}
	if n == 0 {
		n = all
	}
	if all == 0 || n > all {
		return false
	}
	for i := len(l.row.Lots) - 1; i >= 0 && n > 0; i-- {
		lot := &l.row.Lots[i]
		got := lot.release(n, BySpend, key, l.at)
		if n -= got; got > 0 && lot.Expires != 0 && lot.Expires <= l.at {
			lot.Expires, lot.Warned = l.at+micros(l.p.back), false
		}
		lot.Left += got
	}
	slices.SortFunc(l.row.Lots, placeLot)
	l.changed = true
	return true
}

// takeBack reverses n points (0: all) of what an event or an act earned, and reports whether there were so many.
func (l *ledger) takeBack(source string, n int64, key string) bool {
	all := int64(0)
	for i := range l.row.Lots {
		if lot := &l.row.Lots[i]; lot.Source == source {
			all += lot.N - lot.Reversed
		}
	}
	if n == 0 {
		n = all
	}
	if all == 0 || n > all {
		return false
	}
	for i := range l.row.Lots {
		lot := &l.row.Lots[i]
		if lot.Source != source {
			continue
		}
		part := min(n, lot.N-lot.Reversed)
		n -= part
		lot.Reversed, lot.Touched = lot.Reversed+part, l.at
		part -= lot.take(part, ByReverse, key, l.at)
		if gone := lot.release(part, ByExpiry, "", l.at); gone > 0 {
			lot.put(Taken{ByReverse, key, gone})
			part -= gone
		}
		if part > 0 {
			l.owe(Debt{key, lot.Via, part})
		}
	}
	l.changed = true
	return true
}

func (l *ledger) owe(d Debt) {
	for i := range l.row.Debts {
		if x := &l.row.Debts[i]; x.Key == d.Key && x.Via == d.Via {
			x.N += d.N
			return
		}
	}
	l.row.Debts = append(l.row.Debts, d)
	slices.SortStableFunc(l.row.Debts, placeDebt)
}

// current is the quota of a benefit that can be used now, nil where there is none.
func (l *ledger) current(grant string) *Quota {
	for i := range l.row.Quotas {
		if q := &l.row.Quotas[i]; q.Grant == grant && q.N > 0 && (q.Until == 0 || q.Until > l.at) {
			return q
		}
	}
	return nil
}
