package scoring

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

const start = rule.Instant(1_780_000_000_000_000)

// curves draws what scores are made of: terms that have begun.
func curves(t *rapid.T, fades bool) rule.Curve {
	var c rule.Curve
	for range rapid.IntRange(0, 14).Draw(t, "terms") {
		x := rule.Term{From: start - rule.Instant(rapid.Int64Range(0, 30*86400e6).Draw(t, "age")), Points: float64(rapid.IntRange(-300, 500).Draw(t, "points")) / 10}
		switch kind := rapid.IntRange(0, 2).Draw(t, "kind"); {
		case kind == 0 && fades:
			x.HalfLife = marque.Duration(rapid.Int64Range(int64(marque.Hour), int64(400*marque.Day)).Draw(t, "half"))
		case kind == 1:
			x.Until = start + rule.Instant(rapid.Int64Range(1, 40).Draw(t, "ends"))*86400e6
		}
		c = append(c, x)
	}
	return c
}

// The instant of a crossing is the first microsecond at which the score is on the other side.
func TestFlipIsTheFirstMicrosecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := curves(t, rapid.Bool().Draw(t, "fades"))
		level := float64(rapid.IntRange(-40, 80).Draw(t, "level")) + rapid.SampledFrom([]float64{0, 0.25}).Draw(t, "part")
		above := c.At(start) >= level
		at := flip(c, level, start)
		end := at
		if at == 0 {
			end = start + 100*86400e6
		} else {
			require.NotEqual(t, above, c.At(at) >= level, "at the instant")
		}
		for back := rule.Instant(1); end-back >= start; back *= 3 {
			require.Equal(t, above, c.At(end-back) >= level, "%d µs before", back)
		}
		for range 50 {
			between := start + rule.Instant(rapid.Int64Range(0, int64(end-start)-1).Draw(t, "between"))
			require.Equal(t, above, c.At(between) >= level, "%d µs before", end-between)
		}
	})
}

// What only vanishes is looked at from end to end, with the same answer.
func TestStepIsCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := curves(t, false)
		level := float64(rapid.IntRange(-400, 800).Draw(t, "level")) / 10
		want := c.Cross(level, start)
		if want == rule.Never {
			want = 0
		}
		require.Equal(t, want, step(c, level, start))
	})
}

func TestBoundCutsOff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := curves(t, true)
		lo, hi := float64(rapid.IntRange(-30, 5).Draw(t, "min")), float64(rapid.IntRange(6, 60).Draw(t, "max"))
		s := score{Def: Def{Min: &lo, Max: &hi}}
		out, end := s.bound(c, start)
		if end == 0 {
			end = start + 300*86400e6
		}
		for range 40 {
			at := start + rule.Instant(rapid.Int64Range(0, int64(end-start)-1).Draw(t, "at"))
			require.InDelta(t, max(lo, min(hi, c.At(at))), out.At(at), 1e-9)
		}
	})
}

func TestFadeIsAHalfPerHalfLife(t *testing.T) {
	require.Equal(t, 0.5, fade(micros(10*marque.Day), 10*marque.Day))
	require.Equal(t, 0.25, fade(micros(20*marque.Day), 10*marque.Day))
	require.Equal(t, 1.0, fade(micros(20*marque.Day), 0))
	require.InDelta(t, math.Sqrt2/2, fade(micros(5*marque.Day), 10*marque.Day), 1e-15)
}
