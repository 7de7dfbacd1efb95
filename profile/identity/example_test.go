package identity_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

func compiled(p identity.Policy) *identity.Rules {
	r, err := p.Compile()
	if err != nil {
		panic(err)
	}
	return r
}

var (
	member1 = marque.ID{Kind: "member", Value: "1001"}
	member2 = marque.ID{Kind: "member", Value: "1002"}
	phone   = marque.ID{Kind: "phone", Value: "13800000000"}
	openid  = marque.ID{Kind: "openid", Value: "o-1"}
	tablet  = marque.ID{Kind: "device", Value: "tablet"}
	monday  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
)

// At most one member a person: what a family shares belongs to the one who was seen with it first.
func ExampleRules_Resolve() {
	rules := compiled(identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 2}}})
	result := rules.Resolve(identity.Evidence{Observations: []identity.Observation{
		{Key: "e3", At: monday.Add(2 * time.Hour), IDs: []marque.ID{member2, tablet}},
		{Key: "e2", At: monday.Add(time.Hour), IDs: []marque.ID{phone, tablet}},
		{Key: "e1", At: monday, IDs: []marque.ID{member1, phone}},
		{Key: "e4", At: monday, IDs: []marque.ID{{Kind: "phone", Value: "0000"}, {Kind: "device", Value: "null"}}},
	}})
	for _, p := range result.People {
		fmt.Println(p.IDs)
	}
	for _, r := range result.Refused {
		fmt.Printf("%s: %s and %s: %s of %s\n", r.Key, r.A, r.B, r.Why, r.Kind)
	}
	since, _ := result.People[0].Joined(member1, tablet)
	fmt.Println(since.Format("15:04"))
	// Output:
	// [member:1001 phone:13800000000 device:tablet]
	// [member:1002]
	// e3: member:1002 and device:tablet: limit of member
	// 10:00
}

// A number has a new owner: look why it is whose it is, look what an unlink would do, and do it.
func ExampleGraph_PreviewRuling() {
	g := identity.NewGraph(compiled(identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "openid", Limit: 1}}}))
	g.Observe(
		identity.Observation{Key: "signup", At: monday, IDs: []marque.ID{member1, openid}},
		identity.Observation{Key: "order", At: monday.Add(time.Hour), IDs: []marque.ID{openid, phone}},
		identity.Observation{Key: "signup 2", At: monday.AddDate(0, 3, 0), IDs: []marque.ID{member2, phone}},
	)
	whose := func() {
		p, _ := g.Person(phone)
		fmt.Println("phone:", p.IDs)
	}
	whose()
	for _, s := range g.Path(member1, phone) {
		fmt.Println("  because", s.A, "and", s.B, "in", s.Key)
	}

	would := g.PreviewRuling(identity.Ruling{Key: "ticket 7", By: "ann", At: monday.AddDate(0, 3, 1), A: openid, B: phone})
	fmt.Println("before:", would.Before)
	fmt.Println("after: ", would.After)
	whose()

	g.Unlink(openid, phone, "ann: ticket 7", monday.AddDate(0, 3, 1))
	whose()
	again := g.Observe(identity.Observation{Key: "order 2", At: monday.AddDate(0, 3, 2), IDs: []marque.ID{openid, phone}})
	fmt.Println("seen again:", len(again), "changes")
	// Output:
	// phone: [member:1001 openid:o-1 phone:13800000000]
	//   because member:1001 and openid:o-1 in signup
	//   because openid:o-1 and phone:13800000000 in order
	// before: [[member:1001 openid:o-1 phone:13800000000] [member:1002]]
	// after:  [[member:1001 openid:o-1] [member:1002 phone:13800000000]]
	// phone: [member:1001 openid:o-1 phone:13800000000]
	// phone: [member:1002 phone:13800000000]
	// seen again: 0 changes
}

// What arrives late is as if it had come in time.
func ExampleGraph_Observe() {
	g := identity.NewGraph(compiled(identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}}}))
	first := func(c []identity.Change) { fmt.Println(c[0].Before, "->", c[0].After) }
	first(g.Observe(identity.Observation{Key: "e1", At: monday, IDs: []marque.ID{tablet}}))
	first(g.Observe(identity.Observation{Key: "e3", At: monday.Add(2 * time.Hour), IDs: []marque.ID{member1, tablet}}))
	first(g.Observe(identity.Observation{Key: "e2", At: monday.Add(time.Hour), IDs: []marque.ID{member2, tablet}}))
	// Output:
	// [] -> [[device:tablet]]
	// [[device:tablet]] -> [[member:1001 device:tablet]]
	// [[member:1001 device:tablet]] -> [[member:1001] [member:1002 device:tablet]]
}

// Something that very many people share links nobody.
func ExampleGraph_Hubs() {
	g := identity.NewGraph(compiled(identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 2, Hub: 20}}}))
	for i := range 30 {
		member := marque.ID{Kind: "member", Value: fmt.Sprintf("m%02d", i)}
		for _, c := range g.Observe(identity.Observation{Key: fmt.Sprint("order ", i), At: monday.AddDate(0, 0, i), IDs: []marque.ID{member, phone}}) {
			if len(c.After) > 1 {
				fmt.Println(c.Key, c.Before, "->", c.After)
			}
		}
	}
	fmt.Println(g.Hubs())
	// Output:
	// order 20 [[member:m00 phone:13800000000]] -> [[member:m00] [member:m20] [phone:13800000000]]
	// [phone:13800000000]
}
