package profiletest

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

var logCases = []testCase{
	{"an event is taken once by its ID", func(k *kit) {
		got := k.tell(k.event("e1", "view", 1, phone("1")), k.event("e2", "view", 2, phone("1")), k.event("e1", "view", 3, phone("9")))
		want(k, "taken", eventIDs(got.Events), []string{"e1", "e2"})
		want(k, "known", got.Known, []string{"e1"})
		got = k.tell(k.event("e2", "order", 4, phone("7")), k.event("e3", "view", 4, phone("1")))
		want(k, "taken the second time", eventIDs(got.Events), []string{"e3"})
		want(k, "known the second time", got.Known, []string{"e2"})
		want(k, "log", eventIDs(k.log(nil)), []string{"e1", "e2", "e3"})
		want(k, "who the repeated ones named", k.who(phone("9"), phone("7")), "")
	}},
	{"nothing to append is nothing", func(k *kit) {
		got := k.tell()
		want(k, "events", len(got.Events), 0)
		want(k, "log", len(k.log(nil)), 0)
	}},
	{"a large batch is one commit in its order", func(k *kit) {
		var es []marque.Event
		var ids []string
		for i := range 300 {
			ids = append(ids, number("e", i))
			es = append(es, k.event(ids[i], "view", 300-i, phone(number("n", i%40))))
		}
		k.tell(append(es, es[17])...)
		want(k, "log", eventIDs(k.log(nil)), ids)
		want(k, "people", len(k.people(marque.Parts{})), 40)
	}},
	{"an event keeps what it came with", func(k *kit) {
		e := marque.Event{
			ID: "e1", Name: "order", At: minute(1).In(time.FixedZone("+8", 8*3600)), Received: minute(2), IDs: []marque.ID{phone("1"), openid("o")},
			Props: map[string]any{"yes": true, "n": int64(1) << 60, "f": 0.1, "s": "重庆", "t": minute(3), "set": []string{"a", "b"}, "none": nil},
			Fact:  "tag/vip", Cause: "e0", Hops: 3,
		}
		taken := k.tell(e).Events
		read := k.log(nil)
		inbox, err := k.book.Inbox(k.ctx, marque.Parts{}, all)
		k.no(err, "inbox")
		e.At, e.Profile = minute(1), "p-1"
		for where, got := range map[string][]marque.Event{"taken": taken, "log": read, "inbox": inbox} {
			if len(got) != 1 {
				k.Fatalf("%s has %d events", where, len(got))
			}
			g := got[0]
			for name, x := range e.Props {
				a, _ := rule.Of(x)
				if b, ok := rule.Of(g.Props[name]); !ok || a != b {
					k.Errorf("%s: property %s is %v, want %v", where, name, b, a)
				}
			}
			want(k, where+": number of properties", len(g.Props), len(e.Props))
			g.Props = e.Props
			want(k, where, g, e)
		}
	}},
	{"times are kept to the microsecond, in UTC", func(k *kit) {
		e := k.event("e1", "view", 0, phone("1"))
		e.At = day.Add(1234567 * time.Nanosecond)
		k.tell(e)
		want(k, "at", k.log(nil)[0].At, day.Add(1234*time.Microsecond))
		want(k, "received", k.log(nil)[0].Received, day.Add(1234*time.Microsecond))
	}},
	{"the inbox is in order of arrival, until handled", func(k *kit) {
		k.tell(k.event("b", "view", 9, phone("1")), k.event("a", "view", 5, phone("2")))
		k.tell(k.event("c", "view", 1, phone("1")))
		want(k, "inbox", k.inbox(marque.Parts{}, all), []string{"b", "a", "c"})
		want(k, "the first two", k.inbox(marque.Parts{}, 2), []string{"b", "a"})
		k.no(k.book.Handled(k.ctx, []string{"a", "unknown", "a"}), "handled")
		want(k, "without a", k.inbox(marque.Parts{}, 2), []string{"b", "c"})
		k.no(k.book.Handled(k.ctx, []string{"b", "a", "c"}), "handled")
		want(k, "at the end", k.inbox(marque.Parts{}, all), []string{})
		k.tell(k.event("a", "view", 5, phone("2")))
		want(k, "after a repeated event", k.inbox(marque.Parts{}, all), []string{})
		want(k, "log", eventIDs(k.log(nil)), []string{"b", "a", "c"})
	}},
	{"a long inbox can be handled in any order", func(k *kit) {
		var es []marque.Event
		var rest []string
		for i := range 400 {
			es = append(es, k.event(number("e", i), "view", i, phone(number("n", i%7))))
		}
		k.tell(es...)
		for i := range 400 {
			n := i * 77 % 400
			if n%5 == 0 {
				rest = append(rest, es[n].ID)
				continue
			}
			k.no(k.book.Handled(k.ctx, []string{es[n].ID}), "handled")
		}
		want(k, "inbox", k.inbox(marque.Parts{}, all), sorted(rest))
	}},
	{"a scan goes on where it stopped", func(k *kit) {
		for i := range 10 {
			k.tell(k.event(number("e", i), "view", i, phone("1")))
		}
		var scan profile.Scan
		var got []string
		for e, err := range k.book.Log(k.ctx, &scan) {
			k.no(err, "log")
			if got = append(got, e.ID); len(got) == 4 {
				break
			}
		}
		scan = profile.Scan{After: scan.After}
		k.tell(k.event("e010", "view", 0, phone("1")))
		got = append(got, eventIDs(k.log(&scan))...)
		want(k, "both parts", got, eventIDs(k.log(nil)))
		want(k, "number of events", len(got), 11)
		want(k, "nothing more", len(k.log(&scan)), 0)
		k.tell(k.event("e011", "view", 0, phone("1")))
		want(k, "what came later", eventIDs(k.log(&scan)), []string{"e011"})
	}},
	{"a scan may read the inbox only", func(k *kit) {
		for i := range 12 {
			k.tell(k.event(number("e", i), "view", i, phone("1")))
		}
		k.no(k.book.Handled(k.ctx, []string{"e000", "e003", "e004", "e008"}), "handled")
		want(k, "open", eventIDs(k.log(&profile.Scan{Open: true})), []string{"e001", "e002", "e005", "e006", "e007", "e009", "e010", "e011"})
	}},
	{"every event and person is in one partition", func(k *kit) {
		k.tell(marque.Event{ID: "nobody", Name: "alert", At: minute(1)})
		for i := range 60 {
			k.tell(k.event(number("e", i), "view", i, phone(number("n", i))))
		}
		k.tell(k.event("both", "view", 99, phone("n003"), phone("n004")))
		for _, parts := range [][]marque.Parts{
			{{From: 0, To: 1024}},
			{{From: 0, To: 300}, {From: 300, To: 301}, {From: 301, To: 1024}},
		} {
			var log, inbox, people []string
			for _, p := range parts {
				for _, e := range k.log(&profile.Scan{Parts: p}) {
					if !p.Has(e.Profile) {
						k.Errorf("%v has an event of %q", p, e.Profile)
					}
					log = append(log, e.ID)
				}
				inbox = append(inbox, k.inbox(p, all)...)
				people = append(people, k.people(p)...)
			}
			want(k, "log", sorted(log), sorted(eventIDs(k.log(nil))))
			want(k, "inbox", sorted(inbox), sorted(eventIDs(k.log(nil))))
			want(k, "people", sorted(people), k.people(marque.Parts{}))
		}
		want(k, "number of people", len(k.people(marque.Parts{})), 59)
	}},
	{"people are listed in order, from any id", func(k *kit) {
		for i := range 8 {
			k.tell(k.event(number("e", i), "view", i, phone(number("n", 7-i))))
		}
		var got []string
		for id, err := range k.book.People(k.ctx, marque.Parts{}, "p-n002") {
			k.no(err, "people")
			if got = append(got, id); len(got) == 4 {
				break
			}
		}
		want(k, "people", got, []string{"p-n003", "p-n004", "p-n005", "p-n006"})
		want(k, "sorted", slices.IsSorted(k.people(marque.Parts{})), true)
	}},
	{"an event may be about nobody", func(k *kit) {
		got := k.tell(marque.Event{ID: "e1", Name: "alert", At: minute(1)}, marque.Event{ID: "e2", Name: "profile.set", At: minute(1), Props: map[string]any{"city": "x"}})
		want(k, "profile", got.Events[0].Profile+got.Events[1].Profile, "")
		want(k, "people", len(k.people(marque.Parts{})), 0)
		want(k, "inbox", k.inbox(marque.Parts{}, all), []string{"e1", "e2"})
	}},
	{"what is no event is refused, and nothing is taken", func(k *kit) {
		_, err := k.book.Append(k.ctx, []marque.Event{k.event("e1", "view", 1, phone("1")), {ID: "e2", IDs: []marque.ID{phone("1")}}})
		if err == nil {
			k.Fatal("no error")
		}
		want(k, "log", len(k.log(nil)), 0)
	}},
}
