package main

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/examples/quickstart/report"
)

var shanghai = time.FixedZone("CST", 8*3600)

// report says what came of the run.
func (s *scene) report(ctx context.Context, o options) (report.Report, error) {
	g, err := read(ctx, s.loop, s.plan)
	if err != nil {
		return report.Report{}, err
	}
	truth := s.shop.Truth()
	r := report.Report{
		Title:    report.Many(o.days, "day") + " of a shop",
		Lead:     "Events came in, people were recognised, described, chosen, reached, converted and measured, by the definitions in program/.",
		Note:     fmt.Sprintf("The shop and its people are synthetic (seed %d). It knows the truth: its messages caused %s and brought %s forward.", o.seed, report.Many(truth.Caused, "order"), report.Number(truth.Displaced)),
		Currency: "CNY",
		Figures: []report.Figure{
			{Label: "Events", Value: report.Number(g.events), Note: fmt.Sprintf("and %s derived from them", report.Number(g.derived))},
			{Label: "People", Value: report.Number(len(g.people)), Note: fmt.Sprintf("made out of %s who came", report.Number(truth.People))},
			{Label: "Orders", Value: report.Number(g.orders), Note: "by " + report.Many(len(g.buyers), "buyer")},
			{Label: "Revenue", Value: report.Money(g.revenue, "CNY"), Note: report.Money(g.refunded, "CNY") + " refunded"},
		},
		Trends: []report.Trend{s.sizes.trend("Segments, week by week", dayLayout(o.days), shanghai)},
	}
	r.Funnels = g.funnelFigures(s.plan)
	r.Flows = g.flows(s.plan, s.shop.End())
	if r.Journeys, err = journeys(ctx, s.loop, s.plan); err != nil {
		return r, err
	}
	if r.Coupons, err = s.coupons(ctx, g); err != nil {
		return r, err
	}
	cost := map[string]marque.Money{}
	for _, c := range r.Coupons {
		cost[c.Name] = c.Cost
	}
	looked := holdout("just-looked", 10)
	looked.Doc = "looked and did not order within five minutes: nine in ten get a push and a coupon, one in ten is left alone"
	x, err := g.experimentOf(looked, 7*24*time.Hour, s.shop.End(), cost["nudge-15"])
	if err != nil {
		return r, err
	}
	r.Experiments = append(r.Experiments, x)
	for _, name := range s.plan.Experiments().Names() {
		def, _ := s.plan.Experiments().Experiment(name)
		x, err := g.experimentOf(def, 10*24*time.Hour, s.shop.End(), 0)
		if err != nil {
			return r, err
		}
		r.Experiments = append(r.Experiments, x)
	}
	for _, name := range []string{"push", "sms", "wechat"} {
		c := g.channel(name)
		r.Channels = append(r.Channels, report.Channel{Name: name, Sent: c.sent, Unreachable: c.unreachable, Held: c.failed,
			Opened: c.opened, Clicked: c.clicked, OptOut: c.optOut})
	}
	for _, d := range s.loop.Tags().Plan().Defs() {
		t := g.tag(d.Name)
		n, err := holders(ctx, s.loop.Tags(), d.Name)
		if err != nil {
			return r, err
		}
		r.Tags = append(r.Tags, report.Tag{Name: d.Name, People: n, Added: t.added, Removed: t.removed})
	}
	worth, err := s.worth(ctx, g)
	if err != nil {
		return r, err
	}
	r.Chapters = append(r.Chapters, worth)
	draft, err := s.drafts(ctx, o.people)
	r.Tables = append(r.Tables, draft)
	return r, err
}

// dayLayout writes days with their year where the same day comes twice.
func dayLayout(days int) string {
	if days > 365 {
		return time.DateOnly
	}
	return "01-02"
}

// coupons tells of each batch what was given and used.
func (s *scene) coupons(ctx context.Context, g *ledger) ([]report.Coupon, error) {
	var out []report.Coupon
	revenue := map[string]marque.Money{}
	for id, paid := range g.withOrder {
		c, err := s.loop.Coupons().Get(ctx, id, s.shop.End())
		if err != nil {
			return nil, err
		}
		if c.State == coupon.Redeemed {
			revenue[c.Batch] += paid
		}
	}
	for _, name := range s.plan.Coupons().Names() {
		d, _ := s.plan.Coupons().Def(name)
		st, err := s.loop.Coupons().Stats(ctx, d.Name)
		if err != nil {
			return nil, err
		}
		c := report.Coupon{Name: d.Name, Issued: int(st.Issued), Redeemed: int(st.Redeemed), Expired: int(st.Expired),
			Running: int(st.Live() + st.Locked), Cost: st.Cost, Revenue: revenue[d.Name]}
		if d.Budget.Money != nil {
			c.Budget = *d.Budget.Money
		}
		out = append(out, c)
	}
	return out, nil
}
