package rfm

import (
	"cmp"
	"slices"
)

// A Report says how customers are spread.
type Report struct {
	Customers int   `json:"customers"`
	Spent     int64 `json:"spent"`
	// Segments are those of the table, in its order, the empty ones too.
	Segments []Part `json:"segments"`
	// Cells are the combinations of scores that there are, the best first.
	Cells []Cell `json:"cells"`
}

// A Part is one segment in a report.
type Part struct {
	Name      string  `json:"name"`
	Customers int     `json:"customers"`
	Share     float64 `json:"share"` // of all customers, 0 to 1
	Spent     int64   `json:"spent"` // minor units
	// Revenue is the share of all that was spent. A segment that got back more than it paid has a negative one; where
	// nothing was spent in all, or less, it is 0.
	Revenue float64 `json:"revenue"`
}

// A Cell is one combination of scores in a report.
type Cell struct {
	Scores    Scores `json:"scores"`
	Segment   string `json:"segment"`
	Customers int    `json:"customers"`
	Spent     int64  `json:"spent"`
}

// Report counts customers by segment and by cell. Scores that the table's grades do not have are counted in the
// totals and in no segment.
func (t *Table) Report(customers []Scored) Report {
	r := Report{Segments: make([]Part, len(t.segments))}
	for i := range t.segments {
		r.Segments[i].Name = t.segments[i].Name
	}
	cells := make([]Cell, len(t.cells))
	for i := range customers {
		c := &customers[i]
		r.Customers++
		r.Spent += c.Spent
		k := t.index(c.Scores)
		if k < 0 {
			continue
		}
		r.Segments[k].Customers++
		r.Segments[k].Spent += c.Spent
		cell := &cells[t.cell(c.Scores)]
		cell.Scores, cell.Segment = c.Scores, t.segments[k].Name
		cell.Customers++
		cell.Spent += c.Spent
	}
	for i := range r.Segments {
		p := &r.Segments[i]
		if r.Customers > 0 {
			p.Share = float64(p.Customers) / float64(r.Customers)
		}
		if r.Spent > 0 {
			p.Revenue = float64(p.Spent) / float64(r.Spent)
		}
	}
	r.Cells = slices.DeleteFunc(cells, func(c Cell) bool { return c.Customers == 0 })
	slices.SortFunc(r.Cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(b.Scores.R, a.Scores.R), cmp.Compare(b.Scores.F, a.Scores.F), cmp.Compare(b.Scores.M, a.Scores.M))
	})
	return r
}
