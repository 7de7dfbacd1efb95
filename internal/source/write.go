package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// YAML writes v as YAML: the JSON of v, in the order of its fields, with lists and mappings that fit into a short line
// in one line. Parse and Decode read the same value from it, but for whole numbers that no float64 is exactly, which
// Decode refuses in an any. It fails where v has no JSON.
func YAML(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("source: write: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	root, _, err := yamlOf(dec)
	if err != nil {
		return nil, fmt.Errorf("source: write: %w", err)
	}
	root.Style = 0
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("source: write: %w", err)
	}
	return out.Bytes(), nil
}

// lineWidth is how long a list or mapping may be to stand in one line.
const lineWidth = 88

// yamlOf reads the next value; width is what it takes in one line, beyond lineWidth where it cannot be in one.
func yamlOf(dec *json.Decoder) (n *yaml.Node, width int, err error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, 0, err
	}
	n = &yaml.Node{}
	switch t := tok.(type) {
	case nil:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!null", "null"
	case bool:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!bool", fmt.Sprint(t)
	case json.Number:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!float", t.String()
		if !strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!int"
		}
	case string:
		n.Kind, n.Tag, n.Value, n.Style = yaml.ScalarNode, "!!str", t, textStyle(t)
		if n.Style == yaml.LiteralStyle {
			return n, lineWidth + 1, nil
		}
	case json.Delim:
		return yamlIn(dec, n, t == '{')
	}
	return n, len([]rune(n.Value)) + 2, nil
}

// yamlIn reads what is in a list or mapping.
func yamlIn(dec *json.Decoder, n *yaml.Node, isMap bool) (*yaml.Node, int, error) {
	n.Kind = yaml.SequenceNode
	if isMap {
		n.Kind = yaml.MappingNode
	}
	width := 2
	for dec.More() {
		child, w, err := yamlOf(dec)
		if err != nil {
			return nil, 0, err
		}
		if isMap && len(n.Content)%2 == 0 && child.Style == yaml.LiteralStyle {
			child.Style = yaml.DoubleQuotedStyle
		}
		n.Content = append(n.Content, child)
		width += w + 2
	}
	if _, err := dec.Token(); err != nil && err != io.EOF {
		return nil, 0, err
	}
	if width <= lineWidth || len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n, width, nil
}

var plainText = regexp.MustCompile(`^([\p{L}_/][\p{L}\p{N}_/ .%+-]*|([0-9]+(w|d|h|m|s|ms|us))+|[0-9]+%)$`)

// textStyle is how a text is written so that every reader takes it for a text and for the same one.
func textStyle(s string) yaml.Style {
	control := strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && (!unicode.IsPrint(r) || r == '\ufeff')
	})
	switch {
	case control || s == "":
		return yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		if s[0] == ' ' || s[0] == '\n' || strings.Contains(s, " \n") || strings.HasSuffix(s, " ") || strings.HasSuffix(s, "\n\n") || strings.Contains(s, "\n ") {
			return yaml.DoubleQuotedStyle
		}
		return yaml.LiteralStyle
	case plainText.MatchString(s) && !strings.HasSuffix(s, " ") && !reserved(s):
		return 0
	case !strings.Contains(s, "'"):
		return yaml.SingleQuotedStyle
	}
	return yaml.DoubleQuotedStyle
}

// reserved reports whether some reader takes the plain text for something else.
func reserved(s string) bool {
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return true
	}
	return false
}
