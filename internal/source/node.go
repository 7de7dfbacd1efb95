package source

// The bounds of a document.
const (
	maxBytes  = 4 << 20
	maxDepth  = 200
	maxValues = 1 << 20
	maxFaults = 500
)

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	mapping
)

// style is how a scalar is written.
type style uint8

const (
	plain style = iota
	single
	double
	literal
	folded
)

// A node is a value with its place. An alias shares the node of its anchor, so nodes form a graph without cycles.
type node struct {
	kind  kind
	style style
	line  int
	col   int
	text  string  // of a scalar: the text, or the literal as JSON writes it
	fault string  // why it cannot be used, or ""
	items []*node // of a list
	keys  []key   // of a mapping, in the order of the text, merged ones last
}

type key struct {
	name      string
	line, col int
	fault     string
	value     *node
}

// child is the entry with the name, or nil.
func (n *node) child(name string) *key {
	if n.kind != mapping {
		return nil
	}
	for i := range n.keys {
		if n.keys[i].name == name {
			return &n.keys[i]
		}
	}
	return nil
}

// describe says what a value is, for people.
func (n *node) describe() string {
	switch n.kind {
	case null:
		return "nothing"
	case boolean:
		return n.text
	case number:
		return "the number " + clip(n.text)
	case text:
		return "the text " + quote(n.text)
	case list:
		return "a list"
	}
	return "a mapping"
}
