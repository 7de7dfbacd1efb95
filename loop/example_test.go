package loop_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"testing/fstest"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/profile/identity"
)

const shop = `
events: [{name: registered}, {name: order_paid}]
segments:
  - name: new
    when: did("registered", within("14d")) and not did("order_paid")
journeys:
  - name: welcome
    consent: assumed
    entry: {segment: new}
    goal: {event: order_paid}
    nodes:
      - {id: hello, send: {channels: [sms], text: Welcome}, next: pause}
      - {id: pause, wait: {for: 1d}, next: offer}
      - {id: offer, send: {channels: [sms], text: 10 off your first order}}
`

type sms struct{}

func (sms) Send(_ context.Context, m journey.Message) (journey.Receipt, error) {
	fmt.Println(m.At.Format("Mon 15:04"), "sms to", m.To[0].Value+":", m.Text)
	return journey.Receipt{Status: journey.Sent}, nil
}

// Two people register; one of them orders before the second message is due.
func Example() {
	program, err := loop.Load(fstest.MapFS{"shop.yaml": {Data: []byte(shop)}})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := loop.Compile(program, loop.Host{Channels: map[string]journey.Channel{"sms": sms{}}})
	if err != nil {
		log.Fatal(err)
	}
	l, ctx := loop.New(plan, loop.Memory(), nil), context.Background()
	ann, bob := []marque.ID{{Kind: "phone", Value: "ann"}}, []marque.ID{{Kind: "phone", Value: "bob"}}
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	err = l.Track(ctx,
		marque.Event{Name: "registered", IDs: ann, At: monday},
		marque.Event{Name: "registered", IDs: bob, At: monday.Add(time.Hour)},
		marque.Event{Name: "order_paid", IDs: bob, At: monday.Add(5 * time.Hour)},
	)
	if err != nil {
		log.Fatal(err)
	}
	if err := l.Advance(ctx, monday.Add(48*time.Hour)); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Mon 09:00 sms to ann: Welcome
	// Mon 10:00 sms to bob: Welcome
	// Tue 09:00 sms to ann: 10 off your first order
}

// start makes a loop over the shop above, for the examples below.
func start(stores loop.Stores, channel journey.Channel) *loop.Loop {
	program, err := loop.Load(fstest.MapFS{"shop.yaml": {Data: []byte(shop)}})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := loop.Compile(program, loop.Host{Channels: map[string]journey.Channel{"sms": channel}})
	if err != nil {
		log.Fatal(err)
	}
	return loop.New(plan, stores, nil)
}

// What is wrong in a folder of definitions is said at once, each fault with its file, line and column, and what was
// perhaps meant. A folder that cannot be read is not compiled.
func ExampleCompile() {
	people := `
attributes: [{name: city, type: string}]
events: [{name: order_paid, props: [{name: amount, type: int}]}]
segments:
  - {name: local, when: ctiy == "Chongqing"}
`
	check := func(journeys string) error {
		program, err := loop.Load(fstest.MapFS{"people.yaml": {Data: []byte(people)}, "journeys/thanks.yaml": {Data: []byte(journeys)}})
		if err != nil {
			return err
		}
		_, err = loop.Compile(program, loop.Host{Channels: map[string]journey.Channel{"sms": sms{}}})
		return err
	}
	fmt.Println(check(`
journeys:
  - name: thanks
    entry: {event: order_paid}
    caps: [{n: two, per: day}]
    node: [{id: tell, send: {channels: [sms], text: Thank you}}]
`))
	fmt.Println()
	fmt.Println(check(`
journeys:
  - name: thanks
    entry: {event: order_paid, when: event.amout >= 10000}
    audience: in_segment("locals")
    nodes:
      - {id: tell, send: {channels: [sms], text: Thank you}, next: tag}
      - {id: tag, tag: buyer}
`))
	// Output:
	// journeys/thanks.yaml:5:16: journeys[0].caps[0].n: want a whole number of 64 bits, found the text "two"
	// journeys/thanks.yaml:6:5: journeys[0].node: unknown field "node", did you mean "nodes"?
	//
	// journeys/thanks.yaml:4:44: journeys[0].entry.when: event has no field amout, did you mean "amount"?
	// journeys/thanks.yaml:5:26: journeys[0].audience: unknown segment "locals", did you mean "local"?
	// journeys/thanks.yaml:8:24: journeys[0].nodes[1].tag: no tag "buyer"
	// people.yaml:5:25: segments[0].when: unknown name ctiy, did you mean "city"?
}

// The same event twice, as a queue delivers it, is taken once. Identifiers that come in one event belong to one
// person from then on.
func ExampleLoop_Track() {
	l, ctx := start(loop.Memory(), sms{}), context.Background()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	phone, openid := marque.ID{Kind: "phone", Value: "13800000000"}, marque.ID{Kind: "openid", Value: "o-1"}
	event := marque.Event{ID: "msg-7", Name: "registered", IDs: []marque.ID{phone, openid}, At: noon}
	if err := l.Track(ctx, event, event); err != nil {
		log.Fatal(err)
	}
	for e, err := range l.Profiles().Log(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Name)
	}
	one, _, _ := l.Profiles().Resolve(ctx, []marque.ID{phone})
	other, _, _ := l.Profiles().Resolve(ctx, []marque.ID{openid})
	fmt.Println("the same person:", one == other)
	// Output:
	// Mon 12:00 sms to 13800000000: Welcome
	// registered
	// segment.entered
	// journey.entered
	// message.sent
	// the same person: true
}

// Nothing happens, and yet it does: a segment whose rule looks back two weeks is left at the end of the two weeks.
// Next says when there is something to do.
func ExampleLoop_Advance() {
	l, ctx := start(loop.Memory(), sms{}), context.Background()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	err := l.Track(ctx, marque.Event{Name: "registered", IDs: []marque.ID{{Kind: "phone", Value: "ann"}}, At: noon})
	for err == nil {
		next, some, e := l.Next(ctx)
		if err = e; err != nil || !some {
			break
		}
		members, _ := l.Segments().Count(ctx, "new")
		fmt.Println(next.Format("Jan _2 15:04"), "due;", members, "in new")
		err = l.Advance(ctx, next)
	}
	if err != nil {
		log.Fatal(err)
	}
	members, _ := l.Segments().Count(ctx, "new")
	fmt.Println(l.Now().Format("Jan _2 15:04"), "done;", members, "in new")
	// Output:
	// Mon 12:00 sms to ann: Welcome
	// Mar  3 12:00 due; 1 in new
	// Tue 12:00 sms to ann: 10 off your first order
	// Mar 16 12:00 due; 1 in new
	// Mar 16 12:00 done; 0 in new
}

// once is a channel that drops a message whose key it has seen.
type once map[string]bool

func (o once) Send(_ context.Context, m journey.Message) (journey.Receipt, error) {
	fmt.Println("asked to send:", m.Text)
	if !o[m.Key] {
		o[m.Key] = true
		fmt.Println("sent:", m.Text)
	}
	return journey.Receipt{Status: journey.Sent}, nil
}

// The process dies between the hand-over of a message and the commit of its outcome. The next one takes up what was
// left: it asks again, with the same key, and the channel drops what it has seen.
func ExampleLoop_Recover() {
	ctx, phone := context.Background(), once{}
	stores := loop.Memory() // in a database, they outlive the process
	failing := stores
	failing.Journeys = journeytest.Fault(stores.Journeys, func(string, bool) error {
		if len(phone) > 0 {
			return errors.New("power cut")
		}
		return nil
	})
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	registered := marque.Event{ID: "r1", Name: "registered", IDs: []marque.ID{{Kind: "phone", Value: "ann"}}, At: noon}
	fmt.Println("failed:", start(failing, phone).Track(ctx, registered) != nil)

	l := start(stores, phone)
	if err := l.Recover(ctx, noon); err != nil {
		log.Fatal(err)
	}
	if err := l.Track(ctx, registered); err != nil { // whoever sent it did not hear back, and sends it again
		log.Fatal(err)
	}
	for e, err := range l.Profiles().Log(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Name)
	}
	// Output:
	// asked to send: Welcome
	// sent: Welcome
	// failed: true
	// asked to send: Welcome
	// registered
	// segment.entered
	// journey.entered
	// message.sent
}

// What is held of a person can be had, and removed, in all stores at once.
func ExampleLoop_Erase() {
	l, ctx := start(loop.Memory(), sms{}), context.Background()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ann := []marque.ID{{Kind: "phone", Value: "ann"}}
	if err := l.Track(ctx, marque.Event{Name: "registered", IDs: ann, At: noon}); err != nil {
		log.Fatal(err)
	}
	who, _, err := l.Profiles().Resolve(ctx, ann)
	if err != nil {
		log.Fatal(err)
	}
	held := func() (rooms []string) {
		for item, err := range l.Export(ctx, who) {
			if err != nil {
				log.Fatal(err)
			}
			if !slices.Contains(rooms, item.Room) {
				rooms = append(rooms, item.Room)
			}
		}
		return rooms
	}
	fmt.Println("before:", held())
	if _, err := l.Erase(ctx, who); err != nil {
		log.Fatal(err)
	}
	fmt.Println("after:", held())
	if err := l.Advance(ctx, noon.Add(48*time.Hour)); err != nil { // the second message is not sent
		log.Fatal(err)
	}
	// Output:
	// Mon 12:00 sms to ann: Welcome
	// before: [profile segment journey]
	// after: []
}

// Ann and Bob sign in on the tablet in the kitchen, and the shop takes them for one customer. Somebody at the desk asks
// why, looks what would become of the two, and parts them: each keeps what came with the own phone.
func ExampleLoop_Unlink() {
	program, err := loop.Load(fstest.MapFS{"home.yaml": {Data: []byte(`
events: [{name: order}, {name: login}]
scores: [{name: lead, rules: [{on: order, points: 10}]}]
points: [{name: club, earn: [{on: order, points: 50}]}]
coupons: [{name: gift, kind: amount, currency: CNY, off: 500, budget: {per_person: 1}}]
`)}})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := loop.Compile(program, loop.Host{})
	if err != nil {
		log.Fatal(err)
	}
	l, ctx := loop.New(plan, loop.Memory(), &loop.Options{NewID: func(first marque.ID) string { return first.Value }}), context.Background()
	ann, bob, tablet := marque.ID{Kind: "phone", Value: "ann"}, marque.ID{Kind: "phone", Value: "bob"}, marque.ID{Kind: "device", Value: "tablet"}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	track := func(hour int, id, name string, ids ...marque.ID) {
		if err := l.Track(ctx, marque.Event{ID: id, Name: name, IDs: ids, At: noon.Add(time.Duration(hour) * time.Hour)}); err != nil {
			log.Fatal(err)
		}
	}
	track(0, "o1", "order", ann)
	track(1, "o2", "order", bob)
	track(2, "o3", "order", bob)
	for _, id := range []marque.ID{ann, bob} {
		if _, err := l.Coupons().Issue(ctx, coupon.IssueRequest{Key: "gift for " + id.Value, Batch: "gift", Profile: id.Value, Via: id}); err != nil {
			log.Fatal(err)
		}
	}
	track(3, "l1", "login", ann, tablet)
	track(4, "l2", "login", bob, tablet)
	show := func(id marque.ID) {
		who, _, _ := l.Profiles().Resolve(ctx, []marque.ID{id})
		p, _ := l.Profiles().Person(ctx, who)
		fmt.Print("  ", who, ":")
		for _, x := range p.IDs {
			fmt.Print(" ", x.ID.Kind, " ", x.ID.Value)
		}
		score, _ := l.Scores().Score(ctx, who, "lead", l.Now())
		account, _ := l.Points().Account(ctx, who, "club", l.Now())
		wallet, _ := l.Coupons().Wallet(ctx, who, l.Now())
		fmt.Println("; lead", score.Value, "club", account.Balance, "gifts", len(wallet))
	}
	fmt.Println("one customer:")
	show(ann)
	why, _ := l.Profiles().Path(ctx, ann, bob)
	for _, step := range why {
		fmt.Println("  because", step.A.Value, "and", step.B.Value, "came in", step.Source, step.Key)
	}

	ruling := identity.Ruling{Key: "desk-1", By: "desk", At: l.Now(), A: bob, B: tablet}
	p, err := l.PreviewRule(ctx, ruling)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("if bob is not of the tablet:")
	for _, c := range p.Changes {
		fmt.Printf("  %s: %s %s, %v would be %v", c.Profile, c.Kind, c.Name, c.Before, c.After)
		if c.Kind == "limit" {
			fmt.Printf(" of at most %d", c.Limit)
		}
		fmt.Println()
	}
	if _, err := l.Unlink(ctx, bob, tablet, "desk"); err != nil {
		log.Fatal(err)
	}
	fmt.Println("two customers:")
	show(ann)
	show(bob)
	// Output:
	// one customer:
	//   ann: phone ann phone bob device tablet; lead 30 club 150 gifts 2
	//   because ann and tablet came in login l1
	//   because tablet and bob came in login l2
	// if bob is not of the tablet:
	//   ann: coupon gift, 2 would be 1
	//   ann: limit coupon/gift/person, 2 would be 1 of at most 1
	//   ann: balance club, 150 would be 50
	//   ann: score lead, 30 would be 10
	//   bob: coupon gift, 0 would be 1
	//   bob: limit coupon/gift/person, 0 would be 1 of at most 1
	//   bob: balance club, 0 would be 100
	//   bob: score lead, 0 would be 20
	// two customers:
	//   ann: phone ann device tablet; lead 10 club 50 gifts 1
	//   bob: phone bob; lead 20 club 100 gifts 1
}
