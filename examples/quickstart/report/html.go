package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/marque-go/marque/internal/svg"
)

//go:embed page.html
var page string

// The widths that pictures are drawn for: the column of the page, and a phone.
const (
	wide   = 800
	narrow = 354
)

type view struct {
	Title, Lead, Note string
	Style             template.CSS
	Figures           []Figure
	Sections          []sectionView
}

type sectionView struct {
	ID, Title, Lead string
	Blocks          []blockView
}

type blockView struct {
	Title, Lead, After string
	Graph              bool
	Wide, Narrow       template.HTML
	Tables             []tableView
	Words              []string
}

type tableView struct {
	Label, Caption string
	Head           []cell
	Body           [][]cell
}

type cell struct {
	Text         string
	Right, Short bool // a number; not to be broken
}

// HTML writes the report as one page: styles and pictures within it, no script, light and dark by the reader's
// choice, each picture in a version for wide and one for narrow screens and again as a table.
func HTML(w io.Writer, r Report) error {
	t, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	v := view{Title: r.Title, Lead: r.Lead, Note: r.Note, Style: template.CSS(svg.Style), Figures: r.Figures}
	for i, s := range r.sections() {
		sv := sectionView{ID: fmt.Sprintf("s%d", i+1), Title: s.Title, Lead: s.Lead}
		for k, b := range s.blocks {
			sv.Blocks = append(sv.Blocks, b.view(s.Title, fmt.Sprintf("%s-%d", sv.ID, k+1)))
		}
		v.Sections = append(v.Sections, sv)
	}
	return t.Execute(w, v)
}

func (b block) view(section, id string) blockView {
	title := b.title
	if title == "" {
		title = section
	}
	v := blockView{Title: b.title, Lead: b.lead, After: b.after, Words: b.words, Graph: b.graph}
	if b.draw != nil { // the pictures escape what they are given
		v.Wide = template.HTML(strings.Join(b.draw(svg.Figure{ID: id + "w", Title: title, Desc: b.desc, Width: wide}), ""))
		v.Narrow = template.HTML(strings.Join(b.draw(svg.Figure{ID: id + "n", Title: title, Desc: b.desc, Width: narrow}), ""))
	}
	t := b.table
	if b.sparks { // drawn by characters for the terminal; the page has the picture
		t = t.without(t.width() - 1)
	}
	for _, t := range append([]Table{t}, b.detail...) {
		v.Tables = append(v.Tables, t.view(title))
	}
	return v
}

func (t Table) without(column int) Table {
	out := Table{Title: t.Title, Columns: t.Columns[:column]}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, row[:min(column, len(row))])
	}
	return out
}

func (t Table) view(label string) tableView {
	v := tableView{Label: label, Caption: t.Title}
	keep, right := t.filled(), t.numeric()
	line := func(cells []string) (out []cell) {
		for i, c := range cells {
			if keep[i] || i == 0 {
				out = append(out, cell{c, right[i] && i > 0, svg.Cells(c) <= 20})
			}
		}
		return out
	}
	if len(t.Columns) > 0 {
		v.Head = line(t.Columns)
	}
	for _, row := range t.Rows {
		v.Body = append(v.Body, line(row))
	}
	return v
}
