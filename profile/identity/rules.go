package identity

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/marque-go/marque"
)

// Rules are a compiled policy. They are immutable and safe for concurrent use.
type Rules struct {
	kinds   map[string]int // places in list
	list    []kind
	limits  []int // of limited kinds
	hub     int   // of kinds that are not listed
	sources map[string]int
	blocked map[uint64][]blocked // by fold
}

// A kind is one that the policy lists.
type kind struct {
	name    string
	limited int // its place in limits, -1 where it has none
	hub     int
}

// Compile validates a policy and prepares it for use.
func (p Policy) Compile() (*Rules, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	r := &Rules{
		kinds: make(map[string]int, len(p.Kinds)), sources: make(map[string]int, len(p.Sources)),
		hub: hubs(p.Hub, defaultHub),
	}
	r.block("", p.Blocked)
	for i, k := range p.Kinds {
		c := kind{name: k.Name, limited: -1, hub: hubs(k.Hub, r.hub)}
		if k.Limit > 0 {
			c.limited = len(r.limits)
			r.limits = append(r.limits, k.Limit)
		}
		r.kinds[k.Name] = i
		r.list = append(r.list, c)
		r.block(k.Name, k.Blocked)
	}
	for i, s := range p.Sources {
		r.sources[s] = i
	}
	return r, nil
}

func (r *Rules) block(kind string, values []string) {
	for _, v := range values {
		if r.blocked == nil {
			r.blocked = map[uint64][]blocked{}
		}
		v = strings.TrimSpace(v)
		h := fold(v)
		r.blocked[h] = append(r.blocked[h], blocked{kind, v})
	}
}

// Rank is the place of a source in the policy: 0 for the most trusted, the number of listed ones for all others.
func (r *Rules) Rank(source string) int {
	if i, ok := r.sources[source]; ok {
		return i
	}
	return len(r.sources)
}

// Limit is how many identifiers of the kind a person may have, 0 for any number.
func (r *Rules) Limit(kind string) int {
	if i, ok := r.kinds[kind]; ok && r.list[i].limited >= 0 {
		return r.limits[r.list[i].limited]
	}
	return 0
}

// Hub is the number of identifiers of limited kinds with which one of this kind may be seen; with more it is a hub.
// It is math.MaxInt where the kind has no hubs, like marque.ProfileKind unless it is listed.
func (r *Rules) Hub(kind string) int {
	if i, ok := r.kinds[kind]; ok {
		return r.list[i].hub
	}
	if kind == marque.ProfileKind {
		return math.MaxInt
	}
	return r.hub
}

// limited is the name of the i-th kind that has a limit.
func (r *Rules) limited(i int) string {
	return r.list[slices.IndexFunc(r.list, func(k kind) bool { return k.limited == i })].name
}

// rank is the place of a kind in the policy, the number of listed ones for all others.
func (r *Rules) rank(kind string) int {
	if i, ok := r.kinds[kind]; ok {
		return i
	}
	return len(r.list)
}

// stronger compares kinds: negative where a is the stronger one.
func (r *Rules) stronger(a, b string) int {
	if a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(r.rank(a), r.rank(b)), cmp.Compare(a, b))
}

// byStrength is the order of identifiers within a person: by rank of kind, then kind, then value.
func (r *Rules) byStrength(a, b marque.ID) int {
	return cmp.Or(r.stronger(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
}

// Compare is the canonical order of observations, in which they are evaluated: by rank of source, At, Source, Key,
// and then the identifiers. It is zero for equal observations only.
func (r *Rules) Compare(a, b Observation) int {
	return cmp.Or(
		cmp.Compare(r.Rank(a.Source), r.Rank(b.Source)), a.At.Compare(b.At),
		cmp.Compare(a.Source, b.Source), cmp.Compare(a.Key, b.Key), slices.CompareFunc(a.IDs, b.IDs, byText),
	)
}

func byText(a, b marque.ID) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
}

// Usable are the identifiers without those that are blocked and without repeats, the strongest kind first. Within a
// kind, and among kinds that are not listed, they stay as they were. Where nothing changes it returns ids itself, and
// does not allocate (of more than 32 identifiers it always returns a copy).
func (r *Rules) Usable(ids []marque.ID) []marque.ID {
	if r.usable(ids) {
		return ids
	}
	out := make([]marque.ID, 0, len(ids))
	seen := make(map[marque.ID]struct{}, len(ids))
	for _, id := range ids {
		if _, again := seen[id]; !again && !r.Blocked(id) {
			out = append(out, id)
		}
		seen[id] = struct{}{}
	}
	slices.SortStableFunc(out, func(a, b marque.ID) int { return cmp.Compare(r.rank(a.Kind), r.rank(b.Kind)) })
	return slices.Clip(out)
}

func (r *Rules) usable(ids []marque.ID) bool {
	if len(ids) > 32 { // more than an event has, and too many to compare each with each
		return false
	}
	for i, id := range ids {
		if i > 0 && r.rank(ids[i-1].Kind) > r.rank(id.Kind) || r.Blocked(id) || slices.Contains(ids[:i], id) {
			return false
		}
	}
	return true
}
