package column

import (
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// rows evaluates a condition row by row, through its rule.
type rows struct {
	rule  *rule.Rule
	need  rule.Need
	bare  []bool
	notes int
}

func newRows(r *rule.Rule, notes int) *rows {
	p := &rows{rule: r, need: r.Need(), notes: notes}
	p.bare = make([]bool, len(p.need.Events))
	root := r.Root()
	for i, e := range p.need.Events {
		p.bare[i] = !properties(&root, e.Slot)
	}
	return p
}

// properties reports whether a tree may read the properties of the events in a slot.
func properties(n *rule.Node, slot int) bool {
	switch n.Op {
	case op.Did, op.Times, op.FirstAt, op.LastAt:
		return n.Slot == slot && len(n.Args) > 0
	case op.Total, op.Distinct:
		return n.Slot == slot
	}
	if n.Op > op.Call {
		return true // an operator that is not known here
	}
	for i := range n.Args {
		if properties(&n.Args[i], slot) {
			return true
		}
	}
	return false
}

func (p *rows) price() int { return 1000 }

func (p *rows) prepare(r *run) {
	r.facts.Attrs = sized(r.facts.Attrs, len(r.t.attrs))
	r.facts.Scores = sized(r.facts.Scores, len(r.t.scores))
	r.facts.Events = sized(r.facts.Events, len(r.t.kinds))
	read := &r.notes[p.notes].read
	read.Need, read.bare, read.since = p.need, p.bare, read.since[:0]
	for _, e := range p.need.Events {
		since := int64(none)
		if e.Window != 0 {
			since = int64(r.now) - int64(e.Window/1000)
		}
		read.since = append(read.since, since)
	}
}

func (p *rows) eval(r *run, want, yes, unknown *words, _ bool) {
	read, in := &r.notes[p.notes].read, rule.Input{Now: r.now.Time(), Facts: &r.facts}
	*yes, *unknown = words{}, words{}
	for w, m := range want {
		for m != 0 {
			i := w*64 + first(&m)
			row := r.block*blockRows + i
			r.facts.Profile, r.facts.Zone = r.t.profiles[row], r.t.zones.get(row).Text()
			r.t.fill(row, read, &r.facts)
			switch p.rule.Test(in).Truth {
			case rule.True:
				yes.add(i)
			case rule.Unknown:
				unknown.add(i)
			}
		}
	}
}
