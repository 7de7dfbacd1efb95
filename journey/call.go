package journey

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
)

// Enter lets a person into a journey by hand or by a program, whatever its entry is: the entry's event and rule do not
// matter, all else does (audience, hold-out, re-entry rule, limits). key tells calls apart: the same again enters nobody
// again. vars are variables that the journey begins with; an entry's Key reads them as the event. The Reason is empty
// for who is in now, else why not; "duplicate" is also for a key that was used before. It returns what was said, which
// also waits in the store's feed. The journey must be among the definitions (marque.ErrNotFound).
func (r *Runner) Enter(ctx context.Context, l marque.Lease, now time.Time, journey, profile, key string, vars map[string]any) ([]marque.Event, Reason, error) {
	r = r.now()
	p := r.set.Plan(journey)
	if p == nil {
		return nil, "", fmt.Errorf("journey: enter %s: %w", journey, marque.ErrNotFound)
	}
	now = cut(now)
	c := Command{
		Key: marque.Key("enter", journey, profile, key), Do: step.Call, Journey: journey, Profile: profile, Name: journey, Args: maps.Clone(vars),
		Made: now, At: now,
	}
	var why Reason
	j := r.job(p, State{}, Input{Command: &c})
	j.why = &why
	said, err := r.settle(ctx, l, now, []*job{j})
	return said, why, err
}

// tell says why a store refused an entry.
func (j *job) tell(a Answer) {
	if j.why == nil {
		return
	}
	if *j.why = record.Duplicate; a.Refused != "" {
		*j.why = step.Refusal(j.plan, a.Refused)
	}
}

// A Forecast is what the next round of a journey would do.
type Forecast struct {
	// At is the occurrence: an instant, or the time on everybody's own clock as if it were UTC.
	At time.Time `json:"at"`
	// People is how many were looked at, Enter how many of them would enter, and Not why others would not.
	People int            `json:"people"`
	Enter  int            `json:"enter"`
	Not    map[Reason]int `json:"not,omitempty"`
	// Messages is how many the first send node would try on which channel, "" for those without consent; Cost is what
	// those cost.
	Messages map[string]int `json:"messages,omitempty"`
	Cost     marque.Money   `json:"cost"`
}

// PreviewRound tells what the next round of a schedule or a date after now would do with the people as they are now, and
// what its first messages would cost by the price of one on each channel. It writes nothing; the lease is asked for
// because it asks the store whether entries would be refused. It looks at everybody, or everybody in the segment.
func (r *Runner) PreviewRound(ctx context.Context, l marque.Lease, journey string, now time.Time, prices map[string]marque.Money) (Forecast, error) {
	r = r.now()
	now = cut(now)
	p := r.set.Plan(journey)
	if p == nil {
		return Forecast{}, fmt.Errorf("journey: preview of %s: %w", journey, marque.ErrNotFound)
	}
	s, ok := step.Planned(p, now)
	if !ok || s.Round.At.IsZero() || r.host.People == nil {
		return Forecast{}, fmt.Errorf("journey: preview of %s: it has no rounds ahead, or %w", journey, errNoPeople)
	}
	s = step.Ahead(p, s, now)
	at := step.Rehearsed(p, s)
	got := Forecast{At: s.Round.At, Not: map[Reason]int{}, Messages: map[string]int{}}
	s.Round.From = time.Time{}
	for more := true; more; {
		var jobs []*job
		var last string
		var err error
		if jobs, last, more, err = r.page(ctx, p, s, page); err != nil {
			return Forecast{}, err
		}
		got.People += len(jobs)
		err = r.rehearse(ctx, l, p, jobs, now, at, &got, prices)
		r.release(jobs)
		if err != nil {
			return Forecast{}, err
		}
		s.Round.After = last
	}
	return got, nil
}

// rehearse adds what would become of people to a forecast.
func (r *Runner) rehearse(ctx context.Context, l marque.Lease, p *Plan, jobs []*job, now, at time.Time, got *Forecast, prices map[string]marque.Money) error {
	people := make([]*rule.Facts, len(jobs))
	for i, j := range jobs {
		j.facts = r.facts.Get().(*rule.Facts)
		j.facts.Reset(j.profile())
		people[i] = j.facts
	}
	if err := r.host.fill(ctx, step.FirstNeed(p), now, people); err != nil {
		return fmt.Errorf("journey: facts of %d people: %w", len(people), err)
	}
	var changes []Change
	var willing []*job
	for _, j := range jobs {
		res := step.Enter(p, j.in, j.facts, at)
		if res.Reason != "" {
			got.Not[res.Reason]++
			continue
		}
		changes, willing = append(changes, step.Probe(res.State, res.Holds)), append(willing, j)
	}
	answers, err := r.commit(ctx, l, now, changes) // at its own time: a counter's never goes back
	if err != nil {
		return err
	}
	room, err := r.room(ctx, l, p, now, at)
	if err != nil {
		return err
	}
	for i, a := range answers {
		switch why := step.Refusal(p, a.Refused); {
		case why != "":
			got.Not[why]++
		case a.Again:
			got.Not[record.Duplicate]++
		case got.Enter == room:
			got.Not[record.Capped]++
		default:
			got.Enter++
			ch := step.FirstChannel(p, willing[i].facts, at)
			got.Messages[ch]++
			got.Cost += prices[ch]
		}
	}
	return nil
}

// room is how many may enter at an instant by the limits of the journey. It asks by halves what the store would refuse.
func (r *Runner) room(ctx context.Context, l marque.Lease, p *Plan, now, at time.Time) (int, error) {
	low, high := 0, step.Most(p)
	for low < high {
		n := high - (high-low)/2
		answers, err := r.commit(ctx, l, now, []Change{step.Ask(p, n, at)})
		if err != nil {
			return 0, err
		}
		if step.Refusal(p, answers[0].Refused) == "" {
			low = n
		} else {
			high = n - 1
		}
	}
	return low, nil
}
