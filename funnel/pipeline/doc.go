// Package pipeline shows a row of stages the way who runs them looks at it: how many came in this week, how many
// went on, back or were lost, how many are there now, how long they stay.
//
//	          new        new
//	           │          │
//	       ┌───▼──┐   ┌───▼───┐   ┌───────┐
//	back ◄─┤ lead ├──►│ visit ├──►│ deal  │      per period and stage:
//	       │  41  │   │   17  │   │  230  │      opening + in - forward - back - lost = stock
//	       └───┬──┘   └───┬───┘   └───────┘
//	           ▼ lost     ▼ lost
//
// A person is in one stage at most. An event enters a stage: from a stage before it that is forward, skipping is
// allowed; from a later stage it is back, where the stage allows it; from the same stage it is nothing. A person
// is lost by an event or when a stage's limit of time has passed, at that very instant; who comes again begins a
// new trip.
//
//	plan, err := pipeline.Compile(pipeline.Def{
//		Name: "sales",
//		Stages: []pipeline.Stage{
//			{Name: "lead", Enter: []pipeline.Trigger{{Event: "form_sent"}}, Limit: 30 * marque.Day},
//			{Name: "visit", Enter: []pipeline.Trigger{{Event: "visited"}}, Lost: []pipeline.Trigger{{Event: "declined"}}},
//			{Name: "deal", Enter: []pipeline.Trigger{{Event: "order_paid"}}},
//		},
//		Period: "week", Zone: "Asia/Shanghai",
//	}, lex, rules)
//	c := pipeline.NewCounter(plan, nil)
//	err = c.Add(event)   // as they come, or plan.Run over a log
//	r := c.At(now)       // r.Flows per period and stage, r.Stages over all
//
// Rates are of trips, not of a period's flows against each other: of those who entered a stage, how many entered
// a later one (Next), and the last one (Final), so that a stage that passes on everybody at the expense of the
// next one shows. The package knows no owners, targets, costs or money, and does not forecast.
package pipeline
