package graph

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/when"
)

// Contact is the zone of a schedule that goes by each person's own clock.
const Contact = "contact"

// validateMany lists what is wrong with the ways in for many people, and with Key and Limit.
func (e *Entry) validateMany() error {
	var f marque.Faults
	if e.Schedule != nil {
		f.Wrap("schedule", e.Schedule.validate())
	}
	if e.Date != nil {
		f.Wrap("date", e.Date.validate())
	}
	if e.Signal != nil {
		f.Wrap("signal", e.Signal.validate())
	}
	if len(e.Keep) > 0 && (e.Schedule != nil || e.Date != nil) {
		f.Add("keep", "there is no event")
	}
	for i, q := range e.Limit {
		f.Wrap(fmt.Sprintf("limit[%d]", i), q.validate())
		if j := slices.IndexFunc(e.Limit[:i], func(x Quota) bool { return x.Counter("") == q.Counter("") }); j >= 0 {
			f.Add(fmt.Sprintf("limit[%d]", i), "is for the same time as limit[%d]", j)
		}
	}
	return f.Err()
}

func (s *Schedule) validate() error {
	var f marque.Faults
	_, err := when.ParseCron(s.Cron)
	f.Wrap("cron", err)
	if s.Zone != Contact && !isZone(s.Zone) {
		f.Add("zone", "no time zone %q; want %q or one like %q", s.Zone, Contact, "Asia/Shanghai")
	}
	return f.Err()
}

func (d *Date) validate() error {
	var f marque.Faults
	if d.Attribute == "" {
		f.Add("attribute", "is empty")
	}
	_, err := civil.ParseClock(d.At)
	f.Wrap("at", err)
	if d.Days < -maxDays || d.Days > maxDays {
		f.Add("days", "is %d, want %d to %d", d.Days, -maxDays, maxDays)
	}
	oneOf(&f, "leap", d.Leap, "", "feb28", "mar1")
	if d.Leap != "" && !d.Yearly {
		f.Add("leap", "goes with yearly only")
	}
	return f.Err()
}

// maxDays is how far from its date an entry may lie.
const maxDays = 36525

func (s *Signal) validate() error {
	var f marque.Faults
	if s.Open == "" {
		f.Add("open", "is empty")
	}
	if s.Close != "" && s.Close == s.Open {
		f.Add("close", "is the same as open")
	}
	if s.Same != "" && s.Close == "" {
		f.Add("same", "goes with close only")
	}
	return f.Err()
}

func (q Quota) validate() error {
	var f marque.Faults
	if q.N < 1 {
		f.Add("n", "is %d, want at least 1", q.N)
	}
	oneOf(&f, "per", q.Per, append([]string{""}, when.Stretches...)...)
	if q.Per != "" && q.Within != 0 {
		f.Add("within", "want one of per and within")
	}
	whole(&f, "within", q.Within)
	if q.Within < 0 {
		f.Add("within", "want a time above zero")
	}
	return f.Err()
}

// Counter names what the quota of a journey's entries counts.
func (q Quota) Counter(journey string) string {
	span := q.Per
	if q.Within != 0 {
		span = q.Within.String()
	}
	return "limit/" + journey + "/" + span
}
