package points

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
)

// A Tier is reached at the instant at which the points that qualify reach At. It is lost at its review only: at the
// end of the qualification period and the grace behind it, if the points of the period no longer reach it.
type Tier struct {
	Name     string   `json:"name"`
	At       int64    `json:"at"` // 0 of the first tier: every member has it
	Benefits Benefits `json:"benefits,omitzero"`
}

// Benefits are what members of a tier have. A tier has what it says itself, and nothing of the tiers below.
type Benefits struct {
	// Multiplier of the points that are earned, in percent: 150 is half as much again. Zero: 100.
	Multiplier int64 `json:"multiplier,omitempty"`
	// Days have a multiplier of their own; the highest that applies counts.
	Days   []MemberDay `json:"days,omitempty"`
	Grants []Grant     `json:"grants,omitempty"`
	// Priority of the member in service: what the host makes of it.
	Priority int `json:"priority,omitempty"`
}

// A MemberDay is each day that one of its lists names, in the zone of the program.
type MemberDay struct {
	Weekdays   string   `json:"weekdays,omitempty"` // "sat,sun", "mon-fri"
	Days       []int    `json:"days,omitempty"`     // of the month, 1 to 31; -1 is the last
	Dates      []string `json:"dates,omitempty"`    // "2026-11-11", or "11-11" of each year
	Multiplier int64    `json:"multiplier"`         // in percent
}

// A Grant is something that a member may use Quota times in each period: coupons, lounge visits, free deliveries.
// It is granted at the instant of the promotion and at the beginning of each period, once per period, however often
// the tier is lost and reached again; a higher quota of a higher tier adds what is missing. On demotion what was granted
// stays until the end of its period, and nothing is granted anew.
type Grant struct {
	Name  string `json:"name"`
	Every Period `json:"every"`
	Quota int64  `json:"quota"`
}

const maxPercent = 100_000

func (d *Def) validateTiers() error {
	var f marque.Faults
	seen := map[string]bool{}
	for i, t := range d.Tiers {
		path := fmt.Sprintf("tiers[%d]", i)
		switch {
		case t.Name == "":
			f.Add(path+".name", "is empty")
		case seen[t.Name]:
			f.Add(path+".name", "%q is defined twice", t.Name)
		}
		seen[t.Name] = true
		switch {
		case t.At < 0:
			f.Add(path+".at", "%d is negative", t.At)
		case i > 0 && t.At <= d.Tiers[i-1].At:
			f.Add(path+".at", "%d is not above %d of the tier before", t.At, d.Tiers[i-1].At)
		}
		f.Wrap(path+".benefits", t.Benefits.validate())
	}
	return f.Err()
}

func (b *Benefits) validate() error {
	var f marque.Faults
	if b.Multiplier < 0 || b.Multiplier > maxPercent {
		f.Add("multiplier", "%d percent is not within 0 and %d", b.Multiplier, maxPercent)
	}
	for i, d := range b.Days {
		path := fmt.Sprintf("days[%d]", i)
		if d.Multiplier < 1 || d.Multiplier > maxPercent {
			f.Add(path+".multiplier", "%d percent is not within 1 and %d", d.Multiplier, maxPercent)
		}
		if d.Weekdays == "" && len(d.Days) == 0 && len(d.Dates) == 0 {
			f.Add(path, "names no day")
		}
		_, err := civil.ParseWeekdays(d.Weekdays)
		f.Wrap(path+".weekdays", err)
		for j, n := range d.Days {
			if n == 0 || n < -1 || n > 31 {
				f.Add(fmt.Sprintf("%s.days[%d]", path, j), "%d: want 1 to 31, or -1 for the last day", n)
			}
		}
		for j, s := range d.Dates {
			if !date(s) {
				f.Add(fmt.Sprintf("%s.dates[%d]", path, j), `%q: want "2026-11-11" or "11-11"`, s)
			}
		}
	}
	seen := map[string]bool{}
	for i, g := range b.Grants {
		path := fmt.Sprintf("grants[%d]", i)
		switch {
		case g.Name == "":
			f.Add(path+".name", "is empty")
		case seen[g.Name]:
			f.Add(path+".name", "%q is granted twice", g.Name)
		}
		seen[g.Name] = true
		if !g.Every.valid() {
			f.Add(path+".every", "%q: want day, week, month, quarter, year or once", g.Every)
		}
		if g.Quota < 1 || g.Quota > maxAmount {
			f.Add(path+".quota", "%d is not within 1 and %d", g.Quota, int64(maxAmount))
		}
	}
	return f.Err()
}

func date(s string) bool {
	if len(s) == len("11-11") {
		s = "2024-" + s // a leap year
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// multiplier is that of the benefits at an instant, in percent.
func (b *Benefits) multiplier(t time.Time) int64 {
	m := b.Multiplier
	if m == 0 {
		m = 100
	}
	for i := range b.Days {
		if b.Days[i].has(t) {
			m = max(m, b.Days[i].Multiplier)
		}
	}
	return m
}

// has reports whether the day that t shows is one of the days.
func (d *MemberDay) has(t time.Time) bool {
	if w, err := civil.ParseWeekdays(d.Weekdays); err == nil && w != 0 && w.Has(t.Weekday()) {
		return true
	}
	for _, n := range d.Days {
		if n == t.Day() || n == -1 && t.Day() == civil.DaysIn(t.Year(), t.Month()) {
			return true
		}
	}
	for _, s := range d.Dates {
		if s == t.Format(time.DateOnly) || s == t.Format("01-02") {
			return true
		}
	}
	return false
}
