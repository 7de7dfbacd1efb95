package identity

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// Resolve says who the people are. The answer depends on the set of evidence only: the order within its lists, and
// what is there twice, make no difference. It takes O(n log n) for n identifiers in lists.
//
// Observations are evaluated in canonical order (Compare); of those with equal identifiers only the first counts.
// Hubs are left out, and so are identifiers that the latest ruling parts from the first that remains. The first is
// then linked with each other one. Where that would make a person with more identifiers of a kind than its limit,
// the last identifier is dropped, and so on until the limits hold. Rulings that link come at the end, by At, then Key.
func (r *Rules) Resolve(e Evidence) Result {
	w, t := r.resolve(&e)
	var out Result
	for n := range w.nodes {
		if p := w.nodes[n].person; w.people[p].nodes[0] == int32(n) {
			out.People = append(out.People, w.person(p))
		}
	}
	slices.SortFunc(out.People, func(a, b Person) int { return r.byStrength(a.IDs[0], b.IDs[0]) })
	slices.SortFunc(w.hubs, w.order)
	if len(w.hubs) > 0 {
		out.Hubs = w.idsOf(w.hubs)
	}
	for _, no := range t.refused {
		s := w.step(no.link)
		f := Refusal{Key: s.Key, A: s.A, B: s.B, Why: no.why}
		if no.limit >= 0 {
			f.Kind = r.limited(no.limit)
		}
		out.Refused = append(out.Refused, f)
	}
	return out
}

func (r *Rules) resolve(e *Evidence) (*web, *trace) {
	w, t := newWeb(r), new(trace)
	w.load(e)
	w.settleAll(t)
	return w, t
}

// A Step is a link between two identifiers.
type Step struct {
	A      marque.ID `json:"a"`
	B      marque.ID `json:"b"`
	Key    string    `json:"key"` // of the observation or ruling
	At     time.Time `json:"at"`
	Source string    `json:"source,omitempty"` // of the observation, or Ruling.By
}

// step is a link in full.
func (w *web) step(j join) Step {
	s := Step{A: w.id(j.a), B: w.id(j.b)}
	if j.by < 0 {
		r := &w.rulings[^j.by]
		s.Key, s.At, s.Source = r.key, r.at.time(), r.by
		return s
	}
	o := &w.seen[j.by]
	s.Key, s.At, s.Source = o.key, o.at.time(), w.sources[o.source].name
	return s
}

// Path explains why a and b are one person: the shortest way from a to b over links that count, and of several the
// one whose links are canonically first, seen from the stronger of the two. The way back is the same. It is nil
// where they are not one person, and where a is b.
func (r *Rules) Path(e Evidence, a, b marque.ID) []Step {
	w, t := r.resolve(&e)
	from, to := w.find(a), w.find(b)
	if from < 0 || to < 0 || from == to || w.nodes[from].person != w.nodes[to].person {
		return nil
	}
	back := w.order(from, to) > 0
	if back {
		from, to = to, from
	}
	next := make(map[int32][]join, len(w.people[w.nodes[from].person].nodes))
	for _, l := range t.links {
		next[l.a] = append(next[l.a], l)
		next[l.b] = append(next[l.b], join{l.b, l.a, l.by})
	}
	came := map[int32]join{from: {}}
	for queue := []int32{from}; len(queue) > 0; queue = queue[1:] {
		for _, l := range next[queue[0]] {
			if _, been := came[l.b]; !been {
				came[l.b] = l
				queue = append(queue, l.b)
			}
		}
	}
	var path []Step
	for n := to; n != from; n = came[n].a {
		l := came[n]
		if back {
			l.a, l.b = l.b, l.a
		}
		path = append(path, w.step(l))
	}
	if !back {
		slices.Reverse(path)
	}
	return path
}
