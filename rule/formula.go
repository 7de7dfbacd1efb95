package rule

// A Valuer turns the text of an expression into a Formula; scope and errors are those of Compiler. Package rule/lang's
// compiler is one.
type Valuer interface {
	Formula(source, scope string) (*Formula, error)
}

// An Eval gives the value of a formula at an instant.
type Eval func(now Instant, f *Facts, scope []Value) Value

// A Formula is a compiled expression that gives a value and not only a truth. It is immutable and safe for concurrent
// use.
type Formula struct {
	root Node
	need Need
	eval Eval
}

// NewFormula makes a formula of its tree and of the function that evaluates it. A back end calls it.
func NewFormula(root Node, eval Eval) *Formula {
	return &Formula{root: root, need: root.need(), eval: eval}
}

// Type is the type of its value, Any where only the evaluation knows.
func (x *Formula) Type() Type { return x.root.Type }

// Need is what it reads. A nil formula reads nothing.
func (x *Formula) Need() Need {
	if x == nil {
		return Need{}
	}
	return x.need
}

// Value evaluates it, at the cost of a rule; facts may be nil. What cannot be said is missing, and so is the nil
// formula.
func (x *Formula) Value(now Instant, f *Facts, scope []Value) Value {
	if x == nil {
		return Value{}
	}
	if f == nil {
		f = new(Facts)
	}
	return x.eval(now, f, scope)
}
