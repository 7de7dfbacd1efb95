package loop

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// checkRefs checks every use of a name by a definition against the definitions and the host.
func (p Program) checkRefs(plan *Plan, h Host) error {
	known := map[string][]string{
		"event":   plan.lex.EventNames(),
		"channel": slices.Sorted(maps.Keys(h.Channels)),
		"call":    append(slices.Sorted(maps.Keys(h.Calls)), "points", "stage"),
	}
	for _, a := range p.Attributes {
		known["attribute"] = append(known["attribute"], a.Name)
	}
	for _, d := range p.Tags {
		known["tag"] = append(known["tag"], d.Name)
	}
	for _, d := range p.Scores {
		known["score"] = append(known["score"], d.Name)
	}
	for _, d := range p.Segments {
		known["segment"] = append(known["segment"], d.Name)
	}
	for _, d := range p.Coupons {
		known["coupon"] = append(known["coupon"], d.Name)
	}
	for _, d := range p.Experiments {
		known["experiment"] = append(known["experiment"], d.Name)
	}
	for _, d := range p.Journeys {
		known["journey"] = append(known["journey"], d.Name)
	}
	var f marque.Faults
	check := func(at string, refs []marque.Ref) {
		for _, r := range refs {
			if r.Kind == "desk" && h.Calls["assign"] != nil { // it knows its desks
				continue
			}
			if names := known[r.Kind]; !slices.Contains(names, r.Name) {
				f.Wrap(at, &marque.FieldError{Path: r.Path, Err: unknown(r, names)})
			}
		}
	}
	if plan.tags != nil {
		check("tags", plan.tags.Refs())
	}
	if plan.scores != nil {
		check("scores", plan.scores.Refs())
	}
	if plan.points != nil {
		check("points", plan.points.Refs())
	}
	if plan.lifecycles != nil {
		check("lifecycles", plan.lifecycles.Refs())
	}
	if plan.segments != nil {
		check("segments", plan.segments.Refs())
	}
	check("messages", plan.messages.Refs())
	if plan.journeys != nil {
		check("journeys", plan.journeys.Refs())
	}
	for i, d := range p.Funnels {
		check(fmt.Sprintf("funnels[%d]", i), d.Refs())
	}
	for i, d := range p.Pipelines {
		check(fmt.Sprintf("pipelines[%d]", i), d.Refs())
	}
	return f.Err()
}

// once leaves out what a package found by itself already.
func once(err error) error {
	seen := map[string]bool{}
	var out []error
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		if text := e.Error(); !seen[text] {
			seen[text] = true
			out = append(out, e)
		}
	}
	return errors.Join(out...)
}

type unknownRef struct {
	ref  marque.Ref
	hint string
}

func unknown(r marque.Ref, names []string) error {
	if r.Kind == "channel" {
		return unknownChannel(r, names)
	}
	return unknownRef{r, rule.Hint(r.Name, names)}
}

// unknownChannel names those that the host has, which no file shows.
func unknownChannel(r marque.Ref, names []string) error {
	hint := rule.Hint(r.Name, names)
	switch {
	case len(names) == 0:
		hint = "; the host has none"
	case hint == "":
		hint = "; the host has " + strings.Join(names, ", ")
	}
	return unknownRef{r, hint}
}

func (u unknownRef) Error() string { return "no " + u.ref.Kind + " " + quote(u.ref.Name) + u.hint }

func quote(s string) string { return `"` + s + `"` }
