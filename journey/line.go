package journey

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/internal/line"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/limit"
)

// lines are the lines at gates, as far as a runner knows them, so that who comes to the end of a long one need not try
// each stretch. What it knows is a hint: the commit decides. It is safe for concurrent use.
type lines struct {
	mu sync.Mutex
	at map[string]*line.Line // by journey and node
}

// aim tells a job which stretch may have a place. One that was put off and stands where it is full by now decides again.
func (r *Runner) aim(j *job, now time.Time) {
	if j.plan == nil || len(step.Lines(j.plan)) == 0 {
		return
	}
	r.lines.mu.Lock()
	defer r.lines.mu.Unlock()
	if j.stepped {
		if !slices.ContainsFunc(j.places, func(p step.Place) bool { return r.lines.of(j.plan, p).Full(p.N) }) {
			return
		}
		r.lines.give(j)
		j.stepped = false
	}
	j.in.Slots = nil
	for _, node := range step.Lines(j.plan) {
		x := r.lines.at[j.plan.Def().Name+"/"+node]
		if x == nil {
			continue
		}
		if j.in.Slots == nil {
			j.in.Slots = map[string]int64{}
		}
		j.in.Slots[node] = x.Next(step.Stretch(j.plan, node, now))
	}
}

// book notes the places that a job is about to take.
func (r *Runner) book(j *job) {
	if j.plan == nil || len(step.Lines(j.plan)) == 0 || j.places != nil {
		return
	}
	r.lines.mu.Lock()
	defer r.lines.mu.Unlock()
	for _, h := range j.res.Holds {
		for _, t := range h.Takes {
			if p, ok := step.PlaceOf(j.plan, t.Counter); ok {
				r.lines.of(j.plan, p).Take(p.N, t.Limit)
				j.places = append(j.places, p)
			}
		}
	}
}

// of is the line that a place is in.
func (ls *lines) of(plan *Plan, p step.Place) *line.Line {
	key := plan.Def().Name + "/" + p.Node
	if ls.at[key] == nil {
		ls.at[key] = line.New(p.N)
	}
	return ls.at[key]
}

func (ls *lines) give(j *job) {
	for _, p := range j.places {
		ls.of(j.plan, p).Undo(p.N)
	}
	j.places = nil
}

// leave notes that a change was committed by which somebody left a line before their turn, or that it was not committed.
func (r *Runner) leave(j *job, done bool) {
	if j.plan == nil || len(step.Lines(j.plan)) == 0 {
		return
	}
	r.lines.mu.Lock()
	defer r.lines.mu.Unlock()
	if !done {
		r.lines.give(j)
		return
	}
	if p, waits := step.InLine(j.plan, j.state); waits && j.res.State.Ended != "" {
		r.lines.of(j.plan, p).Give(p.N)
	}
	j.places = nil
}

// crowded notes that a counter is full, if it is that of a line. From the second time on it looks for the end of the line,
// in steps that double and then by halves.
func (r *Runner) crowded(ctx context.Context, l marque.Lease, j *job, counter string, now time.Time) error {
	p, ok := step.PlaceOf(j.plan, counter)
	if !ok {
		return nil
	}
	first := p.N + 1
	if j.tries > 1 {
		var err error
		if first, err = line.End(p.N, func(n int64) (bool, error) { return r.probe(ctx, l, j, step.Place{Node: p.Node, N: n}, now) }); err != nil {
			return err
		}
	}
	r.lines.mu.Lock()
	defer r.lines.mu.Unlock()
	r.lines.of(j.plan, p).Fill(first - 1)
	return nil
}

// probe reports whether a stretch has a place. It takes none.
func (r *Runner) probe(ctx context.Context, l marque.Lease, j *job, p step.Place, now time.Time) (bool, error) {
	take := step.Take(j.plan, p)
	key := marque.Key("room", take.Counter, j.res.State.ID, strconv.FormatInt(j.res.State.Version, 10), strconv.Itoa(j.tries))
	answers, err := r.commit(ctx, l, now, []Change{{Holds: []limit.Hold{{Key: key, Takes: []limit.Take{take}}}, Release: []string{key}}})
	if err != nil {
		return false, err
	}
	return answers[0].Refused == "", nil
}
