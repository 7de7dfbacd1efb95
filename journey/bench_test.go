package journey_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

// An event that nobody listens to.
func BenchmarkListens(b *testing.B) {
	w := newWorld(b, crashDefs(b)...)
	e := marque.Event{Name: "page", Profile: "ann"}
	b.ReportAllocs()
	for b.Loop() {
		if w.runner.Listens(e) {
			b.Fatal()
		}
	}
}

// A view of somebody who is pending already: did A, and not B.
func BenchmarkHandlePending(b *testing.B) {
	w := newWorld(b, crashDefs(b)...)
	w.event("2026-03-02 10:00:00", "ann", "view item=1")
	ps := []rule.Pass{{Event: event("2026-03-02 10:00:01", "ann", "view item=2"), Now: at("2026-03-02 10:00:01")}}
	b.ReportAllocs()
	for b.Loop() {
		if said, err := w.runner.Handle(context.Background(), marque.Lease{}, ps); err != nil || len(said) > 0 {
			b.Fatal(said, err)
		}
	}
}

// A look whether something is due.
func BenchmarkDue(b *testing.B) {
	w := newWorld(b, crashDefs(b)...)
	w.event("2026-03-02 10:00:00", "ann", "view item=1")
	b.ReportAllocs()
	for b.Loop() {
		if due, err := w.runner.Due(context.Background(), marque.Parts{}, at("2026-03-02 10:00:01"), 1); err != nil || len(due) > 0 {
			b.Fatal(due, err)
		}
	}
}

// A person through a journey of three steps: entry, timer, action; with what is said taken from the feed.
func BenchmarkThreeSteps(b *testing.B) {
	const batch = 512
	l := newLine(b, 0)
	b.ReportAllocs()
	people := 0
	for b.Loop() {
		l.enter(batch)
		l.goOn(batch)
		people += batch
	}
	b.ReportMetric(float64(people)/b.Elapsed().Seconds(), "people/s")
}

// A person who wakes from a wait and goes on to the end while others go on waiting: it takes as long whether few or many
// do. What each of those costs counts the strings of their events.
func BenchmarkWake(b *testing.B) {
	for _, waiting := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(waiting), func(b *testing.B) {
			if testing.Short() && waiting > 10_000 {
				b.Skip("takes long")
			}
			const batch = 512
			before := heap()
			l := newLine(b, waiting)
			each := float64(heap()-before) / float64(waiting)
			b.ReportAllocs()
			people := 0
			for b.Loop() {
				b.StopTimer()
				l.enter(batch)
				b.StartTimer()
				l.goOn(batch)
				people += batch
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(people), "ns/person")
			b.ReportMetric(each, "B/waiting")
		})
	}
}

// line is a runner with one journey of three steps and hosts that cost nothing.
type line struct {
	t      testing.TB
	store  *journey.Memory
	runner *journey.Runner
	now    time.Time
	people int
}

// newLine has so many people wait for a distant time.
func newLine(t testing.TB, waiting int) *line {
	defs := []journey.Def{onOrder(wait("w", "t", journey.Wait{For: day}), journey.Node{ID: "t", Tag: &journey.Tag{Name: "vip"}})}
	set, err := compile(defs...)
	require.NoError(t, err)
	l := &line{t: t, store: journey.NewMemory(), now: monday}
	l.runner = journey.NewRunner(l.store, set, journey.Host{Doers: map[string]journey.Doer{
		"tag": journey.DoerFunc(func(context.Context, journey.Command) (journey.Outcome, error) { return journey.Outcome{}, nil }),
	}}, nil)
	l.now = monday.AddDate(100, 0, 0)
	for range waiting / 500 {
		l.enter(500)
		l.now = l.now.Add(time.Millisecond)
	}
	l.now = monday
	return l
}

// enter lets n people in, each with an event of their own.
func (l *line) enter(n int) {
	ps := make([]rule.Pass, n)
	for i := range ps {
		l.people++
		p := fmt.Sprintf("person-%09d", l.people)
		ps[i] = rule.Pass{Event: marque.Event{ID: "e" + p, Name: "order_paid", At: l.now, Profile: p}, Now: l.now}
	}
	_, err := l.runner.Handle(context.Background(), marque.Lease{}, ps)
	require.NoError(l.t, err)
	l.take()
}

// goOn lets those who came last go on to the end.
func (l *line) goOn(batch int) {
	l.now = l.now.Add(24 * time.Hour)
	_, n, err := l.runner.Wake(context.Background(), marque.Lease{}, l.now, batch)
	require.NoError(l.t, err)
	require.Equal(l.t, batch, n)
	_, n, err = l.runner.Dispatch(context.Background(), marque.Lease{}, l.now, batch)
	require.NoError(l.t, err)
	require.Equal(l.t, batch, n)
	l.take()
}

// take takes what was said.
func (l *line) take() {
	for {
		said, err := l.store.Pending(context.Background(), marque.Parts{}, 1024)
		require.NoError(l.t, err)
		if len(said) == 0 {
			return
		}
		ids := make([]string, len(said))
		for i := range said {
			ids[i] = said[i].ID
		}
		require.NoError(l.t, l.store.Taken(context.Background(), ids))
	}
}

// heap is what lives, without what pools keep for the next call.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Somebody who waits costs less than 1,000 bytes, their hold included, and some to spare.
func TestWaitingIsSmall(t *testing.T) {
	w := newWorld(t, onOrder(wait("w", "", journey.Wait{Event: "view", Within: 30 * day})))
	const n = 20_000
	people := make([]rule.Pass, n)
	for i := range people {
		p := fmt.Sprintf("person-%06d", i)
		people[i] = rule.Pass{Event: marque.Event{ID: "e" + p, Name: "order_paid", At: monday, Profile: p}, Now: monday}
		w.person(p)
	}
	_, err := w.runner.Handle(context.Background(), marque.Lease{}, people[:1])
	require.NoError(t, err)
	before := heap()
	for i := 0; i < n; i += 500 {
		_, err = w.runner.Handle(context.Background(), marque.Lease{}, people[i:i+500])
		require.NoError(t, err)
	}
	said, err := w.store.Pending(context.Background(), marque.Parts{}, 2*n)
	require.NoError(t, err)
	ids := make([]string, len(said))
	for i, e := range said {
		ids[i] = e.ID
	}
	require.NoError(t, w.store.Taken(context.Background(), ids))
	said, ids = nil, nil
	each := (heap() - before) / n
	runtime.KeepAlive(w)
	runtime.KeepAlive(people)
	t.Logf("%d bytes", each)
	require.Less(t, each, uint64(900))
}
