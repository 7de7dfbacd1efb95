package scoring

import (
	"fmt"
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Validate lists what is wrong with the definition by itself. Compile checks its rules and names.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	finite(&f, "base", d.Base)
	if d.HalfLife < 0 {
		f.Add("half_life", "%v is negative", d.HalfLife)
	}
	if d.Min != nil && finite(&f, "min", *d.Min) && d.Max != nil && *d.Min >= *d.Max {
		f.Add("min", "%v is not below max, which is %v", *d.Min, *d.Max)
	}
	if d.Max != nil {
		finite(&f, "max", *d.Max)
	}
	seen := map[string]int{}
	for i := range d.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		d.Rules[i].check(&f, path)
		name := d.ruleName(i)
		if name == ByHand || name == Basis {
			f.Add(path+".name", "%q is taken", name)
		}
		if j, twice := seen[name]; twice {
			f.Add(path+".name", "%q is the name of rule %d too", name, j+1)
		}
		seen[name] = i
	}
	d.checkThresholds(&f)
	checkGrades(&f, "grades.fit", d.Grades.Fit)
	checkGrades(&f, "grades.engagement", d.Grades.Engagement)
	return f.Err()
}

func finite(f *marque.Faults, path string, x float64) bool {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		f.Add(path, "%v is not a number of points", x)
		return false
	}
	return true
}

func (r *Rule) check(f *marque.Faults, path string) {
	if r.On == "" && r.While == "" {
		f.Add(path+".on", "is empty: points are given for an event, or while something holds")
	}
	if r.While != "" {
		r.checkWhile(f, path)
	} else if r.Times != "" {
		f.Add(path+".times", "goes with while only")
	}
	if finite(f, path+".points", r.Points) && r.Points == 0 {
		f.Add(path+".points", "is 0")
	}
	if finite(f, path+".cap", r.Cap) && r.Cap < 0 {
		f.Add(path+".cap", "%v is negative", r.Cap)
	} else if r.Points != 0 && r.Cap > maxHits*math.Abs(r.Points) {
		f.Add(path+".cap", "%v lets more than %d events count: leave it out, or give each more points", r.Cap, maxHits)
	}
	switch r.Per {
	case "":
	case Day, Week, Month, Year:
		if r.Cap == 0 {
			f.Add(path+".per", "goes with cap only")
		}
	default:
		f.Add(path+".per", "%q: want day, week, month or year", r.Per)
	}
	if r.HalfLife < 0 {
		f.Add(path+".half_life", "%v is negative", r.HalfLife)
	}
	if r.For < 0 {
		f.Add(path+".for", "%v is negative", r.For)
	}
	if r.While == "" && r.For != 0 && r.HalfLife != 0 {
		f.Add(path+".for", "does not go with half_life: points fade or vanish")
	}
}

// checkWhile lists what does not go with While.
func (r *Rule) checkWhile(f *marque.Faults, path string) {
	for _, x := range []struct {
		name string
		set  bool
	}{{"on", r.On != ""}, {"when", r.When != ""}, {"cap", r.Cap != 0}, {"half_life", r.HalfLife != 0}, {"for", r.For != 0}} {
		if x.set {
			f.Add(path+"."+x.name, "does not go with while")
		}
	}
}

func (d *Def) checkThresholds(f *marque.Faults) {
	up := map[string]int{}
	for i, t := range d.Thresholds {
		path := fmt.Sprintf("thresholds[%d]", i)
		if t.Name == "" {
			f.Add(path+".name", "is empty")
		}
		if j, twice := up[t.Name]; twice {
			f.Add(path+".name", "%q is the name of threshold %d too", t.Name, j+1)
		}
		up[t.Name] = i
		if !finite(f, path+".at", t.At) || !finite(f, path+".below", t.Below) {
			continue
		}
		if t.below() > t.At {
			f.Add(path+".below", "%v is above at, which is %v", t.Below, t.At)
		}
		if d.Max != nil && t.At > *d.Max {
			f.Add(path+".at", "%v is above max, which is %v", t.At, *d.Max)
		}
		if d.Min != nil && t.below() <= *d.Min {
			f.Add(path+".below", "%v is not above min, which is %v: once up it stays", t.below(), *d.Min)
		}
	}
}

// checkGrades demands what a rule.Scale does.
func checkGrades(f *marque.Faults, path string, grades []rule.Grade) {
	if len(grades) == 1 {
		f.Add(path, "there is 1, want two or more")
	}
	seen := map[string]bool{}
	for i, g := range grades {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case g.Name == "":
			f.Add(at+".name", "is empty")
		case seen[g.Name]:
			f.Add(at+".name", "%q is declared twice", g.Name)
		}
		seen[g.Name] = true
		if finite(f, at+".from", g.From) && i > 1 && g.From <= grades[i-1].From {
			f.Add(at+".from", "%v is not above %v of the grade before", g.From, grades[i-1].From)
		}
	}
}

// maxHits is how many events a rule with a cap may count: their instants are kept.
const maxHits = 1000
