// Package rfm scores customers by how recently, how often and for how much they bought.
//
//	orders ──Summary──► customers ──Learn──► cuts ──Score──► R5F4M3 ──Table──► "Loyal"
//	                        │                                   │
//	                        └──────────────Rank─────────────────┴──► report: who is where, with what share of revenue
//
// Scores are ranks that know ties: of n customers of whom w are strictly worse, the score is 1 + floor(k·w/n), with k
// grades, 5 unless said otherwise. Equal customers get equal scores, which tiles of equal size (SQL's NTILE) do not
// give: where most have bought once, those stand in several tiles. The price is that grades are not of equal size, and
// that some are empty.
//
// The ranks of a population are cut points, and the other way round: Learn finds them, and Cuts.Score then gives
// each of the population the score that it has in it, and anybody else the score of an equal. So a customer is
// scored at once after an order, without looking at the others; cuts may as well be fixed by hand. They are data that
// goes through JSON.
//
//	summary := rfm.NewSummary(now, 365*marque.Day)
//	summary.Add("ann", order.At, order.Amount)            // or summary.Event(e, "amount")
//	ranking, err := rfm.Rank(slices.Values(summary.Customers()), now, nil)
//	table, err := rfm.Standard().Compile(5)
//	table.Of(ranking.Customers[0].Scores)                 // "Champions"
//	events := rfm.Changes(before, ranking.Customers, now) // for the loop: rules then say rfm("r") >= 4
//
// Everything here is a function of its arguments: there is no store and no clock, and the order of customers does not
// matter. The package forecasts nothing; what a customer will be worth is for package clv.
package rfm
