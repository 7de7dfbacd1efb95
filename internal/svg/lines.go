package svg

import (
	"math"
	"strings"
)

// A Series is one line, or one part of each bar.
type Series struct {
	Name   string
	Values []float64 // one for each label; NaN is a gap
}

// Lines draws series over labels, from zero upwards (or from the least value, where that is negative).
func Lines(f Figure, labels []string, series []Series) string {
	c := f.canvas()
	p := c.plot(labels, series, false, false)
	c.labels(p, labels)
	for i, s := range series {
		var d strings.Builder
		pen := "M"
		last := -1
		for k, v := range s.Values[:min(len(s.Values), len(labels))] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				pen = "M"
				continue
			}
			d.WriteString(pen + num(p.at(k)) + " " + num(p.y(v)))
			pen, last = "L", k
		}
		if last < 0 {
			continue
		}
		dash := ""
		if i >= tones {
			dash = ` stroke-dasharray="5 4"`
		}
		c.put(`<path d="`, d.String(), `" class="l `, tone("l", i), `"`, dash, `/>`)
		c.put(`<circle cx="`, num(p.at(last)), `" cy="`, num(p.y(s.Values[last])), `" r="3" class="`, tone("s", i), `"/>`)
	}
	return c.done(p.height)
}

// plot is the frame of a chart with labels below and values at the left.
type plot struct {
	left, right, top, bottom, height float64
	lo, hi                           float64
	n                                int
	band                             bool
}

// at is the x of label k: the middle of its band, or a point from edge to edge.
func (p plot) at(k int) float64 {
	if p.band || p.n < 2 {
		return p.left + (p.right-p.left)*(float64(k)+.5)/float64(max(p.n, 1))
	}
	return p.left + (p.right-p.left)*float64(k)/float64(p.n-1)
}

func (p plot) y(v float64) float64 {
	return p.bottom - (p.bottom-p.top)*(v-p.lo)/(p.hi-p.lo)
}

// plot draws legend and grid. Stacked: values of a label are summed.
func (c *canvas) plot(labels []string, series []Series, band, stacked bool) plot {
	names := make([]string, len(series))
	sums := make([]float64, len(labels))
	lo, hi := 0.0, 0.0
	for i, s := range series {
		names[i] = s.Name
		for k, v := range s.Values[:min(len(s.Values), len(labels))] {
			if v = finite(v); stacked {
				sums[k] += math.Max(v, 0)
				v = sums[k]
			}
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	ys := ticks(lo, hi, 5)
	p := plot{top: 10, right: c.w - 6, lo: ys[0], hi: ys[len(ys)-1], n: len(labels), band: band}
	if len(names) > 1 {
		p.top += c.legend(0, names)
	}
	for _, v := range ys {
		p.left = math.Max(p.left, Width(Short(v), small)+8)
	}
	p.bottom = p.top + math.Max(150, math.Min(260, c.w*.32))
	p.height = p.bottom + 22
	for _, v := range ys {
		c.line(p.left, p.y(v), p.right, p.y(v), "rule")
		c.text(p.left-6, p.y(v)+3.5, Short(v), "soft sm e", p.left)
	}
	return p
}

// labels writes those labels that fit without touching.
func (c *canvas) labels(p plot, labels []string) {
	widest := 0.0
	for _, l := range labels {
		widest = math.Max(widest, Width(l, small))
	}
	step := every(len(labels), widest+12, p.right-p.left)
	end := 0.0 // of the label before: the last may have been moved in from the edge
	for k := 0; k < len(labels); k += step {
		w := Width(labels[k], small)
		x := math.Max(math.Min(p.at(k), c.w-w/2), w/2)
		if k > 0 && x-w/2 < end+4 {
			continue
		}
		end = x + w/2
		c.text(x, p.bottom+15, labels[k], "soft sm c", c.w)
	}
}
