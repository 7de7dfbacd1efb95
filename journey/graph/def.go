package graph

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
)

// A Def is the definition of a journey. It is data: JSON to Go to JSON is the same bytes after one pass.
type Def struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Version tells definitions of one name apart: the highest takes new people, those who are under way stay
	// on theirs as long as it is given to Compile too.
	Version int `json:"version,omitempty"`
	// Zone is the IANA zone of people whose own is not known. Default UTC.
	Zone string `json:"zone,omitempty"`
	// Topic is what its messages are about, for consent and caps.
	Topic string `json:"topic,omitempty"`
	// Consent says what it takes to send: "required" (the person's consent is recorded) or "assumed" (it was not
	// withdrawn). Default that of the policy, else "required".
	Consent string `json:"consent,omitempty"`
	// Priority: of several journeys that act on one person at one instant, the highest goes first, so that it has the
	// caps before the others. Default 0.
	Priority int   `json:"priority,omitempty"`
	Entry    Entry `json:"entry"`
	// Audience is a rule over the person that must be true on entry, and again before each message.
	Audience string `json:"audience,omitempty"`
	// Goal is what the journey is for; reaching it ends the journey at once, inside waits too.
	Goal *On `json:"goal,omitempty"`
	// Exit lists what else ends it, at once.
	Exit []On `json:"exit,omitempty"`
	// Quiet is when nothing is sent. Default that of the policy.
	Quiet *Quiet `json:"quiet,omitempty"`
	// Caps bound how many messages a person gets. They bind this journey and count the messages of all.
	Caps []Cap `json:"caps,omitempty"`
	// Late bounds how late a message may go out. Default that of the policy, else never too late.
	Late *Late `json:"late,omitempty"`
	// Nodes are the graph; the journey begins at the first.
	Nodes []Node `json:"nodes"`
}

// An Entry says who enters and when. Exactly one of Event, Segment, Left, Did, Schedule, Date, Signal and Call is set.
type Entry struct {
	// Event enters a person on an event of that name.
	Event string `json:"event,omitempty"`
	// Segment enters a person who enters the segment, Left one who leaves it.
	Segment string `json:"segment,omitempty"`
	Left    string `json:"left,omitempty"`
	// Did enters a person who did that event and then, for the time Within, did not do Not: at the instant
	// Did.At + Within exactly. A second Did in between changes nothing; When must hold at both ends.
	Did    string          `json:"did,omitempty"`
	Not    string          `json:"not,omitempty"`
	Within marque.Duration `json:"within,omitzero"`
	// Schedule enters many people at the times of a calendar.
	Schedule *Schedule `json:"schedule,omitempty"`
	// Date enters each person around a date of theirs: a birthday, the end of a contract.
	Date *Date `json:"date,omitempty"`
	// Signal enters the people of a slice when something is raised about it, and lets them go when it is over.
	Signal *Signal `json:"signal,omitempty"`
	// Call: nobody enters by himself, only by another journey's goto or sub, or by Runner.Enter.
	Call bool `json:"call,omitempty"`
	// When is a rule over the person and the event at hand (event.amount).
	When string `json:"when,omitempty"`
	// Keep lists properties of the event that become variables of the journey.
	Keep []string `json:"keep,omitempty"`
	// Reentry is "once" (for good), "active" (one at a time), "every", or "window" (not again until Window
	// after the last entry, in exact seconds). Default "window" where Window is set; "every" with Schedule and Date,
	// which take each person once each time; "active" with Signal; else "once". Who entered by another rule, in an
	// earlier version, keeps the mark of that one: of "once" for good, of "window" until it is over, of "active" while
	// in, of "every" none. Any mark refuses whoever would enter by a rule other than "every".
	Reentry string          `json:"reentry,omitempty"`
	Window  marque.Duration `json:"window,omitzero"`
	// Key is an expression over the event and the person; the re-entry rule then holds for each value of it by
	// itself: "event.order" is one enrollment per order. Who has no value of it does not enter.
	Key string `json:"key,omitempty"`
	// Limit bounds how many people enter, all together.
	Limit []Quota `json:"limit,omitempty"`
	// Holdout keeps a share of people out, to compare with.
	Holdout *Holdout `json:"holdout,omitempty"`
}

// Again is the re-entry rule with its default: "once", "active", "every" or "window".
func (e *Entry) Again() string {
	switch {
	case e.Reentry != "":
		return e.Reentry
	case e.Window != 0:
		return "window"
	case e.Schedule != nil || e.Date != nil:
		return "every"
	case e.Signal != nil:
		return "active"
	}
	return "once"
}

// A Schedule enters many people at once, at the times of a cron line.
type Schedule struct {
	// Cron has the five fields minute, hour, day of the month, month, weekday.
	Cron string `json:"cron"`
	// Zone is whose clock it is: "contact" (each person's own), or an IANA zone. Default the journey's.
	Zone string `json:"zone,omitempty"`
	// Segment says who: those who have been in it since the instant or longer, and still are when their turn comes,
	// which in a large segment is some time later. By each person's own clock the instant is the earliest on Earth, 14
	// hours before that of UTC. Default everybody for whom entry.when and audience hold.
	Segment string `json:"segment,omitempty"`
}

// A Date enters each person at a time of day on, before or after a date of theirs.
type Date struct {
	// Attribute is a time, or a text "1990-02-28". A time that is midnight in UTC is the date that it shows there,
	// another one the date that it is in the person's zone.
	Attribute string `json:"attribute"`
	// Days after the date; before it where negative.
	Days int `json:"days,omitempty"`
	// At is the time of day in the person's zone.
	At string `json:"at"`
	// Yearly repeats it every year: a birthday.
	Yearly bool `json:"yearly,omitempty"`
	// Leap is where February 29 is in other years: "feb28" or "mar1". Default "feb28".
	Leap string `json:"leap,omitempty"`
}

// A Signal enters people on an event that has no person, such as an alert, and ends their enrollments on another.
type Signal struct {
	// Open is the event that enters all people for whom entry.when (over the person and that event) and audience hold.
	Open string `json:"open"`
	// Close is the event that ends those enrollments, for the reason "recovered". Default none does.
	Close string `json:"close,omitempty"`
	// Same is the property that tells which opening a closing belongs to. Default it closes all. Of openings and closings
	// that belong together one that happened before the last known is late and changes nothing.
	Same string `json:"same,omitempty"`
}

// A Quota bounds how often something happens in a stretch of the calendar in the journey's zone, or in a rolling
// window; with neither, for good.
type Quota struct {
	N int64 `json:"n"`
	// Per is "minute", "hour", "day", "week" or "month".
	Per    string          `json:"per,omitempty"`
	Within marque.Duration `json:"within,omitzero"`
}

// Late says what becomes of a message that would go out later than it was meant to, because nobody ran, because it
// was paused, tried again, or waited for its turn. Time in quiet hours does not count.
type Late struct {
	After marque.Duration `json:"after,omitzero"`
	// Do is "skip" (go on by the edge "late"), "send" (all the same) or "exit". Default "skip".
	Do string `json:"do,omitempty"`
}

// A Holdout is a share of people that is left alone. It is a hash of its name and the person, so that the same
// people are held out wherever the same hold-out is named.
type Holdout struct {
	Name  string `json:"name"`
	Share Share  `json:"share"`
}

// Has reports whether the person is held out.
func (h *Holdout) Has(profile string) bool {
	return marque.Bucket("holdout/"+h.Name, profile) < uint32(h.Share)
}

// Share is a part of all people in parts per million, written as a percentage with up to four decimals: "10%".
type Share uint32

// String writes the percentage.
func (s Share) String() string {
	return strconv.FormatFloat(float64(s)/(marque.Buckets/100), 'f', -1, 64) + "%"
}

// MarshalText writes the percentage.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a percentage from 0% to 100%.
func (s *Share) UnmarshalText(b []byte) error {
	text, percent := strings.CutSuffix(string(b), "%")
	f, err := strconv.ParseFloat(text, 64)
	ppm := f * (marque.Buckets / 100)
	if n := Share(ppm + 0.5); percent && err == nil && f >= 0 && f <= 100 && ppm-float64(n) < 1e-6 && float64(n)-ppm < 1e-6 {
		*s = n
		return nil
	}
	return fmt.Errorf("graph: share %q: want a percentage from 0%% to 100%%, as in %q", b, "10%")
}

// On is something that ends a journey: an event, a rule over the person and that event, or a rule alone, which is
// looked at whenever the journey moves.
type On struct {
	Event string `json:"event,omitempty"`
	When  string `json:"when,omitempty"`
	// Same lists properties of the event that must equal the variables of the same name, as that of a wait does. Of
	// several enrollments, one for each Entry.Key, it tells which are over: "order", where the entry keeps order.
	Same []string `json:"same,omitempty"`
	// Reason is what journey.exited says. Default "exit", of a goal "goal".
	Reason string `json:"reason,omitempty"`
}

// Quiet is the part of each day, in the person's zone, in which nothing is sent. To is not in it. It may cross
// midnight.
type Quiet struct {
	From string `json:"from"` // "22:00"
	To   string `json:"to"`   // "08:00"
	// Do is "hold" (send when it is over, if everything still holds then), "drop" (go on by the edge "quiet") or
	// "next" (try the next channel). Default "hold".
	Do string `json:"do,omitempty"`
	// Channels it applies to. Default all.
	Channels []string `json:"channels,omitempty"`
}

// A Cap bounds how many messages a person gets. Exactly one of Per and Within is set.
type Cap struct {
	N int64 `json:"n"`
	// Per is "day", "week" or "month" of the calendar in the person's zone.
	Per string `json:"per,omitempty"`
	// Within is a rolling window.
	Within marque.Duration `json:"within,omitzero"`
	// Channel and Topic say which messages count. Default all.
	Channel string `json:"channel,omitempty"`
	Topic   string `json:"topic,omitempty"`
	// Events take from the cap as a message does, though nothing refuses them: what the person saw elsewhere (ads).
	Events []string `json:"events,omitempty"`
}

// Counter names what the cap counts: caps that count the same share it, whatever their N.
func (c Cap) Counter() string {
	span := c.Per
	if span == "" {
		span = c.Within.String()
	}
	return "cap/" + c.Channel + "/" + c.Topic + "/" + span
}
