package source

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// In each text the rune X of the value is written as X, and what is told must be its place.
func TestWithin(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"plain", "when: 客户 == X"},
		{"plain over lines", "when:\n  客户\n    and\n\n   X"},
		{"plain behind an anchor", "when: &a !!str 客户 X"},
		{"plain below its anchor", "when: &a # the rule\n  客户 X"},
		{"single quoted", "when: 'it''s ''中'' X'"},
		{"single quoted over lines", "when: 'it''s  \n\n  two\n  X'"},
		{"double quoted", `when: "a\tb \"中\" \u4e2d\x41\U0001F600\\ X"`},
		{"double quoted over lines", "when: \"a\n  b\\\n   c \\\n   d\n\n\n   X\""},
		{"in a list", "when: [a, '中', x X]"},
		{"literal", "when: |\n  a\n  中  X\n"},
		{"literal with empty and deeper lines", "when: |+\n\n  a\n\n    b\n   中 X\n\n"},
		{"literal with a stated indentation", "when: |2-\n    a\n   X"},
		{"literal in CR LF", "when: |\r\n  a\r\n  X\r\n"},
		{"literal as an item", "when:\n- - |\n   a\n   中X"},
		{"folded", "when: >\n  a\n  b\n\n  c\n    d\n    中\n  e X\n"},
		{"folded with trailing lines", "when: >+\n\n  a\n\n\n  b X\n\n"},
		{"folded with a comment", "when: &a >- # folded\n  a\n  X"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := parse(t, "a.yaml", c.text)
			n := d.root.keys[0].value
			for n.kind == list {
				n = n.items[len(n.items)-1]
			}
			checkX(t, d, n, []byte(c.text))
		})
	}
	for _, text := range []string{`{"when": "a\n\u4e2d\ud83d\ude00\"\/ 中 X"}`, `{"when":"\ud800\ud83d\u0041X"}`} {
		d := parse(t, "a.json", text)
		checkX(t, d, d.root.keys[0].value, []byte(text))
	}
}

func checkX(t *testing.T, d *Document, n *node, data []byte) {
	t.Helper()
	before, _, found := strings.Cut(n.text, "X")
	require.True(t, found, n.text)
	line := 1 + strings.Count(before, "\n")
	col := 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	gotLine, gotCol := d.within(n, line, col)
	wantLine, wantCol := d.lines.place(strings.IndexByte(string(data), 'X'))
	require.Equal(t, fmt.Sprintf("%d:%d", wantLine, wantCol), fmt.Sprintf("%d:%d", gotLine, gotCol), "in %q", n.text)
}

func TestWithinBeyond(t *testing.T) {
	d := parse(t, "a.yaml", "when: |\n  ab\n  c\n")
	n := d.root.keys[0].value
	for at, want := range map[[2]int][2]int{{1, 9}: {2, 5}, {2, 1}: {3, 3}, {9, 9}: {3, 4}, {0, 0}: {2, 3}} {
		line, col := d.within(n, at[0], at[1])
		require.Equal(t, want, [2]int{line, col}, "%v", at)
	}
	d = parse(t, "a.yaml", "when: |\n\n\n")
	line, col := d.within(d.root.keys[0].value, 1, 1)
	require.Equal(t, [2]int{1, 7}, [2]int{line, col})
}

// Any text in any style: each of its runes is told to be written where it is written.
func TestWithinProperty(t *testing.T) {
	styles := []yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOfN(rapid.SampledFrom([]rune("ab 中é\"'\\\n:#-|>\t😀&*{}[],")), 0, 60, -1).Draw(t, "value")
		var text []byte
		file := "a.json"
		if i := rapid.IntRange(-1, len(styles)-1).Draw(t, "style"); i < 0 {
			text, _ = json.MarshalIndent(map[string]any{"a": []any{1, value}}, "", "\t")
		} else {
			file = "a.yaml"
			leaf := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: styles[i]}
			list := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "1"}, leaf}}
			key := &yaml.Node{Kind: yaml.ScalarNode, Value: "a"}
			var err error
			text, err = yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, list}})
			require.NoError(t, err)
		}
		d, err := Parse(file, text)
		if err != nil {
			t.Skip("the writer of YAML does not write all texts so that its reader takes them")
		}
		n := d.root.keys[0].value.items[1]
		if n.text != value {
			t.Skip("nor so that they come back")
		}
		runes := []rune(value)
		offsets := d.align(n, runes)
		if offsets == nil {
			require.Empty(t, strings.TrimRight(value, " \n"), "%s", text)
			return
		}
		for i, r := range runes {
			at := text[offsets[i]:]
			switch r {
			case '\n', ' ', '\t', '"', '\\', 'é', '😀', '中': // may be folded or escaped
				require.Contains(t, "\n \t\"\\é😀中", string([]rune(string(at))[0]), "%d of %q in\n%s", i, value, text)
			default:
				if at[0] != '\\' {
					require.True(t, strings.HasPrefix(string(at), string(r)), "%d of %q in\n%s", i, value, text)
				}
			}
			if i > 0 {
				require.Greater(t, offsets[i], offsets[i-1])
			}
		}
	})
}
