package abtest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/marque-go/marque"
)

// Reweigh gives the arms new weights and writes their ranges, so that the fewest units change arms: as many as
// the shares of the shrinking arms lose, and not one more. Arms that are missing in weights keep theirs; a name
// that is no arm yet becomes the last one, in the order of names.
//
// The rule: an arm that shrinks gives up buckets from its end; what becomes free goes, from the lowest bucket on,
// to the arms that grow, in their order. Shares are rounded by largest remainder, ties to the earlier arm.
// e must be valid and is not changed. The result goes into the definition in place of e: with weights alone and no ranges,
// arms lie one after the other, and a change of weights moves the borders of all that follow.
func Reweigh(e Experiment, weights map[string]int) Experiment {
	have := ranges(&e)
	arms := make([]Arm, len(e.Arms), len(e.Arms)+len(weights))
	for i, a := range e.Arms {
		arms[i] = Arm{Name: a.Name, Weight: a.Weight}
		if equalWeights(e.Arms) {
			arms[i].Weight = 1
		}
	}
	e.Arms = arms
	for _, name := range sortedKeys(weights) {
		if i := e.arm(name); i >= 0 {
			e.Arms[i].Weight = weights[name]
		} else {
			e.Arms = append(e.Arms, Arm{Name: name, Weight: weights[name]})
		}
	}
	want := sizes(e.Arms)
	var free []Range
	kept := make([][]Range, len(e.Arms))
	for i := range e.Arms {
		if i < len(have) {
			kept[i] = have[i]
		}
		for over := int(held(kept[i])) - int(want[i]); over > 0; {
			last := &kept[i][len(kept[i])-1]
			n := min(uint32(over), last.To-last.From)
			free = append(free, Range{last.To - n, last.To})
			if last.To -= n; last.To == last.From {
				kept[i] = kept[i][:len(kept[i])-1]
			}
			over -= int(n)
		}
	}
	free = merge(free)
	for i := range e.Arms {
		for short := int(want[i]) - int(held(kept[i])); short > 0; {
			n := min(uint32(short), free[0].To-free[0].From)
			kept[i] = append(kept[i], Range{free[0].From, free[0].From + n})
			if free[0].From += n; free[0].From == free[0].To {
				free = free[1:]
			}
			short -= int(n)
		}
		e.Arms[i].Ranges = merge(kept[i])
	}
	return e
}

// Moved is the share of units that change arms when the definition old becomes new, of those in both: the
// buckets whose arm's name differs. With another seed it is the share that differs by chance.
func Moved(old, new Experiment) Share {
	if old.seed() != new.seed() {
		same := 0.0
		a, b := sizes(old.Arms), sizes(new.Arms)
		for i, arm := range old.Arms {
			if j := new.arm(arm.Name); j >= 0 {
				same += float64(a[i]) / float64(All) * float64(b[j]) / float64(All)
			}
		}
		return All - Share(same*float64(All))
	}
	a, b := cuts(&old), cuts(&new)
	moved, at := Share(0), uint32(0)
	for len(a) > 0 && len(b) > 0 {
		end := min(a[0].end, b[0].end)
		if old.Arms[a[0].arm].Name != new.Arms[b[0].arm].Name {
			moved += Share(end - at)
		}
		at = end
		if a[0].end == end {
			a = a[1:]
		}
		if b[0].end == end {
			b = b[1:]
		}
	}
	return moved
}

func equalWeights(arms []Arm) bool {
	return !slices.ContainsFunc(arms, func(a Arm) bool { return a.Weight > 0 })
}

const maxWeight = 1_000_000_000

// sizes shares out all buckets by weight: largest remainder, ties to the earlier arm.
func sizes(arms []Arm) []uint32 {
	out := make([]uint32, len(arms))
	if len(arms) == 0 {
		return out
	}
	weight := func(i int) uint64 { return uint64(min(max(arms[i].Weight, 0), maxWeight)) }
	if equalWeights(arms) {
		weight = func(int) uint64 { return 1 }
	}
	sum, left := uint64(0), uint32(marque.Buckets)
	for i := range arms {
		sum += weight(i)
	}
	order := make([]int, len(arms))
	for i := range arms {
		out[i] = uint32(weight(i) * marque.Buckets / sum)
		left -= out[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(weight(j)*marque.Buckets%sum, weight(i)*marque.Buckets%sum)
	})
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// ranges are the buckets of each arm, as written or one after the other.
func ranges(e *Experiment) [][]Range {
	out := make([][]Range, len(e.Arms))
	if slices.ContainsFunc(e.Arms, func(a Arm) bool { return len(a.Ranges) > 0 }) {
		for i, a := range e.Arms {
			out[i] = merge(a.Ranges)
		}
		return out
	}
	at := uint32(0)
	for i, n := range sizes(e.Arms) {
		if n > 0 {
			out[i] = []Range{{at, at + n}}
		}
		at += n
	}
	return out
}

// A cut is the end of a run of buckets of one arm.
type cut struct {
	end uint32
	arm int
}

// cuts are the runs of all buckets in order.
func cuts(e *Experiment) []cut {
	type run struct {
		Range
		arm int
	}
	var runs []run
	for i, rs := range ranges(e) {
		for _, r := range rs {
			runs = append(runs, run{r, i})
		}
	}
	slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(a.From, b.From) })
	out := make([]cut, len(runs))
	for i, r := range runs {
		out[i] = cut{r.To, r.arm}
	}
	return out
}

// checkRanges finds buckets that two arms hold or none, and ranges that are not what the weights ask for.
func (e *Experiment) checkRanges(f *marque.Faults) {
	type place struct {
		Range
		path string
	}
	var all []place
	for i, a := range e.Arms {
		for j, r := range a.Ranges {
			path := fmt.Sprintf("arms[%d].ranges[%d]", i, j)
			if r.From >= r.To || r.To > marque.Buckets {
				f.Add(path, "from %d to %d: want 0 <= from < to <= %d", r.From, r.To, marque.Buckets)
				return
			}
			all = append(all, place{r, path})
		}
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(a.From, b.From) })
	at, before := uint32(0), ""
	for _, p := range all {
		if p.From < at {
			f.Add(p.path, "overlaps %s", before)
		} else if p.From > at {
			f.Add("arms", "buckets [%d, %d) belong to no arm", at, p.From)
		}
		if p.To > at {
			at, before = p.To, p.path
		}
	}
	if at < marque.Buckets {
		f.Add("arms", "buckets [%d, %d) belong to no arm", at, marque.Buckets)
	}
	for i, want := range sizes(e.Arms) {
		if got := held(e.Arms[i].Ranges); got > want+1 || got+1 < want {
			f.Add(fmt.Sprintf("arms[%d].ranges", i), "hold %d buckets, the weight asks for %d: Reweigh writes both", got, want)
		}
	}
}

// merge sorts ranges and joins those that touch.
func merge(rs []Range) []Range {
	rs = slices.Clone(rs)
	slices.SortFunc(rs, func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	out := rs[:0]
	for _, r := range rs {
		if k := len(out) - 1; k >= 0 && out[k].To == r.From {
			out[k].To = r.To
			continue
		}
		out = append(out, r)
	}
	return out
}

func held(rs []Range) (n uint32) {
	for _, r := range rs {
		n += r.To - r.From
	}
	return n
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
