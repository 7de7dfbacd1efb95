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

// A person through a journey of three steps: entry and message, wait, message and end.
func BenchmarkThreeSteps(b *testing.B) {
	w := newWorld(b, onOrder(send("s", "w", "push"), wait("w", "s2", journey.Wait{For: day}), send("s2", "", "push")))
	ctx, lease, now := context.Background(), marque.Lease{}, monday
	b.ReportAllocs()
	const batch = 256
	people := 0
	for b.Loop() {
		ps := make([]rule.Pass, batch)
		for i := range ps {
			people++
			p := fmt.Sprint(people)
			ps[i] = rule.Pass{Event: marque.Event{ID: p, Name: "order_paid", At: now, Profile: p}, Now: now}
		}
		_, err := w.runner.Handle(ctx, lease, ps)
		require.NoError(b, err)
		for _, at := range []time.Time{now, now.Add(24 * time.Hour)} {
			for {
				_, n, err := w.runner.Wake(ctx, lease, at, batch)
				require.NoError(b, err)
				_, m, err := w.runner.Dispatch(ctx, lease, at, batch)
				require.NoError(b, err)
				if n+m == 0 {
					break
				}
			}
		}
		now = now.Add(48 * time.Hour)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(people), "ns/person")
}

// Somebody who waits costs less than 1,800 bytes, their hold included.
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
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
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
	require.Less(t, each, uint64(1800))
}
