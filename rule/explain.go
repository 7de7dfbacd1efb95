package rule

import (
	"strings"
	"time"

	"github.com/marque-go/marque/rule/op"
)

// An Explanation says what each part of a rule gave at an instant.
type Explanation struct {
	Text  string        // the part, in the language of rules
	Value Value         // what it gave; of a condition true, false or missing (unknown)
	Until time.Time     // until when that stays if nothing happens; zero for good, the instant itself for what never rests
	Parts []Explanation // what it is made of, without constants
}

// Truth is the value of a condition.
func (x Explanation) Truth() Truth { return x.Value.truth() }

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
// use it for people, not for many.
func (r *Rule) Explain(in Input) Explanation {
	root := r.Root()
	e := env{now: At(in.Now), f: in.Facts, row: in.Scope}
	if e.f == nil {
		e.f = new(Facts)
	}
	return root.explain(e)
}

func (n *Node) explain(e env) Explanation {
	x := Explanation{Text: n.String()}
	var until Instant
	if n.condition() {
		var t Truth
		t, until = n.test()(e)
		x.Value = t.value()
	} else {
		x.Value, until = n.eval()(e)
	}
	if x.Until = until.Time(); n.Moves() && until != Never {
		x.Until = e.now.Time()
	}
	if n.Op >= op.Did {
		return x // its filter looks at events, not at the person
	}
	args := n.Args
	if n.Op == op.And || n.Op == op.Or {
		args = nil
		for _, a := range n.flat(nil) {
			args = append(args, *a)
		}
	}
	for i := range args {
		if !args[i].constant() {
			x.Parts = append(x.Parts, args[i].explain(e))
		}
	}
	return x
}
