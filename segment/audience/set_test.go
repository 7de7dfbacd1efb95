package audience

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// rows draws sets of all shapes: few rows far apart, blocks, and anything between.
var rows = rapid.Custom(func(t *rapid.T) []int {
	top := rapid.SampledFrom([]int{1, 63, 64, 65, 500, 5000, 200_000, MaxRows}).Draw(t, "top")
	out := rapid.SliceOfN(rapid.IntRange(0, top-1), 0, 150).Draw(t, "rows")
	if rapid.Bool().Draw(t, "block") {
		at, n := rapid.IntRange(0, 3000).Draw(t, "at"), rapid.IntRange(0, 900).Draw(t, "n")
		for i := range n {
			out = append(out, at+i)
		}
	}
	return out
})

func mapOf(rows []int) map[int]bool {
	m := map[int]bool{}
	for _, r := range rows {
		m[r] = true
	}
	return m
}

// check holds a set against what it should contain, and against its own invariants.
func check(t require.TestingT, want map[int]bool, got Set) {
	sorted := slices.Sorted(maps.Keys(want))
	require.Equal(t, sorted, slices.Collect(got.All()))
	require.Equal(t, len(want), got.Len())
	require.True(t, got.Equal(Of(sorted...)))
	switch {
	case len(want) == 0:
		require.True(t, got.sparse == nil && len(got.words) == 0)
	case isDense(len(want), sorted[len(sorted)-1]+1):
		require.True(t, got.sparse == nil && got.words[len(got.words)-1] != 0)
	default:
		require.True(t, got.sparse != nil && got.words == nil)
	}
	b, err := got.MarshalBinary()
	require.NoError(t, err)
	var back Set
	require.NoError(t, back.UnmarshalBinary(b))
	require.True(t, back.Equal(got))
}

func TestSetAgainstMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rows.Draw(t, "x"), rows.Draw(t, "y")
		a, b := Of(x...), Of(y...)
		in, of := mapOf(x), mapOf(y)
		and, or, without := map[int]bool{}, maps.Clone(in), map[int]bool{}
		for r := range in {
			if of[r] {
				and[r] = true
			} else {
				without[r] = true
			}
		}
		maps.Copy(or, of)
		check(t, in, a)
		check(t, and, a.And(b))
		check(t, or, a.Or(b))
		check(t, without, a.AndNot(b))
		require.Equal(t, len(and), a.Common(b))
		for _, r := range slices.Concat(x, y, []int{-1, 0, 7, MaxRows}) {
			require.Equal(t, in[r], a.Has(r))
		}
		check(t, in, a) // operations change neither of their operands
		check(t, of, b)
	})
}

func TestSetLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := Of(rows.Draw(t, "a")...), Of(rows.Draw(t, "b")...)
		n := rapid.IntRange(0, 6000).Draw(t, "n")
		all := First(n)
		require.Equal(t, n, all.Len())
		a, b = a.And(all), b.And(all)
		require.True(t, a.Not(all).Not(all).Equal(a))
		require.True(t, a.And(b).Not(all).Equal(a.Not(all).Or(b.Not(all))))
		require.True(t, a.AndNot(b).Equal(a.And(b.Not(all))))
		require.True(t, a.And(b.Not(all)).Equal(b.Not(all).And(a)), "the order of conditions never matters")
		require.True(t, a.And(a.Not(all)).Equal(Set{}))
		require.True(t, a.Or(a.Not(all)).Equal(all))
		require.Equal(t, a.Len()+b.Len(), a.Or(b).Len()+a.Common(b))
	})
}

func TestWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.OneOf(rapid.Just(uint64(0)), rapid.Uint64()), 0, 40).Draw(t, "words")
		given := slices.Clone(words)
		s := FromWords(words)
		want := map[int]bool{}
		for i := range len(words) * 64 {
			if words[i/64]>>(i%64)&1 != 0 {
				want[i] = true
			}
		}
		check(t, want, s)
		for i := range words {
			words[i] = ^words[i]
		}
		check(t, want, s) // it kept nothing of ours
		into := []uint64{1, 2, 3, 4, 5}
		got := s.Words(into)
		for i := range got {
			require.Equal(t, append(given, 0, 0, 0, 0, 0)[i], got[i])
		}
	})
}

func TestSetEdges(t *testing.T) {
	require.Equal(t, 0, Of(-1, MaxRows).Len())
	require.Equal(t, 0, First(-3).Len())
	require.Equal(t, []int{MaxRows - 1}, slices.Collect(Of(MaxRows-1, -5).All()))
	for row := range Of(1, 2, 3).All() {
		require.Equal(t, 1, row)
		break
	}
	for row := range Of(1000, 2000, 3000).All() {
		require.Equal(t, 1000, row)
		break
	}
	far := First(100).Or(Of(MaxRows - 1)) // not two hundred megabytes
	require.Nil(t, far.words)
	require.Equal(t, 101, far.Len())

	type report struct{ Who Set }
	b, err := json.Marshal(report{Of(1, 900)})
	require.NoError(t, err)
	require.Equal(t, `{"Who":"EgGCBw=="}`, string(b))
	var back report
	require.NoError(t, json.Unmarshal(b, &back))
	require.True(t, back.Who.Equal(Of(1, 900)))
	require.ErrorIs(t, back.Who.UnmarshalText([]byte("?")), ErrFormat)
	require.True(t, back.Who.Equal(Of(1, 900)), "a failed read changes nothing")
}

func TestUnmarshalRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"nothing", nil, "audience: not a set: no bytes"},
		{"another version", []byte{0x21}, "audience: not a set: unknown version 0x21"},
		{"a piece of a word", []byte{formatWords, 1, 2}, "audience: not a set: 2 bytes of words"},
		{"an empty last word", append([]byte{formatWords, 1}, make([]byte, 15)...), "audience: not a set: too few rows for words"},
		{"a cut step", []byte{formatSteps, 0x80}, "audience: not a set: bad step behind row -1"},
		{"a step written long", []byte{formatSteps, 0xff, 0x00}, "audience: not a set: bad step behind row -1"},
		{"a row that there is not", []byte{formatSteps, 0xff, 0xff, 0xff, 0xff, 0x07}, "audience: not a set: bad step behind row -1"},
		{"steps where words are due", []byte{formatSteps, 0}, "audience: not a set: too many rows for steps"},
		{"no steps", []byte{formatSteps}, "audience: not a set: too many rows for steps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Of(5)
			err := s.UnmarshalBinary(c.b)
			require.ErrorIs(t, err, ErrFormat)
			require.EqualError(t, err, c.want)
			require.True(t, s.Equal(Of(5)))
		})
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, s := range []Set{{}, Of(1, 900), Of(0, 1, 2, 70), Of(MaxRows - 1), First(300)} {
		b, _ := s.MarshalBinary()
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Set
		if err := s.UnmarshalBinary(b); err != nil {
			require.ErrorIs(t, err, ErrFormat)
			return
		}
		again, err := s.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, b, again, "one encoding for each set")
		require.Len(t, slices.Collect(s.All()), s.Len())
	})
}
