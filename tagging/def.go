package tagging

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// The events that a Book says. Both carry the property "tag" and the fact "tag/<name>"; Added carries "source",
// Removed "reason".
const (
	Added   = "tag.added"
	Removed = "tag.removed"
)

// Says declares the events that this package says, for a schema.
func Says() []rule.EventType {
	tag := rule.Field{Name: "tag", Type: rule.String}
	return []rule.EventType{
		{Name: Added, Doc: "The person got a tag.", Props: []rule.Field{tag, {Name: "source", Type: rule.String}}},
		{Name: Removed, Doc: "The person lost a tag.", Props: []rule.Field{tag, {Name: "reason", Type: rule.String}}},
	}
}

// A Source is where a mark comes from.
type Source string

// The sources, the strongest first.
const (
	Manual    Source = "manual"    // a person of ours, or a journey
	Rule      Source = "rule"      // a rule that is true
	Behaviour Source = "behaviour" // an event
	Model     Source = "model"     // a forecast
	Import    Source = "import"    // a file
)

// rank is 0 for the strongest source, -1 for what is none.
func (s Source) rank() int {
	switch s {
	case Manual:
		return 0
	case Rule:
		return 1
	case Behaviour:
		return 2
	case Model:
		return 3
	case Import:
		return 4
	}
	return -1
}

// A Reason says why a tag went, or why it is not as somebody asked.
type Reason string

// The reasons.
const (
	ByRule  Reason = "rule"  // its rule is no longer true
	Expired Reason = "ttl"   // its time to live is over
	ByEvent Reason = "off"   // the event in Off happened
	ByHand  Reason = "unset" // Unset
	ByGroup Reason = "group" // another tag of its exclusive group is stronger
	ByMove  Reason = "moved" // what it was learnt from belongs to somebody else now
	Held    Reason = "held"  // a stronger source holds it
	Known   Reason = "known" // the key was used before: nothing was done
)

// A Def defines a tag. With When alone the tag is on while the rule is true. With On it is on from the event for
// TTL. With neither it is only set through Book.Set.
type Def struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Group puts tags together.
	Group string `json:"group,omitempty"`
	// Exclusive says that at most one tag of the group is on. All tags of the group say the same, and none of their
	// rules reads a tag of the group.
	Exclusive bool `json:"exclusive,omitempty"`
	// When is a rule: over the person where On is empty, else over the person and the event at hand.
	When string `json:"when,omitempty"`
	// On names the event that adds or renews the tag.
	On string `json:"on,omitempty"`
	// TTL is how long the tag stays on after the event, or after it was set. Zero is for good.
	TTL marque.Duration `json:"ttl,omitempty"`
	// Off names an event that takes the tag away, OffWhen a rule over it. It takes away what events, models and
	// imports gave, up to the instant of the event, and leaves what was set by hand.
	Off     string `json:"off,omitempty"`
	OffWhen string `json:"off_when,omitempty"`
}

// level reports whether the tag follows a rule over the person.
func (d *Def) level() bool { return d.On == "" && d.When != "" }

// Validate lists what is wrong with the definition by itself. Compile checks its rules and names.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	if d.Exclusive && d.Group == "" {
		f.Add("exclusive", "needs a group")
	}
	if d.TTL < 0 {
		f.Add("ttl", "%v is negative", d.TTL)
	}
	if d.level() {
		if d.TTL > 0 {
			f.Add("ttl", "does not go with a rule without an event: the tag is on while the rule is true")
		}
		if d.Off != "" {
			f.Add("off", "does not go with a rule without an event: the tag is on while the rule is true")
		}
	}
	if d.OffWhen != "" && d.Off == "" {
		f.Add("off_when", "needs off, the event that it is about")
	}
	if d.Off != "" && d.Off == d.On && d.OffWhen == "" {
		f.Add("off", "is the event in on: every time it adds the tag it would take it away")
	}
	return f.Err()
}

// checkGroups adds a fault for each tag that does not say the same of its group as the first one.
func checkGroups(f *marque.Faults, defs []Def) {
	first := map[string]int{}
	for i, d := range defs {
		if d.Group == "" {
			continue
		}
		j, ok := first[d.Group]
		if !ok {
			first[d.Group] = i
		} else if defs[j].Exclusive != d.Exclusive {
			f.Add(fmt.Sprintf("[%d].exclusive", i), "tag %q says the opposite of the group %q", defs[j].Name, d.Group)
		}
	}
}
