package machine_test

import (
	"strings"
	"testing"

	"github.com/expr-lang/expr/builtin"
	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule/lang/internal/machine"
)

// Somebody has looked at each function of expr: a new one is not lent before that.
func TestFunctions(t *testing.T) {
	require.Equal(t, strings.Fields(`abs all any bitand bitnand bitnot bitor bitshl bitshr bitushr bitxor ceil concat count filter find findIndex
		findLast findLastIndex first float floor fromJSON get groupBy hasPrefix hasSuffix indexOf int join last lastIndexOf len lower map max mean
		median min none one reduce repeat replace reverse round sort sortBy split splitAfter string sum take trim trimPrefix trimSuffix uniq upper`), machine.Lent())
	require.Len(t, builtin.Builtins, len(machine.Lent())+len(machine.Withheld()))
}
