package source

import (
	"fmt"
	"strings"
)

// marks are the full-width forms of what has a meaning in YAML, as an input method writes them.
var marks = map[rune]string{'：': ":", '，': ",", '“': `"`, '”': `"`, '‘': "'", '’': "'", '｛': "{", '｝': "}", '［': "[", '］': "]", '【': "[", '】': "]",
	'－': "-", '＃': "#", '｜': "|", '＞': ">", '\u3000': " "}

// wide is what to say of a text that has such a mark in it, empty where it has none.
func wide(text string) string {
	i := strings.IndexFunc(text, func(r rune) bool { return marks[r] != "" })
	if i < 0 {
		return ""
	}
	for _, r := range text[i:] {
		return fmt.Sprintf("; the full-width %q is a letter like others here: write %q", r, marks[r])
	}
	return ""
}

// wide is that of the lines from one to another.
func (d *Document) wide(from, to int) string {
	end := len(d.lines.data)
	if to < len(d.lines.starts) {
		end = d.lines.starts[to]
	}
	return wide(string(d.lines.data[d.lines.starts[from-1]:end]))
}
