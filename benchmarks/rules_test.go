package benchmarks

import (
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

const (
	month   = 30 * day
	quarter = 90 * day
	week    = 7 * day
)

// sources are the five rules in this library's language.
var sources = [...]string{
	`age >= 25 and age < 45 and city in ["Shanghai", "Beijing", "Chengdu"] and level >= 3`,
	`orders >= 5 and spent > 20000 and days_since(last_order) < 30`,
	`has_tag("vip") and not has_tag("complained")`,
	`times("view", within("7d")) >= 2 and times("order_paid", within("7d")) == 0`,
	`(city == "Shenzhen" or city == "Hangzhou" or city == "Shanghai") and email endsWith "@example.com" and (level >= 5 or spent > 15000)
		and not unsubscribed and days_since(last_order) < 90`,
}

// byHand are the five rules as a Go programmer writes them for the rows of this library. What is missing is zero
// to the methods of a value, which is a "no" in all conditions but one.
var byHand = [...]func(f *rule.Facts, now rule.Instant) bool{
	func(f *rule.Facts, now rule.Instant) bool {
		if n := f.Attrs[age].Int(); n < 25 || n >= 45 {
			return false
		}
		switch f.Attrs[city].Text() {
		case "Shanghai", "Beijing", "Chengdu":
			return f.Attrs[level].Int() >= 3
		}
		return false
	},
	func(f *rule.Facts, now rule.Instant) bool {
		return f.Attrs[orders].Int() >= 5 && f.Attrs[spent].Int() > 20000 && now-f.Attrs[lastOrder].Instant() < month
	},
	func(f *rule.Facts, now rule.Instant) bool {
		return tagged(f.Tags, vip, now) && !tagged(f.Tags, complained, now)
	},
	func(f *rule.Facts, now rule.Instant) bool {
		return recent(f.Events[view], 2, week, now) && !recent(f.Events[paid], 1, week, now)
	},
	func(f *rule.Facts, now rule.Instant) bool {
		switch f.Attrs[city].Text() {
		case "Shenzhen", "Hangzhou", "Shanghai":
		default:
			return false
		}
		if !strings.HasSuffix(f.Attrs[email].Text(), "@example.com") {
			return false
		}
		if f.Attrs[level].Int() < 5 && f.Attrs[spent].Int() <= 15000 {
			return false
		}
		if out := &f.Attrs[unsubscribed]; !out.Known() || out.Bool() {
			return false
		}
		return now-f.Attrs[lastOrder].Instant() < quarter
	},
}

func tagged(marks []rule.Mark, tag int, now rule.Instant) bool {
	for i := range marks {
		if m := &marks[i]; m.Slot == tag {
			return m.From <= now && (m.Until == 0 || now < m.Until)
		}
	}
	return false
}

// recent reports whether n or more of the hits are within a window before now. Few or none are later than now.
func recent(hits []rule.Hit, n int, window, now rule.Instant) bool {
	last := len(hits)
	for last > 0 && hits[last-1].At > now {
		last--
	}
	return last >= n && now-hits[last-n].At < window
}

// A row is what the sides over rows share.
type row struct {
	lex    *rule.Lexicon
	people []person
	facts  []*rule.Facts
}

// rows encodes n people.
func rows(n int) *row {
	r := &row{lex: lexicon(), people: crowd(n)}
	for i := range r.people {
		r.facts = append(r.facts, r.people[i].facts(r.lex))
	}
	return r
}

func (r *row) compile(k int) *rule.Rule {
	x, err := lang.New(r.lex, nil).Compile(sources[k], "")
	if err != nil {
		panic(err)
	}
	return x
}

// ours tests a compiled rule.
func (r *row) ours(k int) side {
	x, facts, now := r.compile(k), r.facts, noon
	return func(i, n int) (yes int) {
		for j := i % len(facts); n > 0; n-- {
			if x.Holds(now, facts[j], nil) {
				yes++
			}
			if j++; j == len(facts) {
				j = 0
			}
		}
		return yes
	}
}

// verdicts also asks until when.
func (r *row) verdicts(k int) side {
	x, facts, now := r.compile(k), r.facts, noon.Time()
	return judge(func(i int) bool { return x.Test(rule.Input{Now: now, Facts: facts[i]}).Truth == rule.True }).over(len(facts))
}

// floor calls the function written by hand.
func (r *row) floor(k int) side {
	f, facts, now := byHand[k], r.facts, noon
	return func(i, n int) (yes int) {
		for j := i % len(facts); n > 0; n-- {
			if f(facts[j], now) {
				yes++
			}
			if j++; j == len(facts) {
				j = 0
			}
		}
		return yes
	}
}
