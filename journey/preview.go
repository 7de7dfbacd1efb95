package journey

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/step"
)

// Preview gives the message of a send node, in the newest version of its journey, as the person would get it now on
// each channel, in the order in which they would be tried, with the verdicts of the gate. The variables are those of the
// person's enrollment, where there is one, else what the node says for who has none. It writes nothing. The journey
// must have such a node (marque.ErrNotFound).
func (r *Runner) Preview(ctx context.Context, journey, node, profile string, now time.Time) ([]step.Draft, error) {
	r, now = r.now(), cut(now)
	p := r.set.Plan(journey)
	if p == nil {
		return nil, fmt.Errorf("journey: preview of %s %s: %w", journey, node, marque.ErrNotFound)
	}
	states, err := r.store.Open(ctx, Query{Journey: journey, Profiles: []string{profile}})
	if err != nil {
		return nil, err
	}
	s := State{Node: node, Profile: profile}
	for _, x := range states {
		if x.Node != "" {
			s.Vars = x.Vars
		}
	}
	j := r.job(p, s, Input{})
	defer r.release([]*job{j})
	if err := r.fill(ctx, now, []*job{j}); err != nil {
		return nil, err
	}
	drafts := step.Preview(p, node, s.Vars, j.facts, now)
	if len(drafts) == 0 {
		return nil, fmt.Errorf("journey: preview of %s %s: %w", journey, node, marque.ErrNotFound)
	}
	return drafts, nil
}

// TestSend hands the message of a send node, written for the person, to a channel of the node, marked as a test. It asks
// neither the gate nor the rates, takes of no cap, and is not counted or said. Its key is that of the node, the person,
// the channel and id, so that a receiver drops the same test if it comes again.
func (r *Runner) TestSend(ctx context.Context, journey, node, profile, channel, id string, now time.Time) (Receipt, error) {
	drafts, err := r.Preview(ctx, journey, node, profile, now)
	if err != nil {
		return Receipt{}, err
	}
	i := slices.IndexFunc(drafts, func(d step.Draft) bool { return d.Channel == channel })
	if i < 0 {
		return Receipt{}, fmt.Errorf("journey: test of %s %s on %s: %w", journey, node, channel, marque.ErrNotFound)
	}
	m := drafts[i].Message
	if m == nil {
		return Receipt{Status: Invalid, Reason: "the text cannot be written"}, nil
	}
	m.Key, m.Test = marque.Key("test", journey, node, profile, channel, id), true
	return r.now().host.send(ctx, Command{Key: m.Key, Name: channel, Message: m, At: m.At})
}
