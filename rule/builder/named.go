package builder

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// named makes has_tag and in_segment.
func (im *importer) named(x rule.Node, o operator, v *element, path string) (rule.Node, bool) {
	known, what, all := im.lex.Tag, "tag", im.lex.Schema().Tags
	if x.Op == op.InSegment {
		known, what, all = im.lex.Segment, "segment", im.lex.Schema().Segments
	}
	list := []*element{v}
	if o.op == op.In {
		list = elements(v)
	}
	var parts []rule.Node
	ok := true
	for i, e := range list {
		at := path
		if v.kind == '[' {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		if e.kind != 's' {
			im.fault(e, at, "want the name of a %s", what)
			ok = false
			continue
		}
		if _, found := known(e.text); !found {
			im.unknown(e, at, what, e.text, all)
			ok = false
		}
		n := x
		n.Name = e.text
		parts = append(parts, n)
	}
	if len(list) == 0 {
		im.fault(v, path, "the list is empty")
		return rule.Node{}, false
	}
	n := join(op.Or, parts)
	if o.not || o.op == op.Ne {
		n = no(n)
	}
	return n, ok
}
