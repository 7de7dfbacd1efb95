package report_test

import (
	"fmt"
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
)

// sample is a report with something in every section. Its numbers are made up.
func sample() report.Report {
	r := report.Report{
		Title:    "A shop's first 90 days",
		Lead:     "20,000 people over app, WeChat, store and advertising; what the library recognised, sent and brought about.",
		Note:     "The shop is synthetic (seed 1): people, orders and answers to messages are drawn at random, not measured.",
		Currency: "CNY",
		Figures: []report.Figure{
			{"people", report.Number(19380), "of 27,104 identities"},
			{"events", report.Number(512004), "441,002 from the shop"},
			{"orders", report.Number(25630), "1.3 a person"},
			{"revenue", report.Money(833_120_000, "CNY"), "after discounts"},
			{"messages", report.Number(61240), "0.5% opted out"},
			{"incremental orders", report.Number(1043), "430 to 1,650"},
		},
		Files: []report.File{
			{Name: "transactions_sample.csv", Rows: 75000, Refused: 0},
			{Name: "campaigns.csv", Rows: 6589, Refused: 2, Faults: []string{
				"campaigns.csv:12:5: household_id \"x17\": want a whole number", "campaigns.csv:845: 1 field, want 2"}},
		},
		Funnels: []report.Funnel{{Title: "From the first visit to an order", Lead: "In this order within 14 days; intervals are Wilson's, 95%.",
			Steps: []report.Step{
				{Name: "Visited", Count: 19380},
				{Name: "Looked at a product", Count: 17012, Low: .873, High: .882, Median: 25 * marque.Second},
				{Name: "Became a member 成为会员", Count: 10218, Low: .52, High: .534, Median: 28 * marque.Hour},
				{Name: "Filled a cart", Count: 8123, Low: .412, High: .426, Median: 3*marque.Hour + 12*marque.Minute},
				{Name: "Paid an order", Count: 6230, Low: .315, High: .328, Median: 9*marque.Minute + 3*marque.Second},
			}}},
		Experiments: []report.Experiment{{
			Title: "Looked and did not order within five minutes", Lead: "90% were sent a push and a coupon at once, 10% nothing.",
			Metric: "ordered within 7 days", Method: "two proportions, z-test, Newcombe's interval; arms as planned (90.1% : 9.9%, p = 0.61)",
			Arms: []report.Arm{
				{Name: "push and coupon", People: 11240, Converted: 2461, Low: .2114, High: .2267, Revenue: 91_203_000},
				{Name: "control", People: 1236, Converted: 205, Low: .1463, High: .1876, Revenue: 7_310_000},
			},
			Diff: .0531, Low: .0305, High: .0742, P: .0000062, Orders: 597, OrdersLow: 343, OrdersHigh: 834, Cost: 1_846_000,
		}, {
			Title: "Free delivery", Metric: "ordered within 7 days", Arms: []report.Arm{
				{Name: "free", People: 400, Converted: 62, Low: .123, High: .194}, {Name: "control", People: 380, Converted: 55, Low: .113, High: .184}},
			Diff: .0103, Low: -.0403, High: .0605, P: .69,
		}},
		Coupons: []report.Coupon{
			{Name: "welcome-20", Issued: 7012, Redeemed: 1806, Expired: 5101, Running: 105, Cost: 3_612_000, Budget: 10_000_000, Revenue: 40_120_000},
			{Name: "满300减50", Issued: 2101, Redeemed: 402, Expired: 1600, Running: 99, Cost: 2_010_000, Revenue: 20_410_000},
		},
		Channels: []report.Channel{
			{Name: "push", Sent: 31200, Unreachable: 6230, Held: 812, Opened: 6980, Clicked: 2210, OptOut: 160},
			{Name: "sms", Sent: 16800, Unreachable: 1200, Held: 301, Opened: 3102, Clicked: 903, OptOut: 211},
			{Name: "wechat", Sent: 13240, Unreachable: 9120, Held: 77, Opened: 4890, Clicked: 1604, OptOut: 95},
		},
		Tags: []report.Tag{{"city/重庆", 3102, 3102, 0}, {"big-spender", 812, 1130, 318}, {"opens-wechat", 820, 820, 0}, {"lost", 2190, 2410, 220}},
		Chapters: []report.Chapter{{Title: "People", Tables: []report.Table{
			{Title: "Tiers", Lead: "By points of the last 60 days.", Columns: []string{"tier", "people"}, Rows: [][]string{{"gold", "79"}, {"silver", "273"}},
				Words: []string{"Nearest to gold is M391983154: 54 more to go.", "375,500 points were spent on gifts."}},
			{Title: "Nobody"},
			{Columns: []string{"", "orders to come"}, Rows: [][]string{{"all 921 buyers", "2,329"}}},
		}}},
		Tables: []report.Table{{Title: "Redemption by campaign", Lead: "Households of the campaign that used one of its coupons.",
			Columns: []string{"campaign", "type", "households", "redeemed", "rate"}, Rows: [][]string{
				{"8", "Type A", "1,076", "295", "27.4%"}, {"13", "Type A", "1,077", "345", "32.0%"}, {"27", "Type C", "188", "2", "1.1%"}}}},
	}

	trend := report.Trend{Title: "People in each segment, day by day"}
	names := []string{"new", "active", "VIP", "lapsing", "lost"}
	curves := []func(x float64) float64{
		func(x float64) float64 { return 4200 * math.Exp(-x*2.2) * (1 - math.Exp(-x*30)) * 1.4 },
		func(x float64) float64 { return 5600 * (1 - math.Exp(-x*3)) },
		func(x float64) float64 { return 900 * x * x },
		func(x float64) float64 { return 4100 * math.Max(0, 1-math.Exp(-(x-.25)*2.5)) },
		func(x float64) float64 { return 6100 * math.Max(0, x-.45) },
	}
	for d := range 90 {
		month, day := "Mar", d+2
		for _, m := range []struct {
			name string
			n    int
		}{{"Apr", 31}, {"May", 30}} {
			if day > m.n {
				month, day = m.name, day-m.n
			} else {
				break
			}
		}
		trend.Labels = append(trend.Labels, fmt.Sprintf("%d %s", day, month))
	}
	for i, n := range names {
		s := report.Series{Name: n}
		for d := range 90 {
			s.Values = append(s.Values, math.Round(curves[i](float64(d)/89)))
		}
		trend.Series = append(trend.Series, s)
	}
	r.Trends = []report.Trend{trend}

	flow := report.Flow{Title: "Stages by week", Lead: "Who came in, who left, who was there on Sunday night.", Stages: names}
	for w := range 13 {
		flow.Periods = append(flow.Periods, trend.Labels[min(w*7, 89)])
		var in, out, stock []int
		for i := range names {
			now, before := trend.Series[i].Values[min(w*7+6, 89)], 0.0
			if w > 0 {
				before = trend.Series[i].Values[w*7-1]
			}
			gone := int(before * .18)
			stock = append(stock, int(now))
			out = append(out, gone)
			in = append(in, int(now-before)+gone)
		}
		flow.In, flow.Out, flow.Stock = append(flow.In, in), append(flow.Out, out), append(flow.Stock, stock)
	}
	r.Flows = []report.Flow{flow}

	r.Journeys = []report.Journey{{
		Title: "First order", Lead: "Members who have not ordered yet, until they do.",
		Entered: 9120, Running: 310, Done: 8810,
		Nodes: []report.Node{
			{ID: "start", Kind: "entry", Label: "registered, no order", Entered: 9120},
			{ID: "push", Kind: "send push", Label: "Welcome, 20 off", Entered: 9120},
			{ID: "opened", Kind: "wait 2d", Label: "Opened?", Entered: 8002, Waiting: 120},
			{ID: "push2", Kind: "send push", Label: "Still 20 off", Entered: 4220},
			{ID: "opened2", Kind: "wait 2d", Label: "Opened?", Entered: 4180, Waiting: 80},
			{ID: "sms", Kind: "send sms", Label: "A word by SMS", Entered: 4018},
			{ID: "opened3", Kind: "wait 1d", Label: "Opened?", Entered: 3980, Waiting: 60},
			{ID: "wechat", Kind: "send wechat", Label: "And by WeChat", Entered: 3140},
			{ID: "opened4", Kind: "wait 2d", Label: "Opened?", Entered: 2310, Waiting: 50},
			{ID: "tag", Kind: "tag", Label: "opens-wechat", Entered: 720},
			{ID: "lost", Kind: "tag", Label: "lost", Entered: 2370},
			{ID: "winback", Kind: "journey", Label: "Win back", Entered: 2370},
			{ID: "end", Kind: "exit", Label: "opened", Entered: 5230},
		},
		Edges: []report.Edge{
			{"start", "push", "", 9120}, {"push", "opened", "sent", 8002}, {"push", "sms", "unreachable", 1118},
			{"opened", "end", "opened", 2662}, {"opened", "push2", "timeout", 4220}, {"push2", "opened2", "", 4180},
			{"opened2", "end", "opened", 1200}, {"opened2", "sms", "timeout", 2900}, {"sms", "opened3", "", 3980},
			{"opened3", "end", "opened", 780}, {"opened3", "wechat", "timeout", 3140}, {"wechat", "opened4", "sent", 2310},
			{"wechat", "lost", "unreachable", 830}, {"opened4", "tag", "opened", 720}, {"opened4", "lost", "timeout", 1540},
			{"tag", "end", "", 720}, {"lost", "winback", "", 2370},
		},
		Exits:   []report.Count{{"ordered", 3210}, {"opened", 3230}, {"moved on", 2370}},
		Refused: []report.Count{{"once", 12}, {"holdout", 480}},
	}, {
		Title: "Real time", Lead: "Looked at a product and no order within five minutes.", Entered: 12476, Done: 12476,
		Nodes: []report.Node{
			{ID: "start", Kind: "entry", Label: "looked, no order in 5m", Entered: 12476},
			{ID: "split", Kind: "experiment", Label: "90 : 10", Entered: 12476},
			{ID: "coupon", Kind: "coupon", Label: "满300减50", Entered: 11240},
			{ID: "push", Kind: "send push", Label: "Yours for an hour", Entered: 11240},
			{ID: "end", Kind: "exit", Label: "done", Entered: 12476},
		},
		Edges: []report.Edge{{"start", "split", "", 12476}, {"split", "coupon", "treatment", 11240}, {"split", "end", "control", 1236},
			{"coupon", "push", "", 11240}, {"push", "end", "", 11240}},
	}}
	return r
}
