package journey

import (
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
)

// The definition of a journey; package graph documents each.
type (
	Def        = graph.Def
	Entry      = graph.Entry
	Holdout    = graph.Holdout
	Share      = graph.Share
	On         = graph.On
	Quiet      = graph.Quiet
	Cap        = graph.Cap
	Policy     = graph.Policy
	Node       = graph.Node
	Send       = graph.Send
	Wait       = graph.Wait
	Match      = graph.Match
	Case       = graph.Case
	Split      = graph.Split
	Arm        = graph.Arm
	Experiment = graph.Experiment
	Tag        = graph.Tag
	Score      = graph.Score
	Coupon     = graph.Coupon
	Call       = graph.Call
)

// Compiled journeys and what a step is made of; packages plan and record document each.
type (
	CompileOptions = plan.Options
	Set            = plan.Set
	Plan           = plan.Plan
	State          = record.State
	Input          = record.Input
	Result         = record.Result
	Change         = record.Change
	Command        = record.Command
	Message        = record.Message
	Outcome        = record.Outcome
	Reason         = record.Reason
	Count          = record.Count
	Trace          = record.Trace
)

// Compile checks definitions, one by one and against each other, and lists every fault; paths begin with the
// definition's place, "[0].nodes[2].when". lex must declare Says and Scopes(defs). With an error the set has nothing but
// its Refs.
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler, o *CompileOptions) (*Set, error) {
	return plan.Compile(defs, lex, rules, o)
}

// Scopes gives the scope "vars", the variables of the journeys, for the schema of rules. The properties of events
// that journeys keep have the types that events declare.
func Scopes(defs []Def, events ...rule.EventType) []rule.Scope { return graph.Scopes(defs, events...) }

// Says lists the events that journeys say, for the schema of rules.
func Says() []rule.EventType { return step.Says() }
