package scoring

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// Rebuild counts scores from nothing and without a word: for each person of the passes it forgets what the named
// scores hold, except points given by hand and what held of the person, and counts the events of the passes, which are
// those of the person's history, all of it, in any order. It is for definitions that are new, or changed. Names nil is
// all scores in the order of their definitions. It returns how many rows changed.
//
// The passes of a person are its events as they were tracked, with their ID, At, Received and IDs, and behind them one
// without an event: their Now is that of the rebuild, their Facts those of then. What Rebuild leaves is what Derive
// would have left of the same events; only a rule that stands beside an event is asked of the person as it is now.
// Where that is not what is held, the history says so by an entry Anew, and goes on with the events counted anew. An
// event that did not count before a merge counts, after it, as known when it arrived.
func (b *Book) Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error) {
	if names == nil {
		for i := range b.plan.scores {
			names = append(names, b.plan.scores[i].Name)
		}
	}
	defs, gone := derived.Names(b.plan.byName, names, nil)
	for _, name := range gone {
		if !b.plan.part(name) {
			return 0, fmt.Errorf("scoring: rebuild %q: %w", name, marque.ErrNotFound)
		}
	}
	last, of := []int(nil), map[string][]int{}
	for i := range ps {
		of[ps[i].Facts.Profile] = append(of[ps[i].Facts.Profile], i)
	}
	for i := range ps {
		if list := of[ps[i].Facts.Profile]; list[len(list)-1] == i {
			last = append(last, i)
		}
	}
	var failed error
	c, _, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		failed = nil
		for _, i := range last {
			for _, k := range defs {
				if err := b.recount(ctx, &b.plan.scores[k], sheet, ps, of[ps[i].Facts.Profile]); err != nil {
					failed = err
				}
			}
		}
		if failed != nil {
			sheet.Change = change{} // nothing to commit
		}
	})
	if err = cmp.Or(err, failed); err != nil {
		return 0, fmt.Errorf("scoring: rebuild: %w", err)
	}
	return len(c.Rows), nil
}

// recount counts a score of one person anew. mine are the passes of the person.
func (b *Book) recount(ctx context.Context, s *score, sheet *sheet, ps []rule.Pass, mine []int) error {
	end := mine[len(mine)-1]
	pass := &ps[end]
	now := rule.At(pass.Now)
	past, err := b.past(ctx, pass.Facts.Profile, s.Name)
	if err != nil {
		return err
	}
	all := standing(past, rule.Never)
	joined := map[string]rule.Instant{} // by event: that it came by a merge is not in the passes
	for _, e := range all {
		joined[e.Event] = e.Joined
	}
	entries := slices.DeleteFunc(slices.Clone(all), ofEvent)
	for _, e := range b.events(s, ps, mine) {
		e.Joined = joined[e.Event]
		entries = append(entries, e)
	}
	entries, parts := s.counted(entries)
	l := s.start(sheet.Rows(end), pass.Facts.Profile)
	l.sheet, l.place, l.pass, l.quiet = sheet, end, pass, true
	before := l.row
	way := s.replay(slices.Clone(entries), now)
	l.row.Parts, l.row.Up, l.row.Grade, l.row.Last, l.row.Seen = parts, way.row.Up, way.row.Grade, way.row.Last, b.seen(entries)
	if !reflect.DeepEqual(s.effective(all), s.effective(entries)) {
		sheet.Note(Entry{Profile: pass.Facts.Profile, Score: s.Name, At: now, Recorded: now, Anew: true})
		for _, e := range entries {
			if ofEvent(e) {
				sheet.Note(e)
			}
		}
		l.dirty = true
	}
	l.fit(now)
	l.remake(now)
	l.cross(now, l.row.Up)
	l.dirty = l.dirty || !same(&before, &l.row)
	l.put()
	l.show()
	return nil
}

// counted are the entries that count, in order of arrival, and the parts that they make.
func (s *score) counted(entries []Entry) (count []Entry, parts []Part) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		order := cmp.Or(cmp.Compare(a.Recorded, b.Recorded), cmp.Compare(a.At, b.At), cmp.Compare(a.Rule, b.Rule))
		if order == 0 && ofEvent(a) {
			order = cmp.Compare(a.Event, b.Event)
		}
		return order
	})
	var latest rule.Instant
	for _, e := range entries {
		next, changed := s.apply(parts, &e)
		if changed || !ofEvent(e) || s.vanished(&e, latest) {
			count, parts, latest = append(count, e), next, max(latest, e.At)
		}
	}
	return count, parts
}

func ofEvent(e Entry) bool { return !e.Holds && e.Rule != ByHand }

// effective are the events of a history that count at some instant by all that is known, in their order and without their
// ids and how they came: which of two that are alike counts does not matter.
func (s *score) effective(entries []Entry) (events []Entry) {
	entries = slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return !ofEvent(e) })
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Recorded, b.Recorded),
			cmp.Compare(a.Via.Kind, b.Via.Kind), cmp.Compare(a.Via.Value, b.Via.Value))
	})
	var parts []Part
	for _, e := range entries {
		next, changed := s.apply(parts, &e)
		if parts, e.Event, e.Joined = next, "", 0; changed {
			events = append(events, e)
		}
	}
	return events
}

// events are the entries of the events of passes, each event once, in order of arrival.
func (b *Book) events(s *score, ps []rule.Pass, mine []int) []Entry {
	var entries []Entry
	known := map[string]bool{}
	for _, i := range mine {
		pass := &ps[i]
		id := pass.Event.ID
		if pass.Event.Name == "" || known[id] {
			continue
		}
		known[id] = id != ""
		var sc derived.Scope
		for j := range s.rules {
			if e, ok := s.earns(&s.rules[j], b.plan.lex, pass, &sc, rule.At(pass.Now)); ok {
				entries = append(entries, e)
			}
		}
	}
	return entries
}

// seen are the events that are remembered as counted, of entries in order of arrival.
func (b *Book) seen(entries []Entry) (list []Seen) {
	for _, e := range entries {
		if ofEvent(e) && e.Event != "" && !seen(list, e.Event) {
			list = see(list, Seen{e.Event, e.Recorded}, b.remember)
		}
	}
	return list
}

// same reports whether two rows say the same.
func same(a, b *Row) bool {
	x, y := *a, *b
	x.Seen, y.Seen, x.Due, y.Due = nil, nil, 0, 0
	return reflect.DeepEqual(x, y)
}
