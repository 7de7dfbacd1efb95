package tagging_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/tagging"
	"github.com/marque-go/marque/tagging/taggingtest"
)

var bg = context.Background()

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

const day = marque.Day

var defs = []tagging.Def{
	{Name: "buyer", When: `did("order_paid", within("30d"))`},
	{Name: "reader", On: "message_opened", TTL: 10 * day, Off: "unsubscribed"},
	{Name: "once", On: "message_opened", When: `event.channel == "wechat" and city == "Chongqing"`},
	{Name: "wechat", Group: "channel", Exclusive: true, On: "message_opened", When: `event.channel == "wechat"`, TTL: 20 * day},
	{Name: "sms", Group: "channel", Exclusive: true, On: "message_opened", When: `event.channel == "sms"`, TTL: 40 * day},
	{Name: "vip"},
	{Name: "new", Group: "stage", Exclusive: true, When: `times("order_paid") == 1`},
	{Name: "regular", Group: "stage", Exclusive: true, When: `times("order_paid") >= 2`},
	{Name: "star", Group: "stage", Exclusive: true},
	{Name: "both", When: `has_tag("buyer") and has_tag("reader")`},
}

func lexicon(t testing.TB, defs []tagging.Def) *rule.Lexicon {
	s := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Events: append(tagging.Says(), rule.EventType{Name: "order_paid"}, rule.EventType{Name: "unsubscribed"},
			rule.EventType{Name: "message_opened", Props: []rule.Field{
				{Name: "channel", Type: rule.String}, {Name: "page", Type: rule.Int}, {Name: "topics", Type: rule.Strings}, {Name: "paid", Type: rule.Bool}, {Name: "weight", Type: rule.Float},
			}}),
	}
	for _, d := range defs {
		s.Tags = append(s.Tags, d.Name)
	}
	return derivedtest.Must(t, s)
}

func world(t testing.TB, store tagging.Store, defs []tagging.Def) (*derivedtest.World, *tagging.Book) {
	lex := lexicon(t, defs)
	plan, err := tagging.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := tagging.NewBook(store, plan, nil)
	return derivedtest.NewWorld(t, lex, book), book
}

func event(name string, after marque.Duration) marque.Event {
	name, channel, _ := strings.Cut(name, ":")
	e := marque.Event{Name: name, Profile: "ann", At: start.Add(time.Duration(after))}
	e.ID = marque.Key(e.Profile, name, channel, after.String())
	if channel != "" {
		e.Props = map[string]any{"channel": channel}
	}
	return e
}

func only(names ...string) (some []tagging.Def) {
	for _, d := range defs {
		for _, n := range names {
			if d.Name == n {
				some = append(some, d)
			}
		}
	}
	return some
}

func at(after marque.Duration) time.Time { return start.Add(time.Duration(after)) }

func TestExactInstants(t *testing.T) {
	type happens struct {
		what string
		at   marque.Duration
		late marque.Duration // how much later it arrives
	}
	for _, c := range []struct {
		name string
		tags []tagging.Def
		log  []happens
		want []string
	}{
		{"a rule: on and off at the edge of the window", only("buyer"), []happens{{"order_paid", 0, 0}, {"order_paid", 10 * day, 0}}, []string{
			"0s ann tag.added buyer rule", "40d ann tag.removed buyer rule",
		}},
		{"an event: for its time to live, renewed by the next", only("reader"), []happens{{"message_opened:sms", 0, 0}, {"message_opened:sms", 4 * day, 0}}, []string{
			"0s ann tag.added reader behaviour", "14d ann tag.removed reader ttl",
		}},
		{"the time to live is over at its last instant", only("reader"), []happens{{"message_opened:sms", 0, 0}, {"message_opened:sms", 10 * day, 0}}, []string{
			"0s ann tag.added reader behaviour", "10d ann tag.removed reader ttl", "10d ann tag.added reader behaviour", "20d ann tag.removed reader ttl",
		}},
		{"a late event counts from when it happened", only("reader"), []happens{{"message_opened:sms", 0, 9 * day}, {"message_opened:sms", 1 * day, 20 * day}}, []string{
			"9d ann tag.added reader behaviour", "10d ann tag.removed reader ttl",
		}},
		{"a late event does not shorten the time to live", only("reader"), []happens{{"message_opened:sms", 3 * day, 0}, {"message_opened:sms", 1 * day, 4 * day}}, []string{
			"3d ann tag.added reader behaviour", "13d ann tag.removed reader ttl",
		}},
		{"taken away by an event, also from what arrives late", only("reader"),
			[]happens{{"message_opened:sms", 0, 0}, {"unsubscribed", 2 * day, 0}, {"message_opened:sms", 1 * day, 2 * day}, {"message_opened:sms", 5 * day, 0}}, []string{
				"0s ann tag.added reader behaviour", "2d ann tag.removed reader off", "5d ann tag.added reader behaviour", "15d ann tag.removed reader ttl",
			}},
		{"an event that takes away arrives late", only("reader"), []happens{{"message_opened:sms", 3 * day, 0}, {"unsubscribed", 2 * day, 2 * day}}, []string{
			"3d ann tag.added reader behaviour", "13d ann tag.removed reader ttl",
		}},
		{"without time to live it is for good", only("once"), []happens{{"message_opened:wechat", 0, 0}}, []string{
			"0s ann tag.added once behaviour",
		}},
		{"exclusive: the latest, and the one before when it ends", only("wechat", "sms"),
			[]happens{{"message_opened:sms", 0, 0}, {"message_opened:wechat", 5 * day, 0}}, []string{
				"0s ann tag.added sms behaviour", "5d ann tag.added wechat behaviour", "5d ann tag.removed sms group",
				"25d ann tag.removed wechat ttl", "25d ann tag.added sms behaviour", "40d ann tag.removed sms ttl",
			}},
		{"exclusive: the latest by when it happened", only("wechat", "sms"),
			[]happens{{"message_opened:wechat", 5 * day, 0}, {"message_opened:sms", 0, 6 * day}}, []string{
				"5d ann tag.added wechat behaviour", "25d ann tag.removed wechat ttl", "25d ann tag.added sms behaviour", "40d ann tag.removed sms ttl",
			}},
		{"exclusive rules change over in one instant", only("new", "regular"), []happens{{"order_paid", 0, 0}, {"order_paid", 2 * day, 0}}, []string{
			"0s ann tag.added new rule", "2d ann tag.removed new rule", "2d ann tag.added regular rule",
		}},
		{"a tag of tags", only("buyer", "reader", "both"), []happens{{"order_paid", 0, 0}, {"message_opened:sms", 25 * day, 0}}, []string{
			"0s ann tag.added buyer rule", "25d ann tag.added reader behaviour", "25d ann tag.added both rule",
			"30d ann tag.removed buyer rule", "30d ann tag.removed both rule", "35d ann tag.removed reader ttl",
		}},
	} {
		for _, batch := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, batch %v", c.name, batch), func(t *testing.T) {
				w, book := world(t, tagging.NewMemory(), c.tags)
				w.Again, w.Batch = true, batch
				w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
				for _, h := range c.log {
					e := event(h.what, h.at)
					e.Received = e.At.Add(time.Duration(h.late))
					w.Track(e)
				}
				w.Advance(start.AddDate(2, 0, 0))
				require.Equal(t, c.want, derivedtest.Lines(start, w.Said, "tag", "source", "reason"))
				left, err := book.Due(t.Context(), marque.Parts{}, start.AddDate(100, 0, 0), 10)
				require.NoError(t, err)
				require.Empty(t, left)
				history, err := book.History(t.Context(), "ann")
				require.NoError(t, err)
				require.Len(t, history, len(c.want))
				for i, h := range history {
					require.Equal(t, w.Said[i].At, h.At.Time())
					require.Equal(t, w.Said[i].Name == tagging.Added, h.On)
				}
			})
		}
	}
}

func TestSetAndUnset(t *testing.T) {
	ctx := t.Context()
	w, book := world(t, tagging.NewMemory(), defs)
	act := tagging.Act{Key: "k1", Profile: "ann", Tag: "vip", Cause: "e9", Hops: 3, Via: marque.ID{Kind: "phone", Value: "1"}}

	got, err := book.Set(ctx, act, start)
	require.NoError(t, err)
	require.True(t, got.OK)
	require.Equal(t, []marque.Event{{
		ID: marque.TurnID("ann", "tag.added", "tag/vip", 1), Name: "tag.added", At: start, Received: start, Profile: "ann",
		IDs: []marque.ID{act.Via}, Fact: "tag/vip", Cause: "e9", Hops: 4, Props: map[string]any{"tag": "vip", "source": "manual"},
	}}, got.Said)

	got, err = book.Set(ctx, act, start)
	require.NoError(t, err)
	require.Equal(t, tagging.Answer{OK: true, Reason: tagging.Known}, got)

	act.Key = "k2"
	got, err = book.Set(ctx, act, at(day))
	require.NoError(t, err)
	require.Equal(t, tagging.Answer{OK: true}, got, "set already")

	act.Key, act.TTL = "k3", 5*day
	_, err = book.Set(ctx, act, at(day))
	require.NoError(t, err)
	require.Equal(t, []string{"6d ann tag.removed vip ttl"}, derivedtest.Lines(start, w.Advance(at(20*day)), "tag", "reason"))

	act.Key, act.TTL = "k4", 0
	_, err = book.Set(ctx, act, at(20*day))
	require.NoError(t, err)
	act.Key = "k5"
	got, err = book.Unset(ctx, act, at(21*day))
	require.NoError(t, err)
	require.True(t, got.OK)
	require.Equal(t, []string{"21d ann tag.removed vip unset"}, derivedtest.Lines(start, got.Said, "tag", "reason"))
	act.Key = "k6"
	got, err = book.Unset(ctx, act, at(21*day))
	require.NoError(t, err)
	require.Equal(t, tagging.Answer{OK: true}, got, "gone already")

	for name, bad := range map[string]tagging.Act{
		"no profile":      {Tag: "vip"},
		"a rule's mark":   {Profile: "ann", Tag: "vip", Source: tagging.Rule},
		"no such source":  {Profile: "ann", Tag: "vip", Source: "rumour"},
		"a negative time": {Profile: "ann", Tag: "vip", TTL: -1},
	} {
		_, err := book.Set(ctx, bad, start)
		var fe *marque.FieldError
		require.True(t, errors.As(err, &fe), name)
	}
	_, err = book.Set(ctx, tagging.Act{Profile: "ann", Tag: "none"}, start)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestSources(t *testing.T) {
	ctx := t.Context()
	t.Run("what was set by hand stays when the rule ends", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("buyer"))
		w.Track(event("order_paid", 0))
		got, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "buyer"}, at(day))
		require.NoError(t, err)
		require.Equal(t, tagging.Answer{OK: true}, got)
		require.Empty(t, w.Advance(at(100*day)))
		tags, err := book.Of(ctx, "ann", at(100*day))
		require.NoError(t, err)
		require.Equal(t, []tagging.Tag{{Name: "buyer", Source: tagging.Manual, Since: start}}, tags)
		got, err = book.Unset(ctx, tagging.Act{Profile: "ann", Tag: "buyer"}, at(100*day))
		require.NoError(t, err)
		require.True(t, got.OK)
	})
	t.Run("a rule that is true outlasts unset", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("buyer"))
		w.Track(event("order_paid", 0))
		got, err := book.Unset(ctx, tagging.Act{Profile: "ann", Tag: "buyer"}, at(day))
		require.NoError(t, err)
		require.Equal(t, tagging.Answer{Reason: tagging.Held}, got)
		require.Len(t, w.Advance(at(40*day)), 1)
	})
	t.Run("events before unset do not bring it back, later ones do", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("reader"))
		w.Track(event("message_opened:sms", 0))
		got, err := book.Unset(ctx, tagging.Act{Profile: "ann", Tag: "reader"}, at(day))
		require.NoError(t, err)
		require.True(t, got.OK)
		require.Empty(t, w.Track(event("message_opened:sms", 0)), "the same event again, after a crash")
		require.Len(t, w.Track(event("message_opened:sms", 2*day)), 1)
	})
	t.Run("an import does not unset what behaviour gave", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("reader"))
		w.Track(event("message_opened:sms", 0))
		got, err := book.Unset(ctx, tagging.Act{Profile: "ann", Tag: "reader", Source: tagging.Import}, at(day))
		require.NoError(t, err)
		require.Equal(t, tagging.Answer{Reason: tagging.Held}, got)
	})
	t.Run("an event takes away an import, not what was set by hand", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("reader"))
		for i, s := range []tagging.Source{tagging.Import, tagging.Manual} {
			_, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "reader", Source: s, TTL: 100 * day}, at(marque.Duration(i)*day))
			require.NoError(t, err)
		}
		require.Empty(t, w.Track(event("unsubscribed", 2*day)))
		said := w.Advance(at(365 * day))
		require.Equal(t, []string{"101d ann tag.removed reader ttl"}, derivedtest.Lines(start, said, "tag", "reason"))
	})
	t.Run("exclusive: by hand beats a rule, which waits", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("new", "regular", "star"))
		w.Track(event("order_paid", 0))
		got, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "star"}, at(day))
		require.NoError(t, err)
		require.Equal(t, []string{"1d ann tag.removed new group", "1d ann tag.added star manual"}, derivedtest.Lines(start, got.Said, "tag", "source", "reason"))
		require.Empty(t, w.Track(event("order_paid", 2*day)))
		got, err = book.Unset(ctx, tagging.Act{Profile: "ann", Tag: "star"}, at(3*day))
		require.NoError(t, err)
		require.Equal(t, []string{"3d ann tag.added regular rule", "3d ann tag.removed star unset"}, derivedtest.Lines(start, got.Said, "tag", "source", "reason"))
	})
	t.Run("exclusive: by hand takes the place of by hand for good", func(t *testing.T) {
		_, book := world(t, tagging.NewMemory(), only("new", "regular", "star"))
		for i, tag := range []string{"new", "star"} {
			_, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: tag}, at(marque.Duration(i)*day))
			require.NoError(t, err)
		}
		got, err := book.Unset(ctx, tagging.Act{Profile: "ann", Tag: "star"}, at(3*day))
		require.NoError(t, err)
		require.Equal(t, []string{"3d ann tag.removed star unset"}, derivedtest.Lines(start, got.Said, "tag", "reason"))
	})
	t.Run("exclusive: a weaker source waits", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("new", "regular", "star"))
		w.Track(event("order_paid", 0))
		got, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "star", Source: tagging.Model}, at(day))
		require.NoError(t, err)
		require.Equal(t, tagging.Answer{Reason: tagging.ByGroup}, got)
	})
	t.Run("a key that was refused is refused again", func(t *testing.T) {
		w, book := world(t, tagging.NewMemory(), only("new", "regular", "star"))
		w.Track(event("order_paid", 0))
		for range 2 {
			got, err := book.Set(ctx, tagging.Act{Key: "k", Profile: "ann", Tag: "star", Source: tagging.Model}, at(day))
			require.NoError(t, err)
			require.Equal(t, tagging.Answer{Reason: tagging.ByGroup}, got)
			got, err = book.Unset(ctx, tagging.Act{Key: "u", Profile: "ann", Tag: "new"}, at(day))
			require.NoError(t, err)
			require.Equal(t, tagging.Answer{Reason: tagging.Held}, got)
		}
	})
}

func TestAsOf(t *testing.T) {
	ctx := t.Context()
	w, book := world(t, tagging.NewMemory(), only("buyer", "reader", "vip"))
	w.Track(event("order_paid", 0))
	w.Track(event("message_opened:sms", 5*day))
	_, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "vip", Source: tagging.Import}, at(8*day))
	require.NoError(t, err)
	w.Advance(at(60 * day))
	w.Track(event("message_opened:sms", 61*day))
	for after, want := range map[marque.Duration]string{
		-1: "", 0: "buyer:rule@0s", 5*day - 1000: "buyer:rule@0s", 5 * day: "buyer:rule@0s reader:behaviour@5d",
		8 * day: "buyer:rule@0s reader:behaviour@5d vip:import@8d", 15 * day: "buyer:rule@0s vip:import@8d", 31 * day: "vip:import@8d",
		62 * day:  "reader:behaviour@61d vip:import@8d",
		100 * day: "vip:import@8d", // the end of reader is known
	} {
		tags, err := book.AsOf(ctx, "ann", at(after))
		require.NoError(t, err)
		var got []string
		for _, tag := range tags {
			got = append(got, fmt.Sprintf("%s:%s@%v", tag.Name, tag.Source, marque.Duration(tag.Since.Sub(start))))
		}
		require.Equal(t, want, strings.Join(got, " "), "after %v", after)
	}
}

func TestFacts(t *testing.T) {
	w, book := world(t, tagging.NewMemory(), only("buyer", "reader", "vip", "both"))
	p := w.Log(event("order_paid", 0))
	_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{p})
	require.NoError(t, err)
	p = w.Log(event("message_opened:sms", day))
	_, err = book.Derive(t.Context(), w.Names(), []rule.Pass{p})
	require.NoError(t, err)
	want := []rule.Mark{
		{Slot: 0, From: rule.At(start), Holds: rule.At(at(30 * day))},
		{Slot: 3, From: rule.At(at(day)), Holds: rule.At(at(11 * day))},
		{Slot: 1, From: rule.At(at(day)), Until: rule.At(at(11 * day)), Holds: rule.At(at(11 * day))},
	}
	require.ElementsMatch(t, want, p.Facts.Tags)
	require.ElementsMatch(t, want, w.Facts("ann").Tags)
}

func TestMergeAndUnmerge(t *testing.T) {
	ctx := t.Context()
	phone, card := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	w, book := world(t, tagging.NewMemory(), only("buyer", "reader", "vip"))
	w.Track(event("order_paid", 0))
	opened := event("message_opened:sms", 0)
	opened.IDs = []marque.ID{phone}
	w.Track(opened)
	_, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "vip", Via: card}, start)
	require.NoError(t, err)

	merge := marque.Move{Key: "m1", From: "ann", Into: "bob", At: at(day)}
	for range 2 {
		require.NoError(t, book.Move(ctx, merge))
	}
	w.Advance(at(day)) // bob is due at once
	require.Equal(t, []string{"1d bob tag.added reader", "1d bob tag.added vip"}, derivedtest.Lines(start, w.Said[2:], "tag"))
	for after, want := range map[marque.Duration][]string{0: {"buyer", "reader", "vip"}, day: {"reader", "vip"}, 12 * day: {"vip"}} {
		tags, err := book.AsOf(ctx, "bob", at(after))
		require.NoError(t, err)
		var got []string
		for _, tag := range tags {
			got = append(got, tag.Name)
		}
		require.Equal(t, want, got, "after %v", after)
	}

	require.NoError(t, book.Move(ctx, marque.Move{Key: "m2", From: "bob", Into: "eve", IDs: []marque.ID{card}, At: at(2 * day)}))
	require.Equal(t, []string{"2d bob tag.removed vip moved", "2d eve tag.added vip"}, derivedtest.Lines(start, w.Advance(at(2*day)), "tag", "reason"))
	require.Equal(t, []string{"10d bob tag.removed reader ttl"}, derivedtest.Lines(start, w.Advance(at(99*day)), "tag", "reason"))

	n, err := book.Erase(ctx, "bob")
	require.NoError(t, err)
	require.NotZero(t, n)
	left, err := book.AsOf(ctx, "bob", start)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestHolders(t *testing.T) {
	_, book := world(t, tagging.NewMemory(), defs)
	for _, p := range []string{"joe", "ann", "eve"} {
		_, err := book.Set(t.Context(), tagging.Act{Profile: p, Tag: "vip"}, start)
		require.NoError(t, err)
	}
	page, err := book.Holders(t.Context(), "vip", "", 2)
	require.NoError(t, err)
	require.Equal(t, tagging.Page{Holders: []tagging.Holder{{"ann", start, tagging.Manual}, {"eve", start, tagging.Manual}}, Next: "eve"}, page)
	page, err = book.Holders(t.Context(), "vip", page.Next, 2)
	require.NoError(t, err)
	require.Equal(t, tagging.Page{Holders: []tagging.Holder{{"joe", start, tagging.Manual}}}, page)
	_, err = book.Holders(t.Context(), "none", "", 2)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestRebuildIsSilent(t *testing.T) {
	w, book := world(t, tagging.NewMemory(), defs)
	ps := []rule.Pass{w.Log(event("order_paid", 0)), w.Log(event("message_opened:wechat", day))}
	n, err := book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Positive(t, n)
	pending, err := book.Pending(t.Context(), marque.Parts{}, 10)
	require.NoError(t, err)
	require.Empty(t, pending)
	tags, err := book.Of(t.Context(), "ann", at(day))
	require.NoError(t, err)
	require.Len(t, tags, 5, "both, buyer, new, reader, wechat")
	n, err = book.Rebuild(t.Context(), nil, ps[1:])
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestCompileListsEveryFault(t *testing.T) {
	lex := lexicon(t, []tagging.Def{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}})
	_, err := tagging.Compile([]tagging.Def{
		{Name: "a", When: `citty == "x"`, TTL: day, Off: "unsubscribed"},
		{Name: "b", Exclusive: true, On: "order_payed", When: "true"},
		{Name: "b", On: "order_paid", Off: "order_paid", TTL: -1},
		{Name: "c", Group: "g", Exclusive: true, OffWhen: "true"},
		{Name: "d", Group: "g", On: "message_opened", When: `event.chanel == "sms"`, Off: "nothing"},
		{Name: "e"},
		{},
	}, lex, lang.New(lex, nil))
	var paths []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var fe *marque.FieldError
		require.True(t, errors.As(e, &fe))
		paths = append(paths, fe.Path)
	}
	require.Equal(t, []string{
		"[0].ttl", "[0].off", "[0].when", "[1].exclusive", "[1].on", "[2].ttl", "[2].off", "[2].name", "[3].off_when",
		"[4].off", "[4].when", "[5].name", "[6].name", "[4].exclusive",
	}, paths)
}

func TestDerivations(t *testing.T) {
	_, book := world(t, tagging.NewMemory(), defs)
	ds := map[string]rule.Derivation{}
	for _, d := range book.Derivations() {
		ds[d.Name] = d
	}
	require.Equal(t, []string{"message_opened", "unsubscribed"}, ds["reader"].On)
	require.Equal(t, "tag/reader", ds["reader"].Fact)
	require.Equal(t, ds["new"].Need, ds["star"].Need, "tags of an exclusive group are decided together")
	require.Equal(t, []int{0, 1}, ds["both"].Need.Tags)
	require.Equal(t, []marque.Ref{
		{Kind: "event", Name: "message_opened", Path: "[1].on"}, {Kind: "event", Name: "unsubscribed", Path: "[1].off"},
		{Kind: "event", Name: "message_opened", Path: "[2].on"}, {Kind: "event", Name: "message_opened", Path: "[3].on"},
		{Kind: "event", Name: "message_opened", Path: "[4].on"},
	}, book.Plan().Refs())
	require.Equal(t, defs, book.Plan().Defs())
}

func TestStore(t *testing.T) {
	taggingtest.Run(t, func(t *testing.T) tagging.Store { return tagging.NewMemory() })
}
