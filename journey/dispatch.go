package journey

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/step"
)

// Dispatch carries out one wave: it takes what is due in the outbox, person by person and n commands at a time (more
// where one person has more), hands it to channels and doers, and moves the people whose commands have an outcome.
// What they command then is for the next wave. n changes nothing but what is in hand at once. It returns what was
// said and how many commands it took. A command may be handed out more than once, always with the same key.
//
// A message that goes out later than it was commanded (after a retry, after a crash) passes the gate again. One
// whose enrollment has ended meanwhile is not sent.
func (r *Runner) Dispatch(ctx context.Context, l marque.Lease, now time.Time, n int) (said []marque.Event, took int, err error) {
	r, now = r.now(), cut(now)
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
	for i := range commands {
		r.carryOut(ctx, jobs[i], commands[i], now)
	}
	return r.settle(ctx, l, now, jobs)
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

// try records that commands are about to be handed out.
func (r *Runner) try(ctx context.Context, l marque.Lease, now time.Time, jobs []*job) error {
	keys := make([]string, 0, len(jobs))
	for _, j := range jobs {
		if c := j.in.Command; !c.Tried && !j.in.Hold && j.hold.IsZero() && j.verdict.Result == "" {
			keys = append(keys, c.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := r.store.Commit(ctx, l, now, []Change{{Tried: keys}})
	return err
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

// carryOut hands a command out and puts what came of it into the job.
func (r *Runner) carryOut(ctx context.Context, j *job, c Command, now time.Time) {
	if j.in.Hold {
		return
	}
	if j.spare == nil {
		j.spare = new(Change)
	}
	*j.spare = Change{}
	j.extra = j.spare
	if !j.hold.IsZero() {
		c.At, c.Booked = cut(j.hold.Add(time.Microsecond-1)), j.booked
		j.plan = nil
		j.extra.Commands = []Command{c}
		return
	}
	c.At, c.Tried, c.Booked = now, true, false
	if j.within(c) {
		return
	}
	if j.plan == nil && !c.ByHand {
		j.extra.Done = []string{c.Key}
		if c.Message != nil {
			j.extra.Emit = []marque.Event{step.Report(c, Outcome{Result: "cancelled", Reason: "the journey ended"}, now)}
		}
		return
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
			again = now.Add(time.Duration(max(r.opts.Backoff(c.Attempts), 1)))
		}
	}
	if !again.IsZero() {
		if fault == "" { // an answer: what went wrong before is over
			c.Attempts, c.Fault = 0, ""
		}
		c.At = cut(again.Add(time.Microsecond - 1))
		j.plan = nil
		j.extra.Commands = []Command{c}
		return
	}
	if len(j.extra.Dead) == 0 {
		j.done[0] = c.Key
		j.extra.Done = j.done[:]
	}
	if j.plan == nil && c.Message != nil {
		j.extra.Emit = []marque.Event{step.Report(c, o, now)}
	}
	j.in.Outcome = o
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
	msg.At = now
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
