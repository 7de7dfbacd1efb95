package loop_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/loop"
)

// Journeys are run by hand through the loop's runner: who is there, what one of them would get, a pause, an exit. The
// lease is that of the loop's Options, which is all partitions by default, and the instant the one reached.
func ExampleLoop_Journeys() {
	program, err := loop.Load(fstest.MapFS{"shop.yaml": {Data: []byte(shop)}})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := loop.Compile(program, loop.Host{Channels: map[string]journey.Channel{"sms": sms{}}})
	if err != nil {
		log.Fatal(err)
	}
	ctx, monday := context.Background(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := loop.New(plan, loop.Memory(), &loop.Options{NewID: func(first marque.ID) string { return "p-" + first.Value }})
	for _, who := range []string{"ann", "bob"} {
		e := marque.Event{Name: "registered", IDs: []marque.ID{{Kind: "phone", Value: who}}, At: monday}
		if err := l.Track(ctx, e); err != nil {
			log.Fatal(err)
		}
	}
	run, lease := l.Journeys(), marque.Lease{}

	drafts, err := run.Preview(ctx, "welcome", "offer", "p-ann", l.Now())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ann would get:", drafts[0].Message.Text)
	for s, err := range run.Standing(ctx, "welcome", "pause") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.Profile, "waits until", s.Due.Format("Mon 15:04"))
		if s.Profile == "p-bob" {
			if _, err := run.Exit(ctx, lease, l.Now(), "asked us to", s.ID); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := run.Pause(ctx, lease, l.Now(), pause.Order{Journey: "welcome"}); err != nil {
		log.Fatal(err)
	}
	if err := l.Advance(ctx, monday.Add(30*time.Hour)); err != nil {
		log.Fatal(err)
	}
	fmt.Println("paused until", l.Now().Format("Mon 15:04"))
	if err := run.Resume(ctx, lease, l.Now(), "welcome", "", pause.Elapse); err != nil {
		log.Fatal(err)
	}
	if err := l.Advance(ctx, monday.Add(31*time.Hour)); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Mon 09:00 sms to ann: Welcome
	// Mon 09:00 sms to bob: Welcome
	// ann would get: 10 off your first order
	// p-bob waits until Tue 09:00
	// p-ann waits until Tue 09:00
	// paused until Tue 15:00
	// Tue 15:00 sms to ann: 10 off your first order
}
