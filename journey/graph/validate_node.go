package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

func (n *Node) validate() error {
	var f marque.Faults
	kind := n.Kind()
	if kind == "" {
		f.Add("", "want exactly one of send, wait, branch, split, experiment, tag, untag, score, set, coupon, assign, call, emit, gate, sub, goto and exit")
		return f.Err()
	}
	if (kind == "goto" || kind == "exit" || kind == "split") && n.Next != "" {
		f.Add("next", "a %s node has none", kind)
	}
	if (kind == "goto" || kind == "exit") && n.Max != 0 {
		f.Add("max", "nobody comes here twice: a %s node is the end", kind)
	}
	if n.Max < 0 {
		f.Add("max", "is %d, want at least 1", n.Max)
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
		f.Wrap("split", n.Split.validate())
	case "experiment":
		if n.Experiment.Name == "" {
			f.Add("experiment.name", "is empty")
		}
		if len(n.Experiment.Arms) == 0 {
			f.Add("experiment.arms", "there is none")
		}
		f.Wrap("experiment", n.Experiment.validate())
	case "tag":
		if n.Tag.Name == "" {
			f.Add("tag", "is empty")
		} else if strings.Contains(n.Tag.Name, " for ") {
			f.Add("tag", "%q: a name with \" for \" in it cannot be written", n.Tag.Name)
		}
		whole(&f, "tag", n.Tag.TTL)
		if n.Tag.TTL < 0 {
			f.Add("tag", "%s: want a time above zero", n.Tag.TTL)
		}
	case "score":
		if n.Score.Name == "" {
			f.Add("score.name", "is empty")
		}
	case "coupon":
		if n.Coupon.Batch == "" {
			f.Add("coupon.batch", "is empty")
		}
	case "assign":
		if n.Assign.Desk == "" {
			f.Add("assign.desk", "is empty")
		}
	case "emit":
		if n.Emit.Event == "" {
			f.Add("emit.event", "is empty")
		}
		for _, name := range slices.Sorted(maps.Keys(n.Emit.Vars)) {
			if _, twice := n.Emit.Props[name]; twice {
				f.Add("emit.vars."+name, "is in props too")
			}
		}
	case "gate":
		f.Wrap("gate", n.Gate.validate())
	case "sub":
		if n.Sub.Journey == "" {
			f.Add("sub.journey", "is empty")
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
	if s.Template == "" && s.Text == "" && s.HTML == "" {
		f.Add("template", "want a template, a text or HTML")
	}
	if s.Late != nil {
		f.Wrap("late", s.Late.Validate())
	}
	return f.Err()
}

// outcomes lists the edges that a node may name in On; ok is false where any name will do.
func (n *Node) outcomes() (names []string, ok bool) {
	switch kind := n.Kind(); {
	case kind == "send":
		names = []string{Sent, Unreachable, Suppressed, Outside, Capped, Silent, TooLate, Failed}
	case kind == "wait" && (len(n.Wait.Matches())+len(n.Wait.Until) > 0):
		names = []string{Timeout}
	case kind == "wait" && n.Wait.Date != nil && n.Wait.Date.Past == "skip":
		names = []string{Past, Missing}
	case kind == "wait" && n.Wait.Date != nil:
		names = []string{Missing}
	case kind == "gate" && n.Gate.Wait:
		names = []string{TooLate}
	case kind == "gate":
		names = []string{Full}
	case kind == "tag", kind == "untag", kind == "score", kind == "set", kind == "coupon", kind == "assign":
		names = []string{Refused, Failed}
	case kind == "call", kind == "sub":
		return nil, false
	}
	if n.Max > 0 {
		names = append(names, Again)
	}
	return names, true
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
