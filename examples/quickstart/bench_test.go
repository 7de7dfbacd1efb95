package main

import (
	"io"
	"testing"
)

func BenchmarkShop(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := runShop(b.Context(), options{seed: 1, people: 4000, days: 60}, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
