package civil_test

import (
	"fmt"
	"time"
	_ "time/tzdata"

	"github.com/marque-go/marque/internal/civil"
)

func ExampleResolve() {
	var zones civil.Zones
	berlin, err := zones.Load("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	fmt.Println(civil.Resolve(2026, time.March, 29, 2, 30, 0, 0, berlin))   // skipped
	fmt.Println(civil.Resolve(2026, time.October, 25, 2, 30, 0, 0, berlin)) // shown twice
	// Output:
	// 2026-03-29 03:30:00 +0200 CEST
	// 2026-10-25 02:30:00 +0200 CEST
}

func ExampleNextWeekday() {
	var zones civil.Zones
	shanghai, err := zones.Load("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	at, err := civil.ParseClock("09:30")
	if err != nil {
		panic(err)
	}
	friday := time.Date(2026, time.May, 1, 10, 0, 0, 0, shanghai)
	fmt.Println(civil.Next(friday, at, shanghai))
	fmt.Println(civil.NextWeekday(friday, civil.WeekdaysOf(time.Monday, time.Friday), at, shanghai))
	// Output:
	// 2026-05-02 09:30:00 +0800 CST
	// 2026-05-04 09:30:00 +0800 CST
}

func ExampleWindow() {
	night := civil.Window{Start: 22 * 3600, End: 8 * 3600}
	at := time.Date(2026, time.May, 1, 23, 15, 0, 0, time.UTC)
	fmt.Println(night.In(at, nil), night.NextOutside(at, nil))
	// Output:
	// true 2026-05-02 08:00:00 +0000 UTC
}

func ExampleBounds() {
	var zones civil.Zones
	cairo, err := zones.Load("Africa/Cairo")
	if err != nil {
		panic(err)
	}
	noon := time.Date(2026, time.April, 24, 12, 0, 0, 0, cairo) // a day without midnight
	start, end := civil.Bounds(civil.Day, noon, cairo)
	fmt.Println(start, end.Sub(start))
	// Output:
	// 2026-04-24 01:00:00 +0300 EEST 23h0m0s
}
