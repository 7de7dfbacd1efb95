package rule

import "github.com/marque-go/marque/rule/op"

// A Part is a condition of a rule that is not made of other conditions, and how the dearest in it runs:
//
//	closure   some nanoseconds
//	search    a binary search over a history
//	scan      a look at each event of a window: filters, sums, what is distinct, sequences
//	vm        on the virtual machine of the rule's language: microseconds, more for each element of a list
type Part struct {
	Text string // in the language of rules
	Runs string
	Span Span // in the rule's source
}

// Plan lists the parts of the rule in their order and how each runs on the back end that tests one person at a time.
func (r *Rule) Plan() []Part {
	root := r.Root()
	return root.plan(nil)
}

func (n *Node) plan(parts []Part) []Part {
	switch {
	case n.Op == op.And || n.Op == op.Or || n.Op == op.Not || (n.Op == op.If || n.Op == op.Else) && n.Type == Bool:
		for i := range n.Args {
			parts = n.Args[i].plan(parts)
		}
		return parts
	}
	return append(parts, Part{n.String(), ways[n.way()], n.Span})
}

var ways = [...]string{"closure", "search", "scan", "vm"}

// way is which of the ways the dearest in the tree runs.
func (n *Node) way() int {
	own := 0
	switch n.Op {
	case op.Did, op.Times, op.FirstAt, op.LastAt:
		if own = 1; len(n.Args) > 0 {
			own = 2
		}
	case op.Total, op.Distinct, op.Sequence:
		own = 2
	case op.Call:
		own = 3
	}
	for i := range n.Args {
		own = max(own, n.Args[i].way())
	}
	return own
}
