package live

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment"
)

// Options of a Set. The zero value works.
type Options struct {
	// Keep names events that are kept though no segment reads them yet, so that one that comes later needs no log.
	// Default none.
	Keep []string
}

// A Change is one person's way into or out of a segment.
type Change struct {
	Profile string
	Segment string
	In      bool
	At      time.Time // of the arrival of what changed it, or exactly when time did
	Cause   string    // the id of the event that changed it, else empty
}

// String writes "+lapsing ann 2026-06-15T12:00:00Z", with a minus for who left.
func (c Change) String() string {
	sign := "-"
	if c.In {
		sign = "+"
	}
	return fmt.Sprintf("%s%s %s %s", sign, c.Segment, c.Profile, c.At.Format(time.RFC3339Nano))
}

// A Set is the segments of a plan over the people of a table, of which it keeps the marks of the segments. It is not
// safe for concurrent use.
type Set struct {
	people *column.Table
	now    rule.Instant
	index
	keep  []string
	facts *rule.Facts
	due   []rule.Instant // by row: the earliest instant at which something may change; Never for good
	queue queue
	out   []Change
}

// A one is a segment of a set.
type one struct {
	name    string
	source  string // of the rule
	slot    int
	rule    *rule.Rule
	query   *column.Query
	timed   bool // time alone can change it
	members []uint64
}

// ErrLexicon says that a plan was compiled against another lexicon than the table's, where the same slots may have
// other names.
var ErrLexicon = errors.New("live: the plan and the table have different lexicons")

// New makes a set and works out who is in what at now, without a word: nobody enters. It looks at each person once,
// some five microseconds for 50 segments. The plan and the table are over the same lexicon. Events that the rules read
// have to be in the table already; the marks of the segments are made anew.
func New(plan *segment.Plan, people *column.Table, now time.Time, o *Options) (*Set, error) {
	if plan.Lexicon() != people.Lexicon() {
		return nil, ErrLexicon
	}
	s := &Set{people: people, now: rule.At(now), facts: rule.NewFacts(people.Lexicon(), "")}
	if o != nil {
		var f marque.Faults
		for i, name := range o.Keep {
			if _, ok := people.Lexicon().Event(name); !ok {
				f.Add(fmt.Sprintf("keep[%d]", i), "no event %q%s", name, rule.Hint(name, people.Lexicon().EventNames()))
			}
		}
		if err := f.Err(); err != nil {
			return nil, fmt.Errorf("live: %w", err)
		}
		s.keep = slices.Clone(o.Keep)
	}
	s.index = newIndex(plan, people.Lexicon(), s.keep)
	for i := range s.all {
		s.blank(s.all[i].slot)
	}
	s.fill(func(int) bool { return true }, nil)
	s.schedule()
	return s, nil
}

// Now is the instant that the set has reached.
func (s *Set) Now() time.Time { return s.now.Time() }

// Table is the set's population. What it says of people may be read; to change it, call the set.
func (s *Set) Table() *column.Table { return s.people }

// Members is who is in a segment: bit i%64 of word i/64 is row i of the table. It is nil for a name that is none. It
// stays valid until the next call of the set: copy what is to last, as audience.FromWords does.
func (s *Set) Members(name string) []uint64 {
	if i, ok := s.byName[name]; ok {
		return s.all[i].members
	}
	return nil
}

// Has reports whether a person is in a segment. Nobody is in what there is not.
func (s *Set) Has(profile, name string) bool {
	row, ok := s.people.Row(profile)
	i, there := s.byName[name]
	return ok && there && s.all[i].has(row)
}

// Segments lists the names of the segments a person is in, each after those that its rule reads.
func (s *Set) Segments(profile string) (names []string) {
	row, ok := s.people.Row(profile)
	if !ok {
		return nil
	}
	for i := range s.all {
		if s.all[i].has(row) {
			names = append(names, s.all[i].name)
		}
	}
	return names
}

func (o *one) has(row int) bool {
	return row/64 < len(o.members) && o.members[row/64]>>(row%64)&1 == 1
}

func (o *one) set(row int, in bool) {
	if row/64 >= len(o.members) {
		o.members = append(o.members, make([]uint64, row/64+1-len(o.members))...)
	}
	o.members[row/64] &^= 1 << (row % 64)
	if in {
		o.members[row/64] |= 1 << (row % 64)
	}
}
