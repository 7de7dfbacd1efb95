// Audience is an afternoon with segments: rules from a marketer are read, checked against each other, counted, compared
// with their next version, explained for one person, kept live for a month, and handed to a database.
//
// The people are synthetic, and the same in every run.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/builder"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/lint"
	"github.com/marque-go/marque/rule/where"
	"github.com/marque-go/marque/rule/why"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/segment/audience"
	"github.com/marque-go/marque/segment/live"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// What a marketer wrote, and what came out of the query builder on her screen.
var segments = []segment.Def{
	{Name: "active", When: `did("order_paid", within("30d"))`},
	{Name: "lapsing", When: `did("order_paid", between("90d", "30d")) and not in_segment("active")`},
	{Name: "gold", When: `total("order_paid", "amount", within("90d")) >= 100000`},
	{Name: "spenders", When: `total("order_paid", "amount", within("90d")) >= 60000`},
	{Name: "teens", When: `age < 20 and age > 65`},
}

const drawn = `{"combinator": "and", "rules": [
	{"field": "city", "operator": "in", "value": "Chongqing,Chengdu"},
	{"field": "event:order_paid", "operator": ">=", "value": {"value": 2, "within": "30d"}}]}`

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "audience:", err)
		os.Exit(1)
	}
}

func run(w io.Writer) error {
	schema := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}, {Name: "view"}},
		Tags:       []string{"wechat"},
	}
	for _, d := range append(segments, segment.Def{Name: "southwest"}) {
		schema.Segments = append(schema.Segments, d.Name)
	}
	lex, err := schema.Compile()
	if err != nil {
		return err
	}
	rules := lang.New(lex, nil)

	title(w, "A rule with two mistakes")
	_, err = rules.Compile("ctiy == \"Chongqing\"\n  and times(\"order_payed\", within(\"30d\")) >= 2", "")
	fmt.Fprintln(w, err)

	title(w, "A rule from a screen")
	source, err := builder.Import([]byte(drawn), lex, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, source)
	defs := append(segments, segment.Def{Name: "southwest", When: source})

	title(w, "What is wrong with the set")
	plan, err := segment.Compile(defs, lex, rules)
	if err != nil {
		return err
	}
	var named []lint.Named
	for _, d := range defs {
		for _, f := range lint.Check(plan.Rule(d.Name), nil) {
			fmt.Fprintf(w, "%s: %s\n", d.Name, f)
		}
		named = append(named, lint.Named{Name: d.Name, Rule: plan.Rule(d.Name)})
	}
	for _, r := range lint.Compare(named) {
		fmt.Fprintln(w, r)
	}

	table := people(lex, 20_000)
	set, err := live.New(plan, table, now, &live.Options{Keep: []string{"view"}})
	if err != nil {
		return err
	}
	title(w, "Who is in what")
	for _, d := range defs {
		fmt.Fprintf(w, "%-10s %6d\n", d.Name, audience.FromWords(set.Members(d.Name)).Len())
	}
	fmt.Fprintln(w, "gold, from 500 people:", audience.Size(table, plan.Rule("gold"), now, &audience.EstimateOptions{Sample: 500}))

	title(w, "What another threshold would change")
	next, err := rules.Compile(`total("order_paid", "amount", within("90d")) >= 80000 and age >= 18`, "")
	if err != nil {
		return err
	}
	change := audience.Diff(table, plan.Rule("gold"), next, now, &audience.DiffOptions{Examples: -1})
	fmt.Fprint(w, change)

	title(w, "Who they are")
	gold := audience.FromWords(set.Members("gold"))
	portrait, err := audience.Portray(table, audience.Everybody(table), []audience.Named{{Name: "gold", Set: gold}}, now,
		&audience.PortraitOptions{Attributes: []string{"city"}})
	if err != nil {
		return err
	}
	fmt.Fprint(w, portrait)

	title(w, "Why not person 7, and what would bring her in")
	facts := rule.NewFacts(lex, "")
	table.Facts(7, plan.Rule("southwest").Need(), facts)
	in := rule.Input{Now: now, Facts: facts}
	fmt.Fprint(w, why.Explain(plan.Rule("southwest"), in))
	fmt.Fprint(w, why.Enter(plan.Rule("southwest"), in, &why.Options{Most: 2}))

	title(w, "A month goes by, and one order comes in")
	changes, err := set.Apply(marque.Event{Name: "order_paid", Profile: table.Profile(7), At: now.Add(time.Hour), Props: map[string]any{"amount": 120_000}})
	if err != nil {
		return err
	}
	for _, c := range append(changes, set.Advance(now.AddDate(0, 1, 1))...) {
		if c.Profile == table.Profile(7) {
			fmt.Fprintln(w, c)
		}
	}
	fmt.Fprintln(w, "found otherwise from scratch:", len(set.Rebuild()))

	title(w, "The same rule for a database")
	tables, err := where.New(where.Postgres, lex, mapping)
	if err != nil {
		return err
	}
	q := tables.Query(plan.Rule("southwest"), now)
	fmt.Fprintln(w, q.Where)
	fmt.Fprintf(w, "%q\n", q.Args)
	return nil
}

func title(w io.Writer, s string) { fmt.Fprintf(w, "\n== %s\n", s) }
