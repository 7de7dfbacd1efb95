package gate_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func lexicon(t testing.TB) *rule.Lexicon {
	s := rule.Schema{
		Attributes: []rule.Field{{Name: "bounced", Type: rule.Bool}},
		Events: []rule.EventType{
			{Name: "opened"}, {Name: "wechat.message"}, {Name: "unfollow"}, {Name: "complaint", Props: []rule.Field{{Name: "channel", Type: rule.String}}},
			{Name: "message.sent", Props: []rule.Field{{Name: "journey"}, {Name: "node"}, {Name: "channel"}, {Name: "key"}}},
			{Name: "experiment.exposed", Props: []rule.Field{{Name: "experiment"}, {Name: "arm"}}},
		},
	}
	lex, err := s.Compile()
	require.NoError(t, err)
	return lex
}

func compile(t testing.TB, p graph.Policy) (*gate.Rules, *rule.Lexicon) {
	lex := lexicon(t)
	r, err := gate.Compile(p, lex, lang.New(lex, nil))
	require.NoError(t, err)
	return r, lex
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestConsent(t *testing.T) {
	yes := func(channel, topic string, at rule.Instant) rule.Consent {
		return rule.Consent{Channel: channel, Topic: topic, OK: true, At: at}
	}
	no := func(channel, topic string, at rule.Instant) rule.Consent {
		return rule.Consent{Channel: channel, Topic: topic, At: at}
	}
	for _, c := range []struct {
		name          string
		policy        graph.Policy
		def           graph.Def
		transactional bool
		said          []rule.Consent
		open          bool
	}{
		{name: "nothing recorded: marketing no"},
		{name: "nothing recorded: transactional yes", transactional: true, open: true},
		{name: "nothing recorded, strict: transactional no", policy: graph.Policy{Strict: true}, transactional: true},
		{name: "nothing recorded, assumed by the journey", def: graph.Def{Consent: "assumed"}, open: true},
		{name: "nothing recorded, assumed by the policy", policy: graph.Policy{Consent: "assumed"}, open: true},
		{name: "the journey says more than the policy", policy: graph.Policy{Consent: "assumed"}, def: graph.Def{Consent: "required"}},
		{name: "for all", said: []rule.Consent{yes("", "", 1)}, open: true},
		{name: "for another channel", said: []rule.Consent{yes("sms", "", 1)}},
		{name: "for another topic", said: []rule.Consent{yes("push", "other", 1)}},
		{name: "for the channel and the topic", said: []rule.Consent{yes("push", "news", 1)}, open: true},
		{name: "withdrawn after", said: []rule.Consent{yes("", "", 1), no("push", "", 2)}},
		{name: "withdrawn for another topic", said: []rule.Consent{yes("", "", 1), no("", "other", 2)}, open: true},
		{name: "given again", said: []rule.Consent{no("", "", 1), yes("push", "news", 2)}, open: true},
		{name: "withdrawn for just this, and then given for all", said: []rule.Consent{no("push", "news", 1), yes("", "", 2)}},
		{name: "withdrawn for the channel, and then given for the topic", said: []rule.Consent{no("push", "", 1), yes("", "news", 2)}},
		{name: "withdrawn for the channel, and then given for it", said: []rule.Consent{yes("", "", 1), no("push", "", 2), yes("push", "", 3)}, open: true},
		{name: "both at once", said: []rule.Consent{yes("push", "news", 2), no("", "", 2)}},
		{name: "withdrawn, transactional too", transactional: true, said: []rule.Consent{no("", "", 1)}},
		{name: "withdrawn, though assumed", def: graph.Def{Consent: "assumed"}, said: []rule.Consent{no("", "", 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, lex := compile(t, c.policy)
			f := rule.NewFacts(lex, "ann")
			f.Consents = c.said
			v := r.Gate(&c.def).Open(gate.Message{Channel: "push", Topic: "news", Transactional: c.transactional}, f, at("2026-03-02 10:00"))
			if c.open {
				require.Equal(t, gate.Verdict{}, v)
			} else {
				require.Equal(t, gate.Verdict{Result: graph.Suppressed, Part: "consent"}, v)
			}
		})
	}
}

func TestSuppressions(t *testing.T) {
	r, lex := compile(t, graph.Policy{Consent: "assumed", Suppress: []graph.Suppression{
		{Name: "bounced", When: "bounced", Channels: []string{"email"}, Transactional: true},
		{Name: "sunset", When: `not did("opened", within("180d"))`, Topics: []string{"news"}},
	}})
	opened := at("2025-09-03 10:00")
	for _, c := range []struct {
		name    string
		m       gate.Message
		bounced any
		now     time.Time
		want    string
	}{
		{"no opening for 180 days, at the instant", gate.Message{Channel: "push", Topic: "news"}, false, opened.Add(180 * 24 * time.Hour), "sunset"},
		{"a moment before", gate.Message{Channel: "push", Topic: "news"}, false, opened.Add(180*24*time.Hour - time.Microsecond), ""},
		{"another topic", gate.Message{Channel: "push", Topic: "offers"}, false, at("2026-12-31 00:00"), ""},
		{"transactional", gate.Message{Channel: "push", Topic: "news", Transactional: true}, false, at("2026-12-31 00:00"), ""},
		{"bounced", gate.Message{Channel: "email"}, true, opened, "bounced"},
		{"bounced, transactional too", gate.Message{Channel: "email", Transactional: true}, true, opened, "bounced"},
		{"bounced, another channel", gate.Message{Channel: "push"}, true, opened, ""},
		{"not known whether", gate.Message{Channel: "email"}, nil, opened, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := rule.NewFacts(lex, "ann")
			slot, _ := lex.Event("opened")
			f.Events[slot] = []rule.Hit{{At: rule.At(opened)}}
			f.Attrs[0], _ = rule.Of(c.bounced)
			v := r.Gate(&graph.Def{}).Open(c.m, f, c.now)
			require.Equal(t, c.want, v.Detail)
			require.Equal(t, c.want != "", v.Result == graph.Suppressed && v.Part == "suppress")
		})
	}
	need := r.Need([]string{"push"})
	require.Empty(t, need.Attrs, "the rule for mail is not read for a push")
	require.Len(t, need.Events, 1)
	require.Len(t, r.Need([]string{"email"}).Attrs, 1)
}

func TestReach(t *testing.T) {
	quiet := &graph.Quiet{From: "22:00", To: "08:00"}
	r, lex := compile(t, graph.Policy{Consent: "assumed", Quiet: quiet, Reach: []graph.Reach{{Channel: "wechat", Event: "wechat.message", Within: 48 * marque.Hour}}})
	g := r.Gate(&graph.Def{})
	f := rule.NewFacts(lex, "ann")
	wechat := gate.Message{Channel: "wechat"}
	unreachable := gate.Verdict{Result: graph.Unreachable, Part: "reach"}
	require.Equal(t, unreachable, g.Open(wechat, f, at("2026-03-02 10:00")), "who never wrote")
	require.Equal(t, gate.Verdict{}, g.Open(gate.Message{Channel: "sms"}, f, at("2026-03-02 10:00")))
	slot, _ := lex.Event("wechat.message")
	f.Events[slot] = []rule.Hit{{At: rule.At(at("2026-02-01 07:30"))}, {At: rule.At(at("2026-03-01 07:30"))}, {At: rule.At(at("2026-03-09 00:00"))}}
	require.Equal(t, gate.Verdict{}, g.Open(wechat, f, at("2026-03-03 07:29")))
	require.Equal(t, unreachable, g.Open(wechat, f, at("2026-03-03 07:30")), "what happens later does not help now")
	require.Equal(t, unreachable, g.Open(gate.Message{Channel: "wechat", Transactional: true}, f, at("2026-03-03 07:30")), "nor does a receipt get there")

	do, until := g.Quiet(wechat, f, at("2026-03-01 23:00"), time.UTC)
	require.Equal(t, gate.Hold, do)
	require.Equal(t, at("2026-03-02 08:00"), until)
	do, _ = g.Quiet(wechat, f, at("2026-03-02 23:00"), time.UTC)
	require.Equal(t, gate.Reach, do, "at 08:00 it is over")
	do, _ = g.Quiet(gate.Message{Channel: "sms"}, f, at("2026-03-02 23:00"), time.UTC)
	require.Equal(t, gate.Hold, do)
}

func TestQuiet(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	for _, c := range []struct {
		name  string
		quiet graph.Quiet
		m     gate.Message
		now   string
		loc   *time.Location
		do    string
		until string
	}{
		{"before", graph.Quiet{From: "22:00", To: "08:00"}, gate.Message{Channel: "push"}, "2026-03-02 21:59", time.UTC, "", ""},
		{"at its beginning", graph.Quiet{From: "22:00", To: "08:00"}, gate.Message{Channel: "push"}, "2026-03-02 22:00", time.UTC, gate.Hold, "2026-03-03 08:00"},
		{"at its end", graph.Quiet{From: "22:00", To: "08:00"}, gate.Message{Channel: "push"}, "2026-03-03 08:00", time.UTC, "", ""},
		{"drop", graph.Quiet{From: "22:00", To: "08:00", Do: "drop"}, gate.Message{Channel: "push"}, "2026-03-02 23:00", time.UTC, gate.Drop, "2026-03-03 08:00"},
		{"next", graph.Quiet{From: "22:00", To: "08:00", Do: "next"}, gate.Message{Channel: "push"}, "2026-03-02 23:00", time.UTC, gate.Next, "2026-03-03 08:00"},
		{"transactional", graph.Quiet{From: "22:00", To: "08:00"}, gate.Message{Channel: "push", Transactional: true}, "2026-03-02 23:00", time.UTC, "", ""},
		{"another channel", graph.Quiet{From: "22:00", To: "08:00", Channels: []string{"sms"}}, gate.Message{Channel: "push"}, "2026-03-02 23:00", time.UTC, "", ""},
		{"the night that is an hour shorter", graph.Quiet{From: "22:00", To: "08:00"}, gate.Message{Channel: "push"}, "2026-03-08 04:00", newYork, gate.Hold, "2026-03-08 12:00"},
		{"an end that does not exist", graph.Quiet{From: "22:00", To: "02:30"}, gate.Message{Channel: "push"}, "2026-03-08 06:00", newYork, gate.Hold, "2026-03-08 07:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, lex := compile(t, graph.Policy{})
			do, until := r.Gate(&graph.Def{Quiet: &c.quiet}).Quiet(c.m, rule.NewFacts(lex, "ann"), at(c.now), c.loc)
			require.Equal(t, c.do, do)
			if c.until != "" {
				require.Equal(t, at(c.until), until)
			}
		})
	}
}

func TestLate(t *testing.T) {
	quiet := &graph.Quiet{From: "22:00", To: "08:00"}
	hour := func(n marque.Duration, do string) *graph.Late { return &graph.Late{After: n * marque.Hour, Do: do} }
	for _, c := range []struct {
		name                string
		policy, own, node   *graph.Late
		quiet               *graph.Quiet
		planned, now        string
		late                bool
		by                  marque.Duration
		ends, transactional bool
	}{
		{name: "no bound", planned: "2026-03-02 10:00", now: "2027-03-02 10:00"},
		{name: "exactly so much", policy: hour(2, ""), planned: "2026-03-02 10:00", now: "2026-03-02 12:00"},
		{name: "more", policy: hour(2, ""), planned: "2026-03-02 10:00", now: "2026-03-02 12:01", late: true, by: 2*marque.Hour + marque.Minute},
		{name: "the journey's before the policy's", policy: hour(2, ""), own: hour(3, "exit"), planned: "2026-03-02 10:00", now: "2026-03-02 12:01", ends: true},
		{name: "the node's before the journey's", policy: hour(9, ""), own: hour(9, "exit"), node: hour(1, ""), planned: "2026-03-02 10:00", now: "2026-03-02 12:00", late: true, by: 2 * marque.Hour},
		{name: "sent all the same", policy: hour(2, ""), node: &graph.Late{Do: "send"}, planned: "2026-03-02 10:00", now: "2026-03-09 10:00"},
		{name: "quiet hours do not count", policy: hour(2, ""), quiet: quiet, planned: "2026-03-02 21:00", now: "2026-03-03 09:00", by: 2 * marque.Hour},
		{name: "what is around them does", policy: hour(2, ""), quiet: quiet, planned: "2026-03-02 21:00", now: "2026-03-03 09:01", late: true, by: 2*marque.Hour + marque.Minute},
		{name: "planned within them", policy: hour(2, ""), quiet: quiet, planned: "2026-03-02 23:00", now: "2026-03-03 10:00", by: 2 * marque.Hour},
		{name: "three nights", policy: hour(2, ""), quiet: quiet, planned: "2026-03-02 10:00", now: "2026-03-05 10:00", late: true, by: 42 * marque.Hour},
		{name: "they are not for receipts", policy: hour(2, ""), quiet: quiet, transactional: true, planned: "2026-03-02 21:00", now: "2026-03-03 09:00", late: true, by: 12 * marque.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := compile(t, graph.Policy{Late: c.policy, Quiet: c.quiet})
			g, m := r.Gate(&graph.Def{Late: c.own}), gate.Message{Channel: "push", Late: c.node, Transactional: c.transactional}
			by, late := g.Late(m, at(c.planned), at(c.now), time.UTC)
			require.Equal(t, c.late, late)
			require.Equal(t, c.by, by)
			require.Equal(t, c.ends, g.Ends(m))
		})
	}
}

func TestWithdrawal(t *testing.T) {
	r, _ := compile(t, graph.Policy{OptOut: []graph.OptOut{
		{Channels: []string{"sms"}, Words: []string{"退订", "TD", "t"}},
		{Words: []string{"STOP"}, Topic: "news"},
	}})
	from := marque.Event{ID: "m1", At: at("2026-03-02 10:00"), IDs: []marque.ID{{Kind: "phone", Value: "1"}}}
	for _, c := range []struct {
		channel, text string
		ok            bool
		topic         any
	}{
		{"sms", "TD", true, nil}, {"sms", " td。", true, nil}, {"sms", "ｔｄ", true, nil}, {"sms", "退订!", true, nil}, {"sms", "T", true, nil},
		{"sms", "stop", true, "news"}, {"wechat", "Stop.", true, "news"}, {"wechat", "TD", false, nil}, {"sms", "stop by tomorrow", false, nil},
		{"sms", "", false, nil}, {"sms", "!!", false, nil},
	} {
		e, ok := r.Withdrawal(c.channel, c.text, from)
		require.Equal(t, c.ok, ok, c.text)
		if !ok {
			continue
		}
		require.Equal(t, marque.Key("m1", "consent.withdrawn"), e.ID)
		require.Equal(t, "consent.withdrawn", e.Name)
		require.Equal(t, from.IDs, e.IDs)
		require.Equal(t, c.channel, e.Props["channel"])
		require.Equal(t, c.topic, e.Props["topic"])
	}
}

func TestCompileFaults(t *testing.T) {
	lex := lexicon(t)
	_, err := gate.Compile(graph.Policy{
		Suppress: []graph.Suppression{{Name: "a", When: "bouncd"}},
		Reach:    []graph.Reach{{Channel: "wechat", Event: "wechat.mesage", Within: marque.Hour}},
		Caps:     []graph.Cap{{N: 1, Per: "day", Events: []string{"ad"}}},
		Nuisance: []graph.Nuisance{{Name: "n", Events: []string{"unfolow"}, Within: marque.Day}},
	}, lex, lang.New(lex, nil))
	for _, want := range []string{
		"suppress[0].when: 1:1: unknown name bouncd", `reach[0].event: no event "wechat.mesage", did you mean "wechat.message"?`,
		`caps[0].events[0]: no event "ad"`, `nuisance[0].events[0]: no event "unfolow", did you mean "unfollow"?`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestAnnoyances(t *testing.T) {
	r, lex := compile(t, graph.Policy{Nuisance: []graph.Nuisance{
		{Name: "left", Events: []string{"unfollow", "complaint"}, Within: 2 * marque.Day, Limit: 5, Least: 100, Channels: []string{"push", "sms"}},
	}})
	row := func(event string, props map[string]any) []rule.Value { return lex.Row("event/"+event, props) }
	f := rule.NewFacts(lex, "ann")
	slot, _ := lex.Event("message.sent")
	sent := func(when, node, channel string) rule.Hit {
		return rule.Hit{At: rule.At(at(when)), Props: row("message.sent", map[string]any{"journey": "j", "node": node, "channel": channel, "key": when})}
	}
	f.Events[slot] = []rule.Hit{
		sent("2026-03-01 10:00", "old", "push"), sent("2026-03-01 10:01", "a", "push"), sent("2026-03-02 10:00", "b", "sms"),
		sent("2026-03-02 11:00", "b", "email"), sent("2026-03-04 11:00", "later", "sms"),
	}
	exposed, _ := lex.Event("experiment.exposed")
	f.Events[exposed] = []rule.Hit{
		{At: rule.At(at("2026-03-02 09:00")), Props: row("experiment.exposed", map[string]any{"experiment": "h", "arm": "control"})},
		{At: rule.At(at("2026-03-02 09:00")), Props: row("experiment.exposed", map[string]any{"experiment": "g", "arm": "treatment"})},
	}
	whats := func(e marque.Event) (all []string) {
		for _, b := range r.Blames(e, f) {
			all = append(all, b.Count.Node+" "+b.Count.What)
		}
		return all
	}
	e := marque.Event{ID: "e", Name: "unfollow", At: at("2026-03-03 10:00")}
	require.Equal(t, []string{"a nuisance/left/push", "b nuisance/left/sms", " nuisance/left/control/h"}, whats(e))
	e.Name, e.Props = "complaint", map[string]any{"channel": "sms"}
	require.Equal(t, []string{"b nuisance/left/sms", " nuisance/left/control/h"}, whats(e))
	require.Empty(t, whats(marque.Event{ID: "e", Name: "opened", At: e.At}))
	first, again := r.Blames(e, f), r.Blames(e, f)
	require.Equal(t, first, again)
	require.NotEqual(t, first[0].Key, first[1].Key)

	counts := []graph.Count{
		{Journey: "j", Node: "a", What: "channel/push", N: 1000}, {Journey: "j", Node: "a", What: "nuisance/left/push", N: 8},
		{Journey: "j", Node: "b", What: "channel/sms", N: 99}, {Journey: "j", Node: "b", What: "nuisance/left/sms", N: 50},
		{Journey: "k", Node: "a", What: "channel/push", N: 1000}, {Journey: "k", Node: "a", What: "nuisance/left/push", N: 8},
		{Journey: "j", Node: "c", What: "channel/email", N: 10},
		{Journey: "j", What: "no/holdout", N: 500}, {What: "nuisance/left/control/h", N: 2},
	}
	def := &graph.Def{Name: "j", Entry: graph.Entry{Holdout: &graph.Holdout{Name: "h", Share: 1}}}
	got := r.Annoyances(counts, []*graph.Def{def, {Name: "k"}})
	for i := range got {
		require.Less(t, got[i].Low, got[i].Rate)
		require.Less(t, got[i].Rate, got[i].High)
		got[i].Low, got[i].High = 0, 0
	}
	control := &gate.Control{People: 500, Events: 2, Rate: 4}
	require.Equal(t, []gate.Annoyance{
		{Name: "left", Journey: "j", Node: "a", Channel: "push", Sent: 1000, Events: 8, Rate: 8, Control: control},
		{Name: "left", Journey: "j", Node: "b", Channel: "sms", Sent: 99, Events: 50, Rate: 1000 * 50.0 / 99, Control: control},
		{Name: "left", Journey: "k", Node: "a", Channel: "push", Sent: 1000, Events: 8, Rate: 8, TooMany: true},
	}, got, "8 per 1,000 where 4 of 1,000 do it anyway is no more than 5; 99 messages are too few to tell")
}

func TestPolicyRoundTrip(t *testing.T) {
	data := `{"consent":"assumed","strict":true,"suppress":[{"name":"sunset","when":"not did(\"opened\", within(\"180d\"))","topics":["news"],"transactional":true}],` +
		`"reach":[{"channel":"wechat","event":"wechat.message","within":"2d"}],"caps":[{"n":2,"per":"day","events":["ad_seen"]}],` +
		`"quiet":{"from":"22:00","to":"08:00"},"late":{"after":"2h","do":"exit"},"rates":[{"channel":"sms","n":100,"per":"second"}],` +
		`"opt_out":[{"words":["TD"]}],"nuisance":[{"name":"left","events":["unfollow"],"within":"2d","limit":5,"least":100}]}`
	var p graph.Policy
	require.NoError(t, json.Unmarshal([]byte(data), &p))
	require.NoError(t, p.Validate())
	out, err := json.Marshal(p)
	require.NoError(t, err)
	require.Equal(t, data, string(out))
}
