package report

import (
	"fmt"
	"strings"

	"github.com/marque-go/marque/internal/svg"
)

// A Picture is one picture of the report as a file of its own.
type Picture struct {
	Name string // of the file: "funnel.svg", "journeys-2.svg"
	SVG  string
}

// Pictures returns the pictures of the report, each with its colours for light and dark within it.
func Pictures(r Report) []Picture {
	var out []Picture
	for _, s := range r.sections() {
		n := 0
		for _, b := range s.blocks {
			if b.draw == nil {
				continue
			}
			title := b.title
			if title == "" {
				title = s.Title
			}
			for _, p := range b.draw(svg.Figure{ID: "m", Title: title, Desc: b.desc, Width: wide, Alone: true}) {
				name := strings.ReplaceAll(strings.ToLower(s.Title), " ", "-")
				if n++; n > 1 {
					name = fmt.Sprintf("%s-%d", name, n)
				}
				out = append(out, Picture{name + ".svg", p})
			}
		}
	}
	return out
}
