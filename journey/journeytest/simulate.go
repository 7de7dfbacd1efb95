package journeytest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/marque-go/marque/journey"
)

// Chances are what Simulate draws from. The zero value works.
type Chances struct {
	// Seeds is how many scripts are drawn, Seed the first of them. Default 50, from 1 on.
	Seeds int
	Seed  uint64
	// People, Days and Events (of each person) are the size of a script. Default 8, 14 and 6.
	People, Days, Events int
	// Start is when scripts begin. Default 2026-03-02.
	Start time.Time
	// Workers is over how many workers the partitions are spread. Default 3.
	Workers int
	// Values are what attributes and properties of events are drawn from, by their name. Default a few of their type.
	Values map[string][]any
	// Swaps are definitions that come into force one after the other, Ops are operations (a pause and its resume), at
	// instants that are drawn, in their order.
	Swaps [][]journey.Def
	Ops   []Act
	// Open makes an empty store for each run. Default journey.NewMemory.
	Open func() journey.Store

	around func(*Stage, journey.Store) journey.Store
}

// Figures are what Simulate did.
type Figures struct {
	Seeds                                                       int
	Hours                                                       float64 // of virtual time, over all runs
	Acts, Messages, Crashes, Takeovers, Stale, Errors, Repeated int
}

// Simulate draws scripts (events that come late, twice and out of order, facts that change, edits, operations) and
// plays each twice: calmly, with one worker, and wildly, with several workers on leases that are taken from them in
// the middle of what they do, that die, whose writes fail with and without effect, that come back without a lease, that
// take more or fewer people at a time, and to whom events are delivered again. Both runs must pass Stage.Check, and must come to the same end; where something is
// shared between people (a limit of entries, a gate) only to an end that passes.
//
// A seed that fails is made as short as it gets and reported, and the next seeds are not tried. The same seed gives the
// same runs.
func Simulate(t testing.TB, w World, o *Chances) Figures {
	t.Helper()
	c := Chances{}
	if o != nil {
		c = *o
	}
	c.defaults()
	var f Figures
	for i := range c.Seeds {
		seed := c.Seed + uint64(i)
		script := c.draw(&w, seed)
		err := c.play(&w, script, seed, &f)
		f.Seeds++
		if err != nil {
			short, why := c.shrink(&w, script, seed, err)
			t.Errorf("seed %d fails; of %d acts these are enough (until %s):%s\n%v", seed, len(script.Acts), short.Until, lines(short), why)
			break
		}
	}
	t.Logf("seeds %d, simulated hours %.0f: %d acts, %d messages; %d workers died, %d lost their lease in the middle, %d came back without, %d writes failed, %d events came again",
		f.Seeds, f.Hours, f.Acts, f.Messages, f.Crashes, f.Takeovers, f.Stale, f.Errors, f.Repeated)
	return f
}

func (c *Chances) defaults() {
	set := func(x *int, to int) {
		if *x == 0 {
			*x = to
		}
	}
	set(&c.Seeds, 50)
	set(&c.People, 8)
	set(&c.Days, 14)
	set(&c.Events, 6)
	set(&c.Workers, 3)
	if c.Seed == 0 {
		c.Seed = 1
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	}
	if c.Open == nil {
		c.Open = func() journey.Store { return journey.NewMemory() }
	}
}

// play plays a script calmly and wildly, and says what is wrong.
func (c *Chances) play(w *World, script Script, seed uint64, f *Figures) error {
	cast, err := w.cast(script)
	if err != nil {
		return err
	}
	calm, err := c.run(cast, script, nil)
	if err != nil {
		return fmt.Errorf("the calm run: %w", err)
	}
	wild := &wild{seed: seed, figures: f}
	got, err := c.run(cast, script, wild)
	if err != nil {
		return fmt.Errorf("the wild run: %w", err)
	}
	f.Acts += len(script.Acts)
	f.Messages += len(calm.messages)
	f.Hours += 2 * script.Until.Sub(c.Start).Hours()
	if cast.shared() {
		return nil
	}
	if d := calm.differ(got); len(d) > 0 {
		return errors.New("the wild run differs from the calm one: " + strings.Join(d, "\n  "))
	}
	return nil
}

// run plays a script, wildly where w is not nil.
func (c *Chances) run(cast *cast, script Script, w *wild) (*record, error) {
	ctx := context.Background()
	workers := 1
	if w != nil {
		workers = c.Workers
	}
	s := cast.stage(spread(workers)...)
	for _, h := range s.hands {
		h.lease.Epoch = 1
	}
	s.over(c.Open(), c.around)
	if w != nil {
		w.possess(s)
	}
	s.open(script)
	for i := range script.Acts {
		if w != nil {
			w.roll(script.Acts[i].ID)
		}
		if err := s.act(ctx, i, &script.Acts[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", script.Acts[i], err)
		}
	}
	if w != nil {
		w.roll("")
	}
	if err := s.Advance(ctx, script.Until); err != nil {
		return nil, err
	}
	s.gate = nil
	if err := s.Check(ctx); err != nil {
		return nil, err
	}
	return s.record(ctx)
}

// shared reports whether people get into each other's way, so that the order among them matters.
func (c *cast) shared() bool {
	for _, d := range c.defs() {
		if len(d.Entry.Limit) > 0 {
			return true
		}
		for i := range d.Nodes {
			if d.Nodes[i].Gate != nil {
				return true
			}
		}
	}
	return false
}

// shrink leaves acts out as long as the seed still fails: first the larger, then the smaller parts of the script.
func (c *Chances) shrink(w *World, script Script, seed uint64, why error) (Script, error) {
	tries := 0
	for part := (len(script.Acts) + 1) / 2; part > 0 && tries < 400; part /= 2 {
		for from := 0; from < len(script.Acts) && tries < 400; {
			short := script
			short.Acts = append(append([]Act(nil), script.Acts[:from]...), script.Acts[min(from+part, len(script.Acts)):]...)
			tries++
			if err := c.play(w, short, seed, &Figures{}); err != nil {
				script, why = short, err
			} else {
				from += part
			}
		}
	}
	return script, why
}

func lines(s Script) string {
	var b strings.Builder
	for _, a := range s.Acts {
		b.WriteString("\n    " + a.String())
	}
	return b.String()
}
