package profile_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/memory"
	"github.com/marque-go/marque/rule"
)

// start is the first instant of the tests.
var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// shop is a lexicon with five attributes and three kinds of events.
func shop() *rule.Lexicon {
	view := []rule.Field{{Name: "kind", Type: rule.String}, {Name: "price", Type: rule.Int}}
	return must(rule.Schema{
		Attributes: []rule.Field{
			{Name: "city", Type: rule.String, From: []string{"order.city"}}, {Name: "age", Type: rule.Int},
			{Name: "vip", Type: rule.Bool}, {Name: "spent", Type: rule.Float}, {Name: "born", Type: rule.Time},
		},
		Events: []rule.EventType{
			{Name: "view", Props: view}, {Name: "cart", Props: view},
			{Name: "order", Props: append(view[:2:2], rule.Field{Name: "city", Type: rule.String})},
		},
	}.Compile())
}

var names = []string{"view", "cart", "order"}

// BenchmarkAppend appends one event of one of 1,000 people who are known by one identifier.
func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	props := map[string]any{"kind": "shoe", "price": 1999}
	ids := make([][]marque.ID, 1000)
	for i := range ids {
		ids[i] = []marque.ID{{Kind: "openid", Value: fmt.Sprintf("o-%d", i)}}
	}
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			book := profile.NewBook(memory.New(), shop(), nil)
			keys := make([]string, b.N+size)
			for i := range keys {
				keys[i] = fmt.Sprintf("event-%d", i)
			}
			batch := make([]marque.Event, size)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += size {
				for j := range batch {
					at := start.Add(time.Duration(i+j) * time.Second)
					batch[j] = marque.Event{ID: keys[i+j], Name: names[(i+j)%3], At: at, IDs: ids[(i+j)%1000], Props: props}
				}
				if _, err := book.Append(ctx, batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFill reads five attributes and three histories of one person, with 30 events each.
func BenchmarkFill(b *testing.B) {
	ctx, lex := context.Background(), shop()
	book := profile.NewBook(memory.New(), lex, nil)
	who := []marque.ID{{Kind: "openid", Value: "o-1"}}
	es := []marque.Event{{Name: "profile.set", At: start, IDs: who, Props: map[string]any{
		"city": "Chongqing", "age": 31, "vip": true, "spent": 12.5, "born": start, "zone": "Asia/Shanghai"}}}
	for i := range 90 {
		es = append(es, marque.Event{Name: names[i%3], At: start.Add(time.Duration(i) * time.Hour), IDs: who, Props: map[string]any{"kind": "shoe"}})
	}
	id := must(book.Append(ctx, es)).Events[0].Profile
	need := rule.Need{Attrs: []int{0, 1, 2, 3, 4}, Events: []rule.EventNeed{{Slot: 0}, {Slot: 1}, {Slot: 2}}, IDs: true, Consents: true}
	facts := []*rule.Facts{rule.NewFacts(lex, id)}
	b.ReportAllocs()
	for b.Loop() {
		if err := book.Fill(ctx, need, start, facts); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMillion holds a million events of 20,000 people, and says what one takes in memory, Props and IDs apart.
func BenchmarkMillion(b *testing.B) {
	ctx := context.Background()
	const people, events = 20_000, 1_000_000
	props := map[string]any{"kind": "shoe", "price": 1999}
	for b.Loop() {
		ids := make([][]marque.ID, people)
		for i := range ids {
			ids[i] = []marque.ID{{Kind: "openid", Value: fmt.Sprintf("o-%d", i)}}
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		book := profile.NewBook(memory.New(), shop(), nil)
		began := time.Now()
		for i := range events {
			_, err := book.Append(ctx, []marque.Event{{
				ID: fmt.Sprintf("event-%d", i), Name: names[i%3], At: start.Add(time.Duration(i) * time.Second),
				IDs: ids[i*7919%people], Props: props,
			}})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(time.Since(began).Nanoseconds())/events, "ns/event")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/events, "B/event")
		runtime.KeepAlive(book)
	}
}
