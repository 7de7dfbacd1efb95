package tagging

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Habit is what somebody does often: events of one name with certain values of a property, or at certain hours of
// the day, or both.
//
//	{Name: "likes_shoes", Group: "favourite", Exclusive: true, Habit: &tagging.Habit{Event: "product_viewed", Prop: "category", Values: []string{"shoes", "boots"}, Window: 90 * marque.Day}}
//	{Name: "night_owl", Habit: &tagging.Habit{Event: "app_opened", Hours: "22:00-04:00", Window: 30 * marque.Day, Share: 0.5}}
//
// By itself a habit is there while enough events are. In an exclusive group the habits compete, and all of them count
// the same event, property and window: the one with the most events is on, of those with as many the one with the
// latest event, then the one that is defined first; and nobody is where that one has not enough. A value that no tag
// of the group names does not compete, but counts for Share.
//
// It changes at the exact instants at which events come into the window and leave it.
type Habit struct {
	Event string `json:"event"`
	// Prop is a property of the event: a text, a set of texts (each of them counts), a whole number or a truth. Values
	// are those that the tag stands for. Both are given or none.
	Prop   string   `json:"prop,omitempty"`
	Values []string `json:"values,omitempty"`
	// Hours are hours of the day in the person's zone (UTC where it is unknown): "22:00-06:00" is from ten to before
	// six. Empty: all.
	Hours string `json:"hours,omitempty"`
	// Window is how far back events count: 0 <= now - t < Window. Zero is the whole history.
	Window marque.Duration `json:"window,omitempty"`
	// Least is how many events there have to be at least. Default 2.
	Least int `json:"least,omitempty"`
	// Share is their least part of all events that count, 0 to 1: those in the window with the property, whatever its
	// value and the hour. Default 0.
	Share float64 `json:"share,omitempty"`
}

// Validate lists what is wrong with the habit by itself.
func (h Habit) Validate() error {
	var f marque.Faults
	if h.Event == "" {
		f.Add("event", "is empty")
	}
	if h.Prop == "" && len(h.Values) > 0 {
		f.Add("prop", "is empty: values of what?")
	}
	if h.Prop != "" && len(h.Values) == 0 {
		f.Add("values", "are missing")
	}
	for i, v := range h.Values {
		for _, w := range h.Values[:i] {
			if v == w {
				f.Add(fmt.Sprintf("values[%d]", i), "%q is there twice", v)
			}
		}
	}
	if h.Prop == "" && h.Hours == "" {
		f.Add("", "needs a prop with values, or hours")
	}
	if _, err := parseHours(h.Hours); err != nil {
		f.Wrap("hours", err)
	}
	if h.Window < 0 {
		f.Add("window", "%v is negative", h.Window)
	}
	if h.Least < 0 {
		f.Add("least", "%d is negative", h.Least)
	}
	if !(h.Share >= 0 && h.Share <= 1) {
		f.Add("share", "%v is not within 0 and 1", h.Share)
	}
	return f.Err()
}

func parseHours(s string) (*civil.Window, error) {
	if s == "" {
		return nil, nil
	}
	start, end, ok := strings.Cut(s, "-")
	if !ok {
		return nil, fmt.Errorf(`%q: want hours as in "22:00-06:00"`, s)
	}
	var w civil.Window
	var err error
	if w.Start, err = civil.ParseClock(start); err != nil {
		return nil, err
	}
	if w.End, err = civil.ParseClock(end); err != nil {
		return nil, err
	}
	if w.Start == w.End {
		return nil, fmt.Errorf("%q: ends when it begins", s)
	}
	return &w, nil
}

// habit is a compiled Habit.
type habit struct {
	event, prop int // prop is -1 for none
	values      []rule.Value
	hours       *civil.Window
	window      rule.Instant
	least       int
	share       float64
	when        *rule.Rule
}

func (h *Habit) compile(f *marque.Faults, path string, lex *rule.Lexicon) *habit {
	c := &habit{prop: -1, window: micros(h.Window), least: h.Least, share: h.Share}
	if c.least == 0 {
		c.least = 2
	}
	c.hours, _ = parseHours(h.Hours)
	var ok bool
	if c.event, ok = lex.Event(h.Event); !ok {
		if h.Event != "" {
			f.Add(path+".event", "no event %q%s", h.Event, rule.Hint(h.Event, lex.EventNames()))
		}
		return c
	}
	if h.Prop == "" {
		return c
	}
	slot, t, ok := lex.Prop(c.event, h.Prop)
	if !ok {
		var names []string
		for _, p := range lex.Schema().Events[c.event].Props {
			names = append(names, p.Name)
		}
		f.Add(path+".prop", "event %q has no property %q%s", h.Event, h.Prop, rule.Hint(h.Prop, names))
		return c
	}
	c.prop = slot
	for i, text := range h.Values {
		v, err := valueOf(t, text)
		if err != nil {
			f.Add(fmt.Sprintf("%s.values[%d]", path, i), "%q: %w", text, err)
		}
		c.values = append(c.values, v)
	}
	return c
}

func valueOf(t rule.Type, text string) (rule.Value, error) {
	switch t {
	case rule.String, rule.Strings, rule.Any:
		return rule.StringValue(text), nil
	case rule.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return rule.Value{}, fmt.Errorf("the property is a whole number")
		}
		return rule.IntValue(n), nil
	case rule.Bool:
		if text == "true" || text == "false" {
			return rule.BoolValue(text == "true"), nil
		}
		return rule.Value{}, fmt.Errorf("the property is true or false")
	}
	return rule.Value{}, fmt.Errorf("the property is a %v, which has too many values for a habit", t)
}

// need is what of a person the habit reads.
func (h *Habit) need(c *habit) rule.Need {
	return rule.Need{Events: []rule.EventNeed{{Slot: c.event, Window: h.Window}}}.Union(c.when.Need())
}

// is reports whether the value of the property is one of the habit's.
func (h *habit) is(v rule.Value) bool {
	for _, w := range h.values {
		switch {
		case v.Type() == rule.Strings:
			for s := range v.Each {
				if s == w.Text() {
					return true
				}
			}
		case v == w:
			return true
		}
	}
	return false
}
