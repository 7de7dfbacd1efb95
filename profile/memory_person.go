package profile

import (
	"cmp"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// person is one person's row. ids and consents are handed out: they are only ever extended or replaced.
type person struct {
	id    string
	into  *person // who took the person over
	first rule.Instant
	part  int

	zone     string
	attrs    []attribute
	ids      []marque.ID
	learnt   []uint32 // the numbers of the events by which ids were learnt first
	consents []rule.Consent
	former   []string
	log      []uint32 // numbers of the person's events, rising
	series   []series // histories for rules, made when asked for
	layouts  int      // the generation of the index that series belongs to
}

type attribute struct {
	name  uint32 // in the log's names
	event uint32 // number of the event that set it
	at    rule.Instant
	value rule.Value
}

// stands is the person itself, or the one that took it over.
func (p *person) stands() *person {
	for p.into != nil {
		if p.into.into != nil {
			p.into = p.into.into
		}
		p = p.into
	}
	return p
}

// attribute is the value of an attribute, missing where there is none.
func (p *person) attribute(name uint32) rule.Value {
	for i := range p.attrs {
		if p.attrs[i].name == name {
			return p.attrs[i].value
		}
	}
	return rule.Value{}
}

// put sets an attribute unless a newer event set it.
func (p *person) put(a attribute) {
	for i := range p.attrs {
		if o := &p.attrs[i]; o.name == a.name {
			if cmp.Or(cmp.Compare(a.at, o.at), cmp.Compare(a.event, o.event)) >= 0 {
				*o = a
			}
			return
		}
	}
	p.attrs = append(p.attrs, a)
}

// begin makes a person.
func (m *Memory) begin(id string) *person {
	p := &person{id: id, part: marque.Partition(id)}
	m.people[id] = p
	m.stale = true
	return p
}

// merge gives everything of one person to another. Events and identifiers keep pointing to the former person and
// find the latter through it.
func (m *Memory) merge(from, into *person) {
	into.ids, into.learnt = mergeIDs(into, from)
	for _, a := range from.attrs {
		into.put(a)
	}
	into.zone = into.attribute(m.log.names.of(zone)).Text()
	into.consents = MergeConsents(into.consents, from.consents)
	into.former = append(append(into.former, from.id), from.former...)
	into.log = mergeNumbers(into.log, from.log)
	into.series = nil
	if into.first == 0 || from.first != 0 && from.first < into.first {
		into.first = from.first
	}
	*from = person{id: from.id, part: from.part, into: into}
	m.stale = true
}

func mergeIDs(a, b *person) (ids []marque.ID, learnt []uint32) {
	i, j := 0, 0
	for i < len(a.ids) || j < len(b.ids) {
		if j == len(b.ids) || i < len(a.ids) && a.learnt[i] < b.learnt[j] {
			ids, learnt = append(ids, a.ids[i]), append(learnt, a.learnt[i])
			i++
		} else {
			ids, learnt = append(ids, b.ids[j]), append(learnt, b.learnt[j])
			j++
		}
	}
	return ids, learnt
}

func mergeNumbers(a, b []uint32) []uint32 {
	if len(a) == 0 || len(b) == 0 || a[len(a)-1] < b[0] {
		return append(a, b...)
	}
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return out
}
