package step

import (
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/internal/deal"
	wording "github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/rule"
)

// A Plan is one compiled definition. It is immutable and safe for concurrent use.
type Plan struct {
	def  *graph.Def
	id   string // version and content
	set  *Set
	zone *time.Location

	ones     string // the counter of who is, or was, in
	entry    entry
	audience *rule.Rule
	goals    []listener
	exits    []listener
	caps     []int64 // by Set.caps: how many, or limit.NoLimit
	gate     *gate.Gate
	nodes    []node
	byID     map[string]int
	listens  []string // to goals and exits
	lines    []string // gates at which people wait
}

// Def is what the plan was compiled from. Do not change it.
func (p *Plan) Def() *graph.Def { return p.def }

// Version is the number and the hash of the definition that a State is bound to.
func (p *Plan) Version() string { return p.id }

type entry struct {
	event, fact string
	when        *rule.Rule
	scope       string
	not         int // slot of the event that must not happen, -1 where it is not declared
	need        rule.Need
	trial       []string // experiments met at once
	occasion    *occasion
	same        string // property that tells which opening of a signal is which
	key         *rule.Formula
}

// listener is a goal, an exit or a match: an event, a rule and where it leads.
type listener struct {
	event  string
	when   *rule.Rule
	scope  string
	of     string
	same   []string
	keep   []string
	next   string
	reason Reason
}

type node struct {
	*graph.Node
	kind    string
	zero    bool // may be passed without a pause
	listens []string
	matches []listener
	cases   []*rule.Rule
	send    send
	deal    deal.Deal
	wait    waiting
	gates   []string  // gates with a line that a step that begins here can meet
	marks   bool      // some wait refers to the message sent here
	arrive  rule.Need // what coming here reads
	need    rule.Need // what a step that begins here can read
	trial   []string  // experiments that such a step can meet
}

type send struct {
	topic      string
	preferAttr int   // slot, or -1
	preferTags []int // slots by channel, -1 where there is no such tag
	message    gate.Message
	text       *wording.Template // nil: there is none
	fields     []field
}

// field is one attribute or variable that a text reads.
type field struct {
	name string
	attr int // slot, or -1 for a variable
}

// A Set is the compiled journeys of a programme. It is immutable and safe for concurrent use.
type Set struct {
	lex            *rule.Lexicon
	plans          []*Plan // in the order of the definitions
	now            map[string]*Plan
	pins           map[string]*Plan // by name and version id
	caps           []graph.Cap      // what is counted, over all journeys
	ears           map[string]*ear
	vars           string             // the scope of node rules, "" where there are no variables
	signals, dates map[string][]*Plan // by event: what it raises or ends, around which dates it may change
	zones          *civil.Zones
	facts          map[string]bool     // "=attr/city": a change of it may move people under way
	froms          map[string][]string // event: attributes that it sets, as such facts
	refs           []marque.Ref
	rules          *gate.Rules
	watched        map[string]bool // events that count, whoever waits for them
}

// ear is who may care for an event of one name.
type ear struct {
	entries []*Plan
	anyFact bool // an entry for whatever fact
	inside  bool // people in a journey
	facts   map[string]bool
}

// Plan gives the newest version of a journey, nil where there is none.
func (s *Set) Plan(name string) *Plan { return s.now[name] }

// Plans lists the newest version of each journey in the order of the definitions.
func (s *Set) Plans() []*Plan {
	var ps []*Plan
	for _, p := range s.plans {
		if s.now[p.def.Name] == p {
			ps = append(ps, p)
		}
	}
	return ps
}

// Rules are what holds for all messages; their Refs are not among those of the set.
func (s *Set) Rules() *gate.Rules { return s.rules }

// Refs lists what the journeys use by name: channels, tags, scores, coupons, segments, journeys, events,
// attributes, experiments and calls.
func (s *Set) Refs() []marque.Ref { return s.refs }

// Of gives the plan that a state runs on: its own version, else the newest of the journey. Where the journey is gone
// it is one without nodes, which ends whoever comes to it.
func (s *Set) Of(st State) *Plan {
	if p := s.pins[st.Journey+"\x00"+st.Plan]; p != nil {
		return p
	}
	if p := s.now[st.Journey]; p != nil {
		return p
	}
	return &Plan{def: &graph.Def{Name: st.Journey}, set: s, zone: time.UTC, entry: entry{not: -1}}
}

// Lexicon is what the journeys were compiled with.
func (s *Set) Lexicon() *rule.Lexicon { return s.lex }

// Listens reports whether the event may enter somebody, or move somebody who is under way. It costs a look into a
// map or two.
func (s *Set) Listens(e marque.Event) bool {
	ear := s.ears[e.Name]
	return ear != nil && (ear.inside || ear.anyFact || ear.facts[e.Fact]) || s.changes(e) || s.calls(e) || s.Watches(e.Name)
}

// Inside reports whether people under way may wait for events of that name.
func (s *Set) Inside(name string) bool {
	ear := s.ears[name]
	return ear != nil && ear.inside
}

// Entries lists the plans that an event of that name and fact may enter somebody into, the highest priority first,
// those of one in the order of the definitions.
func (s *Set) Entries(name, fact string) iter.Seq[*Plan] {
	return func(yield func(*Plan) bool) {
		ear := s.ears[name]
		if ear == nil {
			return
		}
		for _, p := range ear.entries {
			if (p.entry.fact == "" || p.entry.fact == fact) && !yield(p) {
				return
			}
		}
	}
}

// Need is what the next step of a state can read; that of the zero State is what Enter can.
func (p *Plan) Need(s State) rule.Need {
	if i, ok := p.byID[s.Node]; ok {
		return p.nodes[i].need
	}
	return p.entry.need
}

// Trials lists the experiments that the next step of a state, or of the zero State Enter, can meet.
func (p *Plan) Trials(s State) []string {
	if i, ok := p.byID[s.Node]; ok {
		return p.nodes[i].trial
	}
	return p.entry.trial
}

// zoneOf is the person's zone, else the journey's.
func (p *Plan) zoneOf(f *rule.Facts) *time.Location {
	if f.Zone != "" {
		if loc, err := p.set.zones.Load(f.Zone); err == nil {
			return loc
		}
	}
	return p.zone
}

func test(r *rule.Rule, f *rule.Facts, now time.Time, row []rule.Value) bool {
	return r.Holds(rule.At(now), f, row)
}

// Mermaid draws the graph as a Mermaid flowchart, with the counts, if any, at nodes and edges.
func (p *Plan) Mermaid(counts ...Count) string { return p.def.Mermaid(counts...) }
