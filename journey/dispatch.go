package journey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/step"
)

// Dispatch carries out one wave: it takes what is due in the outbox, person by person and n commands at a time (at least 1,
// and more where one person has more), hands it to channels and doers, and moves the people whose commands have an outcome.
// What they command then is for the next wave. n changes nothing but what is in hand at once. It returns what was
// said and how many commands it took. A command may be handed out more than once, always with the same key.
//
// A message that goes out later than it was commanded (after a retry, after a crash) passes the gate again. One
// whose enrollment has ended meanwhile is not sent.
func (r *Runner) Dispatch(ctx context.Context, l marque.Lease, now time.Time, n int) (said []marque.Event, took int, err error) {
	r, now, n = r.now(), cut(now), max(n, 1)
	page := Batch{Until: now, N: n, Whole: true}
	for {
		commands, done, err := r.outbox(ctx, l, page)
		if err != nil || len(commands) == 0 {
			done()
			return said, took, err
		}
		page.After = commands[len(commands)-1].Profile
		last := len(commands) < n
		events, err := r.dispatch(ctx, l, now, commands)
		done()
		if took += len(commands); said == nil {
			said = events
		} else {
			said = append(said, events...)
		}
		if err != nil || last {
			return said, took, err
		}
	}
}

func (r *Runner) dispatch(ctx context.Context, l marque.Lease, now time.Time, commands []Command) ([]marque.Event, error) {
	jobs, err := r.awaiting(ctx, commands)
	if err != nil {
		return nil, err
	}
	if err := r.mind(ctx, jobs); err != nil {
		r.release(jobs)
		return nil, err
	}
	if err := r.fill(ctx, now, late(jobs, now)); err != nil {
		r.release(jobs)
		return nil, err
	}
	r.gate(jobs, now)
	if err := r.try(ctx, l, now, jobs); err != nil {
		r.release(jobs)
		return nil, err
	}
	var failed error
	for i := range commands {
		failed = errors.Join(failed, r.carryOut(ctx, jobs[i], commands[i], now))
	}
	said, err := r.settle(ctx, l, now, jobs) // what was done is kept, whatever failed beside it
	return said, errors.Join(err, failed)
}

// awaiting makes the jobs that the outcomes of commands move.
func (r *Runner) awaiting(ctx context.Context, commands []Command) ([]*job, error) {
	ids := make([]string, len(commands))
	for i := range commands {
		ids[i] = commands[i].Enrollment
	}
	states, done, err := r.load(ctx, Query{IDs: ids})
	defer done()
	if err != nil {
		return nil, err
	}
	byID := r.byID.Get().(map[string]*State)
	defer func() {
		clear(byID)
		r.byID.Put(byID)
	}()
	for i := range states {
		byID[states[i].ID] = &states[i]
	}
	jobs := make([]*job, len(commands))
	for i := range commands {
		jobs[i] = r.open(&commands[i], byID)
	}
	return jobs, nil
}

// try records that commands are about to be handed out, and holds back those that are not there any more.
func (r *Runner) try(ctx context.Context, l marque.Lease, now time.Time, jobs []*job) error {
	w := r.sheets.Get().(*sheet)
	defer r.sheets.Put(w)
	changes, live := w.changes[:0], w.live[:0]
	for _, j := range jobs {
		if c := j.in.Command; !j.in.Hold && j.hold.IsZero() && j.verdict.Result == "" {
			j.done[0] = c.Key
			changes, live = append(changes, Change{Of: c.Key, OfProfile: c.Profile, Tried: j.done[:]}), append(live, j)
		}
	}
	w.changes, w.live = changes, live
	for len(changes) > 0 {
		answers, err := r.commitIn(ctx, l, now, changes, w.answers[:0])
		if err != nil {
			return err
		}
		w.answers = answers
		put := 0
		for i, a := range answers {
			switch {
			case a.Gone:
				live[i].plan, live[i].in.Hold = nil, true
			case a.Skipped:
				changes[put], live[put] = changes[i], live[i]
				put++
			}
		}
		changes, live = changes[:put], live[:put]
	}
	return nil
}

// open makes the job that the outcome of a command moves: the enrollment that awaits it, for a goto the entry into
// the other journey, else none.
func (r *Runner) open(c *Command, states map[string]*State) *job {
	if c.Do == "goto" {
		if p := r.set.Plan(c.Name); p != nil {
			return r.job(p, State{}, Input{Command: c})
		}
		return r.job(nil, State{}, Input{Command: c})
	}
	if c.ByHand && c.Do == "send" { // for the gate alone
		s := State{ID: c.Enrollment, Journey: c.Journey, Profile: c.Profile, Node: c.Node}
		return r.job(r.set.Of(s), s, Input{Command: c})
	}
	if c.Do == "stop" {
		return r.stop(c, states[c.Enrollment])
	}
	if s := states[c.Enrollment]; s != nil && s.Awaits == c.Key {
		if c.Do == "start" && r.set.Plan(c.Name) != nil {
			return r.job(r.set.Plan(c.Name), State{}, Input{Command: c})
		}
		return r.job(r.set.Of(*s), *s, Input{Command: c})
	}
	return r.job(nil, State{}, Input{Command: c})
}

// late are the messages that go out later than they were commanded.
func late(jobs []*job, now time.Time) []*job {
	var got []*job
	for _, j := range jobs {
		if c := j.in.Command; j.plan != nil && !j.in.Hold && c.Do == "send" && now.After(c.Made) {
			got = append(got, j)
		}
	}
	return got
}

// carryOut hands a command out and puts what came of it into the job. A Backoff that fails is an error, and the default
// stands in for it.
func (r *Runner) carryOut(ctx context.Context, j *job, c Command, now time.Time) (failed error) {
	if j.in.Hold {
		return nil
	}
	if j.spare == nil {
		j.spare = new(Change)
	}
	*j.spare = Change{Of: c.Key, OfProfile: c.Profile}
	j.extra = j.spare
	if !j.hold.IsZero() {
		c.At, c.Booked = cut(j.hold.Add(time.Microsecond-1)), j.booked
		j.plan = nil
		j.extra.Commands = []Command{c}
		return nil
	}
	c.At, c.Tried, c.Booked = now, true, false
	if j.within(c) {
		return nil
	}
	if j.plan == nil && !c.ByHand {
		j.extra.Done = []string{c.Key}
		if c.Message != nil {
			j.extra.Emit = []marque.Event{step.Report(c, Outcome{Result: "cancelled", Reason: "the journey ended"}, now)}
		}
		return nil
	}
	o, again, fault := r.ask(ctx, j, c, now)
	if c.ByHand { // whatever comes of it moves nobody
		j.plan = nil
	}
	if fault != "" {
		if c.Attempts++; c.Attempts >= r.opts.Attempts {
			c.Fault = fault
			j.extra.Dead = []Command{c}
			o, again = Outcome{Result: graph.Failed, Reason: fault}, time.Time{}
		} else {
			c.Fault = fault
			var wait time.Duration
			if wait, failed = r.opts.wait(c.Attempts); failed != nil {
				wait = time.Duration(backoff(c.Attempts))
			}
			again = now.Add(wait)
		}
	}
	if !again.IsZero() {
		if fault == "" { // an answer: what went wrong before is over
			c.Attempts, c.Fault = 0, ""
		}
		c.At = cut(again.Add(time.Microsecond - 1))
		j.plan = nil
		j.extra.Commands = []Command{c}
		return failed
	}
	if len(j.extra.Dead) == 0 {
		j.done[0] = c.Key
		j.extra.Done = j.done[:]
	}
	if j.plan == nil && c.Message != nil {
		j.extra.Emit = []marque.Event{step.Report(c, o, now)}
	}
	j.in.Outcome = o
	return failed
}

// ask asks the channel or doer. It gives an outcome, an instant to try again at, or a fault.
func (r *Runner) ask(ctx context.Context, j *job, c Command, now time.Time) (o Outcome, again time.Time, fault string) {
	if c.Do != "send" {
		o, err := r.host.do(ctx, c)
		if err != nil {
			return o, again, err.Error()
		}
		return o, again, ""
	}
	if j.verdict.Result != "" {
		return j.verdict, again, ""
	}
	msg := *c.Message
	msg.At, msg.To, msg.Vars = now, slices.Clone(msg.To), maps.Clone(msg.Vars) // the store has the same
	c.Message = &msg
	receipt, err := r.host.send(ctx, c)
	switch {
	case err != nil:
		return o, again, err.Error()
	case receipt.Status == Later:
		return o, now.Add(time.Duration(max(receipt.After, marque.Second))), ""
	case receipt.Status == Sent || receipt.Status == Unreachable || receipt.Status == Invalid:
		return Outcome{Result: string(receipt.Status), Reason: receipt.Reason}, again, ""
	case receipt.Status == Unknown:
		return o, again, "unknown: " + receipt.Reason
	}
	return o, again, fmt.Sprintf("channel %s answered %q", c.Name, receipt.Status)
}
