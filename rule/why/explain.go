package why

import (
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/op"
)

// An Explanation says what each part of a rule gave at an instant.
type Explanation struct {
	Text  string        // the part, in the language of rules
	Value rule.Value    // what it gave; of a condition true, false or missing (unknown)
	Until time.Time     // until when that stays if nothing happens; zero for good, the instant itself for what never rests
	Parts []Explanation // what it is made of, without constants
}

// Truth is the value of a condition.
func (x Explanation) Truth() rule.Truth {
	switch {
	case x.Value.Type() != rule.Bool:
		return rule.Unknown
	case x.Value.Bool():
		return rule.True
	}
	return rule.False
}

// String writes a line for each part, the parts of a part behind it and further in.
func (x Explanation) String() string {
	var b strings.Builder
	x.write(&b, "")
	return b.String()
}

func (x *Explanation) write(b *strings.Builder, indent string) {
	b.WriteString(indent + x.Text + ": " + x.Value.String())
	if !x.Until.IsZero() {
		b.WriteString(" until " + x.Until.Format(time.RFC3339Nano))
	}
	b.WriteByte('\n')
	for i := range x.Parts {
		x.Parts[i].write(b, indent+"  ")
	}
}

// Explain tests the rule and all its parts, also those that Test needs not look at. It compiles each part anew:
// use it for people, not for many. The parts are those of the tree: stage("x") is written attr("stage/x"), and a grade
// as the score it stands for.
func Explain(r *rule.Rule, in rule.Input) Explanation { return explain(r.Root(), in) }

func explain(n rule.Node, in rule.Input) Explanation {
	v, until := eval.Value(n, in)
	x := Explanation{Text: n.String(), Value: v, Until: until}
	if n.Moves() && !until.IsZero() {
		x.Until = rule.At(in.Now).Time()
	}
	if n.Op.History() {
		return x // its filter looks at events, not at the person
	}
	args := n.Args
	if n.Op == op.And || n.Op == op.Or {
		args = flat(n, nil)
	}
	for _, a := range args {
		if !a.Constant() {
			x.Parts = append(x.Parts, explain(a, in))
		}
	}
	return x
}

// flat lists the conditions of nested junctions of the same kind.
func flat(n rule.Node, into []rule.Node) []rule.Node {
	for _, x := range n.Args {
		if x.Op == n.Op {
			into = flat(x, into)
		} else {
			into = append(into, x)
		}
	}
	return into
}
