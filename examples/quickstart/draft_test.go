package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/lab"
	"github.com/marque-go/marque/loop"
)

// A backtest of the journeys that ran, over the log of the run and with the answers that the channels gave, sends the
// messages that were sent, under the same keys: but for the journey that hears of coupons redeemed at the till, which no
// event of the log tells.
func TestBacktestIsWhatRan(t *testing.T) {
	ctx := t.Context()
	s, err := newScene(options{seed: 3, people: 300, days: 40}, loop.Memory())
	require.NoError(t, err)
	require.NoError(t, s.play(ctx, func(time.Time, int) {}))
	sent, refused := map[string]bool{}, map[string]bool{}
	for e, err := range s.loop.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		key, _ := e.Props["key"].(string)
		switch {
		case e.Name == "message.sent" && e.Props["journey"] != "last-call":
			sent[key] = true
		case e.Name == "message.failed":
			refused[key] = true
		}
	}
	require.Greater(t, len(sent), 200)
	run, err := lab.Backtest(ctx, s.program, s.some(ctx, 1_000_000), &lab.Options{
		Until: s.shop.End(), NewID: s.options().NewID,
		Answer: func(m journey.Message) journey.Receipt {
			if refused[m.Key] {
				return journey.Receipt{Status: journey.Unreachable}
			}
			return journey.Receipt{Status: journey.Sent}
		},
	})
	require.NoError(t, err)
	same, more := 0, 0
	for _, m := range run.Sends {
		switch {
		case sent[m.Key]:
			same++
		case m.Journey != "last-call":
			more++
		}
	}
	require.Equal(t, len(sent), same)
	require.Zero(t, more)
}
