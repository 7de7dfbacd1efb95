package graph

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"09:00-18:00", "22:00-02:00", "09:00-09:00", "9-18", "-", "09:00:30-10:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		from, to, err := ParseWindow(s)
		if err != nil {
			return
		}
		require.NotEqual(t, from, to)
		a, b, err := ParseWindow(from.String() + "-" + to.String())
		require.NoError(t, err)
		require.Equal(t, [2]any{from, to}, [2]any{a, b})
	})
}
