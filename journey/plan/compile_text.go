package plan

import (
	"slices"

	"github.com/marque-go/marque/journey/graph"
	wording "github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/rule"
)

// text compiles the texts of a message.
func (c *compiler) text(path string, d *graph.Send, s *Send) {
	src := wording.Source{Subject: d.Subject, Text: d.Text, HTML: d.HTML, Missing: d.Missing}
	if src.Subject == "" && src.Text == "" && src.HTML == "" && len(src.Missing) == 0 {
		return
	}
	var fields []rule.Field
	for _, x := range graph.Scopes([]graph.Def{*c.def}, c.lex.Schema().Events...) {
		fields = append(fields, x.Fields...)
	}
	own := len(fields) // a variable hides the attribute of its name
	for _, x := range c.lex.Schema().Attributes {
		if !slices.Contains(fieldNames(fields[:own]), x.Name) {
			fields = append(fields, x)
		}
	}
	t, err := wording.Compile(src, fields, c.guard)
	c.faults.Wrap(path, err)
	if err != nil {
		return
	}
	s.Text = t
	for _, x := range t.Reads() {
		f := Field{x.Name, -1}
		if slot, ok := c.lex.Attr(x.Name); ok {
			f.Attr = slot
		}
		s.Fields = append(s.Fields, f)
	}
}
