package rfm_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/scoring/rfm"
)

// Orders become customers, customers scores, scores segments, and what changed becomes events.
func Example() {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	summary := rfm.NewSummary(now, 365*marque.Day)
	for _, o := range []struct {
		who    string
		days   int
		amount int64
	}{
		{"ann", 3, 9000}, {"ann", 30, 12000}, {"ann", 60, 8000}, {"bob", 200, 4000}, {"cem", 200, 4000},
		{"dan", 10, 2500}, {"eve", 150, 30000}, {"eve", 151, 30000}, {"eve", 155, -5000},
	} {
		summary.Add(o.who, now.AddDate(0, 0, -o.days), o.amount)
	}
	ranking, err := rfm.Rank(slices.Values(summary.Customers()), now, nil)
	if err != nil {
		panic(err)
	}
	table, err := rfm.Standard().Compile(5)
	if err != nil {
		panic(err)
	}
	before := map[string]rfm.Scores{}
	for _, c := range ranking.Customers {
		before[c.ID] = c.Scores
		fmt.Println(c.ID, c.Orders, c.Spent, c.Scores, table.Of(c.Scores))
	}

	// Dan buys again a day later, and is scored at once.
	now = now.AddDate(0, 0, 1)
	dan := rfm.Customer{ID: "dan", Last: now, Orders: 2, Spent: 32500}
	after := rfm.Scored{Customer: dan, Scores: ranking.Cuts.Score(dan, now)}
	for _, e := range rfm.Changes(before, []rfm.Scored{after}, now) {
		fmt.Println(e.Name, e.Profile, e.Props["rfm/r"], e.Props["rfm/f"], e.Props["rfm/m"])
	}
	// Output:
	// ann 3 29000 R5F5M4 Champions
	// bob 1 4000 R1F1M2 Lost
	// cem 1 4000 R1F1M2 Lost
	// dan 1 2500 R4F1M1 Promising
	// eve 2 55000 R3F4M5 Loyal
	// profile.set dan 5 4 4
}

// Fixed points need no population, and are data.
func ExampleCuts() {
	var cuts rfm.Cuts
	err := json.Unmarshal([]byte(`{"grades": 3, "recency": ["90d", "30d"], "orders": [2, 5], "spent": [10000, 50000]}`), &cuts)
	if err != nil {
		panic(err)
	}
	if err := cuts.Validate(); err != nil {
		panic(err)
	}
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	fmt.Println(cuts.Score(rfm.Customer{ID: "ann", Last: now.AddDate(0, 0, -30), Orders: 4, Spent: 9999}, now))
	// Output: R3F2M1
}

// What a division of one's own lacks, and where it says two things.
func ExampleSegments_Validate() {
	segments := rfm.Segments{
		{Name: "good", Boxes: []rfm.Box{{R: rfm.Range{From: 2, To: 2}}}},
		{Name: "rich", Boxes: []rfm.Box{{M: rfm.Range{From: 2, To: 2}}}},
	}
	fmt.Println(segments.Validate(2))
	segments[1].Boxes[0].R = rfm.Range{From: 1, To: 1}
	fmt.Println(segments.Validate(2))
	// Output:
	// [1].boxes[0]: R2F1M2 is in [0].boxes[0] too
	// R1F1M1: is in no segment
	// R1F2M1: is in no segment
}
