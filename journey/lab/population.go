package lab

import (
	"container/heap"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// A Population is people who are made up: who they are, what they do of their own accord, and what they do because of
// messages. It is data; the same Population does the same, whatever the programme, except for what messages cause.
type Population struct {
	Name   string `json:"name"`   // of the people: "ann" gives the profiles ann-0, ann-1, …
	People int    `json:"people"` // at least 1
	Seed   uint64 `json:"seed,omitempty"`
	// From is where they begin to act, Days how long.
	From time.Time `json:"from"`
	Days int       `json:"days"`
	// Traits are attributes; each person has one of the values, each as likely as the others.
	Traits map[string][]any `json:"traits,omitempty"`
	// Zones are IANA zones; each person lives in one of them. It becomes the attribute "zone" where Traits has none, and
	// says what Habit.Hours mean. Default UTC.
	Zones  []string `json:"zones,omitempty"`
	Habits []Habit  `json:"habits,omitempty"`
	// Responses are what messages cause.
	Responses []Response `json:"responses,omitempty"`
}

// A Habit is something that people do of their own accord: a Poisson process.
type Habit struct {
	Event string `json:"event"`
	// PerDay is how often a day on average. Once: at one instant of the first Days days, all the same how often.
	PerDay float64 `json:"per_day,omitempty"`
	Once   bool    `json:"once,omitempty"`
	// Share is of how many people, from 0 to 1. Default all.
	Share float64 `json:"share,omitempty"`
	// Hours weighs the hours of the day. Default all the same.
	Hours []float64 `json:"hours,omitempty"`
	// Props are properties; each time one of the values.
	Props map[string][]any `json:"props,omitempty"`
}

// A Response is something that a message causes with a chance.
type Response struct {
	// Channel, Journey and Node say which messages. Default all.
	Channel string  `json:"channel,omitempty"`
	Journey string  `json:"journey,omitempty"`
	Node    string  `json:"node,omitempty"`
	Event   string  `json:"event"`
	Chance  float64 `json:"chance"`
	// After is the mean of the time that it takes, which is exponential, and at least a second.
	After marque.Duration `json:"after"`
	// Props as with habits; the property "message" is the message's key.
	Props map[string][]any `json:"props,omitempty"`
}

// Validate lists what is wrong.
func (p *Population) Validate() error {
	var f marque.Faults
	if p.People < 1 {
		f.Add("people", "is %d, want at least 1", p.People)
	}
	if p.Days < 1 {
		f.Add("days", "is %d, want at least 1", p.Days)
	}
	if p.From.IsZero() {
		f.Add("from", "is not set")
	}
	for i, z := range p.Zones {
		if _, err := time.LoadLocation(z); err != nil {
			f.Add(fmt.Sprintf("zones[%d]", i), "no time zone %q", z)
		}
	}
	for i, h := range p.Habits {
		at := fmt.Sprintf("habits[%d]", i)
		f.Wrap(at, named(h.Event))
		if !h.Once && !(h.PerDay > 0 && h.PerDay < 1e5) {
			f.Add(at+".per_day", "is %v, want more than 0", h.PerDay)
		}
		if !(h.Share >= 0 && h.Share <= 1) {
			f.Add(at+".share", "is %v, want 0 to 1", h.Share)
		}
		if n := len(h.Hours); n != 0 && n != 24 {
			f.Add(at+".hours", "has %d, want 24", n)
		} else if n != 0 && !(slices.Max(h.Hours) > 0 && slices.Min(h.Hours) >= 0) {
			f.Add(at+".hours", "want weights of 0 or more, one of them above 0")
		}
		f.Wrap(at, choices(h.Props))
	}
	for i, r := range p.Responses {
		at := fmt.Sprintf("responses[%d]", i)
		f.Wrap(at, named(r.Event))
		if !(r.Chance >= 0 && r.Chance <= 1) {
			f.Add(at+".chance", "is %v, want 0 to 1", r.Chance)
		}
		if r.After < 0 {
			f.Add(at+".after", "is %v, want 0 or more", r.After)
		}
		f.Wrap(at, choices(r.Props))
	}
	f.Wrap("traits", values(p.Traits))
	return f.Err()
}

func named(event string) error {
	if event == "" {
		return &marque.FieldError{Path: "event", Err: errors.New("is empty")}
	}
	return nil
}

func choices(props map[string][]any) error {
	var f marque.Faults
	f.Wrap("props", values(props))
	return f.Err()
}

func values(m map[string][]any) error {
	var f marque.Faults
	for _, k := range sortedKeys(m) {
		if len(m[k]) == 0 {
			f.Add(k, "has no values")
		}
	}
	return f.Err()
}

// crowd is a Population at work: the next act of each habit of each person, the earliest first.
type crowd struct {
	p     *Population
	zones []*time.Location
	end   time.Time
	acts  acts
}

type act struct {
	at            time.Time
	person, habit int // habit -1: appears
	n             int
	dice          *rand.Rand
}

type acts []*act

func (a acts) Len() int { return len(a) }
func (a acts) Less(i, j int) bool {
	if c := a[i].at.Compare(a[j].at); c != 0 {
		return c < 0
	}
	if a[i].person != a[j].person {
		return a[i].person < a[j].person
	}
	return a[i].habit < a[j].habit
}
func (a acts) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *acts) Push(x any)   { *a = append(*a, x.(*act)) }
func (a *acts) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

func newCrowd(p *Population) *crowd {
	c := &crowd{p: p, end: p.From.AddDate(0, 0, p.Days)}
	for _, z := range p.Zones {
		loc, _ := time.LoadLocation(z)
		c.zones = append(c.zones, loc)
	}
	for i := range p.People {
		c.acts = append(c.acts, &act{at: p.From, person: i, habit: -1})
		for h := range p.Habits {
			dice := rand.New(rand.NewPCG(p.Seed, uint64(i)<<16|uint64(h)))
			if share := p.Habits[h].Share; share > 0 && dice.Float64() >= share {
				continue
			}
			a := &act{at: p.From, person: i, habit: h, dice: dice}
			if c.move(a) {
				c.acts = append(c.acts, a)
			}
		}
	}
	heap.Init(&c.acts)
	return c
}

func (c *crowd) zone(person int) *time.Location {
	if len(c.zones) == 0 {
		return time.UTC
	}
	return c.zones[person%len(c.zones)]
}

// move brings an act to its next instant, by thinning a process of the greatest rate.
func (c *crowd) move(a *act) bool {
	h := &c.p.Habits[a.habit]
	if h.Once {
		if a.n > 0 {
			return false
		}
		a.at = c.p.From.Add(time.Duration(a.dice.Float64() * float64(c.end.Sub(c.p.From))))
		a.at = a.at.Truncate(time.Microsecond)
		return true
	}
	rate, most := h.PerDay, 1.0
	if len(h.Hours) > 0 {
		total := 0.0
		for _, w := range h.Hours {
			total += w
		}
		most = slices.Max(h.Hours) * 24 / total
	}
	for {
		gap := a.dice.ExpFloat64() / (rate * most) * float64(24*time.Hour)
		a.at = a.at.Add(time.Duration(min(gap, float64(math.MaxInt64/4)))).Truncate(time.Microsecond).Add(time.Microsecond)
		if !a.at.Before(c.end) {
			return false
		}
		if len(h.Hours) == 0 || a.dice.Float64()*slices.Max(h.Hours) < h.Hours[a.at.In(c.zone(a.person)).Hour()] {
			return true
		}
	}
}

// next is the next event, false at the end.
func (c *crowd) next() (marque.Event, bool) {
	if len(c.acts) == 0 {
		return marque.Event{}, false
	}
	a := heap.Pop(&c.acts).(*act)
	who := fmt.Sprintf("%s-%d", c.p.Name, a.person)
	e := marque.Event{At: a.at, Received: a.at, Profile: who, IDs: []marque.ID{{Kind: "lab", Value: who}}}
	if a.habit < 0 {
		e.ID, e.Name, e.Props = marque.Key("lab", who, "appears"), "profile.set", c.traits(a.person)
		return e, true
	}
	h := &c.p.Habits[a.habit]
	e.ID, e.Name = marque.Key("lab", who, h.Event, fmt.Sprint(a.habit), fmt.Sprint(a.n)), h.Event
	e.Props = draw(h.Props, a.dice)
	a.n++
	if c.move(a) {
		heap.Push(&c.acts, a)
	}
	return e, true
}

func (c *crowd) traits(person int) map[string]any {
	dice := rand.New(rand.NewPCG(c.p.Seed, uint64(person)<<16|0xffff))
	props := draw(c.p.Traits, dice)
	if _, has := c.p.Traits["zone"]; !has && len(c.zones) > 0 {
		if props == nil {
			props = map[string]any{}
		}
		props["zone"] = c.p.Zones[person%len(c.zones)]
	}
	return props
}

func draw(from map[string][]any, dice *rand.Rand) map[string]any {
	if len(from) == 0 {
		return nil
	}
	props := make(map[string]any, len(from))
	for _, k := range sortedKeys(from) {
		props[k] = from[k][dice.IntN(len(from[k]))]
	}
	return props
}

// react is what a message causes. The dice are of the message's key, so that the same message causes the same.
func (c *crowd) react(m journey.Message) (es []marque.Event) {
	for i, r := range c.p.Responses {
		if r.Channel != "" && r.Channel != m.Channel || r.Journey != "" && r.Journey != m.Journey || r.Node != "" && r.Node != m.Node {
			continue
		}
		dice := rand.New(rand.NewPCG(c.p.Seed+uint64(i), uint64(marque.Bucket("lab", m.Key))<<32|uint64(marque.Bucket("react", m.Key))))
		if dice.Float64() >= r.Chance {
			continue
		}
		at := m.At.Add(time.Second + time.Duration(dice.ExpFloat64()*float64(r.After))).Truncate(time.Microsecond)
		props := draw(r.Props, dice)
		if props == nil {
			props = map[string]any{}
		}
		props["message"] = m.Key
		es = append(es, marque.Event{
			ID: marque.Key("lab", m.Key, r.Event, fmt.Sprint(i)), Name: r.Event, At: at, Received: at, Profile: m.Profile,
			IDs: []marque.ID{{Kind: "lab", Value: m.Profile}}, Props: props,
		})
	}
	return es
}
