package sqlstore

import (
	"fmt"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

// writer draws random rules over the shop.
type writer struct {
	t      *rapid.T
	filter string // the event whose filter it is in
}

func (w *writer) one(of ...string) string { return rapid.SampledFrom(of).Draw(w.t, "one") }
func (w *writer) n(lo, hi int) int        { return rapid.IntRange(lo, hi).Draw(w.t, "n") }

func (w *writer) op() string { return w.one(" == ", " != ", " < ", " <= ", " > ", " >= ") }

func (w *writer) condition(depth int) string {
	kinds := 14
	if depth > 0 {
		kinds = 20
	}
	switch w.n(0, kinds) {
	case 0:
		return w.number(depth) + w.op() + w.number(depth)
	case 1:
		return w.number(depth) + w.op() + w.one("0", "1", "-1", "2", "3", "0.5", "2.0", "-0.0", "9007199254740993", "9007199254740992.0", "9223372036854775807", "1e19", "-1e19", "0.1")
	case 2:
		return w.text() + w.one(" == ", " != ", " < ", " <= ", " > ", " >= ", " contains ", " startsWith ", " endsWith ", " not contains ") + w.text()
	case 3:
		return w.text() + w.one(" in ", " not in ") + w.one(`["a"]`, `["a", "ab", "b"]`, `["成都", "a ", "", "%", "x", "y", "z", "A", "é"]`)
	case 4:
		return w.number(depth) + w.one(" in [1, 2, 3]", " in [1, 2.5]", " not in [0]", " in [9007199254740993, 0]", " in [2.0, 0.1]")
	case 5:
		return "has(" + w.one(w.number(depth), w.text(), w.time(depth), "subscribed", "interests", "note") + ")"
	case 6:
		return w.one("subscribed", "subscribed == true", "subscribed != (age > 2)", "interests contains "+w.text(), `"a" in interests`, `"成都" in interests`, `note`, `note == 1`, `note > "a"`)
	case 7:
		return w.one(`has_tag("vip")`, `has_tag("VIP")`, `has_tag("黑名单")`, `in_segment("new")`, `in_segment("lapsing")`)
	case 8:
		return w.time(depth) + w.op() + w.time(depth)
	case 9:
		return w.one("now", `ago("2d")`, `ago("30d")`) + w.op() + w.time(depth)
	case 10:
		return "days_since(" + w.time(depth) + ")" + w.op() + w.one("0", "1", "1.5", "7", "30", "-2", "0.1", "level", "spent", "1e20")
	case 11:
		return w.one(`score("lead")`, `score("fit")`) + w.op() + w.one("0", "10", "12.5", "20", "level", "-3")
	case 12, 13:
		if w.filter != "" {
			return w.one(`it.kind == "a"`, `it.kind != city`, `has(it.kind)`, `it.kind in ["a", "成都"]`)
		}
		if w.n(0, 4) == 0 {
			return `sequence(["view", "order_paid"]` + w.one("", `, within("7d")`, `, this_month()`) + ")"
		}
		return w.history("did", depth)
	case 14:
		return w.text() + ` matches "^a+b?$"`
	case 15, 16:
		return "(" + w.condition(depth-1) + " and " + w.condition(depth-1) + ")"
	case 17, 18:
		return "(" + w.condition(depth-1) + " or " + w.condition(depth-1) + ")"
	case 19:
		return "not (" + w.condition(depth-1) + ")"
	}
	return w.one(
		fmt.Sprintf("((%s) ? (%s) : (%s))", w.condition(depth-1), w.condition(depth-1), w.condition(depth-1)),
		fmt.Sprintf("((%s) ?? (%s))", w.condition(depth-1), w.condition(depth-1)))
}

func (w *writer) number(depth int) string {
	simple := []string{"level", "age", "spent", "2", "1.5"}
	switch w.filter {
	case "order_paid":
		simple = append(simple, "it.amount", "it.weight")
	case "view":
		simple = append(simple, "it.seconds")
	}
	if depth <= 0 {
		return w.one(simple...)
	}
	switch w.n(0, 7) {
	case 0:
		return "(" + w.number(depth-1) + w.one(" + ", " - ", " * ", " / ") + w.number(depth-1) + ")"
	case 1:
		return "(" + w.one("level", "age") + " % " + w.one("3", "-3", "age", "level", "0") + ")"
	case 2:
		return "(" + w.number(depth-1) + " ?? " + w.number(depth-1) + ")"
	case 3:
		return w.one("(-level)", "(age > level ? age : level)", "(city == 城市 ? 1 : 2.5)", "(spent ?? 0)")
	case 4, 5, 6:
		if w.filter == "" {
			return w.history(w.one("times", "total", "distinct"), depth)
		}
	}
	return w.one(simple...)
}

func (w *writer) text() string {
	if w.filter != "" && w.n(0, 1) == 0 {
		return "it.kind"
	}
	if w.n(0, 2) == 0 {
		return strconv.Quote(rapid.SampledFrom(words).Draw(w.t, "word"))
	}
	return w.one("city", "email", `attr("utm-source")`, "城市", `(city ?? email)`, `(subscribed ? city : "ab")`, `(level > 1 ? "a" : "B")`)
}

func (w *writer) time(depth int) string {
	if w.filter == "" && w.n(0, 1) == 0 {
		return w.history(w.one("first_at", "last_at"), depth)
	}
	if w.filter == "order_paid" {
		return "it.due"
	}
	return w.one("last_order", `date("2026-06-10")`, `date("2026-06-10T12:00:00.000001Z")`, `(last_order ?? date("2026-06-01"))`)
}

func (w *writer) history(f string, depth int) string {
	event := w.one("order_paid", "order_paid", "view")
	args := []string{`"` + event + `"`}
	switch {
	case f == "total" && event == "order_paid":
		args = append(args, w.one(`"amount"`, `"amount"`, `"weight"`))
	case f == "total":
		args = append(args, `"seconds"`)
	case f == "distinct" && event == "order_paid":
		args = append(args, w.one(`"kind"`, `"amount"`, `"weight"`, `"due"`))
	case f == "distinct":
		args = append(args, w.one(`"kind"`, `"seconds"`))
	}
	if w.n(0, 3) > 0 {
		args = append(args, w.one(`within("1d")`, `within("7d")`, `within("30d")`, `between("30d", "2d")`, `since("2026-06-05")`, `today()`, `this_week()`, `this_month()`, `since("2026-06-15T12:00:00Z")`))
	}
	if w.n(0, 2) == 0 {
		w.filter = event
		args = append(args, w.condition(min(depth-1, 1)))
		w.filter = ""
	}
	return f + "(" + strings.Join(args, ", ") + ")"
}
