package tagging

import (
	"github.com/marque-go/marque/rule"
)

// The events that a Book says. Both carry the property "tag" and the fact "tag/<name>"; Added carries "source",
// Removed "reason". Their Cause is what decided.
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

// The sources, the strongest first. A third party is the weakest: it knows somebody whom it takes for the person, and
// what it says is bought; a file of ours at least was about our people.
const (
	Manual     Source = "manual"      // a person of ours, or a journey
	Rule       Source = "rule"        // a rule that is true
	Behaviour  Source = "behaviour"   // an event, or a habit
	Model      Source = "model"       // a forecast
	Import     Source = "import"      // a file of ours
	ThirdParty Source = "third_party" // data of somebody else
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
	case ThirdParty:
		return 5
	}
	return -1
}

// guesses reports whether a source may state how sure it is.
func (s Source) guesses() bool { return s == Model || s == Import || s == ThirdParty }

// A Reason says why a tag went, or why it is not as somebody asked.
type Reason string

// The reasons.
const (
	ByRule  Reason = "rule"       // its rule is no longer true, or the definition no longer has it
	ByHabit Reason = "habit"      // the habit is too weak, or another one is stronger
	Expired Reason = "ttl"        // its time is over
	ByEvent Reason = "off"        // the event in Off happened
	ByHand  Reason = "unset"      // Unset
	ByGroup Reason = "group"      // another tag of its exclusive group is stronger
	ByMove  Reason = "moved"      // what it was learnt from belongs to somebody else now
	Later   Reason = "later"      // its mark begins later
	Unsure  Reason = "confidence" // its mark is not as sure as the definition demands
	Held    Reason = "held"       // a stronger source holds it
	Known   Reason = "known"      // the key was used before: nothing was done
)
