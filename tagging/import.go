package tagging

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/tagging/internal/rows"
)

// ImportOptions of ImportCSV and ImportJSON. The zero value works.
type ImportOptions struct {
	// Source of the marks. Default Import.
	Source Source
	// Tag is that of rows that name none. Default such rows are refused.
	Tag string
	// Columns are the names in the file of the fields profile, tag, confidence, from, until, ttl and via, where they
	// differ: {"profile": "member_no"}. A column that is named here has to be there. Default the fields' own names, of
	// which profile has to be there, and tag where Tag is empty.
	Columns map[string]string
	// Who gives, in order, the profile of each value of the column profile, "" for nobody: for files that know people by
	// a phone or member number. It is asked batch by batch. Default the column holds profiles.
	Who func(ctx context.Context, values []string) (profiles []string, err error)
	// Zone of times that come without one. Default UTC.
	Zone *time.Location
	// Comma separates the fields of a CSV file. Default a comma.
	Comma rune
	// Batch is how many rows are committed at once. Default 500.
	Batch int
	// MaxLine is the longest row in bytes; a longer one is refused and not read. Default 64 KiB.
	MaxLine int
	// Show is how many faults the report keeps; the rows are counted in any case. Default 1,000.
	Show int
	// Quiet says nothing of the tags, so that no journey takes the people of the file for people who get a tag today.
	Quiet bool
	// Progress is told the report so far after each batch. It must return soon.
	Progress func(Report)
}

// A Report tells what became of the rows of a file.
type Report struct {
	Line    int `json:"line"`    // the last one that was read, from 1
	Rows    int `json:"rows"`    // with the refused ones, without the header and empty lines
	Set     int `json:"set"`     // a mark was set
	Waiting int `json:"waiting"` // of those: the tag is not on by it now: Later, Expired, Unsure or ByGroup
	Known   int `json:"known"`   // an earlier import of the same name had set it
	Refused int `json:"refused"`
	// Faults are the first ones of the refused rows; a row may have several.
	Faults []RowFault `json:"faults,omitempty"`
	// Ignored are the columns of a CSV file that nobody reads.
	Ignored []string `json:"ignored,omitempty"`
}

// A RowFault is what is wrong with a row.
type RowFault struct {
	Line   int    `json:"line"`             // from 1
	Column int    `json:"column"`           // in runes, from 1
	Field  string `json:"field,omitempty"`  // the column's name in the file; empty: the row as such
	Reason string `json:"reason,omitempty"` // in words
}

// String is "17:9: tag: no tag \"vpi\", did you mean \"vip\"?".
func (f RowFault) String() string {
	if f.Field == "" {
		return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Reason)
	}
	return fmt.Sprintf("%d:%d: %s: %s", f.Line, f.Column, f.Field, f.Reason)
}

// ImportCSV sets tags from a CSV file: UTF-8, with or without a byte order mark, with a header that names the columns.
//
//	profile,tag,confidence,from,until,ttl,via
//	ann,vip,,2026-05-01,2026-12-31,,phone:13800000000
//	bob,likes_shoes,0.8,,,90d,
//
// Only profile and tag are needed. Times are RFC 3339, "2026-05-01 09:30:00" or "2026-05-01"; the durations are those
// of the library ("90d"). A row is what Set does with it at now, with the file's name as part of its Key.
//
// The file is read row by row and committed batch by batch; memory does not depend on its length. name identifies the
// import: a row with the same fields is set once under it, wherever it stands. So a call that failed is repeated as it
// was, and a file whose refused rows were put right is imported again under the same name: the rest is not set twice,
// also where somebody took a tag away meanwhile.
//
// A row that cannot be used is refused and reported with line, column and reason, and no other row is lost with it:
// unknown tags and times, people who are nobody, too few or too many fields, quotes that do not close, rows that are
// too long or not UTF-8, and rows that say of the same person, tag, identifier and beginning what one of the 250,000
// rows before them says. The error is of the file or the store: no such column, no UTF-8, what the reader, the store or
// Who returned. The report counts what was committed until then. Files in GBK, as Excel writes them in China, are to
// be decoded before (golang.org/x/text/encoding/simplifiedchinese).
func (b *Book) ImportCSV(ctx context.Context, name string, r io.Reader, now time.Time, o *ImportOptions) (Report, error) {
	return b.load(ctx, name, r, now, o, rows.CSV)
}

// ImportJSON is ImportCSV for a file with a JSON object in each line, whose keys are the columns:
//
//	{"profile": "ann", "tag": "vip", "until": "2026-12-31"}
//	{"profile": "bob", "tag": "likes_shoes", "confidence": 0.8}
//
// Values are texts or numbers; null is as good as none. Other keys are ignored.
func (b *Book) ImportJSON(ctx context.Context, name string, r io.Reader, now time.Time, o *ImportOptions) (Report, error) {
	return b.load(ctx, name, r, now, o, rows.JSON)
}

func (b *Book) load(ctx context.Context, name string, r io.Reader, now time.Time, o *ImportOptions, open rows.Open) (Report, error) {
	im := &importer{book: b, name: name, now: now, seen: newRecent(recentRows)}
	if o != nil {
		im.opts = *o
	}
	err := im.options()
	if err == nil {
		im.file, err = open(r, rows.Spec{Columns: im.spec(), Comma: im.opts.Comma, MaxLine: im.opts.MaxLine})
	}
	if err == nil {
		im.report.Ignored = im.file.Ignored()
		err = im.run(ctx)
	}
	if err != nil {
		return im.report, fmt.Errorf("tagging: import %q: %w", name, err)
	}
	return im.report, nil
}

// importer is one import.
type importer struct {
	book    *Book
	name    string
	now     time.Time
	opts    ImportOptions
	columns columns
	file    rows.Reader
	report  Report
	seen    recent
	batch   []entry
	facts   []rule.Facts
	ps      []rule.Pass
	keys    []string
}

// entry is a row that is to be set.
type entry struct {
	act          Act
	tag          int
	line, column int // of its profile
}

func (im *importer) options() error {
	o := &im.opts
	var f marque.Faults
	if im.name == "" {
		f.Add("name", "is empty")
	}
	if o.Source == "" {
		o.Source = Import
	}
	if o.Source.rank() < 0 || o.Source == Rule {
		f.Add("source", "%q: want import, third_party, model, behaviour or manual", o.Source)
	}
	if _, ok := im.book.plan.byName[o.Tag]; !ok && o.Tag != "" {
		f.Add("tag", "no tag %q%s", o.Tag, rule.Hint(o.Tag, im.book.plan.names()))
	}
	for _, n := range []struct {
		value *int
		or    int
	}{{&o.Batch, 500}, {&o.MaxLine, 64 << 10}, {&o.Show, 1000}} {
		if *n.value <= 0 {
			*n.value = n.or
		}
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Comma == 0 {
		o.Comma = ','
	}
	im.columns.name(&f, o.Columns)
	return f.Err()
}

// names are the defined tags.
func (p *Plan) names() []string {
	names := make([]string, len(p.tags))
	for i := range p.tags {
		names[i] = p.tags[i].Name
	}
	return names
}

func (im *importer) run(ctx context.Context) error {
	var r rows.Row
	for {
		err := im.file.Next(&r)
		im.report.Line = im.file.Line()
		if err == io.EOF {
			return im.flush(ctx)
		}
		if err != nil {
			return err
		}
		im.report.Rows++
		e, ok := im.read(&r)
		if !ok {
			continue
		}
		if im.batch = append(im.batch, e); len(im.batch) == im.opts.Batch {
			if err := im.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// refuse counts a row that cannot be used and keeps its faults while there is room for them.
func (im *importer) refuse(faults ...RowFault) {
	im.report.Refused++
	for _, f := range faults[:min(len(faults), im.opts.Show-len(im.report.Faults))] {
		f.Reason = short(f.Reason)
		im.report.Faults = append(im.report.Faults, f)
	}
}

// short leaves out the middle of a reason that quotes too much of its row.
func short(reason string) string {
	const most = 300
	if len(reason) <= most {
		return reason
	}
	head, tail := reason[:most/2], reason[len(reason)-most/2:]
	return strings.ToValidUTF8(head, "") + " … " + strings.ToValidUTF8(tail, "")
}

// flush commits the batch.
func (im *importer) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(im.batch) == 0 {
		return nil
	}
	if err := im.who(ctx); err != nil {
		return err
	}
	known, err := im.commit(ctx)
	if err == nil && len(known) > 0 {
		im.report.Known += len(known)
		gone := make(map[string]bool, len(known))
		for _, key := range known {
			gone[key] = true
		}
		im.batch = slices.DeleteFunc(im.batch, func(e entry) bool { return gone[e.act.Key] })
		if len(im.batch) > 0 {
			known, err = im.commit(ctx)
		}
		if err == nil && len(im.batch) > 0 && len(known) > 0 {
			err = errors.New("the same file is being imported twice at the same time")
		}
	}
	if err != nil {
		return fmt.Errorf("up to line %d: %w", im.report.Line, err)
	}
	im.batch = im.batch[:0]
	if im.opts.Progress != nil {
		im.opts.Progress(im.report)
	}
	return nil
}

// who puts people in the place of the values of the file.
func (im *importer) who(ctx context.Context) error {
	if im.opts.Who == nil {
		return nil
	}
	values := make([]string, len(im.batch))
	for i := range im.batch {
		values[i] = im.batch[i].act.Profile
	}
	profiles, err := im.opts.Who(ctx, values)
	if err != nil {
		return fmt.Errorf("who: %w", err)
	}
	if len(profiles) != len(values) {
		return fmt.Errorf("who: %d profiles for %d values", len(profiles), len(values))
	}
	rest := im.batch[:0]
	for i, e := range im.batch {
		if profiles[i] == "" {
			im.refuse(RowFault{e.line, e.column, im.columns[fieldProfile], fmt.Sprintf("%q is nobody", values[i])})
			continue
		}
		e.act.Profile = profiles[i]
		rest = append(rest, e)
	}
	im.batch = rest
	return nil
}

// commit sets the marks of the batch, unless some of its keys are known.
func (im *importer) commit(ctx context.Context) (known []string, err error) {
	if len(im.batch) == 0 {
		return nil, nil
	}
	im.facts = slices.Grow(im.facts[:0], len(im.batch))[:len(im.batch)]
	im.ps, im.keys = im.ps[:0], make([]string, 0, len(im.batch))
	for i := range im.batch {
		a := &im.batch[i].act
		im.facts[i] = rule.Facts{Profile: a.Profile, Tags: im.facts[i].Tags[:0]}
		im.ps = append(im.ps, rule.Pass{Event: a.event(), Facts: &im.facts[i], Now: im.now})
		im.keys = append(im.keys, a.Key)
	}
	waiting := 0
	_, known, err = im.book.hand.Change(ctx, im.keys, im.ps, func(sheet *sheet) {
		waiting = 0
		for i := range im.batch {
			e := &im.batch[i]
			im.facts[i].Tags = im.facts[i].Tags[:0]
			if !im.book.plan.act(sheet, i, &im.ps[i], &e.act, e.tag, true, !im.opts.Quiet).OK {
				waiting++
			}
		}
	})
	if err == nil && len(known) == 0 {
		im.report.Set += len(im.batch)
		im.report.Waiting += waiting
	}
	return known, err
}

// recentRows is how many rows are remembered at least, to find those that come twice.
const recentRows = 250_000

// recent remembers what was seen lately, and where: between n and 2n of it.
type recent struct {
	n        int
	seeds    [2]maphash.Seed
	now, old map[[2]uint64]int
	buf      []byte
}

func newRecent(n int) recent {
	return recent{n: n, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, now: map[[2]uint64]int{}}
}

// add remembers what the parts say, and gives the line that said it before, 0 for none.
func (s *recent) add(line int, parts ...string) (before int) {
	s.buf = s.buf[:0]
	for _, p := range parts {
		s.buf = append(binary.AppendUvarint(s.buf, uint64(len(p))), p...)
	}
	key := [2]uint64{maphash.Bytes(s.seeds[0], s.buf), maphash.Bytes(s.seeds[1], s.buf)}
	if at, ok := s.now[key]; ok {
		return at
	}
	if at, ok := s.old[key]; ok {
		return at
	}
	if len(s.now) == s.n {
		s.old, s.now = s.now, make(map[[2]uint64]int, s.n)
	}
	s.now[key] = line
	return 0
}
