package pipeline_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/funnel/pipeline"
)

func Example() {
	plan, err := pipeline.Compile(pipeline.Def{
		Name: "sales",
		Stages: []pipeline.Stage{
			{Name: "lead", Enter: []pipeline.Trigger{{Event: "form_sent"}}, Limit: 14 * marque.Day},
			{Name: "visit", Enter: []pipeline.Trigger{{Event: "visited"}}},
			{Name: "deal", Enter: []pipeline.Trigger{{Event: "order_paid"}}},
		},
		Period: "week",
	}, nil, nil)
	if err != nil {
		panic(err)
	}
	counter := pipeline.NewCounter(plan, nil)
	monday := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	for i := range 60 { // three leads a day; a third visits, a ninth buys
		person, day := fmt.Sprintf("p%02d", i), i/3
		counter.Add(marque.Event{Name: "form_sent", Profile: person, At: monday.AddDate(0, 0, day)})
		if i%3 == 0 {
			counter.Add(marque.Event{Name: "visited", Profile: person, At: monday.AddDate(0, 0, day+4)})
		}
		if i%9 == 0 {
			counter.Add(marque.Event{Name: "order_paid", Profile: person, At: monday.AddDate(0, 0, day+6)})
		}
	}

	r := counter.At(monday.AddDate(0, 0, 25))
	for _, f := range r.Flows {
		if f.Stage == "lead" {
			fmt.Printf("week of %s: %2d there, %2d in, %2d on, %2d lost, %2d left\n",
				f.From.Format("January 2"), f.Opening, f.In, f.Forward, f.Lost, f.Stock)
		}
	}
	for _, s := range r.Stages {
		fmt.Printf("%-5s %2d now, %3.0f%% go on, %3.0f%% to the end, median stay %s\n",
			s.Stage, s.Stock, 100*s.Next.Rate, 100*s.Final.Rate, s.Dwell.Median)
	}
	// Output:
	// week of May 4:  0 there, 21 in,  3 on,  0 lost, 18 left
	// week of May 11: 18 there, 21 in,  7 on,  0 lost, 32 left
	// week of May 18: 32 there, 18 in,  7 on, 14 lost, 29 left
	// week of May 25: 29 there,  0 in,  3 on, 10 lost, 16 left
	// lead  16 now,  33% go on,  12% to the end, median stay 14d
	// visit 13 now,  35% go on,  35% to the end, median stay 2d
	// deal   7 now,   0% go on, 100% to the end, median stay 0s
}
