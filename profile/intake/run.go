package intake

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/clean/table"
	"github.com/marque-go/marque/rule"
)

// A Report tells what became of records. Records are those of the four sorts together.
type Report struct {
	Records int `json:"records"`
	Events  int `json:"events"`
	Skipped int `json:"skipped"`
	// Repeated are the records that say an event of a record before again, in all that the mapping reads. One that says
	// the same event otherwise is Refused.
	Repeated int `json:"repeated"`
	Refused  int `json:"refused"`
	// Dropped are the identifiers that were Lax and malformed; their events are among Events.
	Dropped int `json:"dropped"`
	// Faults are the first 1,000 of the refused records and of the dropped identifiers; a record may have several.
	Faults []Fault `json:"faults,omitempty"`
	// Ignored are the columns of a CSV file that nobody reads.
	Ignored []string `json:"ignored,omitempty"`
	// Capped says that there were more events than are remembered: Repeated are then the least there are, and Events the
	// most.
	Capped bool `json:"capped,omitempty"`
}

const mostFaults = 1000

// A Fault is what is wrong with a record.
type Fault struct {
	Line   int    `json:"line"`             // from 1: of the file, or the number of the record where there is no file
	Column int    `json:"column,omitempty"` // in runes, from 1; 0 where it is not known
	Field  string `json:"field,omitempty"`  // empty: the record as such
	Reason string `json:"reason"`
	// Dropped says that the event was taken without the identifier in this field.
	Dropped bool `json:"dropped,omitempty"`
}

// String is "17:9: 金额: \"12.3.4\": clean: not a number".
func (f Fault) String() string {
	at := fmt.Sprint(f.Line)
	if f.Column > 0 {
		at += fmt.Sprintf(":%d", f.Column)
	}
	if f.Field != "" {
		at += ": " + f.Field
	}
	return at + ": " + f.Reason
}

// Refused is the error of a record of which no event was made. The records behind it are read all the same.
type Refused struct {
	Line   int     // from 1: of the file, or the number of the record where there is no file
	Faults []Fault // all
}

// Error lists the faults, one a line.
func (r *Refused) Error() string {
	var text strings.Builder
	text.WriteString("intake: record refused")
	for _, f := range r.Faults {
		text.WriteString("\n" + f.String())
	}
	return text.String()
}

// record is one that was read.
type record struct {
	line   int
	fields map[string]any
	fault  *table.Fault // why it was not
	place  func(field string) (line, column int)
}

// Events makes events of records, one by one. For a record that is refused it yields a *Refused and goes on; any other
// error is that of the records and the last. Records that are skipped or repeated yield nothing. rep, unless nil, is kept
// up to date; an event is counted before it is yielded.
//
// A record with the ID of one before and other content, as the second line of an order whose number alone is Record, is
// refused with the lines of both: of one ID a log takes the first only. For that each range over the result keeps a hash
// of what it yielded, some 100 bytes an event, up to Options.Remember.
func (p *Plan) Events(records iter.Seq2[map[string]any, error], rep *Report) iter.Seq2[marque.Event, error] {
	return p.run(func(yield func(record, error) bool) {
		n := 0
		for fields, err := range records {
			n++
			if !yield(record{line: n, fields: fields}, err) || err != nil {
				return
			}
		}
	}, rep)
}

// JSON makes events of a file with a JSON object in each line, as Events does.
func (p *Plan) JSON(r io.Reader, o *table.Options, rep *Report) iter.Seq2[marque.Event, error] {
	return p.run(func(yield func(record, error) bool) {
		for obj, err := range table.JSON(r, o) {
			if !yield(record{line: obj.Line, fields: obj.Fields, fault: obj.Fault}, err) || err != nil {
				return
			}
		}
	}, rep)
}

// CSV makes events of a CSV file with a header, as Events does. A file without a column that the mapping reads, or with
// two of that name, is an error that names all such columns, and no event is made of it.
func (p *Plan) CSV(r io.Reader, o *table.Options, rep *Report) iter.Seq2[marque.Event, error] {
	return p.run(func(yield func(record, error) bool) {
		file, err := table.CSV(r, o)
		if err == nil {
			err = p.header(file.Header(), rep)
		}
		if err != nil {
			yield(record{}, fmt.Errorf("intake: %w", err))
			return
		}
		header := file.Header()
		fields := make(map[string]any, len(header))
		for row, err := range file.Rows() {
			for i, cell := range slices.Backward(row.Cells) { // the first of two wins
				fields[header[i]] = cell
			}
			place := func(field string) (int, int) {
				if at := slices.Index(header, field); at >= 0 {
					return row.Place(at)
				}
				return row.Line, 1
			}
			if !yield(record{row.Line, fields, row.Fault, place}, err) || err != nil {
				return
			}
		}
	}, rep)
}

// header lists the columns that are not there, or twice.
func (p *Plan) header(header []string, rep *Report) error {
	var f marque.Faults
	read := p.Fields()
	for _, name := range read {
		at := slices.Index(header, name)
		switch {
		case at < 0:
			f.Add("header", "no column %q%s", name, rule.Hint(name, header))
		case slices.Contains(header[at+1:], name):
			f.Add("header", "column %q is there twice", name)
		}
	}
	if rep != nil {
		for _, name := range header {
			if !slices.Contains(read, name) && !slices.Contains(rep.Ignored, name) {
				rep.Ignored = append(rep.Ignored, name)
			}
		}
	}
	return f.Err()
}

func (p *Plan) run(records iter.Seq2[record, error], rep *Report) iter.Seq2[marque.Event, error] {
	if rep == nil {
		rep = &Report{}
	}
	return func(yield func(marque.Event, error) bool) {
		seen := p.repeats()
		for r, err := range records {
			if err != nil {
				yield(marque.Event{}, err)
				return
			}
			rep.Records++
			e, err := p.one(r, seen, rep)
			if err != ErrSkipped && !yield(e, err) {
				return
			}
		}
	}
}

// one makes the event of a record and counts what becomes of it. The error of one that yields nothing is ErrSkipped.
func (p *Plan) one(r record, seen *repeats, rep *Report) (marque.Event, error) {
	if r.fault != nil {
		return rep.refuse(r.line, []Fault{{Line: r.fault.Line, Column: r.fault.Column, Reason: r.fault.Reason}})
	}
	e, dropped, err := p.event(r.fields)
	if err == ErrSkipped {
		rep.Skipped++
		return marque.Event{}, err
	}
	if err != nil {
		return rep.refuse(r.line, r.faults(unjoin(err)))
	}
	first, others, same := seen.add(&e, r.line)
	switch {
	case same:
		rep.Repeated++
		return marque.Event{}, ErrSkipped
	case first > 0:
		return rep.refuse(r.line, []Fault{{Line: r.line, Reason: another(first, others)}})
	}
	rep.Capped = rep.Capped || seen.full
	rep.Events++
	rep.Dropped += len(dropped)
	for _, f := range r.faults(dropped) {
		f.Dropped = true
		rep.keep(f)
	}
	return e, nil
}

func (rep *Report) refuse(line int, faults []Fault) (marque.Event, error) {
	rep.Refused++
	for _, f := range faults {
		rep.keep(f)
	}
	return marque.Event{}, &Refused{line, faults}
}

func (rep *Report) keep(f Fault) {
	if len(rep.Faults) < mostFaults {
		rep.Faults = append(rep.Faults, f)
	}
}

// faults gives the faults of a record their places.
func (r *record) faults(errs []error) (list []Fault) {
	for _, err := range errs {
		f := Fault{Line: r.line, Reason: err.Error()}
		if fe, ok := errors.AsType[*marque.FieldError](err); ok {
			f.Field, f.Reason = fe.Path, fe.Err.Error()
		}
		if r.place != nil {
			f.Line, f.Column = r.place(f.Field)
		}
		list = append(list, f)
	}
	return list
}

func unjoin(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
