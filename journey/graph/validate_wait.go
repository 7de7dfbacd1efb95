package graph

import (
	"fmt"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
)

// ParseWindow reads "09:00-18:00".
func ParseWindow(s string) (from, to civil.Clock, err error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, fmt.Errorf("graph: window %q: want two times of day, as in %q", s, "09:00-18:00")
	}
	if from, err = civil.ParseClock(a); err != nil {
		return 0, 0, err
	}
	if to, err = civil.ParseClock(b); err == nil && from == to {
		err = fmt.Errorf("graph: window %q never opens", s)
	}
	return from, to, err
}

// TakesTime reports whether nobody passes the wait in the instant of coming to it. Waits for a window, an hour, a date
// and a condition may be over at once.
func (w *Wait) TakesTime() bool {
	return w.Window == "" && w.Active == nil && w.Date == nil && len(w.Until) == 0
}

// kinds lists what the wait waits for.
func (w *Wait) kinds() []string {
	var kinds []string
	for _, k := range []struct {
		name string
		set  bool
	}{
		{"for", w.For != 0}, {"days", w.Days != 0}, {"at", w.At != "" && w.For == 0 && w.Days == 0}, {"window", w.Window != ""}, {"active", w.Active != nil},
		{"date", w.Date != nil}, {"event", w.Event != ""}, {"any", len(w.Any) > 0 && w.Event == ""}, {"until", len(w.Until) > 0},
	} {
		if k.set {
			kinds = append(kinds, k.name)
		}
	}
	return kinds
}

func (w *Wait) validate() error {
	var f marque.Faults
	event := len(w.Matches()) > 0
	switch kinds := w.kinds(); {
	case len(kinds) == 0:
		f.Add("", "want one of for, days, at, window, active, date, event, any and until")
	case event && len(kinds) > 1 && w.Within == 0:
		f.Add("", "want an event or a time, not both; the longest wait for an event is within")
	case len(kinds) > 1:
		f.Add("", "want one of for, days, at, window, active, date, event, any and until%s", got(kinds))
	}
	w.validateTimes(&f)
	if !event && len(w.Until) == 0 && w.Within != 0 {
		f.Add("within", "goes with event, any or until only; a plain wait is for")
	}
	if w.Weekdays != "" && w.Window == "" && (w.At == "" || w.For != 0 || w.Days != 0) {
		f.Add("weekdays", "goes with at alone or window")
	}
	if w.Active != nil {
		f.Wrap("active", w.Active.validate())
	}
	if w.Date != nil {
		f.Wrap("date", w.Date.validate())
	}
	for i, c := range w.Until {
		if c.When == "" {
			f.Add(fmt.Sprintf("until[%d].when", i), "is empty")
		}
	}
	if w.Event == "" && (w.When != "" || w.Of != "" || len(w.Same)+len(w.Keep) > 0) {
		f.Add("event", "is empty")
	}
	for i, m := range w.Any {
		if m.Event == "" {
			f.Add(fmt.Sprintf("any[%d].event", i), "is empty")
		}
	}
	if w.Ranked && (len(w.Matches()) < 2 || w.Within == 0) {
		f.Add("ranked", "goes with several events and within, which is how long it lasts")
	}
	return f.Err()
}

func (w *Wait) validateTimes(f *marque.Faults) {
	if w.At != "" {
		_, err := civil.ParseClock(w.At)
		f.Wrap("at", err)
	}
	_, err := civil.ParseWeekdays(w.Weekdays)
	f.Wrap("weekdays", err)
	if w.Window != "" {
		_, _, err := ParseWindow(w.Window)
		f.Wrap("window", err)
	}
	for _, d := range []struct {
		path string
		n    int64
	}{{"for", int64(w.For)}, {"within", int64(w.Within)}, {"days", int64(w.Days)}} {
		if d.n < 0 {
			f.Add(d.path, "want more than zero")
		}
	}
	whole(f, "for", w.For)
	whole(f, "within", w.Within)
	if w.Days > maxDays {
		f.Add("days", "is %d, want at most %d", w.Days, maxDays)
	}
}

func (a *Active) validate() error {
	var f marque.Faults
	if a.Of == "" {
		f.Add("of", "is empty: where does the hour stand?")
	}
	_, err := civil.ParseClock(a.Else)
	f.Wrap("else", err)
	whole(&f, "within", a.Within)
	if a.Within < 0 {
		f.Add("within", "want more than zero")
	}
	for i, s := range a.Segments {
		if s.Segment == "" {
			f.Add(fmt.Sprintf("segments[%d].segment", i), "is empty")
		}
		_, err := civil.ParseClock(s.At)
		f.Wrap(fmt.Sprintf("segments[%d].at", i), err)
	}
	return f.Err()
}

func (d *DateWait) validate() error {
	var f marque.Faults
	f.Wrap("", d.Date.validate())
	oneOf(&f, "past", d.Past, "", "continue", "skip", "exit")
	if d.Past == "" && !d.Yearly {
		f.Add("past", "is empty: what becomes of somebody who comes after that: continue, skip or exit?")
	} else if d.Past != "" && d.Yearly {
		f.Add("past", "does not go with yearly, which is never past")
	}
	return f.Err()
}

func (g *Gate) validate() error {
	var f marque.Faults
	f.Wrap("", g.Quota.validate())
	if g.Wait && g.Per == "" {
		f.Add("wait", "goes with per only: when would the next have its turn?")
	}
	whole(&f, "late", g.Late)
	if g.Late < 0 {
		f.Add("late", "want more than zero")
	} else if g.Late != 0 && !g.Wait {
		f.Add("late", "goes with wait only")
	}
	return f.Err()
}

func (s *Split) validate() error {
	var f marque.Faults
	total := 0
	names := map[string]int{}
	for i, a := range s.Arms {
		if a.Weight < 0 || a.Weight > marque.Buckets {
			f.Add(fmt.Sprintf("arms[%d].weight", i), "is %d, want 0 to %d", a.Weight, marque.Buckets)
		}
		total += max(a.Weight, 0)
		name := a.Label()
		if first, ok := names[name]; ok {
			f.Add(fmt.Sprintf("arms[%d].name", i), "arms[%d] is %q too; name one", first, name)
		} else {
			names[name] = i
		}
	}
	if total == 0 {
		f.Add("arms", "want an arm with a weight above zero")
	}
	return f.Err()
}

// validate lists what is wrong with how a winner is chosen.
func (x *Experiment) validate() error {
	var f marque.Faults
	if _, ok := x.Arms[""]; ok {
		f.Add("arms", "one has no name")
	}
	whole(&f, "after", x.After)
	whole(&f, "window", x.Window)
	oneOf(&f, "winner", x.Winner, "", "significant", "best", "never")
	decided := x.Winner == "significant" || x.Winner == "best"
	if decided && x.Metric == "" {
		f.Add("metric", "is empty: by what is the winner chosen?")
	}
	if x.Winner == "best" && x.After == 0 {
		f.Add("after", "want a time above zero: when is the best arm taken?")
	}
	if x.After < 0 || x.After != 0 && !decided {
		f.Add("after", "goes with a winner, and wants a time above zero")
	}
	if x.Window < 0 || x.Window != 0 && x.Metric == "" {
		f.Add("window", "goes with metric, and wants a time above zero")
	}
	return f.Err()
}
