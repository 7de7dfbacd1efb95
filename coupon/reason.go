package coupon

import (
	"errors"
	"time"

	"github.com/marque-go/marque"
)

// ErrKey says that a request key was used before with other parameters.
var ErrKey = errors.New("coupon: request key was used with other parameters")

// A Reason says why not.
type Reason string

// The reasons, beside Locked, Expired and Voided.
const (
	NotActive      Reason = "not_active"      // the batch is a draft, paused, ended, past its window or no longer defined
	Spent          Reason = "spent"           // the batch's count or money is spent; Left is what remains
	PerPerson      Reason = "per_person"      // the person has had as many as one may have
	PerDay         Reason = "per_day"         // today's share is spent
	NotYours       Reason = "not_yours"       // the coupon belongs to somebody else
	NotYet         Reason = "not_yet"         // it is good from At on
	BelowThreshold Reason = "below_threshold" // the cart needs Missing more
	NotEligible    Reason = "not_eligible"    // the batch's rule is not true
	SavesNothing   Reason = "saves_nothing"   // it would save nothing, and is kept
	NotLocked      Reason = "not_locked"      // it is not reserved for this order
	Used           Reason = "used"            // it was redeemed
)

// A Decision is yes, or no with its reason and what is missing.
type Decision struct {
	OK      bool         `json:"ok"`
	Reason  Reason       `json:"reason,omitempty"`
	Missing marque.Money `json:"missing,omitempty"` // BelowThreshold: how much more the cart needs
	Left    int64        `json:"left,omitempty"`    // Spent, PerDay: pieces or money that remain
	At      time.Time    `json:"at,omitzero"`       // NotYet, Expired, Locked
}

func no(r Reason) Decision                 { return Decision{Reason: r} }
func noAt(r Reason, at time.Time) Decision { return Decision{Reason: r, At: at} }
