package limit

import (
	"math"
	"slices"
	"time"
)

// A Table keeps holds and counters in memory. The zero value is ready.
//
// It is not locked: the store that embeds it holds its own lock, for writing, around every method, and so makes
// the holds and its rows one commit.
//
// Time goes forward in each counter by itself: a call with an instant before the latest that the counter has
// seen is answered as of the latest. What a person alone counts depends on the order of that person's calls only.
//
// A grant is a few map accesses, about a microsecond; what stops to count is taken off when its counter is
// next looked at. Holds are kept until Prune forgets them.
type Table struct {
	records slab[record]
	holds   index // records by key
	persons slab[person]
	people  index // persons by profile
	owns    slab[own]
	shared  map[string]*cell
	moves   map[string]struct{}
	floor   int64 // a counter that is made anew starts here, so that what ended before Prune stays ended
	pruned  bool
}

// State says where a hold is.
type State uint8

// The states of a hold.
const (
	Reserved  State = iota // counts until Expires
	Committed              // counts until each take's Until
	Released               // was given back
)

var stateNames = [...]string{"reserved", "committed", "released"}

// String writes "reserved", "committed" or "released".
func (s State) String() string { return stateNames[s] }

// MarshalText writes "reserved", "committed" or "released".
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reserve grants a hold whole or refuses it whole. A refusal leaves no trace: the key may be tried again.
// A key that was granted before gives the answer of then (Again), even if the hold has been released or has run
// out since; with other content it is refused as Mismatch. A take that is over at now takes nothing. The takes
// of one hold see each other.
func (t *Table) Reserve(now time.Time, h Hold) Verdict {
	if r := t.hold(h.Key); r != nil {
		return r.again(&h)
	}
	v, _ := t.grant(now.UnixMicro(), &h)
	return v
}

// Check is the answer that Reserve would give. It takes nothing.
func (t *Table) Check(now time.Time, h Hold) Verdict {
	if r := t.hold(h.Key); r != nil {
		return r.again(&h)
	}
	v, i := t.grant(now.UnixMicro(), &h)
	if i != 0 {
		t.undo(i)
	}
	return v
}

// ReserveAll grants all holds or none: each sees those before it. The verdicts tell one by one which were
// refused; where ok is false nothing was taken, also for those whose verdict is OK.
func (t *Table) ReserveAll(now time.Time, hs []Hold) (verdicts []Verdict, ok bool) {
	verdicts, ok = make([]Verdict, len(hs)), true
	var granted []uint32
	for i := range hs {
		if r := t.hold(hs[i].Key); r != nil {
			verdicts[i] = r.again(&hs[i])
		} else {
			var g uint32
			verdicts[i], g = t.grant(now.UnixMicro(), &hs[i])
			if g != 0 && len(hs) > 1 {
				granted = append(granted, g)
			}
		}
		ok = ok && verdicts[i].OK
	}
	if !ok {
		for _, g := range granted {
			t.undo(g)
		}
	}
	return verdicts, ok
}

func (r *record) again(h *Hold) Verdict {
	if !r.same(h.Takes) || !r.foreign && r.profile != h.Profile {
		return Verdict{Refused: Mismatch}
	}
	return Verdict{OK: true, Again: true, Left: r.left}
}

func (r *record) same(takes []Take) bool {
	if int(r.takes) != len(takes) {
		return false
	}
	for i, a := range r.all() {
		if b := &takes[i]; a.counter != b.Counter || a.own != b.Own || a.n != b.N {
			return false
		}
	}
	return true
}

// grant gives the number of the record, 0 where the hold is refused.
func (t *Table) grant(now int64, h *Hold) (Verdict, uint32) {
	if !h.valid() {
		return Verdict{Refused: Invalid}, 0
	}
	number, r := t.records.take()
	r.key, r.profile, r.via, r.expires, r.at, r.state, r.left = h.Key, h.Profile, h.Via, end(h.Expires), now, Committed, NoLimit
	if !h.Expires.IsZero() {
		r.state = Reserved
	}
	if r.takes = int32(len(h.Takes)); len(h.Takes) > 1 {
		r.others = make([]take, len(h.Takes)-1)
	}
	for i := range h.Takes {
		x := &h.Takes[i]
		*r.take(i) = take{x.Counter, x.N, x.Limit, end(x.Until), x.Own}
	}
	var p *person
	stranger := false
	if h.Profile != "" {
		if p = t.known(h.Profile); p == nil {
			p, stranger = t.newcomer(h.Profile), true
		}
	}
	var few [4]*cell
	cells := few[:0]
	for i, x := range r.all() {
		var c *cell
		if x.own {
			c = t.own(p, x.counter)
		} else {
			c = t.common(x.counter)
		}
		c.sweep(now)
		cells = append(cells, c)
		n, at := r.n(i)
		if !c.counts(at) {
			continue
		}
		if lim := x.limit; !Fits(c.used, n, lim) || c.used > math.MaxInt64-n {
			for j := range i { // give back what the takes before this one took
				if n, at := r.n(j); cells[j].counts(at) {
					cells[j].used -= n
				}
			}
			v := Verdict{Refused: x.counter, Left: room(c.used, lim)}
			t.records.give(number)
			if stranger {
				t.uncell(p, func(*own) bool { return true })
				t.tidy(p)
			}
			return v, 0
		}
		c.used += n
	}
	for i, c := range cells {
		n, at := r.n(i)
		if !c.counts(at) {
			continue
		}
		c.push(ending{at, n})
		if lim := r.take(i).limit; lim >= 0 && (r.left == NoLimit || lim-c.used < r.left) {
			r.left = lim - c.used
		}
	}
	t.holds.add(h.Key, number)
	if p != nil {
		t.list(p, number)
	}
	return Verdict{OK: true, Left: r.left}, number
}

// room is what is left of a limit, NoLimit where there is none.
func room(used, limit int64) int64 {
	if limit < 0 {
		return NoLimit
	}
	return limit - used
}

// undo removes the latest grant of its person as if it had not been.
func (t *Table) undo(i uint32) {
	r := t.records.at(i)
	t.giveBack(r)
	if p := t.known(r.profile); p != nil {
		t.unlist(p, func(k uint32, _ *record) bool { return k == i })
		t.tidy(p)
	}
	t.forget(i)
}

func (t *Table) giveBack(r *record) {
	for i := range r.all() {
		n, at := r.n(i)
		t.cell(r, i).drop(n, at)
	}
}

// Used is what counts of a counter at now: of a person's own where profile is not empty, else of the shared one.
func (t *Table) Used(counter, profile string, now time.Time) int64 {
	c := t.shared[counter]
	if profile != "" {
		c = nil
		if p := t.known(profile); p != nil {
			c = t.ownOf(p, counter)
		}
	}
	if c == nil {
		return 0
	}
	c.sweep(now.UnixMicro())
	return c.used
}

// A Status is what became of a hold.
type Status struct {
	Hold  Hold    `json:"hold"`
	State State   `json:"state"`
	N     []int64 `json:"n,omitempty"`    // the amounts of a commit below what was reserved
	Over  int64   `json:"over,omitempty"` // how far a late commit was honoured above a limit, at most of one counter
}

// Get returns a hold by its key.
func (t *Table) Get(key string) (Status, bool) {
	r := t.hold(key)
	if r == nil {
		return Status{}, false
	}
	return r.status(), true
}

func (r *record) status() Status {
	h := Hold{Key: r.key, Profile: r.profile, Via: r.via, Expires: instant(r.expires)}
	for _, x := range r.all() {
		h.Takes = append(h.Takes, Take{Counter: x.counter, Own: x.own, N: x.n, Limit: x.limit, Until: instant(x.until)})
	}
	s := Status{Hold: h, State: r.state}
	if r.late != nil {
		s.N, s.Over = slices.Clone(r.late.actual), r.late.over
	}
	return s
}

// Has reports whether a hold of that key was ever granted and is not forgotten.
func (t *Table) Has(key string) bool { return t.hold(key) != nil }
