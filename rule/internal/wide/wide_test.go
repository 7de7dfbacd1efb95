package wide_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/rule/internal/wide"
)

func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s wide.Sum
		want := new(big.Int)
		edge := rapid.SampledFrom([]int64{math.MaxInt64, math.MinInt64, 0, -1, 1, math.MaxInt64 - 1})
		for _, n := range rapid.SliceOfN(rapid.OneOf(edge, rapid.Int64()), 0, 40).Draw(t, "n") {
			s.Add(n)
			want.Add(want, big.NewInt(n))
		}
		n, fits := s.Int64()
		require.Equal(t, want.IsInt64(), fits)
		if fits {
			require.Equal(t, want.Int64(), n)
		}
		f, _ := new(big.Float).SetInt(want).Float64()
		require.InEpsilon(t, f+1e-300, s.Float64()+1e-300, 1e-15)
	})
}
