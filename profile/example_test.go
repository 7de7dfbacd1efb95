package profile_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/memory"
	"github.com/marque-go/marque/rule"
)

// A book over a store: events go in, and what is known of the person comes out.
func Example() {
	ctx := context.Background()
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String, From: []string{"signup.city"}}},
		Events: []rule.EventType{
			{Name: "signup", Props: []rule.Field{{Name: "city", Type: rule.String}}},
			{Name: "order", Props: []rule.Field{{Name: "amount", Type: rule.Int}}},
		},
	}.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	book := profile.NewBook(memory.New(), lex, &profile.Options{
		NewID: func(first marque.ID) string { return "person-" + first.Value }, // else a random id
	})
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	phone, openid := marque.ID{Kind: "phone", Value: "138"}, marque.ID{Kind: "openid", Value: "o-7"}

	done, err := book.Append(ctx, []marque.Event{
		{ID: "e1", Name: "signup", At: noon, IDs: []marque.ID{phone, openid}, Props: map[string]any{"city": "Chongqing"}},
		{ID: "e2", Name: "order", At: noon.Add(time.Hour), IDs: []marque.ID{openid}, Props: map[string]any{"amount": 1999}},
		{ID: "e1", Name: "signup", At: noon, IDs: []marque.ID{phone}}, // sent again
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("taken:", len(done.Events), "known before:", done.Known)

	// The facts that a rule over city and orders reads, in the slots of the lexicon.
	facts := rule.NewFacts(lex, done.Events[1].Profile)
	need := rule.Need{Attrs: []int{0}, Events: []rule.EventNeed{{Slot: 1}}}
	if err := book.Fill(ctx, need, noon, []*rule.Facts{facts}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(facts.Profile, facts.Attrs[0], len(facts.Events[1]), "order of", facts.Events[1][0].Props[0])
	// Output:
	// taken: 2 known before: [e1]
	// person-138 "Chongqing" 1 order of 1999
}

// An event with identifiers of two people shows that they are one. The one seen first stays; the move waits until
// every other holder of things has followed.
func ExampleBook_Append_merge() {
	ctx, book, at := exampleBook()
	app, shop := marque.ID{Kind: "device", Value: "d-1"}, marque.ID{Kind: "phone", Value: "138"}
	done, _ := book.Append(ctx, []marque.Event{
		{ID: "e1", Name: "visit", At: at(1), IDs: []marque.ID{app}},
		{ID: "e2", Name: "visit", At: at(2), IDs: []marque.ID{shop}},
		{ID: "e3", Name: "login", At: at(3), IDs: []marque.ID{app, shop}},
	})
	for _, m := range done.Moves {
		fmt.Println(m.From, "->", m.Into)
	}
	for e, err := range book.Log(ctx, nil) {
		fmt.Println(e.ID, e.Profile, err)
	}
	// A former id keeps leading to the person.
	p, _ := book.Person(ctx, "person-138")
	fmt.Println(p.ID, p.Former)

	waiting, _ := book.Moves(ctx, 10)
	for _, m := range waiting {
		// … coupons.Move(ctx, m), tags.Move(ctx, m), and then:
		if err := book.Moved(ctx, m.Key); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// person-138 -> person-d-1
	// e1 person-d-1 <nil>
	// e2 person-d-1 <nil>
	// e3 person-d-1 <nil>
	// person-d-1 [person-138]
}

// What was appended waits in the inbox until it is handled, also over a crash in between.
func ExampleBook_Inbox() {
	ctx, book, at := exampleBook()
	who := []marque.ID{{Kind: "phone", Value: "138"}}
	_, _ = book.Append(ctx, []marque.Event{{ID: "e1", Name: "visit", At: at(1), IDs: who}, {ID: "e2", Name: "order", At: at(2), IDs: who}})

	events, _ := book.Inbox(ctx, marque.Parts{}, 100)
	for _, e := range events {
		fmt.Println("to do:", e.ID, e.Name)
	}
	_ = book.Handled(ctx, []string{"e1"})
	events, _ = book.Inbox(ctx, marque.Parts{}, 100)
	fmt.Println("left:", len(events))
	// Output:
	// to do: e1 visit
	// to do: e2 order
	// left: 1
}

// A scan of the log can stop anywhere, and go on from there later: keep the Scan, as JSON if need be.
func ExampleBook_Log() {
	ctx, book, at := exampleBook()
	for i, name := range []string{"visit", "view", "order"} {
		_, _ = book.Append(ctx, []marque.Event{{ID: fmt.Sprint("e", i), Name: name, At: at(i), Profile: "p"}})
	}
	var scan profile.Scan
	for e := range book.Log(ctx, &scan) {
		fmt.Println(e.Name)
		break
	}
	for e := range book.Log(ctx, &scan) {
		fmt.Println("later:", e.Name)
	}
	// Output:
	// visit
	// later: view
	// later: order
}

// Attributes and consent come from events too. The newest event counts, whenever it arrives.
func ExampleBook_Person() {
	ctx, book, at := exampleBook()
	who := []marque.ID{{Kind: "phone", Value: "138"}}
	done, _ := book.Append(ctx, []marque.Event{
		{ID: "e1", Name: "profile.set", At: at(5), IDs: who, Props: map[string]any{"city": "Chongqing", "zone": "Asia/Shanghai"}},
		{ID: "e2", Name: "profile.set", At: at(4), IDs: who, Props: map[string]any{"city": "Chengdu"}}, // late
		{ID: "e3", Name: "profile.set", At: at(6), IDs: who, Props: map[string]any{"citty": "Beijing"}},
		{ID: "e4", Name: "consent.given", At: at(7), IDs: who, Props: map[string]any{"channel": "sms"}},
	})
	p, _ := book.Person(ctx, done.Events[0].Profile)
	for _, a := range p.Attributes {
		fmt.Println(a.Name, a.Value, "from", a.Event, "via", a.Via)
	}
	for _, c := range p.Consents {
		fmt.Println(c.Channel, c.OK)
	}
	for _, f := range done.Ignored {
		fmt.Println("ignored:", f)
	}
	// Output:
	// city Chongqing from e1 via phone:138
	// zone Asia/Shanghai from e1 via phone:138
	// sms true
	// ignored: [2].props.citty: no attribute "citty", did you mean "city"?
}

// Erasing frees the identifiers. What comes late for the person is refused.
func ExampleBook_Erase() {
	ctx, book, at := exampleBook()
	who := []marque.ID{{Kind: "phone", Value: "138"}}
	done, _ := book.Append(ctx, []marque.Event{{ID: "e1", Name: "visit", At: at(1), IDs: who}})
	id := done.Events[0].Profile

	rows, _ := book.Erase(ctx, id)
	fmt.Println("rows:", rows)
	done, _ = book.Append(ctx, []marque.Event{
		{ID: "e1", Name: "visit", At: at(1), IDs: who},
		{ID: "e2", Name: "tag.added", At: at(2), Profile: id},
	})
	fmt.Println(done.Known, done.Ignored[0])
	// Output:
	// rows: 3
	// [e1] [1]: profile: the person was erased
}

func exampleBook() (ctx context.Context, book *profile.Book, at func(minute int) time.Time) {
	lex, err := rule.Schema{Attributes: []rule.Field{{Name: "city", Type: rule.String}}}.Compile()
	if err != nil {
		panic(err)
	}
	book = profile.NewBook(memory.New(), lex, &profile.Options{
		NewID: func(first marque.ID) string { return "person-" + first.Value },
	})
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return context.Background(), book, func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
}
