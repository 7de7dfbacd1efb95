package model

import (
	"fmt"
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
	"github.com/marque-go/marque/scoring"
)

// Def writes the model as a score, so that a scoring.Book keeps it for each person, explains it rule by rule and says
// when it passes a threshold. The features are attributes of the schema, of their own names and types. The score is
// points times the log-odds, within rounding: a threshold at the probability p is points × log(p/(1-p)).
//
//	a level of a category   while job == "student"   its points
//	a bool                  while subscribed         its points
//	a number                while has(age)           points × age, and those of the mean in the base
//	a missing value         while not has(age)       those of the mean, or of its own column
//
// What a rule would give no points for has none. The error joins a *marque.FieldError for every feature whose name
// cannot stand bare in a rule.
func (m *Model) Def(name string, points float64) (scoring.Def, error) {
	var f marque.Faults
	if !(points > 0) || math.IsInf(points, 0) {
		f.Add("points", "%v is not a number above 0", points)
	}
	d := scoring.Def{Name: name, Base: points * m.base}
	for i := range m.features {
		x := &m.features[i]
		attr := rule.Node{Op: op.Attr, Name: x.Name}
		if attr.String() != x.Name {
			f.Add(fmt.Sprintf("features[%d].name", i), "%q cannot stand bare in a rule", x.Name)
			continue
		}
		add := func(name string, while rule.Node, times string, logOdds float64) {
			if logOdds != 0 {
				d.Rules = append(d.Rules, scoring.Rule{Name: name, While: while.String(), Times: times, Points: points * logOdds})
			}
		}
		has, missing := rule.Node{Op: op.Has, Args: []rule.Node{attr}}, x.missing
		switch x.Kind {
		case Bool:
			add(x.Name, attr, "", x.weight)
		case Category:
			for _, level := range x.Levels {
				is := rule.Node{Op: op.Eq, Args: []rule.Node{attr, {Op: op.Const, Value: rule.StringValue(level)}}}
				add(x.Name+": "+level, is, "", x.levels[level])
			}
		case Number:
			if x.sd > 0 {
				atMean := x.weight * x.mean / x.sd
				d.Base -= points * atMean
				missing += atMean
				add(x.Name, has, x.Name, x.weight/x.sd)
			}
		}
		add(x.Name+" missing", rule.Node{Op: op.Not, Args: []rule.Node{has}}, "", missing)
	}
	if err := f.Err(); err != nil {
		return scoring.Def{}, err
	}
	return d, d.Validate()
}
