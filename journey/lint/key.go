package lint

import (
	"slices"
	"strings"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// apart looks for an end that does not tell enrollments by key apart: one order that is paid would end the reminders
// of all others.
func (l *linter) apart(path string, o graph.On) {
	if l.def.Entry.Key == "" || o.Event == "" || len(o.Same) > 0 {
		return
	}
	name, plain := strings.CutPrefix(strings.TrimSpace(l.def.Entry.Key), "event.")
	fields, _ := l.lex.Fields(l.event(o.Event))
	if !plain || !slices.ContainsFunc(fields, func(f rule.Field) bool { return f.Name == name }) {
		l.add(Info, path, "one %q ends the enrollments of all keys", o.Event)
		return
	}
	hint := "same: [" + name + "]"
	if !slices.Contains(l.def.Entry.Keep, name) {
		hint += " here, and keep: [" + name + "] in entry"
	}
	l.add(Warning, path, "one %q ends the enrollments of all keys, whatever its %s; to end only those of its own: %s", o.Event, name, hint)
}
