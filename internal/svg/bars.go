package svg

import "math"

// Stacked draws a bar for each label, made of one part per series from the bottom up. Negative values are left out.
func Stacked(f Figure, labels []string, series []Series) string {
	c := f.canvas()
	p := c.plot(labels, series, true, true)
	c.labels(p, labels)
	width := math.Min((p.right-p.left)/float64(max(p.n, 1))*.72, 46)
	for k := range labels {
		sum := 0.0
		for i, s := range series {
			if k >= len(s.Values) || !(finite(s.Values[k]) > 0) {
				continue
			}
			from, to := p.y(sum), p.y(sum+s.Values[k])
			c.rect(p.at(k)-width/2, to, width, math.Max(from-to-.6, .4), 0, tone("s", i))
			sum += s.Values[k]
		}
	}
	return c.done(p.height)
}

// Grouped draws, for each label, one bar per series side by side.
func Grouped(f Figure, labels []string, series []Series) string {
	c := f.canvas()
	p := c.plot(labels, series, true, false)
	c.labels(p, labels)
	group := math.Min((p.right-p.left)/float64(max(p.n, 1))*.76, 26*float64(max(len(series), 1)))
	width := group / float64(max(len(series), 1))
	for k := range labels {
		for i, s := range series {
			if k >= len(s.Values) || finite(s.Values[k]) == 0 {
				continue
			}
			a, b := p.y(0), p.y(s.Values[k])
			c.rect(p.at(k)-group/2+width*float64(i), math.Min(a, b), math.Max(width-1, .6), math.Abs(a-b), 0, tone("s", i))
		}
	}
	c.line(p.left, p.y(0), p.right, p.y(0), "axis")
	return c.done(p.height)
}
