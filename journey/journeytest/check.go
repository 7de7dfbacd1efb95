package journeytest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey"
)

// Check looks through the log of a run, in its order, for what must not be there: a message.sent in quiet hours,
// above a cap of its journey, to a person of its journey's hold-out, from an enrollment that has exited, or with
// a key that was sent before. zone gives a person's IANA zone, "" where it is not known; nil means nobody's is.
// Caps and quiet hours are those of the definitions. It returns every finding, joined, nil for none.
//
// A log names people by who they are now. A message that went to somebody who was merged into a member of the hold-out
// later is no finding: the event's ID tells under which id the enrollment began.
func Check(defs []journey.Def, log []marque.Event, zone func(profile string) string) error {
	c := checker{defs: map[string]*journey.Def{}, zone: zone, keys: map[string]bool{}, exited: map[string]time.Time{},
		sent: map[string][]sending{}, merged: map[string]time.Time{}, moved: map[string]bool{}}
	for i := range defs {
		if d := c.defs[defs[i].Name]; d == nil || d.Version < defs[i].Version {
			c.defs[defs[i].Name] = &defs[i]
		}
	}
	for _, e := range log {
		if e.Name == "profile.merged" {
			c.merged[e.Profile] = e.At
		}
	}
	for _, e := range log {
		enrollment := e.Fact[strings.LastIndexByte(e.Fact, '/')+1:]
		switch e.Name {
		case "journey.entered":
			c.moved[enrollment] = e.ID != marque.TurnID(e.Profile, e.Name, e.Fact, 1)
		case "journey.exited":
			c.exited[enrollment] = e.At
		case "message.sent":
			c.message(e)
		}
	}
	return errors.Join(c.found...)
}

type checker struct {
	defs   map[string]*journey.Def
	zone   func(string) string
	zones  civil.Zones
	keys   map[string]bool
	exited map[string]time.Time
	sent   map[string][]sending // by person
	merged map[string]time.Time // when somebody was last merged into the person
	moved  map[string]bool      // enrollments that began under an id that was merged away
	found  []error
}

type sending struct {
	at             time.Time
	channel, topic string
}

func (c *checker) message(e marque.Event) {
	text := func(prop string) string { s, _ := e.Props[prop].(string); return s }
	fail := func(format string, args ...any) {
		c.found = append(c.found, fmt.Errorf("%s to %s at %s, node %s of %s: %s", text("channel"), e.Profile,
			e.At.UTC().Format(time.RFC3339), text("node"), text("journey"), fmt.Sprintf(format, args...)))
	}
	key := text("key")
	if c.keys[key] {
		fail("key %s was sent before", key)
	}
	c.keys[key] = true
	if at, ok := c.exited[text("enrollment")]; ok && !e.At.Before(at) {
		fail("the enrollment exited at %s", at.UTC().Format(time.RFC3339))
	}
	d := c.defs[text("journey")]
	if d == nil {
		fail("there is no such journey")
		return
	}
	before := c.moved[text("enrollment")] && !e.At.After(c.merged[e.Profile])
	if h := d.Entry.Holdout; h != nil && !before && marque.Bucket("holdout/"+h.Name, e.Profile) < uint32(h.Share) {
		fail("belongs to hold-out %s", h.Name)
	}
	for i := range d.Nodes {
		if n := &d.Nodes[i]; n.ID == text("node") && n.Send != nil && n.Send.Transactional {
			return
		}
	}
	loc := c.location(d, e.Profile)
	if q := d.Quiet; q != nil && covers(q, text("channel")) && window(q).In(e.At, loc) {
		fail("quiet hours from %s to %s", q.From, q.To)
	}
	c.sent[e.Profile] = append(c.sent[e.Profile], sending{e.At, text("channel"), text("topic")})
	for _, cap := range d.Caps {
		if n := c.count(cap, e, text("channel"), text("topic"), loc); n > cap.N {
			fail("number %d of at most %d (%s%s)", n, cap.N, cap.Per, cap.Within)
		}
	}
}

// count counts the person's messages that the cap counts, up to and with e.
func (c *checker) count(cap journey.Cap, e marque.Event, channel, topic string, loc *time.Location) (n int64) {
	matches := func(ch, tp string) bool {
		return (cap.Channel == "" || cap.Channel == ch) && (cap.Topic == "" || cap.Topic == tp)
	}
	if !matches(channel, topic) {
		return 0
	}
	from := e.At.Add(-time.Duration(cap.Within) + time.Microsecond)
	switch cap.Per {
	case "day":
		from = civil.StartOf(civil.Day, e.At, loc)
	case "week":
		from = civil.StartOf(civil.Week, e.At, loc)
	case "month":
		from = civil.StartOf(civil.Month, e.At, loc)
	}
	for _, s := range c.sent[e.Profile] {
		if matches(s.channel, s.topic) && !s.at.Before(from) {
			n++
		}
	}
	return n
}

func (c *checker) location(d *journey.Def, profile string) *time.Location {
	if c.zone != nil {
		if name := c.zone(profile); name != "" {
			if loc, err := c.zones.Load(name); err == nil {
				return loc
			}
		}
	}
	loc, err := c.zones.Load(d.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

func covers(q *journey.Quiet, channel string) bool {
	if slices.Contains(q.Channels, channel) {
		return true
	}
	return len(q.Channels) == 0
}

func window(q *journey.Quiet) civil.Window {
	from, _ := civil.ParseClock(q.From)
	to, _ := civil.ParseClock(q.To)
	return civil.Window{Start: from, End: to}
}
