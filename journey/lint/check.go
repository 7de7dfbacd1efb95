package lint

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// Options are what else is known. The zero value works.
type Options struct {
	// Quiet is for journeys that do not have their own. Default none.
	Quiet *graph.Quiet
	// Consent is for journeys that do not have their own. Default "required".
	Consent string
	// Valid is how long the coupons of a batch are good at most. Default not known.
	Valid map[string]marque.Duration
}

// Check lists what is odd about definitions, those of each in the order in which they stand. Definitions that Validate
// refuses, and rules that do not compile, are passed over: those are for Errors. It takes milliseconds for each
// definition, seconds where rules are very large.
func Check(defs []graph.Def, lex *rule.Lexicon, rules rule.Compiler, o *Options) []Finding {
	if o == nil {
		o = &Options{}
	}
	var all []Finding
	for i := range defs {
		if defs[i].Validate() != nil {
			continue
		}
		l := &linter{def: &defs[i], lex: lex, rules: rules, opts: o, at: map[string]int{}}
		for j := range l.def.Nodes {
			l.at[l.def.Nodes[j].ID] = j
		}
		l.ways = make([][]way, len(l.def.Nodes))
		for j := range l.def.Nodes {
			l.ways[j] = waysOf(&l.def.Nodes[j], defs)
		}
		l.walk()
		l.entry()
		l.versions(defs)
		l.conditions()
		l.caps()
		l.quiet()
		l.messages()
		l.outcomes()
		l.loops()
		l.variables(defs)
		l.coupons()
		for _, f := range l.found {
			f.Path = below(fmt.Sprintf("[%d]", i), f.Path)
			all = append(all, f)
		}
	}
	return all
}

// linter looks at one definition.
type linter struct {
	def   *graph.Def
	lex   *rule.Lexicon
	rules rule.Compiler
	opts  *Options
	at    map[string]int // node by id
	ways  [][]way        // out of each node
	reach [][]bool       // from a node by one way or more
	found []Finding
}

func (l *linter) add(s Severity, path, format string, args ...any) {
	l.found = append(l.found, Finding{Severity: s, Path: path, Message: fmt.Sprintf(format, args...)})
}

func nodePath(i int, field string) string { return below(fmt.Sprintf("nodes[%d]", i), field) }

// walk works out which node leads where.
func (l *linter) walk() {
	l.reach = make([][]bool, len(l.ways))
	for i := range l.ways {
		seen := make([]bool, len(l.ways))
		todo := []int{i}
		for len(todo) > 0 {
			from := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, w := range l.ways[from] {
				if j, ok := l.at[w.to]; ok && !seen[j] {
					seen[j] = true
					todo = append(todo, j)
				}
			}
		}
		l.reach[i] = seen
	}
}
