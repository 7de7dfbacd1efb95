package profiletest

import (
	"errors"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
)

// secret is in everything that the case's person leaves behind.
const secret = "secret"

func (k *kit) secrets() {
	k.Helper()
	k.tell(
		with(k.event("secret-1", "signup", 1, phone("secret-a"), openid("secret-o")), map[string]any{"city": "secret city"}),
		with(k.event("secret-2", profile.SetEvent, 2, phone("secret-b")), map[string]any{"zone": "secret zone"}),
		with(k.event("secret-3", profile.WithdrawnEvent, 3, phone("secret-b")), map[string]any{"topic": "secret topic"}),
		k.event("secret-4", "login", 4, phone("secret-a"), phone("secret-b")),
		with(k.event("e5", "signup", 5, phone("other")), map[string]any{"city": "elsewhere"}),
	)
	for _, m := range k.moves() {
		k.no(k.book.Moved(k.ctx, m.Key), "moved")
	}
}

var holderCases = []testCase{
	{"an export has everything, in its order", func(k *kit) {
		k.secrets()
		var kinds, keys []string
		for item, err := range k.book.Export(k.ctx, "p-secret-b") {
			k.no(err, "export")
			want(k, "room", item.Room, "profile")
			kinds, keys = append(kinds, item.Kind), append(keys, item.Key)
			if e, ok := item.Data.(marque.Event); ok {
				want(k, "profile of "+e.ID, e.Profile, "p-secret-a")
			}
		}
		want(k, "kinds", strings.Join(kinds, " "), "person identifier identifier identifier attribute attribute consent event event event event")
		want(k, "keys", keys, []string{
			"p-secret-a", "phone:secret-a", "openid:secret-o", "phone:secret-b", "city", "zone", "/secret topic",
			"secret-1", "secret-2", "secret-3", "secret-4",
		})
		for range k.book.Export(k.ctx, "unknown") {
			k.Error("an export of somebody unknown yields something")
		}
		_, err := k.book.Person(k.ctx, "unknown")
		want(k, "not found", errors.Is(err, marque.ErrNotFound), true)
	}},
	{"an export can be stopped", func(k *kit) {
		k.secrets()
		n := 0
		for range k.book.Export(k.ctx, "p-secret-a") {
			if n++; n == 3 {
				break
			}
		}
		want(k, "items", n, 3)
	}},
	{"erasing leaves nothing, and nobody else is touched", func(k *kit) {
		k.secrets()
		rows, err := k.book.Erase(k.ctx, "p-secret-b")
		k.no(err, "erase")
		want(k, "rows", rows, 1+3+2+1+4)
		if dump := k.dump(); strings.Contains(dump, secret) {
			k.Errorf("after erasing:\n%s", dump)
		}
		for _, id := range []string{"p-secret-a", "p-secret-b"} {
			f := k.facts(id)
			want(k, "zone of "+id, f.Zone, "")
			want(k, "city of "+id, f.Attrs[city].Known(), false)
			want(k, "signups of "+id, len(f.Events[signup]), 0)
			want(k, "identifiers and consents of "+id, len(f.IDs)+len(f.Consents), 0)
		}
		want(k, "who it was", k.who(phone("secret-a"), phone("secret-b"), openid("secret-o")), "")
		want(k, "people", k.people(marque.Parts{}), []string{"p-other"})
		want(k, "the other", k.facts("p-other").Attrs[city].Text(), "elsewhere")
		want(k, "log", eventIDs(k.log(nil)), []string{"e5"})
		want(k, "inbox", k.inbox(marque.Parts{}, all), []string{"e5"})
		rows, err = k.book.Erase(k.ctx, "p-secret-a")
		k.no(err, "erase again")
		want(k, "rows of nobody", rows, 0)
	}},
	{"what comes late for an erased person is refused", func(k *kit) {
		k.secrets()
		_, err := k.book.Erase(k.ctx, "p-secret-a")
		k.no(err, "erase")
		before := k.dump()
		got := k.tell(
			k.event("secret-1", "signup", 1, phone("secret-a")),
			marque.Event{ID: "late", Name: "tag.added", At: minute(9), Profile: "p-secret-a"},
			marque.Event{ID: "later", Name: "tag.added", At: minute(9), Profile: "p-secret-b", IDs: []marque.ID{phone("secret-b")}, Hops: 1},
		)
		want(k, "taken", len(got.Events), 0)
		want(k, "known", got.Known, []string{"secret-1"})
		want(k, "refused", len(got.Ignored), 2)
		for i, f := range got.Ignored {
			want(k, f.Path, errors.Is(f, profile.ErrErased), true)
			want(k, "place", f.Path, []string{"[1]", "[2]"}[i])
		}
		want(k, "store", k.dump(), before)
	}},
	{"an identifier of an erased person begins a new one", func(k *kit) {
		k.secrets()
		_, err := k.book.Erase(k.ctx, "p-secret-a")
		k.no(err, "erase")
		got := k.edge("new", 20, phone("secret-b"))
		p := k.person(got.Events[0].Profile)
		want(k, "first", p.First, minute(20))
		want(k, "attributes, consents and former ids", len(p.Attributes)+len(p.Consents)+len(p.Former), 0)
		want(k, "log", eventIDs(k.log(nil)), []string{"e5", "new"})
		want(k, "a phone of before", k.who(phone("secret-a")), "")
	}},
	{"a scan passes over what was erased", func(k *kit) {
		for i := range 9 {
			k.tell(k.event(number("e", i), "view", i, phone(number("n", i%3))))
		}
		var scan profile.Scan
		for e, err := range k.book.Log(k.ctx, &scan) {
			k.no(err, "log")
			if e.ID == "e001" {
				break
			}
		}
		_, err := k.book.Erase(k.ctx, "p-n001")
		k.no(err, "erase")
		want(k, "the rest", eventIDs(k.log(&scan)), []string{"e002", "e003", "e005", "e006", "e008"})
	}},
}
