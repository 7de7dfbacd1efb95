package journeytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// A Script is what happens to a world, in the order of its instants, and how long it is watched.
type Script struct {
	// From is when it begins. Default with the first act.
	From  time.Time
	Acts  []Act
	Until time.Time
}

// An Act is one thing that happens at an instant: an event arrives, facts of a person change, a channel behaves in
// another way, the definitions are swapped, or an operation is done. Several at one instant go in the order of the
// list; an event comes after what was due at its instant.
type Act struct {
	At time.Time
	// Event arrives for Profile (or for nobody) with Props.
	Event   string
	Profile string
	Props   map[string]any
	// Of fills the property "message" with the key of the message that the node sent to the person last.
	Of string
	// Happened is when the event happened, where that was earlier. Default At.
	Happened time.Time
	// ID is that of the event; two acts of one ID are the same event twice. Default one of its own.
	ID string
	// Change changes facts of Profile. A tag or segment that comes or goes is said as the event that says so.
	Change func(p *Person)
	// Answer is how Channel behaves from now on.
	Channel string
	Answer  func(m journey.Message) (journey.Receipt, error)
	// Swap puts other definitions in the place of all.
	Swap []journey.Def
	// Do is an operation: a pause, a migration, an exit by hand. It is done with the lease of each worker, and after a
	// crash again, so it must be idempotent.
	Do func(ctx context.Context, r *journey.Runner, l marque.Lease, now time.Time) error
	// Doc names the operation in reports.
	Doc string
}

// String is a line for reports.
func (a Act) String() string {
	var b strings.Builder
	b.WriteString(a.At.UTC().Format("2006-01-02 15:04:05"))
	if a.Profile != "" {
		b.WriteString(" " + a.Profile)
	}
	if a.Event != "" {
		b.WriteString(" " + a.Event)
	}
	for _, k := range sortedKeys(a.Props) {
		fmt.Fprintf(&b, " %s=%v", k, a.Props[k])
	}
	if a.Of != "" {
		b.WriteString(" of " + a.Of)
	}
	if !a.Happened.IsZero() {
		b.WriteString(" happened " + a.Happened.UTC().Format("2006-01-02 15:04:05"))
	}
	for _, x := range []struct {
		set  bool
		what string
	}{{a.Change != nil, "facts change"}, {a.Answer != nil, "channel " + a.Channel + " changes"}, {a.Swap != nil, "swap"}, {a.Do != nil, "operation"}} {
		if x.set {
			b.WriteString(" " + x.what)
		}
	}
	if a.Doc != "" {
		b.WriteString(": " + a.Doc)
	}
	return b.String()
}

// id is the event's own, or one by its place among the acts.
func (a *Act) id(i int) string {
	if a.ID != "" {
		return a.ID
	}
	return marque.Key("act", fmt.Sprint(i), a.Event, a.Profile)
}

// ordered gives the script with its acts in the order of their instants, each event with its ID.
func (s Script) ordered() Script {
	s.Acts = slices.Clone(s.Acts)
	for i := range s.Acts {
		s.Acts[i].ID = s.Acts[i].id(i)
		s.Acts[i].At = s.Acts[i].At.UTC()
	}
	slices.SortStableFunc(s.Acts, func(a, b Act) int { return a.At.Compare(b.At) })
	if n := len(s.Acts); n > 0 && s.Until.Before(s.Acts[n-1].At) {
		s.Until = s.Acts[n-1].At
	}
	return s
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
