package rule

import (
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// Facts is what is known of one person, in the slots of a Lexicon, as far as a Need asked for it. Owners fill
// it: profile the attributes, identifiers, consents, zone and events; tagging, scoring and segment their part.
// What an owner puts in may alias its own rows: read it, do not change it, and drop it when the owner may go on.
//
// Who has no owners fills it alone: Attrs at Lexicon.Attr and Events at Lexicon.Event, oldest first, with properties
// from Lexicon.Row; or all of it from JSON by Lexicon.UnmarshalFacts.
type Facts struct {
	Profile  string
	Zone     string // IANA name of the person's zone, "" where unknown
	IDs      []marque.ID
	Consents []Consent
	Attrs    []Value
	Events   [][]Hit
	Tags     []Mark
	Scores   []Curve
	Segments []Mark
}

// NewFacts makes an empty record with a slot for everything in the lexicon.
func NewFacts(lex *Lexicon, profile string) *Facts {
	return &Facts{
		Profile: profile,
		Attrs:   make([]Value, len(lex.attrs)),
		Events:  make([][]Hit, len(lex.events)),
		Scores:  make([]Curve, len(lex.scores)),
	}
}

// Reset empties the record for another person and keeps its memory.
func (f *Facts) Reset(profile string) {
	clear(f.Attrs)
	clear(f.Events)
	clear(f.Scores)
	*f = Facts{Profile: profile, Attrs: f.Attrs, Events: f.Events, Scores: f.Scores, Tags: f.Tags[:0], Segments: f.Segments[:0]}
}

// A Hit is one event of a person's history: when it happened, and its properties in the slots of its name.
// Histories are in order of At; events of the same instant are in order of arrival.
type Hit struct {
	At    Instant
	Props []Value
}

// A Mark is a tag or a membership that holds: since From (zero: from ever on), and, where Until is set, not at Until
// or later.
// Holds, where set, says that it is certain to hold until then if nothing happens.
type Mark struct {
	Slot  int
	From  Instant
	Until Instant
	Holds Instant
}

// Find returns the mark of a slot that holds at now.
func Find(marks []Mark, slot int, now Instant) (Mark, bool) {
	for _, m := range marks {
		if m.Slot == slot && m.From <= now && (m.Until == 0 || now < m.Until) {
			return m, true
		}
	}
	return Mark{}, false
}

// Put sets the mark of its slot, or removes it where on is false. It returns another slice where it changes
// something, since what it is given may be an owner's.
func Put(marks []Mark, m Mark, on bool) []Mark {
	for i := range marks {
		if marks[i].Slot == m.Slot {
			if on {
				marks = slices.Clone(marks)
				marks[i] = m
				return marks
			}
			return append(marks[:i:i], marks[i+1:]...)
		}
	}
	if on {
		return append(marks[:len(marks):len(marks)], m)
	}
	return marks
}

// A Consent is what the person said about a channel and a topic; empty means all of them.
type Consent struct {
	Channel string  `json:"channel,omitempty"`
	Topic   string  `json:"topic,omitempty"`
	OK      bool    `json:"ok"`
	At      Instant `json:"at"`
	// Via is the identifier it was said through, as long as what was said through several is not put together.
	Via marque.ID `json:"via,omitzero"`
}

// An Owner fills its part of the records of people, in order, as of now.
type Owner interface {
	Fill(ctx context.Context, need Need, now time.Time, people []*Facts) error
}

// Owners asks several owners one after the other.
type Owners []Owner

// Fill lets each owner fill its part.
func (os Owners) Fill(ctx context.Context, need Need, now time.Time, people []*Facts) error {
	for _, o := range os {
		if err := o.Fill(ctx, need, now, people); err != nil {
			return err
		}
	}
	return nil
}

// A Pass is one look at one person: an event that arrived (with an empty Name where only time passed), the
// person's facts with that event already in them, and the instant of the look, not before the event's arrival.
type Pass struct {
	Event marque.Event
	Facts *Facts
	Now   time.Time
}
