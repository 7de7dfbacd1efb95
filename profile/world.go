package profile

import (
	"cmp"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// world is what a decision knows of identifiers and people, as the store said it and as the decision changed it so
// far.
type world struct {
	leads    map[marque.ID]string // the person that an identifier leads to
	of       map[marque.ID]string // the id that was first known through an identifier
	people   map[string]*Owner    // by id; those that lead to another have that one's Profile
	hubs     map[marque.ID]bool
	evidence identity.Evidence
	named    map[marque.ID][]int // observations by identifier
	ruled    map[marque.ID][]int // rulings by identifier
}

// clear forgets everything, and keeps the memory for the next decision unless it has become large.
func (w *world) clear() {
	if len(w.leads)+len(w.people) > 1000 {
		*w = world{}
		return
	}
	clear(w.leads)
	clear(w.of)
	clear(w.people)
	clear(w.hubs)
	clear(w.named)
	clear(w.ruled)
	w.evidence = identity.Evidence{}
}

// meet takes up a person as the store knows it, unless the world does already.
func (w *world) meet(id string, o Owner) {
	if o.Profile == "" {
		return
	}
	if known := w.people[id]; known != nil {
		if (known.Home == marque.ID{}) {
			known.Home = o.Home
		}
		return
	}
	put(&w.people, id, &o)
	if id != o.Profile {
		w.meet(o.Profile, Owner{Profile: o.Profile, First: o.First, Version: o.Version})
	}
}

// take takes up what the store says of identifiers.
func (w *world) take(k Known) {
	for _, n := range k.Nodes {
		put(&w.leads, n.ID, n.Owner.Profile)
		w.meet(n.Owner.Profile, n.Owner)
		if n.Of != "" {
			put(&w.of, n.ID, n.Of)
			w.meet(n.Of, n.Owner)
			w.people[n.Of].Home = n.ID
		}
	}
	for _, id := range k.Evidence.Hubs {
		put(&w.hubs, id, true)
	}
	for _, o := range k.Evidence.Observations {
		w.observe(o)
	}
	for _, x := range k.Evidence.Rulings {
		w.rule(x)
	}
}

func (w *world) observe(o identity.Observation) {
	w.evidence.Observations = append(w.evidence.Observations, o)
	for _, id := range o.IDs {
		put(&w.named, id, append(w.named[id], len(w.evidence.Observations)-1))
	}
}

func (w *world) rule(x identity.Ruling) {
	w.evidence.Rulings = append(w.evidence.Rulings, x)
	for _, id := range []marque.ID{x.A, x.B} {
		put(&w.ruled, id, append(w.ruled[id], len(w.evidence.Rulings)-1))
	}
}

// around is the evidence that hangs together with identifiers.
func (w *world) around(ids []marque.ID) (e identity.Evidence) {
	todo := slices.Clone(ids)
	met := map[marque.ID]bool{}
	seen, ruled := map[int]bool{}, map[int]bool{}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if met[id] {
			continue
		}
		if met[id] = true; w.hubs[id] {
			e.Hubs = append(e.Hubs, id)
			continue
		}
		for _, i := range w.named[id] {
			if !seen[i] {
				seen[i] = true
				e.Observations = append(e.Observations, w.evidence.Observations[i])
				todo = append(todo, w.evidence.Observations[i].IDs...)
			}
		}
		for _, i := range w.ruled[id] {
			if !ruled[i] {
				ruled[i] = true
				x := w.evidence.Rulings[i]
				e.Rulings = append(e.Rulings, x)
				todo = append(todo, x.A, x.B)
			}
		}
	}
	return e
}

// stands is the person that an id leads to.
func (w *world) stands(id string) string {
	for {
		p := w.people[id]
		if p == nil || p.Profile == id {
			return id
		}
		id = p.Profile
	}
}

// settle makes the people of the world those that the evidence says: it begins, splits and merges them.
func (r *resolver) settle(result identity.Result, c cause) {
	groups := result.People
	in := map[marque.ID]int{} // the group of an identifier
	for g, p := range groups {
		for _, id := range p.IDs {
			in[id] = g
		}
	}
	ids := make([]string, len(groups))
	for g, p := range groups {
		ids[g] = r.name(p, c)
	}
	var splits, merges []marque.Move
	for _, from := range r.owners(groups) {
		home, stays := in[r.people[from].Home]
		parts := map[int][]marque.ID{}
		for g, p := range groups {
			for _, id := range p.IDs {
				if r.leads[id] == from && (!stays || g != home) && ids[g] != from {
					parts[g] = append(parts[g], id)
				}
			}
		}
		for g := range groups {
			if len(parts[g]) > 0 {
				splits = append(splits, r.move(from, ids[g], r.marked(parts[g], from), c))
			}
		}
		if stays && ids[home] != from {
			merges = append(merges, r.move(from, ids[home], nil, c))
		}
	}
	// One that stands for itself again does so by the split of the person it leads to.
	slices.SortStableFunc(splits, func(a, b marque.Move) int { return cmp.Compare(r.later(a), r.later(b)) })
	for _, m := range append(splits, merges...) {
		r.change.Moves = append(r.change.Moves, m)
		r.change.Emit = append(r.change.Emit, Said(m))
		r.people[m.Into].Profile = m.Into
		if len(m.IDs) == 0 { // those who led there lead here, and stay where another split takes m.From away again
			for _, p := range r.people {
				if p.Profile == m.From {
					p.Profile = m.Into
				}
			}
		}
		for _, id := range m.IDs {
			if id.Kind == marque.ProfileKind && r.people[id.Value] != nil {
				r.people[id.Value].Profile = m.Into
			}
		}
	}
	for g, p := range groups {
		for _, id := range p.IDs {
			if r.leads[id] == "" {
				r.link(id, ids[g], c.event)
			}
			r.leads[id] = ids[g]
		}
	}
}

// later is 0 for a split that lets its Into stand for itself again.
func (w *world) later(m marque.Move) int {
	if m.Into != m.From && w.people[m.Into].Profile == m.From {
		return 0
	}
	return 1
}

// owners are the people whom the identifiers of groups lead to, each once.
func (w *world) owners(groups []identity.Person) (people []string) {
	for _, p := range groups {
		for _, id := range p.IDs {
			if who := w.leads[id]; who != "" && !slices.Contains(people, who) {
				people = append(people, who)
			}
		}
	}
	return people
}

// name is the id of a group: that of a person who stands for itself and was first known through one of its
// identifiers, the one with the earliest event, of equals the smallest; else an id that led elsewhere and was first
// known through one of them; else a new one.
func (r *resolver) name(p identity.Person, c cause) string {
	var standing, former []string
	for _, id := range p.IDs {
		x := r.of[id]
		switch {
		case x == "":
		case x == c.prefer:
			return x
		case r.stands(x) == x:
			standing = append(standing, x)
		default:
			former = append(former, x)
		}
	}
	if len(standing) > 0 {
		return slices.MinFunc(standing, func(a, b string) int {
			return cmp.Or(r.people[a].First.Compare(r.people[b].First), cmp.Compare(a, b))
		})
	}
	if len(former) > 0 {
		return slices.Min(former)
	}
	for _, id := range c.first {
		if slices.Contains(p.IDs, id) {
			return r.mint(id, c.at)
		}
	}
	return r.mint(p.IDs[0], c.at)
}

// move is a merge, or with ids a split.
func (r *resolver) move(from, into string, ids []marque.ID, c cause) marque.Move {
	what := "merge"
	if len(ids) > 0 {
		what = "split"
	}
	m := marque.Move{Key: marque.Key(what, c.key, from, into), From: from, Into: into, IDs: ids, At: c.received}
	if c.prefer == into && c.event < 0 && what == "merge" {
		m.Key = c.key
	}
	return m
}

// marked adds to identifiers of a person the ids that were first known through them: what came under those alone goes
// along.
func (w *world) marked(ids []marque.ID, from string) []marque.ID {
	for _, id := range slices.Clone(ids) {
		if x := w.of[id]; x != "" && x != from {
			if mark := (marque.ID{Kind: marque.ProfileKind, Value: x}); !slices.Contains(ids, mark) {
				ids = append(ids, mark)
			}
		}
	}
	return ids
}
