package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/rule"
)

func (c *compiler) wait(path string, n *Node) {
	w := n.Wait
	n.Zero = !w.TakesTime()
	at, _ := civil.ParseClock(w.At)
	days, _ := civil.ParseWeekdays(w.Weekdays)
	switch {
	case w.Window != "":
		from, to, _ := graph.ParseWindow(w.Window)
		n.Waits.Rule, n.Waits.Now = when.Window{Window: civil.Window{Start: from, End: to}, Weekdays: days}, true
	case w.Active != nil:
		c.active(path+".active", w.Active, &n.Waits)
	case w.Date != nil:
		c.date(path+".date", w.Date, &n.Waits)
	case w.Days != 0 && w.At != "":
		n.Waits.Rule = when.DaysAt{Days: w.Days, At: at}
	case w.Days != 0:
		n.Waits.Rule = when.Days(w.Days)
	case w.For != 0 && w.At != "":
		n.Waits.Rule = when.AfterAt{For: time.Duration(w.For), At: at}
	case w.At != "":
		n.Waits.Rule = when.NextAt{At: at, Weekdays: days}
	case w.For != 0:
		n.Waits.Rule = when.After(w.For)
	}
	for i, x := range w.Until {
		n.Cases = append(n.Cases, c.rule(fmt.Sprintf("%s.until[%d].when", path, i), x.When, c.set.Vars))
		n.Waits.Facts = append(n.Waits.Facts, c.reads(n.Cases[i].Need())...)
	}
	if _, exact := n.Waits.Rule.(when.After); !exact && len(w.Matches()) == 0 {
		n.Waits.Facts = append(append(n.Waits.Facts, "=attr/zone"), moves...)
	}
	slices.Sort(n.Waits.Facts)
	n.Waits.Facts = slices.Compact(n.Waits.Facts)
	c.matches(path, n)
}

func (c *compiler) matches(path string, n *Node) {
	w := n.Wait
	for i, m := range w.Matches() {
		at := path
		if w.Event == "" {
			at = fmt.Sprintf("%s.any[%d]", path, i)
		} else if i > 0 {
			at = fmt.Sprintf("%s.any[%d]", path, i-1)
		}
		l := Listener{Event: m.Event, Of: m.Of, Same: m.Same, Keep: m.Keep, Next: m.Next}
		if l.Next == "" {
			l.Next = n.Next
		}
		l.Scope = c.event(at+".event", m.Event)
		l.When = c.rule(at+".when", m.When, l.Scope)
		c.keep(at+".keep", m.Keep, l.Scope)
		c.same(at+".same", m.Same, l.Scope)
		n.Matches = append(n.Matches, l)
	}
}

// need adds something to what a wait reads, and listens to its changes.
func (c *compiler) need(w *Waiting, need rule.Need) {
	w.need = w.need.Union(need)
	w.Facts = append(w.Facts, c.reads(need)...)
}

func (c *compiler) date(path string, d *graph.DateWait, w *Waiting) {
	clock, _ := civil.ParseClock(d.At)
	w.Date = &when.Date{Days: d.Days, At: clock, Yearly: d.Yearly, Mar1: d.Leap == "mar1"}
	if name, ok := strings.CutPrefix(d.Attribute, "vars."); ok {
		if w.Variable = name; !c.variable(name) {
			c.faults.Add(path+".attribute", "the journey has no variable %q", name)
		}
		return
	}
	w.Attr = c.slot(path+".attribute", "attribute", d.Attribute, c.lex.Attr, c.attributes())
	if w.Attr < 0 {
		return
	}
	if t := c.lex.Schema().Attributes[w.Attr].Type; t != rule.Time && t != rule.String && t != rule.Any {
		c.faults.Add(path+".attribute", "%q is %v, and no date", d.Attribute, t)
	}
	c.need(w, rule.Need{Attrs: []int{w.Attr}})
}

func (c *compiler) active(path string, a *graph.Active, w *Waiting) {
	other, _ := civil.ParseClock(a.Else)
	w.Hour = &when.Active{Hour: when.Hour{At: other, Within: time.Duration(a.Within)}, Attr: -1}
	if slot, ok := c.lex.Attr(a.Of); ok {
		w.Hour.Attr = slot
		c.ref("attribute", a.Of, path+".of")
		switch t := c.lex.Schema().Attributes[slot].Type; t {
		case rule.Bool, rule.Time, rule.Strings:
			c.faults.Add(path+".of", "%q is %v, and no hour", a.Of, t)
		}
		c.need(w, rule.Need{Attrs: []int{slot}})
	} else {
		for slot, tag := range c.lex.Schema().Tags {
			rest, ok := strings.CutPrefix(tag, a.Of)
			if at, hour := when.ParseHour(rest); ok && hour {
				w.Hour.Marks = append(w.Hour.Marks, when.HourOf{Slot: slot, At: at})
				c.ref("tag", tag, path+".of")
				c.need(w, rule.Need{Tags: []int{slot}})
			}
		}
		if len(w.Hour.Marks) == 0 {
			c.faults.Add(path+".of", "no attribute %q and no tag %q with an hour behind it%s", a.Of, a.Of, rule.Hint(a.Of, c.attributes()))
		}
	}
	for i, s := range a.Segments {
		at, _ := civil.ParseClock(s.At)
		slot := c.slot(fmt.Sprintf("%s.segments[%d].segment", path, i), "segment", s.Segment, c.lex.Segment, c.lex.Schema().Segments)
		if slot >= 0 {
			w.Hour.Marks = append(w.Hour.Marks, when.HourOf{Slot: slot, Segment: true, At: at})
			c.need(w, rule.Need{Segments: []int{slot}})
		}
	}
}

// emit checks the properties with which an event is said.
func (c *compiler) emit(path string, e *graph.Emit) {
	scope := c.event(path+".event", e.Event)
	fields, ok := c.lex.Fields(scope)
	if !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(e.Props)) {
		at := path + ".props." + name
		i := slices.IndexFunc(fields, func(f rule.Field) bool { return f.Name == name })
		if v, ok := rule.Of(e.Props[name]); i < 0 {
			c.faults.Add(at, "the event has no property %q%s", name, rule.Hint(name, fieldNames(fields)))
		} else if !ok || !fits(v, fields[i].Type) {
			c.faults.Add(at, "is no %v", fields[i].Type)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Vars)) {
		if !slices.ContainsFunc(fields, func(f rule.Field) bool { return f.Name == name }) {
			c.faults.Add(path+".vars."+name, "the event has no property %q%s", name, rule.Hint(name, fieldNames(fields)))
		}
	}
	c.known(path+".vars.", e.Vars)
}

// known checks that the values of a map are variables of the journey.
func (c *compiler) known(path string, vars map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if !c.variable(vars[name]) {
			c.faults.Add(path+name, "the journey has no variable %q", vars[name])
		}
	}
}
