package journeytest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/rule"
)

// Check goes through the log of a host's own run.
func ExampleCheck() {
	defs := []journey.Def{{Name: "welcome", Quiet: &journey.Quiet{From: "22:00", To: "08:00"}}}
	night := time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC)
	log := []marque.Event{{Name: "message.sent", Profile: "ann", At: night,
		Props: map[string]any{"journey": "welcome", "node": "hello", "channel": "sms", "key": "k1"}}}
	fmt.Println(journeytest.Check(defs, log, nil))
	// Output: sms to ann at 2026-03-02T23:00:00Z, node hello of welcome: quiet hours from 22:00 to 08:00
}

// A Stage plays a script on a virtual clock: what would the welcome journey do with Ann and Bob?
func ExampleStage() {
	world := journeytest.World{
		Defs: []journey.Def{{
			Name: "welcome", Entry: journey.Entry{Event: "signup"}, Goal: &journey.On{Event: "order"},
			Quiet: &journey.Quiet{From: "22:00", To: "08:00"},
			Nodes: []journey.Node{
				{ID: "hello", Send: &journey.Send{Channels: []string{"push", "sms"}, Template: "hello"}, Next: "days"},
				{ID: "days", Wait: &journey.Wait{For: 36 * marque.Hour}, Next: "again"},
				{ID: "again", Send: &journey.Send{Channels: []string{"sms"}, Template: "again"}},
			},
		}},
		Schema:  rule.Schema{Events: []rule.EventType{{Name: "signup"}, {Name: "order"}}},
		Anybody: journeytest.Willing,
		Channels: map[string]func(journey.Message) (journey.Receipt, error){"push": func(m journey.Message) (journey.Receipt, error) {
			if m.Profile == "bob" {
				return journey.Receipt{Status: journey.Unreachable}, nil
			}
			return journey.Receipt{Status: journey.Sent}, nil
		}},
	}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	stage, err := journeytest.NewStage(world, journey.NewMemory())
	if err != nil {
		fmt.Println(err)
		return
	}
	err = stage.Play(context.Background(), journeytest.Script{Until: noon.AddDate(0, 0, 7), Acts: []journeytest.Act{
		{At: noon, Event: "signup", Profile: "ann"},
		{At: noon.Add(time.Hour), Event: "signup", Profile: "bob"},
		{At: noon.Add(9 * time.Hour), Event: "order", Profile: "bob"},
	}})
	fmt.Println(err, stage.Check(context.Background()))
	for _, e := range stage.Log() {
		if e.Name == "message.sent" || e.Name == "journey.exited" {
			fmt.Println(e.At.Format("Mon 15:04"), e.Profile, e.Name, e.Props["node"])
		}
	}
	// Output:
	// <nil> <nil>
	// Mon 12:00 ann message.sent hello
	// Mon 13:00 bob message.sent hello
	// Mon 21:00 bob journey.exited days
	// Wed 08:00 ann message.sent again
	// Wed 08:00 ann journey.exited again
}
