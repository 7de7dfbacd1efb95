package line

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLine(t *testing.T) {
	const places = 2
	take := func(l *Line, now int64) int64 {
		n := l.Next(now)
		l.Take(n, places)
		return n
	}
	t.Run("in a row", func(t *testing.T) {
		l := New(5)
		var got []int64
		for range 5 {
			got = append(got, take(l, 5))
		}
		require.Equal(t, []int64{5, 5, 6, 6, 7}, got)
	})
	t.Run("what somebody gave back comes first, until it is past", func(t *testing.T) {
		l := New(5)
		for range 6 {
			take(l, 5)
		}
		l.Give(6)
		l.Give(5)
		require.Equal(t, int64(5), l.Next(5))
		require.Equal(t, int64(6), take(l, 6))
		require.Equal(t, int64(8), take(l, 6))
	})
	t.Run("what was found full", func(t *testing.T) {
		l := New(5)
		take(l, 5)
		l.Fill(6)
		require.True(t, l.Full(5) && l.Full(6))
		require.False(t, l.Full(7))
		l.Undo(5) // who did not get it leaves no hole
		require.Equal(t, int64(7), l.Next(5))
		l.Give(6) // who had it does
		require.False(t, l.Full(6))
		require.Equal(t, int64(6), take(l, 5))
		require.Equal(t, int64(7), take(l, 5))
	})
	t.Run("a booking that came to nothing", func(t *testing.T) {
		l := New(5)
		take(l, 5)
		take(l, 5)
		take(l, 5)
		l.Undo(5)
		require.Equal(t, int64(5), take(l, 5))
		require.Equal(t, int64(6), take(l, 5))
		require.Equal(t, int64(7), take(l, 5))
	})
}

func TestEnd(t *testing.T) {
	for _, free := range []int64{1, 2, 3, 4, 7, 8, 9, 1000, 123_456} {
		asked := 0
		got, err := End(0, func(n int64) (bool, error) { asked++; return n >= free, nil })
		require.NoError(t, err)
		require.Equal(t, free, got)
		require.LessOrEqual(t, asked, 36)
	}
	_, err := End(0, func(int64) (bool, error) { return false, errors.New("down") })
	require.EqualError(t, err, "down")
	got, err := End(0, func(int64) (bool, error) { return false, nil }) // a gate that nobody ever passes
	require.NoError(t, err)
	require.Positive(t, got)
}
