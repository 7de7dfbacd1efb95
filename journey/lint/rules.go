package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lint"
)

// compile is the rule of a text, nil where it does not compile or there is none.
func (l *linter) compile(source, scope string) *rule.Rule {
	if source == "" || l.rules == nil {
		return nil
	}
	r, err := l.rules.Compile(source, scope)
	if err != nil {
		return nil
	}
	return r
}

// rule looks at a rule by itself.
func (l *linter) rule(path, source, scope string) *rule.Rule {
	r := l.compile(source, scope)
	for _, f := range lint.Check(r, nil) {
		severity := Info
		switch f.Code {
		case lint.Never, lint.Always, lint.Empty, lint.Exact:
			severity = Warning
		}
		message := f.Message
		if f.Hint != "" {
			message += "; " + f.Hint
		}
		l.found = append(l.found, Finding{Severity: severity, Path: path, Message: message, Line: f.Line, Col: f.Col})
	}
	return r
}

// event is the scope of rules over an event.
func (l *linter) event(name string) string {
	if _, ok := l.lex.Event(name); !ok {
		return ""
	}
	return "event/" + name
}

func (l *linter) vars() string {
	if _, ok := l.lex.Fields("vars"); ok {
		return "vars"
	}
	return ""
}

// conditions looks at all rules, by themselves and together.
func (l *linter) conditions() {
	e := &l.def.Entry
	trigger := e.Trigger()
	if e.Signal != nil {
		trigger = e.Signal.Open
	}
	scope := l.event(trigger)
	when := l.rule("entry.when", e.When, scope)
	audience := l.rule("audience", l.def.Audience, "")
	if wide := l.compile(l.def.Audience, scope); wide != nil {
		member := func(segment string) *rule.Rule {
			return l.compile(fmt.Sprintf("in_segment(%q)", segment), scope)
		}
		switch {
		case when != nil && lint.Disjoint(when, wide):
			l.add(Warning, "audience", "nobody enters: it is never true together with entry.when")
		case e.Segment != "" && lint.Disjoint(member(e.Segment), wide):
			l.add(Warning, "audience", "nobody enters: it is true of no member of %q", e.Segment)
		case e.Left != "" && lint.Implies(wide, member(e.Left)):
			l.add(Warning, "audience", "nobody enters: it is true of members of %q only", e.Left)
		}
	}
	ends := append([]graph.On(nil), l.def.Exit...)
	paths := make([]string, len(ends))
	for i := range ends {
		paths[i] = fmt.Sprintf("exit[%d].when", i)
	}
	if l.def.Goal != nil {
		ends, paths = append(ends, *l.def.Goal), append(paths, "goal.when")
	}
	for i, o := range ends {
		r := l.rule(paths[i], o.When, l.event(o.Event))
		l.apart(strings.TrimSuffix(paths[i], ".when"), o)
		if o.Event == "" && r != nil && audience != nil && lint.Implies(audience, r) {
			l.add(Warning, paths[i], "is true of everybody in the audience, so that the journey ends as it begins")
		}
	}
	for i := range l.def.Nodes {
		n := &l.def.Nodes[i]
		if n.Branch != nil {
			l.cases(nodePath(i, "branch"), n.Branch, true)
		}
		if n.Wait != nil {
			l.cases(nodePath(i, "wait.until"), n.Wait.Until, false)
			l.matches(i, n.Wait)
		}
		if n.Split != nil {
			for k, a := range n.Split.Arms {
				if a.Weight == 0 {
					l.add(Info, nodePath(i, fmt.Sprintf("split.arms[%d].weight", k)), "nobody gets this arm")
				}
			}
		}
	}
}

// cases looks for cases behind ones that take all of theirs.
func (l *linter) cases(path string, cases []graph.Case, otherwise bool) {
	var before []string
	for i, c := range cases {
		at := fmt.Sprintf("%s[%d].when", path, i)
		r := l.rule(at, c.When, l.vars())
		if r == nil {
			return
		}
		if union := l.compile(either(before), l.vars()); union != nil && lint.Implies(r, union) {
			l.add(Warning, at, "is never reached: %s true whenever this one is", those(i))
		}
		before = append(before, c.When)
	}
	if union := l.compile(either(before), l.vars()); otherwise && union != nil && lint.Implies(nil, union) {
		l.add(Info, path, "one of the cases is true for everybody: nobody goes on by next")
	}
}

func either(sources []string) string {
	if len(sources) == 0 {
		return ""
	}
	return "(" + strings.Join(sources, ") or (") + ")"
}

func those(n int) string {
	if n == 1 {
		return "the case before it is"
	}
	return "one of the cases before it is"
}

// matches looks at the events of a wait.
func (l *linter) matches(i int, w *graph.Wait) {
	all := w.Matches()
	rules := make([]*rule.Rule, len(all))
	for k, m := range all {
		path := nodePath(i, "wait")
		if w.Event == "" {
			path = nodePath(i, fmt.Sprintf("wait.any[%d]", k))
		} else if k > 0 {
			path = nodePath(i, fmt.Sprintf("wait.any[%d]", k-1))
		}
		rules[k] = l.rule(path+".when", m.When, l.event(m.Event))
		if by := l.endsFirst(m, rules[k]); by != "" {
			l.add(Warning, path, "is never reached: %s ends the journey on %q before", by, m.Event)
			continue
		}
		for j, b := range all[:k] {
			if b.Event == m.Event && (b.Of == "" || b.Of == m.Of) && len(b.Same) == 0 && (b.When == "" || rules[j] != nil && rules[k] != nil && lint.Implies(rules[k], rules[j])) {
				l.add(Warning, path, "is never reached: %q before it takes the same events", b.Event)
				break
			}
		}
	}
}

// endsFirst names the goal or exit that takes all events of a match, "" where there is none.
func (l *linter) endsFirst(m graph.Match, when *rule.Rule) string {
	takes := func(o graph.On) bool {
		if o.Event != m.Event || slices.ContainsFunc(o.Same, func(name string) bool { return !slices.Contains(m.Same, name) }) {
			return false
		}
		r := l.compile(o.When, l.event(o.Event))
		return o.When == "" || r != nil && when != nil && lint.Implies(when, r)
	}
	if l.def.Goal != nil && takes(*l.def.Goal) {
		return "the goal"
	}
	for i, o := range l.def.Exit {
		if takes(o) {
			return fmt.Sprintf("exit[%d]", i)
		}
	}
	return ""
}

// entry looks at who enters how often.
func (l *linter) entry() {
	e := &l.def.Entry
	if e.Date != nil && e.Date.Yearly && e.Again() == "once" {
		l.add(Warning, "entry.reentry", "once: of a date that comes every year everybody enters in the first only")
	}
	if e.Event == "" || e.Again() != "every" {
		return
	}
	for i := range l.def.Nodes {
		if x := l.def.Nodes[i].Emit; x != nil && x.Event == e.Event {
			l.add(Warning, nodePath(i, "emit.event"), "%q enters the same journey again, and so on for ever", x.Event)
		}
	}
}
