package space

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// Reads collects what a node reads of a person, of the scope and of the clock. Nodes that read nothing in common have
// nothing to do with one another.
func Reads(n *rule.Node, into map[string]bool) {
	switch n.Op {
	case op.Attr, op.HasTag, op.InSegment, op.Score, op.Field:
		into[fmt.Sprint(n.Op, n.Slot)] = true
	case op.Did, op.Times, op.Total, op.Distinct, op.FirstAt, op.LastAt:
		into[fmt.Sprint(op.Did, n.Slot)] = true
	case op.Now:
		into["now"] = true
	}
	for i := range n.Args {
		Reads(&n.Args[i], into)
	}
}
