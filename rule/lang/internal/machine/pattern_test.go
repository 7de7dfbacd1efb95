package machine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule/lang/internal/machine"
)

func TestPatternSize(t *testing.T) {
	for pattern, want := range map[string]int{
		"": 1, "abc": 3, "^a+$": 5, "a{50}": 51, "(ab){2,}": 7, `\p{L}{3}`: 4, "(a{10}){10}": 121, strings.Repeat("(a|b){0,999}", 2): 3999,
	} {
		size, err := machine.PatternSize(pattern)
		require.NoError(t, err)
		require.Equal(t, want, size, pattern)
	}
	_, err := machine.PatternSize("(")
	require.ErrorContains(t, err, "missing closing )")
}
