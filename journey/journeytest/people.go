package journeytest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// somebody is a person on a stage, with the places of his events in the log.
type somebody struct {
	Person
	events map[string][]int
	turns  map[string]int
	since  map[string]time.Time // of tags and segments that came on the stage
}

func (s *Stage) somebody(profile string) *somebody {
	if profile == "" { // what nobody did
		return &somebody{events: map[string][]int{}, turns: map[string]int{}}
	}
	x := s.people[profile]
	if x == nil {
		p, ok := s.cast.world.People[profile]
		if !ok {
			p = s.cast.world.Anybody
		}
		p.Attrs, p.Scores = maps.Clone(p.Attrs), maps.Clone(p.Scores)
		p.Tags, p.Segments, p.Consents = slices.Clone(p.Tags), slices.Clone(p.Segments), slices.Clone(p.Consents)
		x = &somebody{Person: p, events: map[string][]int{}, turns: map[string]int{}, since: map[string]time.Time{}}
		s.people[profile] = x
	}
	return x
}

// Person is what is known of somebody now.
func (s *Stage) Person(profile string) Person { return s.somebody(profile).Person }

// Change changes what is known of somebody. Tags and segments that come or go, and attributes that are other ones,
// are logged as the events that say so.
func (s *Stage) Change(profile string, change func(p *Person)) {
	x := s.somebody(profile)
	tags, segments, attrs := slices.Clone(x.Tags), slices.Clone(x.Segments), maps.Clone(x.Attrs)
	if x.Attrs == nil {
		x.Attrs = map[string]any{}
	}
	if x.Scores == nil {
		x.Scores = map[string]float64{}
	}
	change(&x.Person)
	x.differ(s, profile, tags, x.Tags, "tag", "tag.added", "tag.removed")
	x.differ(s, profile, segments, x.Segments, "segment", "segment.entered", "segment.left")
	for _, name := range sortedKeys(x.Attrs) {
		if old, had := attrs[name]; !had || old != x.Attrs[name] {
			s.turned(profile, "profile.set", "attr/"+name, map[string]any{name: x.Attrs[name]})
		}
	}
}

func (x *somebody) differ(s *Stage, profile string, before, after []string, kind, come, leave string) {
	for _, name := range after {
		if !slices.Contains(before, name) {
			x.since[kind+"/"+name] = s.now
			s.turned(profile, come, kind+"/"+name, map[string]any{kind: name})
		}
	}
	for _, name := range before {
		if !slices.Contains(after, name) {
			s.turned(profile, leave, kind+"/"+name, map[string]any{kind: name})
		}
	}
}

func (s *Stage) turned(profile, name, fact string, props map[string]any) {
	x := s.somebody(profile)
	x.turns[fact]++
	s.Append(marque.Event{Profile: profile}.Turn(name, fact, x.turns[fact], s.now, props))
}

// remember enters an event into the person's history, which is in the order of when things happened.
func (s *Stage) remember(at int, e marque.Event) {
	var row []rule.Value
	if _, ok := s.Set().Lexicon().Event(e.Name); ok {
		row = s.Set().Lexicon().Row("event/"+e.Name, e.Props)
	}
	s.rows = append(s.rows, row)
	if e.Profile == "" {
		return
	}
	x := s.somebody(e.Profile)
	places := append(x.events[e.Name], at)
	for i := len(places) - 1; i > 0 && s.log[places[i-1]].At.After(e.At); i-- {
		places[i-1], places[i] = places[i], places[i-1]
	}
	x.events[e.Name] = places
}

// Fill makes the stage the owner of all facts.
func (s *Stage) Fill(_ context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	schema := s.Set().Lexicon().Schema()
	for _, f := range people {
		x := s.somebody(f.Profile)
		f.Zone, f.Consents = x.Zone, x.Consents
		f.IDs = []marque.ID{{Kind: "user", Value: f.Profile}}
		for _, slot := range need.Attrs {
			if v, ok := x.Attrs[schema.Attributes[slot].Name]; ok {
				f.Attrs[slot], _ = rule.Of(v)
			}
		}
		for _, slot := range need.Tags {
			if slices.Contains(x.Tags, schema.Tags[slot]) {
				f.Tags = append(f.Tags, x.mark(slot, "tag/"+schema.Tags[slot]))
			}
		}
		for _, slot := range need.Segments {
			if slices.Contains(x.Segments, schema.Segments[slot]) {
				f.Segments = append(f.Segments, x.mark(slot, "segment/"+schema.Segments[slot]))
			}
		}
		for _, slot := range need.Scores {
			if points, ok := x.Scores[schema.Scores[slot]]; ok {
				f.Scores[slot] = rule.Curve{{Points: points}}
			}
		}
		for _, e := range need.Events {
			for _, at := range x.events[schema.Events[e.Slot].Name] {
				if !s.log[at].At.After(now) {
					f.Events[e.Slot] = append(f.Events[e.Slot], rule.Hit{At: rule.At(s.log[at].At), Props: s.rows[at]})
				}
			}
		}
	}
	return nil
}

// mark is a tag or a segment that the person has: since it came, or for ever.
func (x *somebody) mark(slot int, fact string) rule.Mark {
	if at, ok := x.since[fact]; ok {
		return rule.Mark{Slot: slot, From: rule.At(at)}
	}
	return rule.Mark{Slot: slot}
}

// People lists people, those of the world and those who came since.
func (s *Stage) People(_ context.Context, q journey.ListQuery) ([]string, error) {
	for name := range s.cast.world.People {
		s.somebody(name)
	}
	var got []string
	for _, name := range sortedKeys(s.people) {
		if name > q.After && len(got) < q.N && (q.Segment == "" || slices.Contains(s.people[name].Segments, q.Segment)) {
			got = append(got, name)
		}
	}
	return got, nil
}

// Need is what the dealing of experiments reads: nothing.
func (s *Stage) Need() rule.Need { return rule.Need{} }

// Arm deals experiments.
func (s *Stage) Arm(experiment string, f *rule.Facts, _ time.Time) string {
	if s.cast.world.Arms == nil {
		return ""
	}
	return s.cast.world.Arms(experiment, f.Profile)
}

// Winner says who won experiments.
func (s *Stage) Winner(_ context.Context, x graph.Experiment, _, _ string, now time.Time) (arm string, ok bool, err error) {
	if s.cast.world.Winner != nil {
		arm = s.cast.world.Winner(x.Name, now)
	}
	return arm, arm != "", nil
}
