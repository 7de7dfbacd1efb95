package limit

import (
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque"
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
	shared map[string]*cell
	people map[string]*person
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

// A record is a hold as the table keeps it.
type record struct {
	key, profile string
	via          marque.ID
	takes        []take
	expires      int64
	at           int64 // when it was granted or committed
	left         int64
	late         *late // of few
	state        State
	erased       bool // its own takes are gone
	foreign      bool // was moved or erased: the profile no longer tells a wrong key
}

type take struct {
	counter         string
	n, limit, until int64
	own             bool
}

// late is what a commit did otherwise than as reserved.
type late struct {
	actual []int64 // nil: as reserved
	over   int64
}

// person is what one person has.
type person struct {
	records []*record // in the order in which they came
	cells   []own
}

type own struct {
	counter string
	cell
}

// n is what take i counts, and until when.
func (r *record) n(i int) (n, at int64) {
	n, at = r.takes[i].n, r.until(i)
	if r.late != nil && r.late.actual != nil {
		n = r.late.actual[i]
	}
	if r.state == Reserved {
		at = min(at, r.expires)
	}
	return n, at
}

// until is the end of take i once it is committed.
func (r *record) until(i int) int64 {
	if r.erased && r.takes[i].own {
		return math.MinInt64
	}
	return r.takes[i].until
}

// cell finds the counter of take i, and makes it where there is none, which moves the person's others.
func (t *Table) cell(r *record, i int) *cell {
	if r.takes[i].own {
		return t.cellOf(t.person(r.profile), &r.takes[i])
	}
	return t.cellOf(nil, &r.takes[i])
}

func (t *Table) cellOf(p *person, x *take) *cell {
	if x.own {
		if c := p.cell(x.counter); c != nil {
			return c
		}
		p.cells = append(p.cells, own{x.counter, t.blank()})
		return &p.cells[len(p.cells)-1].cell
	}
	c := t.shared[x.counter]
	if c == nil {
		if t.shared == nil {
			t.shared = map[string]*cell{}
		}
		c = new(cell)
		*c = t.blank()
		t.shared[x.counter] = c
	}
	return c
}

func (t *Table) blank() cell {
	if t.pruned {
		return cell{now: t.floor}
	}
	return cell{now: math.MinInt64}
}

func (t *Table) person(profile string) *person {
	p := t.people[profile]
	if p == nil {
		p = &person{}
		t.list(profile, p)
	}
	return p
}

func (t *Table) list(profile string, p *person) {
	if t.people == nil {
		t.people = map[string]*person{}
	}
	t.people[profile] = p
}

// cell finds an own counter. People have few.
func (p *person) cell(counter string) *cell {
	for i := range p.cells {
		if p.cells[i].counter == counter {
			return &p.cells[i].cell
		}
	}
	return nil
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
	if !r.same(h.Takes) || !r.foreign && r.profile != h.Profile {
		return Verdict{Refused: Mismatch}
	}
	return Verdict{OK: true, Again: true, Left: r.left}
}

func (r *record) same(takes []Take) bool {
	return slices.EqualFunc(r.takes, takes, func(a take, b Take) bool { return a.counter == b.Counter && a.own == b.Own && a.n == b.N })
}

func (t *Table) grant(now int64, h Hold) (Verdict, *record) {
	if !h.valid() {
		return Verdict{Refused: Invalid}, nil
	}
	r := &record{key: h.Key, profile: h.Profile, via: h.Via, expires: end(h.Expires), at: now, state: Committed, left: NoLimit}
	if !h.Expires.IsZero() {
		r.state = Reserved
	}
	if len(h.Takes) > 0 {
		r.takes = make([]take, len(h.Takes))
	}
	for i := range h.Takes {
		x := &h.Takes[i]
		r.takes[i] = take{x.Counter, x.N, x.Limit, end(x.Until), x.Own}
	}
	p, known := t.people[h.Profile]
	if !known && h.Profile != "" {
		p = &person{} // listed when something is granted
	}
	for i := range r.takes {
		t.cellOf(p, &r.takes[i])
	}
	var few [4]*cell
	cells := few[:0]
	for i := range r.takes {
		c := t.cellOf(p, &r.takes[i])
		c.sweep(now)
		cells = append(cells, c)
		n, at := r.n(i)
		if !c.counts(at) {
			continue
		}
		if lim := r.takes[i].limit; !Fits(c.used, n, lim) || c.used > math.MaxInt64-n {
			for j := range i { // give back what the takes before this one took
				if n, at := r.n(j); cells[j].counts(at) {
					cells[j].used -= n
				}
			}
			return Verdict{Refused: r.takes[i].counter, Left: room(c.used, lim)}, nil
		}
		c.used += n
	}
	for i, c := range cells {
		n, at := r.n(i)
		if !c.counts(at) {
			continue
		}
		c.push(ending{at, n})
		if lim := r.takes[i].limit; lim >= 0 && (r.left == NoLimit || lim-c.used < r.left) {
			r.left = lim - c.used
		}
	}
	if t.holds == nil {
		t.holds = map[string]*record{}
	}
	t.holds[h.Key] = r
	if h.Profile != "" {
		if !known {
			t.list(h.Profile, p)
		}
		p.records = append(p.records, r)
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
	delete(t.holds, r.key)
	t.unlist(r.profile, func(x *record) bool { return x == r })
}

// unlist takes records from a person.
func (t *Table) unlist(profile string, which func(*record) bool) {
	if p := t.people[profile]; p != nil {
		p.records = slices.DeleteFunc(p.records, which)
		t.tidy(profile, p)
	}
}

// tidy forgets a person of whom nothing is left.
func (t *Table) tidy(profile string, p *person) {
	if len(p.records) == 0 && len(p.cells) == 0 {
		delete(t.people, profile)
	}
}

func (t *Table) giveBack(r *record) {
	for i := range r.takes {
		n, at := r.n(i)
		t.cell(r, i).drop(n, at)
	}
}

// Used is what counts of a counter at now: of a person's own where profile is not empty, else of the shared one.
func (t *Table) Used(counter, profile string, now time.Time) int64 {
	c := t.shared[counter]
	if profile != "" {
		if c = nil; t.people[profile] != nil {
			c = t.people[profile].cell(counter)
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
	r := t.holds[key]
	if r == nil {
		return Status{}, false
	}
	return r.status(), true
}

func (r *record) status() Status {
	h := Hold{Key: r.key, Profile: r.profile, Via: r.via, Expires: instant(r.expires)}
	for _, x := range r.takes {
		h.Takes = append(h.Takes, Take{Counter: x.counter, Own: x.own, N: x.n, Limit: x.limit, Until: instant(x.until)})
	}
	s := Status{Hold: h, State: r.state}
	if r.late != nil {
		s.N, s.Over = slices.Clone(r.late.actual), r.late.over
	}
	return s
}

// Has reports whether a hold of that key was ever granted and is not forgotten.
func (t *Table) Has(key string) bool { return t.holds[key] != nil }
