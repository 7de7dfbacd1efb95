package rule

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/marque-go/marque/rule/op"
)

// How tightly operators bind, as in expr.
const (
	bindIf   = 1
	bindOr   = 10
	bindAnd  = 15
	bindComp = 20
	bindSum  = 30
	bindNot  = 50
	bindMul  = 60
	bindNeg  = 90
	bindElse = 100 // beside other operators it must stand in brackets
	bindName = 200
)

var signs = [...]string{
	op.And: "and", op.Or: "or", op.Eq: "==", op.Ne: "!=", op.Lt: "<", op.Le: "<=", op.Gt: ">", op.Ge: ">=",
	op.Contains: "contains", op.StartsWith: "startsWith", op.EndsWith: "endsWith", op.Matches: "matches",
	op.Add: "+", op.Sub: "-", op.Mul: "*", op.Div: "/", op.Mod: "%", op.Else: "??",
	op.Has: "has", op.DaysSince: "days_since", op.HasTag: "has_tag", op.InSegment: "in_segment", op.Score: "score",
	op.Did: "did", op.Times: "times", op.Total: "total", op.Distinct: "distinct", op.FirstAt: "first_at", op.LastAt: "last_at", op.Sequence: "sequence",
}

// String writes the tree in the language of package rule/lang, which reads it back as the same tree.
func (n Node) String() string {
	var b strings.Builder
	n.print(&b)
	return b.String()
}

func (n *Node) binds() int {
	switch n.Op {
	case op.If:
		return bindIf
	case op.Or:
		return bindOr
	case op.And:
		return bindAnd
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge, op.In, op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		return bindComp
	case op.Add, op.Sub:
		return bindSum
	case op.Not:
		return bindNot
	case op.Mul, op.Div, op.Mod:
		return bindMul
	case op.Neg:
		return bindNeg
	case op.Else:
		return bindElse
	case op.Const:
		if (n.Value.t == Int || n.Value.t == Float) && n.Value.Float() < 0 {
			return bindNeg
		}
	}
	return bindName
}

// arg writes the i-th operand, in brackets where it binds less than least.
func (n *Node) arg(b *strings.Builder, i, least int) {
	if i >= len(n.Args) {
		b.WriteString("nil")
		return
	}
	x := &n.Args[i]
	if bind := x.binds(); bind < least || bind == bindElse && least > bindIf {
		b.WriteByte('(')
		x.print(b)
		b.WriteByte(')')
		return
	}
	x.print(b)
}

func (n *Node) print(b *strings.Builder) {
	switch n.Op {
	case op.Const:
		b.WriteString(n.Value.source())
	case op.Attr:
		if word(n.Name) && n.Of == "" {
			b.WriteString(n.Name)
		} else {
			b.WriteString("attr(" + strconv.Quote(n.Name) + ")")
		}
	case op.Field, op.It:
		if word(n.Name) {
			b.WriteString(n.Of + "." + n.Name)
		} else {
			b.WriteString(n.Of + "[" + strconv.Quote(n.Name) + "]")
		}
	case op.Now:
		if n.Shift == 0 {
			b.WriteString("now")
		} else {
			b.WriteString("ago(" + strconv.Quote(n.Shift.String()) + ")")
		}
	case op.And, op.Or:
		for i := range n.Args {
			if i > 0 {
				b.WriteString(" " + signs[n.Op] + " ")
			}
			n.arg(b, i, n.binds()+1)
		}
	case op.Not:
		b.WriteString("not ")
		n.arg(b, 0, bindNot+1)
	case op.Neg:
		b.WriteByte('-')
		n.arg(b, 0, bindNeg+1)
	case op.In:
		n.arg(b, 0, bindComp+1)
		b.WriteString(" in [")
		for i, v := range n.List {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(v.source())
		}
		b.WriteByte(']')
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge, op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		n.infix(b, bindComp+1, bindComp+1)
	case op.Add, op.Sub, op.Mul, op.Div, op.Mod:
		n.infix(b, n.binds(), n.binds()+1)
	case op.Else:
		n.infix(b, bindName, bindName)
	case op.If:
		n.arg(b, 0, bindIf+1)
		b.WriteString(" ? ")
		n.arg(b, 1, bindIf+1)
		b.WriteString(" : ")
		n.arg(b, 2, bindIf+1)
	case op.Has, op.DaysSince, op.HasTag, op.InSegment, op.Score, op.Did, op.Times, op.Total, op.Distinct, op.FirstAt, op.LastAt:
		n.call(b)
	case op.Sequence:
		n.sequence(b)
	case op.Call:
		n.around(b)
	default:
		b.WriteString("nil")
	}
}

func (n *Node) infix(b *strings.Builder, left, right int) {
	n.arg(b, 0, left)
	b.WriteString(" " + signs[n.Op] + " ")
	n.arg(b, 1, right)
}

func (n *Node) call(b *strings.Builder) {
	b.WriteString(signs[n.Op] + "(")
	if n.Op == op.Has || n.Op == op.DaysSince {
		n.arg(b, 0, 0)
		b.WriteByte(')')
		return
	}
	b.WriteString(strconv.Quote(n.Name))
	if n.Op == op.Total || n.Op == op.Distinct {
		b.WriteString(", " + strconv.Quote(n.Of))
	}
	if w := n.Window.String(); w != "" {
		b.WriteString(", " + w)
	}
	if len(n.Args) > 0 {
		b.WriteString(", ")
		n.arg(b, 0, 0)
	}
	b.WriteByte(')')
}

func (n *Node) sequence(b *strings.Builder) {
	b.WriteString(signs[n.Op] + "([")
	for i := range n.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		if step := &n.Args[i]; len(step.Args) == 0 {
			b.WriteString(strconv.Quote(step.Name))
		} else {
			step.print(b)
		}
	}
	b.WriteByte(']')
	if w := n.Window.String(); w != "" {
		b.WriteString(", " + w)
	}
	if n.Shift != 0 {
		b.WriteString(", apart(" + strconv.Quote(n.Shift.String()) + ")")
	}
	b.WriteByte(')')
}

// around writes the operands between the pieces of Text, in brackets where these do not hold them apart.
func (n *Node) around(b *strings.Builder) {
	for i, piece := range n.Text {
		b.WriteString(piece)
		if i >= len(n.Args) || i+1 >= len(n.Text) {
			continue
		}
		least, next := bindName, n.Text[i+1]
		if (strings.HasSuffix(piece, "(") || strings.HasSuffix(piece, "[") || strings.HasSuffix(piece, ", ")) && next != "" && strings.Contains(")],", next[:1]) {
			least = 0
		}
		n.arg(b, i, least)
	}
}

// String writes the window as rules do: within("30d"), or "" for everything.
func (w Window) String() string {
	switch {
	case w.Calendar == Today:
		return "today()"
	case w.Calendar == ThisWeek:
		return "this_week()"
	case w.Calendar == ThisMonth:
		return "this_month()"
	case w.Since != 0:
		return "since(" + strconv.Quote(w.Since.Time().Format(time.RFC3339Nano)) + ")"
	case w.Short != 0:
		return "between(" + strconv.Quote(w.Long.String()) + ", " + strconv.Quote(w.Short.String()) + ")"
	case w.Long != 0:
		return "within(" + strconv.Quote(w.Long.String()) + ")"
	}
	return ""
}

// source writes a value as rules do.
func (v Value) source() string {
	switch v.t {
	case Time:
		return "date(" + strconv.Quote(v.time().Format(time.RFC3339Nano)) + ")"
	case Float:
		s := strconv.FormatFloat(v.Float(), 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	}
	switch {
	case !v.k:
		return "nil"
	case v.t == Strings && v.n == 0:
		return `split("", "")`
	case v.t == Strings:
		texts := make([]string, 0, v.n)
		for s := range v.Each {
			texts = append(texts, strconv.Quote(s))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case v == IntValue(math.MinInt64): // its digits alone are too large
		return "(-9223372036854775807 - 1)"
	}
	return v.String()
}

// word reports whether a name can stand bare.
func word(s string) bool {
	for i, r := range s {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	switch s {
	case "", "now", "it", "event", "true", "false", "nil", "not", "in", "or", "and", "matches", "contains",
		"startsWith", "endsWith", "let", "if", "else":
		return false
	}
	return true
}
