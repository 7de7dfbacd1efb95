package journeytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// Check looks through what happened so far for what must not be there: what the function Check finds in the log, and more exactly, since it is known when which message was
// decided; two
// messages with different keys for one visit of one node on one channel; people who wait for nothing, or for a command
// that is nowhere; something due that was not done; something said that nobody took.
func (s *Stage) Check(ctx context.Context) error {
	found := slices.Clone(s.faults)
	zone := func(p string) string { return s.somebody(p).Zone }
	decided := func(key string) (sending, bool) { x, ok := s.decided[key]; return x, ok }
	if err := check(s.cast.defs(), s.log, zone, decided); err != nil {
		found = append(found, err)
	}
	found = append(found, s.twice()...)
	found = append(found, s.hurried()...)
	stuck, err := s.stuck(ctx)
	return errors.Join(append(append(found, stuck...), err)...)
}

// defs are all definitions that ran, with the caps and quiet hours that hold for all.
func (c *cast) defs() []journey.Def {
	var defs []journey.Def
	for _, set := range c.sets {
		for _, p := range set.Plans() {
			d := *p.Def()
			if o := c.world.Compile; o != nil {
				d.Caps = append(slices.Clone(d.Caps), o.Messages.Caps...)
				if d.Quiet == nil {
					d.Quiet = o.Messages.Quiet
				}
				if d.Late == nil {
					d.Late = o.Messages.Late
				}
			}
			defs = append(defs, d)
		}
	}
	return defs
}

// twice finds messages that went out for one thing under two keys, and under keys that nobody commanded.
func (s *Stage) twice() (found []error) {
	by := map[string]string{}
	for _, name := range sortedKeys(s.channels) {
		for _, m := range s.channels[name].sent {
			slot, ok := s.slots[m.Key]
			if !ok {
				found = append(found, fmt.Errorf("a message to %s on %s has a key %s that was never commanded", m.Profile, name, m.Key))
			} else if other, ok := by[slot]; ok && other != m.Key {
				found = append(found, fmt.Errorf("%s: sent as %s and as %s", slot, other, m.Key))
			}
			by[slot] = m.Key
		}
	}
	return found
}

// hurried finds channels that were handed more than their rate. A runner keeps rates in memory, so it looks only where
// there was one.
func (s *Stage) hurried() (found []error) {
	if len(s.hands) > 1 || s.hands[0].lease.Epoch > 1 {
		return nil
	}
	for _, rate := range s.cast.rates() {
		per := time.Minute
		if rate.Per == "second" {
			per = time.Second
		}
		sent := s.Channel(rate.Channel).Sent()
		for i := range sent {
			if j := i + rate.N; j < len(sent) && sent[j].At.Sub(sent[i].At) < per {
				found = append(found, fmt.Errorf("%s got more than %d messages a %s from %s on", rate.Channel, rate.N, rate.Per, sent[i].At))
				break
			}
		}
	}
	return found
}

func (c *cast) rates() []graph.Rate {
	if o := c.world.Compile; o != nil {
		return o.Messages.Rates
	}
	return nil
}

// stuck finds who and what was forgotten.
func (s *Stage) stuck(ctx context.Context) (found []error, err error) {
	look := marque.Lease{}
	out, err := s.store.Outbox(ctx, look, journey.Batch{Until: farAway, N: 1 << 20})
	if err != nil {
		return nil, err
	}
	waits := map[string]bool{}
	for _, c := range out {
		if waits[c.Key] = true; !c.At.After(s.now) {
			found = append(found, fmt.Errorf("%s %s for %s was due at %s and is not done", c.Do, c.Name, c.Profile, c.At))
		}
	}
	exited := map[string]bool{}
	for _, e := range s.log {
		if e.Name == "journey.exited" {
			exited[e.Fact] = true
		}
	}
	for _, e := range s.log {
		if e.Name != "journey.entered" || exited[e.Fact] {
			continue
		}
		id := e.Fact[strings.LastIndexByte(e.Fact, '/')+1:]
		states, err := s.store.Open(ctx, journey.Query{IDs: []string{id}})
		if err != nil {
			return found, err
		}
		if len(states) == 0 {
			found = append(found, fmt.Errorf("%s entered %s, did not leave, and is lost", e.Profile, e.Fact))
			continue
		}
		switch x := states[0]; {
		case x.Awaits != "" && !waits[x.Awaits]:
			found = append(found, fmt.Errorf("%s at node %s of %s waits for a command %s that is nowhere", x.Profile, x.Node, x.Journey, x.Awaits))
		case x.Awaits == "" && x.Due.IsZero() && len(x.Listens) == 0 && x.Pause == nil:
			found = append(found, fmt.Errorf("%s at node %s of %s waits for nothing", x.Profile, x.Node, x.Journey))
		case x.Due.IsZero() && x.Pause == nil && s.ends(x):
			found = append(found, fmt.Errorf("%s at node %s of %s waits without the end that the node has", x.Profile, x.Node, x.Journey))
		}
	}
	due, err := s.store.Claim(ctx, look, s.now, 4)
	if err != nil {
		return found, err
	}
	for _, x := range due {
		found = append(found, fmt.Errorf("%s at node %q of %s was due at %s and did not go on", x.Profile, x.Node, x.Journey, x.Due))
	}
	said, err := s.store.Pending(ctx, marque.Parts{}, 1)
	if err == nil && len(said) > 0 {
		found = append(found, fmt.Errorf("%s was said and nobody took it", said[0].Name))
	}
	return found, err
}

// ends reports whether the wait at which a state stands has an end.
func (s *Stage) ends(x journey.State) bool {
	for _, n := range s.Set().Of(x).Def().Nodes {
		if w := n.Wait; n.ID == x.Node && w != nil {
			return w.Within != 0 || w.Event == "" && len(w.Any) == 0 && len(w.Until) == 0
		}
	}
	return false
}
