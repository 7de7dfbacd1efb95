package profiletest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/identity"
)

func device(v string) marque.ID { return marque.ID{Kind: "device", Value: v} }

// under gives the kit's book a policy.
func (k *kit) under(p identity.Policy) {
	k.Helper()
	rules, err := p.Compile()
	k.no(err, "policy")
	o := options()
	o.Identity = rules
	k.book = profile.NewBook(k.store, k.lex, o)
}

func (k *kit) unlink(key string, at int, a, b marque.ID) profile.Ruled {
	k.Helper()
	done, err := k.book.Unlink(k.ctx, identity.Ruling{Key: key, By: "a clerk", At: minute(at), A: a, B: b})
	k.no(err, "unlink")
	return done
}

// owners tells whose each event of the log is.
func (k *kit) owners() string {
	k.Helper()
	var out []string
	for _, e := range k.log(nil) {
		out = append(out, e.ID+":"+e.Profile)
	}
	return fmt.Sprint(out)
}

var splitCases = []testCase{
	{"what was learnt follows its identifier when people are parted", func(k *kit) {
		k.tell(
			with(k.event("a1", "signup", 1, phone("a")), map[string]any{"city": "Chongqing"}),
			with(k.event("b1", "signup", 2, phone("b")), map[string]any{"city": "Chengdu"}),
			with(k.event("b2", profile.GivenEvent, 3, phone("b")), map[string]any{"topic": "news", "proof": "form 7"}),
			with(k.event("a2", profile.WithdrawnEvent, 2, phone("a")), map[string]any{"topic": "news"}),
			k.event("ab", "login", 5, phone("a"), phone("b")),
			with(k.event("b3", profile.SetEvent, 6, phone("b")), map[string]any{"age": 31, "zone": "Asia/Shanghai"}),
		)
		want(k, "people", k.people(marque.Parts{}), []string{"p-a"})
		want(k, "consent", k.consents("p-a"), map[string]bool{"/news": false})
		want(k, "city", k.facts("p-b").Attrs[city].Text(), "Chengdu")
		for _, m := range k.moves() {
			k.no(k.book.Moved(k.ctx, m.Key), "moved")
		}
		done := k.unlink("u", 9, phone("b"), phone("a"))
		want(k, "moves", len(done.Moves), 1)
		m := done.Moves[0]
		want(k, "move", marque.Move{Key: m.Key, From: "p-a", Into: "p-b", IDs: []marque.ID{phone("b"), {Kind: marque.ProfileKind, Value: "p-b"}}, At: minute(9)}, m)
		want(k, "moves that wait", k.moves(), done.Moves)
		want(k, "said", done.Said[0], profile.Said(m))
		want(k, "people", k.people(marque.Parts{}), []string{"p-a", "p-b"})
		want(k, "owners", k.owners(), "[a1:p-a b1:p-b b2:p-b a2:p-a ab:p-a b3:p-b]")
		a, b := k.facts("p-a"), k.facts("p-b")
		want(k, "a's city", a.Attrs[city].Text(), "Chongqing")
		want(k, "b's city", b.Attrs[city].Text(), "Chengdu")
		want(k, "a's age", a.Attrs[age].Known(), false)
		want(k, "b's age", b.Attrs[age].Int(), 31)
		want(k, "a's zone", a.Zone, "")
		want(k, "b's zone", b.Zone, "Asia/Shanghai")
		want(k, "a's identifiers", a.IDs, []marque.ID{phone("a")})
		want(k, "b's identifiers", b.IDs, []marque.ID{phone("b")})
		want(k, "a's signups", minutes(a.Events[signup]), []int{1})
		want(k, "b's signups", minutes(b.Events[signup]), []int{2})
		want(k, "a's consent", k.consents("p-a"), map[string]bool{"/news": false})
		want(k, "b's consent", k.consents("p-b"), map[string]bool{"/news": true})
		want(k, "b's proof", k.person("p-b").Consents[0].Proof, "form 7")
		want(k, "former ids", len(k.person("p-a").Former)+len(k.person("p-b").Former), 0)
		want(k, "since when b is known", k.person("p-b").First, minute(2))
		before := k.dump()
		want(k, "the same ruling again", k.unlink("u", 9, phone("b"), phone("a")).Known, true)
		want(k, "store", k.dump(), before)
	}},
	{"what was unlinked is not linked by being seen again, but by a ruling", func(k *kit) {
		k.edge("e1", 1, phone("a"), openid("o"))
		k.unlink("u", 2, openid("o"), phone("a"))
		k.edge("e2", 3, phone("a"), openid("o"))
		got := k.tell(k.event("e3", "view", 4, phone("a"), openid("o")))
		want(k, "whose", got.Events[0].Profile, "p-a")
		want(k, "why not", errors.Is(got.Ignored[0], profile.ErrUnlinked), true)
		want(k, "place", got.Ignored[0].Path, "[0].ids[1]")
		want(k, "people", k.people(marque.Parts{}), []string{"p-a", "p-o"})
		_, err := k.book.Rule(k.ctx, identity.Ruling{Key: "l", At: minute(5), A: phone("a"), B: openid("o"), Linked: true})
		k.no(err, "link")
		want(k, "people", k.people(marque.Parts{}), []string{"p-a"})
		_, err = k.book.Unlink(k.ctx, identity.Ruling{Key: "x", At: minute(5), A: phone("a"), B: phone("nobody's")})
		want(k, "an unknown identifier", errors.Is(err, marque.ErrNotFound), true)
	}},
	{"people merge and part again within one batch", func(k *kit) {
		k.under(identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 2}}, Sources: []string{"login"}})
		member := func(v string) marque.ID { return marque.ID{Kind: "member", Value: v} }
		see := func(id string, at int, ids ...marque.ID) marque.Event { return k.event(id, "view", at, ids...) }
		k.tell(see("e1", 4, member("m")))
		k.tell(see("e2", 6, phone("b")), see("e3", 8, device("d")))
		k.tell(see("e4", 8, phone("b"), device("d")))
		k.tell(see("e5", 10, phone("a"), phone("b")))
		// The first makes one person of all, of whom the second takes what led to another when the batch began.
		k.tell(k.event("e6", "login", 1, phone("a"), member("m")), k.event("e7", "login", 1, phone("b"), member("n")))
		want(k, "with m", k.who(member("m")), k.who(phone("a")))
		want(k, "with n", []string{k.who(phone("b")), k.who(device("d"))}, []string{k.who(member("n")), k.who(member("n"))})
		want(k, "people", len(k.people(marque.Parts{})), 2)
	}},
	{"rulings are on identifiers in their form, and at an instant", func(k *kit) {
		o := options()
		o.Normalize = func(id marque.ID) (marque.ID, error) {
			id.Value = strings.TrimPrefix(id.Value, "+")
			return id, nil
		}
		k.book = profile.NewBook(k.store, k.lex, o)
		got := k.edge("e1", 1, phone("+a"), device("d"), phone("+0"), marque.ID{Kind: marque.ProfileKind, Value: "p-z"})
		want(k, "identifiers", got.Events[0].IDs, []marque.ID{phone("a"), device("d")})
		want(k, "left out", len(got.Ignored), 2)
		want(k, "a placeholder", errors.Is(got.Ignored[0], profile.ErrBlocked), true)
		want(k, "an id of a person", errors.Is(got.Ignored[1], profile.ErrReserved), true)
		r := identity.Ruling{Key: "u", A: phone("+a"), B: device("d")}
		_, err := k.book.Rule(k.ctx, r)
		_, fault := errors.AsType[*marque.FieldError](err)
		want(k, "without an instant", fault, true)
		r.At = minute(2)
		_, err = k.book.Rule(k.ctx, r)
		k.no(err, "rule")
		want(k, "parted", []string{k.who(phone("+a")), k.who(device("d"))}, []string{"p-a", "p-d"})
		unknown := identity.Ruling{Key: "v", At: minute(3), A: phone("a"), B: phone("nobody"), Linked: true}
		_, err = k.book.PreviewRule(k.ctx, unknown)
		want(k, "preview with somebody unknown", errors.Is(err, marque.ErrNotFound), true)
		unknown.B = marque.ID{Kind: marque.ProfileKind, Value: "nobody"}
		_, err = k.book.Rule(k.ctx, unknown)
		want(k, "an unknown person", errors.Is(err, marque.ErrNotFound), true)
		r = identity.Ruling{Key: "w", At: minute(4), A: phone("a"), B: marque.ID{Kind: marque.ProfileKind, Value: "p-d"}, Linked: true}
		_, err = k.book.Rule(k.ctx, r)
		k.no(err, "rule on a person")
		want(k, "together", k.who(device("d")), "p-a")
	}},
	{"identifiers are texts of any bytes", func(k *kit) {
		k.edge("e1", 1, phone("a\x00device\x00d"), openid("o"))
		k.edge("e2", 2, phone("a"), device("d"), openid("o"))
		want(k, "people", k.people(marque.Parts{}), []string{"p-a\x00device\x00d"})
	}},
	{"by hand also those are parted who came with a hub", func(k *kit) {
		k.under(identity.Policy{Kinds: []identity.Kind{{Name: "openid", Hub: 1}, {Name: "phone", Limit: 9}}})
		k.edge("e1", 1, openid("hub"), phone("x"))
		k.edge("e2", 2, openid("hub"), phone("y"))
		k.edge("e3", 3, openid("hub"), phone("a"), phone("b"))
		want(k, "together", k.who(phone("b")), k.who(phone("a")))
		k.no(k.book.Move(k.ctx, marque.Move{Key: "cut", From: k.who(phone("a")), Into: "p-b", IDs: []marque.ID{phone("b")}, At: minute(4)}), "move")
		want(k, "apart", k.who(phone("b")) != k.who(phone("a")), true)
	}},
	{"a consent counts after what was said under several ids", func(k *kit) {
		k.tell(k.event("e1", "view", 1, phone("a")), k.event("e2", "view", 1, phone("b")), k.event("e3", "view", 1, phone("c")))
		for i, who := range []string{"p-b", "p-c"} {
			e := with(k.event("w"+who, profile.WithdrawnEvent, 2+i), map[string]any{"channel": "sms"})
			e.Profile = who
			k.tell(e)
		}
		k.tell(with(k.event("w", profile.WithdrawnEvent, 4, phone("a")), map[string]any{"channel": "sms"}))
		k.edge("e4", 10, phone("a"), phone("b"), phone("c"))
		k.tell(with(k.event("g", profile.GivenEvent, 20, phone("a")), map[string]any{"channel": "sms"}))
		in, err := k.book.Consents(k.ctx, k.who(phone("a")))
		k.no(err, "consents")
		want(k, "consents", len(in) == 1 && in[0].OK, true)
	}},
	{"an id keeps to the identifier through which it was first known", func(k *kit) {
		k.edge("e1", 1, device("d"), phone("a"))
		k.edge("e2", 2, phone("a"), openid("o"))
		done := k.unlink("u", 3, device("d"), phone("a"))
		want(k, "the phone's is new", k.who(phone("a")), "p-o")
		want(k, "the openid's", k.who(openid("o")), "p-o")
		want(k, "the device's", k.who(device("d")), "p-d")
		want(k, "from", done.Moves[0].From, "p-d")
	}},
	{"what came under an id alone goes back to it", func(k *kit) {
		k.tell(
			with(marque.Event{ID: "h1", Name: profile.SetEvent, At: minute(1), Profile: "h-1"}, map[string]any{"age": 40}),
			with(marque.Event{ID: "h2", Name: profile.SetEvent, At: minute(2), Profile: "h-2"}, map[string]any{"age": 50}),
			marque.Event{ID: "l1", Name: "login", At: minute(3), Profile: "h-1", IDs: []marque.ID{device("d")}},
			marque.Event{ID: "l2", Name: "login", At: minute(4), Profile: "h-2", IDs: []marque.ID{device("d")}},
			with(marque.Event{ID: "h3", Name: profile.GivenEvent, At: minute(5), Profile: "h-2"}, map[string]any{"channel": "sms"}),
		)
		want(k, "people", k.people(marque.Parts{}), []string{"h-1"})
		want(k, "age", k.facts("h-2").Attrs[age].Int(), 50)
		k.unlink("u", 9, marque.ID{Kind: marque.ProfileKind, Value: "h-2"}, device("d"))
		want(k, "people", k.people(marque.Parts{}), []string{"h-1", "h-2"})
		want(k, "owners", k.owners(), "[h1:h-1 h2:h-2 l1:h-1 l2:h-1 h3:h-2]")
		want(k, "the first's age", k.facts("h-1").Attrs[age].Int(), 40)
		want(k, "the second's age", k.facts("h-2").Attrs[age].Int(), 50)
		want(k, "the second's consent", k.consents("h-2"), map[string]bool{"sms/": true})
		want(k, "the first's consent", len(k.consents("h-1")), 0)
		want(k, "the device", k.who(device("d")), "h-1")
	}},
	{"identifiers are parted by hand", func(k *kit) {
		k.edge("e1", 1, phone("a"), openid("o"))
		k.edge("e2", 2, phone("b"), device("d"))
		k.edge("e3", 3, phone("a"), phone("b"), openid("o2"))
		m := marque.Move{Key: "by hand", From: "p-a", Into: "p-b", IDs: []marque.ID{phone("b"), device("d"), openid("o2")}, At: minute(4)}
		k.no(k.book.Move(k.ctx, m), "move")
		want(k, "people", k.people(marque.Parts{}), []string{"p-a", "p-b"})
		want(k, "a's", k.facts("p-a").IDs, []marque.ID{phone("a"), openid("o")})
		want(k, "b's", k.facts("p-b").IDs, []marque.ID{phone("b"), device("d"), openid("o2")})
		before := k.dump()
		k.no(k.book.Move(k.ctx, m), "move again")
		want(k, "store", k.dump(), before)
	}},
	{"a limit refuses the weakest identifier, whatever comes first", func(k *kit) {
		k.under(identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 2}}})
		member := func(v string) marque.ID { return marque.ID{Kind: "member", Value: v} }
		k.edge("e1", 1, phone("a"), member("1"))
		got := k.edge("e3", 3, phone("a"), member("2"))
		want(k, "whose", got.Events[0].Profile, "p-2")
		want(k, "why not", errors.Is(got.Ignored[0], profile.ErrLimit), true)
		want(k, "place", got.Ignored[0].Path, "[0].ids[1]")
		want(k, "the phone", k.who(phone("a")), "p-1")
		k.edge("e2", 0, phone("a"), member("2")) // late: it is the earliest
		want(k, "the phone after what came late", k.who(phone("a")), "p-2")
		want(k, "owners", k.owners(), "[e1:p-1 e3:p-2 e2:p-2]")
		want(k, "people", k.people(marque.Parts{}), []string{"p-1", "p-2"})
		_, err := k.book.Rule(k.ctx, identity.Ruling{Key: "l", At: minute(9), A: member("1"), B: member("2"), Linked: true})
		want(k, "a ruling against the limit", errors.Is(err, profile.ErrLimit), true)
		err = k.book.Move(k.ctx, marque.Move{Key: "m", From: "p-1", Into: "p-2", At: minute(9)})
		want(k, "a move against the limit", errors.Is(err, profile.ErrLimit), true)
		want(k, "people at the end", k.people(marque.Parts{}), []string{"p-1", "p-2"})
	}},
	{"a hub links nobody", func(k *kit) {
		k.under(identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 9}}, Hub: 3})
		for i := range 3 {
			k.edge(number("e", i), i, phone("hotline"), marque.ID{Kind: "member", Value: number("m", i)})
		}
		want(k, "people before", len(k.people(marque.Parts{})), 1)
		got := k.edge("e3", 3, phone("hotline"), marque.ID{Kind: "member", Value: "m003"})
		want(k, "people", len(k.people(marque.Parts{})), 5)
		want(k, "whose", got.Events[0].Profile, k.who(marque.ID{Kind: "member", Value: "m003"}))
		i := slices.IndexFunc(got.Said, func(e marque.Event) bool { return e.Name == profile.HubEvent })
		want(k, "said", got.Said[i].Props, map[string]any{"kind": "phone", "value": "hotline"})
		want(k, "the hub's person", got.Said[i].Profile, k.who(phone("hotline")))
		want(k, "marked", k.person(k.who(phone("hotline"))).IDs[0].Hub, true)
		got = k.tell(k.event("e4", "view", 4, phone("hotline"), marque.ID{Kind: "member", Value: "m000"}))
		want(k, "why not", errors.Is(got.Ignored[0], profile.ErrHub), true)
	}},
	{"the more trusted source wins, then the newer; what lost is kept", func(k *kit) {
		k.under(identity.Policy{Sources: []string{"signup", "order"}})
		k.tell(
			with(k.event("e1", "signup", 1, phone("a")), map[string]any{"city": "Chongqing"}),
			with(k.event("e2", "order", 2, phone("a")), map[string]any{"ship_to": "Chengdu"}),
			with(k.event("e3", profile.SetEvent, 3, phone("a")), map[string]any{"city": "Beijing"}),
			with(k.event("e4", "signup", 0, phone("a")), map[string]any{"city": "Wuhan"}),
		)
		want(k, "city", k.facts("p-a").Attrs[city].Text(), "Chongqing")
		var all []string
		for _, a := range k.person("p-a").Attributes {
			all = append(all, fmt.Sprintf("%v %d %v", a.Value, a.Rank, a.Lost))
		}
		want(k, "kept", all, []string{"Chongqing 0 false", "Chengdu 1 true", "Beijing 2 true"})
		a, _ := k.person("p-a").Attribute("city")
		want(k, "from", a.From+a.Event, "signupe1")
	}},
	{"a preview does nothing and tells all", func(k *kit) {
		k.tell(
			with(k.event("a1", "signup", 1, phone("a")), map[string]any{"city": "Chongqing"}),
			with(k.event("b1", "signup", 2, phone("b")), map[string]any{"city": "Chengdu"}),
			with(k.event("b2", profile.WithdrawnEvent, 3, phone("b")), map[string]any{"topic": "news"}),
			with(k.event("a2", profile.GivenEvent, 4, phone("a")), map[string]any{"topic": "news"}),
		)
		both := k.event("ab", "login", 5, phone("a"), phone("b"))
		before := k.dump()
		p, err := k.book.Preview(k.ctx, both)
		k.no(err, "preview")
		want(k, "store", k.dump(), before)
		want(k, "people before", len(p.Before), 2)
		want(k, "people after", len(p.After), 1)
		after := p.After[0]
		k.tell(both)
		want(k, "what came", after.Person, k.person("p-a"))
		in, err := k.book.Consents(k.ctx, "p-a")
		k.no(err, "consents")
		want(k, "consents in force", after.InForce, in)
		want(k, "the news", in[0].OK, false)
		p, err = k.book.PreviewRule(k.ctx, identity.Ruling{Key: "u", At: minute(9), A: phone("a"), B: phone("b")})
		k.no(err, "preview of a ruling")
		k.unlink("u", 9, phone("a"), phone("b"))
		for _, v := range p.After {
			want(k, "what came of the ruling", v.Person, k.person(v.ID))
		}
	}},
	{"what is too old leaves the log, what it set stays", func(k *kit) {
		k.secrets()
		k.no(k.book.Handled(k.ctx, []string{"secret-1", "secret-2", "secret-3", "e5"}), "handled")
		n, err := k.book.Retain(k.ctx, profile.Retention{Events: map[string]marque.Duration{"signup": 0}, Others: marque.Minute}, marque.Parts{}, minute(60))
		k.no(err, "retain")
		want(k, "events", n, 2)
		want(k, "log", eventIDs(k.log(nil)), []string{"secret-1", "secret-4", "e5"})
		p := k.person("p-secret-a")
		zone, _ := p.Attribute("zone")
		want(k, "zone", zone.Value, any("secret zone"))
		want(k, "its event", zone.Event+zone.From, "secret-2"+profile.SetEvent)
		want(k, "consents", len(p.Consents), 1)
		want(k, "the event again", k.tell(with(k.event("secret-2", profile.SetEvent, 2, phone("secret-b")), nil)).Known, []string{"secret-2"})
		for id, err := range k.book.Idle(k.ctx, marque.Parts{}, minute(3)) {
			k.no(err, "idle")
			k.Errorf("%s is idle, though something happened later that was forgotten", id)
		}
		k.unlink("u", 70, phone("secret-b"), phone("secret-a"))
		want(k, "whose zone", k.facts("p-secret-b").Zone, "secret zone")
		k.edge("n1", 80, phone("secret-b"))
		var idle []string
		for id, err := range k.book.Idle(k.ctx, marque.Parts{}, minute(79)) {
			k.no(err, "idle")
			idle = append(idle, id)
		}
		want(k, "idle", idle, []string{"p-other", "p-secret-a"})
	}},
	{"a change is refused where what it was decided by has changed", func(k *kit) {
		k.edge("e1", 1, phone("a"), openid("o"))
		known, err := k.store.Look(k.ctx, profile.Query{Around: []marque.ID{openid("o")}, IDs: []marque.ID{phone("a")}, Keys: []string{"u", "v"}})
		k.no(err, "look")
		want(k, "observations", len(known.Evidence.Observations), 1)
		want(k, "observed", known.Evidence.Observations[0], identity.Observation{Key: "e1", Source: "login", At: minute(1), IDs: []marque.ID{phone("a"), openid("o")}})
		want(k, "nodes", len(known.Nodes), 2)
		want(k, "keys", known.Keys, []bool{false, false})
		for _, n := range known.Nodes {
			want(k, n.ID.String(), n.Owner.Profile+n.Of, map[marque.ID]string{phone("a"): "p-ap-a", openid("o"): "p-a"}[n.ID])
		}
		read := []profile.Read{{Profile: "p-a", Version: known.IDs[0].Version}}
		k.edge("e2", 2, phone("a"), device("d"))
		k.conflict("a person that has changed", profile.Change{Read: read, Handled: []string{"e1"}})
		k.unlink("u", 3, device("d"), phone("a"))
		k.conflict("a known ruling", profile.Change{Rulings: []identity.Ruling{{Key: "u", At: minute(4), A: phone("a"), B: openid("o")}}})
		m := marque.Move{Key: "m", From: "p-a", Into: "p-d", IDs: []marque.ID{openid("o")}, At: minute(5)}
		k.no(k.store.Commit(k.ctx, profile.Change{Moves: []marque.Move{m}}), "a split between two")
		want(k, "whose", k.who(openid("o")), "p-d")
		k.conflict("a known move", profile.Change{Moves: []marque.Move{m}})
		seen, err := k.store.Look(k.ctx, profile.Query{Seen: []identity.Observation{
			{Source: "login", At: minute(1), Key: "e1", IDs: []marque.ID{phone("a"), openid("o")}},
			{Source: "login", At: minute(0), Key: "e1", IDs: []marque.ID{phone("a"), openid("o")}},
			{Source: "view", At: minute(9), Key: "e9", IDs: []marque.ID{phone("a"), openid("o")}},
			{Source: "login", At: minute(9), Key: "e9", IDs: []marque.ID{openid("o"), phone("a")}},
		}})
		k.no(err, "look")
		want(k, "seen", seen.Seen, []bool{true, false, false, false})
	}},
	{"erasing leaves no evidence of the person, and that of others", func(k *kit) {
		k.under(identity.Policy{Kinds: []identity.Kind{{Name: "phone", Limit: 1}}})
		k.edge("e1", 1, phone("a"), device("d"))
		k.edge("e2", 2, phone("secret"), device("d"))
		_, err := k.book.Erase(k.ctx, k.who(phone("secret")))
		k.no(err, "erase")
		known, err := k.store.Look(k.ctx, profile.Query{Around: []marque.ID{device("d"), phone("secret")}})
		k.no(err, "look")
		want(k, "evidence", len(known.Evidence.Observations), 1)
		want(k, "nodes", len(known.Nodes), 2)
		k.edge("e3", 3, phone("secret"))
		want(k, "who has the number now", k.person(k.who(phone("secret"))).First, minute(3))
	}},
	{"goroutines keep a limit together", func(k *kit) {
		rules, err := identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 3}}}.Compile()
		k.no(err, "policy")
		k.together(func(hand int, _ *profile.Book) error {
			o := options()
			o.Identity = rules
			b := profile.NewBook(k.store, k.lex, o)
			for i := range 6 {
				e := k.event(fmt.Sprint("e", hand, "-", i), "login", hand*10+i, marque.ID{Kind: "member", Value: "1"}, phone(fmt.Sprintf("n%d%d", hand, i)))
				if _, err := b.Append(k.ctx, []marque.Event{e}); err != nil {
					return err
				}
			}
			return nil
		})
		ids := k.facts(k.who(marque.ID{Kind: "member", Value: "1"})).IDs
		slices.SortFunc(ids, func(a, b marque.ID) int { return slices.Compare([]string{a.Kind, a.Value}, []string{b.Kind, b.Value}) })
		want(k, "identifiers", ids, []marque.ID{{Kind: "member", Value: "1"}, phone("n00"), phone("n01"), phone("n02")})
	}},
}
