package profiletest

import (
	"errors"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
)

// conflict commits a change that does not fit, and looks whether the store is as before.
func (k *kit) conflict(what string, c profile.Change) {
	k.Helper()
	before := k.dump()
	if err := k.store.Commit(k.ctx, c); !errors.Is(err, marque.ErrConflict) {
		k.Errorf("%s: want marque.ErrConflict, got %v", what, err)
	}
	want(k, what+": the store", k.dump(), before)
}

func births(ids ...string) (bs []profile.Birth) {
	for _, id := range ids {
		bs = append(bs, profile.Birth{Profile: id, Home: marque.ID{Kind: marque.ProfileKind, Value: id}})
	}
	return bs
}

var commitCases = []testCase{
	{"a change that does not fit is refused as a whole", func(k *kit) {
		k.edge("e1", 1, phone("a"))
		k.edge("e2", 2, phone("b"))
		k.edge("e3", 3, phone("c"))
		k.edge("e4", 4, phone("b"), phone("c"))
		at := func(id, who string) marque.Event {
			return marque.Event{ID: id, Name: "view", At: minute(5), Received: minute(5), Profile: who}
		}
		fresh := at("new", "p-a")
		k.conflict("a known event", profile.Change{Events: []marque.Event{fresh, at("e1", "p-a")}})
		k.conflict("an unknown person", profile.Change{Events: []marque.Event{fresh, at("x", "p-x")}})
		k.conflict("a person that was merged away", profile.Change{Events: []marque.Event{fresh, at("x", "p-c")}})
		k.conflict("another's identifier", profile.Change{Events: []marque.Event{fresh}, Links: []profile.Link{{Event: 0, ID: openid("new"), Profile: "p-a"}, {Event: 0, ID: phone("b"), Profile: "p-a"}}})
		k.conflict("a known person as new", profile.Change{People: births("p-new", "p-a"), Events: []marque.Event{fresh}})
		k.conflict("a former id as new", profile.Change{People: births("p-c"), Events: []marque.Event{at("x", "p-c")}})
		k.conflict("a move of nobody", profile.Change{Moves: []marque.Move{{Key: "m", From: "p-x", Into: "p-a", At: minute(5)}}, Events: []marque.Event{fresh}})
		k.conflict("a move into one that was merged away", profile.Change{Moves: []marque.Move{{Key: "m", From: "p-a", Into: "p-c", At: minute(5)}}})
		k.no(k.store.Commit(k.ctx, profile.Change{Events: []marque.Event{fresh}, Links: []profile.Link{{Event: 0, ID: phone("a"), Profile: "p-a"}}}), "one that fits")
		want(k, "log", len(k.log(nil)), 5)
		want(k, "an identifier that was linked again", k.person("p-a").IDs, []profile.Identifier{{ID: phone("a"), Event: "e1", At: minute(1)}})
	}},
	{"one commit writes all of a change", func(k *kit) {
		k.edge("e1", 1, phone("a"))
		k.edge("e2", 2, phone("b"))
		m := marque.Move{Key: "m", From: "p-b", Into: "p-a", At: minute(5)}
		k.no(k.store.Commit(k.ctx, profile.Change{
			People:  births("p-new"),
			Moves:   []marque.Move{m},
			Events:  []marque.Event{{ID: "e3", Name: "view", At: minute(5), Received: minute(5), Profile: "p-a"}, {ID: "e4", Name: "view", At: minute(6), Received: minute(6), Profile: "p-new"}},
			Links:   []profile.Link{{Event: 1, ID: openid("new"), Profile: "p-new"}},
			Says:    []profile.Say{{Event: 0, Channel: "sms"}},
			Emit:    []marque.Event{profile.Said(m)},
			Handled: []string{"e1"},
		}), "commit")
		want(k, "people", k.people(marque.Parts{}), []string{"p-a", "p-new"})
		want(k, "inbox", k.inbox(marque.Parts{}, all), []string{"e2", "e3", "e4"})
		want(k, "new leads to", k.who(openid("new")), "p-new")
		want(k, "consents", k.consents("p-a"), map[string]bool{"sms/": false})
		want(k, "said", len(k.pending()), 1)
		k.no(k.store.Commit(k.ctx, profile.Change{Moved: []string{"m"}, Handled: []string{"e2", "e3"}}), "commit")
		want(k, "moves", len(k.moves()), 0)
		want(k, "inbox at the end", k.inbox(marque.Parts{}, all), []string{"e4"})
	}},
	{"a look answers in the order of its questions", func(k *kit) {
		k.edge("e1", 3, phone("a"))
		k.edge("e2", 2, phone("b"))
		k.edge("e3", 4, phone("a"), phone("b"))
		k.tell(marque.Event{ID: "e4", Name: "view", At: minute(1), Profile: "gone"})
		_, err := k.book.Erase(k.ctx, "gone")
		k.no(err, "erase")
		got, err := k.store.Look(k.ctx, profile.Query{
			Events: []string{"e9", "e1", "e4"}, IDs: []marque.ID{phone("x"), phone("a")}, Profiles: []string{"p-b", "x", "p-a", "gone"}, Moves: 5,
		})
		k.no(err, "look")
		plain := func(os []profile.Owner) (out []profile.Owner) {
			for _, o := range os {
				o.Version = 0
				out = append(out, o)
			}
			return out
		}
		b := profile.Owner{Profile: "p-b", First: minute(2), Last: minute(4)}
		home := func(v string) profile.Owner {
			return profile.Owner{Profile: "p-b", First: minute(2), Last: minute(4), Home: phone(v)}
		}
		want(k, "events", got.Events, []bool{false, true, true})
		want(k, "identifiers", plain(got.IDs), []profile.Owner{{}, b})
		want(k, "profiles", plain(got.Profiles), []profile.Owner{home("b"), {}, home("a"), {Erased: true}})
		want(k, "moves", len(got.Moves), 1)
	}},
}
