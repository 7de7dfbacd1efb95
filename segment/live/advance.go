package live

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
)

// Advance moves time: everybody who is due by now is looked at, at the very instant, earliest first and by profile
// within one. It returns who went in or out, in that order. Calling it often or seldom makes no difference to what
// it says, and an instant that the set has passed does nothing.
func (s *Set) Advance(now time.Time) []Change {
	return s.pass(rule.At(now))
}

func (s *Set) pass(to rule.Instant) []Change {
	if len(s.queue) == 0 || s.queue[0].at > to {
		s.now = max(s.now, to)
		return nil
	}
	s.begin(to)
	return s.end()
}

// Next is when the set has to look at somebody again though nothing happens, the zero time if never. It may be early.
func (s *Set) Next() time.Time {
	for len(s.queue) > 0 && s.due[s.queue[0].row] != s.queue[0].at {
		heap.Pop(&s.queue)
	}
	if len(s.queue) == 0 {
		return time.Time{}
	}
	return s.queue[0].at.Time()
}

func (s *Set) advance(to rule.Instant) {
	var rows []int
	for len(s.queue) > 0 && s.queue[0].at <= to {
		at := s.queue[0].at
		rows = rows[:0]
		for len(s.queue) > 0 && s.queue[0].at == at {
			w := heap.Pop(&s.queue).(waiting)
			if row := int(w.row); s.due[row] == at {
				s.due[row] = rule.Never
				rows = append(rows, row)
			}
		}
		slices.SortFunc(rows, func(a, b int) int {
			return cmp.Or(strings.Compare(s.people.Profile(a), s.people.Profile(b)), a-b)
		})
		for _, row := range rows {
			s.look(row, s.timed, at, "")
		}
	}
	s.now = max(s.now, to)
}

// wake makes a row due at an instant, unless it is due before.
func (s *Set) wake(row int, at rule.Instant) {
	if at >= s.due[row] {
		return
	}
	s.due[row] = at
	if len(s.queue) > 2*len(s.due)+64 { // most of it is out of date
		s.requeue()
	} else {
		heap.Push(&s.queue, waiting{at, uint32(row)})
	}
}

// requeue makes the queue anew of what is due.
func (s *Set) requeue() {
	s.queue = s.queue[:0]
	for row, at := range s.due {
		if at != rule.Never {
			s.queue = append(s.queue, waiting{at, uint32(row)})
		}
	}
	heap.Init(&s.queue)
}

// A waiting row is due at an instant, if the row still says so.
type waiting struct {
	at  rule.Instant
	row uint32
}

type queue []waiting

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at < q[j].at }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(waiting)) }
func (q *queue) Pop() any {
	old := *q
	w := old[len(old)-1]
	*q = old[:len(old)-1]
	return w
}
