package profiletest

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

func (k *kit) set(id string, at int, who marque.ID, props map[string]any) profile.Appended {
	k.Helper()
	return k.tell(with(k.event(id, profile.SetEvent, at, who), props))
}

// consents says who agreed to what, as "channel/topic=yes@minute".
func (k *kit) consents(id string) map[string]bool {
	k.Helper()
	out := map[string]bool{}
	for _, c := range k.facts(id).Consents {
		out[c.Channel+"/"+c.Topic] = c.OK
	}
	return out
}

func (k *kit) consent(id string, at int, ok bool, channel, topic string, who marque.ID) {
	k.Helper()
	name := profile.WithdrawnEvent
	if ok {
		name = profile.GivenEvent
	}
	k.tell(with(k.event(id, name, at, who), map[string]any{"channel": channel, "topic": topic}))
}

var factCases = []testCase{
	{"events set the attributes that name them", func(k *kit) {
		k.tell(with(k.event("e1", "signup", 1, openid("o"), phone("1")), map[string]any{"city": "重庆", "age": 3}))
		f := k.facts("p-o")
		k.tell(with(k.event("e2", "signup", 2, openid("o")), map[string]any{"city": nil}), k.event("e3", "signup", 3, openid("o")))
		want(k, "city", f.Attrs[city].Text(), "重庆")
		want(k, "city after events without one", k.facts("p-o").Attrs[city].Text(), "重庆")
		want(k, "age, which signup does not set", f.Attrs[age].Known(), false)
		a := k.person("p-o").Attributes[0]
		want(k, "source", a, profile.Attribute{Name: "city", Value: "重庆", At: minute(1), Event: "e1", From: "signup", Via: openid("o")})
	}},
	{"profile.set sets attributes by name, and the zone", func(k *kit) {
		got := k.set("e1", 1, phone("1"), map[string]any{"city": "Chengdu", "age": 31.0, "zone": "Asia/Shanghai"})
		want(k, "ignored", len(got.Ignored), 0)
		f := k.facts("p-1")
		want(k, "city", f.Attrs[city].Text(), "Chengdu")
		want(k, "age", f.Attrs[age], rule.IntValue(31))
		want(k, "zone", f.Zone, "Asia/Shanghai")
	}},
	{"what cannot be set is reported, the rest is set", func(k *kit) {
		got := k.tell(
			k.event("e0", "view", 1, phone("1")),
			with(k.event("e1", profile.SetEvent, 1, phone("1")), map[string]any{"cities": "x", "age": "old", "city": "Chengdu"}),
			with(k.event("e2", "signup", 2, phone("1")), map[string]any{"city": 7}),
		)
		var places []string
		for _, f := range got.Ignored {
			places = append(places, f.Path)
		}
		want(k, "places", places, []string{"[1].props.age", "[1].props.cities", "[2].props.city"})
		want(k, "city", k.facts("p-1").Attrs[city].Text(), "Chengdu")
		want(k, "log", len(k.log(nil)), 3)
	}},
	{"the newest event sets the attribute, whatever the order of arrival", func(k *kit) {
		k.set("e1", 5, phone("1"), map[string]any{"city": "five", "zone": "UTC"})
		k.set("e2", 3, phone("1"), map[string]any{"city": "three", "zone": "Asia/Tokyo", "age": 3})
		want(k, "after a late one", k.facts("p-1").Attrs[city].Text(), "five")
		want(k, "zone", k.facts("p-1").Zone, "UTC")
		want(k, "age, which only the late one set", k.facts("p-1").Attrs[age].Int(), int64(3))
		k.set("e3", 5, phone("1"), map[string]any{"city": "five again"})
		want(k, "of equals the last to arrive", k.facts("p-1").Attrs[city].Text(), "five again")
		k.set("e4", 6, phone("1"), map[string]any{"city": nil, "zone": nil})
		want(k, "cleared", k.facts("p-1").Attrs[city].Known(), false)
		want(k, "cleared zone", k.facts("p-1").Zone, "")
		k.set("e5", 5, phone("1"), map[string]any{"city": "late"})
		want(k, "late after clearing", k.facts("p-1").Attrs[city].Known(), false)
	}},
	{"a merge keeps the newest attributes", func(k *kit) {
		k.set("e1", 1, phone("a"), map[string]any{"city": "old", "age": 1})
		k.set("e2", 2, phone("b"), map[string]any{"city": "new", "zone": "UTC"})
		k.edge("e3", 9, phone("a"), phone("b"))
		f := k.facts("p-a")
		want(k, "city", f.Attrs[city].Text(), "new")
		want(k, "age", f.Attrs[age].Int(), int64(1))
		want(k, "zone", f.Zone, "UTC")
		want(k, "source", k.person("p-a").Attributes[1].Event, "e2")
	}},
	{"of two attributes of one instant a merge keeps the one that arrived last", func(k *kit) {
		k.set("e1", 2, phone("b"), map[string]any{"city": "first"})
		k.edge("e2", 1, phone("a"))
		k.set("e3", 2, phone("a"), map[string]any{"city": "last"})
		k.edge("e4", 9, phone("a"), phone("b"))
		want(k, "city", k.facts("p-a").Attrs[city].Text(), "last")
	}},
	{"the newest consent counts", func(k *kit) {
		k.consent("e1", 5, false, "sms", "", phone("1"))
		k.consent("e2", 3, true, "sms", "", phone("1"))
		k.tell(k.event("e3", profile.GivenEvent, 1, phone("1")))
		want(k, "consents", k.consents("p-1"), map[string]bool{"/": true, "sms/": false})
		k.consent("e4", 6, true, "sms", "", phone("1"))
		k.consent("e5", 6, true, "email", "news", phone("1"))
		want(k, "later", k.consents("p-1"), map[string]bool{"/": true, "sms/": true, "email/news": true})
		k.tell(k.event("e6", profile.WithdrawnEvent, 7, phone("1")))
		want(k, "all withdrawn", k.consents("p-1"), map[string]bool{"/": false, "sms/": false, "email/news": false})
		k.consent("e7", 8, true, "sms", "", phone("1"))
		want(k, "one given anew", k.consents("p-1"), map[string]bool{"/": false, "sms/": true, "email/news": false})
		want(k, "as said", len(k.person("p-1").Consents), 3)
	}},
	{"a merge keeps the most restrictive consent", func(k *kit) {
		k.consent("e1", 1, false, "sms", "", phone("a"))
		k.consent("e2", 2, true, "email", "", phone("a"))
		k.consent("e3", 3, true, "sms", "", phone("b"))
		k.consent("e4", 3, true, "push", "", phone("b"))
		k.edge("e5", 9, phone("a"), phone("b"))
		want(k, "consents", k.consents("p-a"), map[string]bool{"sms/": false, "email/": true, "push/": true})
		k.consent("e6", 2, true, "sms", "", phone("b"))
		want(k, "an older consent that comes late lifts nothing", k.consents("p-a")["sms/"], false)
		k.consent("e7", 10, true, "sms", "", phone("b"))
		want(k, "a new one does", k.consents("p-a")["sms/"], true)
	}},
	{"a general withdrawal of one counts for both", func(k *kit) {
		k.consent("e1", 1, false, "", "", phone("a"))
		k.consent("e2", 3, true, "sms", "news", phone("b"))
		k.edge("e3", 9, phone("a"), phone("b"))
		want(k, "consents", k.consents("p-a"), map[string]bool{"/": false, "sms/news": false})
	}},
	{"histories are in order of time, late events in place", func(k *kit) {
		k.tell(k.event("e1", "view", 5, phone("1")), k.event("e2", "view", 9, phone("1")), k.event("e3", "click", 7, phone("1")))
		held := k.facts("p-1")
		want(k, "views", minutes(held.Events[view]), []int{5, 9})
		k.tell(k.event("e4", "view", 7, phone("1")))
		want(k, "late", minutes(k.facts("p-1").Events[view]), []int{5, 7, 9})
		k.tell(k.event("e5", "view", 12, phone("1")), k.event("e6", "view", 1, phone("1")), k.event("e7", "view", 13, phone("1")))
		want(k, "more", minutes(k.facts("p-1").Events[view]), []int{1, 5, 7, 9, 12, 13})
		want(k, "what was read before", minutes(held.Events[view]), []int{5, 9})
	}},
	{"what was read stays as it was, whatever comes later", func(k *kit) {
		var held []*rule.Facts
		var want1 [][]int
		for i := range 40 {
			k.tell(k.event(number("e", i), "view", i*7%40, phone("1")))
			f := k.facts("p-1")
			held, want1 = append(held, f), append(want1, minutes(f.Events[view]))
			if !slices.IsSorted(want1[i]) || len(want1[i]) != i+1 {
				k.Fatalf("after %d events: %v", i+1, want1[i])
			}
		}
		for i, f := range held {
			want(k, "history after "+number("e", i), minutes(f.Events[view]), want1[i])
		}
	}},
	{"many events of one instant are in order of arrival", func(k *kit) {
		var orders []int64
		for i := range 100 {
			k.tell(with(k.event(number("e", i), "order", 5, phone("1")), map[string]any{"amount": i}))
			orders = append(orders, int64(i))
		}
		k.tell(with(k.event("late", "order", 4, phone("1")), map[string]any{"amount": -1}))
		want(k, "orders", amounts(k.facts("p-1").Events[order]), append([]int64{-1}, orders...))
		var mixed, byInstant []marque.Event
		var inOrder []int64
		for i := range 100 {
			mixed = append(mixed, with(k.event(number("m", i), "order", i*7%5, phone("2")), map[string]any{"amount": i}))
		}
		byInstant = slices.Clone(mixed)
		slices.SortStableFunc(byInstant, func(a, b marque.Event) int { return a.At.Compare(b.At) })
		for _, e := range byInstant {
			inOrder = append(inOrder, int64(e.Props["amount"].(int)))
		}
		k.tell(mixed...)
		want(k, "orders of five instants", amounts(k.facts("p-2").Events[order]), inOrder)
	}},
	{"events of one instant are in order of arrival", func(k *kit) {
		amount := func(id string, at, n int) marque.Event {
			return with(k.event(id, "order", at, phone("1")), map[string]any{"amount": n})
		}
		k.tell(amount("e1", 5, 1), amount("e2", 6, 2), amount("e3", 5, 3))
		want(k, "orders", amounts(k.facts("p-1").Events[order]), []int64{1, 3, 2})
		k.tell(amount("e4", 5, 4), amount("e5", 6, 5))
		want(k, "later", amounts(k.facts("p-1").Events[order]), []int64{1, 3, 4, 2, 5})
	}},
	{"histories merge in order of time, and of arrival", func(k *kit) {
		amount := func(id string, at, n int, who string) marque.Event {
			return with(k.event(id, "order", at, phone(who)), map[string]any{"amount": n})
		}
		k.tell(amount("e1", 1, 1, "a"), amount("e2", 5, 2, "b"), amount("e3", 5, 3, "a"), amount("e4", 4, 4, "b"))
		a, b := k.facts("p-a"), k.facts("p-b")
		k.edge("e5", 9, phone("b"), phone("a"))
		k.tell(amount("e6", 5, 6, "b"))
		want(k, "orders", amounts(k.facts("p-a").Events[order]), []int64{1, 4, 2, 3, 6})
		want(k, "a before", amounts(a.Events[order]), []int64{1, 3})
		want(k, "b before", amounts(b.Events[order]), []int64{4, 2})
	}},
	{"properties come in the slots of the lexicon, as its types", func(k *kit) {
		k.tell(with(k.event("e1", "order", 1, phone("1")), map[string]any{"amount": 1999.0, "ship_to": 5, "other": true}))
		hit := k.facts("p-1").Events[order][0]
		want(k, "amount", hit.Props[0], rule.IntValue(1999))
		want(k, "what does not fit", hit.Props[1].Known(), false)
		k.set("e2", 2, phone("1"), map[string]any{"city": "x", "age": 31})
		other, err := rule.Schema{
			Attributes: []rule.Field{{Name: "age", Type: rule.Float}, {Name: "city", Type: rule.Bool}},
			Events:     []rule.EventType{{Name: "order", Props: []rule.Field{{Name: "other", Type: rule.Bool}, {Name: "amount", Type: rule.Float}}}},
		}.Compile()
		k.no(err, "compile")
		f := rule.NewFacts(other, "p-1")
		need := rule.Need{Attrs: []int{0, 1}, Events: []rule.EventNeed{{Slot: 0}}}
		k.no(profile.NewBook(k.store, other, nil).Fill(k.ctx, need, minute(5), []*rule.Facts{f}), "fill")
		want(k, "in another lexicon", f.Events[0][0].Props, []rule.Value{rule.BoolValue(true), rule.FloatValue(1999)})
		want(k, "an attribute of another type", f.Attrs[0], rule.FloatValue(31))
		want(k, "an attribute that does not fit", f.Attrs[1].Known(), false)
		want(k, "in the first again", k.facts("p-1").Events[order][0].Props[0], rule.IntValue(1999))
	}},
	{"only what is needed is filled", func(k *kit) {
		k.set("e1", 1, phone("1"), map[string]any{"city": "x", "age": 1})
		k.tell(k.event("e2", "view", 2, phone("1")), k.event("e3", "signup", 2, phone("1")))
		f := rule.NewFacts(k.lex, "p-1")
		need := rule.Need{Attrs: []int{age}, Events: []rule.EventNeed{{Slot: view, Window: marque.Hour}}}
		k.no(k.book.Fill(k.ctx, need, minute(10), []*rule.Facts{f}), "fill")
		want(k, "city", f.Attrs[city].Known(), false)
		want(k, "age", f.Attrs[age].Int(), int64(1))
		want(k, "views", minutes(f.Events[view]), []int{2})
		want(k, "signups", len(f.Events[signup]), 0)
		want(k, "identifiers", len(f.IDs), 0)
	}},
	{"a window may cut a history, but not within", func(k *kit) {
		for i := range 20 {
			k.tell(k.event(number("e", i), "view", i*10, phone("1")))
		}
		f := rule.NewFacts(k.lex, "p-1")
		need := rule.Need{Events: []rule.EventNeed{{Slot: view, Window: marque.Hour}}}
		now := minute(190)
		k.no(k.book.Fill(k.ctx, need, now, []*rule.Facts{f}), "fill")
		within := 0
		for _, h := range f.Events[view] {
			if d := now.Sub(h.At.Time()); d >= 0 && d < time.Hour {
				within++
			}
		}
		want(k, "views within the hour", within, 6)
	}},
	{"a record that held another person is overwritten, also by nobody", func(k *kit) {
		k.set("e1", 1, phone("1"), map[string]any{"city": "x", "age": 1, "zone": "UTC"})
		k.consent("e2", 1, true, "sms", "", phone("1"))
		k.tell(k.event("e3", "view", 2, phone("1")), k.event("e4", "view", 2, phone("2")))
		f := k.facts("p-1")
		for _, id := range []string{"p-2", "unknown", ""} {
			f.Profile = id
			k.no(k.book.Fill(k.ctx, everything, minute(10), []*rule.Facts{f}), "fill")
			want(k, "city of "+id, f.Attrs[city].Known(), false)
			want(k, "zone of "+id, f.Zone, "")
			want(k, "consents of "+id, len(f.Consents), 0)
			views, ids := 0, 0
			if id == "p-2" {
				views, ids = 1, 1
			}
			want(k, "views of "+id, len(f.Events[view]), views)
			want(k, "identifiers of "+id, len(f.IDs), ids)
		}
	}},
	{"many people are filled at once", func(k *kit) {
		var people []*rule.Facts
		for i := range 20 {
			v := number("n", i)
			k.set("e"+v, i, phone(v), map[string]any{"age": i})
			people = append(people, rule.NewFacts(k.lex, "p-"+v))
		}
		k.no(k.book.Fill(k.ctx, everything, minute(100), people), "fill")
		for i, f := range people {
			want(k, f.Profile, f.Attrs[age].Int(), int64(i))
		}
	}},
}
