package model_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/model"
)

// A customer as the host's own program knows him.
type customer struct {
	id     string
	visits int
	city   string
	bought bool
}

// customers are made up: visits help, Chengdu helps, the rest is chance.
func customers() (all []customer) {
	cities := []string{"Beijing", "Chengdu", "Wuhan"}
	chance := func(of, id string) float64 { return float64(marque.Bucket(of, id)) / marque.Buckets }
	for i := range 4000 {
		c := customer{id: fmt.Sprint("c", i)}
		c.visits = int(10 * chance("visits", c.id))
		c.city = cities[int(3*chance("city", c.id))]
		x := -2.5 + 0.3*float64(c.visits)
		if c.city == "Chengdu" {
			x++
		}
		c.bought = chance("bought", c.id) < 1/(1+math.Exp(-x))
		all = append(all, c)
	}
	return all
}

var visitsAndCity = model.Schema{{Name: "visits", Kind: model.Number}, {Name: "city", Kind: model.Category}}

func learn() (*model.Model, *model.Report) {
	table, err := model.NewTable(visitsAndCity)
	if err != nil {
		panic(err)
	}
	all := customers()
	for _, c := range all {
		if err := table.Add(c.bought, rule.IntValue(int64(c.visits)), rule.StringValue(c.city)); err != nil {
			panic(err)
		}
	}
	// Who trains and who tests is drawn by the customer's id.
	split := model.ByKey("2026-05", func(row int) string { return all[row].id }, model.Shares{Train: 0.7})
	m, report, err := model.Fit(table, split, nil)
	if err != nil {
		panic(err)
	}
	return m, report
}

// Learn from what came of earlier customers, see how good it is, and explain the score of a new one.
func Example() {
	m, report := learn()
	fmt.Printf("learnt from %d, tested on %d\n", report.Train.N, report.Test.N)
	for _, t := range m.Terms(0.95) {
		fmt.Printf("  %-6s %-8s odds × %.2f (%.2f to %.2f)\n", t.Feature, t.Level, t.Odds, t.Interval.Low, t.Interval.High)
	}
	auc, best := report.Test.AUC, report.Test.Deciles[0]
	fmt.Printf("AUC %.2f (%.2f to %.2f)\n", auc.Value, auc.Interval.Low, auc.Interval.High)
	fmt.Printf("the best tenth buys %.1f times as often as all\n", best.Lift)
	fmt.Println("warnings:", len(report.Warnings))

	e := m.Explain([]rule.Value{rule.IntValue(8), rule.StringValue("Chengdu")})
	fmt.Printf("she buys with %.0f %%\n  %+.2f baseline\n", 100*e.Probability, e.Baseline)
	for _, p := range e.Parts {
		fmt.Printf("  %+.2f %s %s\n", p.LogOdds, p.Name, p.Value)
	}
	// Output:
	// learnt from 2780, tested on 1220
	//   visits          odds × 2.50 (2.27 to 2.76)
	//   city   Chengdu  odds × 2.70 (2.18 to 3.34)
	//   city   Wuhan    odds × 1.03 (0.83 to 1.28)
	// AUC 0.73 (0.70 to 0.76)
	// the best tenth buys 2.2 times as often as all
	// warnings: 0
	// she buys with 71 %
	//   -1.21 baseline
	//   +1.09 visits 8
	//   +0.99 city "Chengdu"
}

// A feature that is known only after the outcome makes a model look good that is worth nothing.
func ExampleWarning() {
	table, err := model.NewTable(append(visitsAndCity, model.Feature{Name: "invoices", Kind: model.Number}))
	if err != nil {
		panic(err)
	}
	for _, c := range customers() {
		invoices := 0
		if c.bought {
			invoices = 1
		}
		if err := table.Add(c.bought, rule.IntValue(int64(c.visits)), rule.StringValue(c.city), rule.IntValue(int64(invoices))); err != nil {
			panic(err)
		}
	}
	_, report, err := model.Fit(table, model.ByKey("2026-05", nil, model.Shares{Train: 0.7}), nil)
	if err != nil {
		panic(err)
	}
	for _, w := range report.Warnings {
		fmt.Println(w)
	}
	// Output:
	// separated: the model tells the outcomes of the training rows apart without fault: only the penalty bounds its coefficients, and its probabilities are too sure
	// leak: invoices: alone it has an AUC of 1.000, 0.75 or more: is it known before the outcome?
}

// A file is read whole, and the error tells every place that cannot be used.
func ExampleReadCSV() {
	file := "visits,city,bought\n" +
		"3,Wuhan,yes\n" +
		"many,Wuhan,no\n" +
		"1,Chengdu,perhaps\n"
	_, err := model.ReadCSV(strings.NewReader(file), visitsAndCity, model.Outcome{Column: "bought", Yes: "yes", No: "no"}, nil)
	fmt.Println(err)
	// Output:
	// 3:1: visits: "many" is not a number
	// 4:11: bought: "perhaps" is neither "yes" nor "no"
}

// The model as a score that a scoring.Book keeps for each person: 10 points for each unit of log-odds.
func ExampleModel_Def() {
	m, _ := learn()
	def, err := m.Def("likely buyer", 10)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.1f for everybody\n", def.Base)
	for _, r := range def.Rules {
		fmt.Printf("%+.1f %s while %s\n", r.Points, r.Times, r.While)
	}
	// Output:
	// -26.7 for everybody
	// +3.2 visits while has(visits)
	// +14.6  while not has(visits)
	// +9.9  while city == "Chengdu"
	// +0.3  while city == "Wuhan"
}

// A model is kept as JSON.
func ExampleModel_MarshalJSON() {
	m, _ := learn()
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	var kept model.Model
	if err := json.Unmarshal(text, &kept); err != nil {
		panic(err)
	}
	row := []rule.Value{rule.IntValue(8), rule.StringValue("Chengdu")}
	fmt.Println(kept.Score(row) == m.Score(row), kept.Trained().N)
	// Output:
	// true 2780
}
