package svg

import "math"

// An Interval is an estimate with its bounds.
type Interval struct {
	Name             string
	Value, Low, High float64
	Text             string // written at the right: "31.2% [30.4, 32.0]"
}

// Forest draws each interval as a line with its estimate as a dot, over a common axis. Format writes the axis.
// Where the axis crosses zero it is marked.
func Forest(f Figure, rows []Interval, format func(float64) string) string {
	c := f.canvas()
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range rows {
		lo = math.Min(lo, math.Min(finite(r.Low), finite(r.Value)))
		hi = math.Max(hi, math.Max(finite(r.High), finite(r.Value)))
	}
	if !(hi >= lo) {
		lo, hi = 0, 1
	}
	if lo > 0 && lo < hi/2 {
		lo = 0
	}
	if hi < 0 {
		hi = 0
	}
	xs := ticks(lo, hi, 5)
	lo, hi = xs[0], xs[len(xs)-1]
	pad := Width(format(hi), small)/2 + 2
	pad = math.Max(pad, Width(format(lo), small)/2+2)
	at := func(v float64) float64 { return pad + (c.w-2*pad)*(finite(v)-lo)/(hi-lo) }

	bottom := float64(len(rows)) * 44
	widest := 0.0
	for _, x := range xs {
		widest = math.Max(widest, Width(format(x), small))
	}
	step := every(len(xs), widest+10, c.w-2*pad+widest)
	for i, x := range xs {
		class := "rule"
		if math.Abs(x) < 1e-12 && lo < 0 {
			class = "axis"
		}
		c.line(at(x), 0, at(x), bottom+4, class)
		if i%step == 0 {
			c.text(at(x), bottom+17, format(x), "soft sm c", c.w)
		}
	}
	for i, r := range rows {
		y := float64(i) * 44
		tw := Width(r.Text, size)
		if tw > c.w*.7 {
			tw = c.w * .7
		}
		c.text(0, y+13, r.Name, "b halo", c.w-tw-10)
		c.text(c.w, y+13, r.Text, "e halo", c.w*.7)
		t := tone("", i)
		c.put(`<path d="M`, num(at(r.Low)), ` `, num(y+29), `H`, num(at(r.High)), `" class="l l`, t, `"/>`)
		c.put(`<circle cx="`, num(at(r.Value)), `" cy="`, num(y+29), `" r="5" class="s`, t, `"/>`)
	}
	return c.done(bottom + 22)
}
