package report_test

import (
	"os"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
)

func ExampleText() {
	_ = report.Text(os.Stdout, report.Report{
		Title:   "The first week",
		Figures: []report.Figure{{"people", "1,204", ""}, {"revenue", report.Money(5_120_050, "CNY"), "after discounts"}},
		Funnels: []report.Funnel{{Title: "From visit to order", Steps: []report.Step{
			{Name: "Visited", Count: 1204},
			{Name: "加入购物车", Count: 402, Low: .308, High: .361, Median: 26 * marque.Hour},
			{Name: "Ordered", Count: 190, Low: .138, High: .179, Median: 9 * marque.Minute},
		}}},
		Coupons: []report.Coupon{{Name: "welcome", Issued: 300, Redeemed: 75, Expired: 200, Running: 25, Cost: 150_000, Revenue: 900_000}},
	})
	// Output:
	// THE FIRST WEEK
	//
	//   people     1,204
	//   revenue  ¥51,200  after discounts
	//
	// FUNNEL
	// From visit to order
	//   step        people  of all      interval  step rate  median time
	//   Visited      1,204  100.0%                                        ███████████████████████████████
	//   加入购物车     402   33.4%  [30.8, 36.1]      33.4%         1d2h  ██████████▍
	//   Ordered        190   15.8%  [13.8, 17.9]      47.3%           9m  ████▉
	//
	// COUPONS
	//   batch    issued  redeemed   rate  expired  still good       cost  budget  its orders paid
	//   welcome     300        75  25.0%      200          25  ¥1,500.00       –        ¥9,000.00
}
