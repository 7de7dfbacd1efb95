// Package scoring keeps scores of people: points by rule for what they are and for what they do, which fade, with grades,
// and thresholds that are crossed at an exact instant.
//
//	fit          industry == "retail"  +20 ─┐ while it holds     50 ┤ · · · ·╭╮· · · · · ·  score.up at 50
//	             shops × 2                  ├──────► ┌───────┐      ┤     ╭─╮│ ╰──╮
//	engagement   order_paid      +20, 14d  ─┤        │ curve │─► 30 ┤ · ╭─╯ ╰╯ · · ╰──╮· ·  score.down below 30
//	             viewed   +3, 3 a day      ─┼──────► └───────┘    0 ┼───╯ · · · · · · · ╰──
//	             by hand          +5       ─┘ fading or for a time       B3  A2  A1  A2  B3  score.grade
//
// A score is a function of time, not a number that a job lowers every night: points that fade with one half-life are one
// term, whatever their number, and points that vanish are a term with an end. The instant of the next crossing is
// computed ahead and is due then, to the microsecond. A threshold goes up at one level and down below another, so that
// it does not flicker.
//
// An event counts once for a score. What a score is, which thresholds are up and which grade it has follow from the set
// of events, and not, but for the last bits of a sum, from the order in which they arrive: with a cap the earliest of
// each period count, and a late event tells a threshold anew by the whole path of the score. What changes by it is said
// when it arrives; what would have been said in the past is not. What holds of the person counts from when it is found
// to hold.
//
//	defs := []scoring.Def{{
//		Name:       "lead",
//		Rules:      []scoring.Rule{{While: `industry == "retail"`, Points: 20}, {On: "viewed", Points: 3, Cap: 9, Per: scoring.Day}},
//		HalfLife:   14 * marque.Day,
//		Thresholds: []scoring.Threshold{{Name: "hot", At: 50, Below: 30}},
//	}}
//	schema.Scores, schema.Scales = scoring.Names(defs) // lead, lead/fit, lead/engagement
//	plan, err := scoring.Compile(defs, lex, lang.New(lex, nil))
//	book := scoring.NewBook(scoring.NewMemory(), plan, nil)
//	said, err := book.Derive(ctx, []string{"lead"}, []rule.Pass{{Event: e, Facts: facts, Now: e.At}})
//	score, err := book.Score(ctx, "ann", "lead", now) // score.Value, Up, Grade, Next, Shares: points by rule
//	was, err := book.Known(ctx, "ann", "lead", then)  // without what was learnt later
//
// Every event that counts is an entry of an append-only history, from which AsOf and Known compute the score of any past
// instant, and Rebuild counts anew where a definition changes.
//
// Package loop fetches the facts, orders the definitions and calls Derive. By itself this package fetches nothing
// and starts no goroutine. It does not learn points from data; package scoring/model does.
package scoring
