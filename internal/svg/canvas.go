package svg

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
)

// A Figure is what every picture has.
type Figure struct {
	ID    string  // leads the ids within the picture; unique on a page
	Title string  // what it shows
	Desc  string  // what there is to see in it
	Width float64 // in px; height follows. Default 720.
	Alone bool    // the picture brings its own Style and a margin. Default false: the page has them.
}

const (
	size   = 12.0 // of text
	small  = 10.5 // of text of class sm
	margin = 16.0 // around a picture that stands alone
)

// canvas collects elements until the height is known.
type canvas struct {
	f    Figure
	w    float64
	body strings.Builder
}

func (f Figure) canvas() *canvas {
	if !(f.Width > 0) {
		f.Width = 720
	}
	return &canvas{f: f, w: f.Width}
}

// done closes the picture at that height.
func (c *canvas) done(height float64) string {
	var b strings.Builder
	edge := 0.0
	if c.f.Alone {
		edge = margin
	}
	w, h := num(c.w+2*edge), num(math.Ceil(height)+2*edge)
	b.WriteString(`<svg class="m" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="` + num(-edge) + " " + num(-edge) + " " + w + " " + h + `" width="` + w + `" height="` + h + `"`)
	if c.f.ID != "" {
		b.WriteString(` aria-labelledby="` + escape(c.f.ID) + `-t ` + escape(c.f.ID) + `-d"><title id="` + escape(c.f.ID) + `-t">`)
		b.WriteString(escape(c.f.Title) + `</title><desc id="` + escape(c.f.ID) + `-d">` + escape(c.f.Desc) + "</desc>\n")
	} else {
		b.WriteString("><title>" + escape(c.f.Title) + "</title><desc>" + escape(c.f.Desc) + "</desc>\n")
	}
	if c.f.Alone {
		b.WriteString("<style>" + Style + "svg{background:var(--paper)}</style>\n")
	}
	b.WriteString(c.body.String())
	b.WriteString("</svg>\n")
	return b.String()
}

func (c *canvas) put(parts ...string) {
	for _, p := range parts {
		c.body.WriteString(p)
	}
	c.body.WriteByte('\n')
}

// text writes s at a baseline, cut to limit. Classes: e ends at x, c is centred on x, b is bold, sm is small.
func (c *canvas) text(x, y float64, s, class string, limit float64) {
	if s = Fit(s, sizeOf(class), limit); s == "" {
		return
	}
	if class != "" {
		class = ` class="` + class + `"`
	}
	c.put(`<text x="`, num(x), `" y="`, num(y), `"`, class, `>`, escape(s), `</text>`)
}

// sizeOf is the font size to measure with: bold runs wider.
func sizeOf(class string) float64 {
	s := size
	for k := range strings.FieldsSeq(class) {
		switch k {
		case "sm":
			s *= small / size
		case "b":
			s *= 1.06
		}
	}
	return s
}

func (c *canvas) rect(x, y, w, h, r float64, class string) {
	if w <= 0 || h <= 0 {
		return
	}
	round := ""
	if r > 0 {
		round = `" rx="` + num(math.Min(r, w/2))
	}
	c.put(`<rect x="`, num(x), `" y="`, num(y), `" width="`, num(w), `" height="`, num(h), round, `" class="`, class, `"/>`)
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	c.put(`<path d="M`, num(x1), ` `, num(y1), `L`, num(x2), ` `, num(y2), `" class="`, class, `"/>`)
}

// legend writes names with their tones in as many rows as they need, and returns the height it took.
func (c *canvas) legend(y float64, names []string) float64 {
	x, row := 0.0, 0.0
	for i, n := range names {
		n = Fit(n, size, c.w-20)
		w := 16 + Width(n, size) + 14
		if x > 0 && x+w-14 > c.w {
			x, row = 0, row+18
		}
		if i < tones {
			c.rect(x, y+row+1, 10, 10, 2, tone("s", i))
		} else { // the tones come again, as dashed lines
			c.rect(x, y+row+4, 4, 4, 1, tone("s", i))
			c.rect(x+6, y+row+4, 4, 4, 1, tone("s", i))
		}
		c.text(x+16, y+row+10, n, "", c.w-16)
		x += w
	}
	return row + 22
}

// num writes a coordinate to a tenth.
func num(x float64) string {
	x = math.Round(x*10) / 10
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return "0"
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}
