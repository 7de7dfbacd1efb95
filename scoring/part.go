package scoring

import (
	"cmp"
	"math"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Part is what one rule gave a person, learnt through one identifier.
type Part struct {
	Rule string    `json:"rule"` // its name, or ByHand
	Via  marque.ID `json:"via,omitzero"`
	// At is the latest event, Points the sum of all as of then, Count their number. With a cap they are those of
	// the Hits.
	At     rule.Instant `json:"at"`
	Points float64      `json:"points"`
	Count  int          `json:"count"`
	// Hits are the single events of a rule with a cap, the earliest first, as many as the cap lets count.
	Hits []Hit `json:"hits,omitempty"`
}

// A Hit is one event that gave points.
type Hit struct {
	At     rule.Instant `json:"at"`
	Points float64      `json:"points"`
}

func (h Hit) compare(o Hit) int {
	return cmp.Or(cmp.Compare(h.At, o.At), cmp.Compare(h.Points, o.Points))
}

func placePart(a, b Part) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Via.Kind, b.Via.Kind), cmp.Compare(a.Via.Value, b.Via.Value))
}

// hits are the single events. What was counted before the rule had a cap is one of them.
func (p *Part) hits() []Hit {
	if len(p.Hits) == 0 && p.Count > 0 {
		return []Hit{{p.At, p.Points}}
	}
	return p.Hits
}

// fade is the weight after a time. A closed form: 2^(-t/half).
func fade(t rule.Instant, half marque.Duration) float64 {
	if half == 0 || t == 0 {
		return 1
	}
	return math.Exp2(-float64(t) * 1000 / float64(half))
}

// sum is the points of two sums, as of the later instant.
func sum(a, b Hit, half marque.Duration) Hit {
	if a.At < b.At {
		a, b = b, a
	}
	return Hit{a.At, a.Points + b.Points*fade(a.At-b.At, half)}
}

// give returns parts with points of one event added. The memory of parts is left alone.
func (s *score) give(parts []Part, name string, via marque.ID, limit float64, h Hit) []Part {
	one := Part{Rule: name, Via: via, At: h.At, Points: h.Points, Count: 1}
	if limit > 0 {
		one.Hits = []Hit{h}
	}
	i, found := slices.BinarySearchFunc(parts, one, placePart)
	parts = append(make([]Part, 0, len(parts)+1), parts...)
	if !found {
		return slices.Insert(parts, i, one)
	}
	parts[i] = s.join(parts[i], one, limit)
	return parts
}

// join is the two parts of one rule and identifier as one.
func (s *score) join(a, b Part, limit float64) Part {
	if limit > 0 {
		hits := slices.Concat(a.hits(), b.hits())
		slices.SortFunc(hits, Hit.compare)
		a.Hits = hits[:counted(hits, limit)]
		a.At, a.Points, a.Count = 0, 0, len(a.Hits)
		for _, h := range a.Hits {
			t := sum(Hit{a.At, a.Points}, h, s.HalfLife)
			a.At, a.Points = t.At, t.Points
		}
		return a
	}
	t := sum(Hit{a.At, a.Points}, Hit{b.At, b.Points}, s.HalfLife)
	a.At, a.Points, a.Count, a.Hits = t.At, t.Points, a.Count+b.Count, nil
	return a
}

// counted is how many of the hits, in order, a cap lets count; the last of them maybe in part.
func counted(hits []Hit, limit float64) int {
	total := 0.0
	for i, h := range hits {
		if total >= limit {
			return i
		}
		total += math.Abs(h.Points)
	}
	return len(hits)
}

// tidy joins parts of the same rule and identifier, as a merge may leave them.
func (s *score) tidy(parts []Part) []Part {
	same := func(i int) bool { return placePart(parts[i-1], parts[i]) == 0 }
	clean := true
	for i := 1; i < len(parts); i++ {
		clean = clean && !same(i) && placePart(parts[i-1], parts[i]) < 0
	}
	if clean {
		return parts
	}
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, placePart)
	out := parts[:0]
	for _, p := range parts {
		if k := len(out) - 1; k >= 0 && placePart(out[k], p) == 0 {
			out[k] = s.join(out[k], p, s.limit(p.Rule))
			continue
		}
		out = append(out, p)
	}
	return out
}

func (s *score) limit(name string) float64 {
	for i := range s.rules {
		if s.rules[i].Name == name {
			return s.rules[i].Cap
		}
	}
	return 0
}

// each yields, for each rule in order, what counts of it as of its latest event, and how many events that are.
func (s *score) each(parts []Part, yield func(name string, total Hit, n int)) {
	for i := 0; i < len(parts); {
		j := i + 1
		for j < len(parts) && parts[j].Rule == parts[i].Rule {
			j++
		}
		same := parts[i:j]
		name, limit := parts[i].Rule, s.limit(parts[i].Rule)
		i = j
		var total Hit
		n := 0
		var hits []Hit
		for _, p := range same {
			if limit > 0 {
				hits = append(hits, p.hits()...)
				continue
			}
			total, n = sum(total, Hit{p.At, p.Points}, s.HalfLife), n+p.Count
		}
		slices.SortFunc(hits, Hit.compare)
		left := limit
		for _, h := range hits[:counted(hits, limit)] {
			if h.Points > 0 {
				h.Points = min(h.Points, left)
			} else {
				h.Points = max(h.Points, -left)
			}
			left -= math.Abs(h.Points)
			total, n = sum(total, h, s.HalfLife), n+1
		}
		yield(name, total, n)
	}
}

// curve is the parts as a function of time: one term.
func (s *score) curve(parts []Part) rule.Curve {
	if len(parts) == 0 {
		return nil
	}
	var total Hit
	s.each(parts, func(_ string, h Hit, _ int) { total = sum(total, h, s.HalfLife) })
	return rule.Curve{{From: total.At, Points: total.Points, HalfLife: s.HalfLife}}
}
