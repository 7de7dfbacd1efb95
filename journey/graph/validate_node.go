package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

func (n *Node) validate() error {
	var f marque.Faults
	kind := n.Kind()
	if kind == "" {
		f.Add("", "want exactly one of send, wait, branch, split, experiment, tag, untag, score, set, coupon, call, goto and exit")
		return f.Err()
	}
	if (kind == "goto" || kind == "exit" || kind == "split") && n.Next != "" {
		f.Add("next", "a %s node has none", kind)
	}
	switch kind {
	case "send":
		f.Wrap("send", n.Send.validate())
	case "wait":
		f.Wrap("wait", n.Wait.validate())
	case "branch":
		for i, c := range n.Branch {
			if c.When == "" {
				f.Add(fmt.Sprintf("branch[%d].when", i), "is empty; what holds otherwise is next")
			}
		}
	case "split":
		total := 0
		for i, a := range n.Split.Arms {
			if a.Weight < 0 || a.Weight > marque.Buckets {
				f.Add(fmt.Sprintf("split.arms[%d].weight", i), "is %d, want 0 to %d", a.Weight, marque.Buckets)
			}
			total += max(a.Weight, 0)
		}
		if total == 0 {
			f.Add("split.arms", "want an arm with a weight above zero")
		}
	case "experiment":
		if n.Experiment.Name == "" {
			f.Add("experiment.name", "is empty")
		}
		if len(n.Experiment.Arms) == 0 {
			f.Add("experiment.arms", "there is none")
		}
	case "tag":
		if n.Tag.Name == "" {
			f.Add("tag", "is empty")
		}
	case "score":
		if n.Score.Name == "" {
			f.Add("score.name", "is empty")
		}
	case "coupon":
		if n.Coupon.Batch == "" {
			f.Add("coupon.batch", "is empty")
		}
	case "call":
		if n.Call.Do == "" {
			f.Add("call.do", "is empty")
		}
		if len(n.Call.Fields) > 0 && n.Call.As == "" {
			f.Add("call.as", "is empty: under which name are the fields kept?")
		}
	}
	return f.Err()
}

func (s *Send) validate() error {
	var f marque.Faults
	if len(s.Channels) == 0 {
		f.Add("channels", "there is none")
	} else if len(s.Channels) > 32 {
		f.Add("channels", "%d are more than 32", len(s.Channels))
	}
	for i, c := range s.Channels {
		path := fmt.Sprintf("channels[%d]", i)
		if c == "" {
			f.Add(path, "is empty")
		} else if slices.Index(s.Channels, c) < i {
			f.Add(path, "%q is there twice", c)
		}
	}
	if s.Template == "" && s.Text == "" {
		f.Add("template", "want a template or a text")
	}
	return f.Err()
}

func (w *Wait) validate() error {
	var f marque.Faults
	event := len(w.Matches()) > 0
	clock := w.At != ""
	if clock {
		_, err := civil.ParseClock(w.At)
		f.Wrap("at", err)
	}
	_, err := civil.ParseWeekdays(w.Weekdays)
	f.Wrap("weekdays", err)
	for _, d := range []struct {
		path string
		n    int64
	}{{"for", int64(w.For)}, {"within", int64(w.Within)}, {"days", int64(w.Days)}} {
		if d.n < 0 {
			f.Add(d.path, "want more than zero")
		}
	}
	switch {
	case event && (clock || w.For != 0 || w.Days != 0 || w.Weekdays != ""):
		f.Add("", "want an event or a time, not both; the longest wait for an event is within")
	case !event && !clock && w.For == 0 && w.Days == 0:
		f.Add("", "want one of for, days, at, event and any")
	case !event && w.Within != 0:
		f.Add("within", "goes with event or any only; a plain wait is for")
	case w.For != 0 && w.Days != 0:
		f.Add("days", "want days or for, not both")
	case w.Weekdays != "" && (!clock || w.For != 0 || w.Days != 0):
		f.Add("weekdays", "goes with at alone")
	}
	if w.Event == "" && (w.When != "" || w.Of != "" || len(w.Same)+len(w.Keep) > 0) {
		f.Add("event", "is empty")
	}
	for i, m := range w.Any {
		if m.Event == "" {
			f.Add(fmt.Sprintf("any[%d].event", i), "is empty")
		}
	}
	return f.Err()
}

// outcomes lists the edges that a node may name in On; ok is false where any name will do.
func (n *Node) outcomes() (names []string, ok bool) {
	switch n.Kind() {
	case "send":
		return []string{Sent, Unreachable, Suppressed, Outside, Capped, Silent, Failed}, true
	case "wait":
		if len(n.Wait.Matches()) > 0 {
			return []string{Timeout}, true
		}
	case "tag", "untag", "score", "set", "coupon":
		return []string{Refused, Failed}, true
	case "call":
		return nil, false
	}
	return nil, true
}

func (d *Def) checkEdges(n *Node, ids map[string]int) error {
	var f marque.Faults
	for _, e := range n.Edges() {
		if _, ok := ids[e.To]; !ok && e.To != "" {
			f.Add(e.Path, "no node %q%s", e.To, rule.Hint(e.To, slices.Sorted(maps.Keys(ids))))
		}
	}
	if names, closed := n.outcomes(); closed {
		for _, o := range slices.Sorted(maps.Keys(n.On)) {
			if len(names) == 0 {
				f.Add("on."+o, "this node has no outcomes")
			} else if !slices.Contains(names, o) {
				f.Add("on."+o, "no such outcome, want one of %s%s", strings.Join(names, ", "), rule.Hint(o, names))
			}
		}
	}
	if n.Kind() != "wait" {
		return f.Err()
	}
	for i, m := range n.Wait.Matches() {
		path := "wait.of"
		if n.Wait.Event == "" {
			path = fmt.Sprintf("wait.any[%d].of", i)
		} else if i > 0 {
			path = fmt.Sprintf("wait.any[%d].of", i-1)
		}
		if m.Of == "" {
			continue
		}
		if j, ok := ids[m.Of]; !ok || d.Nodes[j].Send == nil {
			f.Add(path, "no send node %q%s", m.Of, rule.Hint(m.Of, slices.Sorted(maps.Keys(ids))))
		}
	}
	return f.Err()
}
