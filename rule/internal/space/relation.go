package space

import (
	"regexp"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// A relation says which cells of two subjects go together.
type relation struct {
	a, b int
	with []Set // by the cell of a: those of b
}

// widest is how many pairs of cells a relation may have.
const widest = 1 << 20

// relate finds the subjects that say something of one another, as far as that is not too much: without a relation more
// is possible.
func (s *Space) relate() {
	left := int(pairs)
	for i, a := range s.Subjects {
		for j, b := range s.Subjects {
			if i == j || len(a.Cells)*len(b.Cells) > widest {
				continue
			}
			if left -= price(a.Node, b.Node); left < 0 {
				return
			}
			allowed := together(a, b)
			if allowed == nil {
				continue
			}
			r := relation{a: i, b: j}
			for _, c := range a.Cells {
				set := newSet(len(b.Cells))
				for k, d := range b.Cells {
					if allowed(c, d) {
						set.add(k)
					}
				}
				r.with = append(r.with, set)
			}
			s.relations = append(s.relations, r)
		}
	}
}

// price is what it takes to find out whether two subjects say something of one another: of two histories of an event
// with filters most, since the filters are compared part by part.
func price(a, b *rule.Node) int {
	if !a.Op.History() || !b.Op.History() || a.Slot != b.Slot || len(a.Args) == 0 || len(b.Args) == 0 {
		return 1
	}
	parts := size(&a.Args[0]) + size(&b.Args[0])
	return 20 + parts*parts
}

func size(n *rule.Node) int {
	parts := 1
	for i := range n.Args {
		parts += size(&n.Args[i])
	}
	return parts
}

// consistent drops the cells that go together with nothing, and reports whether each subject has a cell left.
func (s *Space) consistent(sets []Set) bool {
	for again := true; again; {
		again = false
		for i := range s.relations {
			if s.left -= 5 + len(s.relations[i].with); s.left <= 0 {
				return true
			}
			r := &s.relations[i]
			left, right := newSet(len(r.with)), make(Set, len(sets[r.b]))
			for c := range r.with {
				if sets[r.a].Has(c) && r.with[c].meets(sets[r.b]) {
					left.add(c)
					for w := range right {
						right[w] |= r.with[c][w]
					}
				}
			}
			right = right.And(sets[r.b])
			if left.Empty() || right.Empty() {
				return false
			}
			again = again || !same(left, sets[r.a]) || !same(right, sets[r.b])
			sets[r.a], sets[r.b] = left, right
		}
	}
	return true
}

func same(s, t Set) bool {
	for i := range s {
		if s[i] != t[i] {
			return false
		}
	}
	return true
}

// together says which cells of b go with one of a; nil where the two are strangers.
func together(a, b *Subject) func(c, d Cell) bool {
	switch {
	case a.Kind == Sign || b.Kind == Sign:
		return nil
	case a.Kind == Age && b.Kind == Value && a.key[1:] == b.key[1:]:
		return func(c, d Cell) bool { return c.Missing() == (d.Type != rule.Time) }
	case a.Kind == Value && b.Kind == Value && looks(a.Node) && key(Value, &a.Node.Args[0], nil) == b.key:
		return look(a.Node, b)
	case a.Kind == Value && b.Kind == Value && looks(a.Node) && looks(b.Node):
		return substring(a.Node, b.Node)
	case a.Kind != Value || !counts(a.Node):
		return nil
	case b.Kind == Value && counts(b.Node):
		if !fewer(a.Node, b.Node) {
			return nil
		}
		return func(c, d Cell) bool { return c.Lo <= d.Hi }
	case b.Node.Op == op.FirstAt || b.Node.Op == op.LastAt:
		return moment(a.Node, b)
	case b.Kind == Value && b.Node.Op == op.Total && a.Node.Op == op.Times && covers(a.Node, b.Node):
		return func(c, d Cell) bool { return c.Hi > 0 || zero(b, d) }
	}
	return nil
}

func counts(n *rule.Node) bool { return n.Op == op.Times || n.Op == op.Distinct }

// zero reports whether 0 is in a cell of numbers.
func zero(s *Subject, c Cell) bool {
	if c.Type != rule.Float {
		return false
	}
	lo, hi := s.Bounds(c)
	none := rule.IntValue(0)
	if c.At%2 == 1 {
		return order(lo, none) == 0
	}
	return (!lo.Known() || order(lo, none) < 0) && (!hi.Known() || order(hi, none) > 0)
}

// fewer reports whether what a counts can never be more than what b counts.
func fewer(a, b *rule.Node) bool {
	if b.Op == op.Distinct && (a.Op != op.Distinct || a.Of != b.Of) {
		return false
	}
	return covers(b, a)
}

// covers reports whether every event that counts for b counts for a.
func covers(a, b *rule.Node) bool {
	if a.Slot != b.Slot || a.Name != b.Name || !Within(b.Window, a.Window) {
		return false
	}
	if len(a.Args) == 0 {
		return true
	}
	if len(b.Args) == 0 {
		return false
	}
	x, y := &b.Args[0], &a.Args[0]
	if x.String() == y.String() {
		return true
	}
	possible, _ := New(x, y).Possible(Goal{x, True}, Goal{y, NotTrue})
	return !possible
}

// Within reports whether every event in the window v is in the window w, at every instant.
func Within(v, w rule.Window) bool {
	need := v.Need()
	return v.Short >= w.Short && (w.Long == 0 || need != 0 && need <= w.Long) &&
		(w.Since == 0 || v.Since != 0 && v.Since >= w.Since) &&
		(w.Calendar == 0 || v.Calendar == w.Calendar || v.Calendar == rule.Today)
}

// moment relates how many events count with when the first or last of the same kind was.
func moment(n *rule.Node, when *Subject) func(c, d Cell) bool {
	if n.Slot != when.Node.Slot || n.Name != when.Node.Name {
		return nil
	}
	counted, dated := covers(when.Node, n), covers(n, when.Node) && n.Op == op.Times
	w := n.Window
	ages := w.Since == 0 && w.Calendar == 0 && when.Kind == Age && n.Op == op.Times && covers(&rule.Node{Slot: n.Slot, Name: n.Name, Args: n.Args}, when.Node)
	if !counted && !dated && !ages {
		return nil
	}
	short, long := int64(w.Short)/1000, int64(w.Need())/1000
	return func(c, d Cell) bool {
		some, none := c.Lo > 0, c.Hi == 0
		switch {
		case d.Missing():
			return !(counted && some)
		case dated && none:
			return false
		case ages && none && d.Lo >= short && (long == 0 || d.Hi < long):
			return false
		case counted && some && when.Kind == Age && when.Node.Op == op.LastAt:
			return long == 0 || d.Lo < long
		case counted && some && when.Kind == Age:
			return d.Hi >= short
		}
		return true
	}
}

// looks reports whether a condition looks for a written text in another, or in a set.
func looks(n *rule.Node) bool {
	return (n.Op == op.Contains || n.Op == op.EndsWith || n.Op == op.Matches) && len(n.Args) == 2 && n.Args[1].Op == op.Const && n.Args[1].Value.Type() == rule.String
}

// look relates such a condition with what it looks into.
func look(n *rule.Node, in *Subject) func(c, d Cell) bool {
	sought := n.Args[1].Value.Text()
	var re *regexp.Regexp
	if n.Op == op.Matches {
		re, _ = regexp.Compile(sought)
	}
	return func(c, d Cell) bool {
		switch {
		case d.Type == rule.Strings && n.Op == op.Contains:
			return !c.Missing()
		case d.Type != rule.String || n.Op == op.Matches && re == nil:
			return c.Missing()
		case c.Missing():
			return false
		case d.At%2 == 1:
			v, _ := in.Bounds(d)
			return (c.At == 1) == found(n.Op, v.Text(), sought, re)
		}
		return c.At == 1 || n.Op != op.Contains || !strings.Contains(in.begins(d), sought)
	}
}

func found(o op.Op, text, sought string, re *regexp.Regexp) bool {
	switch o {
	case op.Contains:
		return strings.Contains(text, sought)
	case op.EndsWith:
		return strings.HasSuffix(text, sought)
	}
	return re.MatchString(text)
}

// begins is the longest prefix that all texts of a cell are known to have.
func (s *Subject) begins(c Cell) (longest string) {
	for _, p := range s.prefixes {
		at, end := place(s, rule.StringValue(p)), len(s.texts)*2+1
		if stop, ok := next(p); ok {
			end = place(s, rule.StringValue(stop))
		}
		if c.At >= at && c.At < end && len(p) > len(longest) {
			longest = p
		}
	}
	return longest
}

// substring relates two such conditions over the same text.
func substring(a, b *rule.Node) func(c, d Cell) bool {
	if a.Args[0].Type == rule.Strings || a.Op == op.Matches || b.Op == op.Matches || a.Args[0].String() != b.Args[0].String() || a.Args[0].Type != rule.String {
		return nil
	}
	p, q := a.Args[1].Value.Text(), b.Args[1].Value.Text()
	if b.Op == op.Contains && !strings.Contains(p, q) || b.Op == op.EndsWith && (a.Op != op.EndsWith || !strings.HasSuffix(p, q)) {
		return nil
	}
	return func(c, d Cell) bool { return c.Type != rule.Bool || c.At != 1 || d.Type == rule.Bool && d.At == 1 }
}
