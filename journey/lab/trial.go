package lab

import (
	"container/heap"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/loop"
)

// Options of a trial. The zero value works.
type Options struct {
	// From is where the Run begins; what happened before only makes the people what they are. Default the first event.
	From time.Time
	// Until is how far the clock runs. Default the last event.
	Until time.Time
	// Answer is what a channel says of a message. Default sent.
	Answer func(journey.Message) journey.Receipt
	// React is what a person does because of a message, each at its own instant and not before the message. Default
	// nothing.
	React func(journey.Message) []marque.Event
	// Call is what a call or an assignment gives. Default "done".
	Call func(journey.Command) journey.Outcome
	// Trace is told each step. Default nobody.
	Trace func(journey.Trace)
	// Normalize brings identifiers into one form, as loop.Options.Normalize of the real loop does. Default they are
	// taken as they come.
	Normalize func(marque.ID) (marque.ID, error)
	// NewID is loop.Options.NewID of the real loop, where ids follow from identifiers. Default a person has the id that
	// the log has, which of somebody merged into another is that of the other: their messages have other keys then.
	NewID func(first marque.ID) string
}

// A trial is a programme under trial.
type trial struct {
	o         Options
	plan      *loop.Plan
	loop      *loop.Loop
	run       *Run
	days      map[string]map[journey.Count]int
	entered   map[string]bool
	reactions reactions
	first     marque.Event // that a new person is made for
}

func newTrial(p loop.Program, o *Options) (*trial, error) {
	t := &trial{run: &Run{}, days: map[string]map[journey.Count]int{}, entered: map[string]bool{}}
	if o != nil {
		t.o = *o
	}
	host := loop.Host{Channels: map[string]journey.Channel{}, Calls: map[string]journey.Doer{}}
	for _, d := range p.Journeys {
		for _, n := range d.Nodes {
			if n.Send != nil {
				for _, ch := range n.Send.Channels {
					host.Channels[ch] = silent{t}
				}
			}
			if n.Call != nil {
				host.Calls[n.Call.Do] = journey.DoerFunc(t.call)
			}
			if n.Assign != nil {
				host.Calls["assign"] = journey.DoerFunc(t.call)
			}
		}
	}
	maps.DeleteFunc(host.Calls, func(name string, _ journey.Doer) bool { return slices.Contains(builtin, name) })
	plan, err := loop.Compile(p, host)
	if err != nil {
		return nil, err
	}
	t.plan = plan
	t.loop = loop.New(plan, loop.Memory(), &loop.Options{
		NewID: t.newID, Normalize: t.o.Normalize, Journeys: &journey.Options{Trace: t.trace},
	})
	return t, nil
}

// builtin are the calls that a loop does itself.
var builtin = []string{"points", "stage"}

// newID gives a person the id that the log has, so that hashes fall as they did.
func (t *trial) newID(first marque.ID) string {
	if t.o.NewID != nil {
		return t.o.NewID(first)
	}
	if t.first.Profile != "" && slices.Contains(t.first.IDs, first) {
		return t.first.Profile
	}
	return marque.Key("person", first.Kind, first.Value)
}

// silent is a channel that sends nothing.
type silent struct{ t *trial }

func (s silent) Send(_ context.Context, m journey.Message) (journey.Receipt, error) {
	t := s.t
	r := journey.Receipt{Status: journey.Sent}
	if t.o.Answer != nil {
		r = t.o.Answer(m)
	}
	if r.Status != journey.Sent {
		return r, nil
	}
	if t.counts(m.At) {
		t.run.Sends = append(t.run.Sends, Send{At: m.At, Profile: m.Profile, Journey: m.Journey, Node: m.Node, Channel: m.Channel, Topic: m.Topic, Template: m.Template, Key: m.Key})
	}
	if t.o.React != nil {
		for _, e := range t.o.React(m) {
			heap.Push(&t.reactions, e)
		}
	}
	return r, nil
}

func (t *trial) call(_ context.Context, c journey.Command) (journey.Outcome, error) {
	if t.o.Call == nil {
		return journey.Outcome{}, nil
	}
	return t.o.Call(c), nil
}

// counts reports whether what happens at that instant belongs to the Run.
func (t *trial) counts(at time.Time) bool { return !at.Before(t.o.From) }

// trace counts what a step says of itself.
func (t *trial) trace(x journey.Trace) {
	if t.o.Trace != nil {
		t.o.Trace(x)
	}
	if !x.Result.Changed || !t.counts(x.At) {
		return
	}
	day := x.At.UTC().Format(time.DateOnly)
	if t.days[day] == nil {
		t.days[day] = map[journey.Count]int{}
	}
	for _, c := range x.Result.Tally {
		n := c.N
		c.N = 0
		t.days[day][c] += n
		if c.Node == "" && c.What == "in" {
			t.entered[x.Result.State.Profile] = true
		}
	}
}

// track takes an event in, after all that is due and all reactions before it.
func (t *trial) track(ctx context.Context, e marque.Event) error {
	if err := t.runTo(ctx, e.Arrived()); err != nil {
		return err
	}
	return t.take(ctx, e)
}

func (t *trial) take(ctx context.Context, e marque.Event) error {
	t.first = e
	if len(e.IDs) > 0 { // who it is follows from the identifiers, as it did
		e.Profile = ""
	}
	t.run.Events++
	return t.loop.Track(ctx, e)
}

// runTo moves the clock to an instant.
func (t *trial) runTo(ctx context.Context, until time.Time) error {
	if t.o.React == nil {
		return t.loop.Advance(ctx, until)
	}
	for {
		due, some, err := t.loop.Next(ctx)
		if err != nil {
			return err
		}
		reacts := len(t.reactions) > 0 && !t.reactions[0].Arrived().After(until)
		switch {
		case reacts && !(some && !due.After(t.reactions[0].Arrived())):
			if err := t.take(ctx, heap.Pop(&t.reactions).(marque.Event)); err != nil {
				return err
			}
		case some && !due.After(until):
			if err := t.loop.Advance(ctx, due); err != nil {
				return err
			}
		default:
			return t.loop.Advance(ctx, until)
		}
	}
}

// end runs to the end and puts the Run together.
func (t *trial) end(ctx context.Context) (*Run, error) {
	if t.o.Until.After(t.loop.Now()) {
		if err := t.runTo(ctx, t.o.Until); err != nil {
			return nil, err
		}
	}
	t.run.From, t.run.Until, t.run.People = t.o.From, t.loop.Now(), len(t.entered)
	total := map[journey.Count]int{}
	for _, day := range slices.Sorted(maps.Keys(t.days)) {
		t.run.Days = append(t.run.Days, Day{day, counted(t.days[day])})
		for c, n := range t.days[day] {
			total[c] += n
		}
	}
	t.run.Counts = counted(total)
	slices.SortStableFunc(t.run.Sends, bySend)
	return t.run, nil
}

// reactions are events to come, the earliest first.
type reactions []marque.Event

func (r reactions) Len() int           { return len(r) }
func (r reactions) Less(i, j int) bool { return byArrival(r[i], r[j]) < 0 }
func (r reactions) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *reactions) Push(x any)        { *r = append(*r, x.(marque.Event)) }
func (r *reactions) Pop() any {
	old := *r
	last := old[len(old)-1]
	*r = old[:len(old)-1]
	return last
}
