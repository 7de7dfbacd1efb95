package audience_test

import (
	"testing"

	"github.com/marque-go/marque/segment/audience"
)

func BenchmarkTable(b *testing.B) {
	table, compile := shop(100_000)
	r, other := compile(`age < 30 and did("order_paid", within("90d"))`), compile(`age < 40 and city == "Chengdu"`)
	everybody, mothers := audience.Everybody(table), audience.Ask(table, compile(`has_tag("mother")`), now).In
	for _, op := range []struct {
		name string
		do   func()
	}{
		{"ask", func() { audience.Ask(table, r, now) }},
		{"size", func() { audience.Size(table, r, now, nil) }},
		{"diff", func() { audience.Diff(table, r, other, now, nil) }},
		{"portray", func() {
			_, _ = audience.Portray(table, everybody, []audience.Named{{Name: "mothers", Set: mothers}}, now, nil)
		}},
		{"lookalike", func() { _, _ = audience.Lookalike(table, mothers, now, nil) }},
	} {
		b.Run(op.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				op.do()
			}
		})
	}
}
