package machine

import (
	"errors"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/marque-go/marque/rule"
)

var errTooMuch = errors.New("machine: too much work")

// A Plan is what is to be compiled.
type Plan struct {
	Tree   ast.Node     // checked; it is changed
	Config *conf.Config // it was checked with
	Names  []string     // that are given a value in each run
	Types  []rule.Type  // of these
	Want   rule.Type    // of the result
	Work   int          // the steps that a run may take
	Memory int          // the bytes of texts and lists that it may make
}

// A Program is immutable but for a pool of machines, and safe for concurrent use.
type Program struct {
	Plan
	code     *vm.Program
	calls    []string // the functions it calls
	nodes    int
	longest  int // bytes of a literal
	machines sync.Pool
}

// Compile makes a program.
func Compile(plan Plan) (*Program, error) {
	p := &Program{Plan: plan}
	m := meter{called: map[string]bool{}}
	tree := m.node(p.Tree)
	p.nodes, p.longest = m.nodes, m.longest
	for name := range m.called {
		p.calls = append(p.calls, name)
	}
	p.Config.Optimize = false
	code, err := compiler.Compile(&parser.Tree{Node: tree, Source: file.NewSource("")}, p.Config)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, errors.New(first)
	}
	p.code = code
	p.machines.New = func() any { return newMachine(p) }
	return p, nil
}

// A machine runs a program for one test at a time. What its functions are given and give is counted.
type machine struct {
	*Program
	vm   vm.VM
	env  map[string]any
	left int // work
	room int // memory
	big  int // the bytes of the longest text that there is
}

func newMachine(p *Program) *machine {
	m := &machine{Program: p, env: make(map[string]any, len(p.Names)+len(p.calls))}
	m.vm.MemoryBudget = uint(max(p.Memory/elementSize, 1))
	for _, name := range p.calls {
		m.env[name] = m.function(strings.TrimPrefix(name, "\x00"))
	}
	return m
}

// Run gives the result for values that are known: missing where the program fails, takes too much, or gives what no
// value holds.
func (p *Program) Run(args []rule.Value) (v rule.Value) {
	m := p.machines.Get().(*machine)
	defer func() {
		if recover() != nil {
			v = rule.Value{}
		}
		p.machines.Put(m)
	}()
	m.left, m.room, m.big = p.Work, p.Memory, p.longest
	for i := range args {
		if args[i].Type() == rule.Strings {
			m.take(int(args[i].Bits()) * elementSize / chunk)
		}
		x := enter(args[i], p.Types[i])
		if x == nil {
			return rule.Value{}
		}
		_, longest := weigh(x, math.MaxInt)
		m.big = max(m.big, longest)
		m.env[p.Names[i]] = x
	}
	m.spend(p.nodes)
	out, err := m.vm.Run(p.code, m.env)
	if err != nil {
		return rule.Value{}
	}
	return leave(out, p.Want)
}

// enter makes of a value what the machine expects of its type, nil where it is of another.
func enter(v rule.Value, t rule.Type) any {
	v, ok := v.As(t)
	if !ok {
		return nil
	}
	if v.Type() == rule.Int {
		return int(v.Int())
	}
	return v.Any()
}

func leave(x any, want rule.Type) rule.Value {
	v, ok := rule.Of(x)
	if !ok || !v.Known() {
		return rule.Value{}
	}
	switch {
	case v.Type() == rule.Float && math.IsInf(v.Float(), 0):
		return rule.Value{}
	case v.Type() == rule.String && !utf8.ValidString(v.Text()): // as a slice of bytes may be
		return rule.Value{}
	case v.Type() == rule.Strings && int(v.Bits()) != members(v): // a text with a NUL byte cannot be in a set
		return rule.Value{}
	}
	if number(want) && number(v.Type()) { // max of an integer and a float is said to be what its first operand is
		return v
	}
	v, _ = v.As(want)
	return v
}

func number(t rule.Type) bool { return t == rule.Int || t == rule.Float }

// members is how many texts a set has, -1 where one of them is no UTF-8.
func members(v rule.Value) (n int) {
	for s := range v.Each {
		if !utf8.ValidString(s) {
			return -1
		}
		n++
	}
	return n
}

// spend takes the work of so many nodes, each of which may look at the longest text. What looks at lists pays for itself.
func (m *machine) spend(nodes int) {
	m.take(nodes * (1 + m.big/chunk))
}

func (m *machine) take(work int) {
	if m.left -= work; m.left < 0 {
		panic(errTooMuch)
	}
}

// need refuses what would not fit in memory before it is made.
func (m *machine) need(bytes int) {
	if bytes < 0 || bytes > m.room {
		panic(errTooMuch)
	}
}

// made takes the memory of what a function made, and, where that has the longest text, the work of every node that may
// look at it.
func (m *machine) made(x any) any {
	bytes, longest := weigh(x, m.room)
	m.need(bytes)
	m.room -= bytes
	if longest > m.big {
		m.take(m.nodes * ((longest - m.big) / chunk))
		m.big = longest
	}
	return x
}
