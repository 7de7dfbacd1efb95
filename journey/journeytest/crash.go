package journeytest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// Options of Crash. The zero value works.
type Options struct {
	// Open makes an empty store for each run. It is called by several goroutines. Default journey.NewMemory.
	Open func() journey.Store
	// Whole is up to how many durable operations every pair of crashes is tried. Default 80.
	Whole int
	// Pairs is how many pairs are tried where there are more operations, drawn by Seed. Default 3000.
	Pairs int
	Seed  uint64

	around func(*Stage, journey.Store) journey.Store // puts a broken store between
}

// A Tally is what Crash did.
type Tally struct {
	Operations, Points, Singles, Pairs, Possible, Failed int
}

// Crash proves that a script comes to the same end whatever dies on the way. It plays the script once without a
// failure, and then once for each place where a worker can die: before and after every durable write of the store,
// and between what a channel or doer did and the record of it; and for pairs of such places. After each failure another
// worker with a higher lease epoch takes over, knowing nothing but the store, and the dead one tries once more to
// commit what it had in hand, which must be refused.
//
// Every run must end with the same log, messages, deeds of doers, rows and counts as the run without a failure; so
// nobody is lost, nothing is done under a second key, and what Stage.Check says of one run holds for all. (Where channels
// have rates, instants and rows are not compared: a runner keeps its rates in memory.) The first
// failing points are reported, with the shortest beginning of the script that still fails.
//
// A run takes as long as the script, some hundred microseconds for a few people; the runs are spread over the
// processors.
func Crash(t testing.TB, w World, script Script, o *Options) Tally {
	t.Helper()
	p, err := newProof(w, script, o)
	if err != nil {
		t.Fatal(err)
	}
	tally := p.singles()
	p.pairs(&tally)
	t.Logf("%d durable operations, %d points to die at: %d singles, %d pairs of %d possible, %d failed",
		tally.Operations, tally.Points, tally.Singles, tally.Pairs, tally.Possible, tally.Failed)
	if tally.Points == 0 {
		t.Error("the script moves nobody: there was nothing to kill")
	}
	for _, f := range p.report() {
		t.Error(f)
	}
	return tally
}

// proof is one Crash under way.
type proof struct {
	o      Options
	cast   *cast
	script Script
	whole  *attempt

	mu     sync.Mutex
	failed []failure
	ends   []int // by the first point of failure, from 0: how many points such a run has
}

// attempt is one run with failures at given points.
type attempt struct {
	stage  *Stage
	points int
	ops    int
	where  []string // of the failures
	record *record
}

type failure struct {
	fail  []int
	where []string
	why   string
}

func newProof(w World, script Script, o *Options) (*proof, error) {
	p := &proof{script: script.ordered()}
	if o != nil {
		p.o = *o
	}
	if p.o.Open == nil {
		p.o.Open = func() journey.Store { return journey.NewMemory() }
	}
	if p.o.Whole == 0 {
		p.o.Whole = 80
	}
	if p.o.Pairs == 0 {
		p.o.Pairs = 3000
	}
	if len(p.script.Acts) == 0 && p.script.From.IsZero() {
		return nil, errors.New("journeytest: the script is empty: it has no acts, and no beginning")
	}
	var err error
	if p.cast, err = w.cast(p.script); err != nil {
		return nil, err
	}
	if p.whole, err = p.play(p.script, nil); err != nil {
		return nil, fmt.Errorf("journeytest: the run without a failure: %w", err)
	}
	if err := p.whole.stage.Check(context.Background()); err != nil {
		return nil, fmt.Errorf("journeytest: the run without a failure: %w", err)
	}
	again, err := p.play(p.script, nil)
	if err != nil {
		return nil, err
	}
	if d := p.whole.record.differ(again.record); len(d) > 0 {
		return nil, fmt.Errorf("journeytest: the same run twice is not the same: %s", strings.Join(d, "\n"))
	}
	return p, nil
}

// play plays a script and dies at the points given, in ascending order, counted from 1.
func (p *proof) play(script Script, fail []int) (*attempt, error) {
	ctx := context.Background()
	s := p.cast.stage(marque.Parts{})
	a := &attempt{stage: s}
	s.hands[0].lease.Epoch = 1
	s.over(p.o.Open(), p.o.around)
	s.gate = func(op string, after bool) error {
		a.points++
		if !after {
			a.ops++
		}
		if n := len(a.where); n == len(fail) || a.points != fail[n] {
			return nil
		}
		side := "before"
		if after {
			side = "after"
		}
		a.where = append(a.where, fmt.Sprintf("%s %s at %s", side, op, s.now.Format("2006-01-02 15:04:05")))
		s.hands[0].dead = true
		return errCrash
	}
	s.open(script)
	insist := func(do func() error) error {
		for range restless {
			err := do()
			if !s.hands[0].dead {
				return err
			}
			if err := s.takeOver(ctx, s.hands[0]); err != nil {
				return err
			}
		}
		return errRestless
	}
	for i := range script.Acts {
		if err := insist(func() error { return s.act(ctx, i, &script.Acts[i]) }); err != nil {
			return a, fmt.Errorf("%s: %w", script.Acts[i], err)
		}
	}
	if err := insist(func() error { return s.Advance(ctx, script.Until) }); err != nil {
		return a, err
	}
	s.gate = nil
	var err error
	a.record, err = s.record(ctx)
	return a, err
}

// try runs with failures, and says what is wrong with the run.
func (p *proof) try(fail []int) (failure, bool) {
	a, err := p.play(p.script, fail)
	if len(fail) == 1 && p.ends != nil {
		p.ends[fail[0]-1] = a.points
	}
	f := failure{fail: fail, where: a.where}
	switch {
	case err != nil:
		f.why = err.Error()
	case len(a.stage.faults) > 0:
		f.why = errors.Join(a.stage.faults...).Error()
	default:
		found := p.whole.record.differ(a.record)
		for _, err := range a.stage.twice() {
			found = append(found, err.Error())
		}
		f.why = strings.Join(found, "\n  ")
	}
	return f, f.why != ""
}

// all tries many, spread over the processors, until there is enough to report.
func (p *proof) all(fails [][]int) (tried int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(fails) {
					return
				}
				f, bad := p.try(fails[i])
				if !bad {
					continue
				}
				p.mu.Lock()
				p.failed = append(p.failed, f)
				enough := len(p.failed) >= 20
				p.mu.Unlock()
				if enough {
					return
				}
			}
		})
	}
	wg.Wait()
	return min(int(next.Load()), len(fails))
}

func (p *proof) singles() Tally {
	fails := make([][]int, p.whole.points)
	for i := range fails {
		fails[i] = []int{i + 1}
	}
	p.ends = make([]int, p.whole.points)
	tally := Tally{Operations: p.whole.ops, Points: p.whole.points, Singles: p.all(fails), Failed: len(p.failed)}
	for i, end := range p.ends {
		tally.Possible += max(0, end-i-1)
	}
	return tally
}

// pairs tries every second point after every first one, among them those of the operations that are done again after
// the first failure; or a draw of them.
func (p *proof) pairs(tally *Tally) {
	if len(p.failed) > 0 {
		return
	}
	var fails [][]int
	for i, end := range p.ends {
		for j := i + 2; j <= end; j++ {
			fails = append(fails, []int{i + 1, j})
		}
	}
	if p.whole.ops > p.o.Whole && len(fails) > p.o.Pairs {
		dice := rand.New(rand.NewPCG(p.o.Seed, 2))
		dice.Shuffle(len(fails), func(i, j int) { fails[i], fails[j] = fails[j], fails[i] })
		fails = fails[:p.o.Pairs]
	}
	tally.Pairs = p.all(fails)
	tally.Failed = len(p.failed)
}
