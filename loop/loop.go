package loop

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/memory"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/tagging"
)

// Stores is where each package keeps its state. All fields are required.
type Stores struct {
	Profiles profile.Store
	Tags     tagging.Store
	Scores   scoring.Store
	Points   points.Store
	Stages   lifecycle.Store
	Segments segment.Store
	Coupons  coupon.Store
	Journeys journey.Store
}

// Memory returns stores in memory. They outlive the loops that run on them.
func Memory() Stores {
	return Stores{
		Profiles: memory.New(), Tags: tagging.NewMemory(), Scores: scoring.NewMemory(),
		Points: points.NewMemory(), Stages: lifecycle.NewMemory(), Segments: segment.NewMemory(),
		Coupons: coupon.NewMemory(), Journeys: journey.NewMemory(),
	}
}

// A Deriver derives facts of people from facts: the books of tagging, scoring, points, lifecycle and segment are
// derivers.
type Deriver interface {
	rule.Owner
	marque.Feed
	marque.Holder
	// Derivations lists its definitions with what they read and change.
	Derivations() []rule.Derivation
	// Derive evaluates the named definitions in their order for each pass, writes the results into the pass's
	// facts and commits them, and returns what it said.
	Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error)
	// Rebuild is Derive without a word.
	Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error)
	// Due lists what must be looked at by until because time passes, earliest first.
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
}

// Options of a loop. The zero value works.
type Options struct {
	// Now is the clock of Run: events that are tracked while Run runs arrive at it. It is also what the first event
	// of a loop gets that comes without a time. Default time.Now.
	Now func() time.Time
	// Lease is the worker's authority: the loop carries the people of its partitions, and only appends events
	// of others to their inbox. Default all partitions.
	Lease marque.Lease
	// NewID mints the id of a new person from the first identifier seen. Default a random UUIDv7.
	NewID func(first marque.ID) string
	// Normalize brings identifiers into one form, as clean.IDs does. Default they are taken as they come.
	Normalize func(marque.ID) (marque.ID, error)
	// MaxHops is how many derivations may follow from one event before the rest goes to Dead. Default 16.
	MaxHops int
	// Poll is the longest that Run sleeps without looking. Default 1s.
	Poll marque.Duration
	// Ignored is told what of a tracked event no rule can see, with its path and why: an event or a property that
	// the program does not declare, a value of another type. It must return soon and must not call the loop.
	// Default nobody is told.
	Ignored func(*marque.FieldError)
	// Journeys are the options of the journey runner.
	Journeys *journey.Options
}

// A Loop carries events through everything a Plan defines: one hand, whose calls are serialised. To use more
// hands, run several loops with leases over disjoint partitions of the same stores. It is safe for concurrent use.
type Loop struct {
	plan    *Plan
	opts    Options
	stores  Stores
	profile *profile.Book
	tags    *tagging.Book
	scores  *scoring.Book
	points  *points.Book
	stages  *lifecycle.Book
	segs    *segment.Book
	coupons *coupon.Book
	runner  *journey.Runner

	derivers []Deriver
	owners   rule.Owners
	feeds    []marque.Feed // in the fixed order in which what was said at one instant is taken
	holders  []marque.Holder

	mu      sync.Mutex // one hand
	now     time.Time  // the instant reached
	running atomic.Bool
	reached atomic.Int64 // now, for those who do not hold the hand
	broken  bool         // the last call failed half way
	begun   bool         // the rounds of journeys are planned
	rulings int          // by Unlink and Relink
	wake    chan struct{}

	dues     [sources]dueFunc
	upcoming [sources]upcoming

	one     []marque.Event // working memory of one call
	done    [1]string
	passes  [1]rule.Pass
	people  [1]*rule.Facts
	queue   []marque.Event // the inbox, as far as it is in hand, from head on
	head    int
	facts   *rule.Facts
	courses courses
	dead    []marque.Event
}

// New makes a loop of a plan over stores. It does no I/O.
func New(plan *Plan, stores Stores, o *Options) *Loop {
	l := &Loop{plan: plan, stores: stores, wake: make(chan struct{}, 1)}
	if o != nil {
		l.opts = *o
	}
	if l.opts.Now == nil {
		l.opts.Now = time.Now
	}
	if l.opts.MaxHops == 0 {
		l.opts.MaxHops = 16
	}
	if l.opts.Poll == 0 {
		l.opts.Poll = marque.Second
	}
	l.profile = profile.NewBook(stores.Profiles, plan.lex, &profile.Options{NewID: l.opts.NewID, Identity: plan.identity, Normalize: l.opts.Normalize})
	l.tags = tagging.NewBook(stores.Tags, plan.tags, &tagging.Options{Who: l.who})
	l.scores = scoring.NewBook(stores.Scores, plan.scores, &scoring.Options{Who: l.who})
	l.points = points.NewBook(stores.Points, plan.points, &points.Options{Who: l.who})
	l.stages = lifecycle.NewBook(stores.Stages, plan.lifecycles, &lifecycle.Options{Who: l.who})
	l.segs = segment.NewBook(stores.Segments, plan.segments, nil)
	l.derivers = []Deriver{l.tags, l.scores, l.points, l.stages, l.segs}
	l.owners = rule.Owners{l.profile, l.tags, l.scores, l.points, l.stages, l.segs}
	l.coupons = coupon.NewBook(stores.Coupons, plan.coupons, &coupon.Options{Owner: l.owners, Now: l.clock, Who: l.who})
	l.runner = journey.NewRunner(stores.Journeys, plan.journeys, plan.host(l), l.opts.Journeys)
	l.dues = [sources]dueFunc{l.tags.Due, l.scores.Due, l.points.Due, l.stages.Due, l.segs.Due, l.coupons.Due, l.runner.Due}
	l.feeds = []marque.Feed{
		stores.Profiles, stores.Tags, stores.Scores, stores.Points, stores.Stages, stores.Segments, stores.Coupons, stores.Journeys,
	}
	l.holders = []marque.Holder{
		stores.Tags, stores.Scores, stores.Points, stores.Stages, stores.Segments, stores.Coupons, stores.Journeys,
	}
	l.facts = rule.NewFacts(plan.lex, "")
	l.courses = courses{g: plan.graph, byID: map[string]*course{}}
	return l
}

// who is the id that a person has now.
func (l *Loop) who(ctx context.Context, id string) (string, error) {
	known, err := l.stores.Profiles.Look(ctx, profile.Query{Profiles: []string{id}})
	if err != nil {
		return "", err
	}
	return cmp.Or(known.Profiles[0].Profile, id), nil
}

// Profiles is the book of people that the loop runs on. The other accessors give the other keepers. What is done
// through them directly (a tag set by hand, a coupon redeemed) is carried on by the next Track or Advance, or by Run
// when it looks next.
func (l *Loop) Profiles() *profile.Book { return l.profile }
func (l *Loop) Tags() *tagging.Book     { return l.tags }
func (l *Loop) Scores() *scoring.Book   { return l.scores }
func (l *Loop) Points() *points.Book    { return l.points }
func (l *Loop) Stages() *lifecycle.Book { return l.stages }
func (l *Loop) Segments() *segment.Book { return l.segs }
func (l *Loop) Coupons() *coupon.Book   { return l.coupons }

// Journeys is the runner of the journeys, for what is done by hand: pauses, exits, previews. Its methods want a lease, that
// of Options.Lease, and an instant, Now.
func (l *Loop) Journeys() *journey.Runner { return l.runner }

// Now is the instant that the loop has reached.
func (l *Loop) Now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// Dead lists events that were more than MaxHops derivations away from an event from outside, with their Cause.
// They are in the log and were not carried on.
func (l *Loop) Dead() []marque.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]marque.Event(nil), l.dead...)
}

func (l *Loop) reach(t time.Time) {
	if t.After(l.now) {
		l.now = t
		l.reached.Store(t.UnixMicro())
	}
}

// clock is the time of what a host does without naming one: Options.Now while Run runs, or where nothing has happened
// yet, else the instant reached.
func (l *Loop) clock() time.Time {
	if at := l.reached.Load(); at != 0 && !l.running.Load() {
		return time.UnixMicro(at).UTC()
	}
	return l.opts.Now()
}

// acts is the instant at which journeys act on what is due at t: never in the past, also where a host made something due
// there (a migration, the end of a pause), or nobody ran.
func (l *Loop) acts(t time.Time) time.Time {
	if t.Before(l.now) {
		return l.now
	}
	return t
}
