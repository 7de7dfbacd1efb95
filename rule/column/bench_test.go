package column_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
)

// person is what a program without this library would keep: a plain struct, with flags for what is known.
type person struct {
	Age, Level, Orders, Spent, LastOrder                int64
	HasAge, HasLevel, HasOrders, HasSpent, HasLastOrder bool
	City, Email                                         string
	HasCity, HasEmail                                   bool
	Subscribed, HasSubscribed                           bool
	Vip, Blocked, Student                               bool
	Paid, Views                                         []int64
}

func market(t testing.TB) *rule.Lexicon {
	events := []rule.EventType{}
	for _, name := range []string{"order_paid", "view", "cart", "login", "share", "search"} {
		events = append(events, rule.EventType{Name: name})
	}
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "level", Type: rule.Int}, {Name: "orders", Type: rule.Int}, {Name: "spent", Type: rule.Int},
			{Name: "last_order", Type: rule.Time}, {Name: "city", Type: rule.String}, {Name: "email", Type: rule.String}, {Name: "subscribed", Type: rule.Bool},
			{Name: "rate", Type: rule.Float}, {Name: "birthday", Type: rule.Time}, {Name: "source", Type: rule.String},
		},
		Events: events,
		Tags:   []string{"vip", "blocked", "student", "t3", "t4", "t5", "t6", "t7"}, Scores: []string{"lead"}, Segments: []string{"new"},
	}.Compile()
	require.NoError(t, err)
	return lex
}

var cities = []string{"Beijing", "Chengdu", "Xian", "Shanghai", "Wuhan", "Hangzhou", "Nanjing", "Tianjin", "Suzhou", "Shenzhen", "Guangzhou", "Xiamen"}

// crowd fills a table one fact at a time, events in the order of time, and the plain structs beside it.
func crowd(t testing.TB, n int, plain bool) (*column.Table, []person) {
	rnd := rand.New(rand.NewPCG(1, 2))
	table := column.NewTable(market(t))
	var people []person
	if plain {
		people = make([]person, n)
	}
	now := rule.At(noon)
	left := make([][6]uint8, n)
	for i := range n {
		p := person{
			Age: int64(10 + rnd.IntN(70)), Level: int64(rnd.IntN(6)), Orders: int64(rnd.IntN(12)), Spent: int64(rnd.IntN(500000)),
			LastOrder: int64(now) - rnd.Int64N(int64(120*day)), City: cities[rnd.IntN(len(cities))],
			Email:  fmt.Sprintf("user%d@%s", i, []string{"example.com", "example.org", "qq.example", "mail.example"}[rnd.IntN(4)]),
			HasAge: rnd.IntN(20) > 0, HasLevel: rnd.IntN(20) > 0, HasOrders: rnd.IntN(20) > 0, HasSpent: rnd.IntN(20) > 0, HasLastOrder: rnd.IntN(10) > 0,
			HasCity: rnd.IntN(20) > 0, HasEmail: rnd.IntN(20) > 0, Subscribed: rnd.IntN(2) == 0, HasSubscribed: rnd.IntN(20) > 0,
			Vip: rnd.IntN(4) == 0, Blocked: rnd.IntN(10) == 0, Student: rnd.IntN(5) == 0,
		}
		row := table.Add(fmt.Sprintf("u%07d", i))
		set := func(slot int, ok bool, v rule.Value) {
			if ok {
				table.SetAttr(row, slot, v)
			}
		}
		set(0, p.HasAge, rule.IntValue(p.Age))
		set(1, p.HasLevel, rule.IntValue(p.Level))
		set(2, p.HasOrders, rule.IntValue(p.Orders))
		set(3, p.HasSpent, rule.IntValue(p.Spent))
		set(4, p.HasLastOrder, rule.TimeValue(rule.Instant(p.LastOrder)))
		set(5, p.HasCity, rule.StringValue(p.City))
		set(6, p.HasEmail, rule.StringValue(p.Email))
		set(7, p.HasSubscribed, rule.BoolValue(p.Subscribed))
		set(8, true, rule.FloatValue(rnd.Float64()))
		set(9, true, rule.TimeValue(now-rule.Instant(rnd.Int64N(int64(20000*day)))))
		set(10, true, rule.StringValue(cities[rnd.IntN(3)]))
		for tag, on := range []bool{p.Vip, p.Blocked, p.Student, rnd.IntN(3) == 0, rnd.IntN(3) == 0, rnd.IntN(3) == 0, rnd.IntN(3) == 0, rnd.IntN(3) == 0} {
			if on {
				table.SetTag(row, rule.Mark{Slot: tag, From: now - rule.Instant(rnd.Int64N(int64(300*day)))}, true)
			}
		}
		if plain {
			people[i] = p
		}
		for k := range left[i] {
			left[i][k] = uint8(rnd.IntN(25))
		}
	}
	for step := range 24 { // in the order of time, all people mixed
		for i := range n {
			i = int(uint64(i) * 7919 % uint64(n))
			for k := range left[i] {
				if rnd.IntN(24) < int(left[i][k]) {
					at := now - rule.Instant(24-step)*2*day + rule.Instant(rnd.Int64N(int64(2*day)))
					table.AddHit(i, k, rule.Hit{At: at})
					if plain && k < 2 {
						p := &people[i]
						list := []*[]int64{&p.Paid, &p.Views}[k]
						if *list == nil {
							*list = make([]int64, 0, left[i][k])
						}
						*list = append(*list, int64(at))
					}
				}
			}
		}
	}
	return table, people
}

var millions = sync.OnceValues(func() (*column.Table, []person) { return crowd(&testing.B{}, size(), true) })

// size is how many people the benchmarks have.
func size() int {
	if testing.Short() {
		return 50_000
	}
	return 1_000_000
}

const week = int64(7 * day)

// A promise is a rule, and the loop that a careful hand would write instead.
type promise struct {
	name, source string
	loop         func(p *person, now int64) bool
}

// times counts the newest, as a hand would.
func times(hits []int64, since, now int64) (n int) {
	for i := len(hits) - 1; i >= 0 && hits[i] > since; i-- {
		if hits[i] <= now {
			n++
		}
	}
	return n
}

func promises() []promise {
	return []promise{
		{"R1", `age >= 18 and age < 60 and city in ["Beijing", "Chengdu", "Xian"] and level >= 2`, func(p *person, _ int64) bool {
			return p.HasAge && p.Age >= 18 && p.Age < 60 && p.HasCity && (p.City == "Beijing" || p.City == "Chengdu" || p.City == "Xian") && p.HasLevel && p.Level >= 2
		}},
		{"R2", `orders >= 3 and spent > 100000 and days_since(last_order) < 30`, func(p *person, now int64) bool {
			return p.HasOrders && p.Orders >= 3 && p.HasSpent && p.Spent > 100000 && p.HasLastOrder && now-p.LastOrder < 30*int64(day)
		}},
		{"R3", `has_tag("vip") and not has_tag("blocked")`, func(p *person, _ int64) bool { return p.Vip && !p.Blocked }},
		{"R4", `times("order_paid", within("7d")) >= 2 and times("view", within("7d")) >= 3`, func(p *person, now int64) bool {
			return times(p.Paid, now-week, now) >= 2 && times(p.Views, now-week, now) >= 3
		}},
		{"R5", `(city == "Beijing" or city == "Xian" or level >= 4) and email endsWith "@example.com" and (orders > 5 or spent > 250000) and not (subscribed or age < 18)`, func(p *person, _ int64) bool {
			return (p.HasCity && (p.City == "Beijing" || p.City == "Xian") || p.HasLevel && p.Level >= 4) &&
				p.HasEmail && strings.HasSuffix(p.Email, "@example.com") && (p.HasOrders && p.Orders > 5 || p.HasSpent && p.Spent > 250000) &&
				p.HasSubscribed && !p.Subscribed && p.HasAge && p.Age >= 18
		}},
	}
}

// The loops and the rules find the same people.
func TestPromises(t *testing.T) {
	table, people := crowd(t, 5000, true)
	out := make([]uint64, (len(people)+63)/64)
	for _, x := range promises() {
		t.Run(x.name, func(t *testing.T) {
			q := column.Compile(table.Lexicon(), compile(t, table.Lexicon(), x.source))
			q.Run(table, rule.At(noon), out)
			found := 0
			for i := range people {
				want := x.loop(&people[i], int64(rule.At(noon)))
				found += int(out[i/64] >> (i % 64) & 1)
				require.Equal(t, want, out[i/64]>>(i%64)&1 == 1, "row %d", i)
			}
			require.Positive(t, found)
			require.NotContains(t, q.Plan(), "row by row")
			require.Less(t, testing.AllocsPerRun(10, func() { q.Run(table, rule.At(noon), out) }), 20.0) // a pool may be emptied
			t.Logf("%d of %d", found, len(people))
		})
	}
}

func BenchmarkMillion(b *testing.B) {
	table, people := millions()
	now := rule.At(noon)
	out := make([]uint64, (table.Len()+63)/64)
	for _, x := range promises() {
		b.Run(x.name+"/loop", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				clear(out)
				for i := range people {
					if x.loop(&people[i], int64(now)) {
						out[i/64] |= 1 << (i % 64)
					}
				}
			}
		})
		b.Run(x.name+"/columns", func(b *testing.B) {
			q := column.Compile(table.Lexicon(), compile(b, table.Lexicon(), x.source))
			b.ReportAllocs()
			for b.Loop() {
				q.Run(table, now, out)
			}
		})
	}
}

// What goes row by row, for comparison.
func BenchmarkRows(b *testing.B) {
	table, _ := millions()
	out := make([]uint64, (table.Len()+63)/64)
	for _, source := range []string{`age + level > 70`, `age > 70 and age + level > 80`, `times("view") > level`} {
		b.Run(source, func(b *testing.B) {
			q := column.Compile(table.Lexicon(), compile(b, table.Lexicon(), source))
			b.ReportAllocs()
			for b.Loop() {
				q.Run(table, rule.At(noon), out)
			}
		})
	}
}

// A rebuild is fifty segments over the whole population.
func BenchmarkRebuild(b *testing.B) {
	table, _ := millions()
	var queries []*column.Query
	for i := range 10 {
		for _, x := range promises() {
			source := strings.NewReplacer("18", fmt.Sprint(18+i), "100000", fmt.Sprint(100000+i*20000), `"vip"`, []string{`"vip"`, `"student"`, `"t3"`}[i%3], "7d", fmt.Sprint(7+i, "d")).Replace(x.source)
			queries = append(queries, column.Compile(table.Lexicon(), compile(b, table.Lexicon(), source)))
		}
	}
	out := make([]uint64, (table.Len()+63)/64)
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range queries {
			q.Run(table, rule.At(noon), out)
		}
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A million people with 11 attributes, 8 tags and 72 events each have to fit 1.5 GB.
func TestMemory(t *testing.T) {
	const n = 50_000
	before := heap()
	table, _ := crowd(t, n, false)
	each := float64(heap()-before) / n
	runtime.KeepAlive(table)
	t.Logf("%.0f bytes a person", each)
	require.Less(t, each, 1500.0)
}

// Filling a million rows fact by fact, events in the order of time; the heap afterwards.
func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		before := heap()
		table, _ := crowd(b, size(), false)
		b.ReportMetric(float64(heap()-before)/(1<<30), "GiB")
		runtime.KeepAlive(table)
	}
}
