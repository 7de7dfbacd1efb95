package where

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// checker collects the faults of a mapping.
type checker struct {
	marque.Faults
	d Dialect
}

func (c *checker) mapping(m *Mapping, s *rule.Schema) {
	c.table("people.table", m.People.Table)
	c.name("people.id", m.People.ID)
	c.optional("people.as", m.People.As)
	c.columns("attributes", m.Attributes, s.Attributes)
	c.optional("json", m.JSON)
	names := make([]string, len(s.Events))
	for i, e := range s.Events {
		names[i] = e.Name
	}
	if m.Log.Table != "" {
		c.log("log", &m.Log, nil)
		c.text("log.name", m.Log.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Logs)) {
		path := fmt.Sprintf("logs[%q]", name)
		i := slices.Index(names, name)
		if i < 0 {
			c.Add(path, "no event %q%s", name, rule.Hint(name, names))
			continue
		}
		l := m.Logs[name]
		c.log(path, &l, s.Events[i].Props)
		if l.Name.Name != "" {
			c.text(path+".name", l.Name)
		}
	}
	c.marks("tags", &m.Tags)
	c.marks("segments", &m.Segments)
	if t := &m.Scores; t.Table != "" {
		c.table("scores.table", t.Table)
		c.text("scores.name", t.Name)
		for _, x := range [...]struct{ path, name string }{{"profile", t.Profile}, {"from", t.From}, {"points", t.Points}} {
			c.name("scores."+x.path, x.name)
		}
		c.optional("scores.until", t.Until)
		c.optional("scores.halfLife", t.HalfLife)
	}
	if t := &m.Summary; t.Table != "" {
		c.table("summary.table", t.Table)
		c.name("summary.profile", t.Profile)
		c.text("summary.event", t.Event)
		c.time("summary.first", t.First)
		c.time("summary.last", t.Last)
		c.name("summary.count", t.Count)
	}
}

func (c *checker) log(path string, l *Log, props []rule.Field) {
	c.table(path+".table", l.Table)
	c.name(path+".profile", l.Profile)
	c.time(path+".at", l.At)
	c.optional(path+".json", l.JSON)
	if props != nil {
		c.columns(path+".props", l.Props, props)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(l.Props)) { // of any event that has it
		c.column(fmt.Sprintf("%s.props[%q]", path, name), l.Props[name])
	}
}

func (c *checker) marks(path string, m *Marks) {
	if m.Table == "" {
		return
	}
	c.table(path+".table", m.Table)
	c.name(path+".profile", m.Profile)
	c.text(path+".name", m.Name)
	if m.From.Name != "" {
		c.time(path+".from", m.From)
	}
	if m.Until.Name != "" {
		c.time(path+".until", m.Until)
	}
}

func (c *checker) columns(path string, cols map[string]Column, fields []rule.Field) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	for _, name := range slices.Sorted(maps.Keys(cols)) {
		at := fmt.Sprintf("%s[%q]", path, name)
		i := slices.Index(names, name)
		if i < 0 {
			c.Add(at, "no such name is declared%s", rule.Hint(name, names))
			continue
		}
		c.column(at, cols[name])
		if cols[name].Native && fields[i].Type != rule.Time {
			c.Add(at+".native", "%s is %v and no time", name, fields[i].Type)
		}
	}
}

func (c *checker) column(path string, col Column) {
	c.name(path+".name", col.Name)
	if col.Key != "" && !c.d.key(col.Key) {
		c.Add(path+".key", "%q: %v has no path to such a key", col.Key, c.d)
	}
	if col.Key != "" && col.Native {
		c.Add(path+".native", "a time in JSON is in microseconds")
	}
	if col.Native && c.d == SQLite {
		c.Add(path+".native", "SQLite has no type for times: keep microseconds")
	}
}

func (c *checker) time(path string, col Column) {
	c.column(path, col)
	if col.Key != "" {
		c.Add(path+".key", "this time needs a column of its own")
	}
}

func (c *checker) text(path string, col Column) {
	c.column(path, col)
	if col.Key != "" {
		c.Add(path+".key", "this name needs a column of its own")
	}
	if col.Native {
		c.Add(path+".native", "this is no time")
	}
}

func (c *checker) optional(path, name string) {
	if name != "" {
		c.name(path, name)
	}
}

func (c *checker) table(path, name string) {
	for part := range strings.SplitSeq(name, ".") {
		c.name(path, part)
	}
}

func (c *checker) name(path, name string) {
	switch {
	case name == "":
		c.Add(path, "a name is missing")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		c.Add(path, "%q is no name: it has control characters, or is no UTF-8", name)
	case strings.TrimSpace(name) != name:
		c.Add(path, "%q is no name: it has spaces around it", name)
	case len(name) > c.d.longest():
		c.Add(path, "%q has %d bytes, more than %d", name, len(name), c.d.longest())
	}
}

// key reports whether a JSON path can name a key. PostgreSQL takes the key itself.
func (d Dialect) key(key string) bool {
	switch {
	case !plain(key):
		return false
	case d == Postgres:
		return true
	case d == MySQL && strings.HasPrefix(key, "-"): // which MariaDB finds nowhere
		return false
	}
	return !strings.ContainsAny(key, `"\`) && !strings.ContainsFunc(key, unicode.IsControl)
}

// plain reports whether every database takes a text as a parameter.
func plain(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
