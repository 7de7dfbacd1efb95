package audience_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// must is for what the examples write themselves.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// shop is a population of n people of a shop. Mothers of infants, half of them tagged so, buy diapers and live in the
// new quarters more often; a fifth of the people never told their age.
func shop(n int) (*column.Table, func(string) *rule.Rule) {
	lex := must(rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "age", Type: rule.Int}, {Name: "joined", Type: rule.Time}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}, {Name: "view_diapers"}},
		Tags:       []string{"mother", "vip"},
		Scores:     []string{"lead"},
		Segments:   []string{"active"},
	}.Compile())
	t, r := column.NewTable(lex), rand.New(rand.NewPCG(2026, 6))
	cities := []string{"Chengdu", "Shanghai", "Beijing", "Xi'an", "Wuhan"}
	for i := range n {
		f := rule.NewFacts(lex, fmt.Sprintf("p%05d", i))
		mother := r.Float64() < 0.2
		city, age := r.IntN(5), 18+r.IntN(50)
		if mother {
			city, age = min(city, r.IntN(5)), 24+r.IntN(14)
		}
		f.Attrs[0] = rule.StringValue(cities[city])
		if r.Float64() < 0.8 {
			f.Attrs[1] = rule.IntValue(int64(age))
		}
		f.Attrs[2] = rule.TimeValue(rule.At(now.AddDate(0, 0, -r.IntN(1000))))
		if mother && r.Float64() < 0.5 {
			f.Tags = append(f.Tags, rule.Mark{Slot: 0, From: rule.At(now.AddDate(0, -1, 0))})
		}
		if r.Float64() < 0.05 {
			f.Tags = append(f.Tags, rule.Mark{Slot: 1, From: rule.At(now.AddDate(0, -1, 0))})
		}
		for range r.IntN(4) {
			at := rule.At(now.Add(-time.Duration(r.IntN(200*24)) * time.Hour))
			f.Events[0] = append(f.Events[0], rule.Hit{At: at, Props: []rule.Value{rule.IntValue(int64(1000 + r.IntN(20000)))}})
		}
		if viewed := r.Float64(); viewed < 0.05 || mother && viewed < 0.8 {
			f.Events[1] = append(f.Events[1], rule.Hit{At: rule.At(now.Add(-time.Duration(r.IntN(60*24)) * time.Hour))})
		}
		f.Consents = []rule.Consent{{Channel: "sms", OK: r.Float64() < 0.6, At: rule.At(now.AddDate(-1, 0, 0))}}
		t.Put(f)
	}
	compiler := lang.New(lex, nil)
	return t, func(text string) *rule.Rule { return must(compiler.Compile(text, "")) }
}
