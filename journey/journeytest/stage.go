package journeytest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

// A Stage is a world under way: an event log, people, channels that record, a virtual clock, and a Runner over a store.
// It does what package loop does for journeys, and nothing besides. It is for one goroutine.
type Stage struct {
	cast   *cast
	store  journey.Store // as the runner sees it
	hands  []*hand
	now    time.Time
	set    int // of cast.sets
	acts   int // of the script that took effect
	batch  int
	people map[string]*somebody

	log   []marque.Event
	rows  [][]rule.Value // of log, as rules read them
	known map[string]bool

	channels map[string]*Channel
	outcomes map[string]journey.Outcome // of doers, by key
	deeds    []Deed

	slots   map[string]string  // by key of a command: enrollment, node, visit, channel
	decided map[string]sending // by key: when a message was decided
	cur     *hand
	using   marque.Lease                    // of the commit under way
	drive   func(ctx context.Context) error // in place of settle
	insist  func(h *hand, do func() error) error
	gate    func(op string, after bool) error
	late    []journey.Change // what the worker that died wanted to commit
	faults  []error          // what must not be, found on the way
}

// A Deed is a command that a doer took, once per key.
type Deed struct {
	At                     time.Time
	Do, Name, Profile, Key string
	Args                   map[string]any
	Result                 string
}

// A hand is a worker with a lease on some partitions, and what arrived for the people there.
type hand struct {
	lease  marque.Lease
	runner *journey.Runner
	begun  bool  // its rounds are planned
	queue  []int // of Stage.log
	dead   bool
}

// NewStage compiles the world and opens it over a store. It does no I/O.
func NewStage(w World, store journey.Store) (*Stage, error) {
	c, err := w.cast(Script{})
	if err != nil {
		return nil, err
	}
	s := c.stage(marque.Parts{})
	s.store = tap{ground{store, s}, s}
	s.restart()
	return s, nil
}

// stage is one without a store yet.
func (c *cast) stage(parts ...marque.Parts) *Stage {
	s := &Stage{
		cast: c, batch: 3, people: map[string]*somebody{}, known: map[string]bool{},
		channels: map[string]*Channel{}, outcomes: map[string]journey.Outcome{}, slots: map[string]string{}, decided: map[string]sending{},
	}
	for _, p := range parts {
		s.hands = append(s.hands, &hand{lease: marque.Lease{Parts: p}})
	}
	return s
}

// restart gives each hand a new runner over the same store: nothing of the old one is left.
func (s *Stage) restart() {
	for _, h := range s.hands {
		s.start(h)
	}
}

func (s *Stage) start(h *hand) {
	h.dead, h.begun = false, false
	h.runner = journey.NewRunner(s.store, s.Set(), s.host(), s.cast.world.Runner)
}

// Set is what the journeys are compiled to, now.
func (s *Stage) Set() *journey.Set { return s.cast.sets[s.set] }

// Runner is the one that runs now.
func (s *Stage) Runner() *journey.Runner { return s.hands[0].runner }

// Now is the virtual clock.
func (s *Stage) Now() time.Time { return s.now }

// Log is all that happened and was said, in its order. Do not change it.
func (s *Stage) Log() []marque.Event { return s.log }

// Deeds lists what doers did, in their order.
func (s *Stage) Deeds() []Deed { return s.deeds }

// Channel is one of the recording channels.
func (s *Stage) Channel(name string) *Channel {
	if s.channels[name] == nil {
		s.channels[name] = &Channel{Answer: s.cast.world.Channels[name]}
	}
	return s.channels[name]
}

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
			for k, v := range a.Props {
				e.Props[k] = v
			}
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

// Advance goes on from instant to instant until there is nothing due at to or before.
func (s *Stage) Advance(ctx context.Context, to time.Time) error {
	to = to.UTC().Truncate(time.Microsecond)
	if s.now.IsZero() {
		s.now = to
	}
	for {
		if err := s.settle(ctx); err != nil {
			return err
		}
		due, err := s.hands[0].runner.Due(ctx, marque.Parts{}, to, 1)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			break
		}
		if due[0].At.After(s.now) {
			s.now = due[0].At
		}
	}
	if to.After(s.now) {
		s.now = to
	}
	return nil
}

var errRestless = errors.New("journeytest: something is due again and again")

// settle does all that is to be done at the instant.
func (s *Stage) settle(ctx context.Context) error {
	if s.drive != nil {
		return s.drive(ctx)
	}
	for range 10_000 {
		busy := false
		for _, h := range s.hands {
			did, err := s.turn(ctx, h)
			if err != nil {
				return err
			}
			busy = busy || did
		}
		if !busy {
			return nil
		}
	}
	return errRestless
}

// turn does one thing of what a hand has to do, always the first of: what was said enters the log; an event is handled;
// who is due goes on; messages and actions go out. So a person's things are done in the same order by whoever does them.
func (s *Stage) turn(ctx context.Context, h *hand) (busy bool, err error) {
	defer func(was *hand) { s.cur = was }(s.cur)
	s.cur = h
	if !h.begun {
		if err := h.runner.Begin(ctx, h.lease, s.now); err != nil {
			return false, err
		}
		h.begun = true
	}
	es, err := s.store.Pending(ctx, h.lease.Parts, 16)
	if err != nil {
		return false, err
	}
	if len(es) > 0 {
		s.Append(es...)
		ids := make([]string, len(es))
		for i, e := range es {
			ids[i] = e.ID
		}
		return true, s.store.Taken(ctx, ids)
	}
	if len(h.queue) > 0 {
		at := h.queue[0]
		if e := s.log[at]; h.runner.Listens(e) {
			if _, err := h.runner.Handle(ctx, h.lease, []rule.Pass{{Event: e, Now: s.now}}); err != nil {
				return false, err
			}
		}
		if len(h.queue) > 0 && h.queue[0] == at { // else another worker did it meanwhile
			h.queue = h.queue[1:]
		}
		return true, nil
	}
	_, n, err := h.runner.Wake(ctx, h.lease, s.now, s.batch)
	if err != nil || n > 0 {
		return true, err
	}
	_, n, err = h.runner.Dispatch(ctx, h.lease, s.now, s.batch)
	return n > 0, err
}
