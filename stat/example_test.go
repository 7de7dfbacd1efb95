package stat_test

import (
	"fmt"

	"github.com/marque-go/marque/stat"
)

// A plan treats 90% of its people and leaves 10% alone. What did it bring?
func Example() {
	control, treatment := stat.Count{N: 2000, Hits: 90}, stat.Count{N: 18000, Hits: 1080}

	split := stat.SRM([]int64{control.N, treatment.N}, []float64{10, 90}, nil)
	fmt.Println("split as planned:", split.OK)

	d := stat.Compare(control, treatment, nil)
	fmt.Printf("%.1f%% against %.1f%%, p %.4f\n", 100*d.Treatment.Rate, 100*d.Control.Rate, d.P)
	fmt.Printf("difference %.2f points, 95%% between %.2f and %.2f\n", 100*d.Diff, 100*d.Interval.Low, 100*d.Interval.High)

	g := stat.Incremental(control, treatment, nil)
	fmt.Printf("%.0f orders that would not have been, between %.0f and %.0f\n", g.Extra, g.Interval.Low, g.Interval.High)
	// Output:
	// split as planned: true
	// 6.0% against 4.5%, p 0.0067
	// difference 1.50 points, 95% between 0.45 and 2.40
	// 270 orders that would not have been, between 80 and 432
}

// A verdict is refused where units are not split as planned.
func ExampleSRM() {
	r := stat.SRM([]int64{10000, 9500}, []float64{50, 50}, nil)
	fmt.Printf("%v %s, p %.5f\n", r.OK, r.Reason, r.P)
	// Output:
	// false ratio_mismatch, p 0.00034
}

// Counts and moments merge over days and shards.
func ExampleMoments_Merge() {
	monday := stat.MomentsOf(3, 60, 1400) // count(*), sum(x), sum(x*x)
	tuesday := stat.Moments{}.Add(20).Add(30)
	both := monday.Merge(tuesday)
	fmt.Printf("%d orders, mean %.0f, deviation %.2f\n", both.N, both.Mean, both.SD())
	// Output:
	// 5 orders, mean 22, deviation 8.37
}
