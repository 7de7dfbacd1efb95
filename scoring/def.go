package scoring

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Def defines a score.
type Def struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Base is points that everybody has. They belong to the fit and never fade.
	Base  float64 `json:"base,omitempty"`
	Rules []Rule  `json:"rules,omitempty"`
	// HalfLife is the time in which points for events, and by hand, lose half of their weight. Zero: they keep it.
	HalfLife marque.Duration `json:"half_life,omitempty"`
	// Min and Max bound the score, not the points: what is beyond them stands and fades as ever, and is seen again
	// when the sum comes back. Fit and engagement are not bounded. Nil: no bound.
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
	// Zone is the IANA name of the zone that the periods of caps are of. Empty: UTC.
	Zone       string      `json:"zone,omitempty"`
	Thresholds []Threshold `json:"thresholds,omitempty"`
	Grades     Grades      `json:"grades,omitzero"`
}

// A Rule gives points for an event, or for as long as something holds of the person. What comes of events is the
// engagement, what holds is the fit.
type Rule struct {
	// Name tells the rule from others of the score. Empty: the name of the event, or the text of While, with "#2" for
	// the second one.
	Name string `json:"name,omitempty"`
	// On names the event.
	On string `json:"on,omitempty"`
	// While is a rule over the person: points for as long as it is true. It stands instead of On.
	While string `json:"while,omitempty"`
	// When, beside On, is a rule over the person and the event at hand. Empty: every such event.
	When string `json:"when,omitempty"`
	// Points may be negative.
	Points float64 `json:"points"`
	// Times, beside While, is an attribute whose number multiplies Points. Where it is unknown there are none.
	Times string `json:"times,omitempty"`
	// Cap is how many points of this rule count in each period of Per, without their sign and before they fade. The
	// earliest events of the period count. Zero: all.
	Cap float64 `json:"cap,omitempty"`
	// Per is the period of Cap: Day, Week (from Monday), Month or Year by the wall in the zone of the score. Empty: for
	// good. Beside a cap by period the latest 256 events and more are kept one by one; a late event in a period before
	// those does not count.
	Per Period `json:"per,omitempty"`
	// HalfLife stands for that of the score. Zero: that of the score.
	HalfLife marque.Duration `json:"half_life,omitempty"`
	// For is how long the points of an event stand: they do not fade, and vanish then. Zero: they do not vanish. The
	// latest 1,000 events count.
	For marque.Duration `json:"for,omitempty"`
}

// A Period is a stretch of the calendar.
type Period string

// The periods.
const (
	Day   Period = "day"
	Week  Period = "week"
	Month Period = "month"
	Year  Period = "year"
)

// A Threshold is up from the instant the score reaches At until it falls below Below.
type Threshold struct {
	Name string  `json:"name"`
	At   float64 `json:"at"`
	// Below is not above At. Zero: At.
	Below float64 `json:"below,omitempty"`
}

func (t Threshold) below() float64 {
	if t.Below == 0 {
		return t.At
	}
	return t.Below
}

// Grades cut fit and engagement, each from the lowest grade to the highest, as a rule.Scale does. The grade of a
// person is one after the other: fit D, C, B, A and engagement 4, 3, 2, 1 make D4 to A1. One of the two may be empty.
type Grades struct {
	Fit        []rule.Grade `json:"fit,omitempty"`
	Engagement []rule.Grade `json:"engagement,omitempty"`
}

func (d *Def) ruleName(i int) string {
	r := &d.Rules[i]
	if r.Name != "" {
		return r.Name
	}
	n := 1
	for _, o := range d.Rules[:i] {
		if o.Name == "" && o.On == r.On && o.While == r.While {
			n++
		}
	}
	if n == 1 {
		return r.On + r.While
	}
	return fmt.Sprintf("%s%s#%d", r.On, r.While, n)
}
