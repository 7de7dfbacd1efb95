package clv_test

import (
	"slices"
	"testing"

	"github.com/marque-go/marque/scoring/clv"
)

func BenchmarkFit(b *testing.B) {
	customers, others := simulated(2000, 1, afterPurchase), simulated(2000, 1, atAnyTime)
	for _, c := range []struct {
		name string
		fit  func() error
	}{
		{"BGNBD", func() error { _, err := clv.FitBGNBD(slices.Values(customers), nil); return err }},
		{"ParetoNBD", func() error { _, err := clv.FitParetoNBD(slices.Values(others), nil); return err }},
		{"GammaGamma", func() error { _, err := clv.FitGammaGamma(slices.Values(customers), nil); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.fit(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One customer, twelve months ahead.
func BenchmarkScore(b *testing.B) {
	c := clv.Customer{ID: "ann", X: 7, TX: 35, T: 38.86, Spend: 4000}
	for name, m := range map[string]clv.Model{"BGNBD": bg, "ParetoNBD": pareto} {
		v := must(clv.NewValuation(m, gg, year))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = v.Score(c)
			}
		})
	}
}
