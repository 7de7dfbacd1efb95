package journey

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/step"
)

// Migrate takes everybody of the lease's partitions who is under way in one version of a journey to another, and says
// how many those were. To must be among the definitions, and From should be. It goes through all who are in the journey,
// in pages; where it ends in between, by a crash too, the same call again goes on, and one that comes too often changes
// nothing. Every fault of the migration is listed, and then nobody is moved.
func (r *Runner) Migrate(ctx context.Context, l marque.Lease, now time.Time, m migration.Def) (moved int, err error) {
	r, now = r.now(), cut(now)
	return moved, r.each(ctx, l.Parts, m, func(jobs []*job) error {
		moved += len(jobs)
		_, err := r.settle(ctx, l, now, jobs)
		return err
	})
}

// MigrateDryRun tells what Migrate would do at now: how many stand where, where each would go and when, who would exit, and
// who would be sent something at once. It goes by the facts of now as far as the first message of each, and takes for
// granted that doers do what they are told. It writes nothing.
func (r *Runner) MigrateDryRun(ctx context.Context, parts marque.Parts, now time.Time, m migration.Def) (d migration.Forecast, err error) {
	r, now = r.now(), cut(now)
	return d, r.each(ctx, parts, m, func(jobs []*job) error {
		defer r.release(jobs)
		if err := r.mind(ctx, jobs); err != nil {
			return err
		}
		for _, j := range jobs {
			fate, err := r.fate(ctx, j, now)
			if err != nil {
				return err
			}
			d.Add(fate)
		}
		return nil
	})
}

// each makes the jobs of a migration, page by page.
func (r *Runner) each(ctx context.Context, parts marque.Parts, m migration.Def, do func([]*job) error) error {
	to, from := step.Pin(r.set, m.Journey, m.To), step.Pin(r.set, m.Journey, m.From)
	var f marque.Faults
	if to == nil {
		f.Add("to", "there is no version %d of %q", m.To, m.Journey)
		f.Wrap("", m.Validate())
	} else if from == nil {
		f.Wrap("", m.Check(nil, to.Def()))
	} else {
		f.Wrap("", m.Check(from.Def(), to.Def()))
	}
	if err := f.Err(); err != nil {
		return fmt.Errorf("journey: migration: %w", err)
	}
	for after := ""; ; {
		states, err := r.store.Open(ctx, Query{Journey: m.Journey, After: after, N: page})
		if err != nil {
			return err
		}
		var jobs []*job
		for _, s := range states {
			number, _, _ := strings.Cut(s.Plan, "-")
			if number == strconv.Itoa(m.From) && parts.Has(s.Profile) {
				jobs = append(jobs, r.job(to, s, Input{Migrate: &m}))
			}
		}
		if err := do(jobs); err != nil {
			return err
		}
		if len(states) < page {
			return nil
		}
		after = states[len(states)-1].ID
	}
}

// fate is what becomes of one person.
func (r *Runner) fate(ctx context.Context, j *job, now time.Time) (migration.Fate, error) {
	before := j.state
	fate := migration.Fate{ID: before.ID, Profile: before.Profile, From: before.Node, Was: before.Wakes()}
	control := j.in.Control
	for i := range 100 {
		if err := r.fill(ctx, now, []*job{j}); err != nil {
			return fate, err
		}
		j.step(now)
		if !j.res.Changed {
			return fate, nil
		}
		s := j.res.State
		if i == 0 {
			fate.To, fate.Due = s.Node, s.Wakes()
		}
		if s.Ended != "" {
			if i == 0 {
				fate.To = ""
			}
			fate.Ends = string(s.Ended)
			return fate, nil
		}
		in := Input{Control: control}
		for _, c := range j.res.Commands {
			if c.Do == "send" {
				fate.Sends = append(fate.Sends, c.Name)
			} else if c.Key == s.Awaits {
				in.Command, in.Outcome = &c, Outcome{Result: c.Expected()}
			}
		}
		if len(fate.Sends) > 0 || in.Command == nil && (s.Due.IsZero() || s.Due.After(now)) {
			return fate, nil
		}
		if j.facts != nil {
			r.facts.Put(j.facts)
		}
		j.task, j.state, j.in = task{plan: j.plan, minded: true}, s, in
	}
	return fate, nil
}
