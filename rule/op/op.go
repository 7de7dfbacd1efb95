// Package op names what the nodes of a rule's tree do. Front ends (package rule/lang) make such trees, back ends
// evaluate, print or translate them; who only uses rules does not need it.
package op

// An Op says what a Node does.
type Op uint8

// The operators. Each comment gives the operands and the fields of the Node that count.
const (
	Bad Op = iota // nothing: missing for good

	Const // Value
	Attr  // the person's attribute in Slot
	Field // the field of the scope in Slot
	It    // within a filter: the property in Slot of the event that is looked at
	Now   // the instant of the test, less Shift

	And // two or more conditions
	Or  // two or more conditions
	Not // one condition

	Eq // two values; so are the next five
	Ne
	Lt
	Le
	Gt
	Ge
	In         // one value; List
	Contains   // a text and a text, or a set of texts and a text
	StartsWith // two texts
	EndsWith   // two texts
	Matches    // a text, and a constant pattern of Go's regexp
	Has        // one value: whether there is one; never unknown

	Add // two numbers; so are the next four
	Sub
	Mul
	Div // always a float; by zero: missing
	Mod // two integers; by zero: missing
	Neg // one number

	If        // a condition, and the values where it is true and where it is not (or unknown)
	Else      // two values: the first, where there is one, else the second
	DaysSince // one time: days until the instant of the test, with their fraction
	HasTag    // Slot
	InSegment // Slot
	Score     // Slot

	Did      // Slot is the event, Window what counts, Args[0], if any, the filter; so are the next five
	Times    // how many
	Total    // the sum of the property Prop; 0 where there is none
	Distinct // how many values the property Prop has
	FirstAt  // when the first happened
	LastAt   // when the last happened

	// Sequence is whether events happened in an order: Args are two or more nodes of Did without a window, the steps;
	// Window is where all of them lie, Shift, if any, the most that may pass from a step to the next.
	Sequence
	// Call is what the other operators do not cover: Call makes a value of those of Args, none of which is missing,
	// else it is missing. It changes only with them. Text is its source around them, a piece more than there are.
	Call
)

// History reports whether the operator looks at events of the person's histories. What stands in its operands is then
// about single events.
func (o Op) History() bool { return Did <= o && o <= LastAt || o == Sequence }
