package derived

import (
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Sheet is what one Derive works on: the rows of the people of its passes as they were loaded, with the changes
// on top, so that a later pass of the same person sees what an earlier one changed. It can be used again.
type Sheet[R, H any] struct {
	Profiles []string // to be loaded, one per pass
	Loaded   [][]*R   // what was loaded, in the same order
	Change   Change[R, H]

	shape Shape[R, H]
	twice bool       // somebody has more than one pass, or a row is put again
	home  []int      // where twice: the first pass of the same person
	dirty map[*R]int // where twice: place in Change.Rows
	own   []bool     // where twice: Loaded[i] is ours
	first map[string]int
}

// NewSheet makes an empty sheet.
func NewSheet[R, H any](shape Shape[R, H]) *Sheet[R, H] { return &Sheet[R, H]{shape: shape} }

// Open begins anew with the people of the passes. The caller then loads.
func (s *Sheet[R, H]) Open(ps []rule.Pass) {
	s.Profiles = s.Profiles[:0]
	for i := range ps {
		s.Profiles = append(s.Profiles, ps[i].Facts.Profile)
	}
	s.twice = false
	if len(ps) > 1 {
		if s.first == nil {
			s.first = make(map[string]int, len(ps))
		}
		clear(s.first)
		s.home = s.home[:0]
		for i, profile := range s.Profiles {
			j, ok := s.first[profile]
			if !ok {
				j = i
				s.first[profile] = i
			}
			s.twice = s.twice || ok
			s.home = append(s.home, j)
		}
		if s.twice {
			s.track()
		}
	}
	clear(s.Loaded)
	s.Loaded = s.Loaded[:0]
	s.Change = Change[R, H]{}
}

// Again says, behind Open, that a row may be put more than once in a pass, and that Rows gives it as it was put last.
func (s *Sheet[R, H]) Again() {
	if s.twice {
		return
	}
	s.twice = true
	s.home = s.home[:0]
	for i := range s.Profiles {
		s.home = append(s.home, i)
	}
	s.track()
}

// track begins to keep what is changed where Rows finds it.
func (s *Sheet[R, H]) track() {
	s.dirty = map[*R]int{}
	s.own = make([]bool, len(s.Profiles))
}

// Close lets go of what was loaded, before the sheet is put by.
func (s *Sheet[R, H]) Close() {
	clear(s.Loaded)
	s.Loaded, s.dirty, s.Change = s.Loaded[:0], nil, Change[R, H]{}
}

// Rows are the rows of the person of pass i, by name.
func (s *Sheet[R, H]) Rows(i int) []*R {
	if s.twice {
		i = s.home[i]
	}
	return s.Loaded[i]
}

// Put records that old, a row of the person of pass i (nil: none), becomes next, and sets the version of next.
func (s *Sheet[R, H]) Put(i int, old, next *R) {
	version := s.shape.Version(next)
	*version = 1
	if old != nil {
		*version = *s.shape.Version(old) + 1
	}
	if !s.twice {
		s.Change.Rows = append(s.Change.Rows, next)
		return
	}
	i = s.home[i]
	if !s.own[i] {
		s.Loaded[i], s.own[i] = slices.Clone(s.Loaded[i]), true
	}
	_, name := s.shape.Key(next)
	at, found := s.shape.place(s.Loaded[i], name)
	if found {
		s.Loaded[i][at] = next
	} else {
		s.Loaded[i] = slices.Insert(s.Loaded[i], at, next)
	}
	k, changed := s.dirty[old]
	if old != nil && changed {
		*version = *s.shape.Version(old)
		delete(s.dirty, old)
		s.Change.Rows[k] = next
	} else {
		k = len(s.Change.Rows)
		s.Change.Rows = append(s.Change.Rows, next)
	}
	s.dirty[next] = k
}

// Rest takes what is due off the rows of definitions that are gone. The rows stay, for the definition may come back.
func (s *Sheet[R, H]) Rest(i int, names []string) {
	for _, name := range names {
		rows := s.Rows(i)
		if at, ok := s.shape.place(rows, name); ok && *s.shape.Due(rows[at]) != 0 {
			old, next := rows[at], *rows[at]
			*s.shape.Due(&next) = 0
			s.Put(i, old, &next)
		}
	}
}

// Say records an event.
func (s *Sheet[R, H]) Say(e marque.Event) { s.Change.Say = append(s.Change.Say, e) }

// Note records an entry of history.
func (s *Sheet[R, H]) Note(h H) { s.Change.Past = append(s.Change.Past, h) }

// Changed reports whether there is something to commit.
func (s *Sheet[R, H]) Changed() bool { return len(s.Change.Rows) > 0 }
