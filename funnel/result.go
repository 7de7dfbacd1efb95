package funnel

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/stat"
)

// Result is what a funnel counted.
type Result struct {
	Funnel    string          `json:"funnel"`
	Semantics string          `json:"semantics"` // the name
	Rules     string          `json:"rules"`     // the same in a sentence
	Window    marque.Duration `json:"window,omitempty"`
	Row
	By     string  `json:"by,omitempty"`
	Groups []Group `json:"groups,omitempty"` // most people first, then by value
	// Nobody counts events that would fill a step but have no person.
	Nobody int `json:"nobody,omitempty"`
}

// A Row is the steps of one group of people, or of all.
type Row struct {
	Steps []StepResult `json:"steps"`
	// Rate is the people through the last step out of those at the first.
	Rate stat.Proportion `json:"rate"`
	// Time is from the first step to the last, of those who came through.
	Time Times `json:"time"`
}

// A Group is the people whose first step had a value of the breakdown's property. A missing one is "".
type Group struct {
	Value string `json:"value"`
	Row
}

// StepResult is one step.
type StepResult struct {
	Name   string `json:"name"`
	Event  string `json:"event"`
	People int    `json:"people"` // who came at least this far
	// Stopped is how many came this far and no further; 0 at the last step.
	Stopped int `json:"stopped"`
	// Rate is People out of those at the step before, Overall out of those at the first step.
	Rate    stat.Proportion `json:"rate"`
	Overall stat.Proportion `json:"overall"`
	// Time is from the step before to this one, of those who came this far, along the chain of events by which
	// they first came as far as they did.
	Time Times `json:"time"`
}

// Times are quantiles by the nearest rank, exact over all N people.
type Times struct {
	N      int             `json:"n"`
	Median marque.Duration `json:"median"`
	P90    marque.Duration `json:"p90"`
}

func timesOf(d []rule.Instant) Times {
	slices.Sort(d)
	micro := func(p float64) marque.Duration { return marque.Duration(stat.Rank(d, p)) * 1000 }
	return Times{len(d), micro(0.5), micro(0.9)}
}

const clickHouseRules = "furthest step of any chain of events in the order of the steps; the window counts from the chain's first step, inclusive; one event may fill several steps; events of one instant count in the order of the steps; other events in between do not matter"

// Result is the count so far. It costs a walk over all people and sorts their times.
func (c *Counter) Result() Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	def := &c.plan.def
	r := Result{Funnel: def.Name, Semantics: ClickHouse, Rules: clickHouseRules, Window: def.Window, By: def.By, Nobody: c.nobody}
	all, groups := newTally(def), map[string]*tally{}
	for _, w := range c.people {
		if w.level == 0 {
			continue
		}
		all.add(w)
		if def.By != "" {
			g := groups[w.by]
			if g == nil {
				g = newTally(def)
				groups[w.by] = g
			}
			g.add(w)
		}
	}
	o := &stat.Options{Level: c.o.Level}
	r.Row = all.row(def, o)
	for value, g := range groups {
		r.Groups = append(r.Groups, Group{value, g.row(def, o)})
	}
	slices.SortFunc(r.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Steps[0].People, a.Steps[0].People), cmp.Compare(a.Value, b.Value))
	})
	return r
}

type tally struct {
	people []int
	times  [][]rule.Instant // to each step from the one before
	whole  []rule.Instant
}

func newTally(def *Def) *tally {
	return &tally{people: make([]int, len(def.Steps)), times: make([][]rule.Instant, len(def.Steps))}
}

func (t *tally) add(w *walk) {
	for k, at := range w.best {
		t.people[k]++
		if k > 0 {
			t.times[k] = append(t.times[k], at-w.best[k-1])
		}
	}
	if k := len(w.best) - 1; w.level == len(t.people) {
		t.whole = append(t.whole, w.best[k]-w.best[0])
	}
}

func (t *tally) row(def *Def, o *stat.Options) Row {
	row := Row{Steps: make([]StepResult, len(t.people)), Time: timesOf(t.whole)}
	rate := func(n, hits int) stat.Proportion {
		return stat.ProportionOf(stat.Count{N: int64(n), Hits: int64(hits)}, o)
	}
	for k, n := range t.people {
		s := StepResult{Name: def.Steps[k].name(), Event: def.Steps[k].Event, People: n,
			Rate: rate(t.people[max(k-1, 0)], n), Overall: rate(t.people[0], n), Time: timesOf(t.times[k])}
		if k+1 < len(t.people) {
			s.Stopped = n - t.people[k+1]
		}
		row.Steps[k] = s
	}
	row.Rate = row.Steps[len(t.people)-1].Overall
	return row
}

// CSV writes a line per step, first for all people (the column by is empty), then per group. Rates are
// fractions, times are seconds.
func (r Result) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"funnel", "semantics", "by", "step", "name", "event", "people", "stopped",
		"rate", "rate_low", "rate_high", "overall", "median_seconds", "p90_seconds"})
	rows := func(by string, row Row) {
		for k, s := range row.Steps {
			out.Write([]string{r.Funnel, r.Semantics, by, strconv.Itoa(k + 1), s.Name, s.Event, strconv.Itoa(s.People), strconv.Itoa(s.Stopped),
				number(s.Rate.Rate), number(s.Rate.Interval.Low), number(s.Rate.Interval.High), number(s.Overall.Rate), seconds(s.Time.Median), seconds(s.Time.P90)})
		}
	}
	rows("", r.Row)
	for _, g := range r.Groups {
		rows(fmt.Sprintf("%s=%s", r.By, g.Value), g.Row)
	}
	out.Flush()
	return out.Error()
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }

func seconds(d marque.Duration) string { return number(float64(d) / float64(marque.Second)) }
