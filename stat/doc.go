// Package stat answers, from counts that merge, whether a difference is real, how large it is and whether the
// counts can be trusted at all.
//
//	{n, hits} per arm ──► SRM: were units split as planned? ──no──► no verdict
//	                          │ yes
//	                          ├─► Compare      z test, p, Newcombe interval of the difference
//	                          ├─► RelativeLift treatment over control - 1, log-ratio interval
//	                          └─► Incremental  conversions that would not have happened
//	{n, mean, m2} per arm ──► Welch            means of orders, revenue, visits
//
// Everything starts from a Count (n units, hits of them converted) or Moments (n, mean, second moment), which a
// host may compute in SQL and merge over days, shards and partitions. Every result is plain data that names its
// method and what it assumes, and carries a Reason where there is no answer; nothing here returns an error.
//
//	control, treatment := stat.Count{N: 2000, Hits: 90}, stat.Count{N: 18000, Hits: 1080}
//	d := stat.Compare(control, treatment, nil)
//	fmt.Println(d.P, d.Interval.Low, d.Interval.High)
//
// The package does no sampling, keeps no state, and looks at the data once: a test repeated while data come in
// needs sequential bounds, which are not here. Functions are pure and safe for concurrent use.
package stat
