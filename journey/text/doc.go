// Package text compiles and writes the texts of messages: a subject and a text by text/template, HTML by html/template.
//
//	"Hi {{.name}}, {{money "CNY" .coupon_amount}} off until {{date "Jan 2" .coupon_until}}"
//	       │                │                                   │
//	  attribute or variable, with its type; what the person does not have is replaced by what is stated for it
//
// Compile finds what is wrong before anybody gets it, all of it, with the line in the template: names that there are not,
// values for which no replacement is stated, types that a function does not take, literal text that the guard refuses.
//
//	t, err := text.Compile(text.Source{Text: "Hi {{.name}}", Missing: map[string]string{"name": "you"}}, fields, nil)
//	parts, err := t.Write(value, loc) // value gives each name in t.Reads() its rule.Value
//
// Beside what templates have there are these functions, all pure; the last argument may be piped into them:
//
//	money "CNY" .amount       minor units as major ones: 12.50
//	date "2006-01-02" .at     an instant in the person's zone, in Go's layout; one that is midnight in UTC is that day
//	upper, lower, trim .name  the text in capitals, in small letters, without space around it
//	default "you" .name       "you" where .name is missing; no other replacement is then wanted
//	unsubscribe               where the channel puts its link for unsubscribing
//
// A value is missing where the person has none, or an empty text. It is replaced as text, which functions pass on as it is;
// a set of texts by one of that text, or by an empty one.
//
// Nothing here does I/O or knows the time. A Template is immutable and safe for concurrent use.
package text
