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
	holds  map[string]*record
	cells  map[place]*cell
	people map[string][]*record
	moves  map[string]struct{}
	floor  int64 // a counter that is made anew starts here, so that what ended before Prune stays ended
	pruned bool
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

type record struct {
	hold    Hold
	actual  []int64 // nil: as reserved
	at      int64   // when it was granted or committed
	left    int64
	over    int64
	state   State
	erased  bool // its own takes are gone
	foreign bool // was moved or erased: the profile no longer tells a wrong key
}

// n is what take i counts, and until when.
func (r *record) n(i int) (n, at int64) {
	n, at = r.hold.Takes[i].N, r.until(i)
	if r.actual != nil {
		n = r.actual[i]
	}
	if r.state == Reserved {
		at = min(at, end(r.hold.Expires))
	}
	return n, at
}

// until is the end of take i once it is committed.
func (r *record) until(i int) int64 {
	t := &r.hold.Takes[i]
	if r.erased && t.Own {
		return math.MinInt64
	}
	return end(t.Until)
}

func (t *Table) cell(h *Hold, i int) *cell {
	at := place{counter: h.Takes[i].Counter}
	if h.Takes[i].Own {
		at.profile = h.Profile
	}
	c := t.cells[at]
	if c == nil {
		if t.cells == nil {
			t.cells = map[place]*cell{}
		}
		c = &cell{now: math.MinInt64}
		if t.pruned {
			c.now = t.floor
		}
		t.cells[at] = c
	}
	return c
}

// Reserve grants a hold whole or refuses it whole. A refusal leaves no trace: the key may be tried again.
// A key that was granted before gives the answer of then (Again), even if the hold has been released or has run
// out since; with other content it is refused as Mismatch. A take that is over at now takes nothing. The takes
// of one hold see each other.
func (t *Table) Reserve(now time.Time, h Hold) Verdict {
	if r := t.holds[h.Key]; r != nil {
		return r.again(h)
	}
	v, _ := t.grant(now.UnixMicro(), h)
	return v
}

// Check is the answer that Reserve would give. It takes nothing.
func (t *Table) Check(now time.Time, h Hold) Verdict {
	if r := t.holds[h.Key]; r != nil {
		return r.again(h)
	}
	v, r := t.grant(now.UnixMicro(), h)
	if r != nil {
		t.undo(r)
	}
	return v
}

// ReserveAll grants all holds or none: each sees those before it. The verdicts tell one by one which were
// refused; where ok is false nothing was taken, also for those whose verdict is OK.
func (t *Table) ReserveAll(now time.Time, hs []Hold) (verdicts []Verdict, ok bool) {
	verdicts, ok = make([]Verdict, len(hs)), true
	var granted []*record
	for i, h := range hs {
		if r := t.holds[h.Key]; r != nil {
			verdicts[i] = r.again(h)
		} else {
			verdicts[i], r = t.grant(now.UnixMicro(), h)
			if r != nil && len(hs) > 1 {
				granted = append(granted, r)
			}
		}
		ok = ok && verdicts[i].OK
	}
	if !ok {
		for _, r := range granted {
			t.undo(r)
		}
	}
	return verdicts, ok
}

func (r *record) again(h Hold) Verdict {
	if !r.hold.sameTakes(h) || !r.foreign && r.hold.Profile != h.Profile {
		return Verdict{Refused: Mismatch}
	}
	return Verdict{OK: true, Again: true, Left: r.left}
}

func (t *Table) grant(now int64, h Hold) (Verdict, *record) {
	if !h.valid() {
		return Verdict{Refused: Invalid}, nil
	}
	r := &record{hold: h, at: now, state: Committed, left: NoLimit}
	if !h.Expires.IsZero() {
		r.state = Reserved
	}
	r.hold.Takes = slices.Clone(h.Takes)
	var few [4]*cell
	cells := few[:0]
	for i := range h.Takes {
		c := t.cell(&h, i)
		c.sweep(now)
		cells = append(cells, c)
		n, at := r.n(i)
		if !c.counts(at) {
			continue
		}
		if lim := h.Takes[i].Limit; !Fits(c.used, n, lim) || c.used > math.MaxInt64-n {
			for j := range i { // give back what the takes before this one took
				if n, at := r.n(j); cells[j].counts(at) {
					cells[j].used -= n
				}
			}
			return Verdict{Refused: h.Takes[i].Counter, Left: room(c.used, lim)}, nil
		}
		c.used += n
	}
	for i, c := range cells {
		n, at := r.n(i)
		if !c.counts(at) {
			continue
		}
		c.push(ending{at, n})
		if lim := h.Takes[i].Limit; lim >= 0 && (r.left == NoLimit || lim-c.used < r.left) {
			r.left = lim - c.used
		}
	}
	if t.holds == nil {
		t.holds, t.people = map[string]*record{}, map[string][]*record{}
	}
	t.holds[h.Key] = r
	if h.Profile != "" {
		t.people[h.Profile] = append(t.people[h.Profile], r)
	}
	return Verdict{OK: true, Left: r.left}, r
}

// room is what is left of a limit, NoLimit where there is none.
func room(used, limit int64) int64 {
	if limit < 0 {
		return NoLimit
	}
	return limit - used
}

// undo removes the latest grant of its person as if it had not been.
func (t *Table) undo(r *record) {
	t.giveBack(r)
	delete(t.holds, r.hold.Key)
	if p := r.hold.Profile; p != "" {
		t.unlist(p, func(x *record) bool { return x == r })
	}
}

func (t *Table) unlist(profile string, which func(*record) bool) {
	if rest := slices.DeleteFunc(t.people[profile], which); len(rest) > 0 {
		t.people[profile] = rest
	} else {
		delete(t.people, profile)
	}
}

func (t *Table) giveBack(r *record) {
	for i := range r.hold.Takes {
		n, at := r.n(i)
		t.cell(&r.hold, i).drop(n, at)
	}
}

// Used is what counts of a counter at now: of a person's own where profile is not empty, else of the shared one.
func (t *Table) Used(counter, profile string, now time.Time) int64 {
	c := t.cells[place{counter, profile}]
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
	r := t.holds[key]
	if r == nil {
		return Status{}, false
	}
	return r.status(), true
}

func (r *record) status() Status {
	h := r.hold
	h.Takes = slices.Clone(h.Takes)
	return Status{h, r.state, slices.Clone(r.actual), r.over}
}
