package live

import (
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/segment"
)

// ErrLog says that new rules read events that were not kept, and that Edit was given no log to read them from.
var ErrLog = errors.New("live: a log is needed")

// An Edited says what an edit did to a segment.
type Edited struct {
	Segment       string
	Before, After int // members; a segment that is new had none, one that is gone has none
	Entered, Left int
}

// Rebuild works out from scratch, by columns, who is in what at the instant that the set has reached, and returns what
// was otherwise: nothing, unless the table was changed behind the set's back. A change it returns is made. It takes
// some milliseconds for each segment of a million people.
func (s *Set) Rebuild() []Change {
	s.out = nil
	s.fill(func(int) bool { return true }, func(row, i int, in bool) {
		s.out = append(s.out, Change{s.people.Profile(row), s.all[i].name, in, s.now.Time(), ""})
	})
	if len(s.out) > 0 {
		s.schedule()
	}
	return s.end()
}

// Edit puts another plan over the same lexicon in the place of the set's. Segments whose rule is new or changed, and
// those that read them, are filled with the people who are there before they go live: nobody enters, and a journey
// that listens does not take them for people who enter today. It returns what changed, in the plan's order, then what
// is gone.
//
// Where rules read events that no rule read before, their history comes from the log: an iteration over the events of
// all people up to now, in any order, of which it takes those it needs; what the table has of them is replaced. Without
// a log that is an error that names them. On an error all members are as they were.
func (s *Set) Edit(plan *segment.Plan, log iter.Seq2[marque.Event, error]) ([]Edited, error) {
	if plan.Lexicon() != s.people.Lexicon() {
		return nil, ErrLexicon
	}
	next := newIndex(plan, s.people.Lexicon(), s.keep)
	if err := s.read(next, log); err != nil {
		return nil, fmt.Errorf("live: edit: %w", err)
	}
	last := s.index
	s.index = next
	moved := map[int]bool{} // by slot: segments whose members may be others now
	for i := range last.all {
		if o := &last.all[i]; !s.there(o.name) {
			s.blank(o.slot)
			moved[o.slot] = true
		}
	}
	changed := make([]bool, len(s.all))
	for i := range s.all {
		o := &s.all[i]
		if j, ok := last.byName[o.name]; ok {
			o.members = last.all[j].members
			changed[i] = o.source != last.all[j].source
		} else {
			s.blank(o.slot)
			changed[i] = true
		}
		changed[i] = changed[i] || slices.ContainsFunc(o.rule.Need().Segments, func(slot int) bool { return moved[slot] })
		moved[o.slot] = changed[i]
	}
	done := make([]Edited, len(s.all))
	for i := range s.all {
		done[i] = Edited{Segment: s.all[i].name, Before: count(s.all[i].members)}
	}
	s.fill(func(i int) bool { return changed[i] }, func(_, i int, in bool) {
		if in {
			done[i].Entered++
		} else {
			done[i].Left++
		}
	})
	for i := range done {
		done[i].After = count(s.all[i].members)
	}
	done = slices.DeleteFunc(done, func(e Edited) bool { return !changed[s.byName[e.Segment]] })
	for i := range last.all {
		if o := &last.all[i]; !s.there(o.name) {
			n := count(o.members)
			done = append(done, Edited{o.name, n, 0, 0, n})
		}
	}
	s.forget(last)
	s.schedule()
	return done, nil
}

// read adds the history of the events that the next index keeps and this one does not.
func (s *Set) read(next index, log iter.Seq2[marque.Event, error]) error {
	var names []string
	for name := range next.events {
		if _, ok := s.events[name]; !ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	if log == nil {
		return fmt.Errorf("%w: nothing is kept of %s", ErrLog, strings.Join(names, ", "))
	}
	forget := func() {
		for _, name := range names {
			s.people.ForgetEvent(next.events[name].slot)
		}
	}
	var newcomers []string
	undo := func(err error) error {
		forget()
		for _, profile := range newcomers {
			s.Remove(profile)
		}
		return err
	}
	forget() // what the table had when the set was made is in the log, and more
	for e, err := range log {
		if err != nil {
			return undo(err)
		}
		if _, ok := slices.BinarySearch(names, e.Name); !ok {
			continue
		}
		if e.Profile == "" {
			return undo(&marque.FieldError{Path: e.Name + ".profile", Err: errors.New("is empty")})
		}
		row, known := s.row(e.Profile)
		s.people.AddHit(row, next.events[e.Name].slot, s.hit(e, s.arrival(e)))
		if !known {
			newcomers = append(newcomers, e.Profile)
			s.newcomer(row)
		}
	}
	return nil
}

// arrival is when an event of the log arrived, now where it does not say.
func (s *Set) arrival(e marque.Event) rule.Instant {
	if at := e.Arrived(); !at.IsZero() {
		return rule.At(at)
	}
	return s.now
}

// newcomer looks at somebody whom only the log knew, for the segments that are live.
func (s *Set) newcomer(row int) {
	out := s.out
	s.look(row, s.every, s.now, "")
	s.out = out
}

// forget drops the history that no rule reads any more.
func (s *Set) forget(last index) {
	for name, c := range last.events {
		if _, ok := s.events[name]; !ok {
			s.people.ForgetEvent(c.slot)
		}
	}
}

func (s *Set) there(name string) bool { _, ok := s.byName[name]; return ok }

// blank takes the marks of a segment off everybody.
func (s *Set) blank(slot int) {
	for row := range s.people.Len() {
		s.people.SetSegment(row, rule.Mark{Slot: slot}, false)
	}
}

// fill works out by columns who is in those segments that which picks, and tells of each difference.
func (s *Set) fill(which func(i int) bool, differs func(row, i int, in bool)) {
	words := make([]uint64, (s.people.Len()+63)/64)
	for i := range s.all {
		if !which(i) {
			continue
		}
		o := &s.all[i]
		o.query.Run(s.people, s.now, words)
		o.set(max(s.people.Len()-1, 0), o.has(max(s.people.Len()-1, 0)))
		for w, now := range words {
			for diff := now ^ o.members[w]; diff != 0; diff &= diff - 1 {
				row := w*64 + bits.TrailingZeros64(diff)
				in := now>>(row%64)&1 == 1
				o.set(row, in)
				s.people.SetSegment(row, rule.Mark{Slot: o.slot}, in)
				if differs != nil {
					differs(row, i, in)
				}
			}
		}
	}
}

// schedule works out for everybody when time may change something.
func (s *Set) schedule() {
	s.due = slices.Grow(s.due[:0], s.people.Len())[:s.people.Len()]
	now := s.now.Time()
	var timed []*rule.Rule
	var need rule.Need
	for i := range s.all {
		if s.all[i].timed {
			timed = append(timed, s.all[i].rule)
			need = need.Union(s.all[i].rule.Need())
		}
	}
	for row := range s.due {
		s.due[row] = rule.Never
		if len(timed) == 0 || !s.people.Live(row) {
			continue
		}
		s.people.Facts(row, need, s.facts)
		for _, r := range timed {
			if v := r.Test(rule.Input{Now: now, Facts: s.facts}); !v.Until.IsZero() {
				s.due[row] = min(s.due[row], max(rule.At(v.Until), s.now+1))
			}
		}
	}
	s.requeue()
}

func count(words []uint64) (n int) {
	for _, w := range words {
		n += bits.OnesCount64(w)
	}
	return n
}
