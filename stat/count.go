package stat

// Count is a number of units and how many of them converted.
type Count struct {
	N    int64 `json:"n"`
	Hits int64 `json:"hits"`
}

// Merge is the count of both together, provided they are about different units.
func (c Count) Merge(o Count) Count { return Count{c.N + o.N, c.Hits + o.Hits} }

// Rate is hits over units, 0 where there are none.
func (c Count) Rate() float64 {
	if c.N == 0 {
		return 0
	}
	return float64(c.Hits) / float64(c.N)
}

func (c Count) fault() Reason {
	switch {
	case c.N < 0 || c.Hits < 0 || c.Hits > c.N:
		return BadCount
	case c.N == 0:
		return NoData
	}
	return ""
}

func (c Count) variance() float64 { return c.Rate() * (1 - c.Rate()) }

// firstReason is the first that is not empty; BadCount goes before the others.
func firstReason(rs ...Reason) Reason {
	first := Reason("")
	for _, r := range rs {
		if r == BadCount {
			return r
		}
		if first == "" {
			first = r
		}
	}
	return first
}
