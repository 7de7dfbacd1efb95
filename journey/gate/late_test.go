package gate_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
)

// Lateness is what a walk over every minute counts outside the quiet hours, over shifts of the clock too.
func TestLatenessByTheMinute(t *testing.T) {
	r, _ := compile(t, graph.Policy{})
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"}).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		clock := func(name string) string {
			return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, name), 15*rapid.IntRange(0, 3).Draw(t, name+" quarter"))
		}
		q := graph.Quiet{From: clock("from"), To: clock("to")}
		if q.Validate() != nil {
			return
		}
		day := rapid.SampledFrom([]string{"2026-03-07 00:00", "2026-03-28 00:00", "2026-04-04 00:00", "2026-10-03 00:00", "2026-10-24 00:00", "2026-10-31 00:00", "2026-06-01 00:00"}).Draw(t, "day")
		planned := at(day).Add(time.Duration(rapid.IntRange(0, 2*24*60).Draw(t, "minute")) * time.Minute)
		now := planned.Add(time.Duration(rapid.IntRange(1, 3*24*60).Draw(t, "later")) * time.Minute)
		start, _ := civil.ParseClock(q.From)
		end, _ := civil.ParseClock(q.To)
		window, want := civil.Window{Start: start, End: end}, marque.Duration(0)
		for m := planned; m.Before(now); m = m.Add(time.Minute) {
			if !window.In(m, loc) {
				want += marque.Minute
			}
		}
		g := r.Gate(&graph.Def{Quiet: &q, Late: &graph.Late{After: marque.Second}})
		if by, late := g.Late(gate.Message{Channel: "push"}, planned, now, loc); by != want || late != (want > marque.Second) {
			t.Fatalf("%s to %s in %s, quiet %s to %s: %s, want %s", planned, now, zone, q.From, q.To, by, want)
		}
	})
}
