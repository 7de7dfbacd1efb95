package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/stat"
)

// delay is how late a nuisance may arrive and still be seen against all the messages before it.
const delay = 30 * marque.Day

// A Blame is one message that one nuisance counts for, or one person of a hold-out who did the same without messages.
type Blame struct {
	// Key tells it from others, for good.
	Key string
	// Count is what is added: "nuisance/NAME/CHANNEL" of the message's node, or "nuisance/NAME/control/HOLDOUT" of no
	// journey.
	Count graph.Count
}

// Limited reports whether a nuisance of that name can pause a node.
func (r *Rules) Limited(event string) bool {
	return slices.ContainsFunc(r.def.Nuisance, func(x graph.Nuisance) bool { return x.Limit > 0 && slices.Contains(x.Events, event) })
}

// BlameNeed is what Blames reads of a person.
func (r *Rules) BlameNeed(event string) (need rule.Need) {
	for _, x := range r.def.Nuisance {
		if !slices.Contains(x.Events, event) {
			continue
		}
		need = need.Union(rule.Need{Events: []rule.EventNeed{{Slot: r.sent, Window: x.Within + delay}}})
		if r.exposed >= 0 {
			need = need.Union(rule.Need{Events: []rule.EventNeed{{Slot: r.exposed, Window: x.Within + delay}}})
		}
	}
	return need
}

// Blames lists the messages that an event counts for, and the hold-outs of which the person is.
func (r *Rules) Blames(e marque.Event, f *rule.Facts) (all []Blame) {
	only, _ := e.Props["channel"].(string)
	text := func(event int, h rule.Hit, prop string) string {
		if at, _, ok := r.lex.Prop(event, prop); ok && at < len(h.Props) {
			return h.Props[at].Text()
		}
		return ""
	}
	for _, x := range r.def.Nuisance {
		if !slices.Contains(x.Events, e.Name) {
			continue
		}
		within := func(h rule.Hit) bool {
			at := rule.At(e.At)
			return h.At <= at && at-h.At < rule.Instant(time.Duration(x.Within)/time.Microsecond)
		}
		for _, h := range f.Events[r.sent] {
			channel := text(r.sent, h, "channel")
			if !within(h) || !among(x.Channels, channel) || only != "" && only != channel {
				continue
			}
			all = append(all, Blame{marque.Key("nuisance", x.Name, e.ID, text(r.sent, h, "key")), graph.Count{
				Journey: text(r.sent, h, "journey"), Node: text(r.sent, h, "node"), What: "nuisance/" + x.Name + "/" + channel, N: 1,
			}})
		}
		if r.exposed < 0 {
			continue
		}
		for _, h := range f.Events[r.exposed] {
			if name := text(r.exposed, h, "experiment"); within(h) && text(r.exposed, h, "arm") == "control" {
				all = append(all, Blame{marque.Key("nuisance", x.Name, e.ID, "control", name), graph.Count{
					What: "nuisance/" + x.Name + "/control/" + name, N: 1,
				}})
			}
		}
	}
	return all
}

// An Annoyance is how much the messages of a node on a channel annoy people.
type Annoyance struct {
	Name    string `json:"name"` // of the graph.Nuisance
	Journey string `json:"journey"`
	Node    string `json:"node"`
	Channel string `json:"channel"`
	Sent    int    `json:"sent"`
	Events  int    `json:"events"`
	// Rate is the events per 1,000 messages; with 95% confidence it is between Low and High.
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// Control is the same of the journey's hold-out, nil where there is none.
	Control *Control `json:"control,omitempty"`
	// TooMany: there are enough messages, and Rate, less that of the control, is above the limit.
	TooMany bool `json:"too_many,omitempty"`
}

// A Control is people who were held out and did the same within the same time after they would have entered.
type Control struct {
	People int     `json:"people"`
	Events int     `json:"events"`
	Rate   float64 `json:"rate"` // per 1,000 people
}

// Annoyances makes the table of nuisances from counts of all journeys, in the order of Name, Journey, Node, Channel.
// Nodes that nothing was sent from are not in it.
func (r *Rules) Annoyances(counts []graph.Count, defs []*graph.Def) []Annoyance {
	n := make(map[graph.Count]int, len(counts))
	for _, c := range counts {
		k := c
		k.N = 0
		n[k] += c.N
	}
	holdout, people := map[string]string{}, map[string]int{}
	for _, d := range defs {
		if h := d.Entry.Holdout; h != nil {
			holdout[d.Name] = h.Name
			people[h.Name] += n[graph.Count{Journey: d.Name, What: "no/holdout"}]
		}
	}
	var all []Annoyance
	for _, c := range counts {
		channel, sent := strings.CutPrefix(c.What, "channel/")
		if !sent || c.N == 0 {
			continue
		}
		for _, x := range r.def.Nuisance {
			if !among(x.Channels, channel) {
				continue
			}
			a := Annoyance{Name: x.Name, Journey: c.Journey, Node: c.Node, Channel: channel, Sent: c.N,
				Events: n[graph.Count{Journey: c.Journey, Node: c.Node, What: "nuisance/" + x.Name + "/" + channel}]}
			p := stat.ProportionOf(stat.Count{N: int64(a.Sent), Hits: int64(min(a.Events, a.Sent))}, nil)
			a.Rate, a.Low, a.High = perMille(a.Events, a.Sent), p.Interval.Low*1000, p.Interval.High*1000
			excess := a.Rate
			if h := holdout[c.Journey]; people[h] > 0 {
				a.Control = &Control{People: people[h], Events: n[graph.Count{What: "nuisance/" + x.Name + "/control/" + h}]}
				a.Control.Rate = perMille(a.Control.Events, a.Control.People)
				excess -= a.Control.Rate
			}
			least := x.Least
			if least == 0 {
				least = 1000
			}
			a.TooMany = x.Limit > 0 && a.Sent >= least && excess > x.Limit
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b Annoyance) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Journey, b.Journey), strings.Compare(a.Node, b.Node), strings.Compare(a.Channel, b.Channel))
	})
	return all
}

func perMille(hits, n int) float64 { return 1000 * float64(hits) / float64(n) }
