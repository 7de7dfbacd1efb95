package identity_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

const crowd = 100_000 // identifiers

// filled is a graph of people with size identifiers each, and an observation of each of them but the first of a
// person, which is in all.
func filled(b *testing.B, size int) (g *identity.Graph, obs []identity.Observation) {
	r := compile(b, shop)
	g = identity.NewGraph(r)
	for p := range crowd / size {
		member := id("member", fmt.Sprintf("m-%d", p))
		for i := range size - 1 {
			obs = append(obs, identity.Observation{
				Key: fmt.Sprintf("event-%d-%d", p, i), At: start.Add(time.Duration(len(obs)) * time.Second),
				IDs: []marque.ID{member, id("device", fmt.Sprintf("device-%d-%d", p, i))},
			})
		}
	}
	g.Observe(obs...)
	return g, obs
}

// What is known already.
func BenchmarkRepeat(b *testing.B) {
	for _, size := range []int{5, 500} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			g, obs := filled(b, size)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				o := obs[i*7919%len(obs)]
				o.At = o.At.AddDate(1, 0, 0)
				g.Observe(o)
				i++
			}
		})
	}
}

// A new identifier of somebody who is known.
func BenchmarkNew(b *testing.B) {
	for _, size := range []int{5, 500} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			g, obs := filled(b, size)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				o := obs[i*7919%len(obs)]
				o.At = start.AddDate(1, 0, i)
				g.Observe(identity.Observation{Key: o.Key, At: o.At, IDs: []marque.ID{o.IDs[0], id("cookie", fmt.Sprint("cookie ", i))}})
				i++
			}
		})
	}
}

// A link is taken back, and is there again.
func BenchmarkUnlink(b *testing.B) {
	for _, size := range []int{5, 500} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			g, obs := filled(b, size)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				o := obs[i/2%len(obs)]
				g.Rule(identity.Ruling{Key: "r", At: start.Add(time.Duration(i)), A: o.IDs[0], B: o.IDs[1], Linked: i%2 == 1})
				i++
			}
		})
	}
}

func BenchmarkResolve(b *testing.B) {
	g, obs := filled(b, 5)
	r, e := compile(b, shop), g.Evidence(obs[0].IDs[0])
	b.ReportAllocs()
	for b.Loop() {
		r.Resolve(e)
	}
}

// What a graph takes for an identifier, but for the strings themselves, which are the host's.
func BenchmarkMemory(b *testing.B) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	_, obs := filled(b, 5)
	for b.Loop() {
		before := heap()
		g := identity.NewGraph(compile(b, shop))
		g.Observe(obs...)
		b.ReportMetric(float64(heap()-before)/float64(g.Len()), "B/id")
		runtime.KeepAlive(g)
	}
	runtime.KeepAlive(obs)
}
