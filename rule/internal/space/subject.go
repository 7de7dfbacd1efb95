package space

import (
	"math"
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// Kind says what of its node a subject is.
type Kind uint8

// The kinds of subjects.
const (
	Value Kind = iota // what the node gives
	Age               // how long ago the time is that the node gives, in microseconds
	Sign              // how the value of the node compares with that of another: less, equal, more
)

// A Subject is a thing that conditions ask about: an attribute, a number of events, a tag. Two conditions ask about
// the same subject where its text is the same.
type Subject struct {
	Kind  Kind
	Node  *rule.Node
	With  *rule.Node // of Sign: what Node is compared with
	Cells []Cell     // what it may be; exactly one of them at an instant

	key      string
	numbers  []rule.Value // the constants it is compared with
	times    []rule.Value
	texts    []rule.Value
	prefixes []string
}

// A Cell is a set of values that no condition of the rules tells apart.
type Cell struct {
	// Type is Any where the value is missing, Float of every number, or Bool, Time, String, Strings.
	Type rule.Type
	// At is the place of a number, a time or a text among the subject's constants: 2i+1 is the i-th of them, 2i what
	// is below it and above the one before. Of a Bool it is 0 or 1, of a Sign -1, 0 or 1.
	At int
	// Lo and Hi are the least and the greatest value where only whole numbers or instants come into question.
	Lo, Hi int64
}

// Missing reports whether it is the cell of what is missing.
func (c Cell) Missing() bool { return c.Type == rule.Any }

// Bounds are the constants that a cell of numbers, times or texts lies between: both the same where the cell is one
// value, not known where it has no end.
func (s *Subject) Bounds(c Cell) (lo, hi rule.Value) {
	consts, i := s.consts(c.Type), c.At/2
	if c.At%2 == 1 {
		return consts[i], consts[i]
	}
	if i > 0 {
		lo = consts[i-1]
	}
	if i < len(consts) {
		hi = consts[i]
	}
	return lo, hi
}

// Whole reports whether the subject's numbers are integers.
func (s *Subject) Whole() bool { return s.Kind == Age || s.Node.Type == rule.Int && !foreign(s.Node) }

func (s *Subject) consts(t rule.Type) []rule.Value {
	switch group(t) {
	case rule.Float:
		return s.numbers
	case rule.Time:
		return s.times
	case rule.String:
		return s.texts
	}
	return nil
}

// group is the type of the cells in which values of a type lie.
func group(t rule.Type) rule.Type {
	if t == rule.Int {
		return rule.Float
	}
	return t
}

// note keeps a constant that the subject is compared with.
func (s *Subject) note(k rule.Value) {
	switch group(k.Type()) {
	case rule.Float:
		s.numbers = append(s.numbers, k)
	case rule.Time:
		s.times = append(s.times, k)
	case rule.String:
		s.texts = append(s.texts, k)
	}
}

// divide makes the cells.
func (s *Subject) divide() {
	for _, consts := range []*[]rule.Value{&s.numbers, &s.times, &s.texts} {
		slices.SortFunc(*consts, order)
		*consts = slices.CompactFunc(*consts, func(a, b rule.Value) bool { return order(a, b) == 0 })
	}
	if s.Kind == Sign {
		s.Cells = []Cell{{}, {Type: rule.Float, At: -1}, {Type: rule.Float}, {Type: rule.Float, At: 1}}
		return
	}
	t := s.group()
	if mayMiss(s.Node) {
		s.Cells = append(s.Cells, Cell{})
	}
	may := func(u rule.Type) bool { return t == u || t == rule.Any }
	if may(rule.Bool) {
		s.Cells = append(s.Cells, Cell{Type: rule.Bool}, Cell{Type: rule.Bool, At: 1})
	}
	if may(rule.Strings) {
		s.Cells = append(s.Cells, Cell{Type: rule.Strings})
	}
	for _, u := range []rule.Type{rule.Float, rule.Time, rule.String} {
		if may(u) {
			s.line(u)
		}
	}
}

// group is the type of the cells, Any where there may be several.
func (s *Subject) group() rule.Type {
	switch {
	case s.Kind == Age:
		return rule.Float
	case s.Node.Condition():
		return rule.Bool
	case foreign(s.Node):
		return rule.Any
	}
	return group(s.Node.Type)
}

// foreign reports whether another language's functions have a say in what a node gives.
func foreign(n *rule.Node) bool {
	if n.Op == op.Call || n.Type > rule.Strings {
		return true
	}
	for i := range n.Args {
		if foreign(&n.Args[i]) {
			return true
		}
	}
	return false
}

// Locate is the number of the cell that a value lies in, -1 where it lies in none, since the subject cannot be that.
// Of an Age the value is the integer of microseconds, of a Sign -1, 0 or 1; it may be missing.
func (s *Subject) Locate(v rule.Value) int {
	t, at := group(v.Type()), 0
	switch {
	case !v.Known():
		t = rule.Any
	case s.Kind == Sign:
		at = int(v.Int())
	case t == rule.Bool:
		at = int(v.Bits())
	case t != rule.Strings:
		i, found := slices.BinarySearchFunc(s.consts(t), v, order)
		if at = 2 * i; found {
			at++
		}
	}
	for i, c := range s.Cells {
		if c.Type == t && c.At == at {
			return i
		}
	}
	return -1
}

// line makes the cells of an ordered type.
func (s *Subject) line(t rule.Type) {
	least, most := s.domain()
	for at := range 2*len(s.consts(t)) + 1 {
		c := Cell{Type: t, At: at}
		if t == rule.Time || t == rule.Float && s.Whole() {
			var ok bool
			if c.Lo, c.Hi, ok = s.whole(c); !ok || c.Lo > most || c.Hi < least {
				continue
			}
			c.Lo, c.Hi = max(c.Lo, least), min(c.Hi, most)
		}
		s.Cells = append(s.Cells, c)
	}
}

// whole gives the integers of a cell; ok is false where it has none.
func (s *Subject) whole(c Cell) (lo, hi int64, ok bool) {
	a, b := s.Bounds(c)
	if c.At%2 == 1 {
		if a.Type() == rule.Time {
			return int64(a.Bits()), int64(a.Bits()), true
		}
		v, ok := a.As(rule.Int)
		return v.Int(), v.Int(), ok
	}
	lo, hi = math.MinInt64, math.MaxInt64
	if a.Known() {
		if lo, ok = above(a); !ok {
			return 0, 0, false
		}
	}
	if b.Known() {
		if hi, ok = below(b); !ok {
			return 0, 0, false
		}
	}
	return lo, hi, lo <= hi
}

// above is the least integer greater than k, below the greatest one less than k; ok is false where there is none.
func above(k rule.Value) (n int64, ok bool) {
	if k.Type() == rule.Float {
		switch f := math.Floor(k.Float()); {
		case f < -1<<63:
			return math.MinInt64, true
		case f >= 1<<63:
			return 0, false
		default:
			n = int64(f)
		}
	} else {
		n = int64(k.Bits())
	}
	return n + 1, n < math.MaxInt64
}

func below(k rule.Value) (n int64, ok bool) {
	if k.Type() == rule.Float {
		switch f := math.Ceil(k.Float()); {
		case f >= 1<<63:
			return math.MaxInt64, true
		case f < -1<<63:
			return 0, false
		default:
			n = int64(f)
		}
	} else {
		n = int64(k.Bits())
	}
	return n - 1, n > math.MinInt64
}

// domain is the least and the greatest integer that the subject can be.
func (s *Subject) domain() (least, most int64) {
	w := &s.Node.Window
	switch {
	case s.Kind == Value && (s.Node.Op == op.Times || s.Node.Op == op.Distinct):
		if Void(*w) || len(s.Node.Args) > 0 && impossible(&s.Node.Args[0]) {
			return 0, 0
		}
		return 0, math.MaxInt64
	case s.Kind == Age && (s.Node.Op == op.FirstAt || s.Node.Op == op.LastAt):
		if need := w.Need(); need != 0 {
			return int64(w.Short) / 1000, int64(need)/1000 - 1
		}
		return int64(w.Short) / 1000, math.MaxInt64
	}
	return math.MinInt64, math.MaxInt64
}

// impossible reports whether no event passes a filter.
func impossible(filter *rule.Node) bool {
	possible, _ := New(filter).Possible(Goal{filter, True})
	return !possible
}

// Void reports whether no event can ever be in the window.
func Void(w rule.Window) bool { need := w.Need(); return need != 0 && w.Short >= need }

// mayMiss reports whether the node may give no value.
func mayMiss(n *rule.Node) bool {
	switch n.Op {
	case op.Const:
		return !n.Value.Known()
	case op.Now, op.Score, op.Times, op.Distinct, op.Did, op.HasTag, op.InSegment, op.Has:
		return false
	case op.Else:
		return len(n.Args) != 2 || mayMiss(&n.Args[1])
	case op.If:
		return len(n.Args) != 3 || mayMiss(&n.Args[1]) || mayMiss(&n.Args[2])
	}
	return true
}
