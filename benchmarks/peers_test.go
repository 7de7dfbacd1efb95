package benchmarks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/PaesslerAG/gval"
	"github.com/casbin/govaluate"
	"github.com/diegoholiveira/jsonlogic/v3"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/marque-go/marque/rule"
)

// The peers get what makes them fast: the map of each person is made beforehand, in the types that they like best;
// a rule is compiled once; what can be worked out beforehand for all people is in the map, as the instants month_ago
// and quarter_ago are in place of days since. None of them knows missing values as a third truth, so these are the
// value that makes the rules a "no".

// values are the attributes of a person, numbers as whole makes them.
func (p *person) values(whole func(int64) any) map[string]any {
	return map[string]any{
		"age": whole(int64(p.age)), "city": p.city, "level": whole(int64(p.level)), "orders": whole(int64(p.orders)), "spent": whole(p.spent),
		"last_order": whole(int64(p.lastOrder)), "email": p.email, "unsubscribed": p.unsubscribed == nil || *p.unsubscribed,
		"gender": p.gender, "channel": p.channel, "joined": whole(int64(p.joined)),
		"month_ago": whole(int64(noon - month)), "quarter_ago": whole(int64(noon - quarter)),
	}
}

func (p *person) hasTag(name string) bool {
	for i := range p.tags {
		if t := &p.tags[i]; tagNames[t.tag] == name {
			return t.from <= noon && (t.until == 0 || noon < t.until)
		}
	}
	return false
}

// times counts the events of the last days.
func (p *person) times(kind string, days int) int {
	n := 0
	for k, name := range kindNames {
		if name == kind {
			for at := p.events[k]; n < len(at) && noon-at[len(at)-1-n] < rule.Instant(days)*day; n++ {
			}
		}
	}
	return n
}

// A judge is a rule over people in the form of a peer.
type judge func(i int) bool

func (x judge) over(people int) side {
	return func(i, n int) (yes int) {
		for j := i % people; n > 0; n-- {
			if x(j) {
				yes++
			}
			if j++; j == people {
				j = 0
			}
		}
		return yes
	}
}

// A peer compiles the k-th rule for the people of a crowd.
type peer struct {
	name string
	rows func(people []person) []map[string]any
	rule func(k int, rows []map[string]any) judge
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// truth is the answer of a peer that gives any.
func truth(x any, err error) bool { return must(x, err).(bool) }

func plain(whole func(int64) any, add func(row map[string]any, p *person)) func([]person) []map[string]any {
	return func(people []person) []map[string]any {
		all := make([]map[string]any, len(people))
		for i := range people {
			all[i] = people[i].values(whole)
			add(all[i], &people[i])
		}
		return all
	}
}

func ints(n int64) any   { return int(n) }
func floats(n int64) any { return float64(n) }

// operators writes the rules for a language with && and ||.
func operators(in, suffix, tag, times string) [len(sources)]string {
	one := func(name string, of ...string) string {
		for i, s := range of {
			of[i] = `"` + s + `"`
		}
		return fmt.Sprintf(in, name, strings.Join(of, ", "))
	}
	return [...]string{
		`age >= 25 && age < 45 && ` + one("city", "Shanghai", "Beijing", "Chengdu") + ` && level >= 3`,
		`orders >= 5 && spent > 20000 && last_order > month_ago`,
		fmt.Sprintf(tag+" && !"+tag, "vip", "complained"),
		fmt.Sprintf(times+" >= 2 && "+times+" == 0", "view", "order_paid"),
		`(city == "Shenzhen" || city == "Hangzhou" || city == "Shanghai") && ` + suffix + ` && (level >= 5 || spent > 15000) && !unsubscribed && last_order > quarter_ago`,
	}
}

// expr with one VM for all: functions are closures of the person with a signature that expr calls without reflection.
var exprVM = peer{
	name: "expr",
	rows: plain(ints, func(row map[string]any, p *person) { row["has_tag"], row["times"] = p.hasTag, p.times }),
	rule: func(k int, rows []map[string]any) judge {
		source := operators(`%s in [%s]`, `email endsWith "@example.com"`, `has_tag("%s")`, `times("%s", 7)`)[k]
		program := must(expr.Compile(source, expr.Env(rows[0]), expr.AsBool()))
		var machine vm.VM
		return func(i int) bool { return truth(machine.Run(program, rows[i])) }
	},
}

// cel-go: a checked and optimised program, values of its own types, functions with a binding for two arguments.
var celGo = peer{
	name: "cel",
	rows: plain(func(n int64) any { return types.Int(n) }, func(row map[string]any, p *person) { row["me"] = me{p} }),
	rule: func(k int, rows []map[string]any) judge {
		source := operators(`%s in [%s]`, `email.endsWith("@example.com")`, `has_tag(me, "%s")`, `in_week(me, "%s")`)[k]
		options := []cel.EnvOption{
			cel.Variable("me", meType),
			cel.Function("has_tag", cel.Overload("has_tag_me_string", []*cel.Type{meType, cel.StringType}, cel.BoolType,
				cel.BinaryBinding(func(a, b ref.Val) ref.Val { return types.Bool(a.(me).hasTag(string(b.(types.String)))) }))),
			cel.Function("in_week", cel.Overload("in_week_me_string", []*cel.Type{meType, cel.StringType}, cel.IntType,
				cel.BinaryBinding(func(a, b ref.Val) ref.Val { return types.Int(a.(me).times(string(b.(types.String)), 7)) }))),
		}
		for name, v := range rows[0] {
			switch v.(type) {
			case types.Int:
				options = append(options, cel.Variable(name, cel.IntType))
			case string:
				options = append(options, cel.Variable(name, cel.StringType))
			case bool:
				options = append(options, cel.Variable(name, cel.BoolType))
			}
		}
		env := must(cel.NewEnv(options...))
		tree, issues := env.Compile(source)
		program := must(env.Program(must(tree, issues.Err()), cel.EvalOptions(cel.OptOptimize)))
		return func(i int) bool {
			x, _, err := program.Eval(rows[i])
			return bool(must(x, err).(types.Bool))
		}
	},
}

var meType = cel.ObjectType("me")

// me is a person as a value of CEL.
type me struct{ *person }

func (m me) ConvertToNative(reflect.Type) (any, error) { return nil, errors.ErrUnsupported }
func (m me) ConvertToType(ref.Type) ref.Val            { return types.NewErr("no other type") }
func (m me) Equal(other ref.Val) ref.Val               { return types.Bool(m == other) }
func (m me) Type() ref.Type                            { return meType }
func (m me) Value() any                                { return m.person }

// Functions of the person for those who take any.
func tagOf(args ...any) (any, error) { return args[0].(*person).hasTag(args[1].(string)), nil }
func timesOf(args ...any) (any, error) {
	return float64(args[0].(*person).times(args[1].(string), 7)), nil
}
func suffix(args ...any) (any, error) {
	return strings.HasSuffix(args[0].(string), args[1].(string)), nil
}

func withPerson(row map[string]any, p *person) { row["me"] = p }

var valuate = peer{
	name: "govaluate",
	rows: plain(floats, withPerson),
	rule: func(k int, rows []map[string]any) judge {
		source := operators(`%s in (%s)`, `suffix(email, "@example.com")`, `has_tag(me, "%s")`, `in_week(me, "%s")`)[k]
		x := must(govaluate.NewEvaluableExpressionWithFunctions(source, map[string]govaluate.ExpressionFunction{"has_tag": tagOf, "in_week": timesOf, "suffix": suffix}))
		return func(i int) bool { return truth(x.Eval(govaluate.MapParameters(rows[i]))) }
	},
}

var gvalPeer = peer{
	name: "gval",
	rows: plain(floats, withPerson),
	rule: func(k int, rows []map[string]any) judge {
		source := operators(`%s in [%s]`, `suffix(email, "@example.com")`, `has_tag(me, "%s")`, `in_week(me, "%s")`)[k]
		x := must(gval.Full(gval.Function("has_tag", tagOf), gval.Function("in_week", timesOf), gval.Function("suffix", suffix)).NewEvaluable(source))
		ctx := context.Background()
		return func(i int) bool { return truth(x(ctx, rows[i])) }
	},
}

var logic = peer{
	name: "jsonlogic",
	rows: plain(floats, func(row map[string]any, p *person) {
		var tags []any
		for i, name := range tagNames {
			if p.hasTag(name) {
				tags = append(tags, tagNames[i])
			}
		}
		row["tags"], row["me"] = tags, p
	}),
	rule: func(k int, rows []map[string]any) judge {
		jsonlogic.AddOperator("in_week", func(values, _ any) any {
			args := values.([]any)
			return float64(args[0].(*person).times(args[1].(string), 7))
		})
		jsonlogic.AddOperator("suffix", func(values, _ any) any {
			args := values.([]any)
			return strings.HasSuffix(args[0].(string), args[1].(string))
		})
		var x any
		if err := json.Unmarshal([]byte(jsonRules[k]), &x); err != nil {
			panic(err)
		}
		//lint:ignore SA1019 the others read the rule and the person as JSON text each time
		return func(i int) bool { return truth(jsonlogic.ApplyInterface(x, rows[i])) }
	},
}

var jsonRules = [len(sources)]string{
	`{"and": [{">=": [{"var": "age"}, 25]}, {"<": [{"var": "age"}, 45]}, {"in": [{"var": "city"}, ["Shanghai", "Beijing", "Chengdu"]]}, {">=": [{"var": "level"}, 3]}]}`,
	`{"and": [{">=": [{"var": "orders"}, 5]}, {">": [{"var": "spent"}, 20000]}, {">": [{"var": "last_order"}, {"var": "month_ago"}]}]}`,
	`{"and": [{"in": ["vip", {"var": "tags"}]}, {"!": [{"in": ["complained", {"var": "tags"}]}]}]}`,
	`{"and": [{">=": [{"in_week": [{"var": "me"}, "view"]}, 2]}, {"==": [{"in_week": [{"var": "me"}, "order_paid"]}, 0]}]}`,
	`{"and": [{"or": [{"==": [{"var": "city"}, "Shenzhen"]}, {"==": [{"var": "city"}, "Hangzhou"]}, {"==": [{"var": "city"}, "Shanghai"]}]},
		{"suffix": [{"var": "email"}, "@example.com"]}, {"or": [{">=": [{"var": "level"}, 5]}, {">": [{"var": "spent"}, 15000]}]},
		{"!": [{"var": "unsubscribed"}]}, {">": [{"var": "last_order"}, {"var": "quarter_ago"}]}]}`,
}

var peers = []peer{exprVM, celGo, valuate, gvalPeer, logic}
