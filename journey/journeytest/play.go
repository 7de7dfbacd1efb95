package journeytest

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/marque-go/marque"
)

// Play does all of a script. Its swaps must be definitions that the world's schema has the names for.
func (s *Stage) Play(ctx context.Context, script Script) error {
	script = script.ordered()
	c, err := s.cast.world.cast(script)
	if err != nil {
		return err
	}
	c.sets[0] = s.cast.sets[0]
	s.cast, s.set, s.acts = c, 0, 0
	if len(c.sets) > 1 {
		s.restart() // with the channels of all
	}
	s.open(script)
	for i := range script.Acts {
		if err := s.act(ctx, i, &script.Acts[i]); err != nil {
			return fmt.Errorf("%s: %w", script.Acts[i], err)
		}
	}
	return s.Advance(ctx, script.Until)
}

// open sets the clock to the beginning of a script, unless it is running.
func (s *Stage) open(script Script) {
	if s.now.IsZero() {
		s.now = script.From.UTC().Truncate(time.Microsecond)
	}
}

// act does one act of a script. What it did before a crash it does not do again.
func (s *Stage) act(ctx context.Context, i int, a *Act) error {
	if err := s.Advance(ctx, a.At); err != nil {
		return err
	}
	if s.acts <= i {
		s.acts = i + 1
		if err := s.happen(i, a); err != nil {
			return err
		}
	}
	if a.Do != nil {
		for _, h := range s.hands {
			if err := s.operate(ctx, h, a); err != nil {
				return err
			}
		}
	}
	return s.settle(ctx)
}

// operate does an operation with the authority of a hand.
func (s *Stage) operate(ctx context.Context, h *hand, a *Act) error {
	defer func(was *hand) { s.cur = was }(s.cur)
	s.cur = h
	do := func() error { return a.Do(ctx, h.runner, h.lease, s.now) }
	if s.insist != nil {
		return s.insist(h, do)
	}
	return do()
}

// happen is what of an act is outside of the journeys.
func (s *Stage) happen(i int, a *Act) error {
	if a.Event != "" {
		e := marque.Event{ID: a.id(i), Name: a.Event, Profile: a.Profile, Props: a.Props, At: s.now, Received: s.now}
		if !a.Happened.IsZero() {
			e.At = a.Happened.UTC()
		}
		if a.Of != "" {
			e.Props = map[string]any{"message": s.LastKey(a.Profile, a.Of)}
			maps.Copy(e.Props, a.Props)
		}
		if name, ok := e.Props["segment"].(string); ok && (a.Event == "segment.entered" || a.Event == "segment.left") {
			e.Fact = "segment/" + name
		}
		s.Append(e)
	}
	if a.Change != nil {
		s.Change(a.Profile, a.Change)
	}
	if a.Answer != nil {
		s.Channel(a.Channel).Answer = a.Answer
	}
	if a.Swap != nil {
		s.set++
		for _, h := range s.hands {
			if err := h.runner.Swap(s.Set()); err != nil {
				return err
			}
			h.begun = false
		}
	}
	return nil
}

// LastKey is the key of the message that a node sent last to somebody, "" for none.
func (s *Stage) LastKey(profile, node string) string {
	for i := len(s.log) - 1; i >= 0; i-- {
		if e := &s.log[i]; e.Name == "message.sent" && e.Profile == profile && e.Props["node"] == node {
			key, _ := e.Props["key"].(string)
			return key
		}
	}
	return ""
}

// Append logs events, each ID once, and hands them to the journeys when the stage goes on.
func (s *Stage) Append(es ...marque.Event) {
	for _, e := range es {
		if s.known[e.ID] {
			continue
		}
		s.known[e.ID] = true
		s.remember(len(s.log), e)
		s.log = append(s.log, e)
		for _, h := range s.hands {
			if h.lease.Parts.Has(e.Profile) {
				h.queue = append(h.queue, len(s.log)-1)
			}
		}
	}
}
