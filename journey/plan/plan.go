package plan

import (
	"iter"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/internal/deal"
	"github.com/marque-go/marque/journey/record"
	wording "github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/rule"
)

// A Plan is one compiled definition. It is immutable and safe for concurrent use.
type Plan struct {
	def  *graph.Def
	id   string // version and content
	Set  *Set
	Zone *time.Location

	Ones     string         // the counter of who is, or was, in
	Entered  map[string]any // the properties of that event, which nobody ever changes
	Entry    Entry
	Audience *rule.Rule
	Goals    []Listener
	Exits    []Listener
	Caps     []int64 // by Set.caps: how many, or limit.NoLimit
	Gate     *gate.Gate
	Nodes    []Node
	ByID     map[string]int
	listens  []string // to goals and exits
	Lines    []string // gates at which people wait
	exited   map[exit]map[string]any
}

// Nothing is a plan without nodes, which ends whoever comes to it.
func Nothing(name string) *Plan {
	return &Plan{def: &graph.Def{Name: name}, Zone: time.UTC, Entry: Entry{Not: -1}}
}

// Def is what the plan was compiled from. Do not change it.
func (p *Plan) Def() *graph.Def { return p.def }

// Version is the number and the hash of the definition that a State is bound to.
func (p *Plan) Version() string { return p.id }

// An Entry is the compiled entry rule.
type Entry struct {
	Event, Fact string
	When        *rule.Rule
	Scope       string
	Not         int // slot of the event that must not happen, -1 where it is not declared
	Need        rule.Need
	trial       []string // experiments met at once
	Occasion    *occasion
	Same        string // property that tells which opening of a signal is which
	Key         *rule.Formula
	Listens     []string // of who waits for an own instant: what may change that, facts first
}

// A Listener is a goal, an exit or a match: an event, a rule and where it leads.
type Listener struct {
	Event  string
	When   *rule.Rule
	Scope  string
	Of     string
	Same   []string
	Keep   []string
	Next   string
	Reason record.Reason
}

// A Node is a compiled node; What is its kind.
type Node struct {
	*graph.Node
	What    string
	Zero    bool // may be passed without a pause
	Listens []string
	Matches []Listener
	Cases   []*rule.Rule
	Sends   Send      // of a send
	Deal    deal.Deal // of a split
	Waits   Waiting   // of a wait for a time
	Marks   bool      // some wait refers to the message sent here
	Arrive  rule.Need // what coming here reads
	need    rule.Need // what a step that begins here can read
	trial   []string  // experiments that such a step can meet
}

// A Send is a compiled message.
type Send struct {
	Topic      string
	PreferAttr int   // slot, or -1
	PreferTags []int // slots by channel, -1 where there is no such tag
	Message    gate.Message
	Text       *wording.Template // nil: there is none
	Fields     []Field
}

// A Field is one attribute or variable that a text reads.
type Field struct {
	Name string
	Attr int // slot, or -1 for a variable
}

// A Set is the compiled journeys of a programme. It is immutable and safe for concurrent use.
type Set struct {
	lex            *rule.Lexicon
	Versions       []*Plan          // all, in the order of the definitions
	Now            map[string]*Plan // the newest by name
	Pins           map[string]*Plan // by name and version id
	Caps           []graph.Cap      // what is counted, over all journeys
	ears           map[string]*ear
	Vars           string             // the scope of node rules, "" where there are no variables
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
func (s *Set) Plan(name string) *Plan { return s.Now[name] }

// Plans lists the newest version of each journey in the order of the definitions.
func (s *Set) Plans() []*Plan {
	var ps []*Plan
	for _, p := range s.Versions {
		if s.Now[p.def.Name] == p {
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
func (s *Set) Of(st record.State) *Plan {
	if p := s.Pins[st.Journey+"\x00"+st.Plan]; p != nil {
		return p
	}
	if p := s.Now[st.Journey]; p != nil {
		return p
	}
	p := Nothing(st.Journey)
	p.Set = s
	return p
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
			if (p.Entry.Fact == "" || p.Entry.Fact == fact) && !yield(p) {
				return
			}
		}
	}
}

// Need is what the next step of a state can read; that of the zero State is what Enter can.
func (p *Plan) Need(s record.State) rule.Need {
	if i, ok := p.ByID[s.Node]; ok {
		return p.Nodes[i].need
	}
	return p.Entry.Need
}

// Trials lists the experiments that the next step of a state, or of the zero State Enter, can meet.
func (p *Plan) Trials(s record.State) []string {
	if i, ok := p.ByID[s.Node]; ok {
		return p.Nodes[i].trial
	}
	return p.Entry.trial
}

// ZoneOf is the person's zone, else the journey's.
func (p *Plan) ZoneOf(f *rule.Facts) *time.Location {
	if f.Zone != "" {
		if loc, err := p.Set.zones.Load(f.Zone); err == nil {
			return loc
		}
	}
	return p.Zone
}

func Test(r *rule.Rule, f *rule.Facts, now time.Time, row []rule.Value) bool {
	return r.Holds(rule.At(now), f, row)
}

// Mermaid draws the graph as a Mermaid flowchart, with the counts, if any, at nodes and edges.
func (p *Plan) Mermaid(counts ...record.Count) string { return p.def.Mermaid(counts...) }

// Has reports whether a version of the journey has the node; an empty node asks for the journey.
func (s *Set) Has(journey, node string) bool {
	return slices.ContainsFunc(s.Versions, func(p *Plan) bool {
		_, has := p.ByID[node]
		return p.def.Name == journey && (has || node == "")
	})
}

// Waiting is a compiled wait for a time. Its facts are those of which a change is looked at while somebody waits.
type Waiting struct {
	Rule     when.Rule
	Now      bool   // the rule goes by now, not by when the person came
	Attr     int    // slot of the date
	Variable string // that the date is, instead
	Date     *when.Date
	Hour     *when.Active
	need     rule.Need
	Facts    []string
}

// Condition is the compiled rule of a case of a branch, the first being 0; nil where there is none.
func (p *Plan) Condition(node string, i int) *rule.Rule {
	if at, ok := p.ByID[node]; ok && i < len(p.Nodes[at].Cases) {
		return p.Nodes[at].Cases[i]
	}
	return nil
}

// Scope is the variables of a state as rules of nodes see them.
func (p *Plan) Scope(vars map[string]any) []rule.Value { return p.Set.lex.Row(p.Set.Vars, vars) }
