// Package points keeps the points and tiers of members: a ledger of what was earned, spent, expired and reversed, tiers
// that are reached at an exact instant and lost at a review, and what a tier grants.
//
//	order_paid 199.00 ──► + 199 ─┐   lots, what expires first is spent first
//	spend "till 7"    ──► − 120 ─┼─► ▓▓▓░░ expires May 1    balance 412 = score("member")
//	refund            ──► −  40 ─┤   ▓▓▓▓▓ expires Jun 9    "588 more to silver"
//	time              ──► expiry ┘
//	                                 gold ┤          ╭─────────────╮    tier.up at once,
//	qualifying points ──────────►  silver ┤   ╭──────╯             ╰─── tier.down at the review:
//	                                 none ┼───╯                         the end of the period, and grace
//
// Points are whole numbers. A rate is exact and rounded down once. Points may be pending first; they expire a time after
// they were earned, or with the end of a year, quarter or month in the zone of the program. An event earns once for each
// rule, however often and in whatever order events arrive: the same events leave the same lots, also under a cap, of
// which the earliest count. It does make a difference when somebody spends in between, since only what is there can be
// spent, and a tier multiplies what is earned in it, as far as it is known then.
//
// What is done from outside (Spend, Reverse, Adjust, Use) has a key: the same key gives the same answer and does nothing
// twice, and for something else it is ErrKey. The balance is never below zero, whoever spends at the same time. A refund
// of points that have been spent is a debt, which what is earned next pays; points that a reversed spend gives back, and
// that have expired meanwhile, live on for a while. Reverse says the rules of both.
//
//	plan, err := points.Compile([]points.Def{{
//		Name:    "member",
//		Earn:    []points.Earn{{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 100}}},
//		Expiry:  points.Expiry{End: points.Yearly, N: 1},
//		Warn:    30 * marque.Day,
//		Tiers:   []points.Tier{{Name: "silver", At: 1000}, {Name: "gold", At: 5000}},
//		Qualify: points.Qualify{Year: true},
//	}}, lex, lang.New(lex, nil))
//	book := points.NewBook(points.NewMemory(), plan, nil)
//	said, err := book.Derive(ctx, []string{"member"}, []rule.Pass{{Event: e, Facts: facts, Now: e.At}})
//	answer, err := book.Spend(ctx, points.Act{Key: "till 7", Profile: "ann", Program: "member", Points: 120}, now)
//	account, err := book.Account(ctx, "ann", "member", now) // account.Balance, account.Tier, account.ToNext
//
// Rules read score("member") and stage("member"), where the schema has what Declares says. A merge joins lots, debts,
// quotas and the better tier, an unmerge parts them by the identifiers that they were learnt through, and neither
// changes the sum of points.
//
// A row holds the lots of a person that have points left, and the others for Def.Remember; each change writes it whole.
// So a program whose points never expire should be one whose members spend.
//
// Package loop fetches the facts, orders the definitions and calls Derive. By itself this package fetches nothing
// and starts no goroutine. It pays nothing out: points have no value in money here, and who turns them into a coupon
// spends them first.
package points
