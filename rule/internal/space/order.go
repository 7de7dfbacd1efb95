package space

import (
	"cmp"
	"math/big"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// order compares two values of one group.
func order(a, b rule.Value) int {
	switch group(a.Type()) {
	case rule.String:
		return strings.Compare(a.Text(), b.Text())
	case rule.Float:
		if a.Type() == rule.Float && b.Type() == rule.Float {
			return cmp.Compare(a.Float(), b.Float())
		}
		if a.Type() == rule.Float || b.Type() == rule.Float {
			return exact(a).Cmp(exact(b))
		}
	}
	return cmp.Compare(int64(a.Bits()), int64(b.Bits()))
}

func exact(v rule.Value) *big.Float {
	if v.Type() == rule.Int {
		return new(big.Float).SetInt64(v.Int())
	}
	return new(big.Float).SetFloat64(v.Float())
}

// holds is the truth of a comparison whose operands differ by a sign.
func holds(o op.Op, sign int) rule.Truth {
	var yes bool
	switch o {
	case op.Eq:
		yes = sign == 0
	case op.Ne:
		yes = sign != 0
	case op.Lt:
		yes = sign < 0
	case op.Le:
		yes = sign <= 0
	case op.Gt:
		yes = sign > 0
	case op.Ge:
		yes = sign >= 0
	}
	return truth(yes)
}

func truth(yes bool) rule.Truth {
	if yes {
		return rule.True
	}
	return rule.False
}

// Mirror is the comparison with its operands exchanged.
func Mirror(o op.Op) op.Op {
	switch o {
	case op.Lt:
		return op.Gt
	case op.Le:
		return op.Ge
	case op.Gt:
		return op.Lt
	case op.Ge:
		return op.Le
	}
	return o
}

// next is the first text behind all that begin with a prefix; ok is false where there is none.
func next(prefix string) (s string, ok bool) {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1}), true
		}
	}
	return "", false
}
