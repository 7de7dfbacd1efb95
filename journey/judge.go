package journey

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque/journey/graph"
)

// A Judge says which arm of an experiment has won, once one has. It is asked whenever somebody may meet the experiment,
// so it answers from what it knows. What it said it must go on to say: who comes later gets the winner's arm.
type Judge interface {
	Winner(ctx context.Context, x graph.Experiment, journey, node string, now time.Time) (arm string, ok bool, err error)
}

// judge gives the winner's arm to everybody who may meet an experiment that has one.
func (r *Runner) judge(ctx context.Context, now time.Time, jobs []*job) error {
	if r.host.Judge == nil {
		return nil
	}
	type place struct {
		plan *Plan
		node string
	}
	known := map[place]string{}
	for _, j := range jobs {
		if j.plan == nil || j.stepped {
			continue
		}
		j.in.Won = nil
		trials := j.plan.Trials(j.state)
		for i := range j.plan.Def().Nodes {
			n := &j.plan.Def().Nodes[i]
			if len(trials) == 0 || n.Experiment == nil || n.Experiment.Winner == "" || n.Experiment.Winner == "never" || !slices.Contains(trials, n.Experiment.Name) {
				continue
			}
			at := place{j.plan, n.ID}
			arm, asked := known[at]
			if !asked {
				won, ok, err := r.host.winner(ctx, *n.Experiment, j.plan.Def().Name, n.ID, now)
				if err != nil {
					return fmt.Errorf("journey: winner of experiment %s: %w", n.Experiment.Name, err)
				} else if ok {
					arm = won
				}
				known[at] = arm
			}
			if arm != "" {
				if j.in.Arms == nil {
					j.in.Arms = map[string]string{}
				}
				j.in.Arms[n.Experiment.Name] = arm
				j.in.Won = append(j.in.Won, n.Experiment.Name)
			}
		}
	}
	return nil
}
