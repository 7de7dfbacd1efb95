// Package model learns a score from what came of earlier people: a logistic regression that says how good it is, where
// it may be wrong, and what each feature adds.
//
//	structs, facts, CSV ──► Table ──► Fit ◄── Split: which rows train, calibrate and test
//	                                   │
//	             ┌─────────────────────┴────────────────────┐
//	           Model                                      Report, of the rows that were not learnt from
//	             ├─ Score    the probability                ├─ AUC, log-loss, Brier score, lift by decile, calibration
//	             ├─ Explain  what each feature adds         ├─ each feature alone: its AUC and its drift
//	             ├─ Terms    coefficients, odds ratios      └─ warnings: leak, drift, constant, rare level, ...
//	             └─ Def      the same as a scoring.Def, which a scoring.Book keeps for each person
//
// A row is []rule.Value in the order of the schema. Numbers are scaled to mean 0 and deviation 1 of the training rows;
// a category has a column for each of its levels but the first in byte order, which is the reference.
//
//	table, err := model.ReadCSV(file, model.Schema{
//		{Name: "age", Kind: model.Number},
//		{Name: "job", Kind: model.Category, Missing: model.AsColumn},
//	}, model.Outcome{Column: "bought", Yes: "yes", No: "no"}, nil)
//	m, report, err := model.Fit(table, model.ByTime(at, model.Shares{Train: 0.6, Calibrate: 0.2}), nil)
//	report.Test.AUC.Value // and .Interval; look at report.Warnings first
//	p := m.Score([]rule.Value{rule.IntValue(31), rule.StringValue("student")})
//	def, err := m.Def("likely buyer", 10)
//
// The split has no default, for the figures depend on it: people of the past tell of people of the past better than of
// those to come. A feature that is known only after the outcome makes a model that shines here and is worth nothing;
// Report.Warnings names what looks like one.
//
// The package finds no features, no products of features and no penalty; it weighs all rows alike, holds the table in
// memory and starts no goroutine. What bends, like age, bends by a category of the caller's.
package model
