package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A Mapping declares how the records of a source become events. It is data; Compile makes it work. A field is the name of
// a column or of a key; "buyer.phone" is also the key phone within the key buyer, where no key has the whole name. A
// value is missing where the field is not there, null, blank, or one of Missing.
type Mapping struct {
	// Source names where the records come from. It is part of the IDs of the events.
	Source string `json:"source"`
	// Record are the fields that tell one record from the others, as the number of an order; for a file with a line per
	// item name the item too: ["订单号", "商品"]. A record that comes again is the same event, and taken once. Default all
	// fields of the record: a record that changed in any of them is then another event, and two that are alike are one.
	Record []string `json:"record,omitempty"`
	// Skip leaves out the records that one of these matches.
	Skip []Match `json:"skip,omitempty"`
	// Event is the name of the events.
	Event Name `json:"event"`
	// At is when it happened. Default events without an instant, for which a loop takes that of the arrival.
	At At `json:"at,omitzero"`
	// Zone is the IANA zone of times that are written without one, "Asia/Shanghai". It is needed where there are such.
	Zone string `json:"zone,omitempty"`
	// Missing are the texts that stand for no value, as "NULL" or "-".
	Missing []string `json:"missing,omitempty"`
	// Profile is the field with the id of the person. Default none: the identifiers tell.
	Profile string `json:"profile,omitempty"`
	// IDs are the identifiers of the event in their order. Of the profile and those at least one has to be there in each
	// record, where any is declared.
	IDs []Identifier `json:"ids,omitempty"`
	// Props are the properties. Those of a "profile.set" are the person's attributes.
	Props []Prop `json:"props,omitempty"`
}

// A Match says which records are meant.
type Match struct {
	Field string   `json:"field"`
	Is    []string `json:"is"` // the field has one of these values; "" is that of a field whose value is missing
}

// A Name is the name of an event: one for all records, or that of a field.
type Name struct {
	// Name of all events. Default that of Field.
	Name string `json:"name,omitempty"`
	// Field whose value tells, and the names by its values. A value that is not among them is Else, or a fault where there
	// is none.
	Field  string            `json:"field,omitempty"`
	Values map[string]string `json:"values,omitempty"`
	Else   string            `json:"else,omitempty"`
}

// At is the instant of an event.
type At struct {
	Field string `json:"field,omitempty"`
	// Layouts are those of package time, tried in their order, and "unix" and "unixms" for seconds and milliseconds since
	// 1970. Times without a zone are wall times of the mapping's Zone: one that the clock skips in spring moves forward by
	// the hour, one that is there twice in autumn is the first. Default whatever clean.Time reads.
	Layouts []string `json:"layouts,omitempty"`
}

// An Identifier is one of the identifiers of an event.
type Identifier struct {
	Kind  string `json:"kind"`
	Field string `json:"field"`
	// Required refuses a record without it.
	Required bool `json:"required,omitempty"`
	// Lax leaves out one that is malformed and takes the event without it. The report tells. Default the record is
	// refused.
	Lax bool `json:"lax,omitempty"`
}

// A Prop is a property of an event. One whose value is missing is left out.
type Prop struct {
	Name string `json:"name"`
	// Field that the value is in. Default Name.
	Field string `json:"field,omitempty"`
	// Type that the value gets. Default String.
	Type Type `json:"type,omitempty"`
	// Values are what the values of the source mean: {"M": "male"}, in texts that are read by the Type; "" is missing. A
	// value that is not among them is Else, stays as it is with Keep, and is a fault otherwise.
	Values map[string]string `json:"values,omitempty"`
	Else   string            `json:"else,omitempty"`
	Keep   bool              `json:"keep,omitempty"`
	// Factor that an Int, Float or Money is multiplied by, as a decimal: "1000" makes metres of kilometres. Default 1.
	Factor string `json:"factor,omitempty"`
	// Currency of Money, by ISO 4217. Default "CNY".
	Currency string `json:"currency,omitempty"`
	// Layouts of a Time, as those of At.
	Layouts []string `json:"layouts,omitempty"`
	// Zone of a Time without one. Default that of the mapping.
	Zone string `json:"zone,omitempty"`
	// Split separates the texts of Strings. Default a comma.
	Split string `json:"split,omitempty"`
	// Required refuses a record without a value.
	Required bool `json:"required,omitempty"`
}

// A Type is the type of a property.
type Type string

// The types, with what a property then holds. Numbers and money are read as clean.Decimal and clean.Amount read them.
const (
	String  Type = "string"  // string
	Int     Type = "int"     // int64; a fraction is a fault
	Float   Type = "float"   // float64
	Bool    Type = "bool"    // bool: true, yes, y, t, 1, 是; false, no, n, f, 0, 否
	Time    Type = "time"    // time.Time in UTC
	Money   Type = "money"   // int64 in minor units, of a text in major ones: "12.34" is 1234; amounts in minor units are an Int
	Strings Type = "strings" // []string, of a list of texts or a text that is split
)

var types = []string{string(String), string(Int), string(Float), string(Bool), string(Time), string(Money), string(Strings)}

// clone is a copy that shares nothing, so that a plan is what was compiled.
func (m Mapping) clone() Mapping {
	m.Record, m.Missing, m.IDs = slices.Clone(m.Record), slices.Clone(m.Missing), slices.Clone(m.IDs)
	m.Event.Values, m.At.Layouts = maps.Clone(m.Event.Values), slices.Clone(m.At.Layouts)
	m.Skip = slices.Clone(m.Skip)
	for i := range m.Skip {
		m.Skip[i].Is = slices.Clone(m.Skip[i].Is)
	}
	m.Props = slices.Clone(m.Props)
	for i := range m.Props {
		p := &m.Props[i]
		p.Values, p.Layouts = maps.Clone(p.Values), slices.Clone(p.Layouts)
	}
	return m
}

// Parse reads a mapping from JSON and refuses keys that there are not. It does not validate.
func Parse(text []byte) (Mapping, error) {
	var m Mapping
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return Mapping{}, fmt.Errorf("intake: mapping: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Mapping{}, fmt.Errorf("intake: mapping: goes on behind its end")
	}
	return m, nil
}
