// Package abtest says which variant a person gets, the same one every time, and what the variants did.
//
//	unit ──► forced? ──► held out? ──► slot of the layer? ──► covered? ──► audience? ──► bucket ──► arm
//	                          │               │                  │             │
//	                          └───────────────┴──── not in ──────┴─────────────┘
//
// Experiments are data (Experiment); Compile checks them all against all and gives an immutable Set; Set.Assign
// decides without I/O, locks or allocation. Nothing is stored per unit: everything is a hash of seed and unit
// (marque.Bucket) into a million buckets, integers from there on. An arm holds ranges of buckets; Reweigh changes
// weights and moves no more units than it must.
//
// Hold-outs go by one convention in the whole library: a unit is held out of NAME where
// marque.Bucket("holdout/NAME", unit) lies in its share. Same name, same people, whoever asks.
//
//	set, err := abtest.Compile([]abtest.Experiment{{
//		Name: "welcome",
//		Arms: []abtest.Arm{{Name: "control", Weight: 10}, {Name: "coupon", Weight: 90}},
//	}}, nil, nil)
//	d := set.Assign("welcome", "person-17", nil, now) // d.Arm, d.In, d.Reason, d.Bucket
//	if e, ok := d.Event("person-17", now); ok {
//		loop.Track(ctx, e) // taken once, however often it is said
//	}
//
// Analyze turns counts of exposed and converted people per arm into intervals, p-values, incremental orders and
// a verdict, and refuses the verdict where people did not arrive in the planned ratio.
//
// The package does not log exposures, does not remember who was in when a definition changes (an audience that
// no longer holds takes its people out), and does not shift weights by itself.
package abtest
