package limit

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
)

// Why a Verdict refuses, other than the name of a counter that is full.
const (
	// Mismatch: the key is known with other content (another person, other counters or amounts).
	Mismatch = "limit: key"
	// Unknown: there is no such hold to commit; it was never granted, or it was released.
	Unknown = "limit: unknown"
	// Invalid: the hold does not pass its Validate.
	Invalid = "limit: invalid"
)

// NoLimit is a Limit that never refuses. It is not the same as the limit 0, which refuses everything.
const NoLimit = -1

// A Take is an amount of one counter.
type Take struct {
	// Counter names the counter. A counter comes into being with its first take.
	Counter string `json:"counter"`
	// Own counts per person: the counter of the hold's profile, apart from everybody else's and from the
	// shared counter of the same name.
	Own bool `json:"own,omitempty"`
	// N is how much is taken, 0 or more.
	N int64 `json:"n"`
	// Limit is how much of the counter may count at once, this take included. Negative: no limit. It belongs to
	// the take, not to the counter, so that a changed limit holds from the next take on.
	Limit int64 `json:"limit"`
	// Until is when the take stops to count: at Until it no longer does. Zero: it counts for good. It is cut to
	// the microsecond.
	Until time.Time `json:"until,omitzero"`
}

// A Hold is takes that are granted together or not at all.
type Hold struct {
	// Key identifies the hold for good. Derive it (marque.Key), so that it names nobody: it outlives the person.
	Key string `json:"key"`
	// Profile is the person the hold belongs to; empty where it has no Own takes and belongs to nobody.
	Profile string `json:"profile,omitempty"`
	// Via is the identifier the hold was learnt through; an unmerge moves by it.
	Via marque.ID `json:"via,omitzero"`
	// Takes are the amounts. None: the hold is a record that the key was seen.
	Takes []Take `json:"takes,omitempty"`
	// Expires is when a reservation runs out unless it was committed: at Expires its takes no longer count.
	// Zero: committed at once. It is cut to the microsecond.
	Expires time.Time `json:"expires,omitzero"`
}

// Validate lists what makes a hold impossible: no key, a counter without name, a negative amount, an own take
// of nobody.
func (h Hold) Validate() error {
	var f marque.Faults
	if h.Key == "" {
		f.Add("key", "is empty")
	}
	for i, t := range h.Takes {
		if t.Counter == "" {
			f.Add(fmt.Sprintf("takes[%d].counter", i), "is empty")
		}
		if t.N < 0 {
			f.Add(fmt.Sprintf("takes[%d].n", i), "is %d, want 0 or more", t.N)
		}
		if t.Own && h.Profile == "" {
			f.Add(fmt.Sprintf("takes[%d].own", i), "the hold has no profile")
		}
	}
	return f.Err()
}

func (h Hold) valid() bool {
	for _, t := range h.Takes {
		if t.Counter == "" || t.N < 0 || t.Own && h.Profile == "" {
			return false
		}
	}
	return h.Key != ""
}

// Same reports whether a request under a known key asks for what the hold was granted for: the same person and
// the same amounts of the same counters. Limits and instants may differ: an operator changes the one, and a
// retry that is worked out later the other.
func (h Hold) Same(o Hold) bool { return h.Profile == o.Profile && h.sameTakes(o) }

func (h Hold) sameTakes(o Hold) bool {
	if len(h.Takes) != len(o.Takes) {
		return false
	}
	for i, t := range h.Takes {
		if u := o.Takes[i]; t.Counter != u.Counter || t.Own != u.Own || t.N != u.N {
			return false
		}
	}
	return true
}

// A Verdict is the answer to a hold.
type Verdict struct {
	// OK: everything was taken, now or under the same key before.
	OK bool `json:"ok"`
	// Again: the key was granted before. The answer is the one of then, and nothing more was taken.
	Again bool `json:"again,omitempty"`
	// Refused is the first counter that is full, or one of Mismatch, Unknown, Invalid. Empty where OK.
	Refused string `json:"refused,omitempty"`
	// Left is how much is left: where OK, of the counter with the least left after the takes, NoLimit if none
	// of those that count has a limit; where refused, of the counter that refused. A counter above its limit (after a merge) has a
	// negative rest, and so has a commit that was honoured above it.
	Left int64 `json:"left"`
}

// A Commit makes a reservation last.
type Commit struct {
	Key string `json:"key"`
	// N are the actual amounts, one for each take of the hold and none above what was reserved; the rest is
	// given back. Nil: all of it.
	N []int64 `json:"n,omitempty"`
	// Honour says what happens where the reservation ran out and somebody else took the room: false refuses,
	// true takes it all the same and records the overrun.
	Honour bool `json:"honour,omitempty"`
}

// Fits reports whether n more fit where used of limit are taken: used + n <= limit, without overflow; a
// negative limit always has room. It is the whole arithmetic of a grant, for stores that keep counters elsewhere.
func Fits(used, n, limit int64) bool {
	return limit < 0 || used <= limit && n <= limit-used
}
