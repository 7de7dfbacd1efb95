package shape

import (
	"reflect"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

const (
	clock    = `^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$`
	span     = `^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?-([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$`
	duration = `^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?$`
	share    = `^[0-9]+(\.[0-9]+)?%$`
	weekday  = `(mon|tue|wed|thu|fri|sat|sun)`
	weekdays = `^` + weekday + `(-` + weekday + `)?(, *` + weekday + `(-` + weekday + `)?)*$`
)

// A form is what a text of a field may be: one of several, or what matches a pattern, with samples of it.
type form struct {
	choices []string
	pattern string
	samples []string
}

var (
	clocks = form{pattern: clock, samples: []string{"00:00", "08:30", "21:30:15", "23:59"}}
	do     = form{choices: []string{"skip", "send", "exit"}}
)

// forms are the fields that are not just any text, by type and name in JSON.
var forms = map[string]form{
	"Def.consent":       {choices: []string{"required", "assumed"}},
	"Def.zone":          {samples: []string{"UTC", "Asia/Shanghai", "America/New_York"}},
	"Entry.reentry":     {choices: []string{"once", "active", "every", "window"}},
	"Schedule.cron":     {pattern: `^\S+( +\S+){4}$`, samples: []string{"0 10 * * 1", "*/5 8-20 1,15 * mon-fri"}},
	"Date.at":           clocks,
	"Date.leap":         {choices: []string{"feb28", "mar1"}},
	"Quota.per":         {choices: []string{"minute", "hour", "day", "week", "month"}},
	"Late.do":           do,
	"Quiet.from":        clocks,
	"Quiet.to":          clocks,
	"Quiet.do":          {choices: []string{"hold", "drop", "next"}},
	"Cap.per":           {choices: []string{"day", "week", "month"}},
	"Wait.at":           clocks,
	"Wait.weekdays":     {pattern: weekdays, samples: []string{"mon-fri", "sat,sun", "fri-mon, wed"}},
	"Wait.window":       {pattern: span, samples: []string{"09:00-18:00", "22:00-02:30:30"}},
	"Active.else":       clocks,
	"SegmentHour.at":    clocks,
	"DateWait.past":     {choices: []string{"continue", "skip", "exit"}},
	"Experiment.winner": {choices: []string{"significant", "best", "never"}},
}

// texts are the types that are written as one text.
var texts = map[reflect.Type]form{
	reflect.TypeFor[marque.Duration](): {pattern: duration, samples: []string{"90s", "2d", "1d12h", "3w", "1ms5us"}},
	reflect.TypeFor[graph.Share]():     {pattern: share, samples: []string{"10%", "0.0001%", "100%", "33.3333%"}},
	reflect.TypeFor[graph.Tag]():       {pattern: `^.+$`, samples: []string{"lost", "lost for 30d", "城市/重庆"}},
	reflect.TypeFor[rule.Type]():       {choices: []string{"any", "bool", "int", "float", "string", "time", "strings"}},
}

// oneOf are the types of which exactly one of these fields is set.
var oneOf = map[reflect.Type][]string{
	reflect.TypeFor[graph.Entry](): {"event", "segment", "left", "did", "schedule", "date", "signal", "call"},
	reflect.TypeFor[graph.Cap]():   {"per", "within"},
	reflect.TypeFor[graph.Node](): {"send", "wait", "branch", "split", "experiment", "tag", "untag", "score", "set",
		"coupon", "assign", "call", "emit", "gate", "sub", "goto", "exit"},
}

// A field is one of a struct, as JSON has it; those of embedded structs are among them.
type field struct {
	name     string
	owner    reflect.Type
	typ      reflect.Type
	index    []int
	required bool
	form     form
}

func fieldsOf(t reflect.Type) (all []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for _, in := range fieldsOf(f.Type) {
				in.index = append([]int{i}, in.index...)
				all = append(all, in)
			}
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		all = append(all, field{
			name: name, owner: t, typ: f.Type, index: []int{i},
			required: !strings.Contains(options, "omit") && !slices.Contains(oneOf[t], name),
			form:     forms[t.Name()+"."+name],
		})
	}
	return all
}
