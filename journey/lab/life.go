package lab

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/journey"
)

// A Life is what journeys did with one person, step by step, as journey.Options.Trace told it. It answers why, from what
// was recorded alone.
type Life struct {
	set     *journey.Set
	profile string
	steps   []journey.Trace
	loc     *time.Location
}

// NewLife takes the steps of one person out of those of many, which come in the order of their commits. A step that was
// told twice counts once.
func NewLife(set *journey.Set, profile string, steps iter.Seq[journey.Trace]) *Life {
	l := &Life{set: set, profile: profile}
	type step struct {
		id      string
		version int64
	}
	seen := map[step]bool{}
	for x := range steps {
		if who(x) != profile {
			continue
		}
		if s := x.Result.State; s.ID != "" {
			if at := (step{s.ID, s.Version}); !seen[at] {
				seen[at] = true
			} else {
				continue
			}
		}
		l.steps = append(l.steps, x)
	}
	slices.SortStableFunc(l.steps, func(a, b journey.Trace) int { return a.At.Compare(b.At) })
	return l
}

func who(x journey.Trace) string {
	switch {
	case x.Result.State.Profile != "":
		return x.Result.State.Profile
	case x.Before.Profile != "":
		return x.Before.Profile
	case x.Input.Event != nil:
		return x.Input.Event.Profile
	case x.Input.Command != nil:
		return x.Input.Command.Profile
	}
	return ""
}

// In is the life with times written in the zone. Default UTC.
func (l *Life) In(loc *time.Location) *Life {
	own := *l
	own.loc = loc
	return &own
}

func (l *Life) write(t time.Time) string { return write(t, l.loc) }

func write(t time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc).Format(layout)
}

// Steps are the person's steps, in their order.
func (l *Life) Steps() []journey.Trace { return l.steps }

// String is the life in lines: when, where, what was decided.
func (l *Life) String() string {
	var b strings.Builder
	for _, x := range l.steps {
		for _, n := range x.Result.Trace {
			b.WriteString(l.write(x.At))
			for _, s := range []string{x.Journey, cmp.Or(n.Node, "-"), n.What, n.Verdict, n.Detail} {
				if s != "" {
					b.WriteString("  " + s)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
