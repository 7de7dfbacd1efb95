package memory

import (
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// begin makes a person.
func (m *Store) begin(id string, home marque.ID) {
	m.people[id] = &person{id: id, part: marque.Partition(id), home: home}
	m.stale = true
}

// give carries out a merge or a split, which fits.
func (m *Store) give(mv marque.Move) {
	from, into := m.people[mv.From], m.people[mv.Into]
	all := len(mv.IDs) == 0
	if into.into != nil { // it stands for itself again
		into.lead(nil)
	}
	for _, p := range slices.Clone(from.leads) {
		if _, goes := mv.Takes(marque.ID{Kind: marque.ProfileKind, Value: p.id}); goes {
			p.lead(into)
		}
	}
	m.giveNodes(mv, from, into)
	m.giveEvents(mv, from, into)
	attrs := slices.Concat(from.attrs, from.lost)
	from.attrs, from.lost = nil, nil
	for _, a := range attrs {
		if via, goes := mv.Takes(a.via); goes {
			a.via = via
			into.put(a)
		} else {
			from.put(a)
		}
	}
	said := from.said
	from.said, from.consents = nil, nil
	for _, s := range said {
		if via, goes := mv.Takes(s.via); goes {
			s.via = via
			into.say(s)
		} else {
			from.say(s)
		}
	}
	for _, p := range []*person{from, into} {
		p.zone = p.attribute(m.log.names.of(zone)).Text()
		p.series = nil
		p.version++
		if !all {
			m.date(p)
		}
	}
	if all {
		if into.first == 0 || from.first != 0 && from.first < into.first {
			into.first = from.first
		}
		into.last = max(into.last, from.last)
		from.first, from.last = 0, 0
		from.lead(into)
	}
	m.stale = true
}

// lead makes an id lead to another person, or stand for itself where that is nil.
func (p *person) lead(to *person) {
	if old := p.into; old != nil {
		old.leads = slices.DeleteFunc(old.leads, func(x *person) bool { return x == p })
	}
	if p.into = to; to != nil {
		to.leads = append(to.leads, p)
	}
}

func (m *Store) giveNodes(mv marque.Move, from, into *person) {
	nodes := from.nodes
	from.nodes = nil
	for _, n := range nodes {
		if len(mv.IDs) == 0 || slices.Contains(mv.IDs, n.id) {
			into.learn(n)
		} else {
			from.nodes = append(from.nodes, n)
		}
	}
	from.list()
}

func (m *Store) giveEvents(mv marque.Move, from, into *person) {
	var stays, goes []uint32
	for _, n := range from.log {
		r := m.log.at(n)
		via := marque.ID{Kind: marque.ProfileKind, Value: r.who.id}
		if len(r.ids) > 0 {
			via = r.ids[0]
		}
		if len(mv.IDs) > 0 && !slices.Contains(mv.IDs, via) {
			stays = append(stays, n)
			continue
		}
		goes = append(goes, n)
		if len(r.ids) > 0 {
			r.who = into
		}
	}
	from.log, into.log = stays, mergeNumbers(into.log, goes)
}

// date works out anew since when and until when a person is known.
func (m *Store) date(p *person) {
	p.first, p.last = 0, 0
	met := func(at rule.Instant) {
		if at != 0 && (p.first == 0 || at < p.first) {
			p.first = at
		}
		p.last = max(p.last, at)
	}
	for _, n := range p.log {
		met(m.log.at(n).at)
	}
	for _, n := range p.nodes {
		met(n.at)
	}
	for i := range p.attrs {
		met(p.attrs[i].at)
	}
	for i := range p.said {
		met(p.said[i].at)
	}
}

func mergeNumbers(a, b []uint32) []uint32 {
	if len(a) == 0 || len(b) == 0 || a[len(a)-1] < b[0] {
		return append(a, b...)
	}
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return out
}

// former lists the ids that lead to the person, sorted.
func (p *person) former() (ids []string) {
	for _, x := range p.leads {
		ids = append(ids, x.id)
	}
	slices.Sort(ids)
	return ids
}

// forget takes events out of the log. What they set stays.
func (m *Store) forget(ids []string) {
	people := map[*person]struct{}{}
	for _, id := range ids {
		n, ok := m.log.byID[id]
		if !ok {
			continue
		}
		if p := m.log.at(n).who; p != nil {
			people[p.stands()] = struct{}{}
		}
		m.erased[marque.Key("event", m.log.erase(n))] = struct{}{}
	}
	for p := range people {
		p.log = slices.DeleteFunc(slices.Clone(p.log), func(n uint32) bool { return m.log.at(n).gone })
		p.series = nil
	}
}
