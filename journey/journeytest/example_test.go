package journeytest_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
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
