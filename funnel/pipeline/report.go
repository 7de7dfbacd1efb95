package pipeline

import (
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/stat"
)

// Report is the state of a pipeline at an instant.
type Report struct {
	Pipeline string    `json:"pipeline"`
	Period   string    `json:"period"`
	Zone     string    `json:"zone"`
	From     time.Time `json:"from"` // the start of the first period
	At       time.Time `json:"at"`
	// Stages are over all periods, in their order; Flows per period, then stage. The last period ends early, at At.
	Stages []StageTotal `json:"stages"`
	Flows  []Flow       `json:"flows"`
	// Nobody counts events that would trigger something but have no person.
	Nobody int    `json:"nobody,omitempty"`
	Rules  string `json:"rules"`
}

const rules = "a person is in one stage at most; an event enters the nearest later stage, an earlier one only where that allows it; skipping is forward; Next and Final are of trips, a new one beginning after a loss; dwell is of finished stays"

// A Flow is what happened in one stage in one period: Opening + In - Forward - Back - Lost = Stock.
type Flow struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"` // not included
	Stage   string    `json:"stage"`
	Opening int       `json:"opening"` // how many were there before
	In      int       `json:"in"`      // came in, from outside or another stage
	New     int       `json:"new"`     // of In: from outside
	Forward int       `json:"forward"` // left for a later stage
	Back    int       `json:"back"`    // left for an earlier stage
	Lost    int       `json:"lost"`    // left for outside
	Stock   int       `json:"stock"`   // are there in the end
	Dwell   Dwell     `json:"dwell"`   // of those who left
}

// A StageTotal is one stage over all periods.
type StageTotal struct {
	Stage   string `json:"stage"`
	In      int    `json:"in"`
	New     int    `json:"new"`
	Forward int    `json:"forward"`
	Back    int    `json:"back"`
	Lost    int    `json:"lost"`
	Stock   int    `json:"stock"`
	// Next is how many of the trips that entered this stage entered a later one after; Final, the last one. For the
	// last stage Next has no data and Final is 1.
	Next   stat.Proportion `json:"next"`
	Final  stat.Proportion `json:"final"`
	Dwell  Dwell           `json:"dwell"`
	Little Little          `json:"little"`
}

// Dwell is how long people stayed who left, by the nearest rank over all N of them.
type Dwell struct {
	N      int             `json:"n"`
	Mean   marque.Duration `json:"mean"`
	Median marque.Duration `json:"median"`
	P90    marque.Duration `json:"p90"`
}

// Little checks a stage by Little's law: in a steady state the mean stock is the rate of arrivals times the mean
// dwell. A Gap far from zero says that the stage fills up or runs dry, or that the stays that are over are not
// like those that go on; then the dwell above is not what one who enters now may expect.
type Little struct {
	Stock   float64 `json:"stock"`   // mean over the time from Report.From to Report.At
	PerDay  float64 `json:"per_day"` // arrivals in 24 hours
	Product float64 `json:"product"` // PerDay times the mean dwell in days
	Gap     float64 `json:"gap"`     // Product over Stock, less one; 0 where there is no stock
}

// At is the pipeline as of now, or as of the last event counted where that is later, or where now is further away than
// ErrRange allows. Limits that have passed by
// then are losses at their instants. It changes nothing, and costs a walk over people and stays.
func (c *Counter) At(now time.Time) Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	def := &c.plan.def
	r := Report{Pipeline: def.Name, Period: c.plan.unit.String(), Zone: c.plan.loc.String(), Nobody: c.nobody, Rules: rules}
	at := max(rule.At(now), c.last)
	b := c.book.clone()
	if len(b.starts) > 0 && !b.reach(at) {
		at = c.last
	}
	r.At = at.Time()
	for _, t := range c.people {
		open := *t
		if lost, ok := c.plan.overdue(&open, at); ok {
			b.move(&open, outside, lost)
		} else if open.stage != outside {
			b.stay(int(open.stage), open.since, at)
		}
	}
	stock, all := make([]int, len(def.Stages)), make([]cell, len(def.Stages))
	for i, row := range b.cells {
		from, to := b.starts[i].Time(), b.end.Time()
		if i+1 < len(b.starts) {
			to = b.starts[i+1].Time()
		}
		for s := range row {
			x := &row[s]
			f := Flow{From: from.In(c.plan.loc), To: to.In(c.plan.loc), Stage: def.Stages[s].Name, Opening: stock[s],
				In: x.in, New: x.fresh, Forward: x.forward, Back: x.back, Lost: x.lost}
			stock[s] += x.in - x.forward - x.back - x.lost
			f.Stock = stock[s]
			all[s].join(x)
			f.Dwell = dwellOf(x.dwell)
			r.Flows = append(r.Flows, f)
		}
	}
	span := 0.0 // days
	if len(b.starts) > 0 {
		r.From = b.starts[0].Time().In(c.plan.loc)
		span = r.At.Sub(r.From).Hours() / 24
	}
	o := &stat.Options{Level: c.o.Level}
	for s, x := range all {
		t := StageTotal{Stage: def.Stages[s].Name, In: x.in, New: x.fresh, Forward: x.forward, Back: x.back, Lost: x.lost,
			Stock: stock[s], Dwell: dwellOf(x.dwell)}
		trips := b.totals[s]
		t.Final = stat.ProportionOf(stat.Count{N: int64(trips.trips), Hits: int64(trips.final)}, o)
		if s == len(all)-1 {
			trips.trips = 0
		}
		t.Next = stat.ProportionOf(stat.Count{N: int64(trips.trips), Hits: int64(trips.onward)}, o)
		t.Little = little(x, t.Dwell, span)
		r.Stages = append(r.Stages, t)
	}
	return r
}

func (c *cell) join(o *cell) {
	c.in, c.fresh = c.in+o.in, c.fresh+o.fresh
	c.forward, c.back, c.lost = c.forward+o.forward, c.back+o.back, c.lost+o.lost
	c.area += o.area
	c.dwell = append(c.dwell, o.dwell...)
}

func dwellOf(d []rule.Instant) Dwell {
	if len(d) == 0 {
		return Dwell{}
	}
	slices.Sort(d)
	sum := 0.0
	for _, x := range d {
		sum += float64(x)
	}
	micro := func(x rule.Instant) marque.Duration { return marque.Duration(x) * 1000 }
	return Dwell{len(d), micro(rule.Instant(math.Round(sum / float64(len(d))))), micro(stat.Rank(d, 0.5)), micro(stat.Rank(d, 0.9))}
}

func little(x cell, d Dwell, days float64) (l Little) {
	if days <= 0 {
		return l
	}
	l.Stock = float64(x.area) / (days * 24 * 3600 * 1000)
	l.PerDay = float64(x.in) / days
	l.Product = l.PerDay * float64(d.Mean) / float64(marque.Day)
	if l.Stock > 0 {
		l.Gap = l.Product/l.Stock - 1
	}
	return l
}
