package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/internal/deal"
	"github.com/marque-go/marque/rule"
)

func (c *compiler) node(path string, d *graph.Node) Node {
	n := Node{Node: d, What: d.Kind()}
	switch n.What {
	case "send":
		n.Zero = true // where it is refused
		n.Sends = c.send(path+".send", d.Send)
	case "wait":
		c.wait(path+".wait", &n)
	case "branch":
		n.Zero = true
		for i, x := range d.Branch {
			n.Cases = append(n.Cases, c.rule(fmt.Sprintf("%s.branch[%d].when", path, i), x.When, c.set.Vars))
		}
	case "split":
		n.Zero = true
		salt := d.Split.Salt
		if salt == "" {
			salt = c.def.Name + "/" + d.ID
		}
		n.Deal = deal.New(d.Split, salt)
	case "experiment":
		n.Zero = true
		c.ref("experiment", d.Experiment.Name, path+".experiment.name")
		if d.Experiment.Metric != "" {
			c.event(path+".experiment.metric", d.Experiment.Metric)
		}
	case "tag":
		c.slot(path+".tag", "tag", d.Tag.Name, c.lex.Tag, c.lex.Schema().Tags)
	case "untag":
		c.slot(path+".untag", "tag", d.Untag, c.lex.Tag, c.lex.Schema().Tags)
	case "score":
		c.slot(path+".score.name", "score", d.Score.Name, c.lex.Score, c.lex.Schema().Scores)
	case "set":
		for _, name := range slices.Sorted(maps.Keys(d.Set)) {
			at := path + ".set." + name
			slot := c.slot(at, "attribute", name, c.lex.Attr, c.attributes())
			if v, ok := rule.Of(d.Set[name]); !ok {
				c.faults.Add(at, "a %T is no value of an attribute", d.Set[name])
			} else if slot >= 0 {
				if want := c.lex.Schema().Attributes[slot].Type; !fits(v, want) {
					c.faults.Add(at, "is %v, the attribute %v", v.Type(), want)
				}
			}
		}
	case "coupon":
		c.ref("coupon", d.Coupon.Batch, path+".coupon.batch")
	case "assign":
		c.ref("desk", d.Assign.Desk, path+".assign.desk")
	case "call":
		c.ref("call", d.Call.Do, path+".call.do")
	case "emit":
		n.Zero = true
		c.emit(path+".emit", d.Emit)
	case "gate":
		n.Zero = true
	case "sub":
		c.ref("journey", d.Sub.Journey, path+".sub.journey")
		c.known(path+".sub.vars.", d.Sub.Vars)
	case "goto":
		n.Zero = true
		c.ref("journey", d.Goto, path+".goto")
	case "exit":
		n.Zero = true
	}
	n.Zero = n.Zero || d.Max > 0
	return n
}

func fits(v rule.Value, t rule.Type) bool { _, ok := v.As(t); return ok }

func (c *compiler) attributes() []string { return fieldNames(c.lex.Schema().Attributes) }

func (c *compiler) send(path string, d *graph.Send) Send {
	s := Send{Topic: d.Topic, PreferAttr: -1}
	if s.Topic == "" {
		s.Topic = c.def.Topic
	}
	for i, ch := range d.Channels {
		c.ref("channel", ch, fmt.Sprintf("%s.channels[%d]", path, i))
	}
	if d.Prefer != "" {
		c.prefer(path+".prefer", d, &s)
	}
	s.Message = gate.Message{Topic: s.Topic, Transactional: d.Transactional, Late: d.Late}
	c.text(path, d, &s)
	return s
}

// prefer resolves where the preferred channel stands.
func (c *compiler) prefer(path string, d *graph.Send, s *Send) {
	if slot, ok := c.lex.Attr(d.Prefer); ok {
		s.PreferAttr = slot
		c.ref("attribute", d.Prefer, path)
		if t := c.lex.Schema().Attributes[slot].Type; t != rule.String && t != rule.Any {
			c.faults.Add(path, "%q is %v, and names no channel", d.Prefer, t)
		}
		return
	}
	some := false
	for _, ch := range d.Channels {
		slot, ok := c.lex.Tag(d.Prefer + ch)
		if !ok {
			slot = -1
		}
		some = some || ok
		s.PreferTags = append(s.PreferTags, slot)
	}
	if !some {
		c.faults.Add(path, "no attribute %q and no tag %q with a channel behind it%s", d.Prefer, d.Prefer, rule.Hint(d.Prefer, c.attributes()))
	}
}

// variable reports whether a name is a variable of the definition.
func (c *compiler) variable(name string) bool {
	for _, s := range graph.Scopes([]graph.Def{*c.def}) {
		if slices.ContainsFunc(s.Fields, func(f rule.Field) bool { return f.Name == name }) {
			return true
		}
	}
	return false
}
