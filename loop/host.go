package loop

import (
	"context"
	"maps"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/actions"
)

// host connects the journeys of a plan to the other packages and to the host's channels and calls.
func (plan *Plan) host(l *Loop) journey.Host {
	doers := maps.Clone(plan.hostGiven.Calls)
	if doers == nil {
		doers = map[string]journey.Doer{}
	}
	doers["tag"] = actions.Tag(l.tags)
	doers["untag"] = actions.Untag(l.tags)
	doers["score"] = actions.Score(l.scores)
	doers["points"] = actions.Points(l.points)
	doers["stage"] = actions.Stage(l.stages)
	doers["coupon"] = actions.Coupon(l.coupons)
	doers["set"] = actions.Set(func(ctx context.Context, events ...marque.Event) error { return l.append(ctx, events...) })
	return journey.Host{Owner: l.owners, Channels: plan.hostGiven.Channels, Doers: doers, Splitter: actions.Experiments(plan.experiments), Judge: plan.hostGiven.Judge, People: lister{l}}
}
