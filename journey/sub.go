package journey

import (
	"slices"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
)

// within carries out commands that are between journeys: "goto" and "start" enter one, "return" is the outcome of a
// start, "stop" ends what was started. False: it is another command.
func (j *job) within(c Command) bool {
	switch c.Do {
	case "return":
		j.in.Outcome = c.Returned()
	case "start":
		if !j.enter {
			j.in.Outcome = Outcome{Result: graph.Refused, Reason: string(record.Gone)}
		}
	case "goto", "stop":
	default:
		return false
	}
	j.extra.Done = []string{c.Key}
	return true
}

// stop ends an enrollment because the one that waited for it ended.
func (r *Runner) stop(c *Command, s *State) *job {
	if s == nil {
		return r.job(nil, State{}, Input{Command: c})
	}
	return r.job(r.set.Of(*s), *s, Input{Command: c, Exit: record.ParentEnded})
}

// refuse answers who waits for a journey that it was not entered.
func (j *job) refuse(why Reason) {
	c := j.in.Command
	if c == nil || c.Do != "start" {
		return
	}
	back := c.Return(Outcome{Result: graph.Refused, Reason: string(why)})
	j.extra = &Change{Of: c.Key, OfProfile: c.Profile, Done: []string{c.Key}, Commands: []Command{back}}
}

// reason is why an entry was refused.
func (j *job) reason(a Answer) Reason {
	switch {
	case j.res.Reason != "":
		return j.res.Reason
	case a.Refused != "":
		return step.Refusal(j.plan, a.Refused)
	}
	return record.Duplicate
}

// hears reports whether who listens to that is asked for.
func (q Query) hears(listens []string) bool {
	return q.Event != "" && slices.Contains(listens, q.Event) || slices.ContainsFunc(q.Facts, func(f string) bool { return slices.Contains(listens, f) })
}
