package main

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/abtest"
	"github.com/marque-go/marque/funnel"
	"github.com/marque-go/marque/funnel/pipeline"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/stat"
)

// A ledger is one pass over the event log, after the run: through the plan's funnels and pipelines, and its own counts.
type ledger struct {
	funnels   []*funnel.Counter
	pipelines []*pipeline.Counter

	events    int
	people    map[string]bool
	orders    int
	buyers    map[string]int
	revenue   marque.Money
	refunded  marque.Money
	channels  map[string]*channelCount
	tags      map[string]*tagCount
	exposed   map[string]map[string]exposure // experiment, person
	bought    map[string][]order             // by person, in order of time
	returned  map[string][]order             // the same, of money paid back
	points    map[string]int64               // by event
	warned    []warning
	withOrder map[string]marque.Money // paid on orders with a coupon, by coupon id
	derived   int
}

type channelCount struct{ sent, unreachable, failed, opened, clicked, optOut int }

type tagCount struct{ added, removed int }

type exposure struct {
	arm string
	at  time.Time
}

type order struct {
	at   time.Time
	paid marque.Money
}

// A warning was that points expire.
type warning struct {
	at     time.Time
	points int64
}

// read makes the ledger of a loop's log.
func read(ctx context.Context, l *loop.Loop, plan *loop.Plan) (*ledger, error) {
	g := &ledger{
		people: map[string]bool{}, buyers: map[string]int{}, channels: map[string]*channelCount{}, tags: map[string]*tagCount{},
		exposed: map[string]map[string]exposure{}, bought: map[string][]order{}, returned: map[string][]order{},
		points: map[string]int64{}, withOrder: map[string]marque.Money{},
	}
	for _, p := range plan.Funnels() {
		g.funnels = append(g.funnels, funnel.NewCounter(p, nil))
	}
	for _, p := range plan.Pipelines() {
		g.pipelines = append(g.pipelines, pipeline.NewCounter(p, nil))
	}
	for e, err := range l.Profiles().Log(ctx, nil) {
		if err != nil {
			return nil, err
		}
		for _, c := range g.funnels {
			if err := c.Add(e); err != nil {
				return nil, err
			}
		}
		for _, c := range g.pipelines {
			if err := c.Add(e); err != nil {
				return nil, err
			}
		}
		g.take(e)
	}
	return g, nil
}

func (g *ledger) take(e marque.Event) {
	if e.Hops > 0 {
		g.derived++
	} else {
		g.events++
		g.people[e.Profile] = true
	}
	text := func(name string) string { s, _ := e.Props[name].(string); return s }
	switch e.Name {
	case "order_paid":
		g.orders++
		g.buyers[e.Profile]++
		g.revenue += amountOf(e)
		g.bought[e.Profile] = append(g.bought[e.Profile], order{e.At, amountOf(e)})
		if id := text("coupon"); id != "" {
			g.withOrder[id] += amountOf(e)
		}
	case "refund":
		g.refunded += amountOf(e)
		g.returned[e.Profile] = append(g.returned[e.Profile], order{e.At, amountOf(e)})
	case points.Earned, points.Spent, points.Expired, points.Reversed:
		g.points[e.Name] += whole(e, "points")
	case points.Expiring:
		if at, ok := rule.Of(e.Props["at"]); ok {
			g.warned = append(g.warned, warning{at.Instant().Time(), whole(e, "points")})
		}
	case "message.sent":
		g.channel(text("channel")).sent++
	case "message.failed":
		if text("result") == "unreachable" {
			g.channel(text("channel")).unreachable++
		} else {
			g.channel(text("channel")).failed++
		}
	case "message_opened":
		g.channel(text("channel")).opened++
	case "message_clicked":
		g.channel(text("channel")).clicked++
	case "consent.withdrawn":
		g.channel(text("channel")).optOut++
	case "tag.added":
		g.tag(text("tag")).added++
	case "tag.removed":
		g.tag(text("tag")).removed++
	case "experiment.exposed":
		name := text("experiment")
		if g.exposed[name] == nil {
			g.exposed[name] = map[string]exposure{}
		}
		if _, seen := g.exposed[name][e.Profile]; !seen {
			g.exposed[name][e.Profile] = exposure{text("arm"), e.At}
		}
	}
}

// expiring is how many of the points of which people were told that they expire do so after an instant.
func (g *ledger) expiring(end time.Time) (n int64) {
	for _, x := range g.warned {
		if x.at.After(end) {
			n += x.points
		}
	}
	return n
}

// whole is a whole number among the properties of an event.
func whole(e marque.Event, prop string) int64 {
	v, _ := rule.Of(e.Props[prop])
	return v.Int()
}

func amountOf(e marque.Event) marque.Money { return marque.Money(whole(e, "amount")) }

func (g *ledger) channel(name string) *channelCount {
	if g.channels[name] == nil {
		g.channels[name] = &channelCount{}
	}
	return g.channels[name]
}

func (g *ledger) tag(name string) *tagCount {
	if g.tags[name] == nil {
		g.tags[name] = &tagCount{}
	}
	return g.tags[name]
}

// outcome counts, per arm, who was exposed, who ordered within the window after, and what they paid in it. Who was
// exposed less than the window before the end is left out: there was no time to order.
func (g *ledger) outcome(experiment string, window time.Duration, end time.Time) (map[string]stat.Count, map[string]marque.Money) {
	counts, paid := map[string]stat.Count{}, map[string]marque.Money{}
	for person, x := range g.exposed[experiment] {
		if x.at.Add(window).After(end) {
			continue
		}
		c := counts[x.arm]
		c.N++
		hit := false
		for _, o := range g.bought[person] {
			if !o.at.Before(x.at) && o.at.Before(x.at.Add(window)) {
				hit = true
				paid[x.arm] += o.paid
			}
		}
		if hit {
			c.Hits++
		}
		counts[x.arm] = c
	}
	return counts, paid
}

// holdout is the experiment that a journey's hold-out is: the control is who was left alone.
func holdout(name string, percent int) abtest.Experiment {
	return abtest.Experiment{Name: name, Control: "control",
		Arms: []abtest.Arm{{Name: "treatment", Weight: 100 - percent}, {Name: "control", Weight: percent}}}
}
