package abtest_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque/abtest"
	"github.com/marque-go/marque/stat"
)

var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

func welcome() abtest.Experiment {
	return abtest.Experiment{
		Name:     "welcome",
		Arms:     []abtest.Arm{{Name: "control", Weight: 10}, {Name: "coupon", Weight: 90}},
		Holdouts: []abtest.Holdout{{Name: "global", Share: abtest.Percent(5)}},
	}
}

func Example() {
	set, err := abtest.Compile([]abtest.Experiment{welcome()}, nil, nil)
	if err != nil {
		panic(err)
	}
	arms := map[string]int{}
	for i := range 10_000 {
		d := set.Assign("welcome", fmt.Sprintf("person-%d", i), nil, now)
		if d.Counts() {
			arms[d.Arm]++
		} else {
			arms[string(d.Reason)]++
		}
	}
	fmt.Println(arms)
	// Output:
	// map[control:979 coupon:8574 held_out:447]
}

func ExampleSet_Explain() {
	set, _ := abtest.Compile([]abtest.Experiment{welcome()}, nil, nil)
	fmt.Print(set.Explain("welcome", "person-17", nil, now))
	// Output:
	// person-17 in welcome: coupon, assigned
	//   yes  state: running
	//   yes  holdout global: bucket 705255, held out below 50000
	//   yes  arm: bucket 750601 of [100000, 1000000) is coupon
}

// Changing weights moves as few people as it can.
func ExampleReweigh() {
	old := abtest.Experiment{Name: "button", Arms: []abtest.Arm{{Name: "red"}, {Name: "green"}, {Name: "blue"}}}
	new := abtest.Reweigh(old, map[string]int{"red": 50, "green": 25, "blue": 25})
	fmt.Println("moved:", abtest.Moved(old, new))
	for _, a := range new.Arms {
		fmt.Println(a.Name, a.Ranges)
	}
	// Output:
	// moved: 16.6666%
	// red [{0 333334} {583334 666667} {916667 1000000}]
	// green [{333334 583334}]
	// blue [{666667 916667}]
}

func ExampleAnalyze() {
	a, err := abtest.Analyze(welcome(), map[string]stat.Count{
		"control": {N: 2000, Hits: 90},
		"coupon":  {N: 18000, Hits: 1080},
	}, nil)
	if err != nil {
		panic(err)
	}
	c := a.Arms[1]
	fmt.Printf("%s is %s: %.1f%% against %.1f%%, p %.4f\n", c.Arm, c.Verdict, 100*c.Diff.Treatment.Rate, 100*c.Diff.Control.Rate, c.P)
	fmt.Printf("%.0f incremental orders, between %.0f and %.0f\n", c.Gain.Extra, c.Gain.Interval.Low, c.Gain.Interval.High)
	// Output:
	// coupon is better: 6.0% against 4.5%, p 0.0067
	// 270 incremental orders, between 80 and 432
}
