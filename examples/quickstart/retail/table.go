package retail

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/marque-go/marque"
)

// A Count says how many rows of a file were read and refused.
type Count struct {
	File    string
	Read    int
	Refused int
}

// A Fault is a row, or a whole file, that could not be read.
type Fault struct {
	File string
	Line int
	Col  int
	Err  error
}

func (f Fault) Error() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %v", f.File, f.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", f.File, f.Line, f.Col, f.Err)
}

// Whole reports whether it is the file that cannot be read, not a row.
func (f Fault) Whole() bool { return f.Line <= 1 }

// row is one line of a table, whose cells are asked for by name. The first cell that cannot be read makes the
// row's fault.
type row struct {
	at    map[string]int
	line  int
	cells []string
	cols  []int // where the cells begin, in runes from 1
	fault *Fault
}

func (r *row) cell(name string) string { return r.cells[r.at[name]] }

func (r *row) bad(name, format string, args ...any) {
	if r.fault == nil {
		r.fault = &Fault{Line: r.line, Col: r.cols[r.at[name]], Err: fmt.Errorf(name+": "+format, args...)}
	}
}

// most is the highest amount of a cell, in cents, so that sums of many stay whole numbers.
const most = 100_000_000_000

// text is a cell that must not be empty.
func (r *row) text(name string) string {
	s := r.cell(name)
	if s == "" {
		r.bad(name, "is empty")
	}
	return s
}

func (r *row) whole(name string) int64 {
	n, err := strconv.ParseInt(r.cell(name), 10, 64)
	if err != nil {
		r.bad(name, "%q is not a whole number", r.cell(name))
	}
	return n
}

func (r *row) money(name string) int64 {
	m, err := marque.ParseMoney(r.cell(name), "USD")
	if err != nil {
		r.bad(name, "%q is not an amount in dollars", r.cell(name))
	} else if m > most || m < -most {
		r.bad(name, "%q is beyond a billion dollars", r.cell(name))
	}
	return int64(m)
}

func (r *row) time(name, layout string) time.Time {
	t, err := time.Parse(layout, r.cell(name))
	if err != nil {
		r.bad(name, "%q is not a time like %s", r.cell(name), layout)
	} else if y := t.UTC().Year(); y < 2016 || y > 2018 {
		r.bad(name, "%q is far from 2017, the year of the data", r.cell(name))
	}
	return t.UTC()
}

// table reads a file of named columns and hands each whole row to take. Rows that cannot be read are refused; a
// file without its columns is refused whole.
func (d *Data) table(fsys fs.FS, file string, columns []string, take func(*row)) {
	c := Count{File: file}
	defer func() { d.Counts = append(d.Counts, c) }()
	refuse := func(f Fault) {
		f.File = file
		d.Faults = append(d.Faults, f)
		c.Refused++
	}
	in, err := fsys.Open(file)
	if err != nil {
		refuse(Fault{Err: errors.New("cannot be opened: " + reason(err))})
		return
	}
	defer in.Close()
	r := &row{at: map[string]int{}}
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		line, err := lines.ReadString('\n')
		if err != nil && err != io.EOF {
			refuse(Fault{Line: r.line + 1, Col: 1, Err: err})
			return
		}
		if line == "" {
			break
		}
		r.line++
		r.fault = nil
		if r.line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if err := r.split(strings.TrimRight(line, "\r\n")); err != nil {
			refuse(*err)
			continue
		}
		if r.line == 1 {
			for i, name := range r.cells {
				r.at[name] = i
			}
			for _, name := range columns {
				if _, ok := r.at[name]; !ok {
					refuse(Fault{Line: 1, Col: 1, Err: fmt.Errorf("has no column %s", name)})
					return
				}
			}
			continue
		}
		if len(r.cells) != len(r.at) {
			refuse(Fault{Line: r.line, Col: 1, Err: fmt.Errorf("want %d cells, have %d", len(r.at), len(r.cells))})
			continue
		}
		take(r)
		if r.fault != nil {
			refuse(*r.fault)
			continue
		}
		c.Read++
	}
	if r.line == 0 {
		refuse(Fault{Line: 1, Col: 1, Err: errors.New("is empty")})
	}
}

// split reads one line. No cell of these files spans lines, so that an open quote spoils its own line only.
func (r *row) split(line string) *Fault {
	r.cols = r.cols[:0]
	if !strings.Contains(line, `"`) {
		r.cells = strings.Split(line, ",")
		col := 1
		for _, c := range r.cells {
			r.cols = append(r.cols, col)
			col += utf8.RuneCountInString(c) + 1
		}
		return nil
	}
	reader := csv.NewReader(strings.NewReader(line))
	cells, err := reader.Read()
	if err != nil {
		var p *csv.ParseError
		if errors.As(err, &p) {
			return &Fault{Line: r.line, Col: utf8.RuneCountInString(line[:min(p.Column-1, len(line))]) + 1, Err: p.Err}
		}
		return &Fault{Line: r.line, Col: 1, Err: err}
	}
	r.cells = cells
	for i := range cells {
		_, at := reader.FieldPos(i)
		r.cols = append(r.cols, utf8.RuneCountInString(line[:at-1])+1)
	}
	return nil
}

func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
