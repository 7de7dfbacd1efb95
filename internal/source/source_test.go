package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A small programme in the shape of the real ones.
type program struct {
	Tags     []tag            `json:"tags,omitempty"`
	Journeys []journey        `json:"journeys,omitempty"`
	Limits   map[string]int   `json:"limits,omitempty"`
	Extra    map[string]any   `json:"extra,omitempty"`
	On       []string         `json:"on,omitempty"`
	ByID     map[uint8]string `json:"by_id,omitempty"`
}

type tag struct {
	Name string          `json:"name"`
	When string          `json:"when,omitempty"`
	TTL  marque.Duration `json:"ttl,omitzero"`
}

type head struct {
	Name    string `json:"name"`
	Version int    `json:"version,omitempty"`
}

type journey struct {
	head
	*Times
	Nodes  []node2         `json:"nodes,omitempty"`
	Share  float64         `json:"share,omitempty"`
	Active *bool           `json:"active,omitempty"`
	Raw    json.RawMessage `json:"raw,omitempty"`
	Quoted int64           `json:"quoted,string,omitempty"`
	Hidden string          `json:"-"`
	inner  string
}

type Times struct {
	From time.Time `json:"from,omitzero"`
}

type node2 struct {
	When string `json:"when,omitempty"`
	Wait *wait  `json:"wait,omitempty"`
	Next string `json:"next,omitempty"`
	Cap  uint8  `json:"cap,omitempty"`
}

// wait reads "2d" or {"days": 2, "at": "21:30"}.
type wait struct {
	For  marque.Duration
	Days int
	At   string
}

func (w *wait) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &w.For)
	}
	var long struct {
		Days int    `json:"days"`
		At   string `json:"at"`
	}
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&long); err != nil {
		return err
	}
	w.Days, w.At = long.Days, long.At
	var f marque.Faults
	if w.Days < 0 {
		f.Add("days", "%d is negative", w.Days)
	}
	return f.Err()
}

func parse(t *testing.T, file, text string) *Document {
	t.Helper()
	d, err := Parse(file, []byte(text))
	require.NoError(t, err)
	return d
}

const whole = `
tags:
  - {name: vip, when: 'spent >= 100', ttl: 90d}
  - name: 新客 # a comment
    when: |
      orders == 1 &&
        city == "重庆"
journeys:
- name: first-order
  version: 3
  from: 2026-01-02T03:04:05+08:00
  share: 1e-1
  active: true
  quoted: "12"
  raw: {a: [1, x]}
  nodes:
  - wait: 2d
  - wait:
      days: 2
      at: 21:30
  - when: >-
      did("order",
      within("2d"))
    next: on
limits: &l
  push: 3
  sms: 1
extra:
  <<: *l
  sms: 2
  date: 2026-01-01
  big: 9007199254740992
on: [no, yes, "off", ~, 中]
by_id: {7: seven}
`

func TestDecode(t *testing.T) {
	d := parse(t, "all.yaml", whole)
	require.Equal(t, "all.yaml", d.File())
	require.Equal(t, []string{"tags", "journeys", "limits", "extra", "on", "by_id"}, d.Keys(""))
	require.Equal(t, []string{"sms", "date", "big", "push"}, d.Keys("extra"), "what is merged comes last")
	require.Nil(t, d.Keys("tags"))
	require.Equal(t, 2, d.Len("tags"))
	require.Equal(t, -1, d.Len("limits"))
	require.Equal(t, -1, d.Len("tags[9]"))

	var p program
	require.NoError(t, d.Decode("", &p))
	yes := true
	require.Equal(t, program{
		Tags: []tag{
			{Name: "vip", When: "spent >= 100", TTL: 90 * marque.Day},
			{Name: "新客", When: "orders == 1 &&\n  city == \"重庆\"\n"},
		},
		Journeys: []journey{{
			head:  head{Name: "first-order", Version: 3},
			Times: &Times{From: p.Journeys[0].From},
			Share: 0.1, Active: &yes, Quoted: 12, Raw: json.RawMessage(`{"a":[1,"x"]}`),
			Nodes: []node2{
				{Wait: &wait{For: 2 * marque.Day}},
				{Wait: &wait{Days: 2, At: "21:30"}},
				{When: `did("order", within("2d"))`, Next: "on"},
			},
		}},
		Limits: map[string]int{"push": 3, "sms": 1},
		Extra:  map[string]any{"push": 3.0, "sms": 2.0, "date": "2026-01-01", "big": 9007199254740992.0},
		On:     []string{"no", "yes", "off", "", "中"},
		ByID:   map[uint8]string{7: "seven"},
	}, p)
	require.Empty(t, p.Journeys[0].inner)
	require.Equal(t, "2026-01-01T19:04:05Z", p.Journeys[0].From.UTC().Format(time.RFC3339))

	var j journey
	require.NoError(t, d.Decode("journeys[0]", &j))
	require.Equal(t, p.Journeys[0], j)
	require.ErrorIs(t, d.Decode("coupons", &j), marque.ErrNotFound)
	require.Error(t, d.Decode("", j))
}

// What encoding/json reads, Decode reads the same from JSON and from YAML, which JSON is a part of.
func TestDecodeAsJSON(t *testing.T) {
	for _, text := range []string{
		`{"tags":[{"name":"a","when":"x < 1","ttl":"1d12h"},null,{}],"journeys":null,"limits":{"push":-3}}`,
		`{"journeys":[{"name":"j","version":null,"from":"2026-01-02T03:04:05.5Z","share":0.25,"active":false,"quoted":"-4","raw":null}]}`,
		`{"extra":{"a":{"b":[true,false,null,1.5,-2,"\u4e2d\"\\\ud83d\ude00"]},"c":""}}`,
		`{"journeys":[{"nodes":[{"wait":"30m","cap":255},{"wait":{"days":1}},{"wait":null}]}],"on":[]}`,
		`null`,
	} {
		var want program
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		for _, file := range []string{"a.json", "a.yaml"} {
			if file == "a.yaml" && strings.Contains(text, `\ud83d`) {
				continue // YAML has no surrogates
			}
			var got program
			require.NoError(t, parse(t, file, text).Decode("", &got), "%s %s", file, text)
			require.Equal(t, want, got, "%s %s", file, text)
		}
	}
}

func TestDecodeFaults(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"unknown field with a hint", "a.yaml", "tags:\n  - name: vip\n    wehn: x\n", `
a.yaml:3:5: tags[0].wehn: unknown field "wehn", did you mean "when"?`},
		{"unknown field without", "a.yaml", "coupons: []\n", `
a.yaml:1:1: coupons: unknown field "coupons"`},
		{"names are exact", "a.yaml", "Tags: []\nhidden: x\ninner: x\n", `
a.yaml:1:1: Tags: unknown field "Tags", did you mean "tags"?
a.yaml:2:1: hidden: unknown field "hidden"
a.yaml:3:1: inner: unknown field "inner"`},
		{"all at once, columns in runes", "旅程.yaml", "journeys:\n- {name: 首单, versoin: 1, share: 很多, nodes: [{cap: 256}, {cap: -1}, 7]}\n- name: 12\n  active: yes\n  version: 1.0\n", `
旅程.yaml:2:14: journeys[0].versoin: unknown field "versoin", did you mean "version"?
旅程.yaml:2:33: journeys[0].share: want a number, found the text "很多"
旅程.yaml:2:51: journeys[0].nodes[0].cap: want a whole number of 8 bits, not negative, found the number 256
旅程.yaml:2:63: journeys[0].nodes[1].cap: want a whole number of 8 bits, not negative, found the number -1
旅程.yaml:2:68: journeys[0].nodes[2]: want a mapping, found the number 7
旅程.yaml:3:9: journeys[1].name: want a text, found the number 12
旅程.yaml:4:11: journeys[1].active: want true or false, found the text "yes"
旅程.yaml:5:12: journeys[1].version: want a whole number of 64 bits, found the number 1.0`},
		{"key given twice", "a.yaml", "limits:\n  a: 1\n  b: 2\n  a: 3\nlimits: {}\n", `
a.yaml:4:3: limits.a: key "a" is given twice, first in line 2
a.yaml:5:1: limits: key "limits" is given twice, first in line 1`},
		{"key given twice in JSON", "a.json", "{\"limits\": {\"a\": 1,\n \"a\": 2}}", `
a.json:2:2: limits.a: key "a" is given twice, first in line 1`},
		{"numbers that are read in two ways", "a.yaml", "limits: {a: 1_000, b: 007, c: 0x1F, d: +1, e: .5, f: 0o7}\ntags: [{name: 007}]\n", `
a.yaml:1:13: limits.a: 1_000 is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text
a.yaml:1:23: limits.b: 007 is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text
a.yaml:1:31: limits.c: 0x1F is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text
a.yaml:1:40: limits.d: +1 is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text
a.yaml:1:47: limits.e: .5 is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text
a.yaml:1:54: limits.f: 0o7 is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text
a.yaml:2:15: tags[0].name: 007 is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text`},
		{"a list where a text is due", "a.yaml", "tags:\n  - name:\n      - a\n    ttl:\n      3\n", `
a.yaml:2:5: tags[0].name: want a text, found a list
a.yaml:5:7: tags[0].ttl: want a text, found the number 3`},
		{"what a text refuses", "a.yaml", "tags: [{ttl: 2days}]\n", `
a.yaml:1:14: tags[0].ttl: marque: duration "2days": unit "days": want w, d, h, m, s, ms, us in falling order, each once`},
		{"a time", "a.yaml", "journeys: [{from: 2026-01-01}]\n", `
a.yaml:1:19: journeys[0].from: want an instant such as 2026-01-31T09:30:00+08:00, found the text "2026-01-01"`},
		{"within a type that reads itself", "a.yaml", "journeys:\n- nodes:\n  - wait:\n      days: 二\n  - wait: {day: 1}\n  - wait: {days: -2}\n  - wait: {days: 01}\n  - wait: 2x\n  - wait: [1]\n", `
a.yaml:4:13: journeys[0].nodes[0].wait.days: want a whole number of 64 bits, found the text "二"
a.yaml:5:12: journeys[0].nodes[1].wait.day: unknown field "day"
a.yaml:6:18: journeys[0].nodes[2].wait.days: -2 is negative
a.yaml:7:18: journeys[0].nodes[3].wait.days: 01 is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text
a.yaml:8:11: journeys[0].nodes[4].wait: marque: duration "2x": unit "x": want w, d, h, m, s, ms, us in falling order, each once
a.yaml:9:11: journeys[0].nodes[5].wait: want a mapping, found a list`},
		{"keys that are none", "a.yaml", "limits: {~: 1, [a]: 2, ? {b: c} : 3}\nby_id: {x: a, 256: b}\n", `
a.yaml:1:10: limits.~: a key must be a text
a.yaml:1:16: limits[""]: a key must be a text
a.yaml:1:26: limits[""]: a key must be a text
a.yaml:2:9: by_id.x: want a whole number as key, found "x"
a.yaml:2:15: by_id.256: want a whole number as key, found "256"`},
		{"merges", "a.yaml", "limits: {<<: 3, a: 1}\nextra: {<<: [{a: 1}, {a: 2, b: 2}, x], <<: {c: 3}}\n", `
a.yaml:1:14: limits.<<: << merges a mapping or a list of mappings, found the number 3
a.yaml:2:36: extra.<<: << merges a mapping or a list of mappings, found the text "x"
a.yaml:2:40: extra.<<: key "<<" is given twice, first in line 2`},
		{"tags", "a.yaml", "extra: {a: !money 3, b: !!binary aGk=, c: !!str 3, d: !!int \"3\"}\n", `
a.yaml:1:19: extra.a: tag !money is not supported
a.yaml:1:34: extra.b: tag !!binary is not supported
a.yaml:1:61: extra.d: tag !!int is not supported`},
		{"what contains itself", "a.yaml", "extra: &e\n  a: [*e]\n", `
a.yaml:2:7: extra.a[0]: *e contains itself`},
		{"a number too long for an any", "a.json", `{"extra": {"a": 9007199254740993, "b": 1e999, "c": 0.1}}`, `
a.json:1:17: extra.a: 9007199254740993 does not fit a float64: write it in quotes
a.json:1:40: extra.b: 1e999 does not fit a float64: write it in quotes`},
		{"the wrong kind of document", "a.yaml", "- a\n", `
a.yaml:1:1: want a mapping, found a list`},
		{"a BOM is no column", "a.yaml", "\ufefflimits: x\n", `
a.yaml:1:9: limits: want a mapping, found the text "x"`},
		{"lines end in every way", "a.yaml", "on: []\r\nlimits:\r  a: x\n", `
a.yaml:3:6: limits.a: want a whole number of 64 bits, found the text "x"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p program
			err := parse(t, c.file, c.text).Decode("", &p)
			require.Error(t, err)
			require.Equal(t, strings.TrimPrefix(c.want, "\n"), err.Error())
			for _, e := range Errors(err) {
				require.IsType(t, &Error{}, e)
			}
		})
	}
}

func TestDecodeFillsTheRest(t *testing.T) {
	var p program
	require.Error(t, parse(t, "a.yaml", "tags: [{name: a, x: 1}]\nlimits: {push: 1, sms: many}\n").Decode("", &p))
	require.Equal(t, "a", p.Tags[0].Name)
	require.Equal(t, map[string]int{"push": 1, "sms": 0}, p.Limits)
}

func TestParseFaults(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"JSON: comma", "a.json", "{\"a\": 1,\n \"b\": 2,\n}", `a.json:3:1: invalid character '}' looking for beginning of object key string`},
		{"JSON: runes", "a.json", `{"名": 中}`, `a.json:1:7: invalid character '中' looking for beginning of value`},
		{"JSON: early end", "a.json", "{\"a\": [1, 2\n", `a.json:2:1: unexpected end of JSON input`},
		{"JSON: empty", "a.json", "", `a.json:1:1: unexpected end of JSON input`},
		{"JSON: two values", "A.JSON", "{} {}", `A.JSON:1:4: invalid character '{' after top-level value`},
		{"JSON: comment", "a.json", "{} // x", `a.json:1:4: invalid character '/' after top-level value`},
		{"JSON: number", "a.json", "[01]", `a.json:1:3: invalid character '1' after array element`},
		{"YAML: the line that is wrong, not the mapping around it", "a.yaml", "a:\n  b: 1\n  c: 2\n d: 3\n", `a.yaml:4:2: did not find expected key`},
		{"YAML: tab", "a.yaml", "a:\n\tb: 1\n", `a.yaml:2:2: found character that cannot start any token`},
		{"YAML: quote that stays open", "a.yaml", "a: 1\nb: \"x\nc: 2\nd: 3\n", `a.yaml:2:1: found unexpected end of stream`},
		{"YAML: unknown alias", "a.yaml", "a: 1\nb: *x\nc: *y\n", `a.yaml:2:1: unknown anchor 'x' referenced`},
		{"YAML: colon in a plain text", "a.yaml", "a: 1\nb: c: d\n", `a.yaml:2:1: mapping values are not allowed in this context`},
		{"YAML: two documents", "a.yaml", "a: 1\n---\nb: 2\n", `a.yaml:2:1: a second document: one file holds one`},
		{"not UTF-8", "a.yaml", "a: 中\nb: \xff\n", `a.yaml:2:4: byte 0xff: the text is not UTF-8`},
		{"too large", "a.yaml", strings.Repeat(" ", maxBytes+1), `a.yaml:1:1: 4194305 bytes: a file of definitions holds up to 4194304`},
		{"too deep", "a.yaml", "a: 1\nb: " + strings.Repeat("[", 300) + strings.Repeat("]", 300), `a.yaml:2:203: nested more than 200 deep`},
		{"too deep in JSON", "a.json", strings.Repeat("[", 300) + strings.Repeat("]", 300), `a.json:1:201: nested more than 200 deep`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse(c.file, []byte(c.text))
			require.Nil(t, d)
			require.EqualError(t, err, c.want)
		})
	}
	for _, empty := range []string{"", "# nothing\n", "---\n", "\n\n"} {
		p := program{On: []string{"kept"}}
		require.NoError(t, parse(t, "a.yaml", empty).Decode("", &p))
		require.Equal(t, program{On: []string{"kept"}}, p)
	}
}

func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d", i+1, i+1, i)
		b.WriteString(strings.Repeat(fmt.Sprintf(", *a%d", i), 9) + "]\n")
	}
	d := parse(t, "a.yaml", b.String())
	var all any
	var raw json.RawMessage
	for _, into := range []any{&all, &raw} {
		err := d.Decode("", into)
		require.ErrorContains(t, err, "more than 1048576 values, with what aliases repeat")
		require.Len(t, Errors(err), 1)
	}

	b.Reset() // as a chain that is deep, not wide
	b.WriteString("a0: &a0 [x]\n")
	for i := range 300 {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d]\n", i+1, i+1, i)
	}
	d = parse(t, "a.yaml", b.String())
	require.ErrorContains(t, d.Decode("", &all), "nested more than 200 deep, with what aliases repeat")
	require.ErrorContains(t, d.Decode("", &raw), "nested more than 200 deep, with what aliases repeat")

	b.Reset() // as merges of merges
	b.WriteString("m0: &m0 {k0: 0}\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "m%d: &m%d {<<: *m%d, k%d: 0}\n", i+1, i+1, i, i+1)
	}
	_, err := Parse("a.yaml", []byte(b.String()))
	require.ErrorContains(t, err, "more than 1048576 merged keys")
}

// A text in one line takes time by its length, not by its length squared: about as long as the same text in many.
func TestOneLine(t *testing.T) {
	for _, x := range []struct {
		file, item string
		n          int
	}{{"a.json", `"中",`, 50_000}, {"a.yaml", "&a !!str 1, ", 10_000}} {
		t.Run(x.file, func(t *testing.T) {
			spent := func(item string) time.Duration {
				text := "[" + strings.Repeat(item, x.n) + "1]"
				lines := strings.Split(text, "\n")
				began := time.Now()
				line, col := parse(t, x.file, text).Place(fmt.Sprintf("[%d]", x.n))
				took := time.Since(began)
				require.Equal(t, [2]int{len(lines), len([]rune(lines[len(lines)-1])) - 1}, [2]int{line, col})
				return took
			}
			many := spent(x.item + "\n")
			one := spent(x.item)
			t.Logf("%v in many lines, %v in one", many, one)
			require.Less(t, one, 10*many+time.Second)
		})
	}
}

func TestManyFaults(t *testing.T) {
	var p program
	err := parse(t, "a.yaml", "limits: {"+strings.Repeat("a: x, ", 10_000)+"}").Decode("", &p)
	require.Len(t, Errors(err), 500)
	require.ErrorContains(t, err, "(after 500 faults the rest is not read)")
}

func TestPlace(t *testing.T) {
	d := parse(t, "all.yaml", whole)
	for path, want := range map[string]string{
		"":                             "2:1",
		"tags":                         "2:1", // a list below its key is found at the key
		"tags[0]":                      "3:5",
		"tags[0].when":                 "3:23",
		"tags[0].ttl":                  "3:44",
		"tags[1].name":                 "4:11",
		"tags[1].when":                 "5:11",
		"tags[1].ttl":                  "4:5", // missing: at its mapping
		"tags[7].when":                 "2:1",
		"tags[x]":                      "2:1",
		"journeys[0].nodes[1].wait":    "18:5",
		"journeys[0].nodes[1].wait.at": "20:11",
		"journeys[0].nodes[2].next":    "24:11",
		"extra.push":                   "26:9", // where it is written
		"extra.sms":                    "30:8",
		"on[3]":                        "33:22",
		"on[4]":                        "33:25",
		`["on"][4]`:                    "33:25",
		"nothing.at[3].all":            "2:1",
	} {
		line, col := d.Place(path)
		require.Equal(t, want, fmt.Sprintf("%d:%d", line, col), path)
	}

	d = parse(t, "dots.yaml", "props:\n  order.city: &x\n    中\n  order: {zip: 1}\n  empty:\n  a[0]b: 2\n  &y key: *x\n")
	for path, want := range map[string]string{
		"props.order.city":       "3:5",
		`props["order.city"]`:    "3:5",
		"props.order.zip":        "4:16",
		"props.empty":            "5:3",
		"props.a[0]b":            "6:10",
		"props.key":              "3:5",
		"props.order.city.more":  "3:5",
		"props.order.more.still": "4:10",
	} {
		line, col := d.Place(path)
		require.Equal(t, want, fmt.Sprintf("%d:%d", line, col), path)
	}
	d = parse(t, "a.json", "\n {\"a\" : [1,\n\"中\", {\"b\":null}]}")
	for path, want := range map[string]string{"": "2:2", "a": "2:9", "a[1]": "3:1", "a[2]": "3:6", "a[2].b": "3:7"} {
		line, col := d.Place(path)
		require.Equal(t, want, fmt.Sprintf("%d:%d", line, col), path)
	}
}

func TestLocate(t *testing.T) {
	d := parse(t, "journeys/first-order.yaml", whole)
	require.NoError(t, d.Locate("", nil))

	var inner, f marque.Faults
	inner.Wrap("when", rule.Faults{
		{Line: 1, Col: 5, EndCol: 10, Code: "name", Message: "unknown name order", Hint: "did you mean orders?"},
		{Line: 2, Col: 11, EndCol: 14, Code: "type", Message: "want a number"},
	})
	inner.Add("ttl", "is missing")
	f.Wrap("tags[1]", inner.Err())
	f.Add("journeys[0].nodes[2].next", "no node %q", "on")
	f.Wrap("tags[0].when", fmt.Errorf("compile: %w", rule.Faults{{Line: 1, Col: 10, Message: "want a money"}}))
	two := &marque.FieldError{Path: "extra", Err: fmt.Errorf("%w: %w", marque.ErrNotFound, errors.New("gone"))}
	err := d.Locate("", errors.Join(f.Err(), two, errors.New("nothing that starts it")))
	require.Equal(t, strings.TrimPrefix(`
journeys/first-order.yaml:2:1: nothing that starts it
journeys/first-order.yaml:3:33: tags[0].when: want a money
journeys/first-order.yaml:4:5: tags[1].ttl: is missing
journeys/first-order.yaml:6:11: tags[1].when: unknown name order, did you mean orders?
journeys/first-order.yaml:7:17: tags[1].when: want a number
journeys/first-order.yaml:24:11: journeys[0].nodes[2].next: no node "on"
journeys/first-order.yaml:28:1: extra: marque: not found: gone`, "\n"), err.Error())
	require.ErrorIs(t, err, marque.ErrNotFound)
	var fault rule.Fault
	require.ErrorAs(t, err, &fault)
	require.Equal(t, "name", Errors(err)[3].(*Error).Unwrap().(interface{ Unwrap() error }).Unwrap().(rule.Fault).Code)

	err = d.Locate("tags[1]", fmt.Errorf("compile tag: %w", inner.Err()))
	require.Len(t, Errors(err), 3)
	require.Equal(t, "tags[1].ttl", Errors(err)[0].(*Error).Path)
	require.EqualError(t, d.Locate("", err), err.Error(), "what has its place keeps it")
	require.EqualError(t, d.Errorf("tags[0].name", "tag %q is there twice", "vip"), `journeys/first-order.yaml:3:12: tags[0].name: tag "vip" is there twice`)
	require.Nil(t, Errors(nil))
}

func TestIndex(t *testing.T) {
	a := parse(t, "a.yaml", "tags:\n- {name: a}\n- {name: b}\n")
	b := parse(t, "b.yaml", "name: c\nwhen: x <\n  1\n")
	var x Index
	require.NoError(t, x.Locate(nil))
	x.Add("tags[0]", a, "tags[0]")
	x.Add("tags[1]", a, "tags[1]")
	x.Add("tags[10]", b, "")
	var f marque.Faults
	f.Wrap("tags[10].when", rule.Faults{{Line: 1, Col: 5, Message: "bad"}})
	f.Add("tags[1].name", "taken")
	f.Add("tags[11].name", "from Go")
	f.Add("tags[10]", "odd")
	err := x.Locate(errors.Join(errors.New("no place"), f.Err()))
	require.Equal(t, "a.yaml:3:10: tags[1].name: taken\nb.yaml:1:1: odd\nb.yaml:3:3: when: bad\nno place\ntags[11].name: from Go", err.Error())

	x.Add("", b, "")
	require.EqualError(t, x.Locate(&marque.FieldError{Path: "when", Err: errors.New("e")}), "b.yaml:2:7: when: e")
}
