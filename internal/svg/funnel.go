package svg

import "math"

// A Step is a row of a funnel.
type Step struct {
	Name  string
	Count int
	Share float64 // of the first step, in [0, 1]: the length of the bar
	// Low and High bound Share. Both zero: nothing is drawn.
	Low, High float64
	Note      string // written under the bar's end: "−41% · median 2d"
}

// Funnel draws each step as a bar under its name, with count and share at the right.
func Funnel(f Figure, steps []Step) string {
	c := f.canvas()
	y := 0.0
	for i, s := range steps {
		if i > 0 {
			y += 10
		}
		figures := Count(s.Count) + "  ·  " + Percent(s.Share, 1)
		fw := Width(figures, size*1.06)
		c.text(0, y+12, s.Name, "b", c.w-fw-12)
		c.text(c.w, y+12, figures, "e b", c.w)
		y += 18
		c.rect(0, y, c.w, 16, 3, "track")
		share := clamp(s.Share)
		c.rect(0, y, math.Max(share*c.w, 1), 16, 3, "s1")
		if s.High > s.Low {
			lo, hi := clamp(s.Low)*c.w, clamp(s.High)*c.w
			c.put(`<path d="M`, num(lo), ` `, num(y+8), `H`, num(hi), `M`, num(lo), ` `, num(y+4), `V`, num(y+12), `M`, num(hi), ` `, num(y+4), `V`, num(y+12), `" class="whisker"/>`)
		}
		y += 16
		if s.Note != "" {
			c.text(0, y+13, s.Note, "soft sm", c.w)
			y += 16
		}
	}
	return c.done(math.Max(y, 1) + 2)
}

func clamp(x float64) float64 { return math.Max(0, math.Min(1, finite(x))) }
