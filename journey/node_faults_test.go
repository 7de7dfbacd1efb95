package journey_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each fault of a node is told with its place. NODE is the first of a journey of which b is the second.
func TestNodeFaults(t *testing.T) {
	for _, c := range []struct{ name, node, want string }{
		{"two waits", `"wait":{"for":"1d","window":"09:00-10:00"},"next":"b"`, `nodes[0].wait: want one of for, days, at, window, active, date, event, any and until, got for and window`},
		{"event and time", `"wait":{"event":"view","for":"1d"},"next":"b"`, `nodes[0].wait: want an event or a time, not both; the longest wait for an event is within`},
		{"event and condition", `"wait":{"event":"view","within":"1d","until":[{"when":"age > 1"}]},"next":"b"`, `nodes[0].wait: want one of for, days, at, window, active, date, event, any and until, got event and until`},
		{"within", `"wait":{"window":"09:00-10:00","within":"1d"},"next":"b"`, `nodes[0].wait.within: goes with event, any or until only`},
		{"weekdays", `"wait":{"days":1,"at":"09:00","weekdays":"mon"},"next":"b"`, `nodes[0].wait.weekdays: goes with at alone or window`},
		{"no weekday", `"wait":{"window":"09:00-10:00","weekdays":"mond"},"next":"b"`, `nodes[0].wait.weekdays: civil: weekdays "mond"`},
		{"half a window", `"wait":{"window":"09:00"},"next":"b"`, `nodes[0].wait.window: graph: window "09:00": want two times of day`},
		{"a window that never opens", `"wait":{"window":"09:00-09:00"},"next":"b"`, `nodes[0].wait.window: graph: window "09:00-09:00" never opens`},
		{"a window without end", `"wait":{"window":"09:00-25:00"},"next":"b"`, `nodes[0].wait.window: civil: time of day "25:00"`},
		{"too many days", `"wait":{"days":99999},"next":"b"`, `nodes[0].wait.days: is 99999, want at most 36525`},
		{"active without of", `"wait":{"active":{"of":"","else":"10:00"}},"next":"b"`, `nodes[0].wait.active.of: is empty`},
		{"active without else", `"wait":{"active":{"of":"hour","else":""}},"next":"b"`, `nodes[0].wait.active.else: civil: time of day ""`},
		{"active of nothing", `"wait":{"active":{"of":"houre","else":"10:00"}},"next":"b"`, `nodes[0].wait.active.of: no attribute "houre" and no tag "houre" with an hour behind it, did you mean "hour"?`},
		{"active of tags without hours", `"wait":{"active":{"of":"channel/","else":"10:00"}},"next":"b"`, `nodes[0].wait.active.of: no attribute "channel/" and no tag "channel/" with an hour`},
		{"active backwards", `"wait":{"active":{"of":"hour","else":"10:00","within":"-1h"}},"next":"b"`, `nodes[0].wait.active.within: want more than zero`},
		{"active of no segment", `"wait":{"active":{"of":"hour","else":"10:00","segments":[{"segment":"nwe","at":"9"}]}},"next":"b"`, `nodes[0].wait.active.segments[0].at: civil: time of day "9"`},
		{"a segment that is none", `"wait":{"active":{"of":"hour","else":"10:00","segments":[{"segment":"nwe","at":"09:00"}]}},"next":"b"`, `nodes[0].wait.active.segments[0].segment: no segment "nwe", did you mean "new"?`},
		{"a date without past", `"wait":{"date":{"attribute":"expiry","at":"10:00"}},"next":"b"`, `nodes[0].wait.date.past: is empty: what becomes of somebody who comes after that`},
		{"a date with another past", `"wait":{"date":{"attribute":"expiry","at":"10:00","past":"go"}},"next":"b"`, `nodes[0].wait.date.past: "go": want continue, skip, exit`},
		{"a yearly date with past", `"wait":{"date":{"attribute":"expiry","at":"10:00","yearly":true,"past":"exit"}},"next":"b"`, `nodes[0].wait.date.past: does not go with yearly`},
		{"a leap without yearly", `"wait":{"date":{"attribute":"expiry","at":"10:00","leap":"mar1","past":"exit"}},"next":"b"`, `nodes[0].wait.date.leap: goes with yearly only`},
		{"a date at no time", `"wait":{"date":{"attribute":"expiry","at":"10","past":"exit"}},"next":"b"`, `nodes[0].wait.date.at: civil: time of day "10"`},
		{"a date of no attribute", `"wait":{"date":{"attribute":"expires","at":"10:00","past":"exit"}},"next":"b"`, `nodes[0].wait.date.attribute: no attribute "expires"`},
		{"a date that is a number", `"wait":{"date":{"attribute":"age","at":"10:00","past":"exit"}},"next":"b"`, `nodes[0].wait.date.attribute: "age" is int, and no date`},
		{"the edge past, and past exits", `"wait":{"date":{"attribute":"expiry","at":"10:00","past":"exit"}},"next":"b","on":{"past":"b"}`, `nodes[0].on.past: no such outcome, want one of missing`},
		{"an empty condition", `"wait":{"until":[{"when":""}]},"next":"b"`, `nodes[0].wait.until[0].when: is empty`},
		{"a condition", `"wait":{"until":[{"when":"aeg > 1"}]},"next":"b"`, `nodes[0].wait.until[0].when: 1:1: unknown name aeg`},
		{"a condition that leads nowhere", `"wait":{"until":[{"when":"age > 1","next":"c"}]},"next":"b"`, `nodes[0].wait.until[0].next: no node "c"`},
		{"ranked without an end", `"wait":{"any":[{"event":"view"},{"event":"unfollow"}],"ranked":true},"next":"b"`, `nodes[0].wait.ranked: goes with several events and within`},
		{"ranked alone", `"wait":{"event":"view","within":"1d","ranked":true},"next":"b"`, `nodes[0].wait.ranked: goes with several events and within`},
		{"a gate for nobody", `"gate":{"n":0,"per":"day"},"next":"b"`, `nodes[0].gate.n: is 0, want at least 1`},
		{"a gate per year", `"gate":{"n":1,"per":"year"},"next":"b"`, `nodes[0].gate.per: "year": want minute, hour, day, week, month`},
		{"a line without stretches", `"gate":{"n":1,"within":"1d","wait":true},"next":"b"`, `nodes[0].gate.wait: goes with per only`},
		{"late without a line", `"gate":{"n":1,"per":"day","late":"1d"},"next":"b"`, `nodes[0].gate.late: goes with wait only`},
		{"full with a line", `"gate":{"n":1,"per":"day","wait":true},"next":"b","on":{"full":"b"}`, `nodes[0].on.full: no such outcome, want one of late`},
		{"no desk", `"assign":{"desk":""},"next":"b"`, `nodes[0].assign.desk: is empty`},
		{"no event to say", `"emit":{"event":""},"next":"b"`, `nodes[0].emit.event: is empty`},
		{"an event that nobody declared", `"emit":{"event":"viewed"},"next":"b"`, `nodes[0].emit.event: no event "viewed", did you mean "view"?`},
		{"no such property", `"emit":{"event":"view","props":{"itm":"x"}},"next":"b"`, `nodes[0].emit.props.itm: the event has no property "itm", did you mean "item"?`},
		{"a property of another type", `"emit":{"event":"order_paid","props":{"amount":"much"}},"next":"b"`, `nodes[0].emit.props.amount: is no int`},
		{"no such property for a variable", `"emit":{"event":"view","vars":{"itm":"amount"}},"next":"b"`, `nodes[0].emit.vars.itm: the event has no property "itm"`},
		{"no such variable", `"emit":{"event":"view","vars":{"item":"amuont"}},"next":"b"`, `nodes[0].emit.vars.item: the journey has no variable "amuont"`},
		{"a property twice", `"emit":{"event":"view","props":{"item":"x"},"vars":{"item":"amount"}},"next":"b"`, `nodes[0].emit.vars.item: is in props too`},
		{"no journey", `"sub":{"journey":""},"next":"b"`, `nodes[0].sub.journey: is empty`},
		{"an unknown journey", `"sub":{"journey":"k"},"next":"b"`, `nodes[0].sub.journey: no journey "k"`},
		{"a variable for a journey", `"sub":{"journey":"j2","vars":{"x":"amuont"}},"next":"b"`, `nodes[0].sub.vars.x: the journey has no variable "amuont"`},
		{"another winner", `"experiment":{"name":"x","arms":{"a":"b"},"winner":"first","metric":"view"}`, `nodes[0].experiment.winner: "first": want significant, best, never`},
		{"a winner by nothing", `"experiment":{"name":"x","arms":{"a":"b"},"winner":"significant"}`, `nodes[0].experiment.metric: is empty`},
		{"the best at no time", `"experiment":{"name":"x","arms":{"a":"b"},"winner":"best","metric":"view"}`, `nodes[0].experiment.after: want a time above zero`},
		{"a metric that is no event", `"experiment":{"name":"x","arms":{"a":"b"},"metric":"viewed"}`, `nodes[0].experiment.metric: no event "viewed", did you mean "view"?`},
		{"a window of nothing", `"experiment":{"name":"x","arms":{"a":"b"},"window":"1d"}`, `nodes[0].experiment.window: goes with metric`},
		{"max", `"max":-1,"tag":"vip","next":"b"`, `nodes[0].max: is -1, want at least 1`},
		{"the edge max without a max", `"tag":"vip","next":"b","on":{"max":"b"}`, `nodes[0].on.max: no such outcome`},
		{"two arms of one name", `"split":{"arms":[{"weight":1,"next":"b"},{"weight":1,"next":"b"}]}`, `nodes[0].split.arms[1].name: arms[0] is "b" too; name one`},
		{"no weight", `"split":{"arms":[{"weight":0,"next":"b"}]}`, `nodes[0].split.arms: want an arm with a weight above zero`},
	} {
		t.Run(c.name, func(t *testing.T) {
			def := `{"name":"j","entry":{"event":"order_paid","keep":["amount"]},"nodes":[{"id":"a",` + c.node + `},{"id":"b","exit":"x"}]}`
			_, err := compile(decode(t, def, `{"name":"j2","entry":{"call":true},"nodes":[{"id":"a","exit":"x"}]}`)...)
			require.ErrorContains(t, err, `[0].`+c.want)
		})
	}
}

// What takes no time is no way round, unless a max ends it.
func TestCyclesWithoutTime(t *testing.T) {
	for _, c := range []struct{ name, nodes, want string }{
		{"a window may be open", `{"id":"a","wait":{"window":"09:00-10:00"},"next":"a"}`, `a cycle that takes no time: a → a`},
		{"a date may be now", `{"id":"a","wait":{"date":{"attribute":"birthday","at":"10:00","yearly":true}},"next":"a"}`, `a cycle that takes no time: a → a`},
		{"a date and a wait", `{"id":"a","wait":{"date":{"attribute":"birthday","at":"10:00","yearly":true}},"next":"b"},{"id":"b","wait":{"for":"1d"},"next":"a"}`, ``},
		{"an hour may be now", `{"id":"a","wait":{"active":{"of":"hour","else":"10:00"}},"next":"a"}`, `a cycle that takes no time: a → a`},
		{"a condition may be true", `{"id":"a","wait":{"until":[{"when":"age > 1","next":"b"}]},"next":"c"},{"id":"b","tag":"vip","next":"a"},{"id":"c","exit":"x"}`, `nodes[1].next: a cycle that takes no time: a → b → a`},
		{"the end of a condition takes time", `{"id":"a","wait":{"until":[{"when":"age > 1"}],"within":"1d"},"next":"c","on":{"timeout":"b"}},{"id":"b","tag":"vip","next":"a"},{"id":"c","exit":"x"}`, ``},
		{"it takes time where it has no edge of its own", `{"id":"a","wait":{"until":[{"when":"age > 1","next":"c"}],"within":"1d"},"next":"a"},{"id":"c","exit":"x"}`, ``},
		{"a condition leads on by next", `{"id":"a","wait":{"until":[{"when":"age > 1"}],"within":"1d"},"next":"a"}`, `nodes[0].next: a cycle that takes no time: a → a`},
		{"a gate may be open", `{"id":"a","gate":{"n":1,"per":"day","wait":true},"next":"a"}`, `a cycle that takes no time: a → a`},
		{"another journey may be over at once", `{"id":"a","sub":{"journey":"j2"},"next":"a"}`, `a cycle that takes no time: a → a`},
		{"an event is said at once", `{"id":"a","emit":{"event":"view"},"next":"a"}`, `a cycle that takes no time: a → a`},
		{"a max ends it", `{"id":"a","max":3,"tag":"vip","next":"a","on":{"max":"b"}},{"id":"b","exit":"x"}`, ``},
		{"a max that leads back does not", `{"id":"a","max":3,"tag":"vip","next":"a"}`, `nodes[0].next: a cycle that takes no time: a → a`},
		{"nor one that leads back by its edge", `{"id":"a","max":3,"tag":"vip","next":"c","on":{"max":"b"}},{"id":"b","untag":"vip","next":"a"},{"id":"c","exit":"x"}`, `a cycle that takes no time: a → b → a`},
		{"a max in a wait does not take its time away from others", `{"id":"a","wait":{"for":"1d"},"next":"b"},{"id":"b","tag":"vip","next":"a"}`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := compile(decode(t, `{"name":"j","entry":{"call":true},"nodes":[`+c.nodes+`]}`, `{"name":"j2","entry":{"call":true},"nodes":[{"id":"a","exit":"x"}]}`)...)
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
	sub := func(name, to string) string {
		return `{"name":"` + name + `","entry":{"call":true},"nodes":[` + to + `]}`
	}
	for _, c := range []struct {
		name string
		defs []string
		want string
	}{
		{"itself", []string{sub("j", `{"id":"a","sub":{"journey":"j"}}`)}, `[0].nodes[0].sub.journey: journeys move people round in no time: j → j`},
		{"over a goto", []string{sub("j", `{"id":"a","sub":{"journey":"k"}}`), sub("k", `{"id":"a","goto":"j"}`)}, `[1].nodes[0].goto: journeys move people round in no time: j → k → j`},
		{"behind a sub", []string{sub("j", `{"id":"a","sub":{"journey":"k"},"next":"b"},{"id":"b","goto":"j"}`), sub("k", `{"id":"a","exit":"x"}`)}, `[0].nodes[1].goto: journeys move people round in no time: j → j`},
		{"over a wait", []string{sub("j", `{"id":"a","sub":{"journey":"k"}}`), sub("k", `{"id":"w","wait":{"for":"1d"},"next":"a"},{"id":"a","sub":{"journey":"j"}}`)}, ``},
		{"up to a max", []string{sub("j", `{"id":"a","max":2,"sub":{"journey":"j"}}`)}, `[0].nodes[0].sub.journey: journeys move people round in no time: j → j`},
	} {
		t.Run(strings.Join([]string{"journeys", c.name}, ", "), func(t *testing.T) {
			_, err := compile(decode(t, c.defs...)...)
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}
