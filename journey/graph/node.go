package graph

import (
	"fmt"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Node is one station of a journey: an id, exactly one thing to do, and where to go from there. Next is where
// all outcomes lead that On does not name; empty ends the journey as completed.
//
//	send        sent, unreachable, suppressed, audience, capped, quiet, failed
//	wait        for an event: timeout
//	coupon      refused, failed
//	call        failed, and every result that the call may give
//	tag, untag, score, set   refused, failed
type Node struct {
	ID         string         `json:"id"`
	Doc        string         `json:"doc,omitempty"`
	Send       *Send          `json:"send,omitempty"`
	Wait       *Wait          `json:"wait,omitempty"`
	Branch     []Case         `json:"branch,omitempty"` // the first that is true; else Next
	Split      *Split         `json:"split,omitempty"`
	Experiment *Experiment    `json:"experiment,omitempty"`
	Tag        *Tag           `json:"tag,omitempty"`
	Untag      string         `json:"untag,omitempty"`
	Score      *Score         `json:"score,omitempty"`
	Set        map[string]any `json:"set,omitempty"` // attributes of the person
	Coupon     *Coupon        `json:"coupon,omitempty"`
	Call       *Call          `json:"call,omitempty"`
	Goto       string         `json:"goto,omitempty"` // a journey: the person moves there
	Exit       string         `json:"exit,omitempty"` // the journey ends for that reason
	// Next is the node that comes next.
	Next string `json:"next,omitempty"`
	// On names other nodes for single outcomes.
	On map[string]string `json:"on,omitempty"`
}

// Send sends one message on the first channel that takes it.
type Send struct {
	// Channels in the order in which they are tried.
	Channels []string `json:"channels"`
	// Prefer puts the person's own channel first: an attribute that names it, or the beginning of tags that do
	// ("channel/", for the tag "channel/sms").
	Prefer string `json:"prefer,omitempty"`
	// Template is the host's name of what is sent.
	Template string `json:"template,omitempty"`
	// Text is a text/template over attributes and variables: "Hello {{.name}}".
	Text string `json:"text,omitempty"`
	// Missing says what stands for each attribute and variable of Text where the person has none.
	Missing map[string]string `json:"missing,omitempty"`
	// Topic of the message. Default that of the journey.
	Topic string `json:"topic,omitempty"`
	// Transactional messages (a receipt) go out unless consent was withdrawn; they know no quiet hours and no
	// caps, and do not count for them.
	Transactional bool `json:"transactional,omitempty"`
}

// Wait waits: For an exact time; For, and then until the next At; Days calendar days, At a time of day; until the
// next At, on one of Weekdays; or for an event. Times of day are those of the person's zone.
type Wait struct {
	For      marque.Duration `json:"for,omitzero"`
	Days     int             `json:"days,omitempty"`
	At       string          `json:"at,omitempty"`       // "09:00"
	Weekdays string          `json:"weekdays,omitempty"` // "mon-fri", with At alone
	// Event waits for an event that happens from now on; When is a rule over the person and that event.
	Event string `json:"event,omitempty"`
	When  string `json:"when,omitempty"`
	// Of names a send node: the event's property "message" must be the key of the message sent there last.
	Of string `json:"of,omitempty"`
	// Same lists properties of the event that must equal the variables of the same name, which the entry or an
	// earlier wait kept: the number of the order, the campaign. What one of the two lacks is not the same.
	Same []string `json:"same,omitempty"`
	// Keep lists properties of the event that become variables.
	Keep []string `json:"keep,omitempty"`
	// Any waits for the first of several events, each with its own way on; in one event the first of the list wins.
	Any []Match `json:"any,omitempty"`
	// Within is how long it waits for an event; then it goes on by the edge "timeout". Default for ever.
	Within marque.Duration `json:"within,omitzero"`
}

// A Match is one of the events that a Wait waits for.
type Match struct {
	Event string   `json:"event"`
	When  string   `json:"when,omitempty"`
	Of    string   `json:"of,omitempty"`
	Same  []string `json:"same,omitempty"`
	Keep  []string `json:"keep,omitempty"`
	// Next is where it leads. Default the node's Next.
	Next string `json:"next,omitempty"`
}

// A Case is one arm of a branch: a rule over the person and the variables (vars.coupon).
type Case struct {
	When string `json:"when"`
	Next string `json:"next"`
}

// Split deals people over arms by a hash of Salt and the person. Weights that change move as few as possible.
type Split struct {
	// Salt of the hash. Default the journey's name and the node's id.
	Salt string `json:"salt,omitempty"`
	Arms []Arm  `json:"arms"`
}

// An Arm is one way of a split. Weight is relative to the sum of all weights.
type Arm struct {
	Weight int    `json:"weight"`
	Next   string `json:"next"`
}

// Experiment asks the Splitter for the person's arm and goes on by it; an arm that is not named, and a person who
// is not in, go to Next. Who gets an arm is said as experiment.exposed.
type Experiment struct {
	Name string            `json:"name"`
	Arms map[string]string `json:"arms"` // arm: node
}

// Tag is a tag to set, for good or for a time: "lost", "lost for 30d".
type Tag struct {
	Name string
	TTL  marque.Duration
}

// MarshalText writes "lost" or "lost for 30d".
func (t Tag) MarshalText() ([]byte, error) {
	if t.TTL == 0 {
		return []byte(t.Name), nil
	}
	return []byte(t.Name + " for " + t.TTL.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (t *Tag) UnmarshalText(b []byte) error {
	name, ttl, timed := strings.Cut(string(b), " for ")
	*t = Tag{Name: name}
	if !timed {
		return nil
	}
	d, err := marque.ParseDuration(ttl)
	if err != nil {
		return err
	} else if d <= 0 {
		return fmt.Errorf("graph: tag %q: want a time above zero", b)
	}
	t.TTL = d
	return nil
}

// Score adds points to a score.
type Score struct {
	Name   string  `json:"name"`
	Points float64 `json:"points"`
}

// Coupon issues a coupon of a batch and waits for it. The variables As ("issued" or "refused"), As_id, As_amount
// (minor units, the most it can save) and As_reason tell what came of it.
type Coupon struct {
	Batch string `json:"batch"`
	As    string `json:"as,omitempty"` // Default "coupon".
}

// Var is the name of its variable.
func (c *Coupon) Var() string {
	if c.As == "" {
		return "coupon"
	}
	return c.As
}

// Call calls a function of the host and waits for its result, which is the edge to go on by. With As, the variable
// As is the result and As_FIELD are the values that came with it.
type Call struct {
	Do     string         `json:"do"`
	With   map[string]any `json:"with,omitempty"`
	As     string         `json:"as,omitempty"`
	Fields []rule.Field   `json:"fields,omitempty"`
}

// Kind names what the node does, and is empty where that is not one thing.
func (n *Node) Kind() string {
	kind, count := "", 0
	for _, k := range []struct {
		name string
		set  bool
	}{
		{"send", n.Send != nil}, {"wait", n.Wait != nil}, {"branch", len(n.Branch) > 0}, {"split", n.Split != nil},
		{"experiment", n.Experiment != nil}, {"tag", n.Tag != nil}, {"untag", n.Untag != ""}, {"score", n.Score != nil},
		{"set", len(n.Set) > 0}, {"coupon", n.Coupon != nil}, {"call", n.Call != nil}, {"goto", n.Goto != ""}, {"exit", n.Exit != ""},
	} {
		if k.set {
			kind, count = k.name, count+1
		}
	}
	if count != 1 {
		return ""
	}
	return kind
}

// Matches lists the events a wait waits for, the single one first.
func (w *Wait) Matches() []Match {
	if w.Event == "" {
		return w.Any
	}
	return append([]Match{{Event: w.Event, When: w.When, Of: w.Of, Same: w.Same, Keep: w.Keep}}, w.Any...)
}
