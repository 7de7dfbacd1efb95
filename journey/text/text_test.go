package text_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/rule"
)

var fields = []rule.Field{
	{Name: "name", Type: rule.String}, {Name: "amount", Type: rule.Int}, {Name: "ratio", Type: rule.Float}, {Name: "at", Type: rule.Time},
	{Name: "vip", Type: rule.Bool}, {Name: "likes", Type: rule.Strings}, {Name: "any", Type: rule.Any},
}

func values(m map[string]any) func(string) rule.Value {
	return func(name string) rule.Value {
		v, _ := rule.Of(m[name])
		return v
	}
}

func TestFaults(t *testing.T) {
	stated := func(names ...string) map[string]string {
		m := map[string]string{}
		for _, n := range names {
			m[n] = "-"
		}
		return m
	}
	for _, c := range []struct {
		name string
		src  text.Source
		want string
	}{
		{"no such name, with its line", text.Source{Text: "Dear\n\n{{.nmae}}"}, `text: line 3: no attribute and no variable "nmae", did you mean "name"?`},
		{"the same name, in its part", text.Source{Text: "x", HTML: "<p>\n{{.nmae}}</p>"}, `html: line 2: no attribute and no variable "nmae", did you mean "name"?`},
		{"nothing stands for it", text.Source{Text: "{{.name}}"}, `missing: says nothing of "name", which not everybody has: write missing: {name: "…"}, or {{default "…" .name}} in the text`},
		{"nothing stands for it in a condition", text.Source{Text: "{{if .vip}}a{{end}}"}, `missing: says nothing of "vip", which not everybody has: write missing: {vip: "…"}, or {{default "…" .vip}} in the text`},
		{"once bare, once with a default", text.Source{Text: `{{default "you" .name}} {{.name}}`}, `missing: says nothing of "name", which not everybody has: write missing: {name: "…"}, or {{default "…" .name}} in the text`},
		{"stated and not used", text.Source{Text: "x", Missing: stated("name")}, `missing.name: no text uses it`},
		{"syntax", text.Source{Text: "a\nb {{if}}"}, `text: line 2: missing value for if`},
		{"no such function", text.Source{Subject: "{{shout .name}}", Missing: stated("name")}, `subject: line 1: function "shout" not defined`},
		{"a text is no money", text.Source{Text: "a\n{{money \"CNY\" .name}}", Missing: stated("name")}, `text: line 2: executing "text" at <money "CNY" .name>: error calling money: money wants minor units, a whole number, not a text`},
		{"a fraction is no money", text.Source{Text: `{{.ratio | money "CNY"}}`, Missing: stated("ratio")}, "not a number with a fraction"},
		{"a number is no date", text.Source{Text: `{{.amount | date "Jan 2"}}`, Missing: stated("amount")}, "date wants a time, not a whole number"},
		{"a type fault behind else", text.Source{Text: "{{if .vip}}a{{else}}\n{{upper .amount}}{{end}}", Missing: map[string]string{"vip": "", "amount": "0"}}, "text: line 2:"},
		{"the replacement does not fit", text.Source{Text: "{{if gt .amount 3}}a{{end}}", Missing: stated("amount")}, "incompatible types for comparison"},
		{"a value has no fields", text.Source{Text: "{{.name.first}}", Missing: stated("name")}, "text: line 1: name has no fields"},
		{"two lines of subject", text.Source{Subject: "a\r\nBcc: b"}, "subject: has more than one line"},
		{"where HTML cannot be filled in safely", text.Source{HTML: `<a href={{.name}}{{if .name}}"{{end}}>`, Missing: stated("name")}, "html: "},
		{"endless", text.Source{Text: `{{printf "%999999d%999999d" 1 1}}`}, "longer than 1 MiB"},
		{"a range over a number", text.Source{Text: "x\n{{range 100000000000}}{{end}}"}, "text: line 2: range goes over a set of texts by its name"},
		{"a range over a number in a variable", text.Source{Text: "{{$n := 100000000000}}{{range $n}}{{end}}"}, "range goes over a set of texts by its name"},
		{"a range over a number of the person", text.Source{Text: "{{range .amount}}{{end}}", Missing: stated("amount")}, `text: line 1: range goes over a set of texts, and "amount" is int`},
		{"a range over what may be a number", text.Source{Text: "{{range $.any}}{{end}}", Missing: stated("any")}, `range goes over a set of texts, and "any" is any`},
		{"all values", text.Source{Text: "a\n{{.}}"}, `text: line 2: "." is all values: name one`},
		{"all values, from inside", text.Source{Text: "{{with .name}}{{$}}{{end}}", Missing: stated("name")}, `text: line 1: "$" is all values: name one`},
		{"all values behind else", text.Source{Text: "{{with .name}}{{.}}{{else}}{{.}}{{end}}", Missing: stated("name")}, `"." is all values`},
		{"by index", text.Source{Text: `Hello {{index . "name"}}`}, `"." is all values`},
		{"by another name", text.Source{Text: `{{with $x := .}}{{$x.name}}{{end}}`}, `"." is all values`},
		{"all values in a template of its own", text.Source{Text: `{{define "x"}}{{.}}{{end}}{{template "x" .}}`}, `"." is all values`},
		{"a replacement that is no number", text.Source{Text: `{{printf "%d" .amount}}`, Missing: stated("amount")}, "text: a value does not fit where it is written: \"%!d(\""},
		{"a template that is handed nothing", text.Source{Text: `{{define "x"}}{{.}}{{end}}{{template "x"}}`}, `a value does not fit where it is written: "<no value>"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := text.Compile(c.src, fields, nil)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := text.Compile(text.Source{Text: "{{.a}}{{.b}}", HTML: "{{.c}}", Missing: stated("d")}, fields, nil)
	require.Len(t, err.(interface{ Unwrap() []error }).Unwrap(), 4, "all of them at once")
}

func TestWrite(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	newYork, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	late := time.Date(2026, 3, 2, 20, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name, text, want string
		missing          map[string]string
		values           map[string]any
		zone             *time.Location
	}{
		{"a value", "Hi {{.name}}", "Hi Ann", map[string]string{"name": "you"}, map[string]any{"name": "Ann"}, nil},
		{"no value", "Hi {{.name}}", "Hi you", map[string]string{"name": "you"}, nil, nil},
		{"an empty value is none", "Hi {{.name}}", "Hi you", map[string]string{"name": "you"}, map[string]any{"name": ""}, nil},
		{"an empty replacement", "Hi{{.name}}", "Hi", map[string]string{"name": ""}, nil, nil},
		{"a default needs no replacement", `{{.name | default "you"}} {{default "you" .name | upper}}`, "you YOU", nil, nil, nil},
		{"money", `¥{{money "CNY" .amount}} {{.amount | money "JPY"}}`, "¥12.50 1250", map[string]string{"amount": "-"}, map[string]any{"amount": int64(1250)}, nil},
		{"money that went through JSON", `{{money "CNY" .amount}} {{.amount}}`, "1000000.00 100000000", map[string]string{"amount": "-"}, map[string]any{"amount": 1e8}, nil},
		{"no money passes its replacement on", `{{money "CNY" .amount}} {{upper .name}}`, "much you", map[string]string{"amount": "much", "name": "you"}, nil, nil},
		{"a date in the person's zone", `{{date "01-02 15:04" .at}}`, "03-03 04:30", map[string]string{"at": ""}, map[string]any{"at": late}, shanghai},
		{"a date that went through JSON", `{{.at | date "01-02 15:04"}} {{.at}}`, "03-03 04:30 2026-03-03 04:30", map[string]string{"at": ""}, map[string]any{"at": "2026-03-02T20:30:00Z"}, shanghai},
		{"a day is that day everywhere", `{{date "Jan 2" .at}}`, "Feb 28", map[string]string{"at": ""}, map[string]any{"at": "1990-02-28"}, newYork},
		{"a value of another type is none", `{{.amount}}`, "0", map[string]string{"amount": "0"}, map[string]any{"amount": "many"}, nil},
		{"upper, lower, trim", `{{upper .name}}{{lower .name}}{{trim .name}}.`, " ANN  ann Ann.", map[string]string{"name": ""}, map[string]any{"name": " Ann "}, nil},
		{"branches and sets", `{{if .vip}}dear {{end}}{{range .likes}}{{.}},{{end}}`, "dear tea,", map[string]string{"vip": "", "likes": ""}, map[string]any{"vip": true, "likes": []string{"tea"}}, nil},
		{"what stands for a set", `{{range .likes}}{{.}},{{end}}`, "all,", map[string]string{"likes": "all"}, nil, nil},
		{"a template of its own over all values", `{{define "x"}}{{.name}}{{end}}{{template "x" .}}`, "Ann", map[string]string{"name": ""}, map[string]any{"name": "Ann"}, nil},
		{"a template of its own over one", `{{define "x"}}<{{.}}>{{end}}{{template "x" .name}}`, "<Ann>", map[string]string{"name": ""}, map[string]any{"name": "Ann"}, nil},
		{"the root from inside", "{{with .name}}{{$.amount}}{{end}}", "3", map[string]string{"name": "x", "amount": "0"}, map[string]any{"amount": 3}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			tm, err := text.Compile(text.Source{Text: c.text, Missing: c.missing}, fields, nil)
			require.NoError(t, err)
			got, err := tm.Write(values(c.values), c.zone)
			require.NoError(t, err)
			require.Equal(t, c.want, got.Text)
		})
	}
}

// What a person has may be of another type than what was tried.
func TestMisfit(t *testing.T) {
	tm, err := text.Compile(text.Source{Text: `{{printf "%s" .any}}`, Missing: map[string]string{"any": "you"}}, fields, nil)
	require.NoError(t, err)
	got, err := tm.Write(values(map[string]any{"any": "Ann"}), nil)
	require.NoError(t, err)
	require.Equal(t, "Ann", got.Text)
	_, err = tm.Write(values(map[string]any{"any": int64(3)}), nil)
	require.EqualError(t, err, `text: a value does not fit where it is written: "%!s("`)
}

func TestHTMLEscapes(t *testing.T) {
	tm, err := text.Compile(text.Source{
		Subject: "{{.name}}", HTML: `<p title="{{.name}}">{{.name}}</p><a href="{{unsubscribe}}">no more</a>`, Missing: map[string]string{"name": "<b>"},
	}, fields, nil)
	require.NoError(t, err)
	got, err := tm.Write(values(map[string]any{"name": "<i>\r\nBcc: x"}), nil)
	require.NoError(t, err)
	require.Equal(t, "<i> Bcc: x", got.Subject, "no header of its own")
	require.Equal(t, "<p title=\"&lt;i&gt;\r\nBcc: x\">&lt;i&gt;\r\nBcc: x</p><a href=\"https://unsubscribe.invalid/\">no more</a>", got.HTML)
	got, err = tm.Write(values(nil), nil)
	require.NoError(t, err)
	require.Equal(t, `<p title="&lt;b&gt;">&lt;b&gt;</p><a href="`+text.Unsubscribe+`">no more</a>`, got.HTML)
}

func TestGuard(t *testing.T) {
	guard := func(s string) error {
		if strings.Contains(s, "panic") {
			panic("at the word")
		}
		if strings.Contains(s, "best") {
			return errors.New("best")
		}
		return nil
	}
	_, err := text.Compile(text.Source{Text: "a\nthe {{if .vip}}best{{end}}", HTML: "panic", Missing: map[string]string{"vip": "best"}}, fields, guard)
	require.ErrorIs(t, err, text.ErrGuard)
	for _, want := range []string{"text: line 2: text: refused by the guard: best", "html: line 1: text: refused by the guard: panic: at the word", "missing.vip: text: refused"} {
		require.ErrorContains(t, err, want)
	}
	tm, err := text.Compile(text.Source{Text: "the be{{.name}}", Missing: map[string]string{"name": "ar"}}, fields, guard)
	require.NoError(t, err)
	_, err = tm.Write(values(map[string]any{"name": "st"}), nil)
	require.ErrorIs(t, err, text.ErrGuard, "the whole text is looked at")
	got, err := tm.Write(values(nil), nil)
	require.NoError(t, err)
	require.Equal(t, "the bear", got.Text)
}

// What compiles writes something for everybody, without holes and without a panic.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"Hi {{.name}}", `{{money "CNY" .amount}}`, `{{if .vip}}{{date "Jan" .at}}{{end}}`, "{{range .likes}}{{.}}{{end}}", `{{define "x"}}{{.}}{{end}}{{template "x" .name}}`, "<a href='{{.name}}'>"} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, s, missing string) {
		m := map[string]string{}
		for _, x := range fields {
			if strings.Contains(s, "."+x.Name) {
				m[x.Name] = missing
			}
		}
		if strings.Contains(s, "range") && len(s) > 40 || strings.Contains(s, "print") { // long, not wrong
			return
		}
		tm, err := text.Compile(text.Source{Text: s, HTML: s, Missing: m}, fields, nil)
		if err != nil {
			return
		}
		for _, x := range tm.Reads() {
			if x.Type == rule.Any {
				return
			}
		}
		if _, err := tm.Write(values(nil), nil); err != nil {
			t.Fatal(err)
		}
	})
}
