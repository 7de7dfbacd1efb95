package journeytest

import (
	"context"
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
