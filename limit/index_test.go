package limit

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// An index finds what a map would, whatever was added and dropped.
func TestIndexIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		var names slab[string]
		want := map[string]uint32{}
		called := func(i uint32) string { return *names.at(i) }
		span := rapid.SampledFrom([]int{4, 100, 5000}).Draw(t, "names")
		for range rapid.IntRange(0, 2000).Draw(t, "calls") {
			name := strconv.Itoa(rapid.IntRange(0, span).Draw(t, "name"))
			i, there := want[name]
			require.Equal(t, i, x.find(name, called), name)
			if !there {
				k, at := names.take()
				require.Empty(t, *at)
				*at = name
				x.add(name, k)
				want[name] = k
			} else if rapid.Bool().Draw(t, "drop") {
				x.drop(name, i)
				names.give(i)
				delete(want, name)
			}
		}
		for name, i := range want {
			require.Equal(t, i, x.find(name, called), name)
		}
		require.Zero(t, x.find("nobody", called))
	})
}

// Names whose hashes begin at one place are found, also behind a gap that one of them left.
func TestIndexBehindGaps(t *testing.T) {
	names := []string{"", "a", "b", "c", "d", "e"}
	called := func(i uint32) string { return names[i] }
	x := index{parts: new([parts]part)}
	for gone := uint32(1); gone <= 5; gone++ {
		p := part{slots: make([]slot, 8)}
		for i := uint32(1); i <= 5; i++ {
			p.put(slot{6, i}) // they run on over the end
		}
		p.n = 5
		x.parts[0] = p
		x.parts[0].cut(6, gone)
		for i := uint32(1); i <= 5; i++ {
			want := i
			if i == gone {
				want = 0
			}
			require.Equal(t, want, x.parts[0].get(6, names[i], called), "%d without %d", i, gone)
		}
	}
}
