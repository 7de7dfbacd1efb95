package rule_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

const (
	day = 24 * time.Hour
	us  = time.Microsecond
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func TestCross(t *testing.T) {
	now := rule.At(noon)
	half := func(days int) marque.Duration { return marque.Duration(days) * marque.Day }
	for _, x := range []struct {
		name  string
		curve rule.Curve
		level float64
		after time.Duration // 0: never
	}{
		{"nothing", nil, 1, 0},
		{"for good", rule.Curve{{From: now, Points: 10}}, 5, 0},
		{"ends", rule.Curve{{From: now, Points: 10, Until: now + 1}}, 5, us},
		{"begins", rule.Curve{{From: now + 7, Points: 10}}, 5, 7 * us},
		{"begins too low", rule.Curve{{From: now + 7, Points: 4}}, 5, 0},
		{"halves", rule.Curve{{From: now, Points: 100, HalfLife: half(2)}}, 50, 2*day + us},
		{"halves twice", rule.Curve{{From: now, Points: 100, HalfLife: half(2)}}, 25, 4*day + us},
		{"never at nothing", rule.Curve{{From: now, Points: 100, HalfLife: half(2)}}, 0, 0},
		{"two at once", rule.Curve{{From: now, Points: 60, HalfLife: half(2)}, {From: now, Points: 40, HalfLife: half(2)}}, 50, 2*day + us},
		{"down to what stays", rule.Curve{{From: now, Points: 60, HalfLife: half(2)}, {From: now, Points: 40}}, 70, 2*day + us},
		{"up from a minus", rule.Curve{{From: now, Points: -60, HalfLife: half(2)}, {From: now, Points: 40}}, 10, 2 * day},
		{"up over nothing", rule.Curve{{From: now, Points: -60, HalfLife: half(2)}}, 0, 0},
		{"ends while it falls", rule.Curve{{From: now, Points: 100, HalfLife: half(2), Until: now + 3600e6}}, 50, time.Hour},
		{"falls, begins, ends", rule.Curve{{From: now, Points: 100, HalfLife: half(2)}, {From: now + 3600e6, Points: 100}, {From: now, Points: -100, Until: now + 7200e6}}, 50, time.Hour},
	} {
		t.Run(x.name, func(t *testing.T) {
			got := x.curve.Cross(x.level, now)
			if x.after == 0 && x.name != "up over nothing" {
				require.Equal(t, rule.Never, got)
			} else if x.after != 0 {
				require.InDelta(t, int64(rule.At(noon.Add(x.after))), int64(got), 1)
				require.NotEqual(t, x.curve.At(now) >= x.level, x.curve.At(got) >= x.level)
				require.Equal(t, x.curve.At(now) >= x.level, x.curve.At(got-1) >= x.level)
			}
			require.Zero(t, testing.AllocsPerRun(10, func() { x.curve.Cross(x.level, now) }))
		})
	}
}

// Cross is never late, and exact where all that decays has one sign; and who follows it step by step arrives.
func TestCrossRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := rule.At(noon)
		sign := rapid.SampledFrom([]float64{1, -1, 0}).Draw(t, "sign") // 0: mixed
		var c rule.Curve
		for range rapid.IntRange(1, 5).Draw(t, "terms") {
			x := rule.Term{From: now + rule.Instant(rapid.Int64Range(-30*86400e6, 5*86400e6).Draw(t, "from")), Points: float64(rapid.IntRange(-50, 50).Draw(t, "points"))}
			if rapid.Bool().Draw(t, "decays") {
				x.HalfLife = marque.Duration(rapid.Int64Range(int64(marque.Hour), int64(60*marque.Day)).Draw(t, "half"))
				if sign != 0 && x.Points*sign < 0 {
					x.Points = -x.Points
				}
			}
			if rapid.Bool().Draw(t, "ends") {
				x.Until = x.From + rule.Instant(rapid.Int64Range(1, 40*86400e6).Draw(t, "for"))
			}
			c = append(c, x)
		}
		level := float64(rapid.IntRange(-40, 60).Draw(t, "level")) + rapid.SampledFrom([]float64{0, 0.25}).Draw(t, "part")
		above := c.At(now) >= level
		at := c.Cross(level, now)
		require.Greater(t, at, now)
		for range 60 {
			later := now + rule.Instant(rapid.Int64Range(0, 90*86400e6).Draw(t, "later"))
			if later < at {
				require.Equal(t, above, c.At(later) >= level, "at %v, before %v", later.Time(), at.Time())
			}
		}
		if at == rule.Never {
			return
		}
		require.Equal(t, above, c.At(at-1) >= level)
		if sign != 0 {
			require.NotEqual(t, above, c.At(at) >= level)
		}
		steps := 0
		for at != rule.Never && (c.At(at) >= level) == above {
			next := c.Cross(level, at)
			require.Greater(t, next, at)
			at = next
			steps++
			require.Less(t, steps, 50)
		}
	})
}
