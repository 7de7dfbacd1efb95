package audience

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// random draws each of a million rows with probability p.
func random(p float64, seed uint64) Set {
	r := rand.New(rand.NewPCG(seed, 0))
	words := make([]uint64, 1_000_000/64)
	for i := range words {
		for b := range 64 {
			if r.Float64() < p {
				words[i] |= 1 << b
			}
		}
	}
	return FromWords(words)
}

func BenchmarkAlgebra(b *testing.B) {
	for _, c := range []struct{ p, q float64 }{{.25, .25}, {.03, .03}, {.03, .25}, {.01, .01}, {.001, .001}, {.001, .25}} {
		x, y := random(c.p, 1), random(c.q, 2)
		for _, op := range []struct {
			name string
			do   func()
		}{
			{"and", func() { x.And(y) }}, {"or", func() { x.Or(y) }}, {"andnot", func() { x.AndNot(y) }}, {"common", func() { x.Common(y) }},
		} {
			b.Run(fmt.Sprintf("%s/%g_%g", op.name, c.p, c.q), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					op.do()
				}
			})
		}
	}
}

// BenchmarkChoice holds the two representations of the same sets against each other: where sets change from one to the
// other follows from it.
func BenchmarkChoice(b *testing.B) {
	for _, p := range []float64{.25, .06, .03, .015, .0075, .001} {
		x, y := random(p, 1).Words(make([]uint64, 1_000_000/64)), random(p, 2).Words(make([]uint64, 1_000_000/64))
		dense, other := Set{words: x, n: 1}, Set{words: y, n: 1}
		sparse, another := Set{sparse: roaring.FromDense(x, true), n: 1}, Set{sparse: roaring.FromDense(y, true), n: 1}
		b.Run(fmt.Sprintf("words/%g", p), func(b *testing.B) {
			for b.Loop() {
				dense.Common(other)
			}
			b.ReportMetric(float64(8*len(x)), "bytes")
		})
		b.Run(fmt.Sprintf("roaring/%g", p), func(b *testing.B) {
			for b.Loop() {
				sparse.Common(another)
			}
			b.ReportMetric(float64(sparse.sparse.GetSizeInBytes()), "bytes")
		})
	}
}

func BenchmarkSet(b *testing.B) {
	for _, p := range []float64{.25, .01} {
		s := random(p, 1)
		words := make([]uint64, 1_000_000/64)
		encoded, _ := s.MarshalBinary()
		for _, op := range []struct {
			name string
			do   func()
		}{
			{"from words", func() { FromWords(words) }},
			{"words", func() { s.Words(words) }},
			{"all", func() {
				for range s.All() {
				}
			}},
			{"sample", func() { s.Sample(1000, 1) }},
			{"marshal", func() { _, _ = s.MarshalBinary() }},
			{"unmarshal", func() { var t Set; _ = t.UnmarshalBinary(encoded) }},
		} {
			b.Run(fmt.Sprintf("%s/%g", op.name, p), func(b *testing.B) {
				s.Words(words)
				b.ReportAllocs()
				for b.Loop() {
					op.do()
				}
			})
		}
		b.Logf("%g: %d bytes encoded", p, len(encoded))
	}
}

func BenchmarkEstimateOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		EstimateOf(1_000_000, 10_000, 3_000, 0, 0.95)
	}
}
