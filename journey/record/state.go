package record

import (
	"encoding/json"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/limit"
)

// A State is one person on the way through one journey: an enrollment. A step makes a new one; what a State points
// to is never changed in place, so copies may share it.
type State struct {
	// ID identifies the enrollment: the key of the journey and the event that entered it.
	ID      string    `json:"id"`
	Journey string    `json:"journey"`
	Plan    string    `json:"plan"` // Plan.Version that it is bound to
	Profile string    `json:"profile"`
	Via     marque.ID `json:"via,omitzero"`
	// Entered is when it entered: when the event arrived that entered it, if that was handled later; while it is
	// only pending (did, and not yet "did not"), when the event happened. Since is when it came to Node; while it waits
	// for its instant of a schedule or a date, the occurrence (Round.At).
	Entered time.Time `json:"entered"`
	// Node is where it stands, empty while it is pending. Visit counts the nodes it came to.
	Node  string    `json:"node,omitempty"`
	Visit int       `json:"visit,omitempty"`
	Since time.Time `json:"since"`
	// Due is when it goes on by itself. Zero: never.
	Due time.Time `json:"due,omitzero"`
	// Priority is that of the journey: of those due at once the person's highest goes first.
	Priority int `json:"priority,omitempty"`
	// Planned is when a message that quiet hours hold was meant to go out, where that is before they held it.
	Planned time.Time `json:"planned,omitzero"`
	// Listens are the names of events that may move it, and "=" with a fact ("=tag/vip", "=attr/city") for events
	// about that fact.
	Listens []string `json:"listens,omitempty"`
	// Awaits is the key of the command whose outcome it waits for.
	Awaits string `json:"awaits,omitempty"`
	// Tried are the channels of this send that were tried, a bit each in the order of the definition.
	Tried uint32 `json:"tried,omitempty"`
	// Sent are the last messages of those nodes that a wait refers to.
	Sent []Mark         `json:"sent,omitempty"`
	Vars map[string]any `json:"vars,omitempty"`
	// Best is the match that a ranked wait would go on by, so far.
	Best *Best `json:"best,omitempty"`
	// Been is how often it came to nodes that have a Max.
	Been []Been `json:"been,omitempty"`
	// Parent is the enrollment that waits for this one to end, and the key of the command that it waits for.
	Parent *Parent `json:"parent,omitempty"`
	// Signal is the value that tells which opening of a signal entered it.
	Signal string `json:"signal,omitempty"`
	// Pause is what a pause of the journey or of its node keeps from it.
	Pause *Pause `json:"pause,omitempty"`
	// Kept: Due is that of the wait of another version, and stands. Others reckon their wait anew when they wake. It is not
	// for waits for conditions.
	Kept bool `json:"kept,omitempty"`
	// Round: it is nobody's enrollment but a round of a schedule, a date or a signal, which enters people.
	Round *Round `json:"round,omitempty"`
	// Seen are the latest events that moved it, so that the same event again does not.
	Seen []string `json:"seen,omitempty"`
	// Hops is how many derivations led to what it does in this instant.
	Hops  int    `json:"hops,omitempty"`
	Cause string `json:"cause,omitempty"`
	// Version counts commits, from 1.
	Version int64 `json:"version"`
	// Ended is why it is over; empty while it is under way.
	Ended Reason `json:"ended,omitempty"`
}

// A Best is a match of a ranked wait: its place in the list, the event, and what it keeps.
type Best struct {
	Match int            `json:"match"`
	Event string         `json:"event"`
	Vars  map[string]any `json:"vars,omitempty"`
}

// Been counts visits of a node.
type Been struct {
	Node string `json:"node"`
	N    int    `json:"n"`
}

// A Parent is an enrollment that waits for another to end.
type Parent struct {
	Enrollment string `json:"enrollment"`
	Key        string `json:"key"`
}

// A Mark is the key of the message that a node sent last.
type Mark struct {
	Node string `json:"node"`
	Key  string `json:"key"`
}

// An Input is what a step reacts to: an event, the outcome of a command, an exit by hand, a migration, the end of a
// pause, or, where there is none of them, the time.
type Input struct {
	Event   *marque.Event `json:"event,omitempty"`
	Command *Command      `json:"command,omitempty"`
	Outcome Outcome       `json:"outcome,omitzero"`
	// Exit ends the enrollment for that reason.
	Exit Reason `json:"exit,omitempty"`
	// Control is what is paused of the journey, and what was resumed lately. Nil: nothing.
	Control *pause.Control `json:"control,omitempty"`
	// Hold: the command of the input is not handed out while its node is paused. Without a command nothing is done but
	// what the end of a pause does.
	Hold bool `json:"hold,omitempty"`
	// Migrate binds the enrollment to the version of the plan.
	Migrate *migration.Def `json:"migrate,omitempty"`
	// Round, where it enters somebody, is the one that does.
	Round *Round `json:"round,omitempty"`
	// Full are the counters that refused the holds of this step before, and the enrollment itself where it was granted
	// before.
	Full []string `json:"full,omitempty"`
	// Arms are the person's arms in the experiments that the step can meet, or the winner's arm in those of Won, to which
	// nobody is exposed any more.
	Arms map[string]string `json:"arms,omitempty"`
	Won  []string          `json:"won,omitempty"`
	// Slots are the stretches that gates with a line are known to be full up to: node: the number of the first that may
	// have a place.
	Slots map[string]int64 `json:"slots,omitempty"`
	// Scratch is memory for the result. Default new memory.
	Scratch *Scratch `json:"-"`
}

// A Command is something to be done outside: a message, a tag, a coupon. What does it gets it at least once, always
// with the same Key.
type Command struct {
	// Key is derived from the enrollment, the node, the visit and the ordinal of the attempt's channel, never from
	// time or the number of attempts.
	Key string `json:"key"`
	// Do is "send", "tag", "untag", "score", "set", "coupon", "goto" or the name of a call.
	Do         string    `json:"do"`
	Enrollment string    `json:"enrollment"`
	Journey    string    `json:"journey"`
	Node       string    `json:"node"`
	Profile    string    `json:"profile"`
	Via        marque.ID `json:"via,omitzero"`
	// Name is the channel, tag, score, batch or journey.
	Name string `json:"name,omitempty"`
	// Args are ttl of a tag, points of a score, the attributes to set, With of a call.
	Args    map[string]any `json:"args,omitempty"`
	Message *Message       `json:"message,omitempty"`
	// Made is when it was commanded. At is when it is due; a Channel or Doer finds the instant of the attempt there.
	Made time.Time `json:"made"`
	At   time.Time `json:"at"`
	// Planned is when it was meant to go out, for Late: earlier than Made where the person was moved late.
	Planned time.Time `json:"planned,omitzero"`
	// Took is what it took of caps when it passed the gate.
	Took []limit.Take `json:"took,omitempty"`
	// Booked: it has its turn at the channel's rate.
	Booked bool `json:"booked,omitempty"`
	// Attempts counts those that came to nothing, Fault is why the last did. Tried: it was handed out at least once.
	Attempts int    `json:"attempts,omitempty"`
	Fault    string `json:"fault,omitempty"`
	Tried    bool   `json:"tried,omitempty"`
	// ByHand: a dead letter that somebody sent again, whatever became of its enrollment.
	ByHand bool `json:"by_hand,omitempty"`
	Hops   int  `json:"hops,omitempty"`
}

// A Message is what a channel gets.
type Message struct {
	Key      string         `json:"key"` // drop what was delivered under it before
	Profile  string         `json:"profile"`
	Zone     string         `json:"zone,omitempty"` // the person's own, "" where it is not known
	To       []marque.ID    `json:"to,omitempty"`   // all identifiers of the person
	Channel  string         `json:"channel"`
	Topic    string         `json:"topic,omitempty"`
	Template string         `json:"template,omitempty"`
	Subject  string         `json:"subject,omitempty"`
	Text     string         `json:"text,omitempty"`
	HTML     string         `json:"html,omitempty"`
	Vars     map[string]any `json:"vars,omitempty"`
	Journey  string         `json:"journey"`
	Node     string         `json:"node"`
	At       time.Time      `json:"at"`             // the instant of the attempt
	Test     bool           `json:"test,omitempty"` // somebody tries it out
}

// Invalid is the outcome of a message that can never go where it should; the next channel is tried.
const Invalid = "invalid"

// An Outcome is what came of a command.
type Outcome struct {
	// Result is the edge to go on by: "sent", "unreachable", "failed"; of a doer "done", "refused", "failed", or
	// what its call may give. Default "done".
	Result string `json:"result,omitempty"`
	Reason string `json:"reason,omitempty"` // for people
	// Vars are kept under the name that the node gives.
	Vars map[string]any `json:"vars,omitempty"`
}

// A Reason says why somebody did not enter, or why a journey ended.
type Reason string

// The reasons. A definition may name its own for exits.
const (
	Once      Reason = "once"      // has been in before
	Window    Reason = "window"    // was in too lately
	Active    Reason = "active"    // is in now
	HeldOut   Reason = "holdout"   // belongs to the hold-out
	Duplicate Reason = "duplicate" // this event has entered before
	Filtered  Reason = "filter"    // the rule is not true
	Outside   Reason = "audience"  // the audience is not true
	Late      Reason = "late"      // the time for "did not" was over when "did" arrived
	Did       Reason = "did"       // what must not happen did
	Capped    Reason = "capped"    // as many as may have entered already
	Keyless   Reason = "key"       // has no value of the key
	Paused    Reason = "paused"    // the journey is paused
	Changed   Reason = "changed"   // the date is another by now

	Completed   Reason = "completed" // came to an end of the graph
	ReachedGoal Reason = "goal"
	Left        Reason = "exit"      // an exit without a reason of its own
	Moved       Reason = "moved"     // went to another journey
	Merged      Reason = "merged"    // two people were one, and both were in
	Gone        Reason = "gone"      // the definition has no such node any more
	Broken      Reason = "broken"    // more than 100 nodes in one step
	Recovered   Reason = "recovered" // what the signal was about is over
	ParentEnded Reason = "parent"    // the journey that waited for this one ended first
	PastDate    Reason = "past"      // the date was over
	TooLate     Reason = "late"      // later than Late allows
	Expired     Reason = "expired"   // was due while the journey was paused
)

// A Result is what a step decides: a change to commit, and how it came about.
type Result struct {
	Change
	// Changed is false where there is nothing to commit.
	Changed bool `json:"changed"`
	// Reason is why somebody does not enter, of Enter only.
	Reason Reason `json:"reason,omitempty"`
	Trace  []Note `json:"trace,omitempty"`
}

// A Note is one verdict on the way.
type Note struct {
	Node    string `json:"node,omitempty"`
	What    string `json:"what"`    // "consent", "cap", "quiet", "branch", "edge", …
	Verdict string `json:"verdict"` // "pass", "no", the edge taken
	Detail  string `json:"detail,omitempty"`
}

// A Trace is a step that was committed: what it was decided from and what was decided. Before has no ID where
// somebody entered.
//
// It survives JSON: taken again from what was read back, the step decides the same, byte for byte in JSON. Variables lose
// their Go types there (numbers are float64, times texts); they are compared, tested and written by the types that the
// events and journeys declare, so that makes no difference, but for whole numbers beyond 2^53.
type Trace struct {
	At      time.Time `json:"at"`
	Journey string    `json:"journey"`
	Plan    string    `json:"plan"` // Plan.Version of the plan that decided
	Before  State     `json:"before,omitzero"`
	Input   Input     `json:"input"`
	// Facts are those that the plan needed, as Lexicon.MarshalFacts writes them.
	Facts  json.RawMessage `json:"facts,omitempty"`
	Result Result          `json:"result"`
}

// A Count is how often something happened at a node.
type Count = graph.Count

// A Round is how far a journey has come in entering many people: those of a schedule's instant, of a date, of a
// signal. It is kept as a State with no Profile.
type Round struct {
	// At is what it is for: an instant; the time on the wall as if it were UTC, where each person's clock holds; of a
	// date the day, at midnight UTC; of a signal when it was raised or was over.
	At time.Time `json:"at"`
	// From is when it was planned: nobody enters by it whose instant is not later.
	From time.Time `json:"from,omitzero"`
	// After is the last person, in closing the last enrollment, that was looked at.
	After string `json:"after,omitempty"`
	// Event is the signal: the last opening or closing. Over: it was a closing. Done: everybody was looked at.
	Event *marque.Event `json:"event,omitempty"`
	Over  bool          `json:"over,omitempty"`
	Done  bool          `json:"done,omitempty"`
}

// A Scratch is memory that steps use again: what a result lists stands in it until the next step with the same
// Scratch. It spares most of what a step allocates. Nobody gets a trace of such a step. One step at a time may use it.
type Scratch struct {
	Tally    []Count
	Commands []Command
	Emit     []marque.Event
	Holds    []limit.Hold
}
