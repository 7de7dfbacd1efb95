package plan

import (
	"iter"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// many compiles an entry that takes in many people at once, and one by call.
func (c *compiler) many(e *Entry) {
	d := &c.def.Entry
	zone, _ := c.set.zones.Load(c.def.Zone)
	e.Occasion = c.occasion(zone)
	if o := e.Occasion; o != nil && o.Zone == nil {
		e.Listens = append([]string{"=attr/zone"}, moves...)
		if d.Date != nil {
			e.Listens = append([]string{"=attr/" + d.Date.Attribute}, e.Listens...)
		}
	}
	if x := d.Signal; x != nil {
		e.Scope, e.Same = c.event("entry.signal.open", x.Open), x.Same
		scopes := []string{e.Scope}
		if x.Close != "" {
			scopes = append(scopes, c.event("entry.signal.close", x.Close))
		}
		for _, scope := range scopes {
			fields, _ := c.lex.Fields(scope)
			if x.Same != "" && scope != "" && !slices.Contains(fieldNames(fields), x.Same) {
				c.faults.Add("entry.signal.same", "%s has no property %q%s", scope, x.Same, rule.Hint(x.Same, fieldNames(fields)))
			}
		}
		c.keep("entry.keep", d.Keep, e.Scope)
	}
	e.When = c.rule("entry.when", d.When, e.Scope)
	e.Key = c.formula("entry.key", d.Key, e.Scope)
}

func nonempty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// formula compiles an expression that gives a value.
func (c *compiler) formula(path, source, scope string) *rule.Formula {
	if source == "" {
		return nil
	}
	valuer, ok := c.rules.(rule.Valuer)
	if !ok {
		c.faults.Add(path, "there is no compiler for expressions")
		return nil
	}
	x, err := valuer.Formula(source, scope)
	c.faults.Wrap(path, err)
	return x
}

// call enters a plan that takes in many people into the tables of events that concern it.
func (s *Set) call(p *Plan) {
	if s.Now[p.def.Name] != p {
		return
	}
	if x := p.def.Entry.Signal; x != nil {
		for _, name := range append(nonempty(x.Open), nonempty(x.Close)...) {
			s.signals[name] = byPriority(append(s.signals[name], p))
		}
	}
	if p.Entry.Occasion == nil || !p.Entry.Occasion.Dated() {
		return
	}
	sets := []string{"profile.set"}
	for _, a := range s.lex.Schema().Attributes {
		if a.Name != p.def.Entry.Date.Attribute {
			continue
		}
		for _, from := range a.From {
			if event, _, ok := rule.Source(from); ok && !slices.Contains(sets, event) {
				sets = append(sets, event)
			}
		}
	}
	for _, name := range sets {
		s.dates[name] = byPriority(append(s.dates[name], p))
	}
}

// Signals lists the plans whose signal an event raises or ends, the highest priority first. It is about nobody.
func (s *Set) Signals(e marque.Event) []*Plan {
	if e.Profile != "" {
		return nil
	}
	return s.signals[e.Name]
}

// calls reports whether the event may enter people by a signal or around a date, or end what a signal began.
func (s *Set) calls(e marque.Event) bool {
	for range s.Dated(e) {
		return e.Profile != ""
	}
	return len(s.Signals(e)) > 0
}

// Dated yields the plans around a date that an event may change.
func (s *Set) Dated(e marque.Event) iter.Seq[*Plan] {
	return func(yield func(*Plan) bool) {
		for _, p := range s.dates[e.Name] {
			_, set := e.Props[p.def.Entry.Date.Attribute]
			if (set || e.Name != "profile.set") && !yield(p) {
				return
			}
		}
	}
}

// byPriority sorts plans, the highest first, those of one priority as they are.
func byPriority(ps []*Plan) []*Plan {
	slices.SortStableFunc(ps, func(a, b *Plan) int { return b.def.Priority - a.def.Priority })
	return ps
}

// Pending is the counter of who waits to see what does not happen, of the key that the re-entry rule goes by.
func (p *Plan) Pending(key string) string { return "pending/" + p.def.Name + key }

// Limits reports whether a counter is that of a limit of the journey.
func (p *Plan) Limits(counter string) bool {
	return slices.ContainsFunc(p.def.Entry.Limit, func(q graph.Quota) bool { return counter == q.Counter(p.def.Name) })
}

// Counts reports whether a counter is that of the re-entry rule, of whatever key.
func (p *Plan) Counts(counter string) bool {
	rest, ok := strings.CutPrefix(counter, p.Ones)
	return ok && (rest == "" || p.Entry.Key != nil && strings.Count(rest, "/") == 1)
}
