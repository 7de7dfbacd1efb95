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
//	send        sent, unreachable, suppressed, audience, capped, quiet, late, failed
//	wait        for events or conditions: timeout; for a date: past, missing
//	gate        full, late
//	coupon      refused, failed
//	assign      refused, failed
//	sub         refused, and every reason for which the other journey may end
//	call        failed, and every result that the call may give
//	tag, untag, score, set   refused, failed
//	any with max   max
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
	Assign     *Assign        `json:"assign,omitempty"`
	Call       *Call          `json:"call,omitempty"`
	Emit       *Emit          `json:"emit,omitempty"`
	Gate       *Gate          `json:"gate,omitempty"`
	Sub        *Sub           `json:"sub,omitempty"`
	Goto       string         `json:"goto,omitempty"` // a journey: the person moves there
	Exit       string         `json:"exit,omitempty"` // the journey ends for that reason
	// Max is how often a person may come here in one enrollment; who comes again goes on by the edge "max" and
	// nothing is done. It is what a loop without a wait needs. Default no bound.
	Max int `json:"max,omitempty"`
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
	// Text is a text/template over attributes and variables: "Hello {{.name}}". Subject is another one, HTML an
	// html/template.
	Text    string `json:"text,omitempty"`
	Subject string `json:"subject,omitempty"`
	HTML    string `json:"html,omitempty"`
	// Missing says what stands for each attribute and variable of Text, Subject and HTML where the person has none.
	Missing map[string]string `json:"missing,omitempty"`
	// Topic of the message. Default that of the journey.
	Topic string `json:"topic,omitempty"`
	// Transactional messages (a receipt) go out unless consent was withdrawn; they know no quiet hours and no
	// caps, and do not count for them.
	Transactional bool `json:"transactional,omitempty"`
	// Late bounds how late it may go out. Default that of the journey.
	Late *Late `json:"late,omitempty"`
}

// Wait waits for one of these:
//
//	For            an exact time; For and At: and then until the next At
//	Days           calendar days; Days and At: at that time of day
//	At             until the next At, on one of Weekdays
//	Window         until the time of day is in it, on one of Weekdays; who comes inside goes on at once
//	Active         until the hour at which the person is active
//	Date           until a date of the person's
//	Event, Any     for an event that happens from now on; at most Within
//	Until          until a condition is true; who comes when it is goes on at once; at most Within
//
// Times of day are those of the person's zone; where that changes meanwhile, they are those of the new one.
type Wait struct {
	For      marque.Duration `json:"for,omitzero"`
	Days     int             `json:"days,omitempty"`
	At       string          `json:"at,omitempty"`       // "09:00"
	Weekdays string          `json:"weekdays,omitempty"` // "mon-fri", with At or Window
	Window   string          `json:"window,omitempty"`   // "09:00-18:00", the end not in it; it may cross midnight
	Active   *Active         `json:"active,omitempty"`
	Date     *DateWait       `json:"date,omitempty"`
	// Until are conditions, rules over the person and the variables; of several that are true the first counts. Next of
	// one is the node's where it is empty.
	Until []Case `json:"until,omitempty"`
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
	// Ranked: the wait for events lasts to its end (Within), and then the match that stands first in the list counts.
	Ranked bool `json:"ranked,omitempty"`
	// Within is how long it waits for an event or a condition; then it goes on by the edge "timeout". Default for ever.
	Within marque.Duration `json:"within,omitzero"`
}

// Active is a wait for the hour at which a person is active. It is learnt elsewhere: an attribute, or tags of which
// the rest of the name is the hour.
type Active struct {
	// Of is an attribute with the hour (20, or "20:30"), or the beginning of tags ("active/", for the tag "active/20").
	Of string `json:"of"`
	// Segments say the hour of people who have none of their own; the first that the person is in counts.
	Segments []SegmentHour `json:"segments,omitempty"`
	// Else is the hour of everybody else: "10:00".
	Else string `json:"else"`
	// Within is the longest that anybody waits; who would wait longer goes on then. Default until that hour, which is a
	// day of the calendar at most.
	Within marque.Duration `json:"within,omitzero"`
}

// A SegmentHour is the hour at which the people of a segment are active.
type SegmentHour struct {
	Segment string `json:"segment"`
	At      string `json:"at"`
}

// A DateWait waits until a time of day on, before or after a date of the person's; Date says how dates are read. Its
// Attribute may be a variable of the journey instead: "vars.until". Who has no such date goes on by the edge "missing".
type DateWait struct {
	Date
	// Past is what becomes of somebody who comes after that: "continue" (goes on at once), "skip" (goes on by the
	// edge "past") or "exit" (the journey ends, for the reason "past"). It must be set, unless Yearly, which is never
	// past.
	Past string `json:"past,omitempty"`
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

// An Arm is one way of a split. Weight is relative to the sum of all weights. Name tells it from others for the
// hash, so that a changed weight moves the fewest people. Default Next.
type Arm struct {
	Name   string `json:"name,omitempty"`
	Weight int    `json:"weight"`
	Next   string `json:"next"`
}

// Label is Name, or its default.
func (a Arm) Label() string {
	if a.Name == "" {
		return a.Next
	}
	return a.Name
}

// Experiment asks the Splitter for the person's arm and goes on by it; an arm that is not named, and a person who
// is not in, go to Next. Who gets an arm is said as experiment.exposed. Once the Judge of the host has a winner,
// all take it.
type Experiment struct {
	Name string            `json:"name"`
	Arms map[string]string `json:"arms"` // arm: node
	// Metric is the event that counts as success, Window how long after the exposure.
	Metric string          `json:"metric,omitempty"`
	Window marque.Duration `json:"window,omitzero"`
	// Winner is how the winner is chosen: "significant" (when the difference is), "best" (the best arm After the
	// experiment began, whatever the difference), or "never". Default "never".
	Winner string `json:"winner,omitempty"`
	// After is how long after the first exposure a winner is looked for.
	After marque.Duration `json:"after,omitzero"`
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

// Assign gives the person to an agent of a desk and waits for it. The variables As ("assigned" or "refused"), As_agent and
// As_reason tell what came of it.
type Assign struct {
	Desk string         `json:"desk"`
	With map[string]any `json:"with,omitempty"` // what the desk is told: topic, skills
	As   string         `json:"as,omitempty"`   // Default "agent".
}

// Var is the name of its variable.
func (a *Assign) Var() string {
	if a.As == "" {
		return "agent"
	}
	return a.As
}

// Emit says an event about the person, which the schema must declare.
type Emit struct {
	Event string         `json:"event"`
	Props map[string]any `json:"props,omitempty"`
	// Vars are properties that are variables of the journey: property: variable.
	Vars map[string]string `json:"vars,omitempty"`
}

// A Gate lets only so many people through. Who finds it full goes on by the edge "full", or with Wait stands in
// line and goes on at the beginning of the next stretch that has a place.
type Gate struct {
	Quota
	// Wait: stand in line. Only with Per.
	Wait bool `json:"wait,omitempty"`
	// Late is how long one stands in line at most; who would stand longer goes on by the edge "late" at once. Default for
	// ever.
	Late marque.Duration `json:"late,omitzero"`
}

// Sub sends the person through another journey and waits until that ends. The edge to go on by is the reason for which it
// ended, or "refused" where the person was not let in. When this journey ends first, the other ends too, as "parent".
// The variables that the other has in the end become variables of this one, under the same names.
type Sub struct {
	Journey string `json:"journey"`
	// Vars are variables that the other journey begins with: its variable: one of this journey.
	Vars map[string]string `json:"vars,omitempty"`
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
		{"set", len(n.Set) > 0}, {"coupon", n.Coupon != nil}, {"assign", n.Assign != nil}, {"call", n.Call != nil},
		{"emit", n.Emit != nil}, {"gate", n.Gate != nil}, {"sub", n.Sub != nil}, {"goto", n.Goto != ""}, {"exit", n.Exit != ""},
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
