package scoring

import (
	"fmt"
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// The events that a Book says, with the fact "score/<name>". Up and Down carry "score", "threshold" and "value";
// Points carries "score", "points" and "value".
const (
	Up     = "score.up"
	Down   = "score.down"
	Points = "score.points" // points were given by hand
)

// Says declares the events that this package says, for a schema.
func Says() []rule.EventType {
	score, value := rule.Field{Name: "score", Type: rule.String}, rule.Field{Name: "value", Type: rule.Float}
	threshold := []rule.Field{score, {Name: "threshold", Type: rule.String}, value}
	return []rule.EventType{
		{Name: Up, Doc: "The score reached a threshold.", Props: threshold},
		{Name: Down, Doc: "The score fell below a threshold.", Props: threshold},
		{Name: Points, Doc: "Points were given by hand.", Props: []rule.Field{score, {Name: "points", Type: rule.Float}, value}},
	}
}

// ByHand is the name of the rule under which points that were given by hand stand.
const ByHand = "by hand"

// A Def defines a score.
type Def struct {
	Name  string `json:"name"`
	Doc   string `json:"doc,omitempty"`
	Rules []Rule `json:"rules,omitempty"`
	// HalfLife is the time in which points lose half of their weight. Zero: they keep it.
	HalfLife   marque.Duration `json:"half_life,omitempty"`
	Thresholds []Threshold     `json:"thresholds,omitempty"`
}

// A Rule gives points for an event.
type Rule struct {
	// Name tells the rule from others of the score. Empty: the name of the event, with "#2" for the second one.
	Name string `json:"name,omitempty"`
	// On names the event.
	On string `json:"on"`
	// When is a rule over the person and the event at hand. Empty: every such event.
	When string `json:"when,omitempty"`
	// Points may be negative.
	Points float64 `json:"points"`
	// Cap is how many points of this rule count, without their sign and before they fade. The earliest events
	// count. Zero: all.
	Cap float64 `json:"cap,omitempty"`
}

// A Threshold is up from the instant the score reaches At until it falls below Below.
type Threshold struct {
	Name string  `json:"name"`
	At   float64 `json:"at"`
	// Below is not above At. Zero: At.
	Below float64 `json:"below,omitempty"`
}

// Validate lists what is wrong with the definition by itself. Compile checks its rules and names.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	if d.HalfLife < 0 {
		f.Add("half_life", "%v is negative", d.HalfLife)
	}
	finite := func(path string, x float64) bool {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			f.Add(path, "%v is not a number of points", x)
			return false
		}
		return true
	}
	seen := map[string]int{}
	for i, r := range d.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		if r.On == "" {
			f.Add(path+".on", "is empty: points are given for an event")
		}
		if finite(path+".points", r.Points) && r.Points == 0 {
			f.Add(path+".points", "is 0")
		}
		if finite(path+".cap", r.Cap) && r.Cap < 0 {
			f.Add(path+".cap", "%v is negative", r.Cap)
		} else if r.Points != 0 && r.Cap > maxHits*math.Abs(r.Points) {
			f.Add(path+".cap", "%v lets more than %d events count: leave it out, or give each more points", r.Cap, maxHits)
		}
		name := d.ruleName(i)
		if name == ByHand {
			f.Add(path+".name", "%q is taken", ByHand)
		}
		if j, twice := seen[name]; twice {
			f.Add(path+".name", "%q is the name of rule %d too", name, j+1)
		}
		seen[name] = i
	}
	up := map[string]int{}
	for i, t := range d.Thresholds {
		path := fmt.Sprintf("thresholds[%d]", i)
		if t.Name == "" {
			f.Add(path+".name", "is empty")
		}
		if j, twice := up[t.Name]; twice {
			f.Add(path+".name", "%q is the name of threshold %d too", t.Name, j+1)
		}
		up[t.Name] = i
		if finite(path+".at", t.At) && finite(path+".below", t.Below) && t.below() > t.At {
			f.Add(path+".below", "%v is above at, which is %v", t.Below, t.At)
		}
	}
	return f.Err()
}

// maxHits is how many events a rule with a cap may count: their instants are kept.
const maxHits = 1000

func (t Threshold) below() float64 {
	if t.Below == 0 {
		return t.At
	}
	return t.Below
}

func (d *Def) ruleName(i int) string {
	r := &d.Rules[i]
	if r.Name != "" {
		return r.Name
	}
	n := 1
	for _, o := range d.Rules[:i] {
		if o.Name == "" && o.On == r.On {
			n++
		}
	}
	if n == 1 {
		return r.On
	}
	return fmt.Sprintf("%s#%d", r.On, n)
}
