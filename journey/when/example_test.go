package when_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/rule"
)

// Three waits that other products call "1 day".
func Example() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	nine, _ := civil.ParseClock("09:00")
	came := time.Date(2026, 3, 28, 20, 0, 0, 0, berlin) // the night in which clocks go forward
	for _, r := range []when.Rule{when.After(24 * time.Hour), when.DaysAt{Days: 1, At: nine}, when.AfterAt{For: 24 * time.Hour, At: nine}} {
		fmt.Println(r.Due(came, berlin).In(berlin).Format("Mon 15:04 MST"))
	}
	// Output:
	// Sun 21:00 CEST
	// Sun 09:00 CEST
	// Mon 09:00 CEST
}

// A birthday on February 29.
func ExampleDate_Next() {
	nine, _ := civil.ParseClock("09:00")
	birthday := when.Date{At: nine, Yearly: true}
	day, _ := when.DayOf(rule.StringValue("1996-02-29"), time.UTC)
	at := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 2 {
		at, _ = birthday.Next(day, at.Add(1), time.UTC)
		fmt.Println(at.Format(time.DateTime))
	}
	// Output:
	// 2027-02-28 09:00:00
	// 2028-02-29 09:00:00
}

func ExampleWindow() {
	from, _ := civil.ParseClock("22:00")
	to, _ := civil.ParseClock("02:00")
	friday, _ := civil.ParseWeekdays("fri")
	night := when.Window{Window: civil.Window{Start: from, End: to}, Weekdays: friday}
	saturday := time.Date(2026, 3, 7, 1, 0, 0, 0, time.UTC) // still the night of Friday
	fmt.Println(night.Due(saturday, time.UTC).Format("Mon 15:04"))
	fmt.Println(night.Due(saturday.Add(time.Hour), time.UTC).Format("Mon 15:04"))
	// Output:
	// Sat 01:00
	// Fri 22:00
}
