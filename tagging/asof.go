package tagging

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// AsOf lists the tags that a person had at t, as far as it was known then, in order of the name: by what source, how
// sure, since when, by what event or act, and by which version of the definition. A late event changes what is held
// since it arrived, not before. After a merge the person had at t what either of the two had, since the earlier one.
//
// An instant later than now gives what will be on if nothing happens: marks begin and end as they say, rules and
// habits stay as they are.
func (b *Book) AsOf(ctx context.Context, profile string, t time.Time) ([]Tag, error) {
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return nil, fmt.Errorf("tagging: as of %s of %q: %w", t, profile, err)
	}
	turns, err := b.store.History(ctx, profile)
	if err != nil {
		return nil, fmt.Errorf("tagging: as of %s of %q: %w", t, profile, err)
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return nil, fmt.Errorf("tagging: as of %s of %q: %w", t, profile, err)
	}
	at := rule.At(t)
	held := past(turns, at)
	for _, s := range b.plan.stand(rows[0], at) {
		name := whose{tag: s.row.Name}
		old, known := held[name]
		switch {
		case s.early: // the history knows
		case !s.on:
			delete(held, name)
		case known && !s.moved:
			old.Until = s.def.until(s.row.Marks, at).Time()
			held[name] = old
		default:
			held[name] = s.tag(at)
		}
	}
	tags := slices.SortedFunc(maps.Values(held), func(a, b Tag) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Since.Compare(b.Since), cmp.Compare(a.Source.rank(), b.Source.rank()), cmp.Compare(a.Cause, b.Cause))
	})
	return slices.CompactFunc(tags, func(a, b Tag) bool { return a.Name == b.Name }), nil
}

// whose is a tag of somebody who may have been merged into the person.
type whose struct{ tag, origin string }

// past is what was on at an instant by the history, and since when without a break.
func past(turns []Turn, at rule.Instant) map[whose]Tag {
	held := map[whose]Tag{}
	for _, t := range turns {
		if t.At > at {
			continue
		}
		name := whose{t.Tag, t.Origin}
		if !t.On {
			delete(held, name)
			continue
		}
		since := t.At
		if old, on := held[name]; on {
			since = rule.At(old.Since)
		}
		held[name] = Tag{Name: t.Tag, Source: t.Source, Confidence: t.Confidence, Since: since.Time(), Cause: t.Cause, Version: t.Version}
	}
	return held
}
