package benchmarks

import (
	"fmt"
	"math/bits"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
)

// loops are the five rules as loops over plain structs. They set the bits of the people of whom the rule is true.
var loops = [len(sources)]func(people []person, now rule.Instant, out []uint64){
	func(people []person, now rule.Instant, out []uint64) {
		for i := range people {
			p := &people[i]
			if p.age >= 25 && p.age < 45 && (p.city == "Shanghai" || p.city == "Beijing" || p.city == "Chengdu") && p.level >= 3 {
				out[i/64] |= 1 << (i % 64)
			}
		}
	},
	func(people []person, now rule.Instant, out []uint64) {
		for i := range people {
			p := &people[i]
			if p.orders >= 5 && p.spent > 20000 && now-p.lastOrder < month {
				out[i/64] |= 1 << (i % 64)
			}
		}
	},
	func(people []person, now rule.Instant, out []uint64) {
		for i := range people {
			p := &people[i]
			if labelled(p.tags, vip, now) && !labelled(p.tags, complained, now) {
				out[i/64] |= 1 << (i % 64)
			}
		}
	},
	func(people []person, now rule.Instant, out []uint64) {
		for i := range people {
			p := &people[i]
			if since(p.events[view], 2, now-week, now) && !since(p.events[paid], 1, now-week, now) {
				out[i/64] |= 1 << (i % 64)
			}
		}
	},
	func(people []person, now rule.Instant, out []uint64) {
		for i := range people {
			p := &people[i]
			if (p.city == "Shenzhen" || p.city == "Hangzhou" || p.city == "Shanghai") && strings.HasSuffix(p.email, "@example.com") &&
				(p.level >= 5 || p.spent > 15000) && p.unsubscribed != nil && !*p.unsubscribed && now-p.lastOrder < quarter {
				out[i/64] |= 1 << (i % 64)
			}
		}
	},
}

func labelled(tags []label, tag int, now rule.Instant) bool {
	for i := range tags {
		if t := &tags[i]; t.tag == tag {
			return t.from <= now && (t.until == 0 || now < t.until)
		}
	}
	return false
}

// since reports whether n or more are later than from. Few or none are later than now.
func since(at []rule.Instant, n int, from, now rule.Instant) bool {
	last := len(at)
	for last > 0 && at[last-1] > now {
		last--
	}
	return last >= n && at[last-n] > from
}

// A town is many people, as structs and as columns.
type town struct {
	*row
	table *column.Table
}

// million is made once for all benchmarks that need it.
var million = sync.OnceValue(func() *town { return settle(1_000_000) })

func settle(n int) *town {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // there is next to no garbage to be found
	t := &town{row: &row{lex: lexicon(), people: crowd(n)}}
	t.table = column.NewTable(t.lex)
	f := rule.NewFacts(t.lex, "")
	for i := range t.people {
		t.people[i].fill(f)
		f.Profile = fmt.Sprintf("p%07d", i)
		t.table.Put(f)
	}
	return t
}

// sides are the loop and the query of a rule, and what they fill.
func (t *town) sides(k int) (loop, query func(int), byLoop, byQuery []uint64) {
	byLoop, byQuery = make([]uint64, (len(t.people)+63)/64), make([]uint64, (len(t.people)+63)/64)
	q := column.Compile(t.lex, t.compile(k))
	loop = func(int) {
		clear(byLoop)
		loops[k](t.people, noon, byLoop)
	}
	return loop, func(int) { q.Run(t.table, noon, byQuery) }, byLoop, byQuery
}

const passes = 7 // over a million people

// Columns are at least as fast as a loop over a million structs, whatever the rule: the ratio is that of the rule
// that gains least.
func BenchmarkPromiseColumns(b *testing.B) {
	t := million()
	var all []float64
	for k := range sources {
		loop, query, _, _ := t.sides(k)
		all = append(all, inTurn(passes, loop, query))
	}
	report(b, slices.Min(all), "ratio")
}

// BenchmarkColumns gives the gain of each rule. Those of attributes and tags, the first three, gain twice or more.
func BenchmarkColumns(b *testing.B) {
	t := million()
	for k := range sources {
		loop, query, _, _ := t.sides(k)
		b.Run(fmt.Sprintf("R%d", k+1), func(b *testing.B) { report(b, inTurn(passes, loop, query), "times") })
	}
}

// Loops and columns find the people that the compiled rule finds.
func TestColumnsAgree(t *testing.T) {
	const n = 10_000
	x := settle(n)
	r := rows(n)
	for k := range sources {
		loop, query, byLoop, byQuery := x.sides(k)
		loop(0)
		query(0)
		require.Equal(t, byLoop, byQuery, "R%d", k+1)
		count := 0
		for _, w := range byLoop {
			count += bits.OnesCount64(w)
		}
		require.Equal(t, r.ours(k)(0, n), count, "R%d", k+1)
	}
}
