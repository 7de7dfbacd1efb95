package journey

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// caught makes an error of a panic in what a host gave. It is to be deferred.
func caught(what string, err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("journey: %s: panic: %v", what, x)
	}
}

func (h *Host) fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) (err error) {
	if h.Owner == nil {
		return nil
	}
	defer caught("owner", &err)
	return h.Owner.Fill(ctx, need, now, people)
}

func (h *Host) need() (n rule.Need, err error) {
	defer caught("splitter", &err)
	return h.Splitter.Need(), nil
}

func (h *Host) arms(experiments []string, f *rule.Facts, now time.Time) (arms map[string]string, err error) {
	defer caught("splitter", &err)
	arms = make(map[string]string, len(experiments))
	for _, x := range experiments {
		arms[x] = h.Splitter.Arm(x, f, now)
	}
	return arms, nil
}

func (h *Host) winner(ctx context.Context, x graph.Experiment, journey, node string, now time.Time) (arm string, ok bool, err error) {
	defer caught("judge", &err)
	return h.Judge.Winner(ctx, x, journey, node, now)
}

// people is a page of the host's list. A list that is out of order or longer than asked for would lose people, or never
// end: it is an error.
func (h *Host) people(ctx context.Context, q ListQuery) (people []string, err error) {
	defer caught("lister", &err)
	people, err = h.People.People(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(people) > q.N {
		return nil, fmt.Errorf("the list has %d, more than the %d asked for", len(people), q.N)
	}
	last := q.After
	for _, who := range people {
		if who <= last {
			return nil, fmt.Errorf("the list is out of order: %q comes behind %q", who, last)
		}
		last = who
	}
	return people, nil
}

// wait is how long to wait after so many attempts, more than nothing.
func (o *Options) wait(attempts int) (d time.Duration, err error) {
	defer caught("backoff", &err)
	return time.Duration(max(o.Backoff(attempts), 1)), nil
}

func (o *Options) tell(t Trace) (err error) {
	defer caught("trace", &err)
	o.Trace(t)
	return nil
}
