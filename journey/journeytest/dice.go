package journeytest

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

var zones = []string{"", "UTC", "Asia/Shanghai", "America/New_York", "Pacific/Auckland"}

// A word is something that definitions listen to: an event of a person, about the message of a node or not; a segment
// that a person enters or leaves; an event of nobody.
type word struct {
	name, of, segment string
	nobody            bool
}

// draw draws a script.
func (c *Chances) draw(w *World, seed uint64) Script {
	dice := rand.New(rand.NewPCG(seed, 3))
	words := c.words(w)
	span := time.Duration(c.Days) * 24 * time.Hour
	moment := func() time.Time { // often a round one, so that things meet
		step := []time.Duration{time.Minute, time.Hour, 24 * time.Hour}[dice.IntN(3)]
		return c.Start.Add(within(dice, span).Truncate(step))
	}
	s := Script{Until: c.Start.Add(2 * span)}
	for i := range c.People {
		p := fmt.Sprintf("p%d", i)
		if len(w.People) > 0 {
			p = sortedKeys(w.People)[i%len(w.People)]
		}
		zone := zones[dice.IntN(len(zones))]
		s.Acts = append(s.Acts, Act{At: c.Start, Profile: p, Doc: "zone " + zone, Change: func(x *Person) {
			if x.Zone == "" {
				x.Zone = zone
			}
		}})
		for n := range c.Events {
			if len(words) == 0 || dice.IntN(4) == 0 {
				if a, ok := c.turn(w, dice, p); ok {
					a.At = moment()
					s.Acts = append(s.Acts, a)
				}
				continue
			}
			x := words[dice.IntN(len(words))]
			if x.segment != "" {
				a := toggles(x.segment, p)
				a.At = moment()
				s.Acts = append(s.Acts, a)
				continue
			}
			a := c.event(w, dice, x, p)
			a.At, a.ID = moment(), fmt.Sprintf("%d-%s-%d", seed, p, n)
			if dice.IntN(8) == 0 {
				a.Happened = a.At.Add(-within(dice, 36*time.Hour).Truncate(time.Minute))
			}
			s.Acts = append(s.Acts, a)
			if dice.IntN(8) == 0 { // once more
				a.At = a.At.Add(within(dice, 24*time.Hour).Truncate(time.Minute))
				s.Acts = append(s.Acts, a)
			}
		}
	}
	var later []Act
	for i, defs := range c.Swaps {
		later = append(later, Act{Swap: defs, Doc: fmt.Sprint("edit ", i+1)})
	}
	later = append(later, c.Ops...)
	times := make([]time.Time, len(later))
	for i := range times {
		times[i] = moment()
	}
	slices.SortFunc(times, time.Time.Compare)
	for i := range later {
		later[i].At = times[i]
	}
	s.Acts = append(s.Acts, later...)
	return s.ordered()
}

// words lists what definitions listen to, but not what journeys say themselves or what follows from facts.
func (c *Chances) words(w *World) []word {
	own := map[string]bool{"segment.entered": true, "segment.left": true, "tag.added": true, "tag.removed": true, "profile.set": true}
	for _, e := range journey.Says() {
		own[e.Name] = true
	}
	found := map[word]bool{}
	hear := func(name, of string) {
		if name != "" && !own[name] {
			found[word{name: name, of: of}] = true
		}
	}
	for _, defs := range append([][]journey.Def{w.Defs}, c.Swaps...) {
		for i := range defs {
			d := &defs[i]
			hear(d.Entry.Event, "")
			hear(d.Entry.Did, "")
			hear(d.Entry.Not, "")
			for _, segment := range []string{d.Entry.Segment, d.Entry.Left} {
				if segment != "" {
					found[word{segment: segment}] = true
				}
			}
			if x := d.Entry.Signal; x != nil {
				found[word{name: x.Open, nobody: true}] = true
				if x.Close != "" {
					found[word{name: x.Close, nobody: true}] = true
				}
			}
			if d.Goal != nil {
				hear(d.Goal.Event, "")
			}
			for _, x := range d.Exit {
				hear(x.Event, "")
			}
			for j := range d.Nodes {
				if d.Nodes[j].Wait == nil {
					continue
				}
				for _, m := range d.Nodes[j].Wait.Matches() {
					hear(m.Event, m.Of)
				}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b word) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.of, b.of), strings.Compare(a.segment, b.segment))
	})
}

// event draws the properties of an event.
func (c *Chances) event(w *World, dice *rand.Rand, x word, profile string) Act {
	a := Act{Event: x.name, Of: x.of, Profile: profile, Props: map[string]any{}}
	if x.nobody {
		a.Profile = ""
	}
	for _, e := range w.Schema.Events {
		if e.Name != x.name {
			continue
		}
		for _, f := range e.Props {
			if f.Name == "message" && x.of != "" {
				continue
			}
			if v, ok := c.value(dice, f); ok {
				a.Props[f.Name] = v
			}
		}
	}
	return a
}

// value draws one of the values of a property or attribute; sometimes there is none.
func (c *Chances) value(dice *rand.Rand, f rule.Field) (any, bool) {
	if dice.IntN(10) == 0 {
		return nil, false
	}
	if vs := c.Values[f.Name]; len(vs) > 0 {
		return vs[dice.IntN(len(vs))], true
	}
	switch f.Type {
	case rule.String:
		return string(rune('a' + dice.IntN(3))), true
	case rule.Int:
		return int64(dice.IntN(200)), true
	case rule.Float:
		return float64(dice.IntN(2000)) / 10, true
	case rule.Bool:
		return dice.IntN(2) == 0, true
	case rule.Time:
		return c.Start.AddDate(0, 0, dice.IntN(2*c.Days)), true
	}
	return nil, false
}

// turn draws a fact that changes.
func (c *Chances) turn(w *World, dice *rand.Rand, profile string) (Act, bool) {
	a := Act{Profile: profile}
	kinds := [3]int{len(w.Schema.Tags), len(w.Schema.Segments), len(w.Schema.Attributes)}
	n := kinds[0] + kinds[1] + kinds[2]
	if n == 0 {
		return a, false
	}
	i := dice.IntN(n)
	switch {
	case i < kinds[0]:
		name := w.Schema.Tags[i]
		a.Doc = "tag " + name
		a.Change = func(p *Person) { p.Tags = toggle(p.Tags, name) }
	case i < kinds[0]+kinds[1]:
		return toggles(w.Schema.Segments[i-kinds[0]], profile), true
	default:
		f := w.Schema.Attributes[i-kinds[0]-kinds[1]]
		v, ok := c.value(dice, f)
		if !ok {
			return a, false
		}
		a.Doc = fmt.Sprintf("%s = %v", f.Name, v)
		a.Change = func(p *Person) { p.Attrs[f.Name] = v }
	}
	return a, true
}

// toggles lets a person into a segment, or out of it.
func toggles(segment, profile string) Act {
	return Act{Profile: profile, Doc: "segment " + segment, Change: func(p *Person) { p.Segments = toggle(p.Segments, segment) }}
}

func toggle(list []string, name string) []string {
	if i := slices.Index(list, name); i >= 0 {
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return append(slices.Clone(list), name)
}

func within(dice *rand.Rand, span time.Duration) time.Duration {
	return time.Duration(dice.Int64N(int64(span)))
}
