package journey_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

const firstOrder = `{
 "name":"first-order","doc":"After registration","version":2,"zone":"Asia/Shanghai","topic":"offers","consent":"assumed",
 "entry":{"segment":"new","reentry":"window","window":"30d","holdout":{"name":"global","share":"10%"}},
 "goal":{"event":"order_paid"},"exit":[{"event":"unfollow","reason":"unfollowed"}],
 "quiet":{"from":"22:00","to":"08:00","do":"hold"},"caps":[{"n":2,"per":"day"},{"n":5,"within":"7d","channel":"sms"}],
 "nodes":[
  {"id":"push","send":{"channels":["push","sms"],"prefer":"channel/","text":"Hi {{.name}}","missing":{"name":"you"}},"next":"w1","on":{"unreachable":"sms"}},
  {"id":"w1","wait":{"event":"message.opened","of":"push","within":"2d"},"next":"opened","on":{"timeout":"sms"}},
  {"id":"sms","send":{"channels":["sms"],"template":"first"},"next":"w2"},
  {"id":"w2","wait":{"days":1,"at":"09:00"},"next":"split"},
  {"id":"split","split":{"arms":[{"weight":1,"next":"coupon"},{"weight":1,"next":"lost"}]}},
  {"id":"coupon","coupon":{"batch":"welcome"},"next":"b"},
  {"id":"b","branch":[{"when":"vars.coupon == \"issued\"","next":"opened"}],"next":"lost"},
  {"id":"opened","tag":"wechat-fan","next":"end"},
  {"id":"end","exit":"opened"},
  {"id":"lost","tag":"lost for 30d","next":"move"},
  {"id":"move","goto":"win-back"}]}`

const winBack = `{"name":"win-back","entry":{"call":true},"nodes":[{"id":"w","wait":{"for":"7d"}}]}`

func decode(t testing.TB, texts ...string) []journey.Def {
	defs := make([]journey.Def, len(texts))
	for i, s := range texts {
		dec := json.NewDecoder(strings.NewReader(s))
		dec.DisallowUnknownFields()
		require.NoError(t, dec.Decode(&defs[i]))
	}
	return defs
}

func TestRoundTrip(t *testing.T) {
	d := decode(t, firstOrder)[0]
	first, err := json.Marshal(d)
	require.NoError(t, err)
	require.JSONEq(t, firstOrder, string(first))
	second, err := json.Marshal(decode(t, string(first))[0])
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
}

func TestRefs(t *testing.T) {
	set, err := compile(decode(t, firstOrder, winBack)...)
	require.NoError(t, err)
	var got []string
	for _, r := range set.Refs() {
		got = append(got, r.Kind+" "+r.Name+" "+r.Path)
	}
	require.Subset(t, got, []string{
		"segment new [0].entry.segment", "event order_paid [0].goal.event", "channel sms [0].caps[1].channel",
		"channel push [0].nodes[0].send.channels[0]", "event message.opened [0].nodes[1].wait.event", "coupon welcome [0].nodes[5].coupon.batch",
		"tag wechat-fan [0].nodes[7].tag", "journey win-back [0].nodes[10].goto",
	})
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, def, want string }{
		{"entry", `{"name":"j","entry":{"event":"view","segment":"new"},"nodes":[{"id":"a","exit":"x"}]}`, `[0].entry: want exactly one of event, segment, left, did, schedule, date, signal and call, got event and segment`},
		{"no nodes", `{"name":"j","entry":{"call":true}}`, `[0].nodes: there is none`},
		{"two things", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","exit":"x","tag":"vip"}]}`, `[0].nodes[0]: want exactly one of send, wait`},
		{"edge", `{"name":"j","entry":{"call":true},"nodes":[{"id":"sms","wait":{"for":"1d"},"next":"smss"}]}`, `[0].nodes[0].next: no node "smss", did you mean "sms"?`},
		{"outcome", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","send":{"channels":["push"],"template":"t"},"on":{"cappd":"a"}}]}`, `[0].nodes[0].on.cappd: no such outcome, want one of sent, unreachable, suppressed, audience, capped, quiet, late, failed, did you mean "capped"?`},
		{"unreachable node", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","exit":"x"},{"id":"b","exit":"x"}]}`, `[0].nodes[1]: nothing leads to "b"`},
		{"cycle", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","tag":"vip","next":"b"},{"id":"b","untag":"vip","next":"a"}]}`, `[0].nodes[1].next: a cycle that takes no time: a → b → a`},
		{"cycle over an outcome", `{"name":"j","entry":{"call":true},"nodes":[{"id":"w","wait":{"for":"1d"},"next":"a"},{"id":"a","send":{"channels":["push"],"template":"t"},"on":{"capped":"a"},"next":"w"}]}`, `[0].nodes[1].on.capped: a cycle that takes no time: a → a`},
		{"no time", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","wait":{"for":"0s"}}]}`, `[0].nodes[0].wait: want one of for, days, at, window, active, date, event, any and until`},
		{"negative", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","wait":{"for":"-1d"}}]}`, `[0].nodes[0].wait.for: want more than zero`},
		{"quiet never opens", `{"name":"j","entry":{"call":true},"quiet":{"from":"08:00","to":"08:00"},"nodes":[{"id":"a","exit":"x"}]}`, `[0].quiet.to: is the same as from`},
		{"rule", `{"name":"j","entry":{"event":"order_paid","when":"event.amout > 1"},"nodes":[{"id":"a","branch":[{"when":"citi == \"x\"","next":"b"}]},{"id":"b","exit":"x"}]}`, `[0].nodes[0].branch[0].when: 1:1: unknown name citi`},
		{"event", `{"name":"j","entry":{"event":"order_payd"},"nodes":[{"id":"a","exit":"x"}]}`, `[0].entry.event: no event "order_payd", did you mean "order_paid"?`},
		{"tag", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","tag":"lst"}]}`, `[0].nodes[0].tag: no tag "lst", did you mean "lost"?`},
		{"journey", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","goto":"k"}]}`, `[0].nodes[0].goto: no journey "k"`},
		{"round", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","goto":"j"}]}`, `[0].nodes[0].goto: journeys move people round in no time: j → j`},
		{"text", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","send":{"channels":["push"],"text":"{{.nme}}"}}]}`, `[0].nodes[0].send.text: line 1: no attribute and no variable "nme", did you mean "name"?`},
		{"missing", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","send":{"channels":["push"],"text":"{{.name}}"}}]}`, `[0].nodes[0].send.missing: says nothing of "name", which not everybody has: write missing: {name: "…"}, or {{default "…" .name}} in the text`},
		{"of", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","wait":{"event":"view","of":"a"}}]}`, `[0].nodes[0].wait.of: no send node "a"`},
		{"keep", `{"name":"j","entry":{"event":"view","keep":["itm"]},"nodes":[{"id":"a","exit":"x"}]}`, `[0].entry.keep[0]: the event has no property "itm"`},
		{"set", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","set":{"age":"old"}}]}`, `[0].nodes[0].set.age: is string, the attribute int`},
		{"zone", `{"name":"j","zone":"Mars/Base","entry":{"call":true},"nodes":[{"id":"a","exit":"x"}]}`, `[0].zone: no time zone "Mars/Base"`},
		{"cap", `{"name":"j","entry":{"call":true},"caps":[{"n":0}],"nodes":[{"id":"a","exit":"x"}]}`, `[0].caps[0].n: is 0, want at least 1`},
		{"a preferred channel that is a number", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","send":{"channels":["push"],"template":"x","prefer":"age"}}]}`, `[0].nodes[0].send.prefer: "age" is int, and names no channel`},
		{"an active hour that is an instant", `{"name":"j","entry":{"call":true},"nodes":[{"id":"a","wait":{"active":{"of":"birthday","else":"10:00"}}}]}`, `[0].nodes[0].wait.active.of: "birthday" is time, and no hour`},
		{"window", `{"name":"j","entry":{"event":"view","reentry":"window"},"nodes":[{"id":"a","exit":"x"}]}`, `[0].entry.window: want a time above zero`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := compile(decode(t, c.def)...)
			require.Error(t, err)
			require.Contains(t, err.Error(), c.want)
		})
	}
	t.Run("round over the newest version", func(t *testing.T) {
		_, err := compile(decode(t, `{"name":"j","version":2,"entry":{"call":true},"nodes":[{"id":"a","goto":"k"}]}`,
			`{"name":"j","version":1,"entry":{"call":true},"nodes":[{"id":"a","wait":{"for":"1d"}}]}`,
			`{"name":"k","entry":{"call":true},"nodes":[{"id":"a","goto":"j"}]}`)...)
		require.ErrorContains(t, err, `[2].nodes[0].goto: journeys move people round in no time: j → k → j`)
	})
	t.Run("all at once", func(t *testing.T) {
		_, err := compile(decode(t, winBack,
			`{"name":"j","entry":{"call":true},"nodes":[{"id":"a","tag":"x","next":"b"},{"id":"b","score":{"name":"y"}}]}`,
			`{"name":"k","entry":{"event":"view","when":"1 +"},"nodes":[{"id":"a","exit":"x"}]}`)...)
		var paths []string
		for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
			var fe *marque.FieldError
			require.True(t, errors.As(e, &fe))
			paths = append(paths, fe.Path)
		}
		require.Equal(t, []string{"[1].nodes[0].tag", "[1].nodes[1].score.name", "[2].entry.when"}, paths)
	})
}

func TestVersions(t *testing.T) {
	v := func(version int, reason string) journey.Def {
		return journey.Def{Name: "j", Version: version, Entry: journey.Entry{Event: "view", Reentry: "every"}, Nodes: []journey.Node{
			wait("w", "x", journey.Wait{For: day}), {ID: "x", Exit: reason}}}
	}
	w := newWorld(t, v(1, "one"))
	w.event("2026-03-02 10:00:00", "ann", "view")
	w.defs = []journey.Def{v(1, "one"), v(2, "two")}
	w.start()
	w.event("2026-03-02 11:00:00", "bob", "view")
	w.until("2026-03-03 10:30:00")
	w.defs = []journey.Def{{Name: "j", Version: 3, Entry: journey.Entry{Event: "view"}, Nodes: []journey.Node{wait("other", "", journey.Wait{For: day})}}}
	w.start()
	w.until("2026-03-04 00:00:00")
	w.event("2026-03-04 10:00:00", "eve", "view")
	w.defs = []journey.Def{{Name: "k", Entry: journey.Entry{Call: true}, Nodes: []journey.Node{{ID: "x", Exit: "x"}}}}
	w.start()
	w.until("2026-03-06 00:00:00")
	require.Equal(t, []string{"03-03 10:00:00 exited one", "03-03 11:00:00 exited gone", "03-05 10:00:00 exited gone"}, w.said("journey.exited"))
}
