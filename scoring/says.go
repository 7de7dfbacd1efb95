package scoring

import "github.com/marque-go/marque/rule"

// The events that a Book says, with the fact "score/<name>". Up and Down carry "score", "threshold" and "value";
// Graded carries "score", "from" and "to"; Points carries "score", "points" and "value".
const (
	Up     = "score.up"
	Down   = "score.down"
	Graded = "score.grade"
	Points = "score.points" // points were given by hand
)

// Says declares the events that this package says, for a schema.
func Says() []rule.EventType {
	score, value := rule.Field{Name: "score", Type: rule.String}, rule.Field{Name: "value", Type: rule.Float}
	threshold := []rule.Field{score, {Name: "threshold", Type: rule.String}, value}
	return []rule.EventType{
		{Name: Up, Doc: "The score reached a threshold.", Props: threshold},
		{Name: Down, Doc: "The score fell below a threshold.", Props: threshold},
		{Name: Graded, Doc: "The grade changed.", Props: []rule.Field{score, {Name: "from", Type: rule.String}, {Name: "to", Type: rule.String}}},
		{Name: Points, Doc: "Points were given by hand.", Props: []rule.Field{score, {Name: "points", Type: rule.Float}, value}},
	}
}

// The names under which points stand that are of no rule.
const (
	ByHand = "by hand" // given by an Act
	Basis  = "base"    // Def.Base
)
