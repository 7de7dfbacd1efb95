package clv

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// A Purchase is one transaction of a customer.
type Purchase struct {
	ID     string       `json:"id"` // of the customer
	At     time.Time    `json:"at"`
	Amount marque.Money `json:"amount"`
}

// SummaryOptions say how time is counted.
type SummaryOptions struct {
	// Unit is the unit of the customers' times. Default marque.Week.
	Unit marque.Duration
	// Zone is where the days of purchases begin. Default time.UTC.
	Zone *time.Location
}

// Summarize turns purchases, in any order, into customers ordered by ID. Time is counted in whole days of the zone,
// then divided by the unit. Purchases of one customer on one day are one transaction with the sum of their amounts;
// the day of the first is not a repeat. Observation ends with the day in which through lies, and that day counts:
// purchases of later days are ignored, and T is the number of days from the first purchase to that day. Those who
// first bought on that very day are left out, as nothing is known of them yet. Spend is the mean amount of the
// repeat transactions in minor units, not rounded.
//
// A purchase without ID, with a zero time or with a negative amount is a fault at "purchases[i]", and all of them
// are reported.
func Summarize(purchases iter.Seq[Purchase], through time.Time, options *SummaryOptions) ([]Customer, error) {
	var o SummaryOptions
	if options != nil {
		o = *options
	}
	if o.Unit == 0 {
		o.Unit = marque.Week
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	var f marque.Faults
	if o.Unit < 0 {
		f.Add("unit", "%v is negative", o.Unit)
	}
	end := dayIn(through, o.Zone)

	type spending struct {
		id     string
		day    int64
		amount marque.Money
	}
	var all []spending
	i := 0
	for p := range purchases {
		path := fmt.Sprintf("purchases[%d]", i)
		if p.ID == "" {
			f.Add(path+".id", "is empty")
		}
		if p.At.IsZero() {
			f.Add(path+".at", "is zero")
		}
		if p.Amount < 0 {
			f.Add(path+".amount", "%d is negative", p.Amount)
		}
		if day := dayIn(p.At, o.Zone); day <= end {
			all = append(all, spending{p.ID, day, p.Amount})
		}
		i++
	}
	if err := f.Err(); err != nil {
		return nil, fmt.Errorf("clv: summarize: %w", err)
	}
	slices.SortFunc(all, func(a, b spending) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.day, b.day)) })

	units := func(days int64) float64 { return float64(days) / (float64(o.Unit) / float64(marque.Day)) }
	var customers []Customer
	for len(all) > 0 {
		first := all[0]
		last, repeats, amount := first.day, 0, marque.Money(0)
		n := 0
		for ; n < len(all) && all[n].id == first.id; n++ {
			if all[n].day != last {
				repeats++
				last = all[n].day
			}
			if last != first.day {
				amount += all[n].amount
			}
		}
		all = all[n:]
		if first.day == end {
			continue
		}
		c := Customer{ID: first.id, X: repeats, TX: units(last - first.day), T: units(end - first.day)}
		if repeats > 0 {
			c.Spend = float64(amount) / float64(repeats)
		}
		customers = append(customers, c)
	}
	return customers, nil
}

// dayIn numbers the days of a zone.
func dayIn(t time.Time, zone *time.Location) int64 {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}
