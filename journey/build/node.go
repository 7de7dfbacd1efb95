package build

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// A Node is one station of a journey. Its methods change it and return it.
type Node struct {
	def graph.Node
	end bool
}

func (n *Node) ends() bool {
	return n.end || n.def.Exit != "" || n.def.Goto != "" || n.def.Split != nil
}

// Doc says what the node is for.
func (n *Node) Doc(text string) *Node { n.def.Doc = text; return n }

// Next is the node that all outcomes lead to which On does not name. Default the one behind it in its path.
func (n *Node) Next(id string) *Node { n.def.Next = id; return n }

// End: all outcomes that On does not name end the journey as completed. It is the default of the last of a path.
func (n *Node) End() *Node { n.def.Next, n.end = "", true; return n }

// On says where an outcome leads: On(graph.Unreachable, "sms").
func (n *Node) On(outcome, id string) *Node {
	if n.def.On == nil {
		n.def.On = map[string]string{}
	}
	n.def.On[outcome] = id
	return n
}

// Max is how often a person may come here; then the edge "max" is taken.
func (n *Node) Max(times int) *Node { n.def.Max = times; return n }

// Branch goes on by the first case that is true, else to the next node.
func Branch(id string, cases ...graph.Case) *Node {
	return &Node{def: graph.Node{ID: id, Branch: cases}}
}

// When is a case: a rule over the person and the variables, and where it leads.
func When(rule, next string) graph.Case { return graph.Case{When: rule, Next: next} }

// Split deals people over arms by a hash.
func Split(id string, arms ...graph.Arm) *Node {
	return &Node{def: graph.Node{ID: id, Split: &graph.Split{Arms: arms}}}
}

// SplitBy is Split with a salt of its own, so that splits which name the same one deal alike.
func SplitBy(id, salt string, arms ...graph.Arm) *Node {
	return &Node{def: graph.Node{ID: id, Split: &graph.Split{Salt: salt, Arms: arms}}}
}

// Arm is one way of a split. The weight is relative to the sum of all.
func Arm(weight int, next string) graph.Arm { return graph.Arm{Weight: weight, Next: next} }

// Experiment goes on by the person's arm.
func Experiment(id string, x graph.Experiment) *Node {
	return &Node{def: graph.Node{ID: id, Experiment: &x}}
}

// Tag sets a tag for good.
func Tag(id, name string) *Node { return TagFor(id, name, 0) }

// TagFor sets a tag for a time.
func TagFor(id, name string, ttl marque.Duration) *Node {
	return &Node{def: graph.Node{ID: id, Tag: &graph.Tag{Name: name, TTL: ttl}}}
}

// Untag takes a tag away.
func Untag(id, name string) *Node { return &Node{def: graph.Node{ID: id, Untag: name}} }

// Score adds points to a score.
func Score(id, name string, points float64) *Node {
	return &Node{def: graph.Node{ID: id, Score: &graph.Score{Name: name, Points: points}}}
}

// Set sets attributes of the person.
func Set(id string, attributes map[string]any) *Node {
	return &Node{def: graph.Node{ID: id, Set: attributes}}
}

// Coupon issues a coupon of a batch, and the variables "coupon", "coupon_id" and so on tell what came of it.
func Coupon(id, batch string) *Node { return CouponAs(id, batch, "") }

// CouponAs is Coupon with another name of the variables.
func CouponAs(id, batch, as string) *Node {
	return &Node{def: graph.Node{ID: id, Coupon: &graph.Coupon{Batch: batch, As: as}}}
}

// Assign gives the person to an agent.
func Assign(id string, a graph.Assign) *Node { return &Node{def: graph.Node{ID: id, Assign: &a}} }

// Call calls a function of the host.
func Call(id string, c graph.Call) *Node { return &Node{def: graph.Node{ID: id, Call: &c}} }

// Emit says an event about the person.
func Emit(id string, e graph.Emit) *Node { return &Node{def: graph.Node{ID: id, Emit: &e}} }

// Gate lets only so many people through; who finds it full goes on by the edge "full".
func Gate(id string, q graph.Quota) *Node {
	return &Node{def: graph.Node{ID: id, Gate: &graph.Gate{Quota: q}}}
}

// Queue is a gate before which people stand in line, at most for that time, else they go on by the edge "late"; 0 is
// for ever.
func Queue(id string, q graph.Quota, late marque.Duration) *Node {
	return &Node{def: graph.Node{ID: id, Gate: &graph.Gate{Quota: q, Wait: true, Late: late}}}
}

// Sub sends the person through another journey, with these of our variables (its: ours), and waits until it ends.
func Sub(id, journey string, vars map[string]string) *Node {
	return &Node{def: graph.Node{ID: id, Sub: &graph.Sub{Journey: journey, Vars: vars}}}
}

// Goto moves the person to another journey.
func Goto(id, journey string) *Node { return &Node{def: graph.Node{ID: id, Goto: journey}} }

// Exit ends the journey for that reason.
func Exit(id, reason string) *Node { return &Node{def: graph.Node{ID: id, Exit: reason}} }
