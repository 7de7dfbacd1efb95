package graph

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Label says in a few words who enters and when.
func (e *Entry) Label() string {
	switch {
	case e.Event != "":
		return e.Event
	case e.Segment != "":
		return "enters " + e.Segment
	case e.Left != "":
		return "leaves " + e.Left
	case e.Did != "":
		return e.Did + " and not " + e.Not + " within " + e.Within.String()
	case e.Schedule != nil:
		s := "at " + e.Schedule.Cron
		if e.Schedule.Segment != "" {
			s += " for " + e.Schedule.Segment
		}
		return s
	case e.Date != nil:
		return e.Date.label()
	case e.Signal != nil:
		return "while " + e.Signal.Open
	}
	return "by call"
}

func (d *Date) label() string {
	var s string
	switch {
	case d.Days == 0:
		s = "on "
	case d.Days > 0:
		s = days(d.Days) + " after "
	default:
		s = days(-d.Days) + " before "
	}
	return s + d.Attribute + " at " + d.At
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprint(n, " days")
}

// Label says in a few words what the node does.
func (n *Node) Label() string {
	switch kind := n.Kind(); kind {
	case "send":
		return "send " + strings.Join(n.Send.Channels, ", ")
	case "wait":
		return n.Wait.label()
	case "tag":
		text, _ := n.Tag.MarshalText()
		return "tag " + string(text)
	case "untag":
		return "untag " + n.Untag
	case "score":
		return fmt.Sprintf("score %s %+g", n.Score.Name, n.Score.Points)
	case "set":
		return "set " + strings.Join(slices.Sorted(maps.Keys(n.Set)), ", ")
	case "experiment":
		return "experiment " + n.Experiment.Name
	case "coupon":
		return "coupon " + n.Coupon.Batch
	case "assign":
		return "assign to " + n.Assign.Desk
	case "call":
		return "call " + n.Call.Do
	case "emit":
		return "say " + n.Emit.Event
	case "gate":
		return "gate " + n.Gate.label()
	case "sub":
		return "run " + n.Sub.Journey
	case "goto":
		return "go to " + n.Goto
	case "exit":
		return "exit " + n.Exit
	default:
		return kind
	}
}

func (q *Quota) label() string {
	switch {
	case q.Per != "":
		return fmt.Sprintf("%d per %s", q.N, q.Per)
	case q.Within != 0:
		return fmt.Sprintf("%d within %s", q.N, q.Within)
	}
	return fmt.Sprint(q.N)
}

func (w *Wait) label() string {
	var words []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	for i, m := range w.Matches() {
		add(i == 0, "wait for %s", m.Event)
		add(i > 0, "or %s", m.Event)
	}
	for i, c := range w.Until {
		add(i == 0, "wait until %s", c.When)
		add(i > 0, "or %s", c.When)
	}
	add(w.Within != 0, "within %s", w.Within)
	add(w.Date != nil, "wait until")
	if w.Date != nil {
		words = append(words, w.Date.label())
	}
	if w.Active != nil {
		words = append(words, "wait until active")
	}
	add(w.For != 0, "wait %s", w.For)
	add(w.Days != 0, "wait %s", days(w.Days))
	add(w.At != "" && len(words) == 0, "wait")
	add(w.At != "", "until %s", w.At)
	add(w.Window != "", "wait until in %s", w.Window)
	add(w.Weekdays != "", "on %s", w.Weekdays)
	return strings.Join(words, " ")
}

// percent is what part of all a weight is.
func (s *Split) percent(weight int) string {
	sum := 0
	for _, a := range s.Arms {
		sum += a.Weight
	}
	if sum == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(weight)/float64(sum), 'g', 3, 64) + "%"
}

// onward is what leads from a wait to its Next: what it waits for and has no way of its own. It is false where nothing
// does and Next is empty.
func (n *Node) onward() (label string, ok bool) {
	w := n.Wait
	all := w.Matches()
	if len(all) == 0 && len(w.Until) == 0 {
		return "", true
	}
	var words []string
	for _, m := range all {
		if m.Next == "" {
			words = append(words, m.Event)
		}
	}
	for _, c := range w.Until {
		if c.Next == "" {
			words = append(words, c.When)
		}
	}
	if _, named := n.On[Timeout]; w.Within != 0 && !named {
		words = append(words, Timeout)
	}
	return strings.Join(words, ", "), len(words) > 0 || n.Next != ""
}

// Label says in a few words what the cap bounds: "2 per day on sms".
func (c Cap) Label() string {
	s := (&Quota{N: c.N, Per: c.Per, Within: c.Within}).label()
	if c.Channel != "" {
		s += " on " + c.Channel
	}
	if c.Topic != "" {
		s += " about " + c.Topic
	}
	return s
}
