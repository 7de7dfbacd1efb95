package live_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/segment/live"
)

// many is a plan of n segments over five kinds of events.
func many(t require.TestingT, n int) (*segment.Plan, *rule.Lexicon) {
	s := rule.Schema{Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}}, Tags: []string{"vip"}}
	for i := range 6 {
		s.Events = append(s.Events, rule.EventType{Name: fmt.Sprintf("event%d", i)})
	}
	var defs []segment.Def
	for i := range n {
		name := fmt.Sprintf("s%d", i)
		s.Segments = append(s.Segments, name)
		when := fmt.Sprintf(`times("event%d", within("%dd")) >= %d`, i%5, 1+i, 1+i/5%4)
		switch i % 4 {
		case 1:
			when += ` and city in ["a", "b", "c"]`
		case 2:
			when = fmt.Sprintf(`age >= %d and not has_tag("vip")`, i%60)
		case 3:
			when = fmt.Sprintf(`did("event%d", within("%dd")) and age < %d`, i%5, 1+i, i%70)
		}
		defs = append(defs, segment.Def{Name: name, When: when})
	}
	lex, err := s.Compile()
	require.NoError(t, err)
	plan, err := segment.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	return plan, lex
}

// populate fills a table with people.
func populate(lex *rule.Lexicon, n int) *column.Table {
	people := column.NewTable(lex)
	rng := rand.New(rand.NewPCG(1, 2))
	cities := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	for i := range n {
		row := people.Add(fmt.Sprintf("person-%d", i))
		people.SetAttr(row, 0, rule.IntValue(int64(rng.IntN(90))))
		people.SetAttr(row, 1, rule.StringValue(cities[rng.IntN(len(cities))]))
		people.SetTag(row, rule.Mark{Slot: 0}, rng.IntN(5) == 0)
		for e := range 5 {
			at := noon.AddDate(0, 0, -200)
			for range rng.IntN(10) {
				at = at.Add(time.Duration(rng.IntN(20*24)) * time.Hour)
				people.AddHit(row, e, rule.Hit{At: rule.At(at)})
			}
		}
	}
	return people
}

// What one event costs with 200 segments live: one that none reads, and one that some 30 read.
func BenchmarkApply(b *testing.B) {
	plan, lex := many(b, 200)
	set, err := live.New(plan, populate(lex, 1000), noon, nil)
	require.NoError(b, err)
	for _, name := range []string{"event5", "event1"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			e := marque.Event{ID: "x", Name: name, Profile: "person-17", At: noon}
			for b.Loop() {
				if _, err := set.Apply(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What it costs to work out who is in 50 segments of a million people, and what they take.
func BenchmarkRebuild(b *testing.B) {
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	plan, lex := many(b, 50)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	set, err := live.New(plan, populate(lex, n), noon, nil)
	require.NoError(b, err)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		if cs := set.Rebuild(); len(cs) != 0 {
			b.Fatal(len(cs), "changes")
		}
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/person")
}

// An event that no segment reads allocates nothing.
func TestUnrelated(t *testing.T) {
	plan, lex := many(t, 200)
	set, err := live.New(plan, populate(lex, 10), noon, nil)
	require.NoError(t, err)
	e := marque.Event{ID: "x", Name: "event5", Profile: "person-1", At: noon}
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = set.Apply(e) }))
}
