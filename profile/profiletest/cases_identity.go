package profiletest

import (
	"errors"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
)

// edge is an event that says that identifiers belong to one person.
func (k *kit) edge(id string, at int, ids ...marque.ID) profile.Appended {
	k.Helper()
	return k.tell(k.event(id, "login", at, ids...))
}

var identityCases = []testCase{
	{"events that share an identifier belong to one person", func(k *kit) {
		k.edge("e1", 1, phone("1"), openid("o1"))
		k.edge("e2", 2, openid("o1"), openid("o2"))
		got := k.edge("e3", 3, openid("o2"))
		want(k, "profile", got.Events[0].Profile, "p-1")
		want(k, "people", k.people(marque.Parts{}), []string{"p-1"})
		want(k, "identifiers", k.facts("p-1").IDs, []marque.ID{phone("1"), openid("o1"), openid("o2")})
		want(k, "learnt by", k.person("p-1").IDs[2].Event, "e2")
		want(k, "kind counts", k.who(openid("1")), "")
	}},
	{"the first event of a person may come late", func(k *kit) {
		k.edge("e1", 5, phone("1"))
		k.edge("e2", 3, phone("1"))
		want(k, "first", k.person("p-1").First, minute(3))
	}},
	{"an event with identifiers of two people makes them one: the first seen stays", func(k *kit) {
		k.edge("e1", 5, phone("young"), openid("y"))
		k.edge("e2", 3, phone("old"))
		got := k.edge("e3", 9, openid("y"), phone("old"))
		want(k, "moves", len(got.Moves), 1)
		m := got.Moves[0]
		want(k, "move", marque.Move{Key: m.Key, From: "p-young", Into: "p-old", At: minute(9)}, m)
		want(k, "moves that wait", k.moves(), got.Moves)
		want(k, "people", k.people(marque.Parts{}), []string{"p-old"})
		for _, e := range k.log(nil) {
			want(k, "profile of "+e.ID, e.Profile, "p-old")
		}
		want(k, "identifiers", k.facts("p-old").IDs, []marque.ID{phone("young"), openid("y"), phone("old")})
		want(k, "former", k.person("p-old").Former, []string{"p-young"})
		want(k, "first", k.person("p-young").First, minute(3))
	}},
	{"of two people first seen at one instant, the one with the smaller id stays", func(k *kit) {
		k.edge("e1", 1, phone("b"))
		k.edge("e2", 1, phone("a"))
		k.edge("e3", 2, phone("b"), phone("a"))
		want(k, "people", k.people(marque.Parts{}), []string{"p-a"})
	}},
	{"three people become one in one event", func(k *kit) {
		k.edge("e1", 2, phone("b"))
		k.edge("e2", 1, phone("a"))
		k.edge("e3", 3, phone("c"))
		got := k.edge("e4", 4, phone("c"), phone("b"), openid("new"), phone("a"))
		want(k, "moves", len(got.Moves), 2)
		want(k, "first move", got.Moves[0].From+">"+got.Moves[0].Into, "p-b>p-a")
		want(k, "second move", got.Moves[1].From+">"+got.Moves[1].Into, "p-c>p-a")
		want(k, "people", k.people(marque.Parts{}), []string{"p-a"})
		want(k, "the new identifier", k.who(openid("new")), "p-a")
		want(k, "identifiers", len(k.person("p-a").IDs), 4)
	}},
	{"people merge and merge again within one batch", func(k *kit) {
		k.edge("e0", 3, phone("c"))
		got := k.tell(
			k.event("e1", "login", 2, phone("b")),
			k.event("e2", "login", 4, phone("b"), phone("c")),
			k.event("e3", "login", 1, phone("a")),
			k.event("e4", "login", 5, phone("c"), phone("a"), openid("new")),
			k.event("e5", "login", 6, openid("new")),
		)
		for _, e := range got.Events {
			want(k, "profile of "+e.ID, e.Profile, "p-a")
		}
		want(k, "people", k.people(marque.Parts{}), []string{"p-a"})
		want(k, "c leads to", k.person("p-c").ID, "p-a")
		want(k, "b leads to", k.person("p-b").ID, "p-a")
		want(k, "events", len(k.log(nil)), 6)
		want(k, "moves end at", got.Moves[len(got.Moves)-1].Into, "p-a")
	}},
	{"a former id keeps leading to the person", func(k *kit) {
		k.edge("e1", 2, phone("b"))
		k.edge("e2", 1, phone("a"))
		k.edge("e3", 3, phone("a"), phone("b"))
		got := k.tell(marque.Event{ID: "e4", Name: "view", At: minute(4), Profile: "p-b"})
		want(k, "profile", got.Events[0].Profile, "p-a")
		want(k, "history under the former id", minutes(k.facts("p-b").Events[view]), []int{4})
		want(k, "the record keeps its id", k.facts("p-b").Profile, "p-b")
		k.edge("e5", 0, phone("z"))
		k.edge("e6", 5, phone("z"), phone("a"))
		want(k, "after another merge", k.tell(marque.Event{ID: "e7", Name: "view", At: minute(6), Profile: "p-b"}).Events[0].Profile, "p-z")
		want(k, "former", k.person("p-z").Former, []string{"p-a", "p-b"})
	}},
	{"an event with a profile and no identifiers is that profile's", func(k *kit) {
		got := k.tell(marque.Event{ID: "e1", Name: "view", At: minute(1), Profile: "h-1"})
		want(k, "profile", got.Events[0].Profile, "h-1")
		want(k, "people", k.people(marque.Parts{}), []string{"h-1"})
		k.tell(marque.Event{ID: "e2", Name: "login", At: minute(2), Profile: "h-1", IDs: []marque.ID{phone("1")}})
		want(k, "its identifier", k.who(phone("1")), "h-1")
	}},
	{"a profile and identifiers of another make them one", func(k *kit) {
		k.edge("e1", 1, phone("1"))
		k.tell(marque.Event{ID: "e2", Name: "login", At: minute(2), Profile: "h-1", IDs: []marque.ID{phone("1")}})
		want(k, "people", k.people(marque.Parts{}), []string{"p-1"})
		want(k, "h-1 leads to", k.person("h-1").ID, "p-1")
	}},
	{"identifiers of a derived event link nothing", func(k *kit) {
		k.edge("e1", 1, phone("1"))
		k.edge("e2", 2, phone("2"))
		source := k.log(nil)[0]
		said := source.Turn("tag.added", "tag/vip", 1, minute(3), nil)
		said.IDs = []marque.ID{phone("2"), phone("3")}
		want(k, "profile", k.tell(said).Events[0].Profile, "p-1")
		want(k, "people", k.people(marque.Parts{}), []string{"p-1", "p-2"})
		want(k, "the unknown identifier", k.who(phone("3")), "")
		want(k, "source", k.log(nil)[2].Via(), phone("2"))
	}},
	{"placeholders link nobody", func(k *kit) {
		got := k.tell(
			k.event("e1", "login", 1, phone("1"), openid("null")),
			k.event("e2", "login", 2, phone("2"), openid("NULL"), openid("")),
			k.event("e3", "login", 3, phone("000-0000")),
		)
		want(k, "people", k.people(marque.Parts{}), []string{"p-1", "p-2"})
		want(k, "about nobody", got.Events[2].Profile, "")
		var places []string
		for _, f := range got.Ignored {
			places = append(places, f.Path)
			want(k, f.Path+" is blocked", errors.Is(f, profile.ErrBlocked), true)
		}
		want(k, "places", places, []string{"[0].ids[1]", "[1].ids[1]", "[1].ids[2]", "[2].ids[0]"})
		want(k, "who null is", k.who(openid("null")), "")
	}},
	{"a move waits until it was carried out", func(k *kit) {
		for i, v := range []string{"a", "b", "c"} {
			k.edge("e"+v, i, phone(v))
		}
		first := k.edge("ab", 5, phone("a"), phone("b")).Moves[0]
		second := k.edge("bc", 6, phone("b"), phone("c")).Moves[0]
		want(k, "moves", k.moves(), []marque.Move{first, second})
		k.no(k.book.Move(k.ctx, first), "the book's own move")
		want(k, "moves after its own came back", k.moves(), []marque.Move{first, second})
		k.no(k.book.Moved(k.ctx, first.Key), "moved")
		k.no(k.book.Moved(k.ctx, "unknown"), "moved, unknown")
		want(k, "moves after the first was carried out", k.moves(), []marque.Move{second})
		k.no(k.book.Moved(k.ctx, second.Key), "moved")
		want(k, "moves at the end", len(k.moves()), 0)
		k.no(k.book.Move(k.ctx, first), "the move again")
		want(k, "moves after it came again", len(k.moves()), 0)
	}},
	{"a merge is said once, until it is taken", func(k *kit) {
		k.edge("e1", 1, phone("a"))
		k.edge("e2", 2, phone("b"))
		got := k.edge("e3", 3, phone("a"), phone("b"))
		said := k.pending()
		want(k, "said", said, got.Said)
		want(k, "event", said[0], profile.Said(got.Moves[0]))
		want(k, "profile", said[0].Profile, "p-a")
		k.tell(said...)
		k.no(k.book.Taken(k.ctx, append(eventIDs(said), "unknown")), "taken")
		want(k, "pending", len(k.pending()), 0)
		want(k, "log", k.log(nil)[3].Name, "profile.merged")
	}},
	{"what was said follows the person", func(k *kit) {
		for i, v := range []string{"a", "b", "c"} {
			k.edge("e"+v, 3-i, phone(v))
		}
		k.edge("ab", 5, phone("a"), phone("b"))
		k.edge("bc", 6, phone("b"), phone("c"))
		for _, e := range k.pending() {
			want(k, "profile", e.Profile, "p-c")
		}
		want(k, "pending", len(k.pending()), 2)
	}},
	{"two people can be made one by hand, once", func(k *kit) {
		k.tell(with(k.event("e1", "signup", 1, phone("a")), map[string]any{"city": "Chongqing"}))
		k.edge("e2", 2, phone("b"))
		m := marque.Move{Key: "by hand", From: "p-a", Into: "p-b", At: minute(3)}
		k.no(k.book.Move(k.ctx, m), "move")
		k.no(k.book.Move(k.ctx, m), "move again")
		want(k, "people", k.people(marque.Parts{}), []string{"p-b"})
		want(k, "a is", k.who(phone("a")), "p-b")
		want(k, "city", k.facts("p-b").Attrs[city].Text(), "Chongqing")
		want(k, "moves", k.moves(), []marque.Move{m})
		want(k, "said", len(k.pending()), 1)
		k.no(k.book.Move(k.ctx, marque.Move{Key: "2", From: "p-a", Into: "p-b", At: minute(4)}), "move into itself")
		want(k, "moves after a move into itself", k.moves(), []marque.Move{m})
		_, err := k.book.Erase(k.ctx, "p-a")
		k.no(err, "erase")
		k.edge("e3", 5, phone("a"))
		k.edge("e4", 6, phone("b"))
		k.no(k.book.Move(k.ctx, m), "move when both began anew")
		began := sorted([]string{k.who(phone("a")), k.who(phone("b"))})
		want(k, "people who began anew", k.people(marque.Parts{}), began)
		for _, id := range began {
			want(k, "has the id of who was erased", id == "p-a" || id == "p-b", false)
		}
		_, err = k.book.Erase(k.ctx, k.who(phone("a")))
		k.no(err, "erase again")
		k.edge("e5", 7, phone("a"))
		want(k, "began once more", slices.Contains(append(began, "p-a"), k.who(phone("a"))), false)
	}},
	{"an id that NewID made and that is known is that person", func(k *kit) {
		k.tell(marque.Event{ID: "e1", Name: "view", At: minute(1), Profile: "p-1"})
		got := k.edge("e2", 2, phone("1"))
		want(k, "profile", got.Events[0].Profile, "p-1")
		want(k, "people", k.people(marque.Parts{}), []string{"p-1"})
		want(k, "known by", k.who(phone("1")), "p-1")
	}},
}
