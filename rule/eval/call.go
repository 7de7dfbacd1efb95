package eval

import (
	"sync"

	"github.com/marque-go/marque/rule"
)

// callOf compiles op.Call: the function of a node's operands, missing where one of them is.
func callOf(n *rule.Node) eval {
	if n.Call == nil {
		return missing
	}
	f, args := n.Call, make([]eval, len(n.Args))
	for i := range n.Args {
		args[i] = evalOf(&n.Args[i])
	}
	rows := &sync.Pool{New: func() any { return new(make([]rule.Value, len(args))) }}
	return func(e env) (rule.Value, rule.Instant) {
		row := rows.Get().(*[]rule.Value)
		defer rows.Put(row)
		until := rule.Never
		for i, x := range args {
			v, u := x(e)
			if !v.Known() {
				return v, u
			}
			(*row)[i], until = v, min(until, u)
		}
		return f(*row), until
	}
}
