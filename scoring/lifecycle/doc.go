// Package lifecycle keeps the stage of each person in a lifecycle: a state machine over what is known of the person,
// whose moves have rules, events and dwell times.
//
//	                     cart_added                     order_paid
//	prospect ───────────────────────► intent ────────────────────► first purchase ──► active ◄──► loyal
//	    ▲     30d without another one    │                                               │ no order for 90d,
//	    └────────────────────────────────┘         won back ◄── lost ◄── dormant ◄── at risk   180d, 365d
//
// A person is in one stage. Each move says which stages it leads away from, and when: at an event, while a rule over
// the person is true, after the stage has lasted so long. The first move of the list that applies is made, and then the
// machine looks again at the same instant, until none applies. What time alone does happens at its exact instant:
// a row is due when a dwell ends, or when a rule may turn true. The stage is the attribute "stage/<name>", which any
// rule reads as stage("<name>"), and each change is said: stage.changed.
//
//	defs := []lifecycle.Def{lifecycle.Retail{}.Def(), {
//		Name: "lead", Start: "open",
//		Stages: []lifecycle.Stage{{Name: "open"}, {Name: "called"}, {Name: "cold"}},
//		Moves: []lifecycle.Move{
//			{From: []string{"open", "cold"}, To: "called", On: "call_made", When: `event.minutes >= 2`},
//			{From: []string{"called"}, To: "cold", After: 30 * marque.Day},
//		},
//	}}
//	lex, err := rule.Schema{Attributes: lifecycle.Attributes(defs), Events: append(lifecycle.Says(), …)}.Compile()
//	plan, err := lifecycle.Compile(defs, lex, lang.New(lex, nil))
//	book := lifecycle.NewBook(lifecycle.NewMemory(), plan, nil)
//	said, err := book.Derive(ctx, []string{"lead"}, []rule.Pass{{Event: e, Facts: facts, Now: e.At}})
//	where, err := book.Stage(ctx, "ann", "lead", now) // where.Stage, where.Since, where.Next
//
// Event time orders what rules see, so a late event corrects the stage as soon as it arrives; a move with On is made
// when its event arrives. The history is append-only; Rebuild tells it anew, in order of the events, and Flow counts
// how people go from stage to stage.
//
// Moves that would go round in a circle at one instant are refused by Compile where that shows, and else cut where
// they come to a stage for the second time; Position.Circle tells.
//
// Package loop fetches the facts, orders the definitions and calls Derive. By itself this package fetches nothing and
// starts no goroutine. It keeps no sales pipelines of deals, which have owners and amounts, and a person is never in
// two stages of one lifecycle.
package lifecycle
