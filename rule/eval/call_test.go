package eval_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/op"
	"github.com/marque-go/marque/rule/why"
)

// A call changes only with its operands, and is missing where one of them is.
func TestCall(t *testing.T) {
	lex := shop(t)
	f := ann(lex)
	attr := func(name string) rule.Node {
		slot, ok := lex.Attr(name)
		require.True(t, ok)
		return rule.Node{Op: op.Attr, Type: lex.Schema().Attributes[slot].Type, Name: name, Slot: slot}
	}
	orders := rule.Node{Op: op.Times, Type: rule.Int, Name: "order_paid", Window: rule.Window{Long: 3600e9 * 13}}
	calls := 0
	call := func(args ...rule.Node) rule.Node {
		return rule.Node{Op: op.Call, Type: rule.String, Args: args, Text: append([]string{"shout("}, append(strings.Split(strings.Repeat(",", len(args)-1), ","), ")")[1:]...),
			Call: func(args []rule.Value) rule.Value {
				calls++
				return rule.StringValue(strings.ToUpper(args[0].Text()))
			}}
	}
	eq := func(x rule.Node, s string) rule.Node {
		return rule.Node{Op: op.Eq, Type: rule.Bool, Args: []rule.Node{x, {Op: op.Const, Type: rule.String, Value: rule.StringValue(s)}}}
	}
	test := func(n rule.Node) rule.Verdict {
		r := eval.New("", n)
		v := r.Test(rule.Input{Now: noon, Facts: f})
		require.Equal(t, v.Truth == rule.True, r.Holds(rule.At(noon), f, nil))
		require.Equal(t, v.Truth, why.Explain(r, rule.Input{Now: noon, Facts: f}).Truth())
		return v
	}
	require.Equal(t, rule.Verdict{Truth: rule.True}, test(eq(call(attr("city")), "CHENGDU")))
	require.Equal(t, rule.Verdict{Truth: rule.False}, test(eq(call(attr("city")), "Chengdu")))
	require.NotZero(t, calls)

	calls = 0
	require.Equal(t, rule.Verdict{Truth: rule.Unknown}, test(eq(call(attr("email")), "X")))
	require.Zero(t, calls)
	orElse := rule.Node{Op: op.Else, Type: rule.String, Args: []rule.Node{call(attr("email")), attr("city")}}
	require.Equal(t, rule.Verdict{Truth: rule.True}, test(eq(orElse, "Chengdu")))
	require.Equal(t, rule.Verdict{Truth: rule.False}, test(rule.Node{Op: op.Has, Type: rule.Bool, Args: []rule.Node{call(attr("email"))}}))

	// the operand that is a count moves with time, and so may the call
	require.Equal(t, rule.Verdict{Truth: rule.True, Until: noon.Add(2 * time.Hour)}, test(eq(call(attr("city"), orders), "CHENGDU")))

	// a constant call is made once; one without a function is missing
	constant := call(rule.Node{Op: op.Const, Type: rule.String, Value: rule.StringValue("a")})
	r := eval.New("", eq(constant, "A"))
	require.Equal(t, op.Const, r.Root().Op)
	constant.Call = nil
	require.Equal(t, rule.Unknown, test(eq(constant, "A")).Truth)
}
