package report

import (
	"bufio"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/marque-go/marque/internal/svg"
)

const columns = 100 // of the terminal that is written for

// Text writes the report for a terminal. Chinese names count two columns each.
func Text(w io.Writer, r Report) error {
	p := &printer{w: bufio.NewWriter(w)}
	p.line(plain(strings.ToUpper(r.Title)))
	p.paragraph("", r.Lead)
	p.paragraph("", r.Note)
	if len(r.Figures) > 0 {
		p.line("")
		t := Table{}
		for _, f := range r.Figures {
			t.Rows = append(t.Rows, []string{f.Label, f.Value, f.Note})
		}
		p.table(t, nil)
	}
	for _, s := range r.sections() {
		p.line("")
		p.line(plain(strings.ToUpper(s.Title)))
		p.paragraph("", s.Lead)
		for i, b := range s.blocks {
			if i > 0 {
				p.line("")
			}
			p.paragraph("", b.title)
			p.paragraph("", b.lead)
			p.table(b.table, b.bars)
			p.paragraph("  ", b.after)
			for _, l := range b.words {
				p.paragraph("  ", l)
			}
		}
	}
	return p.w.Flush()
}

type printer struct{ w *bufio.Writer }

// line writes s. Errors stay with the writer until the flush.
func (p *printer) line(s string) {
	_, _ = p.w.WriteString(strings.TrimRight(s, " ") + "\n")
}

// paragraph breaks s at spaces.
func (p *printer) paragraph(indent, s string) {
	line := indent
	for word := range strings.FieldsSeq(plain(s)) {
		if line != indent && svg.Cells(line)+1+svg.Cells(word) > columns {
			p.line(line)
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	if line != indent {
		p.line(line)
	}
}

// table writes columns side by side, each as wide as its widest cell. Bars stand at the end. The last column
// continues below itself where it is too long.
func (p *printer) table(t Table, bars []float64) {
	rows := t.Rows
	if len(rows) == 0 {
		return
	}
	keep := t.filled()
	if len(t.Columns) > 0 {
		rows = append([][]string{t.Columns}, rows...)
	}
	right := t.numeric()
	width := make([]int, len(right))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], svg.Cells(plain(cell)))
		}
	}
	for k, row := range rows {
		line := " "
		for i, cell := range row {
			if !keep[i] {
				continue
			}
			cell = plain(cell)
			pad := strings.Repeat(" ", width[i]-svg.Cells(cell))
			switch {
			case right[i]:
				line += " " + pad + cell + " "
			case i == len(row)-1 && svg.Cells(line)+1+svg.Cells(cell) > columns:
				line = p.hang(line+" ", cell)
			default:
				line += " " + cell + pad + " "
			}
		}
		if n := k - (len(rows) - len(t.Rows)); n >= 0 && n < len(bars) {
			line += " " + bar(bars[n], columns-svg.Cells(line)-2)
		}
		p.line(line)
	}
}

// hang writes a long cell below itself and returns its last line.
func (p *printer) hang(line, cell string) string {
	indent := min(svg.Cells(line), columns*3/4)
	for i, part := range strings.Split(cell, " · ") {
		if i > 0 {
			if svg.Cells(line)+3+svg.Cells(part) > columns {
				p.line(line)
				line = strings.Repeat(" ", indent)
			} else {
				line += " · "
			}
		}
		line += part
	}
	return line
}

// filled tells which columns have anything in a row.
func (t Table) filled() []bool {
	keep := make([]bool, t.width())
	for _, row := range t.Rows {
		for i, cell := range row {
			keep[i] = keep[i] || cell != ""
		}
	}
	return keep
}

// numeric tells which columns are numbers in every row.
func (t Table) numeric() []bool {
	right := make([]bool, t.width())
	for i := range right {
		some, all := false, true
		for _, row := range t.Rows {
			if i >= len(row) || row[i] == "" {
				continue
			}
			r, _ := utf8.DecodeRuneInString(row[i])
			some = true
			all = all && strings.ContainsRune("0123456789+−–-¥$€£[<", r)
		}
		right[i] = some && all
	}
	return right
}

func (t Table) width() int {
	n := len(t.Columns)
	for _, row := range t.Rows {
		n = max(n, len(row))
	}
	return n
}

// bar draws a share in eighths of a character.
func bar(x float64, length int) string {
	length = min(max(length, 0), 32)
	n := int(math.Round(math.Max(0, math.Min(1, x)) * float64(length) * 8))
	if math.IsNaN(x) {
		n = 0
	}
	s := strings.Repeat("█", n/8)
	if n%8 > 0 {
		s += string([]rune(" ▏▎▍▌▋▊▉")[n%8])
	}
	return s
}

// spark draws values as a row of at most n small bars, each the mean of its share of the values.
func spark(values []float64, n int) string {
	n = min(n, len(values))
	means := make([]float64, n)
	high := 0.0
	for i := range means {
		from, to := i*len(values)/n, (i+1)*len(values)/n
		sum, count := 0.0, 0
		for _, v := range values[from:to] {
			if !math.IsNaN(v) {
				sum, count = sum+v, count+1
			}
		}
		means[i] = sum / float64(count)
		if means[i] > high {
			high = means[i]
		}
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, m := range means {
		switch {
		case math.IsNaN(m):
			b.WriteByte(' ')
		case high == 0 || m <= 0:
			b.WriteRune(levels[0])
		default:
			b.WriteRune(levels[min(int(m/high*8), 7)])
		}
	}
	return b.String()
}
