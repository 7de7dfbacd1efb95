// Package scoring keeps scores of people: points by rule for what they do, which fade, and thresholds that are
// crossed at an exact instant.
//
//	order_paid      +20 ─┐                      50 ┤ · · · ·╭╮· · · · · · · ·  score.up at 50
//	message_opened   +3 ─┼─► one decaying curve    ┤     ╭─╮│ ╰──╮
//	unsubscribed    −30 ─┘   (half-life 14d)    30 ┤ · ╭─╯ ╰╯ · · ╰──╮· · · ·  score.down below 30
//	by hand          +5 ─┘                       0 ┼───╯ · · · · · · · ╰─────
//
// A score is a function of time, not a number that a job lowers every night: with a half-life, all points of a score
// fade alike and are one term, whatever their number. The instant at which it falls through a threshold is computed
// ahead and is due then. A threshold goes up at one level and down below another, so that it does not flicker.
//
// An event counts once for a score, in whatever order events arrive. The points of a rule may have a cap: the
// earliest count.
//
//	plan, err := scoring.Compile([]scoring.Def{{
//		Name:       "lead",
//		Rules:      []scoring.Rule{{On: "order_paid", Points: 20}, {On: "message_opened", Points: 3, Cap: 15}},
//		HalfLife:   14 * marque.Day,
//		Thresholds: []scoring.Threshold{{Name: "hot", At: 50, Below: 30}},
//	}}, lex, lang.New(lex, nil))
//	book := scoring.NewBook(scoring.NewMemory(), plan, nil)
//	said, err := book.Derive(ctx, []string{"lead"}, []rule.Pass{{Event: e, Facts: facts, Now: e.At}})
//	score, err := book.Score(ctx, "ann", "lead", now) // score.Value, score.Up, score.Shares: points by rule
//
// Package loop fetches the facts, orders the definitions and calls Derive. By itself this package fetches nothing
// and starts no goroutine. It does not learn points from data.
package scoring
