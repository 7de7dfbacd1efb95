package pause_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey/pause"
)

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		name  string
		order pause.Order
		fault string
	}{
		{"a journey", pause.Order{Journey: "x"}, ""},
		{"one that takes people in", pause.Order{Journey: "x", Enter: "keep"}, ""},
		{"a node", pause.Order{Journey: "x", Node: "n"}, ""},
		{"none", pause.Order{}, "journey: is missing"},
		{"a word", pause.Order{Journey: "x", Enter: "wait"}, `enter: "wait": want "refuse" or "keep"`},
		{"nobody enters a node", pause.Order{Journey: "x", Node: "n", Enter: "keep"}, "enter: is for a pause of the whole journey"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.order.Validate(); c.fault == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.fault)
			}
		})
	}
}

func TestControl(t *testing.T) {
	var none *pause.Control
	require.False(t, none.Stops("x", ""))
	require.False(t, none.Refuses("x"))
	require.Nil(t, none.Of("x"))
	one, changed := pause.Control{}.Pause(pause.Order{Journey: "x", Node: "a"}, nine)
	require.True(t, changed)
	_, changed = one.Pause(pause.Order{Journey: "x", Node: "a", Reason: "again"}, nine.Add(1))
	require.False(t, changed, "it is paused")
	two, _ := one.Pause(pause.Order{Journey: "y", Enter: "keep"}, nine)
	three, _ := two.Pause(pause.Order{Journey: "z"}, nine)
	require.Len(t, one.Halts, 1)
	for _, c := range []struct {
		journey, node string
		stops         bool
	}{{"x", "a", true}, {"x", "b", false}, {"x", "", false}, {"y", "", true}, {"y", "n", true}, {"v", "", false}} {
		require.Equal(t, c.stops, three.Stops(c.journey, c.node), "%v", c)
	}
	require.False(t, three.Refuses("x"), "a node refuses nobody")
	require.False(t, three.Refuses("y"))
	require.True(t, three.Refuses("z"))
	require.Equal(t, three.Halts[1:2], three.Of("y").Halts)
	require.Nil(t, three.Of("v"))
	require.Same(t, &one, one.Of("x"))

	_, changed = three.Resume("x", "", pause.Freeze, nine)
	require.False(t, changed, "only a node of it is paused")
	four, changed := three.Resume("y", "", pause.Freeze, nine.Add(time.Hour))
	require.True(t, changed)
	four, _ = four.Resume("x", "a", pause.Expire, nine.Add(2*time.Hour))
	require.False(t, four.Stops("y", ""))
	require.True(t, three.Stops("y", ""), "a control is not changed in place")
	h, pending := four.Pending()
	require.True(t, pending)
	require.Equal(t, pause.Halt{Order: pause.Order{Journey: "y", Enter: "keep"}, From: nine, N: 1, To: nine.Add(time.Hour), Policy: pause.Freeze}, h)
	h, _ = four.After(1)
	require.Equal(t, "x", h.Journey)
	_, pending = four.After(2)
	require.False(t, pending)
	five := four.Sweep(1, "e7", false)
	h, _ = five.Pending()
	require.Equal(t, "e7", h.After)
	six := five.Sweep(1, "e9", true)
	h, _ = six.Pending()
	require.Equal(t, 2, h.N)
	six = six.Sweep(2, "", true)
	_, pending = six.Pending()
	require.False(t, pending)
	seven, _ := six.Pause(pause.Order{Journey: "x"}, nine)
	seven, _ = seven.Resume("x", "", pause.Elapse, nine)
	h, _ = seven.Pending()
	require.Equal(t, 3, h.N, "numbers do not come again")
}

func ExampleControl() {
	c, _ := pause.Control{}.Pause(pause.Order{Journey: "welcome", Node: "offer", Reason: "the price is wrong"}, nine)
	fmt.Println(c.Stops("welcome", "offer"), c.Stops("welcome", "hello"))
	c, _ = c.Resume("welcome", "offer", pause.Freeze, nine.Add(time.Hour))
	h, _ := c.Pending()
	fmt.Println(c.Stops("welcome", "offer"), h.Policy, h.To.Sub(h.From))
	// Output:
	// true false
	// false freeze 1h0m0s
}
