// Package turn keeps the rate of a channel: who may go now, and when it is the turn of the others.
//
//	line := turn.New(graph.Rate{Channel: "sms", N: 100, Per: "second"})
//	at, late := line.Take(turn.Ask{}, now, late) // the zero time: go now; else come back at at, Booked
//
// It is a token bucket whose turns lie on a grid, of a tenth of a second for rates per second and of a second for rates
// per minute. The bucket holds what a step of the grid brings, so that no second gets more than the rate and a tenth.
package turn

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/marque-go/marque/journey/graph"
)

// A Line is the turns at one channel. What was booked in another Line, before a restart, books again when it comes, so
// that the rate holds whatever happens. Where turns are booked and one of a higher rank comes, that takes the turn of a
// lower; who comes then and finds the turn taken books another. It is safe for concurrent use, and the same calls give
// the same turns.
type Line struct {
	mu      sync.Mutex
	limiter *rate.Limiter
	grid    time.Duration // turns are at multiples of it
	booked  []turn        // by at
}

// turn is an instant with places for those of some ranks, the lowest first.
type turn struct {
	at    time.Time
	ranks []ranked
}

// ranked is how many of a rank have a place.
type ranked struct{ rank, n int }

// put gives a place to one of a rank.
func (x *turn) put(rank int) {
	i, found := x.find(rank)
	if !found {
		x.ranks = slices.Insert(x.ranks, i, ranked{rank: rank})
	}
	x.ranks[i].n++
}

// drop takes a place back from one of a rank, if any has one.
func (x *turn) drop(rank int) bool {
	i, found := x.find(rank)
	if !found {
		return false
	}
	if x.ranks[i].n--; x.ranks[i].n == 0 {
		x.ranks = slices.Delete(x.ranks, i, i+1)
	}
	return true
}

func (x *turn) find(rank int) (int, bool) {
	return slices.BinarySearchFunc(x.ranks, rank, func(r ranked, rank int) int { return cmp.Compare(r.rank, rank) })
}

// An Ask is somebody in the line.
type Ask struct {
	// Booked: it comes for the turn that it has, At.
	Booked bool
	At     time.Time
	// Rank: the highest goes first.
	Rank int
}

// New makes a line for a rate, which must be valid.
func New(r graph.Rate) *Line {
	unit, grid := time.Second, time.Second/10
	if r.Per == "minute" {
		unit, grid = time.Minute, time.Second
	}
	burst := max(1, r.N/int(unit/grid))
	return &Line{limiter: rate.NewLimiter(rate.Limit(float64(r.N)/unit.Seconds()), burst), grid: grid}
}

// Take lets somebody go now (the zero time), or books a later turn. late says whether a turn is too late, and then it
// takes none. Who goes now and comes again takes another turn. It costs a look into a list of the turns booked.
func (l *Line) Take(a Ask, now time.Time, late func(at time.Time) bool) (at time.Time, tooLate bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	over := 0
	for over < len(l.booked) && l.booked[over].at.Add(time.Second).Before(now) {
		over++
	}
	l.booked = slices.Delete(l.booked, 0, over)
	if i, found := l.find(a.At); a.Booked && found && l.booked[i].drop(a.Rank) {
		return at, false
	}
	if l.limiter.TokensAt(now) < 1 {
		for i := range l.booked {
			x := &l.booked[i]
			if !x.at.After(now) || len(x.ranks) == 0 || x.ranks[0].rank >= a.Rank {
				continue
			}
			if tooLate = late(x.at); !tooLate {
				x.drop(x.ranks[0].rank)
				x.put(a.Rank)
			}
			return x.at, tooLate
		}
	}
	place := l.limiter.ReserveN(now, 1)
	wait := place.DelayFrom(now)
	if wait <= 0 {
		return at, false
	}
	at = now.Add(wait + l.grid - 1).Truncate(l.grid)
	if late(at) {
		place.CancelAt(now)
		return at, true
	}
	i, found := l.find(at)
	if !found {
		l.booked = slices.Insert(l.booked, i, turn{at: at})
	}
	l.booked[i].put(a.Rank)
	return at, false
}

func (l *Line) find(at time.Time) (int, bool) {
	return slices.BinarySearchFunc(l.booked, at, func(x turn, at time.Time) int { return x.at.Compare(at) })
}
