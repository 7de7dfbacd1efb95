package loop

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/abtest"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/funnel"
	"github.com/marque-go/marque/funnel/pipeline"
	"github.com/marque-go/marque/internal/source"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/tagging"
)

// A Program is everything that a host defines: lists of each package's own definitions.
type Program struct {
	Attributes  []rule.Field        `json:"attributes,omitempty"`
	Events      []rule.EventType    `json:"events,omitempty"`
	Identity    identity.Policy     `json:"identity,omitzero"`
	Tags        []tagging.Def       `json:"tags,omitempty"`
	Scores      []scoring.Def       `json:"scores,omitempty"`
	Scales      []rule.Scale        `json:"scales,omitempty"`
	Points      []points.Def        `json:"points,omitempty"`
	Lifecycles  []lifecycle.Def     `json:"lifecycles,omitempty"`
	Segments    []segment.Def       `json:"segments,omitempty"`
	Coupons     []coupon.Def        `json:"coupons,omitempty"`
	Experiments []abtest.Experiment `json:"experiments,omitempty"`
	Messages    journey.Policy      `json:"messages,omitzero"`
	Journeys    []journey.Def       `json:"journeys,omitempty"`
	Funnels     []funnel.Def        `json:"funnels,omitempty"`
	Pipelines   []pipeline.Def      `json:"pipelines,omitempty"`

	index *source.Index  // where each definition was read, set by Load
	count map[string]int // how many of each kind were read

	identified string // the file that Identity was read from
	ruled      string // the file that Messages was read from
	unread     error  // why Load did not read it
}

// Host is what a program needs from the host.
type Host struct {
	// Channels send messages, by the name that journeys use. A channel that learns something (a message bounced)
	// hands it to another goroutine that tracks it: within Send the loop is busy with the message.
	Channels map[string]journey.Channel
	// Calls are functions that a journey's call nodes name. The one called "assign" does what assign nodes ask for.
	Calls map[string]journey.Doer
	// Judge says who won the experiments of journeys. Default nobody does.
	Judge journey.Judge
	// Guard refuses texts of messages by an error, when the program is compiled and before each is sent. It must be
	// pure. Default it takes all.
	Guard func(text string) error
}

// A Plan is a compiled program: immutable, safe for concurrent use, shared by any number of loops.
type Plan struct {
	lex         *rule.Lexicon
	tags        *tagging.Plan
	scores      *scoring.Plan
	points      *points.Plan
	lifecycles  *lifecycle.Plan
	segments    *segment.Plan
	coupons     *coupon.Plan
	experiments *abtest.Set
	messages    *gate.Rules
	journeys    *journey.Set
	funnels     []*funnel.Plan
	pipelines   []*pipeline.Plan
	graph       *graph
	byName      map[defName]int
	heard       []string // events that definitions count, sorted
	identity    *identity.Rules
	hostGiven   Host
}

type defName struct {
	deriver int
	name    string
}

// spoken are the events that the derivers say, in their order.
var spoken = [...]func() []rule.EventType{tagging.Says, scoring.Says, points.Says, lifecycle.Says, segment.Says}

// Schema is the schema of the program's rules: what it declares and what the packages say. What deliveries become
// (message.opened and so on, see package channel) is in it too, unless the program declares an event of that name itself.
func (p Program) Schema() rule.Schema {
	member := points.Declares(p.Points)
	scores, scales := scoring.Names(p.Scores)
	s := rule.Schema{
		Attributes: slices.Concat(p.Attributes, member.Attributes, lifecycle.Attributes(p.Lifecycles)),
		Scores:     slices.Concat(scores, member.Scores),
		Scales:     slices.Concat(p.Scales, scales),
		Events:     slices.Concat(p.Events, profile.Hears(), profile.Says()),
	}
	for _, says := range spoken {
		s.Events = append(s.Events, says()...)
	}
	s.Events = slices.Concat(s.Events, coupon.Says(), journey.Says())
	for _, e := range channel.Says() { // those that the program declares are its own
		if !slices.ContainsFunc(p.Events, func(own rule.EventType) bool { return own.Name == e.Name }) {
			s.Events = append(s.Events, e)
		}
	}
	for _, d := range p.Tags {
		s.Tags = append(s.Tags, d.Name)
	}
	for _, d := range p.Segments {
		s.Segments = append(s.Segments, d.Name)
	}
	s.Scopes = append(s.Scopes, coupon.Scopes()...)
	s.Scopes = append(s.Scopes, journey.Scopes(p.Journeys, s.Events...)...)
	return s
}

// Compile checks the whole program against itself and the host, and lists every fault: with file, line and column
// where Load read the definition.
func Compile(p Program, h Host) (*Plan, error) {
	if p.unread != nil {
		return nil, p.unread
	}
	lex, err := p.Schema().Compile()
	if err != nil {
		return nil, p.locate(err)
	}
	rules := lang.New(lex, nil)
	plan := &Plan{lex: lex, hostGiven: h}
	var f marque.Faults
	plan.identity, err = p.Identity.Compile()
	f.Wrap("identity", err)
	plan.tags, err = tagging.Compile(p.Tags, lex, rules)
	f.Wrap("tags", err)
	plan.scores, err = scoring.Compile(p.Scores, lex, rules)
	f.Wrap("scores", err)
	plan.points, err = points.Compile(p.Points, lex, rules)
	f.Wrap("points", err)
	plan.lifecycles, err = lifecycle.Compile(p.Lifecycles, lex, rules)
	f.Wrap("lifecycles", err)
	plan.segments, err = segment.Compile(p.Segments, lex, rules)
	f.Wrap("segments", err)
	plan.coupons, err = coupon.Compile(p.Coupons, lex, rules)
	f.Wrap("coupons", err)
	plan.experiments, err = abtest.Compile(p.Experiments, lex, rules)
	f.Wrap("experiments", err)
	common := journey.CompileOptions{Guard: h.Guard}
	if plan.messages, err = gate.Compile(p.Messages, lex, rules); err == nil {
		common.Messages = p.Messages
	}
	f.Wrap("messages", err)
	if f.Err() == nil {
		common.Derived = slices.Concat(plan.scores.Derivations(), plan.points.Derivations())
	}
	plan.journeys, err = journey.Compile(p.Journeys, lex, rules, &common)
	f.Wrap("journeys", err)
	for i, d := range p.Funnels {
		c, err := funnel.Compile(d, lex, rules)
		f.Wrap(fmt.Sprintf("funnels[%d]", i), err)
		plan.funnels = append(plan.funnels, c)
	}
	for i, d := range p.Pipelines {
		c, err := pipeline.Compile(d, lex, rules)
		f.Wrap(fmt.Sprintf("pipelines[%d]", i), err)
		plan.pipelines = append(plan.pipelines, c)
	}
	whole := f.Err() == nil
	for _, name := range slices.Sorted(maps.Keys(h.Channels)) {
		if h.Channels[name] == nil {
			f.Add("channels."+name, "is nil")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.Calls)) {
		if h.Calls[name] == nil {
			f.Add("calls."+name, "is nil")
		}
	}
	f.Wrap("", p.checkRefs(plan, h))
	if whole {
		f.Wrap("", plan.order(p))
	}
	if err := f.Err(); err != nil {
		return nil, p.locate(once(err))
	}
	return plan, nil
}

// order makes the graph of definitions.
func (plan *Plan) order(p Program) error {
	var defs []definition
	kinds := [...]string{"tags", "scores", "points", "lifecycles", "segments"}
	names := [len(kinds)][]string{}
	for _, d := range p.Tags {
		names[0] = append(names[0], d.Name)
	}
	for _, d := range p.Scores {
		names[1] = append(names[1], d.Name)
	}
	for _, d := range p.Points {
		names[2] = append(names[2], d.Name)
	}
	for _, d := range p.Lifecycles {
		names[3] = append(names[3], d.Name)
	}
	for _, d := range p.Segments {
		names[4] = append(names[4], d.Name)
	}
	heard := make([][]rule.EventType, len(kinds))
	for k, ds := range [][]rule.Derivation{
		plan.tags.Derivations(), plan.scores.Derivations(), plan.points.Derivations(), plan.lifecycles.Derivations(), plan.segments.Derivations(),
	} {
		heard[k] = spoken[k]()
		for _, d := range ds {
			// A definition may derive more than the fact of its name: "lead/fit", "stage/member".
			i := slices.IndexFunc(names[k], func(name string) bool {
				return d.Name == name || strings.HasPrefix(d.Name, name+"/") || d.Name == "stage/"+name
			})
			defs = append(defs, definition{Derivation: d, deriver: k, path: fmt.Sprintf("%s[%d]", kinds[k], i)})
		}
	}
	g, err := newGraph(plan.lex, defs, heard)
	if err != nil {
		return err
	}
	plan.graph = g
	plan.byName = map[defName]int{}
	for i, d := range g.defs {
		plan.byName[defName{d.deriver, d.Name}] = i
		plan.heard = append(plan.heard, d.On...)
	}
	slices.Sort(plan.heard)
	plan.heard = slices.Compact(plan.heard)
	return nil
}

// Lexicon is the compiled schema of the program's rules.
func (plan *Plan) Lexicon() *rule.Lexicon { return plan.lex }

// Journeys are the compiled journeys. The other accessors give the other compiled definitions.
func (plan *Plan) Journeys() *journey.Set      { return plan.journeys }
func (plan *Plan) Experiments() *abtest.Set    { return plan.experiments }
func (plan *Plan) Coupons() *coupon.Plan       { return plan.coupons }
func (plan *Plan) Funnels() []*funnel.Plan     { return plan.funnels }
func (plan *Plan) Pipelines() []*pipeline.Plan { return plan.pipelines }
