package profiletest

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

// kit is what a case works with: a book over the store under test, and short words for what cases do.
type kit struct {
	*testing.T
	ctx   context.Context
	store profile.Store
	book  *profile.Book
	lex   *rule.Lexicon
}

// day is the first instant of every case.
var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return day.Add(time.Duration(n) * time.Minute) }

func phone(v string) marque.ID  { return marque.ID{Kind: "phone", Value: v} }
func openid(v string) marque.ID { return marque.ID{Kind: "openid", Value: v} }

// options make ids that follow from the first identifier, and pages so small that scans need several.
func options() *profile.Options {
	return &profile.Options{NewID: func(first marque.ID) string { return "p-" + first.Value }, Page: 3}
}

var schema = rule.Schema{
	Attributes: []rule.Field{
		{Name: "city", Type: rule.String, From: []string{"signup.city", "order.ship_to"}},
		{Name: "age", Type: rule.Int},
	},
	Events: []rule.EventType{
		{Name: "signup", Props: []rule.Field{{Name: "city", Type: rule.String}}},
		{Name: "order", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "ship_to", Type: rule.String}}},
		{Name: "view"},
	},
}

func newKit(t *testing.T, s profile.Store) *kit {
	lex, err := schema.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return &kit{t, context.Background(), s, profile.NewBook(s, lex, options()), lex}
}

func (k *kit) event(id, name string, at int, ids ...marque.ID) marque.Event {
	return marque.Event{ID: id, Name: name, At: minute(at), IDs: ids}
}

func with(e marque.Event, props map[string]any) marque.Event { e.Props = props; return e }

func (k *kit) no(err error, what string) {
	k.Helper()
	if err != nil {
		k.Fatalf("%s: %v", what, err)
	}
}

// tell appends events, which must work.
func (k *kit) tell(es ...marque.Event) profile.Appended {
	k.Helper()
	done, err := k.book.Append(k.ctx, es)
	k.no(err, "append")
	return done
}

// want compares by value; times by instant.
func want[T any](k *kit, what string, got, want T) {
	k.Helper()
	if !reflect.DeepEqual(got, want) {
		k.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func (k *kit) dump() string {
	k.Helper()
	s, err := Dump(k.ctx, k.store)
	k.no(err, "dump")
	return s
}

func (k *kit) who(ids ...marque.ID) string {
	k.Helper()
	id, _, err := k.book.Resolve(k.ctx, ids)
	k.no(err, "resolve")
	return id
}

func (k *kit) person(id string) profile.Person {
	k.Helper()
	p, err := k.book.Person(k.ctx, id)
	k.no(err, "person")
	return p
}

func (k *kit) people(parts marque.Parts) (ids []string) {
	k.Helper()
	for id, err := range k.book.People(k.ctx, parts, "") {
		k.no(err, "people")
		ids = append(ids, id)
	}
	return ids
}

func (k *kit) inbox(parts marque.Parts, n int) []string {
	k.Helper()
	es, err := k.book.Inbox(k.ctx, parts, n)
	k.no(err, "inbox")
	return eventIDs(es)
}

func (k *kit) log(scan *profile.Scan) (es []marque.Event) {
	k.Helper()
	for e, err := range k.book.Log(k.ctx, scan) {
		k.no(err, "log")
		es = append(es, e)
	}
	return es
}

func (k *kit) moves() []marque.Move {
	k.Helper()
	ms, err := k.book.Moves(k.ctx, 100)
	k.no(err, "moves")
	return ms
}

func (k *kit) pending() []marque.Event {
	k.Helper()
	es, err := k.book.Pending(k.ctx, marque.Parts{}, 100)
	k.no(err, "pending")
	return es
}

// facts is everything that rules can know of the person.
func (k *kit) facts(id string) *rule.Facts {
	k.Helper()
	f := rule.NewFacts(k.lex, id)
	k.no(k.book.Fill(k.ctx, everything, minute(1000), []*rule.Facts{f}), "fill")
	return f
}

var everything = rule.Need{
	Attrs: []int{0, 1}, Events: []rule.EventNeed{{Slot: 0}, {Slot: 1}, {Slot: 2}}, IDs: true, Consents: true,
}

// Slots of the schema.
const (
	city   = 0
	age    = 1
	signup = 0
	order  = 1
	view   = 2
)

// minutes are the instants of a history.
func minutes(hits []rule.Hit) []int {
	out := []int{}
	for _, h := range hits {
		out = append(out, int(h.At.Time().Sub(day)/time.Minute))
	}
	return out
}

// amounts are the amounts of a history of orders.
func amounts(hits []rule.Hit) []int64 {
	out := []int64{}
	for _, h := range hits {
		out = append(out, h.Props[0].Int())
	}
	return out
}

func eventIDs(es []marque.Event) []string {
	ids := make([]string, len(es))
	for i, e := range es {
		ids[i] = e.ID
	}
	return ids
}

func sorted(s []string) []string { s = slices.Clone(s); slices.Sort(s); return s }

func number(prefix string, n int) string { return fmt.Sprintf("%s%03d", prefix, n) }

const all = math.MaxInt32
