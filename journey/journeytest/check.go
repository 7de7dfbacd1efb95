package journeytest

import (
	"cmp"
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
// A cap is taken when a message is decided, and what went out first need not have been decided first. So a log alone
// proves less than a Stage knows: among the messages that a cap counts in a window, no more than N are from journeys
// that are bound by N or less. In a window of the calendar a message counts for the day on which it went out.
//
// A log names people by who they are now. A message that went to somebody who was merged into a member of the hold-out
// later is no finding: the event's ID tells under which id the enrollment began.
func Check(defs []journey.Def, log []marque.Event, zone func(profile string) string) error {
	return check(defs, log, zone, nil)
}

// check is Check, with the knowledge of when which message was decided where there is one.
func check(defs []journey.Def, log []marque.Event, zone func(profile string) string, decided func(key string) (sending, bool)) error {
	c := checker{defs: map[string]*journey.Def{}, zone: zone, decided: decided, keys: map[string]bool{}, exited: map[string]time.Time{},
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
		c.exposure(e)
	}
	c.caps()
	return errors.Join(c.found...)
}

type checker struct {
	defs    map[string]*journey.Def
	zone    func(string) string
	decided func(key string) (sending, bool)
	zones   civil.Zones
	keys    map[string]bool
	exited  map[string]time.Time
	sent    map[string][]sending // by person
	merged  map[string]time.Time // when somebody was last merged into the person
	moved   map[string]bool      // enrollments that began under an id that was merged away
	found   []error
}

// A sending is a message, or an exposure that counts as one: when it was decided, and as which one of all.
type sending struct {
	at             time.Time
	planned        time.Time // of an exposure, when it arrived
	place          int
	channel, topic string
	def            *journey.Def
	name           string // of an exposure
	fail           func(format string, args ...any)
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
	x := sending{at: e.At, place: len(c.sent[e.Profile])}
	if c.decided != nil {
		if x, _ = c.decided(key); x.at.IsZero() {
			return // nobody decided it, which is found elsewhere
		}
		if d.Late != nil && d.Late.Do != "send" && d.Quiet == nil && e.At.Sub(x.planned) > time.Duration(d.Late.After) {
			fail("meant for %s, and at most %s late", x.planned.UTC().Format(time.RFC3339), d.Late.After)
		}
	}
	x.channel, x.topic, x.def, x.fail = text("channel"), text("topic"), d, fail
	c.sent[e.Profile] = append(c.sent[e.Profile], x)
}

// exposure notes what counts for caps as a message does.
func (c *checker) exposure(e marque.Event) {
	for _, d := range c.defs {
		for _, cap := range d.Caps {
			if e.Profile != "" && slices.Contains(cap.Events, e.Name) {
				c.sent[e.Profile] = append(c.sent[e.Profile], sending{at: e.At, planned: e.Arrived(), place: -1, name: e.Name})
				return
			}
		}
	}
}

// caps looks at each message with those that were decided before it, or that may have been.
func (c *checker) caps() {
	for _, profile := range sortedKeys(c.sent) {
		for _, x := range c.sent[profile] {
			if x.def == nil {
				continue
			}
			loc := c.location(x.def, profile)
			for _, cap := range x.def.Caps {
				if n := c.count(cap, x, profile, loc); n > cap.N {
					x.fail("number %d of at most %d (%s)", n, cap.N, cmp.Or(cap.Per, cap.Within.String()))
				}
			}
		}
	}
}

// count counts the messages that the cap counts, up to and with x.
func (c *checker) count(cap journey.Cap, x sending, profile string, loc *time.Location) (n int64) {
	matches := func(s sending) bool {
		return (cap.Channel == "" || cap.Channel == s.channel) && (cap.Topic == "" || cap.Topic == s.topic)
	}
	if !matches(x) {
		return 0
	}
	from := x.at.Add(-time.Duration(cap.Within) + time.Microsecond)
	switch cap.Per {
	case "day":
		from = civil.StartOf(civil.Day, x.at, loc)
	case "week":
		from = civil.StartOf(civil.Week, x.at, loc)
	case "month":
		from = civil.StartOf(civil.Month, x.at, loc)
	}
	for _, s := range c.sent[profile] {
		switch {
		case s.at.Before(from) || s.at.After(x.at):
		case s.def == nil:
			known := loc == time.UTC || cap.Per == "" || c.zone != nil && c.zone(profile) != "" // else its day is that of UTC
			if c.decided != nil && known && s.planned.Before(x.at) && slices.Contains(cap.Events, s.name) {
				n++
			}
		case !matches(s) || s.place > x.place:
		case c.decided != nil || bound(s.def, cap):
			n++
		}
	}
	return n
}

// bound reports whether a journey's messages are bound by a cap as narrow as that.
func bound(d *journey.Def, cap journey.Cap) bool {
	return slices.ContainsFunc(d.Caps, func(x journey.Cap) bool { return x.Counter() == cap.Counter() && x.N <= cap.N })
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
