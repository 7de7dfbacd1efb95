package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // the driver is the host's choice

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
	"github.com/marque-go/marque/stores/sqlstore"
)

// Two people go into a database, and a rule finds one of them there.
func Example() {
	ctx, now := context.Background(), time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "城市", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}},
	}.Compile()
	if err != nil {
		panic(err)
	}
	ann, bob := rule.NewFacts(lex, "ann"), rule.NewFacts(lex, "bob")
	ann.Attrs[0], bob.Attrs[0] = rule.StringValue("成都"), rule.StringValue("成都")
	ann.Events[0] = []rule.Hit{{At: rule.At(now.AddDate(0, 0, -3)), Props: []rule.Value{rule.IntValue(19900)}}}

	db, err := sql.Open("sqlite", "file:example?mode=memory&cache=shared")
	if err != nil {
		panic(err)
	}
	defer db.Close()
	people := sqlstore.People{Dialect: where.SQLite}
	for _, statement := range people.Schema() {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			panic(err)
		}
	}
	if err := people.Put(ctx, db, lex, ann, bob); err != nil {
		panic(err)
	}

	tables, err := where.New(where.SQLite, lex, people.Mapping())
	if err != nil {
		panic(err)
	}
	r, err := lang.New(lex, nil).Compile(`城市 == "成都" and total("order_paid", "amount", within("30d")) >= 10000`, "")
	if err != nil {
		panic(err)
	}
	q := tables.Query(r, now)
	var id string
	if err := db.QueryRowContext(ctx, "SELECT id FROM people AS p WHERE "+q.Where, q.Args...).Scan(&id); err != nil {
		panic(err)
	}
	fmt.Println(id, q.Rest == nil)
	// Output: ann true
}
