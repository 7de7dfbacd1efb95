// Package civil answers what a clock on the wall shows: wall time in zones, with the days that are shorter or
// longer than others.
//
//	wall     00:30   01:00  01:30 │ 03:00  03:30           01:00  01:30 │ 01:00  01:30  02:00
//	         ──●───────●──────●───┼───●──────●──           ──●──────●───┼───●──────●──────●──
//	                       gap: 02:30 means 03:30          overlap: 01:30 means the first
//
// There is one resolver, Resolve, and everything else stands on it: a wall time in a gap moves forward by the gap,
// one that occurs twice takes the first. (time.Date does neither consistently.) A day, week, month or hour is the
// stretch from its first instant to the first instant of the next, so that StartOf(t) <= t < EndOf(t) always holds,
// also where midnight does not exist.
//
// A nil *time.Location is UTC. The package keeps no state, reads no clock and does not embed the zone data: a
// program on a machine without it imports time/tzdata.
package civil
