package audience

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/why"
)

// A Change is what replacing a rule by another does to an audience.
type Change struct {
	All    int    `json:"all"` // people in the population
	Before Answer `json:"before"`
	After  Answer `json:"after"`
	Enter  Set    `json:"enter"`
	Leave  Set    `json:"leave"`
	Stay   Set    `json:"stay"`
	// Untold are those of Leave of whom the new rule cannot tell, because something is missing.
	Untold   Set       `json:"untold"`
	Examples []Example `json:"examples,omitempty"` // those who enter, then those who leave, each in the order of rows
}

// An Example is a person whom a change concerns, with what both rules make of her.
type Example struct {
	Row     int             `json:"row"`
	Profile string          `json:"profile"`
	Enters  bool            `json:"enters"` // else she leaves
	Before  why.Explanation `json:"before"`
	After   why.Explanation `json:"after"`
}

// DiffOptions are the choices of a comparison.
type DiffOptions struct {
	// Examples is how many people to show of those who enter, and of those who leave; negative for none. Default 2.
	Examples int
	// Seed chooses the examples. Default 0, a seed like any other.
	Seed uint64
}

// Diff compares two versions of a rule over everybody in the table, as of now.
func Diff(t *column.Table, before, after *rule.Rule, now time.Time, o *DiffOptions) Change {
	var opt DiffOptions
	if o != nil {
		opt = *o
	}
	if opt.Examples == 0 {
		opt.Examples = 2
	}
	c := Change{All: Everybody(t).Len(), Before: Ask(t, before, now), After: Ask(t, after, now)}
	c.Enter, c.Leave = c.After.In.AndNot(c.Before.In), c.Before.In.AndNot(c.After.In)
	c.Stay, c.Untold = c.Before.In.And(c.After.In), c.Leave.And(c.After.Unknown)
	need, facts := before.Need().Union(after.Need()), rule.NewFacts(t.Lexicon(), "")
	in := rule.Input{Now: now, Facts: facts}
	for _, side := range []Set{c.Enter, c.Leave} {
		for row := range side.Sample(max(opt.Examples, 0), opt.Seed).All() {
			t.Facts(row, need, facts)
			c.Examples = append(c.Examples, Example{
				row, strings.Clone(facts.Profile), c.Enter.Has(row), why.Explain(before, in), why.Explain(after, in),
			})
		}
	}
	return c
}

// String is a report for people: the counts, and the examples with what decided.
func (c Change) String() string {
	var b strings.Builder
	var g grid
	line := func(name string, n int) { g.add(name, strconv.Itoa(n), percent(share(n, c.All))) }
	line("before", c.Before.In.Len())
	line("after", c.After.In.Len())
	line("enter", c.Enter.Len())
	line("leave", c.Leave.Len())
	line("  as something is missing", c.Untold.Len())
	line("stay", c.Stay.Len())
	line("unknown before", c.Before.Unknown.Len())
	line("unknown after", c.After.Unknown.Len())
	b.WriteString(g.String())
	for _, e := range c.Examples {
		does := "leaves"
		if e.Enters {
			does = "enters"
		}
		fmt.Fprintf(&b, "%s %s\n", e.Profile, does)
		for _, x := range []struct {
			name string
			why  why.Explanation
		}{{"before", e.Before}, {"after", e.After}} {
			text := strings.TrimSuffix(x.why.String(), "\n")
			fmt.Fprintf(&b, "  %s  %s\n", x.name, strings.ReplaceAll(text, "\n", "\n  "))
		}
	}
	return b.String()
}
