package identity

import "slices"

// A person is a set of nodes.
type person struct {
	nodes []int32 // in order
	joins []join  // those that made it, those of one sighting in their order
}

// A join is a link of two nodes by a sighting or, below zero, by the ruling ^by.
type join struct{ a, b, by int32 }

// alone makes a person of one node.
func (w *web) alone(n int32) {
	p := int32(len(w.people))
	if last := len(w.free) - 1; last >= 0 {
		p, w.free = w.free[last], w.free[:last]
	} else {
		w.people = append(w.people, person{})
		w.counts = append(w.counts, make([]int32, len(w.rules.limits))...)
	}
	w.nodes[n].person = p
	w.people[p].nodes = append(w.people[p].nodes[:0], n)
	if l := w.kinds[w.nodes[n].kind].limited; l >= 0 {
		w.count(p)[l] = 1
	}
}

// count is how many identifiers a person has of each limited kind.
func (w *web) count(p int32) []int32 {
	l := int32(len(w.rules.limits))
	return w.counts[p*l : p*l+l]
}

// drop gives up a person, whose nodes are somebody else's by now, or soon.
func (w *web) drop(p int32) {
	w.people[p].joins = w.people[p].joins[:0]
	clear(w.count(p))
	w.free = append(w.free, p)
}

// apart makes a person of each of the nodes, which are all the nodes of some people.
func (w *web) apart(nodes []int32) {
	for _, n := range nodes {
		if p := w.nodes[n].person; w.people[p].nodes[0] == n {
			w.drop(p)
		}
	}
	for _, n := range nodes {
		w.alone(n)
	}
}

// join makes one person of those of a and b. It reports whether they were two.
func (w *web) join(a, b, by int32) bool {
	p, q := w.nodes[a].person, w.nodes[b].person
	if p == q {
		return false
	}
	if len(w.people[p].nodes) < len(w.people[q].nodes) {
		p, q = q, p
	}
	into, from := &w.people[p], &w.people[q]
	for _, n := range from.nodes {
		w.nodes[n].person = p
	}
	into.nodes = w.merge(into.nodes, from.nodes)
	into.joins = append(append(into.joins, from.joins...), join{a, b, by})
	sum := w.count(p)
	for l, n := range w.count(q) {
		sum[l] += n
	}
	w.drop(q)
	return true
}

// merge puts the nodes of b, which are in order, into a, which are as well.
func (w *web) merge(a, b []int32) []int32 {
	if len(b)*8 < len(a) {
		for _, n := range b {
			i, _ := slices.BinarySearchFunc(a, n, w.order)
			a = slices.Insert(a, i, n)
		}
		return a
	}
	i, j := len(a)-1, len(b)-1
	a = append(a, b...)
	for k := len(a) - 1; j >= 0; k-- {
		if i >= 0 && w.order(a[i], b[j]) > 0 {
			a[k] = a[i]
			i--
		} else {
			a[k] = b[j]
			j--
		}
	}
	return a
}

// over is the limited kind, by its place in Rules.limits, of which one person of all the nodes would have too
// many, or -1.
func (w *web) over(nodes []int32) int {
	groups := w.groups[:0]
	for _, n := range nodes {
		if p := w.nodes[n].person; !slices.Contains(groups, p) {
			groups = append(groups, p)
		}
	}
	w.groups = groups
	if len(groups) < 2 {
		return -1
	}
	for l, limit := range w.rules.limits {
		n := 0
		for _, p := range groups {
			n += int(w.count(p)[l])
		}
		if n > limit {
			return l
		}
	}
	return -1
}

// person is person p in full.
func (w *web) person(p int32) Person {
	of := w.people[p]
	out := Person{IDs: w.idsOf(of.nodes)}
	if len(of.joins) == 0 {
		return out
	}
	joins := slices.Clone(of.joins)
	slices.SortStableFunc(joins, w.before)
	out.Joins = make([]Join, len(joins))
	for i, j := range joins {
		s := w.step(j)
		out.Joins[i] = Join{A: s.A, B: s.B, At: s.At, Source: s.Source, Key: s.Key}
	}
	return out
}

// before is the order in which links are evaluated, but for those of one sighting.
func (w *web) before(x, y join) int {
	switch {
	case x.by == y.by:
		return 0
	case x.by >= 0 && y.by >= 0:
		return w.compare(x.by, y.by)
	case x.by >= 0:
		return -1
	case y.by >= 0:
		return 1
	}
	return w.earlier(^x.by, ^y.by)
}
