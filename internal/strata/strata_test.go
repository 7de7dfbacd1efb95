package strata_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/internal/strata"
)

func TestSort(t *testing.T) {
	for name, x := range map[string]struct {
		reads  [][]int
		order  []int
		cycles [][]int
	}{
		"nothing":           {nil, nil, nil},
		"no one reads":      {[][]int{{}, {}, {}}, []int{0, 1, 2}, nil},
		"backwards":         {[][]int{{1}, {2}, {}}, []int{2, 1, 0}, nil},
		"diamond":           {[][]int{{1, 2}, {3}, {3}, {}}, []int{3, 1, 2, 0}, nil},
		"itself":            {[][]int{{0}, {}}, []int{1}, [][]int{{0, 0}}},
		"round":             {[][]int{{}, {2}, {3}, {1}}, []int{0}, [][]int{{1, 2, 3, 1}}},
		"two rounds":        {[][]int{{1}, {0}, {3}, {2}, {}}, []int{4}, [][]int{{0, 1, 0}, {2, 3, 2}}},
		"into a round":      {[][]int{{1}, {2}, {1}}, nil, [][]int{{1, 2, 1}}},
		"after a round":     {[][]int{{1}, {0}, {0}}, []int{2}, [][]int{{0, 1, 0}}},
		"a round behind it": {[][]int{{}, {0, 2}, {1}}, []int{0}, [][]int{{1, 2, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			order, cycles := strata.Sort(x.reads)
			require.Equal(t, x.order, order)
			require.Equal(t, x.cycles, cycles)
		})
	}
}
