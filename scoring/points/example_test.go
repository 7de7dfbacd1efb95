package points_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring/points"
)

// A year of a member: points for orders, a tier, a warning, and points that expire.
func Example() {
	ctx := context.Background()
	defs := []points.Def{{
		Name:   "member",
		Earn:   []points.Earn{{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 100}}}, // a point for each yuan
		Expiry: points.Expiry{After: 365 * marque.Day},
		Warn:   30 * marque.Day,
		Tiers: []points.Tier{
			{Name: "silver", At: 1000},
			{Name: "gold", At: 5000, Benefits: points.Benefits{Multiplier: 150, Grants: []points.Grant{{Name: "lounge", Every: points.Yearly, Quota: 4}}}},
		},
		Qualify: points.Qualify{Rolling: 365 * marque.Day},
		Grace:   60 * marque.Day,
	}}
	schema := points.Declares(defs)
	schema.Events = append(schema.Events, rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}})
	lex, err := schema.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := points.Compile(defs, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := points.NewBook(points.NewMemory(), plan, nil)

	// Package loop makes a pass of each event, and of each instant that is due.
	look := func(e marque.Event, now time.Time) {
		e.Profile, e.At = "ann", now
		said, err := book.Derive(ctx, []string{"member"}, []rule.Pass{{Event: e, Facts: rule.NewFacts(lex, "ann"), Now: now}})
		if err != nil {
			panic(err)
		}
		for _, e := range said {
			switch e.Name {
			case points.TierUp, points.TierDown:
				fmt.Printf("%s %s to %q\n", e.At.Format(time.DateOnly), e.Name, e.Props["to"])
			case points.Granted:
				fmt.Printf("%s %s %v %v for %v\n", e.At.Format(time.DateOnly), e.Name, e.Props["n"], e.Props["grant"], e.Props["period"])
			default:
				fmt.Printf("%s %s %v\n", e.At.Format(time.DateOnly), e.Name, e.Props["points"])
			}
		}
	}
	account := func(now time.Time) points.Account {
		a, err := book.Account(ctx, "ann", "member", now)
		if err != nil {
			panic(err)
		}
		return a
	}

	may := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	look(marque.Event{ID: "order 1", Name: "order_paid", Props: map[string]any{"amount": 300_050}}, may)
	a := account(may)
	fmt.Printf("%s: %d points, %d more to %s\n", a.Tier, a.Balance, a.ToNext, a.Next)

	june := may.AddDate(0, 1, 0)
	look(marque.Event{ID: "order 2", Name: "order_paid", Props: map[string]any{"amount": 200_000}}, june)
	look(marque.Event{ID: "order 3", Name: "order_paid", Props: map[string]any{"amount": 10_000}}, june) // times 1.5
	answer, err := book.Spend(ctx, points.Act{Key: "till 7", Profile: "ann", Program: "member", Points: 2_500}, june)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.OK, answer.Balance)

	// What time does is known ahead, and done at its instant.
	for {
		due, err := book.Due(ctx, marque.Parts{}, may.AddDate(2, 0, 0), 1)
		if err != nil {
			panic(err)
		}
		if len(due) == 0 {
			break
		}
		look(marque.Event{}, due[0].At)
	}

	// Output:
	// 2026-05-01 points.earned 3000
	// 2026-05-01 tier.up to "silver"
	// silver: 3000 points, 2000 more to gold
	// 2026-06-01 points.earned 2000
	// 2026-06-01 tier.up to "gold"
	// 2026-06-01 benefit.granted 4 lounge for 2026
	// 2026-06-01 points.earned 150
	// true 2650
	// 2027-01-01 benefit.granted 4 lounge for 2027
	// 2027-04-01 points.expiring 500
	// 2027-05-01 points.expired 500
	// 2027-05-02 points.expiring 2150
	// 2027-06-01 points.expired 2150
	// 2027-07-31 tier.down to ""
}

// A refund takes back what was earned. What has been spent of it is a debt, which the next points pay.
func ExampleBook_Reverse() {
	ctx := context.Background()
	book, order := shop()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	order("order 1", 100_00, now)
	act := func(do func(context.Context, points.Act, time.Time) (points.Answer, error), a points.Act) {
		a.Profile, a.Program = "ann", "member"
		answer, err := do(ctx, a, now)
		if err != nil {
			panic(err)
		}
		fmt.Println(answer.OK, answer.Known, answer.Points, answer.Balance, answer.Debt)
	}
	act(book.Spend, points.Act{Key: "till 7", Points: 80})
	act(book.Spend, points.Act{Key: "till 7", Points: 80}) // the same answer, and nothing is done
	act(book.Reverse, points.Act{Key: "refund 1", Of: "order 1"})
	order("order 2", 50_00, now)
	act(book.Spend, points.Act{Key: "till 8", Points: 1}) // the 50 points paid
	act(book.Reverse, points.Act{Key: "void 7", Of: "till 7"})
	for e, err := range book.Statement(ctx, "ann", "member") {
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-15s %4d %4d %v\n", e.Kind, e.Points, e.Balance-e.Debt, e.Source)
	}
	// Output:
	// true false -80 20 0
	// true true -80 20 0
	// true false -100 0 80
	// false false 0 0 30
	// true false 80 50 0
	// points.earned    100  100 order 1
	// points.spent     -80   20 till 7
	// points.reversed -100  -80 refund 1
	// points.earned     50  -30 order 2
	// points.reversed   80   50 void 7
}

// A benefit is used once per key, and not beyond its quota.
func ExampleBook_Use() {
	ctx := context.Background()
	book, order := shop()
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	order("order 1", 1000_00, now)
	for _, key := range []string{"trip 1", "trip 1", "trip 2", "trip 3"} {
		answer, err := book.Use(ctx, points.Act{Key: key, Profile: "ann", Program: "member", Grant: "delivery"}, now)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s: OK %v, known %v, %d left, reason %q\n", key, answer.OK, answer.Known, answer.Left, answer.Reason)
	}
	a, err := book.Account(ctx, "ann", "member", now.AddDate(0, 1, 0))
	if err != nil {
		panic(err)
	}
	fmt.Println(a.Benefits[0].Left, "left in June")
	// Output:
	// trip 1: OK true, known false, 1 left, reason ""
	// trip 1: OK true, known true, 1 left, reason ""
	// trip 2: OK true, known false, 0 left, reason ""
	// trip 3: OK false, known false, 0 left, reason "quota"
	// 2 left in June
}

// shop is a book of a small program, and how to pay orders of ann.
func shop() (*points.Book, func(id string, amount int64, now time.Time)) {
	defs := []points.Def{{
		Name:  "member",
		Earn:  []points.Earn{{On: "order_paid", Rate: points.Rate{Of: "amount", Points: 1, Each: 100}}},
		Tiers: []points.Tier{{Name: "silver", At: 1000, Benefits: points.Benefits{Grants: []points.Grant{{Name: "delivery", Every: points.Monthly, Quota: 2}}}}},
	}}
	schema := points.Declares(defs)
	schema.Events = append(schema.Events, rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}})
	lex, err := schema.Compile()
	if err != nil {
		panic(err)
	}
	plan, err := points.Compile(defs, lex, lang.New(lex, nil))
	if err != nil {
		panic(err)
	}
	book := points.NewBook(points.NewMemory(), plan, nil)
	return book, func(id string, amount int64, now time.Time) {
		e := marque.Event{ID: id, Name: "order_paid", Profile: "ann", At: now, Props: map[string]any{"amount": amount}}
		if _, err := book.Derive(context.Background(), []string{"member"}, []rule.Pass{{Event: e, Facts: rule.NewFacts(lex, "ann"), Now: now}}); err != nil {
			panic(err)
		}
	}
}
