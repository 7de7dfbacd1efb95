package memory

import (
	"cmp"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// person is one person's row. ids, said and log are handed out or read without a copy: they are only ever extended or
// replaced.
type person struct {
	id      string
	home    marque.ID
	into    *person   // who took the person over; nil where it stands for itself
	leads   []*person // those that lead here
	first   rule.Instant
	last    rule.Instant
	part    int
	version int64

	zone     string
	attrs    []attribute    // what the person has, one per name
	lost     []attribute    // what was learnt beside and does not count
	nodes    []*node        // in the order in which they were learnt
	ids      []marque.ID    // of nodes, without those that stand for profile ids
	said     []statement    // by channel, topic, identifier
	consents []rule.Consent // said, when asked for
	log      []uint32       // numbers of the person's events, rising
	series   []series       // histories for rules, made when asked for
	layouts  int            // the generation of the index that series belongs to
}

// learnt is the event by which something was learnt. It stays when the event is forgotten.
type learnt struct {
	event  string // its ID
	number uint32 // in the log
	name   uint32 // in the log's names
	at     rule.Instant
	via    marque.ID
}

func (s *learnt) compare(o *learnt) int {
	return cmp.Or(cmp.Compare(s.at, o.at), cmp.Compare(s.number, o.number))
}

type attribute struct {
	name uint32 // in the log's names
	rank int32
	learnt
	value rule.Value
}

type statement struct {
	channel, topic, proof string
	ok                    bool
	learnt
}

// stands is the person itself, or the one that took it over.
func (p *person) stands() *person {
	for p.into != nil {
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

// put adds what was learnt of an attribute.
func (p *person) put(a attribute) {
	i := slices.IndexFunc(p.attrs, func(o attribute) bool { return o.name == a.name })
	if i < 0 {
		p.attrs = append(p.attrs, a)
		return
	}
	same := func(o *attribute) bool {
		return o.name == a.name && o.learnt.name == a.learnt.name && o.via == a.via && o.rank == a.rank
	}
	o := &p.attrs[i]
	if same(o) {
		if a.compare(&o.learnt) >= 0 {
			*o = a
		}
		return
	}
	for j := range p.lost {
		if l := &p.lost[j]; same(l) {
			if a.compare(&l.learnt) < 0 {
				return
			}
			p.lost = slices.Delete(p.lost, j, j+1)
			break
		}
	}
	if counts(&a, o) {
		a, *o = *o, a
	}
	p.lost = append(p.lost, a)
}

// counts reports whether a is what the person has, rather than b.
func counts(a, b *attribute) bool {
	return cmp.Or(cmp.Compare(b.rank, a.rank), a.compare(&b.learnt)) >= 0
}

// say adds a consent. It does not change the rows that are there.
func (p *person) say(s statement) {
	p.consents = nil
	i, found := slices.BinarySearchFunc(p.said, s, placeStatement)
	if !found {
		p.said = slices.Insert(slices.Clone(p.said), i, s)
	} else if s.compare(&p.said[i].learnt) >= 0 {
		p.said = slices.Clone(p.said)
		p.said[i] = s
	}
}

// statements are the consents as they were said.
func (p *person) statements() []rule.Consent {
	if len(p.consents) != len(p.said) {
		p.consents = make([]rule.Consent, len(p.said))
		for i, s := range p.said {
			p.consents[i] = rule.Consent{Channel: s.channel, Topic: s.topic, OK: s.ok, At: s.at, Via: s.via}
		}
	}
	return slices.Clip(p.consents)
}

func placeStatement(a, b statement) int {
	return cmp.Or(cmp.Compare(a.channel, b.channel), cmp.Compare(a.topic, b.topic), cmp.Compare(a.via.Kind, b.via.Kind), cmp.Compare(a.via.Value, b.via.Value))
}

// learn adds an identifier.
func (p *person) learn(n *node) {
	n.owner = p
	i := len(p.nodes)
	for i > 0 && p.nodes[i-1].number > n.number {
		i--
	}
	p.nodes = slices.Insert(slices.Clip(p.nodes), i, n)
	if n.id.Kind == marque.ProfileKind {
		return
	}
	if i == len(p.nodes)-1 {
		p.ids = append(p.ids, n.id)
	} else {
		p.list()
	}
}

// list makes ids anew.
func (p *person) list() {
	p.ids = make([]marque.ID, 0, len(p.nodes))
	for _, n := range p.nodes {
		if n.id.Kind != marque.ProfileKind {
			p.ids = append(p.ids, n.id)
		}
	}
}
