package main

import (
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/scoring/rfm"
)

// worth is the chapter of the people and their worth.
func (s *scene) worth(ctx context.Context, g *ledger) (report.Chapter, error) {
	c := report.Chapter{Title: "People and their worth", Tables: []report.Table{s.household.table()}}
	members, err := s.members(ctx, g)
	if err != nil {
		return c, err
	}
	census, err := s.census(ctx)
	if err != nil {
		return c, err
	}
	groups, err := g.groups(s.shop.End())
	if err != nil {
		return c, err
	}
	c.Tables = append(c.Tables, members, census.table(), groups)
	value, err := s.value(ctx, g)
	c.Tables = append(c.Tables, value)
	return c, err
}

// segments are the usual groups of buyers by how recently, how often and for how much they bought.
func (g *ledger) segments(end time.Time) (rfm.Report, error) {
	summary := rfm.NewSummary(end, 0)
	for person, orders := range g.bought {
		for _, o := range orders {
			summary.Add(person, o.at, int64(o.paid))
		}
		for _, o := range g.returned[person] {
			summary.Add(person, o.at, -int64(o.paid))
		}
	}
	ranking, err := rfm.Rank(slices.Values(summary.Customers()), end, nil)
	if err != nil {
		return rfm.Report{}, err
	}
	table, err := rfm.Standard().Compile(ranking.Cuts.Grades)
	if err != nil {
		return rfm.Report{}, err
	}
	return table.Report(ranking.Customers), nil
}

// groups shows the segments that matter, and the others in one line.
func (g *ledger) groups(end time.Time) (report.Table, error) {
	r, err := g.segments(end)
	t := report.Table{Title: "Who bought how lately, how often, for how much", Columns: []string{"segment", "buyers", "of all", "paid", "share of revenue"}}
	row := func(p rfm.Part) {
		t.Rows = append(t.Rows, []string{p.Name, report.Number(p.Customers), report.Percent(p.Share),
			report.Money(marque.Money(p.Spent), "CNY"), report.Percent(p.Revenue)})
	}
	var rest rfm.Part
	n := 0
	for _, p := range r.Segments {
		if p.Revenue >= .05 {
			row(p)
		} else if p.Customers > 0 {
			n++
			rest.Customers, rest.Share, rest.Spent, rest.Revenue = rest.Customers+p.Customers, rest.Share+p.Share, rest.Spent+p.Spent, rest.Revenue+p.Revenue
		}
	}
	if n > 0 {
		rest.Name = report.Many(n, "other")
		row(rest)
	}
	return t, err
}
