package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/step"
)

// Replay takes recorded steps again, each from its trace alone: state, input, facts and instant. It returns the first
// that does not give the same result, byte for byte, with what differs; nil where all do. The set must have the versions
// that decided.
func Replay(set *journey.Set, steps iter.Seq[journey.Trace]) error {
	n := 0
	for x := range steps {
		n++
		got, err := again(set, x)
		if err != nil {
			return fmt.Errorf("lab: step %d at %s: %w", n, x.At.Format(layout), err)
		}
		got.Done, got.Dead = x.Result.Done, x.Result.Dead // what became of the command is the runner's
		want, err := json.Marshal(x.Result)
		if err != nil {
			return err
		}
		have, err := json.Marshal(got)
		if err != nil {
			return err
		}
		if !bytes.Equal(want, have) {
			at := 0
			for at < min(len(want), len(have)) && want[at] == have[at] {
				at++
			}
			return fmt.Errorf("lab: step %d at %s, journey %s, enrollment %s: recorded …%s…, now …%s…", n, x.At.Format(layout),
				x.Journey, x.Result.State.ID, around(want, at), around(have, at))
		}
	}
	return nil
}

const layout = "2006-01-02 15:04:05.999999 MST"

func around(b []byte, at int) []byte { return b[max(at-40, 0):min(at+40, len(b))] }

// planOf is the plan that decided a step.
func planOf(set *journey.Set, x journey.Trace) (*journey.Plan, error) {
	p := set.Of(journey.State{Journey: x.Journey, Plan: x.Plan})
	if p.Version() != x.Plan {
		return nil, fmt.Errorf("the set has no version %s of journey %s", x.Plan, x.Journey)
	}
	return p, nil
}

func again(set *journey.Set, x journey.Trace) (journey.Result, error) {
	p, err := planOf(set, x)
	if err != nil {
		return journey.Result{}, err
	}
	f, err := set.Lexicon().UnmarshalFacts(x.Facts)
	if err != nil {
		return journey.Result{}, err
	}
	return step.Again(p, x, f), nil
}
