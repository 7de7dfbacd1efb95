package marque_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
)

func ExampleBucket() {
	// One in ten is left alone, everywhere this hold-out is named.
	left := 0
	for i := range 10000 {
		if marque.Bucket("holdout/spring", fmt.Sprint("person-", i)) < marque.Buckets/10 {
			left++
		}
	}
	fmt.Println(left > 900 && left < 1100)
	// Output: true
}

func ExampleKey() {
	fmt.Println(marque.Key("order", "17"))
	fmt.Println(marque.Key("a", "bc") == marque.Key("ab", "c"))
	// Output:
	// 85hw1wnmhc7s3ttw2yzg45wba6wgvz7e
	// false
}

// The hash is a promise to every stored assignment: these figures never change.
func TestHashesAreForGood(t *testing.T) {
	require.Equal(t, uint32(343560), marque.Bucket("seed", "unit"))
	require.Equal(t, uint32(777519), marque.Bucket("", ""))
	require.Equal(t, 317, marque.Partition("person"))
	require.Equal(t, "e9zcd20r3vwwj99e0taxx2e5mszwey6e", marque.Key("profile", "phone", "+8613800000000"))
}

func TestBucketsAreEven(t *testing.T) {
	const cells, units = 100, 200_000
	for _, seed := range []string{"a", "b", "exp1", "exp2", strings.Repeat("x", 40)} {
		var n [cells]int
		for i := range units {
			n[marque.Bucket(seed, fmt.Sprint("u", i))/(marque.Buckets/cells)]++
		}
		chi := 0.0
		for _, k := range n {
			d := float64(k) - units/cells
			chi += d * d / (units / cells)
		}
		require.Less(t, chi, 148.2, "99 degrees of freedom, 99.9%%: %s", seed)
	}
}

func TestBucketDoesNotAllocate(t *testing.T) {
	s := marque.NewSplit("seed")
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = s.Bucket("person-1") + marque.Bucket("seed", "person-2") }))
}

func TestPartsHoldEachPersonOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cut := rapid.IntRange(0, marque.Partitions).Draw(t, "cut")
		p := rapid.String().Draw(t, "profile")
		low, high := marque.Parts{To: cut}, marque.Parts{From: cut, To: marque.Partitions}
		if cut == 0 {
			require.True(t, high.Has(p))
			return
		}
		require.NotEqual(t, low.Has(p), high.Has(p))
		require.True(t, marque.Parts{}.Has(p))
	})
}
