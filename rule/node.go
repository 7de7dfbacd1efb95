package rule

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule/op"
)

// A Node is a rule as a tree: what a front end (package rule/lang) makes of a text, and what every back end works
// on. A front end has checked it: New takes what does not fit together as missing.
type Node struct {
	Op     op.Op
	Type   Type   // of its value; Bool for a condition, Any where only the test knows
	Args   []Node // the operands
	Value  Value  // of op.Const
	List   []Value
	Name   string // what is in Slot: of the attribute, field, event, tag, score or segment
	Slot   int
	Of     string // the name of Prop; of a field the name of its scope as it is written: "event", "cart"; "attr" of an attribute that does not stand bare
	Prop   int    // slot of the event's property
	Window Window
	Shift  marque.Duration // of op.Now and op.Sequence
	Text   []string        // of op.Call
	Call   func(args []Value) Value
	Span   Span
}

// A Span is a node's place in the source, as offsets in runes from 0: []rune(source)[From:To] is its text. It has no
// brackets around it.
type Span struct{ From, To int }

// A Window says which events of a history count at an instant now: those with Short <= now - At < Long, not before
// Since, and in the same stretch of the Calendar as now. The zero Window is everything up to now. An event later
// than now never counts.
type Window struct {
	Long     marque.Duration // 0: no bound
	Short    marque.Duration
	Since    Instant  // 0: no bound
	Calendar Calendar // 0: no bound
}

// A Calendar is a stretch of the calendar in the person's zone (Facts.Zone; UTC where that is empty or no zone).
type Calendar uint8

// The stretches. A week begins on Monday.
const (
	Today Calendar = iota + 1
	ThisWeek
	ThisMonth
)

// Need is how much of the history the window looks at, 0 for all of it: no stretch is longer, whatever the zone.
func (w Window) Need() marque.Duration {
	bound := marque.Duration(0)
	switch w.Calendar {
	case Today:
		bound = 2 * marque.Day
	case ThisWeek:
		bound = 8 * marque.Day
	case ThisMonth:
		bound = 32 * marque.Day
	}
	if w.Long == 0 || bound != 0 && bound < w.Long {
		return bound
	}
	return w.Long
}

// Static reports whether what the node gives cannot change with time alone.
func (n *Node) Static() bool {
	switch n.Op {
	case op.Now, op.DaysSince, op.HasTag, op.InSegment, op.Score, op.Did, op.Times, op.Total, op.Distinct, op.FirstAt, op.LastAt, op.Sequence:
		return false
	}
	for i := range n.Args {
		if !n.Args[i].Static() {
			return false
		}
	}
	return true
}

// Moves reports whether the node's value changes with every instant (now, days_since, score). Such a value
// stands in comparisons only, on one side.
func (n *Node) Moves() bool { return n.Op == op.Now || n.Op == op.DaysSince || n.Op == op.Score }

// Constant reports whether the node gives the same value for everybody and always.
func (n *Node) Constant() bool {
	switch n.Op {
	case op.Const:
		return true
	case op.Bad, op.Attr, op.Field, op.It:
		return false
	}
	for i := range n.Args {
		if !n.Args[i].Constant() {
			return false
		}
	}
	return n.Static()
}

// Condition reports whether the node gives a truth rather than a value.
func (n *Node) Condition() bool {
	switch n.Op {
	case op.And, op.Or, op.Not, op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge, op.In, op.Contains, op.StartsWith, op.EndsWith,
		op.Matches, op.Has, op.HasTag, op.InSegment, op.Did, op.Sequence:
		return true
	case op.If:
		return n.Type == Bool
	case op.Else:
		return n.Type == Bool
	}
	return false
}

// need collects what the tree reads.
func (n *Node) need() Need {
	var need Need
	switch n.Op {
	case op.Attr:
		need.Attrs = []int{n.Slot}
	case op.HasTag:
		need.Tags = []int{n.Slot}
	case op.Score:
		need.Scores = []int{n.Slot}
	case op.InSegment:
		need.Segments = []int{n.Slot}
	case op.Did, op.Times, op.FirstAt, op.LastAt:
		need.Events = []EventNeed{{Slot: n.Slot, Window: n.Window.Need(), Summary: n.Window == (Window{}) && len(n.Args) == 0}}
	case op.Total, op.Distinct:
		need.Events = []EventNeed{{Slot: n.Slot, Window: n.Window.Need()}}
	case op.Sequence:
		for i := range n.Args {
			step := n.Args[i]
			if step.Window = n.Window; n.Window == (Window{}) {
				step.Op = op.Total // the whole log
			}
			need = need.Union(step.need())
		}
		return need
	}
	for i := range n.Args {
		need = need.Union(n.Args[i].need())
	}
	return need
}
