package arch

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// The rooms by what they may import of the module.
var (
	base   = []string{"rule", "limit", "stat"}
	domain = []string{"profile", "tagging", "scoring", "segment", "coupon", "routing", "abtest", "funnel", "journey"}
	// open import anything.
	open = []string{"journey/actions", "journey/lab", "loop", "stores", "examples", "benchmarks"}
)

const (
	maxLines = 3000
	maxNames = 70
)

var badNames = []string{"util", "utils", "common", "types", "models", "helpers"}

// A dependency and who may have it. The open rooms may have any but those that are kept to one place.
type dependency struct {
	prefix string
	in     []string // rooms; "domain" stands for all of those
	only   bool     // not in the open rooms either
}

var dependencies = []dependency{
	{"github.com/expr-lang/expr", []string{"rule/lang"}, true},
	{"go.yaml.in/yaml/v3", []string{"internal/source"}, false},
	{"github.com/google/uuid", []string{"domain"}, false},
	{"golang.org/x/exp", []string{"rule", "limit", "stat", "internal", "domain"}, false},
	{"gonum.org/v1/gonum/mathext", []string{"rule", "limit", "stat", "internal", "domain"}, false},
	{"gonum.org/v1/gonum/mat", []string{"domain"}, false},
	{"gonum.org/v1/gonum/optimize", []string{"scoring", "segment/audience"}, false},
	{"github.com/nyaruka/phonenumbers", []string{"profile/clean"}, false},
	{"golang.org/x/net/idna", []string{"profile/clean"}, false},
	{"golang.org/x/text", []string{"profile/clean"}, false},
	{"github.com/RoaringBitmap/roaring/v2", []string{"segment/audience"}, false},
	{"github.com/adhocore/gronx", []string{"journey/when"}, false},
	{"golang.org/x/time/rate", []string{"journey"}, false},
	{"github.com/wneessen/go-mail", []string{"journey/channel/mail"}, false},
	{"github.com/stretchr/testify", nil, true},
	{"pgregory.net/rapid", nil, true},
}

// under reports whether p is one of the rooms or lies in one.
func under(p string, rooms ...string) bool {
	for _, r := range rooms {
		if p == r || strings.HasPrefix(p, r+"/") {
			return true
		}
	}
	return false
}

func top(p string) string {
	first, _, _ := strings.Cut(p, "/")
	return first
}

// arrow reports whether the package from may import the package to of the same module.
func arrow(from, to string) bool {
	own := top(from)
	switch {
	case under(from, open...):
		return true
	case from == "" || to != "" && under(to, open...) && !under(to, "journey"):
		return false
	case to == "":
		return true
	case under(to, "journey/actions", "journey/lab"):
		return false
	case under(from, "rule/lang"):
		return under(to, "rule", "internal")
	case under(to, "rule/lang"):
		return false
	case under(from, base...):
		return under(to, own, "internal/civil")
	case under(from, "internal"):
		return under(to, "internal") || under(to, base...)
	case under(from, domain...):
		return under(to, own, "internal") || under(to, base...)
	}
	return false
}

// outside reports whether the package from may import a package of another module.
func outside(from, to string) bool {
	for _, d := range dependencies {
		if !under(to, d.prefix) {
			continue
		}
		return !d.only && under(from, open...) || under(from, d.in...) || slices.Contains(d.in, "domain") && under(from, domain...)
	}
	return under(from, open...)
}

// faults lists everything in the house that is not as it should be.
func (h *house) faults() (all []string) {
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, p := range slices.Sorted(maps.Keys(h.packages)) {
		r := h.packages[p]
		shown := p
		if p == "" {
			shown = h.module
		}
		known := p == "" || under(p, base...) || under(p, domain...) || under(p, open...) || under(p, "internal")
		if !known {
			add("%s: no rule says what this room may import", shown)
		}
		if slices.Contains(badNames, r.name) || slices.Contains(badNames, path.Base(p)) {
			add("%s: a package is not called %s", shown, r.name)
		}
		if r.lines > maxLines {
			add("%s: %d lines are more than %d: it is two rooms", shown, r.lines, maxLines)
		}
		if n := len(r.exported); n > maxNames {
			add("%s: %d exported names are more than %d: it is two rooms", shown, n, maxNames)
		}
		for _, i := range slices.Sorted(maps.Keys(r.imports)) {
			own, isOwn := h.own(i)
			switch {
			case isOwn && known && !arrow(p, own):
				add("%s: %s must not import %s", r.imports[i], shown, i)
			case !isOwn && strings.Contains(top(i), ".") && !outside(p, i):
				add("%s: %s must not import %s", r.imports[i], shown, i)
			}
		}
		if !under(p, "examples", "benchmarks") {
			for _, at := range r.inits {
				add("%s: no func init", at)
			}
		}
		if !under(p, "loop", "stores", "examples", "benchmarks") && !h.suite(p) {
			for _, at := range r.clock {
				add("%s: time is an argument; the clock is read through Options.Now", at)
			}
		}
		if !under(p, "rule/lang") && !under(p, open...) {
			if way := h.way(p, "github.com/expr-lang/expr"); way != nil {
				add("%s compiles expr: %s", shown, strings.Join(way, " -> "))
			}
		}
	}
	return all
}

// suite reports whether p is an exported test suite: coupon/coupontest, or internal/xtest beside internal/x.
func (h *house) suite(p string) bool {
	dir, name := path.Dir(p), path.Base(p)
	of, ok := strings.CutSuffix(name, "test")
	return ok && (path.Base(dir) == of || h.packages[path.Join(dir, of)] != nil)
}

// own is the path within the module of an import path.
func (h *house) own(i string) (string, bool) {
	if i == h.module {
		return "", true
	}
	return strings.CutPrefix(i, h.module+"/")
}

// way is how a package comes to import, itself or through others, what begins with prefix; nil where it does not.
func (h *house) way(from, prefix string) []string {
	seen := map[string]bool{}
	var walk func(p string) []string
	walk = func(p string) []string {
		if seen[p] || h.packages[p] == nil {
			return nil
		}
		seen[p] = true
		for _, i := range slices.Sorted(maps.Keys(h.packages[p].imports)) {
			if under(i, prefix) {
				return []string{p, i}
			}
			if own, ok := h.own(i); ok {
				if rest := walk(own); rest != nil {
					return append([]string{p}, rest...)
				}
			}
		}
		return nil
	}
	return walk(from)
}

// compiles are the packages of the module, and the modules outside, that a consumer of the package compiles.
func (h *house) compiles(from string) (own, others []string) {
	seen := map[string]bool{}
	var walk func(p string)
	walk = func(p string) {
		if seen[p] {
			return
		}
		seen[p] = true
		own = append(own, p)
		if h.packages[p] == nil {
			return
		}
		for i := range h.packages[p].imports {
			if q, ok := h.own(i); ok {
				walk(q)
			} else if strings.Contains(top(i), ".") && !slices.Contains(others, i) {
				others = append(others, i)
			}
		}
	}
	walk(from)
	slices.Sort(own)
	slices.Sort(others)
	return own, others
}
