package lab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/why"
)

// ifs tries what would have let a message out in a step that came to a send node.
func (l *Life) ifs(x journey.Trace, node string, notes []record.Note) (all []If, err error) {
	p, err := planOf(l.set, x)
	if err != nil {
		return nil, err
	}
	try := func(text string, change func(x *journey.Trace, f *rule.Facts)) error {
		f, err := l.set.Lexicon().UnmarshalFacts(x.Facts)
		if err != nil {
			return err
		}
		y := x
		y.Input.Full = slices.Clone(x.Input.Full)
		change(&y, f)
		all = append(all, If{text, became(step.Again(p, y, f), node)})
		return nil
	}
	for _, n := range notes {
		switch {
		case n.What == "cap" && n.Verdict == "full":
			err = try(fmt.Sprintf("%s were %d", capOf(p, n.Detail), l.used(n.Detail, x)+1), func(y *journey.Trace, _ *rule.Facts) {
				y.Input.Full = slices.DeleteFunc(y.Input.Full, func(c string) bool { return c == n.Detail })
			})
		case n.What == "consent" && n.Verdict == "no":
			err = try("there were consent for "+n.Detail, func(y *journey.Trace, f *rule.Facts) {
				f.Consents = append(f.Consents, rule.Consent{Channel: n.Detail, OK: true, At: rule.At(y.At)})
			})
		case n.What == "audience" && n.Verdict == "no":
			f, ferr := l.set.Lexicon().UnmarshalFacts(x.Facts)
			if ferr != nil {
				return nil, ferr
			}
			all = append(all, ways(p.Audience, x, f, nil, "in the audience")...)
		case n.What == "quiet" && n.Verdict != "pass":
			q := p.Def().Quiet
			if q == nil {
				continue
			}
			var w civil.Window // the definition is valid
			w.Start, _ = civil.ParseClock(q.From)
			w.End, _ = civil.ParseClock(q.To)
			f, ferr := l.set.Lexicon().UnmarshalFacts(x.Facts)
			if ferr != nil {
				return nil, ferr
			}
			at := w.NextOutside(x.At, p.ZoneOf(f)).UTC()
			err = try("it were "+l.write(at), func(y *journey.Trace, _ *rule.Facts) { y.At = at })
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// became says what a step made of a message of the node.
func became(r journey.Result, node string) string {
	for _, c := range r.Commands {
		if c.Node == node && c.Message != nil {
			return "sent by " + c.Name
		}
	}
	for _, n := range r.Trace {
		if n.Node == node && n.What == "edge" {
			return n.Verdict
		}
		if n.Node == node && n.What == "quiet" {
			return "held for quiet hours"
		}
	}
	return "not sent"
}

// used is how much of a counter of the person's was taken when the step was decided, as far as the life shows it.
func (l *Life) used(counter string, at journey.Trace) (n int64) {
	released := map[string]bool{}
	type hold struct {
		key string
		n   int64
	}
	var holds []hold
	for _, x := range l.steps {
		if x.At.After(at.At) || x.Result.State.ID == at.Result.State.ID && x.Result.State.Version >= at.Result.State.Version {
			continue
		}
		for _, h := range x.Result.Holds {
			for _, t := range h.Takes {
				if t.Counter == counter && (t.Until.IsZero() || t.Until.After(at.At)) {
					holds = append(holds, hold{h.Key, t.N})
				}
			}
		}
		for _, key := range slices.Concat(x.Result.Release, x.Result.Cancel) {
			released[key] = true
		}
	}
	for _, h := range holds {
		if !released[h.key] {
			n += h.n
		}
	}
	return n
}

// ways are the ways in which a rule would have been true.
func ways(r *rule.Rule, x journey.Trace, f *rule.Facts, scope []rule.Value, then string) (all []If) {
	if r == nil {
		return nil
	}
	a := why.Enter(r, rule.Input{Now: x.At, Facts: f, Scope: scope}, nil)
	for _, w := range a.Ways {
		all = append(all, If{strings.TrimSpace(w.String()), then})
	}
	return all
}
