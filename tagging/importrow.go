package tagging

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/tagging/internal/rows"
)

// The fields of a row.
const (
	fieldProfile = iota
	fieldTag
	fieldConfidence
	fieldFrom
	fieldUntil
	fieldTTL
	fieldVia
	fields
)

var fieldNames = [fields]string{"profile", "tag", "confidence", "from", "until", "ttl", "via"}

// columns are the names in the file, by field.
type columns [fields]string

func (c *columns) name(f *marque.Faults, given map[string]string) {
	*c = fieldNames
	var unknown []string
	for field, column := range given {
		i := slices.Index(fieldNames[:], field)
		switch {
		case i < 0:
			unknown = append(unknown, field)
		case column == "":
			f.Add("columns."+field, "is empty")
		default:
			c[i] = column
		}
	}
	slices.Sort(unknown)
	for _, field := range unknown {
		f.Add("columns."+field, "no such field%s", rule.Hint(field, fieldNames[:]))
	}
}

// spec is what is read of the file.
func (im *importer) spec() (spec []rows.Column) {
	for field, name := range im.columns {
		_, asked := im.opts.Columns[fieldNames[field]]
		needed := asked || field == fieldProfile || field == fieldTag && im.opts.Tag == ""
		spec = append(spec, rows.Column{Name: name, Needed: needed})
	}
	return spec
}

// read makes an act of a row, or refuses it with all that is wrong with it.
func (im *importer) read(r *rows.Row) (e entry, ok bool) {
	var faults []RowFault
	for _, f := range r.Faults {
		faults = append(faults, RowFault(f))
	}
	if len(faults) == 0 {
		e = im.parse(r.Text, func(field int, format string, args ...any) {
			line, column := im.file.Place(field)
			faults = append(faults, RowFault{line, column, im.columns[field], fmt.Sprintf(format, args...)})
		})
	}
	if len(faults) == 0 {
		e.line, e.column = im.file.Place(fieldProfile)
		if at := im.seen.add(r.Line, e.act.Profile, e.act.Tag, r.Text[fieldVia], r.Text[fieldFrom]); at > 0 {
			faults = append(faults, RowFault{Line: r.Line, Column: 1, Reason: fmt.Sprintf("line %d says it of the same person already", at)})
		}
	}
	if len(faults) > 0 {
		im.refuse(faults...)
	}
	return e, len(faults) == 0
}

func (im *importer) parse(t []string, fault func(field int, format string, args ...any)) (e entry) {
	bad := false
	wrong := func(field int, format string, args ...any) {
		bad = true
		fault(field, format, args...)
	}
	for field, text := range t {
		if !utf8.ValidString(text) {
			wrong(field, "is not UTF-8")
		} else if strings.ContainsFunc(text, unicode.IsControl) {
			wrong(field, "%q holds a control character", text)
		}
	}
	if bad {
		return e
	}
	a := &e.act
	*a = Act{Profile: t[fieldProfile], Tag: t[fieldTag], Source: im.opts.Source}
	if a.Tag == "" {
		a.Tag = im.opts.Tag
	}
	var ok bool
	if e.tag, ok = im.book.plan.byName[a.Tag]; a.Tag == "" {
		wrong(fieldTag, "is empty")
	} else if !ok {
		wrong(fieldTag, "no tag %q%s", a.Tag, rule.Hint(a.Tag, im.book.plan.names()))
	}
	var err error
	if s := t[fieldConfidence]; s != "" {
		if a.Confidence, err = strconv.ParseFloat(s, 64); err != nil || !(a.Confidence > 0 && a.Confidence <= 1) {
			wrong(fieldConfidence, "%q: want a number above 0 and up to 1", s)
			a.Confidence = 0
		}
	}
	if a.From, err = im.time(t[fieldFrom]); err != nil {
		wrong(fieldFrom, "%v", err)
	}
	if a.Until, err = im.time(t[fieldUntil]); err != nil {
		wrong(fieldUntil, "%v", err)
		a.Until = time.Time{}
	}
	if s := t[fieldTTL]; s != "" {
		if a.TTL, err = marque.ParseDuration(s); err != nil {
			wrong(fieldTTL, "%v", err)
		}
	}
	if s := t[fieldVia]; s != "" {
		kind, value, found := strings.Cut(s, ":")
		if !found || kind == "" || value == "" {
			wrong(fieldVia, `%q: want an identifier as in "phone:13800000000"`, s)
		}
		a.Via = marque.ID{Kind: kind, Value: value}
	}
	def := &undefined
	if ok {
		def = &im.book.plan.tags[e.tag]
	}
	for _, x := range faultsOf(a.check(def)) {
		field := max(slices.Index(fieldNames[:], x.Path), 0)
		wrong(field, "%v", x.Err)
	}
	a.Key = marque.Key("import", im.name, string(a.Source), a.Profile, a.Tag, t[fieldConfidence], t[fieldFrom], t[fieldUntil], t[fieldTTL], t[fieldVia])
	return e
}

func faultsOf(err error) (list []*marque.FieldError) {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range j.Unwrap() {
			var fe *marque.FieldError
			if errors.As(e, &fe) {
				list = append(list, fe)
			}
		}
	}
	return list
}

// time reads an instant, a wall time or a day. What has no zone is in that of the options.
func (im *importer) time(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	layout := time.RFC3339
	switch len(s) {
	case len(time.DateOnly):
		layout = time.DateOnly
	case len(time.DateTime):
		layout = time.DateTime
	}
	t, err := time.ParseInLocation(layout, s, im.opts.Zone)
	if err != nil || t.IsZero() {
		return time.Time{}, fmt.Errorf(`%q: want a time as in "2026-05-01T09:30:00+08:00", "2026-05-01 09:30:00" or "2026-05-01"`, s)
	}
	return t, nil
}
