package actions

import (
	"context"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
)

// Points gives points of a program, or takes them where "points" is negative: "done" with the balance, or "refused"
// with the reason. A call names it with {program, points, reason}.
func Points(book *points.Book) journey.Doer {
	return journey.DoerFunc(func(ctx context.Context, c journey.Command) (journey.Outcome, error) {
		program, _ := c.Args["program"].(string)
		reason, _ := c.Args["reason"].(string)
		v, _ := rule.Of(c.Args["points"])
		n, _ := v.As(rule.Int)
		a := points.Act{Key: c.Key, Profile: c.Profile, Program: program, Points: n.Int(), Reason: reason, Via: c.Via, Hops: c.Hops}
		do := book.Adjust
		if a.Points < 0 {
			a.Points, do = -a.Points, book.Spend
		} else if a.Reason == "" {
			a.Reason = c.Journey
		}
		got, err := do(ctx, a, c.At)
		switch {
		case err != nil:
			return wrong(err)
		case !got.OK:
			return journey.Outcome{Result: "refused", Reason: string(got.Reason)}, nil
		}
		return journey.Outcome{Result: "done", Vars: map[string]any{"balance": got.Balance}}, nil
	})
}

// Stage puts the person into a stage of a lifecycle: "done". A call names it with {lifecycle, stage}.
func Stage(book *lifecycle.Book) journey.Doer {
	return journey.DoerFunc(func(ctx context.Context, c journey.Command) (journey.Outcome, error) {
		name, _ := c.Args["lifecycle"].(string)
		stage, _ := c.Args["stage"].(string)
		_, err := book.Set(ctx, lifecycle.Act{Key: c.Key, Profile: c.Profile, Lifecycle: name, Stage: stage, Via: c.Via, Hops: c.Hops}, c.At)
		if err != nil {
			return wrong(err)
		}
		return journey.Outcome{Result: "done"}, nil
	})
}
