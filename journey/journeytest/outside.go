package journeytest

import (
	"context"
	"maps"
	"slices"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

// host is what the runner of a stage gets: the stage as owner of facts, channels and doers that record.
func (s *Stage) host() journey.Host {
	h := journey.Host{Owner: s, Splitter: s, Judge: s, People: s, Channels: map[string]journey.Channel{}, Doers: map[string]journey.Doer{}}
	for _, name := range []string{"tag", "untag", "score", "set", "coupon", "assign"} {
		h.Doers[name] = journey.DoerFunc(s.do)
	}
	for name := range s.cast.world.Doers {
		h.Doers[name] = journey.DoerFunc(s.do)
	}
	for _, set := range s.cast.sets {
		for _, r := range set.Refs() {
			switch r.Kind {
			case "channel":
				h.Channels[r.Name] = post{s, r.Name}
			case "call":
				h.Doers[r.Name] = journey.DoerFunc(s.do)
			}
		}
	}
	return h
}

// post is a channel as the runner sees it.
type post struct {
	s    *Stage
	name string
}

func (p post) Send(ctx context.Context, m journey.Message) (journey.Receipt, error) {
	if err := p.s.alive(); err != nil {
		return journey.Receipt{}, err
	}
	r, err := p.s.Channel(p.name).Send(ctx, m)
	if gone := p.s.pass("channel "+p.name, true); gone != nil {
		return journey.Receipt{}, gone
	}
	return r, err
}

// do takes a command once per key, and answers the same again.
func (s *Stage) do(_ context.Context, c journey.Command) (journey.Outcome, error) {
	if err := s.alive(); err != nil {
		return journey.Outcome{}, err
	}
	o, err := s.done(c)
	if gone := s.pass("doer "+c.Do, true); gone != nil {
		return journey.Outcome{}, gone
	}
	return o, err
}

func (s *Stage) done(c journey.Command) (journey.Outcome, error) {
	if o, known := s.outcomes[c.Key]; known {
		return o, nil
	}
	o, err := journey.Outcome{}, error(nil)
	if answer := s.cast.world.Doers[c.Do]; answer != nil {
		o, err = answer(c)
	} else if c.Do == "coupon" {
		o = journey.Outcome{Result: "issued", Vars: map[string]any{"id": c.Name + "-" + c.Key[:6], "amount": int64(500)}}
	} else if c.Do == "assign" {
		o = journey.Outcome{Result: "assigned", Vars: map[string]any{"agent": "agent of " + c.Name}}
	}
	if err != nil {
		return o, err
	}
	s.outcomes[c.Key] = o
	s.deeds = append(s.deeds, Deed{At: c.At, Do: c.Do, Name: c.Name, Profile: c.Profile, Key: c.Key, Args: c.Args, Result: o.Result})
	if o.Result == "" || o.Result == "done" {
		s.Change(c.Profile, func(p *Person) { p.take(c) })
	}
	return o, nil
}

// take is the effect of a command on a person.
func (p *Person) take(c journey.Command) {
	switch c.Do {
	case "tag":
		if !slices.Contains(p.Tags, c.Name) {
			p.Tags = append(slices.Clone(p.Tags), c.Name)
		}
	case "untag":
		p.Tags = slices.DeleteFunc(slices.Clone(p.Tags), func(t string) bool { return t == c.Name })
	case "score":
		points, _ := rule.Of(c.Args["points"])
		p.Scores[c.Name] += points.Float()
	case "set":
		maps.Copy(p.Attrs, c.Args)
	}
}

// alive is the error of everything that a dead worker tries.
func (s *Stage) alive() error {
	if s.cur != nil && s.cur.dead {
		return errCrash
	}
	return nil
}

// pass is a place where a worker may die.
func (s *Stage) pass(op string, after bool) error {
	if err := s.alive(); err != nil || s.gate == nil {
		return err
	}
	return s.gate(op, after)
}
