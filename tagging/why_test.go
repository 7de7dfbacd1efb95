package tagging_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/internal/source"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/tagging"
)

func TestWhy(t *testing.T) {
	ctx := t.Context()
	store := tagging.NewMemory()
	w, book := world(t, store, append(only("buyer", "reader", "vip"), habitDefs[:1]...))
	version := map[string]string{}
	for _, d := range book.Plan().Defs() {
		version[d.Name] = d.Version()
	}
	why := func(tag string, after marque.Duration) tagging.Why {
		t.Helper()
		got, err := book.Why(ctx, "ann", tag, at(after))
		require.NoError(t, err)
		return got
	}
	require.Equal(t, tagging.Why{Tag: "buyer"}, why("buyer", 0), "nothing is known")

	paid := w.Log(event("order_paid", 0)).Event
	w.Look("ann") // the rule is found true by a look without the event
	require.Equal(t, tagging.Why{
		Tag: "buyer", On: true, Since: start, Look: at(30 * day),
		Last:    &tagging.Turn{Profile: "ann", Tag: "buyer", On: true, At: rule.At(start), Source: tagging.Rule, Version: version["buyer"]},
		Grounds: []tagging.Ground{{Source: tagging.Rule, At: start, Version: version["buyer"], Rule: `did("order_paid", within("30d"))`}},
	}, why("buyer", 0))
	require.NotEmpty(t, paid.ID)

	opened := event("message_opened:wechat", day)
	opened.IDs = []marque.ID{{Kind: "phone", Value: "1"}}
	w.Track(opened)
	ground := tagging.Ground{Source: tagging.Behaviour, At: at(day), Until: at(11 * day), Via: opened.IDs[0], Cause: opened.ID, Version: version["reader"], Rule: "message_opened"}
	require.Equal(t, []tagging.Ground{ground}, why("reader", day).Grounds)
	w.Track(event("unsubscribed", 2*day))
	got := why("reader", 2*day)
	require.Equal(t, tagging.Why{
		Tag: "reader", Since: at(2 * day), Off: at(2 * day),
		Last: &tagging.Turn{Profile: "ann", Tag: "reader", At: rule.At(at(2 * day)), Reason: tagging.ByEvent, Cause: event("unsubscribed", 2*day).ID, Version: version["reader"]},
	}, got)

	again := event("message_opened:wechat", 3*day)
	w.Track(again)
	require.Equal(t, []tagging.Ground{{
		Source: tagging.Behaviour, At: at(3 * day), Cause: again.ID, Version: version["wechat"], Rule: "most message_opened with channel wechat within 20d", Count: 2, Of: 2,
	}}, why("wechat", 3*day).Grounds)

	_, err := book.Set(ctx, tagging.Act{Key: "k", Profile: "ann", Tag: "vip", From: at(9 * day), Source: tagging.Model, Confidence: 0.7}, at(4*day))
	require.NoError(t, err)
	got = why("vip", 4*day)
	require.Equal(t, []tagging.Ground{{Source: tagging.Model, Confidence: 0.7, At: at(4 * day), From: at(9 * day), Cause: "k", Waits: tagging.Later}}, got.Grounds)
	require.Equal(t, at(9*day), got.Look)
	got = why("vip", 10*day)
	require.True(t, got.On, "it has begun, though nobody looked")
	require.Equal(t, at(9*day), got.Since)
	w.Advance(at(10 * day))
	require.Equal(t, &tagging.Turn{Profile: "ann", Tag: "vip", On: true, At: rule.At(at(9 * day)), Source: tagging.Model, Confidence: 0.7, Cause: "k"}, why("vip", 10*day).Last)

	_, err = book.Why(ctx, "ann", "none", start)
	require.ErrorIs(t, err, marque.ErrNotFound)

	other := only("buyer")
	other[0].When = `did("order_paid", within("60d"))`
	lex := lexicon(t, other)
	plan, err := tagging.Compile(other, lex, lang.New(lex, nil))
	require.NoError(t, err)
	changed := tagging.NewBook(store, plan, nil)
	got, err = changed.Why(ctx, "ann", "buyer", at(10*day))
	require.NoError(t, err)
	require.Empty(t, got.Grounds[0].Rule, "another version made it")
	require.Equal(t, version["buyer"], got.Grounds[0].Version)
}

// The history tells by whom a tag was on at any time, also where it was on before.
func TestAsOfSources(t *testing.T) {
	ctx := t.Context()
	w, book := world(t, tagging.NewMemory(), only("buyer"))
	w.Track(event("order_paid", 5*day))
	version := book.Plan().Defs()[0].Version()
	set := func(a tagging.Act, after marque.Duration) {
		a.Profile, a.Tag = "ann", "buyer"
		_, err := book.Set(ctx, a, at(after))
		require.NoError(t, err)
	}
	set(tagging.Act{Source: tagging.Import, Cause: "file"}, 6*day)
	set(tagging.Act{Until: at(20 * day), Cause: "ticket"}, 10*day)
	w.Advance(at(40 * day))
	set(tagging.Act{Source: tagging.Import, Confidence: 0.5, Cause: "file 2"}, 41*day)
	buyer := func(tag tagging.Tag) []tagging.Tag {
		tag.Name = "buyer"
		return []tagging.Tag{tag}
	}
	for _, c := range []struct {
		after marque.Duration
		want  []tagging.Tag
	}{
		{4 * day, []tagging.Tag{}},
		{5 * day, buyer(tagging.Tag{Source: tagging.Rule, Since: at(5 * day), Cause: event("order_paid", 5*day).ID, Version: version})},
		{9 * day, buyer(tagging.Tag{Source: tagging.Rule, Since: at(5 * day), Cause: event("order_paid", 5*day).ID, Version: version})},
		{10 * day, buyer(tagging.Tag{Source: tagging.Manual, Since: at(5 * day), Cause: "ticket"})},
		{20 * day, buyer(tagging.Tag{Source: tagging.Rule, Since: at(5 * day), Cause: event("order_paid", 5*day).ID, Version: version})},
		{35 * day, buyer(tagging.Tag{Source: tagging.Import, Since: at(5 * day), Cause: "file"})},
		{41 * day, buyer(tagging.Tag{Source: tagging.Import, Confidence: 0.5, Since: at(5 * day), Cause: "file 2"})},
	} {
		got, err := book.AsOf(ctx, "ann", at(c.after))
		require.NoError(t, err)
		require.ElementsMatch(t, c.want, got, "after %v", c.after)
	}
	turns, err := book.History(ctx, "ann")
	require.NoError(t, err)
	require.Len(t, turns, 5, "on, by hand, by the rule again, by the file, by the file less sure")
	require.Len(t, w.Said, 1, "and nobody is told but once")
}

// A late event is known since it arrived; after a merge the past of both is there, and what was to begin begins.
func TestAsOfLateAndMerged(t *testing.T) {
	ctx := t.Context()
	w, book := world(t, tagging.NewMemory(), only("buyer", "reader", "vip"))
	late := event("message_opened:sms", 2*day)
	late.Received = at(5 * day)
	w.Track(late)
	_, err := book.Set(ctx, tagging.Act{Profile: "ann", Tag: "vip", From: at(20 * day), Until: at(25 * day)}, at(6*day))
	require.NoError(t, err)
	require.NoError(t, book.Move(ctx, marque.Move{Key: "m", From: "ann", Into: "bob", At: at(8 * day)}))
	asof := func(profile string, after marque.Duration) string {
		tags, err := book.AsOf(ctx, profile, at(after))
		require.NoError(t, err)
		return namesOf(tags)
	}
	check := func() {
		for after, want := range map[marque.Duration]string{
			2 * day: "", 5*day - 1000: "", 5 * day: "reader", 8*day - 1000: "reader", 9 * day: "reader", 12 * day: "", 19 * day: "", 20 * day: "vip", 24 * day: "vip", 25 * day: "",
		} {
			require.Equal(t, want, asof("bob", after), "after %v", after)
			require.Empty(t, asof("ann", after))
		}
	}
	w.Advance(at(8 * day))
	check()
	w.Advance(at(22 * day))
	check()
	w.Advance(at(30 * day))
	check()
	require.Equal(t, []string{"20d bob tag.added vip", "25d bob tag.removed vip"}, derivedtest.Lines(start, w.Said[len(w.Said)-2:], "tag"))
}

// A tag over events that is new on people with a history is what it would be had it been there all along.
func TestRebuildFromTheLog(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		live, liveBook := world(t, tagging.NewMemory(), defs)
		attrs(live)
		for _, e := range events {
			live.Track(e)
		}
		now := events[len(events)-1].Received.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(rt, "rest")) * time.Hour)
		live.Advance(now)

		store := tagging.NewMemory()
		before := append([]tagging.Def(nil), defs...)
		for i := range before { // what the definitions were: each over another event
			if before[i].On != "" {
				before[i].On, before[i].When, before[i].TTL, before[i].Off = "order_paid", "", 0, ""
			}
		}
		old, _ := world(t, store, before)
		attrs(old)
		for _, e := range events {
			old.Track(e)
		}
		old.Advance(now)
		anew, anewBook := world(t, store, defs)
		attrs(anew)
		var ps []rule.Pass
		for _, e := range rapid.Permutation(events).Draw(rt, "order") {
			e.Received = now
			ps = append(ps, anew.Log(e))
		}
		for _, p := range []string{"p0", "p1", "p2"} {
			ps = append(ps, anew.Pass(p))
		}
		for i := range ps {
			ps[i].Facts, ps[i].Now = anew.Facts(ps[i].Facts.Profile), now
		}
		pending, err := anewBook.Pending(t.Context(), marque.Parts{}, 10_000)
		require.NoError(rt, err)
		_, err = anewBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		after, err := anewBook.Pending(t.Context(), marque.Parts{}, 10_000)
		require.NoError(rt, err)
		require.Len(rt, after, len(pending), "not a word")
		require.Equal(rt, held(rt, live, liveBook), held(rt, anew, anewBook))
		for _, p := range []string{"p0", "p1", "p2"} {
			turns, err := anewBook.History(t.Context(), p)
			require.NoError(rt, err)
			n := map[string]int{}
			for _, turn := range turns {
				if turn.At == rule.At(now) {
					n[turn.Tag]++
				}
			}
			for tag, k := range n {
				require.LessOrEqual(rt, k, 2, "%s of %s is decided once, beside what fell due then", tag, p)
			}
		}
		n, err := anewBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		require.Zero(rt, n, "again")
		later := now.AddDate(0, 4, 0)
		want := derivedtest.Lines(start, live.Advance(later), "tag", "source", "reason")
		require.Equal(rt, want, derivedtest.Lines(start, anew.Advance(later), "tag", "source", "reason"))
	})
}

const defsYAML = `
- {name: buyer, when: 'did("order_paid", within("30d"))'}
- {name: reads, on: message_opened, when: event.channel == "wechat", ttl: 90d, off: unsubscribed, off_when: 'true', confidence: 0.6}
- name: prefers_wechat
  doc: what they open most
  group: channel
  exclusive: true
  habit: {event: message_opened, prop: channel, values: [wechat], hours: 08:00-20:00, window: 90d, least: 3, share: 0.25}
`

const defsJSON = `[{"name":"buyer","when":"did(\"order_paid\", within(\"30d\"))"},` +
	`{"name":"reads","when":"event.channel == \"wechat\"","on":"message_opened","ttl":"90d","off":"unsubscribed","off_when":"true","confidence":0.6},` +
	`{"name":"prefers_wechat","doc":"what they open most","group":"channel","exclusive":true,` +
	`"habit":{"event":"message_opened","prop":"channel","values":["wechat"],"hours":"08:00-20:00","window":"90d","least":3,"share":0.25}}]`

func TestDefsAreData(t *testing.T) {
	doc, err := source.Parse("tags.yaml", []byte(defsYAML))
	require.NoError(t, err)
	var fromYAML, fromJSON []tagging.Def
	require.NoError(t, doc.Decode("", &fromYAML))
	require.NoError(t, json.Unmarshal([]byte(defsJSON), &fromJSON))
	require.Equal(t, fromJSON, fromYAML)
	text, err := json.Marshal(fromYAML)
	require.NoError(t, err)
	require.Equal(t, defsJSON, string(text))
	lex := lexicon(t, fromYAML)
	_, err = tagging.Compile(fromYAML, lex, lang.New(lex, nil))
	require.NoError(t, err)

	d := fromYAML[2]
	version := d.Version()
	d.Doc = "in other words"
	require.Equal(t, version, d.Version())
	h := *d.Habit
	d.Habit = &h
	require.Equal(t, version, d.Version())
	h.Least = 4
	require.NotEqual(t, version, d.Version())
}
