package where_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
)

// A shop keeps its customers and orders in PostgreSQL, in tables of its own. Whom to write to is a rule of the
// marketing department; the database answers it.
func Example() {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "last_login", Type: rule.Time}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}},
		Tags:       []string{"vip"},
	}.Compile()
	if err != nil {
		panic(err)
	}
	tables, err := where.New(where.Postgres, lex, where.Mapping{
		People: where.People{Table: "customers", ID: "id"},
		Attributes: map[string]where.Column{
			"city":       {Name: "city", Exact: true},
			"last_login": {Name: "last_login", Native: true}, // timestamptz
		},
		Logs: map[string]where.Log{"order_paid": {Table: "orders", Profile: "customer_id", At: where.Column{Name: "paid_at", Native: true},
			Props: map[string]where.Column{"amount": {Name: "cents"}}}},
		Tags: where.Marks{Table: "labels", Profile: "customer_id", Name: where.Column{Name: "label", Exact: true}},
	})
	if err != nil {
		panic(err)
	}
	r, err := lang.New(lex, nil).Compile(`city == "成都" and days_since(last_login) <= 30 and times("order_paid", within("90d"), it.amount >= 10000) == 0`, "")
	if err != nil {
		panic(err)
	}

	q := tables.Query(r, time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC))
	fmt.Println("SELECT id FROM customers WHERE", q.Where)
	for i, a := range q.Args {
		fmt.Printf("$%d %v\n", i+1, a)
	}
	fmt.Println("all is decided:", q.Rest == nil)
	// Output:
	// SELECT id FROM customers WHERE "customers"."city" = $1::text AND "customers"."last_login" >= $2::timestamptz AND NOT EXISTS (SELECT 1 FROM "orders" AS e WHERE e."customer_id" = "customers"."id" AND e."paid_at" <= $3::timestamptz AND e."paid_at" > $4::timestamptz AND e."cents" >= $5::bigint)
	// $1 成都
	// $2 2026-05-16 12:00:00 +0000 UTC
	// $3 2026-06-15 12:00:00 +0000 UTC
	// $4 2026-03-17 12:00:00 +0000 UTC
	// $5 10000
	// all is decided: true
}

// What SQL cannot say is left for memory: the database gives fewer people, the rest of the rule decides among them.
func ExampleQuery_rest() {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "email", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid"}},
	}.Compile()
	if err != nil {
		panic(err)
	}
	tables, err := where.New(where.SQLite, lex, where.Mapping{
		People:     where.People{Table: "people", ID: "id"},
		Attributes: map[string]where.Column{"city": {Name: "city", Exact: true}, "email": {Name: "email"}},
		Log:        where.Log{Table: "events", Profile: "person", Name: where.Column{Name: "name", Exact: true}, At: where.Column{Name: "at"}},
	})
	if err != nil {
		panic(err)
	}
	r, err := lang.New(lex, nil).Compile(`city == "Chengdu" and email matches "[0-9]@" and did("order_paid", today())`, "")
	if err != nil {
		panic(err)
	}

	q := tables.Query(r, time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC))
	fmt.Println(q.Where)
	fmt.Println(q.Args...)
	fmt.Print(q.Plan())
	fmt.Println("rest:", q.Rest.Source())
	// Output:
	// "people"."city" = ?1 AND EXISTS (SELECT 1 FROM "events" AS e WHERE e."person" = "people"."id" AND e."name" = ?2 AND e."at" <= ?3 AND e."at" > ?4)
	// Chengdu order_paid 1781524800000000 1781352000000000
	// pushed    city == "Chengdu"
	// left      email matches "[0-9]@"  (no database has the patterns of Go's regexp)
	// narrowed  did("order_paid", today())  (a calendar stretch needs the person's zone)
	// rest: email matches "[0-9]@" and did("order_paid", today())
}
