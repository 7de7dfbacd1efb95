package main

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/scoring/points"
)

// members are the tiers of the points program, and the account of whoever is nearest to the highest one.
func (s *scene) members(ctx context.Context, g *ledger) (report.Table, error) {
	end, book := s.shop.End(), s.loop.Points()
	def := book.Plan().Defs()[0]
	type tier struct {
		people  int
		balance int64
	}
	tiers, all := map[string]*tier{"": {}}, 0
	for _, t := range def.Tiers {
		tiers[t.Name] = &tier{}
	}
	top := def.Tiers[len(def.Tiers)-1].Name
	var nearest string
	var account points.Account
	for cursor := ""; ; {
		page, err := book.Members(ctx, def.Name, cursor, 1000, end)
		if err != nil {
			return report.Table{}, err
		}
		for _, m := range page.Members {
			a, err := book.Account(ctx, m.Profile, def.Name, end)
			if err != nil {
				return report.Table{}, err
			}
			all++
			tiers[a.Tier].people++
			tiers[a.Tier].balance += a.Balance
			if a.Next == top && a.Tier != "" && (nearest == "" || a.ToNext < account.ToNext) {
				nearest, account = m.Profile, a
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	t := report.Table{Title: "Points and tiers", Columns: []string{"tier", "from", "people", "of all", "points they have"}}
	row := func(name, from string, x *tier) {
		t.Rows = append(t.Rows, []string{name, from, report.Number(x.people), report.Share(x.people, all), report.Number(int(x.balance))})
	}
	for i := len(def.Tiers) - 1; i >= 0; i-- {
		row(def.Tiers[i].Name, report.Number(int(def.Tiers[i].At)), tiers[def.Tiers[i].Name])
	}
	row("none yet", "0", tiers[""])
	n := func(event string) string { return report.Number(int(g.points[event])) }
	t.Words = []string{fmt.Sprintf("%s points were earned, %s spent on gifts, %s taken back with refunds, %s expired. %s are about to: their owners were told, %v ahead.",
		n(points.Earned), n(points.Spent), report.Number(int(-g.points[points.Reversed])), n(points.Expired), report.Number(int(g.expiring(end))), def.Warn)}
	if nearest != "" {
		name, err := s.name(ctx, nearest)
		if err != nil {
			return t, err
		}
		words := fmt.Sprintf("Nearest to %s is %s: %s, %s more to go, %s for certain until %s", top, name,
			report.Many(int(account.Balance), "point"), report.Number(int(account.ToNext)), account.Tier, day(account.Review))
		if account.Expiring > 0 {
			words += fmt.Sprintf("; %s of the points expire on %s", report.Number(int(account.Expiring)), day(account.Expires))
		}
		t.Words = append(t.Words, words+".")
	}
	return t, nil
}

func day(t time.Time) string { return t.In(shanghai).Format(time.DateOnly) }

// name is how the shop would call somebody: the strongest identifier, in the order of the policy.
func (s *scene) name(ctx context.Context, profile string) (string, error) {
	person, err := s.loop.Profiles().Person(ctx, profile)
	if err != nil {
		return "", err
	}
	for _, kind := range []string{"member", "phone", "openid", "email", "device", "adclick"} {
		for _, id := range person.IDs {
			if id.Kind == kind {
				return id.Value, nil
			}
		}
	}
	return profile, nil
}
