// Package when has the rules of time in journeys: when a wait is over, what a date means, which stretch of the calendar
// an instant lies in.
//
//	After(48h)                  exactly that long
//	AfterAt{48h, 09:00}         that long, and then until the next 09:00
//	Days(2), DaysAt{2, 09:00}   days of the calendar
//	NextAt{09:00, mon-fri}      the next 09:00 on one of those days
//	Window{09:00-18:00, …}      at once inside, else when it opens
//	Hour{20:00, 6h}             the next 20:00, but no longer than 6 h; Active finds the hour of a person
//	Date{-7, 10:00, yearly}     around a date of the person's
//	StretchAt("week", t, zone)  minutes, hours, days, weeks and months, numbered
//
// The rules are values without state: they read no clock, and the same arguments give the same instant on every
// machine that has the same zone data. All times of day are those of the zone given; a nil zone is UTC. What a clock
// skips or shows twice is resolved in one place, package internal/civil: a time in a gap moves forward by the gap, one
// that occurs twice is the first. Instants come back in UTC. What is due at now is due.
package when
