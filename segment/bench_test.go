package segment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/segment"
)

// A look at five segments that changes nothing.
func BenchmarkDeriveNoChange(b *testing.B) {
	w, book := world(b, segment.NewMemory(), defs[:5])
	w.Attrs["p7"] = map[string]any{"city": "Chongqing"}
	for i := range 1000 {
		w.Track(order(fmt.Sprintf("p%d", i), marque.Duration(i)))
	}
	ps := []rule.Pass{w.Pass("p7")}
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if said, err := book.Derive(ctx, names, ps); err != nil || len(said) > 0 {
			b.Fatal(said, err)
		}
	}
}

// Each event moves the end of a window, and nothing else.
func BenchmarkDeriveWindowMoves(b *testing.B) {
	lex, plan := compile(b, defs[:5])
	book := segment.NewBook(segment.NewMemory(), plan, nil)
	w := derivedtest.NewWorld(b, lex, book)
	w.Track(order("ann", 0))
	p := w.Pass("ann")
	slot, _ := lex.Event("order_paid")
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Now = start.Add(time.Duration(i) * time.Millisecond)
		p.Facts.Events[slot][0].At = rule.At(p.Now)
		if _, err := book.Derive(ctx, names, []rule.Pass{p}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEnterAndLeave(b *testing.B) {
	lex, plan := compile(b, defs[3:4])
	book := segment.NewBook(segment.NewMemory(), plan, nil)
	w := derivedtest.NewWorld(b, lex, book)
	p := w.Pass("ann")
	names, ctx := w.Names(), b.Context()
	cities := []rule.Value{rule.StringValue("Chongqing"), rule.StringValue("Beijing")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Facts.Attrs[0] = cities[i%2]
		said, err := book.Derive(ctx, names, []rule.Pass{p})
		if err != nil || len(said) != 1 {
			b.Fatal(said, err)
		}
		if err := book.Taken(ctx, []string{said[0].ID}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFill(b *testing.B) {
	w, book := world(b, segment.NewMemory(), defs[:5])
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	w.Track(order("ann", 0))
	f := w.Facts("ann")
	people, need, ctx := []*rule.Facts{f}, rule.Need{Segments: []int{0}}, b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if err := book.Fill(ctx, need, start, people); err != nil {
			b.Fatal(err)
		}
	}
}
