package journeytest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSimulate(t *testing.T) {
	f := Simulate(t, welcome(), nil)
	require.Equal(t, 50, f.Seeds)
	require.Equal(t, 50.0*2*28*24, f.Hours)
	for what, n := range map[string]int{"messages": f.Messages, "crashes": f.Crashes, "takeovers": f.Takeovers, "stale": f.Stale, "errors": f.Errors, "repeated": f.Repeated} {
		require.Greater(t, n, 20, what)
	}
	again := Simulate(t, welcome(), nil)
	require.Equal(t, f, again, "the same seeds, the same runs")
}
