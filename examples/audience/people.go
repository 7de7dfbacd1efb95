package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/where"
)

// people makes a synthetic population: who is from Chongqing orders more, who came by WeChat views more.
func people(lex *rule.Lexicon, n int) *column.Table {
	table := column.NewTable(lex)
	rng := rand.New(rand.NewPCG(2026, 6))
	cities := []string{"Beijing", "Chengdu", "Chongqing", "Shanghai", "Wuhan"}
	age, city, order, view, wechat := 0, 1, 0, 1, 0 // slots, in the order of the schema
	for i := range n {
		row := table.Add(fmt.Sprintf("person-%d", i))
		home := rng.IntN(len(cities))
		table.SetAttr(row, city, rule.StringValue(cities[home]))
		if rng.IntN(5) > 0 { // the others never said
			table.SetAttr(row, age, rule.IntValue(int64(16+rng.IntN(60))))
		}
		orders, views := rng.IntN(4), rng.IntN(6)
		if home == 2 {
			orders += rng.IntN(3)
		}
		if rng.IntN(3) == 0 {
			table.SetTag(row, rule.Mark{Slot: wechat}, true)
			views *= 2
		}
		for range orders {
			table.AddHit(row, order, rule.Hit{At: ago(rng, 120), Props: []rule.Value{rule.IntValue(int64(1000 + rng.IntN(50_000)))}})
		}
		for range views {
			table.AddHit(row, view, rule.Hit{At: ago(rng, 60)})
		}
	}
	return table
}

func ago(rng *rand.Rand, days int) rule.Instant {
	return rule.At(now.Add(-time.Duration(rng.IntN(days*24*60)) * time.Minute))
}

// mapping says how a shop's database holds the same people.
var mapping = where.Mapping{
	People:     where.People{Table: "customers", ID: "id"},
	Attributes: map[string]where.Column{"age": {Name: "age"}, "city": {Name: "city"}},
	Log:        where.Log{Table: "events", Profile: "customer_id", Name: where.Column{Name: "name"}, At: where.Column{Name: "at", Native: true}, JSON: "props"},
}
