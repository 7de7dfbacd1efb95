package journey

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/internal/line"
	"github.com/marque-go/marque/journey/internal/turn"
	"github.com/marque-go/marque/rule"
)

// Options of a Runner. The zero value works.
type Options struct {
	// Attempts is how often a command is tried before it is a dead letter. Default 8.
	Attempts int
	// Backoff is how long to wait after so many attempts that came to nothing. Default 1m, doubled each time, at
	// most 1h.
	Backoff func(attempts int) marque.Duration
	// Trace is told each step that was committed, and of each entry that was refused for another reason than its rule
	// (Result.Reason says which, Result.Changed is false). It may be told the same step twice after a crash. Default nobody.
	Trace func(Trace)
}

// A Runner carries people through journeys: it loads states, fills facts, steps, commits, and hands commands to
// channels and doers. It keeps nothing itself; it is safe for concurrent use, but one person belongs into one hand
// at a time, which is what leases are for.
type Runner struct {
	store Store
	set   *Set
	host  Host
	opts  Options

	turns map[string]*turn.Line // by channel
	lines *lines

	next atomic.Pointer[Runner] // of the definitions that were swapped in

	facts, jobs, sheets, rooms, pages, people, byID sync.Pool // working memory of one call
}

// NewRunner makes a runner. It does no I/O.
func NewRunner(store Store, set *Set, host Host, o *Options) *Runner {
	r := &Runner{store: store, set: set, host: host}
	if o != nil {
		r.opts = *o
	}
	if r.opts.Attempts == 0 {
		r.opts.Attempts = 8
	}
	if r.opts.Backoff == nil {
		r.opts.Backoff = backoff
	}
	r.turns, r.lines = map[string]*turn.Line{}, &lines{at: map[string]*line.Line{}}
	for _, x := range set.Rules().Policy().Rates {
		r.turns[x.Channel] = turn.New(x)
	}
	r.facts.New = func() any { return rule.NewFacts(set.Lexicon(), "") }
	r.jobs.New = func() any { return new(job) }
	r.sheets.New = func() any { return new(sheet) }
	r.rooms.New = func() any { return new([]State) }
	r.pages.New = func() any { return new([]Command) }
	r.people.New = func() any { return map[string]bool{} }
	r.byID.New = func() any { return map[string]*State{} }
	return r
}

func backoff(attempts int) marque.Duration {
	return min(marque.Minute<<min(attempts-1, 10), marque.Hour)
}

// Set is what the runner runs.
func (r *Runner) Set() *Set { return r.now().set }

// Counts returns how often what happened at each node, and how many stand there now.
func (r *Runner) Counts(ctx context.Context) ([]Count, error) { return r.store.Counts(ctx) }

// Due lists what Wake and Dispatch have to do at until or before, up to n of it, earliest first.
func (r *Runner) Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error) {
	if n <= 0 {
		return nil, nil
	}
	look := marque.Lease{Parts: parts}
	states, err := r.store.Claim(ctx, look, until, n)
	if err != nil {
		return nil, err
	}
	commands, err := r.store.Outbox(ctx, look, Batch{Until: until, N: n})
	if err != nil {
		return nil, err
	}
	if len(states)+len(commands) == 0 {
		return nil, nil
	}
	dues := make([]marque.Due, 0, len(states)+len(commands))
	for _, s := range states {
		dues = append(dues, marque.Due{At: s.Due, Profile: s.Profile, Name: s.Journey})
	}
	for _, c := range commands {
		dues = append(dues, marque.Due{At: c.At, Profile: c.Profile, Name: c.Journey})
	}
	slices.SortStableFunc(dues, marque.Due.Compare)
	return dues[:min(n, len(dues))], nil
}

// Dead lists up to n dead letters, oldest first.
func (r *Runner) Dead(ctx context.Context, parts marque.Parts, n int) ([]Command, error) {
	return r.store.Outbox(ctx, marque.Lease{Parts: parts}, Batch{N: n, Dead: true})
}

// Revive puts dead letters into the outbox again, due at now, as the store has them: one that is a dead letter no more
// (revived before, or its person was erased) stays away. Their enrollments went on long ago: what comes of them is said,
// and moves nobody.
func (r *Runner) Revive(ctx context.Context, l marque.Lease, now time.Time, letters ...Command) error {
	if len(letters) == 0 {
		return nil
	}
	keys := make([]string, len(letters))
	for i := range letters {
		keys[i] = letters[i].Key
	}
	_, err := r.commit(ctx, l, cut(now), []Change{{Revive: keys}})
	return err
}
