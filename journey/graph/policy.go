package graph

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
)

// A Policy is what holds for the messages of all journeys of a programme. It is data: JSON to Go to JSON is the same
// bytes after one pass.
type Policy struct {
	// Consent is for journeys that do not have their own: "required" or "assumed". Default "required".
	Consent string `json:"consent,omitempty"`
	// Strict: transactional messages too need a recorded consent. Default they go out unless it was withdrawn.
	Strict bool `json:"strict,omitempty"`
	// Suppress lists who gets no messages at all, whatever they consented to.
	Suppress []Suppression `json:"suppress,omitempty"`
	// Reach lists channels on which a person can be reached only for some time after something the person did.
	Reach []Reach `json:"reach,omitempty"`
	// Caps bind every journey, beside its own.
	Caps []Cap `json:"caps,omitempty"`
	// Quiet and Late are for journeys that do not have their own.
	Quiet *Quiet `json:"quiet,omitempty"`
	Late  *Late  `json:"late,omitempty"`
	// Rates bound how many messages a channel is handed, whoever they are for.
	Rates []Rate `json:"rates,omitempty"`
	// OptOut are the words by which people withdraw their consent, for who reads what they write (gate.Rules.Withdrawal).
	OptOut []OptOut `json:"opt_out,omitempty"`
	// Nuisance watches what people do against messages, and pauses what drives them away.
	Nuisance []Nuisance `json:"nuisance,omitempty"`
}

// A Suppression is a list of people who get no messages: a suppression list ("bounced"), or a sunset rule
// (`not did("message.opened", within("180d"))`). It speaks where When is certainly true.
type Suppression struct {
	// Name stands in traces.
	Name string `json:"name"`
	// When is a rule over the person.
	When string `json:"when"`
	// Channels and Topics it is for. Default all.
	Channels []string `json:"channels,omitempty"`
	Topics   []string `json:"topics,omitempty"`
	// Transactional: for transactional messages too.
	Transactional bool `json:"transactional,omitempty"`
}

// A Reach is a channel on which a person can be reached only within that time after such an event of theirs: WeChat,
// 48 hours after the last message from the person. The end is not in it. A message that quiet hours would hold beyond
// it goes to the next channel at once.
type Reach struct {
	Channel string          `json:"channel"`
	Event   string          `json:"event"`
	Within  marque.Duration `json:"within"`
}

// A Rate is how many messages a channel is handed in a stretch of time. They leave evenly: those of a second in tenths
// of a second, those of a minute by the second, and where N is less than that, one by one.
//
// It is kept by each Runner by itself: of several workers each is given its share of it.
type Rate struct {
	Channel string `json:"channel"`
	N       int    `json:"n"`
	// Per is "second" or "minute".
	Per string `json:"per"`
}

// An OptOut lists words by which a person withdraws consent; letter case and what stands around them do not matter.
type OptOut struct {
	// Channels it is for. Default all.
	Channels []string `json:"channels,omitempty"`
	// Words are the whole of the message: "TD", "退订", "STOP".
	Words []string `json:"words"`
	// Topic of the consent that is withdrawn. Default all topics.
	Topic string `json:"topic,omitempty"`
}

// A Nuisance is something that people do against messages: unfollows, opt-outs, complaints. Each such event counts for
// every message that the person got on the channels within the time before it; where it has a property "channel", only
// for those of that channel.
type Nuisance struct {
	// Name stands in counts.
	Name   string          `json:"name"`
	Events []string        `json:"events"`
	Within marque.Duration `json:"within"`
	// Limit is how many of them per 1,000 messages of a node and a channel are too many, beyond those per 1,000 people of
	// the journey's hold-out who did the same in the same time: the node is paused. One that was resumed is paused again
	// when there are twice as many. Default they are only counted.
	Limit float64 `json:"limit,omitempty"`
	// Least is how many messages a node must have sent on the channel before the limit speaks. Default 1,000.
	Least int `json:"least,omitempty"`
	// Channels that are watched. Default all.
	Channels []string `json:"channels,omitempty"`
}

// Validate lists what is wrong with the policy in itself. Rules and names are checked by Compile.
func (p *Policy) Validate() error {
	var f marque.Faults
	oneOf(&f, "consent", p.Consent, "", "required", "assumed")
	names := map[string]int{}
	for i := range p.Suppress {
		x, path := &p.Suppress[i], fmt.Sprintf("suppress[%d]", i)
		if first, ok := names[x.Name]; ok {
			f.Add(path+".name", "%q is the name of suppress[%d] already", x.Name, first)
		}
		names[x.Name] = i
		filled(&f, path+".name", x.Name)
		filled(&f, path+".when", x.When)
	}
	for i := range p.Reach {
		x, path := &p.Reach[i], fmt.Sprintf("reach[%d]", i)
		filled(&f, path+".channel", x.Channel)
		filled(&f, path+".event", x.Event)
		above(&f, path+".within", x.Within)
		if slices.ContainsFunc(p.Reach[:i], func(y Reach) bool { return y.Channel == x.Channel && y.Event == x.Event }) {
			f.Add(path+".event", "%q is there twice for %s", x.Event, x.Channel)
		}
	}
	for i := range p.Caps {
		f.Wrap(fmt.Sprintf("caps[%d]", i), p.Caps[i].Validate())
	}
	if p.Quiet != nil {
		f.Wrap("quiet", p.Quiet.Validate())
	}
	if p.Late != nil {
		f.Wrap("late", p.Late.Validate())
	}
	for i := range p.Rates {
		x, path := &p.Rates[i], fmt.Sprintf("rates[%d]", i)
		filled(&f, path+".channel", x.Channel)
		if x.N < 1 {
			f.Add(path+".n", "is %d, want at least 1", x.N)
		}
		oneOf(&f, path+".per", x.Per, "second", "minute")
		if slices.ContainsFunc(p.Rates[:i], func(y Rate) bool { return y.Channel == x.Channel }) {
			f.Add(path+".channel", "%q has a rate already", x.Channel)
		}
	}
	for i := range p.OptOut {
		if path := fmt.Sprintf("opt_out[%d].words", i); len(p.OptOut[i].Words) == 0 {
			f.Add(path, "there is none")
		} else if slices.Contains(p.OptOut[i].Words, "") {
			f.Add(path, "one of them is empty")
		}
	}
	f.Wrap("", p.validateNuisance())
	return f.Err()
}

func (p *Policy) validateNuisance() error {
	var f marque.Faults
	names := map[string]int{}
	for i := range p.Nuisance {
		x, path := &p.Nuisance[i], fmt.Sprintf("nuisance[%d]", i)
		if first, ok := names[x.Name]; ok {
			f.Add(path+".name", "%q is the name of nuisance[%d] already", x.Name, first)
		}
		names[x.Name] = i
		filled(&f, path+".name", x.Name)
		if len(x.Events) == 0 {
			f.Add(path+".events", "there is none")
		}
		above(&f, path+".within", x.Within)
		if x.Limit < 0 || x.Limit > 1000 {
			f.Add(path+".limit", "is %v, want 0 to 1000", x.Limit)
		}
		if x.Least < 0 {
			f.Add(path+".least", "is %d, want 0 or more", x.Least)
		}
	}
	return f.Err()
}

// Validate lists what is wrong.
func (l *Late) Validate() error {
	var f marque.Faults
	oneOf(&f, "do", l.Do, "", "skip", "send", "exit")
	if l.Do == "send" && l.After != 0 {
		f.Add("after", "goes with skip and exit; send knows no bound")
	} else if l.Do != "send" {
		above(&f, "after", l.After)
	}
	return f.Err()
}

func filled(f *marque.Faults, path, s string) {
	if s == "" {
		f.Add(path, "is empty")
	}
}

func above(f *marque.Faults, path string, d marque.Duration) {
	whole(f, path, d)
	if d <= 0 {
		f.Add(path, "want a time above zero")
	}
}
