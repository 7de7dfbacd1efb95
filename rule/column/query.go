package column

import (
	"strings"
	"sync"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Query is a rule compiled for tables. It is immutable and safe for concurrent use while nobody writes to the
// table.
type Query struct {
	root  part
	sets  int // how many sets of rows the parts need
	notes int // how many parts take notes
	plan  string
	runs  sync.Pool // of *run
}

// A part is a condition of a rule. Of the rows in want it sets those of which it is true in yes, and those of which it
// is unknown in unknown; both are within want afterwards. Where the caller does not need to tell false from unknown,
// exact is false, and unknown may lack rows.
type part interface {
	eval(r *run, want, yes, unknown *words, exact bool)
	// prepare takes notes for a table and an instant.
	prepare(r *run)
	// price orders the parts of a junction: the cheap decide first.
	price() int
}

// A run is one evaluation of a query, with memory that the next one may use.
type run struct {
	t     *Table
	now   rule.Instant
	block int
	sets  []words
	notes []note
	facts rule.Facts
	zones civil.Zones
}

// A note is what a part prepares before it looks at rows.
type note struct {
	lo, hi int64
	codes  []uint32
	bits   []uint64
	lows   []int64
	read   reading
}

// Compile compiles a rule whose names have the slots of lex. It works for every rule: what has no kernel runs row by
// row through the rule itself, on what the conditions beside it leave undecided. A rule sees no scope here; the
// fields of one are missing.
func Compile(lex *rule.Lexicon, r *rule.Rule) *Query {
	c := compiler{lex: lex, q: &Query{}, leaves: map[*rule.Node]leaf{}}
	root := r.Root()
	c.q.root = c.whole(r, &root)
	c.q.plan = c.plan.String()
	return c.q
}

// Plan says for each condition which kernel it takes, or that it goes row by row, in a line each, in the order in
// which they are evaluated.
func (q *Query) Plan() string { return strings.TrimSuffix(q.plan, "\n") }

// Run finds the rows of which the rule is true at now: bit i%64 of out[i/64] is row i. It overwrites out, which has
// (t.Len()+63)/64 words. It allocates nothing per row.
func (q *Query) Run(t *Table, now rule.Instant, out []uint64) { q.run(t, now, out, nil) }

// Truths finds the rows of which the rule is true, and those of which it is unknown. Rows that are removed are
// neither.
func (q *Query) Truths(t *Table, now rule.Instant, yes, unknown []uint64) {
	q.run(t, now, yes, unknown)
}

func (q *Query) run(t *Table, now rule.Instant, yes, unknown []uint64) {
	size := (t.Len() + 63) / 64
	yes = yes[:size]
	if unknown != nil {
		unknown = unknown[:size]
	}
	r, ok := q.runs.Get().(*run)
	if !ok {
		r = &run{sets: make([]words, q.sets+2), notes: make([]note, q.notes)}
	}
	r.t, r.now = t, now
	q.root.prepare(r)
	y, u := &r.sets[q.sets], &r.sets[q.sets+1]
	for r.block = range t.live {
		q.root.eval(r, t.live[r.block], y, u, unknown != nil)
		copy(yes[r.block*blockWords:], y[:])
		if unknown != nil {
			copy(unknown[r.block*blockWords:], u[:])
		}
	}
	r.t = nil
	q.runs.Put(r)
}
