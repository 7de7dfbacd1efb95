package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque/rule/op"
)

// A Compiler turns the text of a rule into a Rule. scope names what the caller adds beside the person ("" for
// nothing, "event/order_paid", "cart"). An error is a Faults with everything that is wrong. Package rule/lang
// has the one for expr's language; a package that has rules in its definitions takes a Compiler as argument, so
// that only programs that want the language compile it.
type Compiler interface {
	Compile(source, scope string) (*Rule, error)
}

// Truth is the value of a rule in three-valued logic.
type Truth int8

// The truth values. Unknown comes from what is missing, and is a "no" wherever a rule decides.
const (
	False   Truth = -1
	Unknown Truth = 0
	True    Truth = 1
)

// String writes "true", "false" or "unknown".
func (t Truth) String() string {
	switch t {
	case False:
		return "false"
	case True:
		return "true"
	}
	return "unknown"
}

// Input is what a rule is tested on: the person's facts (not before the rule's Need was filled), what the scope
// adds in its slots (Lexicon.Row), and the instant, of which a rule sees the microsecond.
type Input struct {
	Now   time.Time
	Facts *Facts
	Scope []Value
}

// Verdict is a rule's truth, and until when it certainly stays so if nothing happens but time. The zero time is
// for good. Until may come early, never late; it is later than the instant of the test.
type Verdict struct {
	Truth Truth
	Until time.Time
}

// A Test gives the truth of a rule at an instant, and until when it stays; Never is for good.
type Test func(now Instant, f *Facts, scope []Value) (Truth, Instant)

// A Holds reports whether a rule is true at an instant: what a Test of the same rule gives, without until when.
type Holds func(now Instant, f *Facts, scope []Value) bool

// A Rule is a compiled rule. It is immutable and safe for concurrent use. The nil rule is true for good.
type Rule struct {
	source string
	root   Node
	need   Need
	test   Test
	holds  Holds
	none   *Facts
}

// New makes a rule of its tree and of the functions that test it. A back end calls it; who has a tree calls
// eval.New, who has a text a Compiler.
func New(source string, root Node, test Test, holds Holds) *Rule {
	return &Rule{source: source, root: root, need: root.need(), test: test, holds: holds, none: new(Facts)}
}

// Source is the text the rule was compiled from, "" of the nil rule.
func (r *Rule) Source() string {
	if r == nil {
		return ""
	}
	return r.source
}

// Root is the rule's tree, in which what was made of constants is one, and a constant true of the nil rule. Do not change it.
func (r *Rule) Root() Node {
	if r == nil {
		return Node{Op: op.Const, Type: Bool, Value: BoolValue(true)}
	}
	return r.root
}

// Need is what the rule reads. A nil rule reads nothing.
func (r *Rule) Need() Need {
	if r == nil {
		return Need{}
	}
	return r.need
}

// Test evaluates the rule. It allocates nothing, does no I/O and takes some nanoseconds per condition; over a
// history it takes a binary search, and with a filter or a sum a look at each event of the window. What is not
// in the facts is missing; facts may be nil.
func (r *Rule) Test(in Input) Verdict {
	if r == nil {
		return Verdict{Truth: True}
	}
	f := in.Facts
	if f == nil {
		f = r.none
	}
	t, until := r.test(At(in.Now), f, in.Scope)
	return Verdict{t, until.Time()}
}

// Holds reports whether the rule is true: Test for who asks of many people, and neither until when nor whether a
// "no" is false or unknown. It allocates nothing and takes a fraction of the time of Test; facts may be nil.
func (r *Rule) Holds(now Instant, f *Facts, scope []Value) bool {
	if r == nil {
		return true
	}
	if f == nil {
		f = r.none
	}
	return r.holds(now, f, scope)
}

// A Fault is something wrong in the text of a rule. Line and columns count from 1, columns in runes; EndCol is
// the column behind the last rune of the place, which is on Line, or ends with it where the place goes on.
type Fault struct {
	Code    string // "syntax", "name", "type", "arity", "argument", "limit"
	Line    int
	Col     int
	EndCol  int
	Message string
	Hint    string // "did you mean total_spent?", or ""
}

// Error is line, column, message and hint: "1:5: unknown name agee, did you mean \"age\"?".
func (f Fault) Error() string {
	s := fmt.Sprintf("%d:%d: %s", f.Line, f.Col, f.Message)
	if f.Hint != "" {
		s += ", " + f.Hint
	}
	return s
}

// Faults is everything that is wrong in the text of one rule, in the order of the text.
type Faults []Fault

// Error is one line for each fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}
