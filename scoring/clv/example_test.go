package clv_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/scoring/clv"
)

// shop is a small shop after a year, in weeks: N customers of each kind.
var shop = []clv.Customer{
	{X: 0, T: 50, N: 120}, {X: 0, T: 30, N: 80}, {X: 0, T: 10, N: 60},
	{X: 1, TX: 6, T: 50, Spend: 900, N: 12}, {X: 1, TX: 20, T: 45, Spend: 9800, N: 6}, {X: 1, TX: 8, T: 12, Spend: 3300, N: 19},
	{X: 2, TX: 15, T: 50, Spend: 6900, N: 7}, {X: 2, TX: 30, T: 35, Spend: 1700, N: 8},
	{X: 4, TX: 22, T: 48, Spend: 5100, N: 5}, {X: 4, TX: 39, T: 42, Spend: 2600, N: 7},
	{X: 9, TX: 46, T: 50, Spend: 1900, N: 4}, {X: 15, TX: 48, T: 49, Spend: 6400, N: 2},
}

// From customers to models, and to who is worth most in the next year.
func Example() {
	buying := must(clv.FitBGNBD(slices.Values(shop), nil))
	amounts := must(clv.FitGammaGamma(slices.Values(shop), nil))
	fmt.Println(buying.Fit().Converged, amounts.Fit().Converged, buying.Fit().Customers)
	fmt.Printf("a new customer comes back %.2f times in a year and spends %.0f\n", buying.Expected(52), amounts.Expected())

	value := must(clv.NewValuation(buying, amounts, clv.Horizon{Periods: 12, Length: 52.0 / 12, Rate: 0.01}))
	people := []clv.Customer{
		{ID: "ann", X: 9, TX: 46, T: 50, Spend: 3600},
		{ID: "bob", X: 9, TX: 20, T: 50, Spend: 3600}, // as often, but long ago
		{ID: "cid", X: 2, TX: 30, T: 35, Spend: 9900},
		{ID: "dan", T: 40},
	}
	for _, s := range must(value.Top(slices.Values(people), 3)) {
		fmt.Printf("%s %.2f %5.2f %s\n", s.ID, s.PAlive, s.Purchases, s.Value.Format("CNY"))
	}
	// Output:
	// true true 330
	// a new customer comes back 0.74 times in a year and spends 3740
	// ann 0.95  7.22 245.67
	// cid 0.87  2.05 136.99
	// bob 0.05  0.39 13.25
}

func ExampleSummarize() {
	at := func(id, day string, amount marque.Money) clv.Purchase {
		return clv.Purchase{ID: id, At: must(time.Parse(time.DateOnly, day)), Amount: amount}
	}
	purchases := []clv.Purchase{
		at("ann", "2026-01-01", 5000),
		at("ann", "2026-01-15", 1000), at("ann", "2026-01-15", 2000), // one day is one purchase
		at("bob", "2026-01-08", 900),
	}
	customers, err := clv.Summarize(slices.Values(purchases), time.Date(2026, 1, 29, 0, 0, 0, 0, time.UTC), nil)
	for _, c := range customers {
		fmt.Println(c.ID, c.X, c.TX, c.T, c.Spend)
	}
	fmt.Println(err)
	// Output:
	// ann 1 2 4 3000
	// bob 0 0 3 0
	// <nil>
}

// A host fits at night and serves by day.
func ExampleBGNBD_UnmarshalJSON() {
	text := must(json.Marshal(must(clv.NewBGNBD(clv.BGNBDParams{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}))))
	fmt.Println(string(text))

	var m clv.BGNBD
	if err := json.Unmarshal(text, &m); err != nil {
		fmt.Println(err)
	}
	c := clv.Customer{X: 2, TX: 30.43, T: 38.86}
	fmt.Printf("%.4f %.3f\n", m.PAlive(c), m.ExpectedNext(c, 39))
	// Output:
	// {"model":"bg/nbd","params":{"r":0.243,"alpha":4.414,"a":0.793,"b":2.426}}
	// 0.7266 1.226
}

// The residual value of a customer, at 15% a year, in the terms of the paper.
func ExampleParetoNBD_DERT() {
	m := must(clv.NewParetoNBD(clv.ParetoNBDParams{R: 0.5534, Alpha: 10.5802, S: 0.6061, Beta: 11.6562}))
	fmt.Printf("%.1f purchases\n", m.DERT(clv.Customer{X: 7, TX: 35, T: 38.86}, 0.0027))
	// Output:
	// 20.7 purchases
}
