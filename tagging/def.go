package tagging

import (
	"encoding/json"
	"fmt"

	"github.com/marque-go/marque"
)

// A Def defines a tag. With When alone the tag is on while the rule is true. With On it is on from the event for
// TTL. With Habit it is on while the person does something often. With none of them it is only set through Book.Set
// and imports.
type Def struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Group puts tags together.
	Group string `json:"group,omitempty"`
	// Exclusive says that at most one tag of the group is on. All tags of the group say the same, and none of their
	// rules reads a tag of the group.
	Exclusive bool `json:"exclusive,omitempty"`
	// When is a rule: over the person where On and Habit are empty, else over the person and the event at hand, which
	// of a habit is each event that is counted.
	When string `json:"when,omitempty"`
	// On names the event that adds or renews the tag.
	On string `json:"on,omitempty"`
	// TTL is how long the tag stays on after the event, or after it was set. Zero is for good.
	TTL marque.Duration `json:"ttl,omitempty"`
	// Off names an event that takes the tag away, OffWhen a rule over it. It takes away what events, models, imports
	// and third parties gave, up to the instant of the event, and leaves what was set by hand.
	Off     string `json:"off,omitempty"`
	OffWhen string `json:"off_when,omitempty"`
	// Habit makes it a tag of behaviour: a preferred channel, active hours, a favourite category.
	Habit *Habit `json:"habit,omitempty"`
	// Confidence is how sure a source has to be, 0 to 1, where it says how sure it is. What is less sure is kept, and
	// counts when the definition demands less.
	Confidence float64 `json:"confidence,omitempty"`
}

// level reports whether the tag follows a rule over the person.
func (d *Def) level() bool { return d.On == "" && d.Habit == nil && d.When != "" }

// Version tells definitions apart that say different things: a text of eight letters and digits that depends on all
// of the definition but its Doc. Marks carry it.
func (d Def) Version() string {
	d.Doc = ""
	text, err := json.Marshal(d)
	if err != nil { // a confidence or a share that is no number, which Validate refuses
		return ""
	}
	return marque.Key("tag", string(text))[:8]
}

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
	follows := ""
	switch {
	case d.Habit != nil:
		follows = "a habit: the tag is on while the habit lasts"
		f.Wrap("habit", d.Habit.Validate())
		if d.On != "" {
			f.Add("on", "does not go with a habit, which names its event itself")
		}
	case d.level():
		follows = "a rule without an event: the tag is on while the rule is true"
	}
	if follows != "" && d.TTL > 0 {
		f.Add("ttl", "does not go with %s", follows)
	}
	if follows != "" && d.Off != "" {
		f.Add("off", "does not go with %s", follows)
	}
	if d.OffWhen != "" && d.Off == "" {
		f.Add("off_when", "needs off, the event that it is about")
	}
	if d.Off != "" && d.Off == d.On && d.OffWhen == "" {
		f.Add("off", "is the event in on: every time it adds the tag it would take it away")
	}
	if !(d.Confidence >= 0 && d.Confidence <= 1) {
		f.Add("confidence", "%v is not within 0 and 1", d.Confidence)
	}
	return f.Err()
}

// checkGroups adds a fault for each tag that does not go with the tags of its group before it.
func checkGroups(f *marque.Faults, defs []Def) {
	groups := map[string][]int{}
	for i, d := range defs {
		if d.Group == "" {
			continue
		}
		for _, j := range groups[d.Group] {
			o := &defs[j]
			if o.Exclusive != d.Exclusive {
				f.Add(fmt.Sprintf("[%d].exclusive", i), "tag %q says the opposite of the group %q", o.Name, d.Group)
				break
			}
			if d.Exclusive && checkRivals(f, fmt.Sprintf("[%d]", i), &d, o) {
				break
			}
		}
		groups[d.Group] = append(groups[d.Group], i)
	}
}

// checkRivals adds a fault where two tags of an exclusive group cannot be compared.
func checkRivals(f *marque.Faults, path string, d, o *Def) (bad bool) {
	switch {
	case d.Habit == nil && o.Habit == nil:
	case d.Habit == nil && d.On != "" || o.Habit == nil && o.On != "":
		f.Add(path, "tag %q of the same exclusive group and this one: one is a habit, the other one over single events, which cannot be compared", o.Name)
		return true
	case d.Habit != nil && o.Habit != nil:
		a, b := d.Habit, o.Habit
		if a.Event != b.Event || a.Prop != b.Prop || a.Window != b.Window {
			f.Add(path+".habit", "tag %q of the same exclusive group counts another event, property or window: what is not counted alike cannot be compared", o.Name)
			return true
		}
		for j, v := range a.Values {
			for _, w := range b.Values {
				if v == w && a.Hours == b.Hours {
					f.Add(fmt.Sprintf("%s.habit.values[%d]", path, j), "%q is a value of tag %q of the same exclusive group", v, o.Name)
					bad = true
				}
			}
		}
	}
	return bad
}
