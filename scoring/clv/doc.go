// Package clv says from a customer's past purchases whether they are still there, how often they will buy, and what
// that is worth: the models known as "buy till you die".
//
//	                  ┌─ first purchase         last one ─┐      observation ends
//	a customer        ●───────●────●──────────────●───────┊···········● ? ···· ? ····►
//	                  ├───────────── t_x ─────────┤       ┊      expected purchases
//	                  ├───────────── T ───────────────────┤      within the horizon
//
//	purchases ─► Summarize ─► customers (x, t_x, T, spend) ─┬─► FitBGNBD, FitParetoNBD ─► P(alive), purchases ─┐
//	                                                        └─► FitGammaGamma ──────────► amount ──────────────┴─► Valuation
//
// A model is three or four numbers. A host fits it once a night, keeps it as JSON and serves from it: a fit takes
// fractions of a second for thousands of customers, as equal ones count as one row, and a forecast about a microsecond.
// Where the data do not determine the parameters, a fit of the Pareto/NBD takes some seconds and says so. The result of a fit is the same to the last bit in whatever order customers come.
//
//	customers, err := clv.Summarize(purchases, time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC), nil)
//	buying, err := clv.FitBGNBD(slices.Values(customers), nil)
//	amounts, err := clv.FitGammaGamma(slices.Values(customers), nil)
//	value, err := clv.NewValuation(buying, amounts, clv.Horizon{Periods: 52, Length: 1, Rate: 0.002})
//	best, err := value.Top(slices.Values(customers), 100) // ID, PAlive, Purchases, Value
//
// Look at Fit before use: whether it converged, the standard errors, the warnings. Which model: BGNBD is the usual
// first; its customers leave only after a purchase, so that one who never came back is alive for certain. FitMBGNBD
// and ParetoNBD do not say so. All of them are for purchases that anybody may make at any time; contracts, where
// the end is seen, need other models. There are no covariates, no seasons and no trend here, and no margin: a value is
// of revenue, times what share of it the caller calls profit.
package clv
