package funnel_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/funnel"
)

func Example() {
	plan, err := funnel.Compile(funnel.Def{
		Name:   "purchase",
		Steps:  []funnel.Step{{Event: "visit"}, {Event: "cart"}, {Event: "order_paid"}},
		Window: 7 * marque.Day,
		By:     "channel",
	}, nil, nil)
	if err != nil {
		panic(err)
	}
	counter := funnel.NewCounter(plan, nil)
	monday := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	track := func(person, event string, after time.Duration, channel string) {
		e := marque.Event{Name: event, Profile: person, At: monday.Add(after), Props: map[string]any{"channel": channel}}
		if err := counter.Add(e); err != nil {
			panic(err)
		}
	}
	for i := range 100 {
		person, channel := fmt.Sprintf("p%02d", i), "app"
		if i%4 == 0 {
			channel = "ad"
		}
		track(person, "visit", 0, channel)
		if i%2 == 0 {
			track(person, "cart", time.Duration(i)*time.Hour, "")
		}
		if i%5 == 0 {
			track(person, "order_paid", 100*time.Hour, "")
		}
	}

	r := counter.Result()
	fmt.Println(r.Funnel, "as", r.Semantics, "counts, within", r.Window)
	for _, s := range r.Steps {
		fmt.Printf("%-10s %3d people, %3.0f%% of the step before (%.0f to %.0f), half of them within %s\n",
			s.Name, s.People, 100*s.Rate.Rate, 100*s.Rate.Interval.Low, 100*s.Rate.Interval.High, s.Time.Median)
	}
	for _, g := range r.Groups {
		fmt.Printf("%s: %d of %d\n", g.Value, g.Rate.Hits, g.Rate.N)
	}
	for person := range counter.Stopped(1) {
		fmt.Println("a cart but no order:", person)
		break
	}
	// Output:
	// purchase as ClickHouse counts, within 7d
	// visit      100 people, 100% of the step before (96 to 100), half of them within 0s
	// cart        50 people,  50% of the step before (40 to 60), half of them within 2d
	// order_paid  10 people,  20% of the step before (11 to 33), half of them within 2d2h
	// app: 5 of 75
	// ad: 5 of 25
	// a cart but no order: p02
}
