package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/scoring/clv"
)

// A forecast is what buyers are expected to do in the days ahead.
type forecast struct {
	customers []clv.Customer
	alive     float64 // how many of them
	purchases float64
	value     marque.Money
	top       []clv.Score
}

// forecastOf fits the models on the purchases of the days before end. It is false where they cannot be fitted: nobody
// bought twice, or hardly anybody.
func forecastOf(purchases iter.Seq[clv.Purchase], end time.Time, days int) (f forecast, ok bool, err error) {
	f.customers, err = clv.Summarize(purchases, end.Add(-time.Second), &clv.SummaryOptions{Unit: marque.Day, Zone: shanghai})
	if err != nil {
		return f, false, err
	}
	// The modified BG/NBD: in the usual one, who never came back is there for certain.
	buying, err := clv.FitMBGNBD(slices.Values(f.customers), nil)
	if err != nil {
		return f, false, unless(clv.ErrNoRepeat, err)
	}
	amounts, err := clv.FitGammaGamma(slices.Values(f.customers), nil)
	if err != nil {
		return f, false, unless(clv.ErrNoRepeat, err)
	}
	if !buying.Fit().Converged || !amounts.Fit().Converged || !(amounts.Params().Q > 1) {
		return f, false, nil
	}
	valuation, err := clv.NewValuation(buying, amounts, clv.Horizon{Periods: 1, Length: float64(days)})
	if err != nil {
		return f, false, err
	}
	for score, err := range valuation.Scores(slices.Values(f.customers)) {
		if err != nil {
			return f, false, err
		}
		f.alive += score.PAlive
		f.purchases += score.Purchases
		f.value += score.Value
	}
	f.top, err = valuation.Top(slices.Values(f.customers), 3)
	return f, true, err
}

func unless(target, err error) error {
	if errors.Is(err, target) {
		return nil
	}
	return err
}

// purchases are the orders that were paid before an instant.
func (g *ledger) purchases(before time.Time) iter.Seq[clv.Purchase] {
	return func(yield func(clv.Purchase) bool) {
		for person, orders := range g.bought {
			for _, o := range orders {
				if o.at.Before(before) && !yield(clv.Purchase{ID: person, At: o.at, Amount: o.paid}) {
					return
				}
			}
		}
	}
}

// trial is a forecast of the last third of the run, made of what was before, and what came of it.
func (g *ledger) trial(start, end time.Time) (days int, foreseen float64, came int, ok bool, err error) {
	days = int(end.Sub(start).Hours()/24) / 3
	cut := end.AddDate(0, 0, -days)
	then, ok, err := forecastOf(g.purchases(cut), cut, max(days, 1))
	if err != nil || !ok {
		return days, 0, 0, false, err
	}
	now, err := clv.Summarize(g.purchases(end), end.Add(-time.Second), &clv.SummaryOptions{Unit: marque.Day, Zone: shanghai})
	if err != nil {
		return days, 0, 0, false, err
	}
	x := map[string]int{}
	for _, c := range now {
		x[c.ID] = c.X
	}
	for _, c := range then.customers {
		came += x[c.ID] - c.X
	}
	return days, then.purchases, came, true, nil
}

// rounded writes a number of orders: with a digit behind the point while it is small.
func rounded(x float64) string {
	if x < 100 {
		return fmt.Sprintf("%.1f", x)
	}
	return report.Number(int(math.Round(x)))
}

// value is what the buyers will be worth.
func (s *scene) value(ctx context.Context, g *ledger) (report.Table, error) {
	const ahead = 90
	start, end := s.shop.Start(), s.shop.End()
	f, ok, err := forecastOf(g.purchases(end), end, ahead)
	if err != nil || !ok {
		return report.Table{}, err
	}
	t := report.Table{Title: "Worth in the next 90 days", Columns: []string{"", "orders so far", "still there", "orders to come", "value"}}
	row := func(name string, orders int, alive string, purchases float64, value marque.Money) {
		t.Rows = append(t.Rows, []string{name, report.Number(orders), alive, rounded(purchases), report.Money(value, "CNY")})
	}
	for _, score := range f.top {
		name, err := s.name(ctx, score.ID)
		if err != nil {
			return t, err
		}
		row(name, len(g.bought[score.ID]), report.Percent(score.PAlive), score.Purchases, score.Value)
	}
	orders := 0
	for _, c := range f.customers {
		orders += len(g.bought[c.ID])
	}
	row("all "+report.Many(len(f.customers), "buyer"), orders, report.Percent(f.alive/float64(len(f.customers))), f.purchases, f.value)
	days, foreseen, came, ok, err := g.trial(start, end)
	if err == nil && ok {
		t.Words = append(t.Words, fmt.Sprintf("Fitted on the days before the last %d, the model foresaw %s orders of those who had bought by then; %s came.",
			days, rounded(foreseen), report.Number(came)))
	}
	return t, err
}
