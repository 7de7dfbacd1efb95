package why

import (
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

// change says what a term wants of a subject.
func (t *turner) change(subject int, x term) Change {
	s, set := t.space.Subjects[subject], x.sets[subject]
	n := s.Node
	c := Change{Name: n.Name, Slot: n.Slot, Of: n.String(), Kind: "condition", thing: n.String()}
	switch n.Op {
	case op.Attr:
		c.Kind = "attribute"
	case op.Field:
		c.Kind, c.Name = "field", n.Of+"."+n.Name
	case op.Times, op.Distinct, op.Total, op.FirstAt, op.LastAt:
		c.Kind, c.Prop, c.thing = "event", n.Of, thing(n)
	case op.HasTag:
		c.Kind = "tag"
	case op.InSegment:
		c.Kind = "segment"
	case op.Score:
		c.Kind = "score"
	case op.Now, op.Const:
		c.Kind, c.Name = "time", "now"
	}
	if s.Kind == space.Sign {
		c.Kind = "condition"
	}
	c.At = t.alone(subject, x)
	now, _ := eval.Value(*n, t.in)
	c.Is = now.Any()
	if s.Kind == space.Sign {
		t.sign(&c, s, set)
		return c
	}
	t.wanted(&c, s, set)
	t.say(&c, s, set, now)
	return c
}

// sign says how two values would have to compare.
func (t *turner) sign(c *Change, s *space.Subject, set space.Set) {
	var how []string
	words := map[int]string{-1: "less than", 0: "equal to", 1: "more than"}
	for i, cell := range s.Cells {
		if !set.Has(i) {
			continue
		}
		if cell.Missing() {
			c.Missing = true
			continue
		}
		how = append(how, words[cell.At])
	}
	other, _ := eval.Value(*s.With, t.in)
	c.Of += " beside " + s.With.String()
	switch {
	case len(how) == 0:
		c.Words = fmt.Sprintf("%s or %s would have to be not known", s.Node, s.With)
	case len(how) == 3:
		c.Words = fmt.Sprintf("%s and %s would have to be known", s.Node, s.With)
	default:
		c.Words = fmt.Sprintf("%s would have to be %s %s (%s, beside %s)", s.Node, strings.Join(how, " or "), s.With, is(c.Is), plain(other))
	}
}

// say puts a change into words.
func (t *turner) say(c *Change, s *space.Subject, set space.Set, now rule.Value) {
	n := s.Node
	switch {
	case clockwork(s):
		c.Words = "it would have to be " + clock(c.At)
	case n.Op == op.HasTag && c.OneOf[0] == true:
		c.Words = "the tag " + n.Name
	case n.Op == op.HasTag:
		c.Words = "the tag " + n.Name + " taken away"
	case n.Op == op.InSegment && c.OneOf[0] == true:
		c.Words = "to be in the segment " + n.Name
	case n.Op == op.InSegment:
		c.Words = "to be out of the segment " + n.Name
	case s.Kind == space.Value && n.Op == op.Times && upward(set, len(s.Cells)):
		c.More = int(s.Cells[nearest(s, set, -1)].Lo - now.Int())
		c.Words = fmt.Sprintf("%d more %s (%s)", c.More, events(n), there(now.Int()))
	case s.Kind == space.Value && n.Op == op.Times && downward(set, len(s.Cells)):
		c.More = int(s.Cells[nearest(s, set, len(s.Cells)-1)].Hi - now.Int())
		c.Words = fmt.Sprintf("%d fewer %s (%s)", -c.More, events(n), there(now.Int()))
		if now.Int() == int64(-c.More) {
			c.Words = fmt.Sprintf("no %s (%s)", events(n), there(now.Int()))
		}
	case len(c.OneOf) > 0 && (n.Op == op.Contains || n.Op == op.EndsWith || n.Op == op.Matches) && len(n.Args) == 2:
		c.Words = c.look(n, t.in)
	case n.Condition():
		truth := map[any]string{true: " would have to be true", false: " would have to be false"}
		words := " would have to be unknown"
		if len(c.OneOf) > 0 {
			words = truth[c.OneOf[0]]
		}
		c.Words = n.String() + words
		if c.At.IsZero() {
			break
		}
		c.Words += " (as time alone makes it at " + clock(c.At) + ")"
	default:
		words := c.set(s.Kind == space.Age, t.in.Now)
		c.Words = fmt.Sprintf("%s would have to be %s (%s)", c.subject(), words, t.is(s, now))
	}
	if c.At.IsZero() || clockwork(s) || n.Condition() {
		return
	}
	c.Words += ", which time alone makes so at " + clock(c.At)
}

// subject names what changes, for people.
func (c *Change) subject() string {
	switch c.Kind {
	case "attribute", "field":
		return c.Name
	case "score":
		return "the score " + c.Name
	}
	return c.thing
}

// thing names what an event function gives.
func thing(n *rule.Node) string {
	switch n.Op {
	case op.Total:
		return "the total " + n.Of + " of " + events(n)
	case op.Distinct:
		return "the number of different " + n.Of + " of " + events(n)
	case op.FirstAt:
		return "the first " + events(n)
	case op.LastAt:
		return "the last " + events(n)
	}
	return "the number of " + events(n)
}

// look says that a text, or a set, would have to contain another, or not.
func (c *Change) look(n *rule.Node, in rule.Input) string {
	verb := map[op.Op]string{op.Contains: "contain", op.EndsWith: "end with", op.Matches: "match"}[n.Op]
	if c.OneOf[0] == false {
		verb = "not " + verb
	}
	now, _ := eval.Value(n.Args[0], in)
	return fmt.Sprintf("%s would have to %s %s (%s)", n.Args[0], verb, plain(n.Args[1].Value), is(now.Any()))
}

// events says which events count.
func events(n *rule.Node) string {
	s := n.Name
	w := n.Window
	switch {
	case w.Calendar == rule.Today:
		s += " today"
	case w.Calendar == rule.ThisWeek:
		s += " this week"
	case w.Calendar == rule.ThisMonth:
		s += " this month"
	case w.Since != 0:
		s += " since " + clock(w.Since.Time())
	case w.Short != 0:
		s += fmt.Sprintf(" between %s and %s ago", w.Short, w.Long)
	case w.Long != 0:
		s += " within " + w.Long.String()
	}
	if len(n.Args) > 0 {
		s += " with " + n.Args[0].String()
	}
	return s
}

func there(n int64) string {
	switch n {
	case 0:
		return "there is none"
	case 1:
		return "there is 1"
	}
	return fmt.Sprintf("there are %d", n)
}

// plain writes a value for people: texts as they are where they are plain words.
func plain(v rule.Value) string { return word(v.Any()) }

func word(x any) string {
	switch x := x.(type) {
	case nil:
		return "not known"
	case string:
		if x == "" || strings.ContainsFunc(x, func(r rune) bool { return r < ' ' || r == '"' || r == ',' }) || strings.TrimSpace(x) != x {
			return fmt.Sprintf("%q", x)
		}
		return x
	case time.Time:
		return clock(x)
	case float64:
		return fmt.Sprintf("%.6g", x)
	case []string:
		return strings.Join(x, ", ")
	}
	return fmt.Sprint(x)
}

// is says what something is now.
func is(x any) string {
	switch x := x.(type) {
	case nil:
		return "it is not known"
	case []string:
		if len(x) == 0 {
			return "it is empty"
		}
	}
	return "it is " + word(x)
}

func (t *turner) is(s *space.Subject, now rule.Value) string {
	if s.Kind != space.Age || now.Type() != rule.Time {
		return is(now.Any())
	}
	return is(now.Any()) + ", " + ago(now.Any().(time.Time), t.in.Now)
}

func ago(at, now time.Time) string {
	d := marque.Duration(now.Sub(at))
	if d < 0 {
		return "in " + (-d).String()
	}
	return d.String() + " ago"
}
