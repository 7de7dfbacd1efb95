package plan

import (
	"encoding/json"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/rule"
)

// An occasion is when a journey takes people in by itself, and whom.
type occasion struct {
	when.Occasion
	Key     string // of what it was made from
	segment int    // slot, -1 for none
	attr    int    // slot of the date
}

func (c *compiler) occasion(zone *time.Location) *occasion {
	d, o := &c.def.Entry, occasion{segment: -1}
	var data []byte
	switch {
	case d.Schedule != nil:
		data, _ = json.Marshal(d.Schedule)
		o.Cron, _ = when.ParseCron(d.Schedule.Cron)
		switch d.Schedule.Zone {
		case graph.Contact:
		case "":
			o.Zone = zone
		default:
			o.Zone, _ = c.set.zones.Load(d.Schedule.Zone)
		}
		if o.Zone != nil {
			data = append(data, o.Zone.String()...)
		}
		if name := d.Schedule.Segment; name != "" {
			o.segment = c.slot("entry.schedule.segment", "segment", name, c.lex.Segment, c.lex.Schema().Segments)
		}
	case d.Date != nil:
		data, _ = json.Marshal(d.Date)
		o.attr = c.slot("entry.date.attribute", "attribute", d.Date.Attribute, c.lex.Attr, c.attributes())
		if o.attr >= 0 {
			if t := c.lex.Schema().Attributes[o.attr].Type; t != rule.Time && t != rule.String && t != rule.Any {
				c.faults.Add("entry.date.attribute", "is %v, want a time or a text", t)
			}
		}
		clock, _ := civil.ParseClock(d.Date.At)
		o.Date = when.Date{Days: d.Date.Days, At: clock, Yearly: d.Date.Yearly, Mar1: d.Date.Leap == "mar1"}
	default:
		return nil
	}
	o.Key = marque.Key(string(data))
	return &o
}

// need is what it reads of a person.
func (o *occasion) need() (need rule.Need) {
	switch {
	case o == nil:
	case o.Dated() && o.attr >= 0:
		need.Attrs = []int{o.attr}
	case o.segment >= 0:
		need.Segments = []int{o.segment}
	}
	return need
}

// due is the person's own instant of an occurrence; false where it is not for this person.
func (o *occasion) DueFor(at time.Time, f *rule.Facts, loc *time.Location) (time.Time, bool) {
	ok := true
	if o.Dated() {
		var day when.Day
		day, ok = when.DayOf(f.Attrs[o.attr], loc)
		ok = ok && o.Is(at, day)
	}
	return o.Due(at, loc), ok
}

// Inside reports whether the person was in the segment when the occurrence began, and still is.
func (o *occasion) Inside(at time.Time, f *rule.Facts, now time.Time) bool {
	if o.segment < 0 {
		return true
	}
	m, ok := rule.Find(f.Segments, o.segment, rule.At(now))
	return ok && m.From <= rule.At(o.Begins(at))
}
