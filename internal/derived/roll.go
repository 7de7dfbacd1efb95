package derived

import "slices"

// roll lists people in order. Sorting waits until somebody asks.
type roll struct {
	sorted []string
	fresh  []string
	gone   bool // somebody left: to be made anew
}

func (r *roll) add(profile string) { r.fresh = append(r.fresh, profile) }

func (r *roll) behind(after string) []string {
	if len(r.fresh) > 0 {
		r.sorted = append(r.sorted, r.fresh...)
		r.fresh = r.fresh[:0]
		slices.Sort(r.sorted)
	}
	i, found := slices.BinarySearch(r.sorted, after)
	if found {
		i++
	}
	return r.sorted[i:]
}
