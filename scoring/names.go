package scoring

import (
	"strings"

	"github.com/marque-go/marque/rule"
)

// The parts of a score that rules may read as scores of their own.
const (
	fitPart        = "/fit"
	engagementPart = "/engagement"
)

// Names lists what the definitions add to a schema: to its Scores the name of each, and of those that have rules of both
// kinds, or grades, also "<name>/fit" and "<name>/engagement"; to its Scales one for each cut of Grades, of the same
// name as the score it cuts. So a rule may say score("lead/fit") >= 20 and grade("lead/fit") >= "B".
func Names(defs []Def) (scores []string, scales []rule.Scale) {
	for i := range defs {
		d := &defs[i]
		scores = append(scores, d.Name)
		fit, engagement := d.Base != 0, false
		for j := range d.Rules {
			fit, engagement = fit || d.Rules[j].While != "", engagement || d.Rules[j].On != ""
		}
		if fit && engagement || len(d.Grades.Fit)+len(d.Grades.Engagement) > 0 {
			scores = append(scores, d.Name+fitPart, d.Name+engagementPart)
		}
		if len(d.Grades.Fit) > 0 {
			scales = append(scales, rule.Scale{Name: d.Name + fitPart, Score: d.Name + fitPart, Grades: d.Grades.Fit})
		}
		if len(d.Grades.Engagement) > 0 {
			scales = append(scales, rule.Scale{Name: d.Name + engagementPart, Score: d.Name + engagementPart, Grades: d.Grades.Engagement})
		}
	}
	return scores, scales
}

// part reports whether a name is that of a part of a score of the plan.
func (p *Plan) part(name string) bool {
	for _, part := range [...]string{fitPart, engagementPart} {
		if of, ok := strings.CutSuffix(name, part); ok {
			if _, ok := p.byName[of]; ok {
				return true
			}
		}
	}
	return false
}

// names are the grades by number of fit and of engagement; nil where there are none.
func (g *Grades) names() [][]string {
	if len(g.Fit)+len(g.Engagement) == 0 {
		return nil
	}
	alone := []rule.Grade{{}}
	fit, engagement := g.Fit, g.Engagement
	if len(fit) == 0 {
		fit = alone
	}
	if len(engagement) == 0 {
		engagement = alone
	}
	names := make([][]string, len(fit))
	for i := range fit {
		for j := range engagement {
			names[i] = append(names[i], fit[i].Name+engagement[j].Name)
		}
	}
	return names
}

// grade is the number of the grade of x.
func grade(grades []rule.Grade, x float64) int {
	i := len(grades) - 1
	for i > 0 && x < grades[i].From {
		i--
	}
	return max(i, 0)
}
