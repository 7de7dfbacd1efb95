package clean

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// A Report tells what a table is like. The same table and sheet give the same report.
type Report struct {
	// Header are the faults of the header: columns that are not there, not declared, or there twice.
	Header []string `json:"header,omitempty"`
	Rows   int      `json:"rows"`  // without the header and empty lines
	Clean  int      `json:"clean"` // without a fault
	Blank  int      `json:"blank"` // nothing in any cell
	Broken int      `json:"broken"`
	Twins  int      `json:"twins"` // rows with the same cells as one before
	// Faults are those of the first broken rows.
	Faults  []RowFault     `json:"faults,omitempty"`
	Columns []ColumnReport `json:"columns"` // as they were declared
	// Capped says that there were more rows than are remembered: Twins is then the least there are.
	Capped bool `json:"capped,omitempty"`
}

// A ColumnReport tells what a column is like. Rows that are read and not blank are Missing, Malformed or Valid.
type ColumnReport struct {
	Name      string  `json:"name"`
	As        Form    `json:"as"`
	Absent    bool    `json:"absent,omitempty"` // the table has no such column
	Missing   int     `json:"missing"`          // empty, or a placeholder
	Malformed int     `json:"malformed"`
	Valid     int     `json:"valid"`
	Share     float64 `json:"share"`   // of Valid in all three, 0 to 1; 0 of none
	Changed   int     `json:"changed"` // of the valid: came in another form
	Distinct  int     `json:"distinct"`
	Groups    int     `json:"groups"`   // of the distinct: there more than once
	Repeated  int     `json:"repeated"` // rows with a value that is there more than once, the first too
	// Reasons of the malformed values, the most frequent first, then by text.
	Reasons []Count `json:"reasons,omitempty"`
	// Repeats are the first values that came a second time, of columns that are Unique or of identifiers.
	Repeats []Example `json:"repeats,omitempty"`
	// Capped says that there were more distinct values than are remembered: Distinct, Groups and Repeated are then the
	// least there are.
	Capped bool `json:"capped,omitempty"`
}

// A Count is how many values are malformed for one reason.
type Count struct {
	Reason   string    `json:"reason"`
	Rows     int       `json:"rows"`
	Examples []Example `json:"examples"` // the first ones
}

// An Example is a value with its place.
type Example struct {
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"` // in runes, from 1; 0 where it has none
	Cell   string `json:"cell"`             // masked, unless asked for
	First  int    `json:"first,omitempty"`  // the line that had the value first
}

// Report is what was found until now. It is the caller's to keep.
func (r *Run) Report() Report {
	rep := r.report
	rep.Capped = r.rows.full
	rep.Header, rep.Faults = slices.Clone(rep.Header), slices.Clone(rep.Faults)
	rep.Columns = slices.Clone(rep.Columns)
	for i := range rep.Columns {
		c, s := &rep.Columns[i], r.seen[i]
		c.Distinct, c.Groups, c.Repeated, c.Capped = len(s.known), s.groups, s.rows, s.full
		if all := c.Missing + c.Malformed + c.Valid; all > 0 {
			c.Share = float64(c.Valid) / float64(all)
		}
		c.Repeats, c.Reasons = slices.Clone(c.Repeats), slices.Clone(c.Reasons)
		for j := range c.Reasons {
			c.Reasons[j].Examples = slices.Clone(c.Reasons[j].Examples)
		}
		slices.SortFunc(c.Reasons, func(a, b Count) int {
			return cmp.Or(b.Rows-a.Rows, strings.Compare(a.Reason, b.Reason))
		})
	}
	return rep
}

// reasonText is the reason without the name of the package.
func reasonText(err error) string {
	if r, ok := errors.AsType[Reason](err); ok {
		return string(r)
	}
	return err.Error()
}

func (r *Run) example(rep *ColumnReport, f RowFault) {
	at := slices.IndexFunc(rep.Reasons, func(c Count) bool { return c.Reason == f.Reason })
	if at < 0 {
		at = len(rep.Reasons)
		rep.Reasons = append(rep.Reasons, Count{Reason: f.Reason})
	}
	n := &rep.Reasons[at]
	n.Rows++
	if len(n.Examples) < r.o.Examples {
		c := &r.plan.columns[slices.IndexFunc(r.plan.columns, func(c column) bool { return c.Name == f.Name })]
		n.Examples = append(n.Examples, Example{Line: f.Line, Column: f.Column, Cell: r.shown(c, f.Cell)})
	}
}

// shown is a value as the report shows it.
func (r *Run) shown(c *column, value string) string {
	const most = 60
	if !r.o.Plain && c.private() {
		value = Mask(value)
	}
	if rs := []rune(value); len(rs) > most {
		return string(rs[:most]) + "…"
	}
	return value
}

// String is the report as a table with what is wrong below each column.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows: %d clean, %d blank, %d not readable, %s%d the same as one before\n",
		r.Rows, r.Clean, r.Blank, r.Broken, least(r.Capped), r.Twins)
	for _, h := range r.Header {
		fmt.Fprintf(&b, "header: %s\n", h)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "row %d:%d: %s\n", f.Line, f.Column, f.Reason)
	}
	cells := [][]string{{"column", "as", "valid", "share", "missing", "malformed", "changed", "distinct", "repeated"}}
	for _, c := range r.Columns {
		cells = append(cells, []string{c.Name, string(c.As), strconv.Itoa(c.Valid), fmt.Sprintf("%.1f%%", 100*c.Share),
			strconv.Itoa(c.Missing), strconv.Itoa(c.Malformed), strconv.Itoa(c.Changed),
			least(c.Capped) + strconv.Itoa(c.Distinct), least(c.Capped) + strconv.Itoa(c.Repeated)})
	}
	wide := make([]int, len(cells[0]))
	for _, row := range cells {
		for i, s := range row {
			wide[i] = max(wide[i], columns(s))
		}
	}
	for i, row := range cells {
		for j, s := range row {
			gap := strings.Repeat(" ", wide[j]-columns(s))
			switch {
			case j == 0:
				b.WriteString(s + gap)
			case j == 1:
				b.WriteString("  " + s + gap)
			default:
				b.WriteString("  " + gap + s)
			}
		}
		b.WriteByte('\n')
		if i > 0 {
			r.Columns[i-1].below(&b)
		}
	}
	return b.String()
}

// below writes the reasons and examples of a column.
func (c *ColumnReport) below(b *strings.Builder) {
	for _, n := range c.Reasons {
		fmt.Fprintf(b, "  %s: %d, as %s\n", n.Reason, n.Rows, list(n.Examples))
	}
	if len(c.Repeats) > 0 {
		fmt.Fprintf(b, "  repeated: %s%d values, as %s\n", least(c.Capped), c.Groups, list(c.Repeats))
	}
}

func list(es []Example) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = fmt.Sprintf("%s at %d", quote(e.Cell), e.Line)
		if e.Column > 0 {
			parts[i] += ":" + strconv.Itoa(e.Column)
		}
		if e.First > 0 {
			parts[i] += fmt.Sprintf(" as in %d", e.First)
		}
	}
	return strings.Join(parts, ", ")
}

func least(capped bool) string {
	if capped {
		return ">="
	}
	return ""
}

func quote(s string) string { return strconv.Quote(s) }

// columns is how wide a text is on a terminal, where Chinese takes two columns a character.
func columns(s string) (n int) {
	for _, r := range s {
		n++
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n++
		}
	}
	return n
}
