package turn

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/journey/graph"
)

func never(time.Time) bool { return false }

func TestTurns(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ms := func(ns ...int) (at []time.Duration) {
		for _, n := range ns {
			at = append(at, time.Duration(n)*time.Millisecond)
		}
		return at
	}
	for _, c := range []struct {
		name string
		n    int
		per  string
		want []time.Duration // of the first
	}{
		{"one by one", 3, "second", ms(0, 400, 700, 1000, 1400)},
		{"by tenths", 20, "second", ms(0, 0, 100, 100, 200)},
		{"two a minute", 2, "minute", ms(0, 30_000, 60_000)},
		{"two a second, said per minute", 120, "minute", ms(0, 0, 1000, 1000, 2000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := New(graph.Rate{N: c.n, Per: c.per})
			for i, want := range c.want {
				at, late := l.Take(Ask{}, noon, never)
				require.False(t, late)
				if want == 0 {
					require.Zero(t, at, i)
				} else {
					require.Equal(t, noon.Add(want), at, i)
				}
			}
		})
	}
}

// One of a higher rank takes the next turn of a lower one, who takes another at the end. It does not matter who of them
// is asked first at a turn.
func TestRanks(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ms := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Millisecond) }
	l := New(graph.Rate{N: 20, Per: "second"})
	take := func(a Ask, now time.Time) time.Time {
		at, late := l.Take(a, now, never)
		require.False(t, late)
		return at
	}
	for range 2 {
		require.Zero(t, take(Ask{}, noon))
	}
	for _, want := range []int{100, 100, 200, 200} {
		require.Equal(t, ms(want), take(Ask{}, noon))
	}
	require.Equal(t, ms(100), take(Ask{Rank: 1}, noon))
	require.Equal(t, ms(100), take(Ask{Rank: 9}, noon))
	require.Equal(t, ms(200), take(Ask{Rank: 1}, noon))
	require.Equal(t, ms(100), take(Ask{Rank: 9}, noon), "before one who came before it")
	for range 2 {
		require.Equal(t, ms(300), take(Ask{Booked: true, At: ms(100)}, ms(100)), "displaced")
	}
	require.Equal(t, ms(200), take(Ask{Booked: true, At: ms(100), Rank: 1}, ms(100)), "displaced, and displaces")
	for range 2 {
		require.Zero(t, take(Ask{Booked: true, At: ms(100), Rank: 9}, ms(100)))
	}
	for range 2 {
		require.Zero(t, take(Ask{Booked: true, At: ms(200), Rank: 1}, ms(200)))
	}
	require.Equal(t, ms(400), take(Ask{Booked: true, At: ms(200)}, ms(200)))

	at, late := l.Take(Ask{Rank: 9}, ms(200), func(at time.Time) bool { return at.After(ms(250)) })
	require.True(t, late)
	require.Equal(t, ms(300), at)
	at, late = l.Take(Ask{}, ms(200), func(at time.Time) bool { return at.After(ms(250)) })
	require.True(t, late)
	require.Equal(t, ms(400), at)
	require.Equal(t, ms(400), take(Ask{}, ms(200)), "who was too late took nothing")
}

// Whoever comes whenever, with or without a restart: nobody waits for ever, and no second gets more than the rate and
// a step; without a restart and without ranks each books once.
func TestRateHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		r := graph.Rate{N: n, Per: "second"}
		l := New(r)
		plain := rapid.Bool().Draw(t, "plain")
		type who struct {
			Ask
			booked int
		}
		start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		var waiting []*who
		for range rapid.IntRange(1, 200).Draw(t, "people") {
			w := &who{Ask: Ask{At: start.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)}}
			if !plain {
				w.Rank = rapid.IntRange(0, 2).Draw(t, "rank")
			}
			waiting = append(waiting, w)
		}
		var gone []time.Time
		for len(waiting) > 0 {
			slices.SortStableFunc(waiting, func(a, b *who) int {
				if c := a.At.Compare(b.At); c != 0 {
					return c
				}
				return a.Rank - b.Rank
			})
			w, now := waiting[0], waiting[0].At
			if !plain && rapid.IntRange(0, 99).Draw(t, "restart") == 0 && len(gone) > 0 && now.Sub(gone[len(gone)-1]) >= time.Second/10 {
				l = New(r)
			}
			at, _ := l.Take(w.Ask, now, never)
			if at.IsZero() {
				gone, waiting = append(gone, now), waiting[1:]
				continue
			}
			if !at.After(now) {
				t.Fatalf("booked %v at %v", at, now)
			}
			if w.booked++; plain && w.booked > 1 || w.booked > 1000 {
				t.Fatalf("books %d times", w.booked)
			}
			w.Booked, w.At = true, at
		}
		if !plain {
			return
		}
		most := n + max(1, n/10)
		for i := range gone {
			if j := i + most; j < len(gone) && gone[j].Sub(gone[i]) < time.Second {
				t.Fatalf("more than %d within a second from %v", most, gone[i])
			}
		}
	})
}
