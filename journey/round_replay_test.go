package journey_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/step"
)

// Every committed step of a round, taken again from what its trace recorded, gives the same bytes.
func TestRoundReplay(t *testing.T) {
	w := newWorld(t, roundDefs()...)
	var traces []journey.Trace
	w.opts = &journey.Options{Trace: func(x journey.Trace) { traces = append(traces, x) }}
	w.start()
	for _, p := range []string{"ann", "bob", "cid", "dan"} {
		x := w.person(p)
		x.segments["new"], x.attrs["birthday"], x.attrs["city"], x.zone = true, at("1990-03-04 00:00:00"), "Oslo", "Asia/Tokyo"
	}
	w.event("2026-03-02 18:00:00", "", "stock.low city=Oslo item=shoe")
	w.event("2026-03-02 19:00:00", "", "stock.back city=Oslo")
	w.until("2026-03-06 00:00:00")
	by := map[string]int{}
	for _, x := range traces {
		data, err := json.Marshal(x)
		require.NoError(t, err)
		var back journey.Trace
		require.NoError(t, json.Unmarshal(data, &back))
		f, err := w.lex.UnmarshalFacts(back.Facts)
		require.NoError(t, err)
		got := step.Again(w.runner.Set().Plan(x.Journey), back, f)
		was, is := x.Result.Change, got.Change
		was.Done, is.Done = nil, nil // the outcome of a command takes it out of the outbox
		want, err := json.Marshal(was)
		require.NoError(t, err)
		have, err := json.Marshal(is)
		require.NoError(t, err)
		require.Equal(t, string(want), string(have))
		if x.Input.Round != nil {
			by[x.Journey]++
		}
	}
	require.Equal(t, map[string]int{"news": 16, "weekly": 4, "birthday": 4, "low": 4}, by)
}
