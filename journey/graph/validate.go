package graph

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// Validate lists what is wrong with the definition in itself: shapes, names of nodes, edges, nodes that nobody
// reaches, cycles that take no time. Names of other things and rules are checked by Compile.
func (d *Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	if d.Version < 0 {
		f.Add("version", "is %d, want 0 or more", d.Version)
	}
	if !isZone(d.Zone) {
		f.Add("zone", "no time zone %q", d.Zone)
	}
	oneOf(&f, "consent", d.Consent, "", "required", "assumed")
	f.Wrap("entry", d.Entry.validate())
	if d.Goal != nil {
		f.Wrap("goal", d.Goal.validate())
	}
	for i := range d.Exit {
		f.Wrap(fmt.Sprintf("exit[%d]", i), d.Exit[i].validate())
	}
	if d.Quiet != nil {
		f.Wrap("quiet", d.Quiet.Validate())
	}
	if d.Late != nil {
		f.Wrap("late", d.Late.Validate())
	}
	for i := range d.Caps {
		f.Wrap(fmt.Sprintf("caps[%d]", i), d.Caps[i].Validate())
	}
	if len(d.Nodes) == 0 {
		f.Add("nodes", "there is none")
	}
	ids := map[string]int{}
	for i := range d.Nodes {
		n, path := &d.Nodes[i], fmt.Sprintf("nodes[%d]", i)
		if first, ok := ids[n.ID]; ok {
			f.Add(path+".id", "%q is the id of nodes[%d] already", n.ID, first)
		} else if n.ID == "" {
			f.Add(path+".id", "is empty")
		} else {
			ids[n.ID] = i
		}
		f.Wrap(path, n.validate())
	}
	for i := range d.Nodes {
		f.Wrap(fmt.Sprintf("nodes[%d]", i), d.checkEdges(&d.Nodes[i], ids))
	}
	if f.Err() == nil {
		f.Wrap("", d.checkGraph())
	}
	return f.Err()
}

// isZone reports whether the name is one of an IANA zone, or empty. Where zones are files, other files are no zones.
func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local" && name != "Factory" && (name == "" || name[0] >= 'A' && name[0] <= 'Z')
}

// whole adds a fault for a time that is no whole number of microseconds, which are what instants have.
func whole(f *marque.Faults, path string, d marque.Duration) {
	if time.Duration(d)%time.Microsecond != 0 {
		f.Add(path, "%s is no whole number of microseconds", d)
	}
}

func oneOf(f *marque.Faults, path, got string, want ...string) {
	if !slices.Contains(want, got) {
		f.Add(path, "%q: want %s%s", got, strings.Join(slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s == "" }), ", "), rule.Hint(got, want))
	}
}

func (e *Entry) validate() error {
	var f marque.Faults
	var set []string
	for _, k := range []struct {
		name string
		set  bool
	}{{"event", e.Event != ""}, {"segment", e.Segment != ""}, {"left", e.Left != ""}, {"did", e.Did != ""},
		{"schedule", e.Schedule != nil}, {"date", e.Date != nil}, {"signal", e.Signal != nil}, {"call", e.Call}} {
		if k.set {
			set = append(set, k.name)
		}
	}
	if len(set) != 1 {
		f.Add("", "want exactly one of event, segment, left, did, schedule, date, signal and call%s", got(set))
	}
	switch {
	case e.Did != "" && e.Not == "":
		f.Add("not", "is empty: what must not happen after did?")
	case e.Did == "" && e.Not != "":
		f.Add("not", "goes with did only")
	}
	whole(&f, "within", e.Within)
	whole(&f, "window", e.Window)
	if e.Did != "" && e.Within <= 0 {
		f.Add("within", "want a time above zero")
	} else if e.Did == "" && e.Within != 0 {
		f.Add("within", "goes with did only")
	}
	if e.Call && e.When != "" {
		f.Add("when", "there is no event at a call; use audience")
	}
	f.Wrap("", e.validateMany())
	oneOf(&f, "reentry", e.Reentry, "", "once", "active", "every", "window")
	if e.Again() == "window" && e.Window <= 0 {
		f.Add("window", "want a time above zero")
	} else if e.Again() != "window" && e.Window != 0 {
		f.Add("window", "goes with reentry window, not %s", e.Reentry)
	}
	if h := e.Holdout; h != nil {
		if h.Name == "" {
			f.Add("holdout.name", "is empty")
		}
		if h.Share == 0 || h.Share >= marque.Buckets {
			f.Add("holdout.share", "%s: want more than none and less than all", h.Share)
		}
	}
	return f.Err()
}

func got(set []string) string {
	if len(set) == 0 {
		return ""
	}
	return ", got " + strings.Join(set, " and ")
}

func (o *On) validate() error {
	var f marque.Faults
	if o.Event == "" && o.When == "" {
		f.Add("event", "want an event, a rule, or both")
	}
	if o.Event == "" && len(o.Same) > 0 {
		f.Add("same", "goes with event only")
	}
	return f.Err()
}

// Validate lists what is wrong.
func (q *Quiet) Validate() error {
	var f marque.Faults
	from, err := civil.ParseClock(q.From)
	f.Wrap("from", err)
	to, err2 := civil.ParseClock(q.To)
	f.Wrap("to", err2)
	if err == nil && err2 == nil && from == to {
		f.Add("to", "is the same as from: the window never opens")
	}
	oneOf(&f, "do", q.Do, "", "hold", "drop", "next")
	return f.Err()
}

// Validate lists what is wrong.
func (c Cap) Validate() error {
	var f marque.Faults
	if c.N < 1 {
		f.Add("n", "is %d, want at least 1", c.N)
	}
	oneOf(&f, "per", c.Per, "", "day", "week", "month")
	if (c.Per == "") == (c.Within == 0) {
		f.Add("per", "want exactly one of per and within")
	}
	whole(&f, "within", c.Within)
	if c.Within < 0 {
		f.Add("within", "want a time above zero")
	}
	return f.Err()
}
