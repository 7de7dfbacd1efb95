package lab_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/lab"
)

// What a draft would have changed: the SMS after two days instead of one, over a log of ten people.
func ExampleDiff() {
	ctx, o := context.Background(), &lab.Options{Until: monday.AddDate(0, 0, 7)}
	now, err := lab.Backtest(ctx, program(marque.Day), register(10), o)
	if err != nil {
		log.Fatal(err)
	}
	draft, err := lab.Backtest(ctx, program(2*marque.Day), register(10), o)
	if err != nil {
		log.Fatal(err)
	}
	d := lab.Diff(now, draft)
	fmt.Println(d)
	first := d.Moved[0]
	fmt.Println(first.Before.Profile, first.Before.Node, first.After.At.Sub(first.Before.At))
	// Output:
	// 10 messages as before, 0 gone, 0 new, 10 at another time, 0 on another channel; 10 people
	// p0 sms 24h0m0s
}

// Why somebody did not get a message, and what would have had to be otherwise. The steps are those that
// journey.Options.Trace of the real runner was told; here a backtest tells them.
func ExampleLife_Why() {
	var steps []journey.Trace
	plan, events := compiled(), []marque.Event{
		consent("c", "2026-03-02 01:00:00"),
		order("o1", "2026-03-02 04:00:00", 100), order("o2", "2026-03-02 05:00:00", 120), order("o3", "2026-03-02 06:00:00", 150),
	}
	_, err := lab.Backtest(context.Background(), shop(), sequence(events), &lab.Options{Trace: func(x journey.Trace) { steps = append(steps, x) }})
	if err != nil {
		log.Fatal(err)
	}
	ann := lab.NewLife(plan.Journeys(), "ann", slices.Values(steps))
	answer, err := ann.Why("offers", "big")
	if err != nil {
		log.Fatal(err)
	}
	last := answer.Visits[2]
	fmt.Println(last.At.Format("15:04"), last.Edge)
	for _, x := range last.If {
		fmt.Printf("if %s: %s\n", x.If, x.Then)
	}
	// Output:
	// 06:00 capped
	// if the cap of 2 per day were 3: sent by push
}

// The most messages that one person can get on a day, proved from the definitions.
func ExampleWorstCase() {
	for _, w := range lab.WorstCase(shop().Journeys[:2], nil) {
		fmt.Println(w)
	}
	// Output:
	// welcome: at most 2 a day (graph unbounded, caps 2)
	// offers: at most 2 a day (graph unbounded, caps 2)
	// all journeys: at most 2 a day (graph unbounded, caps 2)
}
