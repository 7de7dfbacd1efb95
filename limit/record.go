package limit

import (
	"iter"
	"math"

	"github.com/marque-go/marque"
)

// A record is a hold as the table keeps it.
type record struct {
	key, profile string
	via          marque.ID
	one          take   // of the takes the first
	others       []take // and the rest, of few
	expires      int64
	at           int64 // when it was granted or committed
	left         int64
	late         *late  // of few
	next         uint32 // of the person's, 0 for none
	takes        int32
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
	profile     string
	first, last uint32 // of their records, in the order in which they came
	cells       uint32 // the first of their own
}

type own struct {
	counter string
	cell
	next uint32 // of the person's, 0 for none
}

// take is take i.
func (r *record) take(i int) *take {
	if i == 0 {
		return &r.one
	}
	return &r.others[i-1]
}

// all are the takes in their order.
func (r *record) all() iter.Seq2[int, *take] {
	return func(yield func(int, *take) bool) {
		for i := range int(r.takes) {
			if !yield(i, r.take(i)) {
				return
			}
		}
	}
}

// n is what take i counts, and until when.
func (r *record) n(i int) (n, at int64) {
	n, at = r.take(i).n, r.until(i)
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
	x := r.take(i)
	if r.erased && x.own {
		return math.MinInt64
	}
	return x.until
}

// cell finds the counter of take i, and makes it where there is none.
func (t *Table) cell(r *record, i int) *cell {
	if x := r.take(i); x.own {
		return t.own(t.person(r.profile), x.counter)
	}
	return t.common(r.take(i).counter)
}

// own is a person's own counter, made where there is none.
func (t *Table) own(p *person, counter string) *cell {
	if c := t.ownOf(p, counter); c != nil {
		return c
	}
	i, c := t.owns.take()
	*c = own{counter, t.blank(), p.cells}
	p.cells = i
	return &c.cell
}

// ownOf is a person's own counter, nil for none. People have few.
func (t *Table) ownOf(p *person, counter string) *cell {
	for i := p.cells; i != 0; {
		c := t.owns.at(i)
		if c.counter == counter {
			return &c.cell
		}
		i = c.next
	}
	return nil
}

// common is a counter that all share.
func (t *Table) common(counter string) *cell {
	c := t.shared[counter]
	if c == nil {
		if t.shared == nil {
			t.shared = map[string]*cell{}
		}
		c = new(cell)
		*c = t.blank()
		t.shared[counter] = c
	}
	return c
}

func (t *Table) blank() cell {
	if t.pruned {
		return cell{now: t.floor}
	}
	return cell{now: math.MinInt64}
}

// hold is the record of a key, nil for none.
func (t *Table) hold(key string) *record {
	if i := t.holds.find(key, t.keyOf); i != 0 {
		return t.records.at(i)
	}
	return nil
}

func (t *Table) keyOf(i uint32) string { return t.records.at(i).key }

// known is a person, nil for one who has nothing.
func (t *Table) known(profile string) *person {
	if i := t.people.find(profile, t.profileOf); i != 0 {
		return t.persons.at(i)
	}
	return nil
}

func (t *Table) profileOf(i uint32) string { return t.persons.at(i).profile }

func (t *Table) person(profile string) *person {
	if p := t.known(profile); p != nil {
		return p
	}
	return t.newcomer(profile)
}

func (t *Table) newcomer(profile string) *person {
	i, p := t.persons.take()
	p.profile = profile
	t.people.add(profile, i)
	return p
}

// list puts record i behind the others of a person.
func (t *Table) list(p *person, i uint32) {
	if p.last == 0 {
		p.first = i
	} else {
		t.records.at(p.last).next = i
	}
	p.last = i
}

// unlist takes records from a person.
func (t *Table) unlist(p *person, which func(i uint32, r *record) bool) {
	i := p.first
	for p.first, p.last = 0, 0; i != 0; {
		r := t.records.at(i)
		next := r.next
		if r.next = 0; !which(i, r) {
			t.list(p, i)
		}
		i = next
	}
}

// of are the records of a person.
func (t *Table) of(p *person) iter.Seq2[uint32, *record] {
	return func(yield func(uint32, *record) bool) {
		for i := p.first; i != 0; {
			r := t.records.at(i)
			next := r.next
			if !yield(i, r) {
				return
			}
			i = next
		}
	}
}

// forget removes record i, which is in nobody's list.
func (t *Table) forget(i uint32) {
	t.holds.drop(t.records.at(i).key, i)
	t.records.give(i)
}

// tidy forgets a person of whom nothing is left.
func (t *Table) tidy(p *person) {
	if p.first == 0 && p.cells == 0 {
		i := t.people.find(p.profile, t.profileOf)
		t.people.drop(p.profile, i)
		t.persons.give(i)
	}
}
