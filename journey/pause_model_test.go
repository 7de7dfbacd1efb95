package journey_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/journey/pause"
)

// Under whatever pauses of a journey and of a node, one in the other or across each other, a frozen wait lasts as many
// minutes as it would have, of those in which nothing kept it.
func TestFreezeCountsFreeMinutes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t, decode(t, fourHours)...)
		type turn struct {
			minute int
			node   string
			begin  bool
		}
		var turns []turn
		for _, node := range []string{"", "w"} {
			minute := 0
			for range rapid.IntRange(0, 3).Draw(r, "pauses") {
				begin := minute + rapid.IntRange(1, 150).Draw(r, "free")
				minute = begin + rapid.IntRange(1, 200).Draw(r, "paused")
				turns = append(turns, turn{begin, node, true}, turn{minute, node, false})
			}
		}
		slices.SortStableFunc(turns, func(a, b turn) int { return a.minute - b.minute })
		w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
		clock := func(minute int) string {
			return at("2026-03-02 08:00:00").Add(time.Duration(minute) * time.Minute).Format(time.DateTime)
		}
		kept, left, want, next := map[string]bool{}, 240, -1, 0
		for minute := 0; want < 0; minute++ {
			if left == 0 && len(kept) == 0 {
				want = minute
			}
			for next < len(turns) && turns[next].minute == minute {
				if x := turns[next]; x.begin {
					kept[x.node] = true
				} else {
					delete(kept, x.node)
				}
				next++
			}
			if want < 0 && left == 0 && len(kept) == 0 {
				want = minute
			}
			if len(kept) == 0 {
				left--
			}
		}
		for _, x := range turns {
			if x.begin {
				w.pause(clock(x.minute), pause.Order{Journey: "x", Node: x.node})
			} else {
				w.resume(clock(x.minute), "x", x.node, pause.Freeze)
			}
		}
		w.until("2026-03-09 00:00:00")
		require.Equal(t, []string{fmt.Sprintf("%s message.sent push m", clock(want)[5:])}, w.said("message.sent"), "%v", turns)
	})
}
