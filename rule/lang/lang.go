package lang

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/lang/internal/machine"
)

// Options bound what a text may cost. They are there for texts from strangers; rules that people write stay far
// below them.
type Options struct {
	// MaxSource is the longest source in bytes. Default 65536.
	MaxSource int
	// MaxNodes is how many names, literals, operators and calls a rule may have. Default 10000.
	MaxNodes int
	// MaxDepth is how deep brackets and operators may be nested; a chain of "and" or "or" is one level. Default 100.
	MaxDepth int
	// MaxList is how many elements a list may have. Default 5000.
	MaxList int
	// MaxPattern is how many bytes the pattern of matches may have, and how many characters and operators once its
	// repetitions are written out: a{50} has 51. A match takes that times the length of the text. All patterns of a rule together may have ten
	// times that. Default 1000.
	MaxPattern int
	// MaxWork is how many steps the parts that expr's machine runs may take in one test: about one for each operator,
	// more where texts and lists are long. The parts have equal shares of it, in a filter a hundredth for each event;
	// what takes more is missing. Default 50000, some milliseconds.
	MaxWork int
	// MaxMemory is how many bytes of texts and lists such a part may make each time. Default 262144.
	MaxMemory int
}

// A Compiler compiles rules over one lexicon. It is a rule.Compiler, immutable, and safe for concurrent use.
type Compiler struct {
	lex   *rule.Lexicon
	o     Options
	words map[string]word
	names []string // of the words, in order
	table conf.FunctionsTable
}

// New makes a compiler for the names of a lexicon.
func New(lex *rule.Lexicon, o *Options) *Compiler {
	c := &Compiler{lex: lex, words: vocabulary()}
	c.names, c.table = append(slices.Sorted(maps.Keys(c.words)), machine.Lent()...), overrides(c.words)
	if o != nil {
		c.o = *o
	}
	c.o.MaxSource = cmp.Or(c.o.MaxSource, 65536)
	c.o.MaxNodes = cmp.Or(c.o.MaxNodes, 10000)
	c.o.MaxDepth = cmp.Or(c.o.MaxDepth, 100)
	c.o.MaxList = cmp.Or(c.o.MaxList, 5000)
	c.o.MaxPattern = cmp.Or(c.o.MaxPattern, 1000)
	c.o.MaxWork = cmp.Or(c.o.MaxWork, 50000)
	c.o.MaxMemory = cmp.Or(c.o.MaxMemory, 262144)
	return c
}

// Compile makes a rule of a text. Where something is wrong the error is a rule.Faults: one fault where the text
// is not an expression at all, else every unknown name, wrong type, wrong number of arguments and bad argument,
// in the order of the text.
func (c *Compiler) Compile(source, scope string) (*rule.Rule, error) {
	root, err := c.compile(source, scope, false)
	if err != nil {
		return nil, err
	}
	return eval.New(source, root), nil
}

// Formula makes a formula of a text: Compile for an expression that gives a value of any type.
func (c *Compiler) Formula(source, scope string) (*rule.Formula, error) {
	root, err := c.compile(source, scope, true)
	if err != nil {
		return nil, err
	}
	return eval.Formula(root), nil
}

// compile makes the tree of a rule, or of an expression that need not be true or false.
func (c *Compiler) compile(source, scope string, value bool) (rule.Node, error) {
	w := &walk{Compiler: c, scope: scope, text: newText(source)}
	tree := w.parse(source)
	if tree == nil {
		return rule.Node{}, w.faults
	}
	root := w.root(tree.Node, value)
	if len(w.faults) == 0 && len(w.leaves) == 0 { // leaves have been checked, and sets of texts are lists there
		w.check(tree)
	}
	if len(w.faults) == 0 {
		w.link(&root)
	}
	if len(w.faults) > 0 {
		slices.SortStableFunc(w.faults, func(a, b rule.Fault) int {
			return cmp.Or(a.Line-b.Line, a.Col-b.Col, a.EndCol-b.EndCol)
		})
		return rule.Node{}, slices.Compact(w.faults)
	}
	return root, nil
}

// parse gives nil where it has found a fault.
func (w *walk) parse(source string) (tree *parser.Tree) {
	defer func() {
		if p := recover(); p != nil { // a parser that stumbles is a text that it cannot read
			w.fault("syntax", rule.Span{}, "", "cannot be read: %v", p)
			tree = nil
		}
	}()
	switch {
	case len(source) > w.o.MaxSource:
		w.fault("limit", rule.Span{}, "", "the rule has %d bytes, more than %d", len(source), w.o.MaxSource)
		return nil
	case !utf8.ValidString(source):
		w.fault("syntax", w.text.invalid(), "", "the rule is not UTF-8")
		return nil
	case strings.TrimSpace(source) == "":
		w.fault("syntax", rule.Span{}, "", "the rule is empty")
		return nil
	}
	if _, ok := w.lex.Fields(w.scope); !ok {
		w.fault("name", rule.Span{}, "", "there is no scope %q", w.scope)
		return nil
	}
	if !w.shallow(source) {
		return nil
	}
	c := conf.CreateNew()
	c.Functions = w.table
	c.MaxNodes = uint(w.o.MaxNodes)
	tree, err := parser.ParseWithConfig(source, c)
	if err != nil {
		w.syntax(err)
		return nil
	}
	return tree
}

// shallow looks at brackets before the parser does, which goes a level deeper with each. It keeps where calls end,
// which the tree does not know.
func (w *walk) shallow(source string) bool {
	tokens, err := lexer.Lex(file.NewSource(source))
	if err != nil {
		w.syntax(err)
		return false
	}
	w.ends = map[int]int{}
	var open []int // the token before each bracket that is open
	for i, t := range tokens {
		switch {
		case t.Kind != lexer.Bracket:
		case strings.ContainsAny(t.Value, "([{"):
			if open = append(open, i-1); len(open) > w.o.MaxDepth {
				w.fault("limit", place(t.Location), "", "brackets are nested more than %d deep", w.o.MaxDepth)
				return false
			}
		case len(open) > 0:
			if before := open[len(open)-1]; before >= 0 && tokens[before].Kind == lexer.Identifier {
				w.ends[tokens[before].From] = t.To
			}
			open = open[:len(open)-1]
		}
	}
	return true
}

func (w *walk) syntax(err error) {
	var e *file.Error
	if !errors.As(err, &e) {
		w.fault("syntax", rule.Span{}, "", "%v", err)
		return
	}
	code, message, at := "syntax", strings.TrimSpace(e.Message), place(e.Location)
	switch {
	case strings.Contains(message, "maximum allowed nodes"):
		code, message = "limit", fmt.Sprintf("the rule has more than %d names, literals, operators and calls", w.o.MaxNodes)
	case strings.Contains(message, "value out of range"): // the parser is a token further already
		message, at = "the number is out of range", w.number(at, message)
	case strings.Contains(message, `token Operator("=")`):
		message = `"=" is not part of rules: "==" compares`
	case strings.Contains(message, "token EOF") || strings.Contains(message, "unexpected end"):
		message, at = "the rule ends too early", rule.Span{From: len(w.text.runes), To: len(w.text.runes)}
	}
	hint := ""
	if code == "syntax" {
		hint = w.habit(at)
	}
	w.fault(code, at, hint, "%s", message)
}

// number is the place of the number that the parser quotes in a message, before the token at which it says so.
func (w *walk) number(at rule.Span, message string) rule.Span {
	_, quoted, _ := strings.Cut(message, "parsing ")
	quoted, err := strconv.QuotedPrefix(quoted)
	if err != nil {
		return at
	}
	digits := []rune(strings.Trim(quoted, `"`))
	for i := min(at.From, len(w.text.runes)-len(digits)); i >= 0; i-- {
		if slices.Equal(w.text.runes[i:i+len(digits)], digits) {
			return rule.Span{From: i, To: i + len(digits)}
		}
	}
	return at
}

// root walks the whole tree.
func (w *walk) root(n ast.Node, value bool) rule.Node {
	w.event = -1
	w.fields, _ = w.lex.Fields(w.scope)
	w.word, _, _ = strings.Cut(w.scope, "/")
	root := w.node(n)
	if !bad(root) && !w.stopped {
		if !value && root.Type != rule.Bool && root.Type != rule.Any {
			w.fault("type", root.Span, "", "a rule must be true or false, this is %s", kind(root))
		}
		w.still(root)
	}
	return root
}
