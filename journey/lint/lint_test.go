package lint_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/lint"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// words are what rules may speak of; vars those of the definitions.
func words(t require.TestingT, defs []graph.Def) *rule.Lexicon {
	order := []rule.Field{{Name: "order", Type: rule.String}, {Name: "amount", Type: rule.Int}}
	schema := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "birthday", Type: rule.Time}},
		Events:     append([]rule.EventType{{Name: "registered"}, {Name: "order_paid", Props: order}, {Name: "opened"}, {Name: "segment.entered"}, {Name: "segment.left"}}, step.Says()...),
		Tags:       []string{"vip"}, Segments: []string{"new"},
	}
	schema.Scopes = graph.Scopes(defs, schema.Events...)
	lex, err := schema.Compile()
	require.NoError(t, err)
	return lex
}

func check(t require.TestingT, defs []graph.Def, o *lint.Options) (found []string) {
	lex := words(t, defs)
	for _, f := range lint.Check(defs, lex, lang.New(lex, nil), o) {
		found = append(found, f.String())
	}
	return found
}

func TestFindings(t *testing.T) {
	good := &lint.Options{Valid: map[string]marque.Duration{"b": 7 * marque.Day}}
	night := &lint.Options{Quiet: &graph.Quiet{From: "22:00", To: "08:00"}}
	for _, c := range []struct {
		name string
		def  string // without name, entry and topic, where it has none
		opts *lint.Options
		want []string
	}{
		{name: "a rule that is never true", def: `"audience": "age > 3 and age < 2", "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].audience: 1:1: age > 3 and age < 2 cannot both be true; did you mean or?"}},
		{name: "a rule that is always true", def: `"exit": [{"event": "opened", "when": "age > 3 or age <= 3 or not has(age)"}], "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].exit[0].when: 1:1: age > 3 or age <= 3 or not has(age) is true for everybody"}},
		{name: "a rule that leaves out whom nothing is known of", def: `"audience": "city != \"a\"", "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{`info: [0].audience: 1:1: people without city are not in this; to have them too: not has(city) or city != "a"`}},
		{name: "an audience that is not in the entry", def: `"entry": {"event": "registered", "when": "age < 18"}, "audience": "age >= 21", "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].audience: nobody enters: it is never true together with entry.when"}},
		{name: "an audience outside the segment", def: `"entry": {"segment": "new"}, "audience": "has_tag(\"vip\") and not in_segment(\"new\")", "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{`warning: [0].audience: nobody enters: it is true of no member of "new"`}},
		{name: "an audience inside the segment that is left", def: `"entry": {"left": "new"}, "audience": "has_tag(\"vip\") and in_segment(\"new\")", "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{`warning: [0].audience: nobody enters: it is true of members of "new" only`}},
		{name: "a goal that is reached by all", def: `"audience": "age >= 21", "goal": {"when": "age > 3"}, "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].goal.when: is true of everybody in the audience, so that the journey ends as it begins"}},
		{name: "a case behind a wider one", def: `"nodes": [{"id": "b", "branch": [{"when": "age > 3", "next": "x"}, {"when": "age > 5", "next": "x"}], "next": "x"}, {"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].nodes[0].branch[1].when: is never reached: the case before it is true whenever this one is"}},
		{name: "a case behind two that cover it", def: `"nodes": [{"id": "b", "branch": [{"when": "age > 3", "next": "x"}, {"when": "age < 5", "next": "x"}, {"when": "age == 4", "next": "x"}], "next": "x"}, {"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].nodes[0].branch[2].when: is never reached: one of the cases before it is true whenever this one is"}},
		{name: "cases that take everybody", def: `"nodes": [{"id": "b", "branch": [{"when": "has_tag(\"vip\")", "next": "x"}, {"when": "not has_tag(\"vip\")", "next": "x"}], "next": "x"}, {"id": "x", "exit": "x"}]`,
			want: []string{"info: [0].nodes[0].branch: one of the cases is true for everybody: nobody goes on by next"}},
		{name: "a match behind a wider one", def: `"nodes": [{"id": "w", "wait": {"any": [{"event": "order_paid", "when": "event.amount > 5", "next": "x"}, {"event": "order_paid", "when": "event.amount > 9"}], "within": "1d"}, "on": {"timeout": "x"}}, {"id": "x", "exit": "x"}]`,
			want: []string{`warning: [0].nodes[0].wait.any[1]: is never reached: "order_paid" before it takes the same events`}},
		{name: "an arm of nobody", def: `"nodes": [{"id": "s", "split": {"arms": [{"weight": 1, "next": "x"}, {"weight": 0, "next": "y"}]}}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`,
			want: []string{"info: [0].nodes[0].split.arms[1].weight: nobody gets this arm"}},
		{name: "quiet hours of nearly the whole day", def: `"quiet": {"from": "09:30", "to": "08:00"}, "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].quiet: leaves only 90 minutes of each day"}},
		{name: "a wait that ends in quiet hours", def: `"quiet": {"from": "22:00", "to": "08:00"}, "nodes": [{"id": "w", "wait": {"for": "1d", "at": "07:30"}, "next": "t"}, {"id": "t", "tag": "vip", "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "x"}}]`,
			want: []string{`warning: [0].nodes[0].wait.at: ends in quiet hours (22:00 to 08:00): the message of "s" is held until 08:00 each time`}},
		{name: "quiet hours are half open", def: `"quiet": {"from": "22:00", "to": "08:00"}, "nodes": [{"id": "w", "wait": {"at": "08:00"}, "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "x"}}]`},
		{name: "and a window that is in them is, to its end", def: `"quiet": {"from": "22:00", "to": "08:00", "do": "drop"}, "nodes": [{"id": "w", "wait": {"window": "23:00-08:00"}, "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "x"}}]`,
			want: []string{`warning: [0].nodes[0].wait.window: ends in quiet hours (22:00 to 08:00): the message of "s" is never sent`}},
		{name: "a window that reaches out of them is not", def: `"quiet": {"from": "22:00", "to": "08:00", "do": "drop"}, "nodes": [{"id": "w", "wait": {"window": "23:00-08:01"}, "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "x"}}]`},
		{name: "quiet hours of another channel", def: `"quiet": {"from": "22:00", "to": "08:00", "channels": ["sms"]}, "nodes": [{"id": "w", "wait": {"at": "23:00"}, "next": "s"}, {"id": "s", "send": {"channels": ["push", "sms"], "text": "x"}}]`},
		{name: "quiet hours and what is transactional", opts: night, def: `"nodes": [{"id": "w", "wait": {"at": "23:00"}, "next": "s"}, {"id": "s", "send": {"channels": ["sms"], "text": "x", "transactional": true}}]`},
		{name: "quiet hours of all journeys, and an entry in them", opts: night, def: `"entry": {"date": {"attribute": "birthday", "at": "07:00", "yearly": true}}, "nodes": [{"id": "s", "send": {"channels": ["sms"], "text": "x"}}]`,
			want: []string{`warning: [0].entry.date.at: ends in quiet hours (22:00 to 08:00): the message of "s" is held until 08:00 each time`}},
		{name: "a schedule by each person's clock", opts: night, def: `"entry": {"schedule": {"cron": "30 6 * * 1", "zone": "contact"}}, "nodes": [{"id": "s", "send": {"channels": ["sms"], "text": "x"}}]`,
			want: []string{`warning: [0].entry.schedule.cron: ends in quiet hours (22:00 to 08:00): the message of "s" is held until 08:00 each time`}},
		{name: "no topic", def: `"topic": "", "nodes": [{"id": "s", "send": {"channels": ["push"], "text": "x"}}]`,
			want: []string{"warning: [0].nodes[0].send: has no topic, so that only a consent to everything lets it out"}},
		{name: "no topic where consent is assumed", def: `"topic": "", "consent": "assumed", "nodes": [{"id": "s", "send": {"channels": ["push"], "text": "x"}}]`},
		{name: "a wait for a message that was not sent", def: `"nodes": [{"id": "s", "send": {"channels": ["push"], "text": "x"}, "next": "w", "on": {"failed": "x"}}, {"id": "w", "wait": {"event": "opened", "of": "s", "within": "1d"}, "next": "x", "on": {"timeout": "y"}}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`,
			want: []string{`warning: [0].nodes[0].on: unreachable, suppressed: go on to "w", and wait there for a message that was not sent`}},
		{name: "a wait for ever", def: `"nodes": [{"id": "w", "wait": {"event": "opened"}, "next": "x"}, {"id": "x", "exit": "x"}]`,
			want: []string{"info: [0].nodes[0].wait: has no within: who waits in vain waits for ever"}},
		{name: "a timeout like the event", def: `"nodes": [{"id": "w", "wait": {"event": "opened", "within": "1d"}, "next": "x"}, {"id": "x", "exit": "x"}]`,
			want: []string{"info: [0].nodes[0].on: timeout: goes the same way as what was waited for"}},
		{name: "a gate that holds nobody", def: `"nodes": [{"id": "g", "gate": {"n": 5, "per": "day"}, "next": "x"}, {"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].nodes[0].on: full: goes the same way, so that the gate holds nobody back"}},
		{name: "a coupon that is refused", def: `"nodes": [{"id": "c", "coupon": {"batch": "b"}, "next": "x"}, {"id": "x", "exit": "x"}]`,
			want: []string{"info: [0].nodes[0].on: refused: goes the same way as who got it"}},
		{name: "a loop without an end", def: `"nodes": [{"id": "a", "wait": {"for": "1d"}, "next": "b"}, {"id": "b", "tag": "vip", "next": "a"}]`,
			want: []string{"warning: [0].nodes[0]: nobody ever leaves the loop that begins here"}},
		{name: "a loop that the goal ends", def: `"goal": {"event": "order_paid"}, "nodes": [{"id": "t", "untag": "vip", "next": "a"}, {"id": "a", "wait": {"for": "1d"}, "next": "b"}, {"id": "b", "tag": "vip", "next": "a"}]`,
			want: []string{"info: [0].nodes[1]: nobody leaves the loop that begins here but by goal and exits"}},
		{name: "a loop with an end", def: `"nodes": [{"id": "a", "wait": {"for": "1d"}, "next": "b"}, {"id": "b", "branch": [{"when": "age > 3", "next": "a"}]}]`},
		{name: "a max that leads round", def: `"nodes": [{"id": "a", "wait": {"for": "1d"}, "next": "b"}, {"id": "b", "tag": "vip", "max": 3, "next": "c"}, {"id": "c", "branch": [{"when": "age > 3", "next": "x"}], "next": "a"}, {"id": "x", "exit": "x"}]`,
			want: []string{`info: [0].nodes[1].max: does not end the loop: who came too often goes on to "c", and round again`}},
		{name: "a max that leads out", def: `"nodes": [{"id": "a", "wait": {"for": "1d"}, "next": "b"}, {"id": "b", "tag": "vip", "max": 3, "next": "a", "on": {"max": "x"}}, {"id": "x", "exit": "x"}]`},
		{name: "a wait for what the goal takes", def: `"goal": {"event": "order_paid", "when": "event.amount > 3"}, "exit": [{"event": "opened"}], "nodes": [{"id": "w", "wait": {"any": [{"event": "order_paid", "when": "event.amount > 5"}, {"event": "order_paid", "when": "event.amount > 1"}, {"event": "opened"}], "within": "1d"}, "next": "y", "on": {"timeout": "x"}}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`,
			want: []string{`warning: [0].nodes[0].wait.any[0]: is never reached: the goal ends the journey on "order_paid" before`, `warning: [0].nodes[0].wait.any[2]: is never reached: exit[0] ends the journey on "opened" before`}},
		{name: "an end of all keys", def: `"entry": {"event": "order_paid", "key": "event.order"}, "goal": {"event": "order_paid"}, "exit": [{"event": "opened"}, {"event": "order_paid", "same": ["order"]}, {"when": "age > 99"}], "nodes": [{"id": "w", "wait": {"event": "order_paid", "keep": ["order"], "within": "1d"}, "next": "x", "on": {"timeout": "y"}}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`,
			want: []string{`info: [0].exit[0]: one "opened" ends the enrollments of all keys`, `warning: [0].goal: one "order_paid" ends the enrollments of all keys, whatever its order; to end only those of its own: same: [order] here, and keep: [order] in entry`,
				`warning: [0].nodes[0].wait: is never reached: the goal ends the journey on "order_paid" before`}},
		{name: "a birthday, once", def: `"entry": {"date": {"attribute": "birthday", "at": "09:00", "yearly": true}, "reentry": "once"}, "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{"warning: [0].entry.reentry: once: of a date that comes every year everybody enters in the first only"}},
		{name: "an event that enters again", def: `"entry": {"event": "opened", "reentry": "every"}, "nodes": [{"id": "e", "emit": {"event": "opened"}}]`,
			want: []string{`warning: [0].nodes[0].emit.event: "opened" enters the same journey again, and so on for ever`}},
		{name: "a cap behind a stricter one", def: `"caps": [{"n": 2, "per": "day", "channel": "sms"}, {"n": 2, "per": "week"}, {"n": 2, "within": "24h"}, {"n": 1, "within": "1d"}], "nodes": [{"id": "x", "exit": "x"}]`,
			want: []string{"info: [0].caps[0]: is never full: caps[1] is full before", "info: [0].caps[2]: is never full: caps[3] is full before"}},
		{name: "a variable that is set on one way only", def: `"nodes": [{"id": "c", "coupon": {"batch": "b"}, "next": "e", "on": {"refused": "n"}}, {"id": "n", "tag": "vip", "next": "e"}, {"id": "e", "branch": [{"when": "vars.coupon_amount > 5 and vars.coupon == \"issued\"", "next": "x"}], "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "{{.coupon_amount}}", "missing": {"coupon_amount": "much"}}}, {"id": "x", "exit": "x"}]`,
			want: []string{`info: [0].nodes[2].branch[0].when: variable coupon_amount may not be set for who comes from "c"; it is unknown for them`}},
		{name: "a date that is a variable of one way only", def: `"nodes": [{"id": "w", "wait": {"event": "order_paid", "keep": ["order"], "within": "1d"}, "next": "d", "on": {"timeout": "t"}}, {"id": "t", "tag": "vip", "next": "d"}, {"id": "d", "wait": {"date": {"attribute": "vars.order", "at": "10:00", "past": "exit"}}, "next": "x", "on": {"missing": "y"}}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`,
			want: []string{`info: [0].nodes[2].wait.date.attribute: variable order may not be set for who comes from "t"; they go on by missing`}},
		{name: "a message of a variable that is set on no way", def: `"nodes": [{"id": "s", "send": {"channels": ["push"], "text": "{{.coupon}} {{with .coupon_id}}!{{end}}", "missing": {"coupon": "none", "coupon_id": ""}}, "next": "c"}, {"id": "c", "coupon": {"batch": "b"}, "on": {"refused": "n"}}, {"id": "n", "tag": "vip"}]`,
			want: []string{`warning: [0].nodes[0].send.text: variable coupon is set on no way to here; everybody gets what stands for it in missing`, `warning: [0].nodes[0].send.text: variable coupon_id is set on no way to here; everybody gets what stands for it in missing`}},
		{name: "a variable that is set after", def: `"nodes": [{"id": "b", "branch": [{"when": "vars.coupon == \"issued\"", "next": "x"}], "next": "c"}, {"id": "c", "coupon": {"batch": "b"}, "next": "x", "on": {"refused": "y"}}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`,
			want: []string{"warning: [0].nodes[0].branch[0].when: variable coupon is set on no way to here; it is unknown for them"}},
		{name: "a variable that the entry keeps", def: `"entry": {"event": "order_paid", "keep": ["order"]}, "nodes": [{"id": "b", "branch": [{"when": "vars.order == \"1\"", "next": "x"}], "next": "y"}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`},
		{name: "a variable that a wait keeps, but not its end", def: `"nodes": [{"id": "w", "wait": {"event": "order_paid", "keep": ["order"], "within": "1d"}, "next": "s", "on": {"timeout": "t"}}, {"id": "t", "tag": "vip", "next": "s"}, {"id": "s", "wait": {"event": "order_paid", "same": ["order"], "within": "1d"}, "next": "x", "on": {"timeout": "y"}}, {"id": "x", "exit": "x"}, {"id": "y", "exit": "y"}]`,
			want: []string{`warning: [0].nodes[2].wait: variable order may not be set for who comes from "t"; what is missing is never the same`}},
		{name: "a wait that outlasts a coupon", opts: good, def: `"nodes": [{"id": "c", "coupon": {"batch": "b"}, "next": "w", "on": {"refused": "x"}}, {"id": "w", "wait": {"for": "3d"}, "next": "v"}, {"id": "v", "wait": {"days": 5, "at": "10:00"}, "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "{{.coupon_id}}", "missing": {"coupon_id": ""}}}, {"id": "x", "exit": "x"}]`,
			want: []string{`warning: [0].nodes[2].wait.days: coupons of "b" are good for 7d, and here 7d have passed at least: they are over when "s" speaks of them`}},
		{name: "a wait that does not", opts: good, def: `"nodes": [{"id": "c", "coupon": {"batch": "b"}, "next": "w", "on": {"refused": "x"}}, {"id": "w", "wait": {"for": "3d"}, "next": "v"}, {"id": "v", "wait": {"days": 4, "at": "10:00"}, "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "{{.coupon_id}}", "missing": {"coupon_id": ""}}}, {"id": "x", "exit": "x"}]`},
		{name: "a wait that outlasts a coupon of which nothing is said", opts: good, def: `"nodes": [{"id": "c", "coupon": {"batch": "b"}, "next": "w", "on": {"refused": "x"}}, {"id": "w", "wait": {"for": "30d"}, "next": "s"}, {"id": "s", "send": {"channels": ["push"], "text": "bye"}}, {"id": "x", "exit": "x"}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "{" + c.def + "}"
			for _, or := range []string{`"name": "j"`, `"topic": "news"`, `"entry": {"event": "registered"}`} {
				if key, _, _ := strings.Cut(or, ": "); !strings.HasPrefix(c.def, key) && !strings.Contains(c.def, ", "+key+":") {
					text = "{" + or + ", " + text[1:]
				}
			}
			var d graph.Def
			require.NoError(t, json.Unmarshal([]byte(text), &d))
			require.NoError(t, d.Validate())
			lex := words(t, []graph.Def{d})
			_, err := plan.Compile([]graph.Def{d}, lex, lang.New(lex, nil), nil)
			require.NoError(t, err)
			require.Equal(t, c.want, check(t, []graph.Def{d}, c.opts))
		})
	}
}

// What another journey hands over, and what it gives back, is set.
func TestVariablesOfOtherJourneys(t *testing.T) {
	var defs []graph.Def
	require.NoError(t, json.Unmarshal([]byte(`[
		{"name": "outer", "topic": "news", "entry": {"event": "order_paid", "keep": ["order"]}, "nodes": [
			{"id": "sub", "sub": {"journey": "inner", "vars": {"number": "order"}}, "next": "s", "on": {"refused": "x"}},
			{"id": "s", "send": {"channels": ["push"], "text": "{{.coupon}}", "missing": {"coupon": ""}}, "next": "x"}, {"id": "x", "exit": "x"}]},
		{"name": "inner", "topic": "news", "entry": {"call": true}, "nodes": [
			{"id": "s", "send": {"channels": ["push"], "text": "{{.number}}", "missing": {"number": ""}}, "next": "c"},
			{"id": "c", "coupon": {"batch": "b"}, "next": "d", "on": {"refused": "x"}}, {"id": "d", "exit": "done"}, {"id": "x", "exit": "x"}]}]`), &defs))
	require.Empty(t, check(t, defs, nil))
}

// Of two versions the later is told what became of those who entered by the other's rule.
func TestReentryOfVersions(t *testing.T) {
	for _, c := range []struct {
		name, was, is string
		want          []string
	}{
		{"the same", `{}`, `{"reentry": "once"}`, nil},
		{"once before", `{}`, `{"reentry": "active"}`, []string{`warning: [1].entry.reentry: is "active", but "once" in version 1: who entered before never enters again`}},
		{"active before", `{"reentry": "active"}`, `{}`, []string{`warning: [1].entry.reentry: is "once", but "active" in version 1: who entered before and is out may enter again`}},
		{"window before", `{"window": "1d"}`, `{"reentry": "active"}`, []string{`warning: [1].entry.reentry: is "active", but "window" in version 1: who entered before does not enter until that window is over`}},
		{"every before", `{"reentry": "every"}`, `{"window": "1d"}`, []string{`warning: [1].entry.reentry: is "window", but "every" in version 1: who entered before may enter again, though still in`}},
		{"every after asks for no mark", `{}`, `{"reentry": "every"}`, nil},
		{"another key", `{}`, `{"key": "event.order"}`, []string{`warning: [1].entry.key: is another in version 1: who entered before may enter again`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defs := make([]graph.Def, 2)
			for i, text := range []string{c.was, c.is} {
				defs[i] = graph.Def{Name: "j", Version: i + 1, Nodes: []graph.Node{{ID: "x", Exit: "x"}}}
				require.NoError(t, json.Unmarshal([]byte(text), &defs[i].Entry))
				defs[i].Entry.Event = "order_paid"
			}
			require.Equal(t, c.want, check(t, defs, nil))
		})
	}
}

// Faults and findings are one list.
func TestErrors(t *testing.T) {
	require.Nil(t, lint.Errors(nil))
	d := graph.Def{Name: "j", Entry: graph.Entry{Event: "registered"}, Audience: "agee > 3 and citty == 3", Nodes: []graph.Node{{ID: "x", Exit: "x"}}}
	lex := words(t, nil)
	_, err := plan.Compile([]graph.Def{d, {}}, lex, lang.New(lex, nil), nil)
	found := lint.Errors(err)
	require.Greater(t, len(found), 3)
	require.Equal(t, "error: [0].audience: 1:1: unknown name agee, did you mean \"age\"?", found[0].String())
	require.Equal(t, "error: [0].audience: 1:14: unknown name citty, did you mean \"city\"?", found[1].String())
	require.Equal(t, "error: [1].name: is empty", found[2].String())
	f := lint.Finding{Severity: lint.Warning, Path: "[0].x", Message: "m", File: "a.yaml", Line: 3, Col: 5}
	require.Equal(t, "a.yaml:3:5: warning: [0].x: m", f.String())
}

// Whatever the graph, looking at it ends, the same way each time, and with places that are there.
func TestTakesAnyGraph(t *testing.T) {
	o := &lint.Options{Valid: map[string]marque.Duration{"b": marque.Day}, Quiet: &graph.Quiet{From: "22:00", To: "08:00"}}
	sound := 0
	rapid.Check(t, func(t *rapid.T) {
		dice := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "dice") }
		d := graph.Def{Name: "j", Topic: "news", Entry: graph.Entry{Event: "registered"}}
		size := 1 + dice(8)
		id := func(i int) string { return string(rune('a' + i)) }
		for i := range size {
			to := func() string { return id(dice(size)) }
			n := graph.Node{ID: id(i), Next: id(min(i+1, size-1))}
			switch dice(9) {
			case 0:
				n.Send = &graph.Send{Channels: []string{"push"}, Text: "{{.coupon}}", Missing: map[string]string{"coupon": ""}}
			case 1:
				n.Wait = &graph.Wait{Event: "opened", Within: marque.Day, Keep: nil}
				n.On = map[string]string{graph.Timeout: to()}
			case 2:
				n.Wait = &graph.Wait{For: marque.Duration(1+dice(5)) * marque.Day, At: "07:00"}
			case 3:
				n.Branch = []graph.Case{{When: `vars.coupon == "issued"`, Next: to()}, {When: "age > 3", Next: to()}}
			case 4:
				n.Coupon = &graph.Coupon{Batch: "b"}
				n.On = map[string]string{graph.Refused: to()}
			case 5:
				n.Gate = &graph.Gate{Quota: graph.Quota{N: 1, Per: "day"}}
			case 6:
				n.Tag, n.Max = &graph.Tag{Name: "vip"}, 1+dice(3)
			case 7:
				n.Wait = &graph.Wait{Until: []graph.Case{{When: "age > 5", Next: to()}}, Within: marque.Week}
			default:
				n.Exit, n.Next = "x", ""
			}
			d.Nodes = append(d.Nodes, n)
		}
		if d.Validate() == nil {
			sound++
		}
		defs := []graph.Def{d}
		lex := words(t, defs)
		found := lint.Check(defs, lex, lang.New(lex, nil), o)
		require.Equal(t, found, lint.Check(defs, lex, lang.New(lex, nil), o))
		for _, f := range found {
			require.Regexp(t, `^\[0\]\.nodes\[[0-7]\]`, f.Path)
			require.NotEmpty(t, f.Message)
		}
	})
	require.Greater(t, sound, 10)
}
