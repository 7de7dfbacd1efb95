package lang

import (
	"strings"
	"unicode"

	"github.com/marque-go/marque/rule"
)

// foreign says how to write what somebody wrote who knows another language, or whose keyboard is set to Chinese.
func foreign(s string) string {
	switch strings.ToLower(s) {
	case "and", "且", "并且", "和", "与":
		return "and"
	case "or", "或", "或者":
		return "or"
	case "not", "非", "不是":
		return "not"
	case "like", "包含":
		return "contains"
	case "is", "isnull":
		return "== nil"
	case "<>":
		return "!="
	case "“", "”", "‘", "’", "「", "」", "＂", "＇":
		return `"`
	case "（":
		return "("
	case "）":
		return ")"
	case "【", "［":
		return "["
	case "】", "］":
		return "]"
	case "，", "、":
		return ","
	case "＞":
		return ">"
	case "＜":
		return "<"
	case "＝":
		return "=="
	case "≥":
		return ">="
	case "≤":
		return "<="
	case "≠":
		return "!="
	case "！":
		return "not"
	case "。", "．":
		return "."
	}
	return ""
}

// habit is the hint for a place at which the text cannot be read: how to write the word there, or the one before it.
func (w *walk) habit(at rule.Span) string {
	for _, word := range []string{w.wordAt(at.From), w.before(at.From)} {
		if here := foreign(word); here != "" && here != word {
			return "write " + here
		}
	}
	return ""
}

// wordAt is the word, or else the character, that begins at a place.
func (w *walk) wordAt(from int) string {
	runes := w.text.runes
	if from >= len(runes) {
		return ""
	}
	to := from
	for to < len(runes) && unicode.IsLetter(runes[to]) {
		to++
	}
	return string(runes[from:max(to, from+1)])
}

// before is the word that ends before a place, or the two signs there.
func (w *walk) before(at int) string {
	runes := w.text.runes
	at = min(at, len(runes))
	if at > 0 && at < len(runes) && string(runes[at-1:at+1]) == "<>" {
		return "<>"
	}
	for at > 0 && unicode.IsSpace(runes[at-1]) {
		at--
	}
	from := at
	for from > 0 && unicode.IsLetter(runes[from-1]) {
		from--
	}
	return string(runes[from:at])
}
