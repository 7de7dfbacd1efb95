package record

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// A Change is what a store commits for one step: all of it or nothing.
type Change struct {
	// State is the new state of an enrollment, Version one above the stored one. One that has Ended leaves the
	// store. Empty: none changes.
	State State `json:"state,omitzero"`
	// Holds are reserved all together or the change is refused. Then those with the keys in Release are given back.
	Holds   []limit.Hold `json:"holds,omitempty"`
	Release []string     `json:"release,omitempty"`
	// Commands go to the outbox, replacing those with the same key.
	Commands []Command `json:"commands,omitempty"`
	// Cancel takes commands out that were never handed out, and gives back the holds of the same key.
	Cancel []string `json:"cancel,omitempty"`
	// Done leave the outbox, Dead leave it for the dead letters, Tried are about to be handed out.
	Done  []string  `json:"done,omitempty"`
	Dead  []Command `json:"dead,omitempty"`
	Tried []string  `json:"tried,omitempty"`
	// Of is the command, and OfProfile its person, that is handed out or carried on by this. Where it is not in the outbox,
	// or is another person's, the change is refused (Gone): it was cancelled, done, erased or moved since it was loaded.
	Of        string `json:"of,omitempty"`
	OfProfile string `json:"of_profile,omitempty"`
	// Revive are dead letters that go back to the outbox, as the store has them (Command.Revived).
	Revive []string `json:"revive,omitempty"`
	// Emit is what the change says, kept until it is taken (marque.Feed).
	Emit []marque.Event `json:"emit,omitempty"`
	// Tally is added to the counts.
	Tally []Count `json:"tally,omitempty"`
}
