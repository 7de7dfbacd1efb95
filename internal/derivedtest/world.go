package derivedtest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Deriver is a book of tagging, scoring or segment.
type Deriver interface {
	rule.Owner
	marque.Feed
	Derivations() []rule.Derivation
	Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error)
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
}

// A World is a loop of a few lines around one book: it keeps histories, fills facts, and derives everything for each
// event and for each instant that is due.
type World struct {
	t    testing.TB
	lex  *rule.Lexicon
	book Deriver
	log  map[string][]marque.Event
	now  time.Time

	// Attrs are attributes of people, by name.
	Attrs map[string]map[string]any
	// Batch derives all people who are due at an instant, and all definitions, at once; else person by person, and
	// of the definitions those that are due and what reads them.
	Batch bool
	// Again repeats each derivation, as after a crash.
	Again bool
	// Said is what was said, in order.
	Said []marque.Event
}

// NewWorld makes an empty world.
func NewWorld(t testing.TB, lex *rule.Lexicon, book Deriver) *World {
	return &World{t: t, lex: lex, book: book, log: map[string][]marque.Event{}, Attrs: map[string]map[string]any{}}
}

// Must is the lexicon of a schema.
func Must(t testing.TB, s rule.Schema) *rule.Lexicon {
	t.Helper()
	lex, err := s.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return lex
}

// Context is that of the test.
func (w *World) Context() context.Context { return w.t.Context() }

// Facts is what is known of a person at the instant reached.
func (w *World) Facts(profile string) *rule.Facts {
	w.t.Helper()
	f := rule.NewFacts(w.lex, profile)
	for name, x := range w.Attrs[profile] {
		slot, _ := w.lex.Attr(name)
		f.Attrs[slot], _ = rule.Of(x)
	}
	for _, e := range w.log[profile] {
		if slot, ok := w.lex.Event(e.Name); ok {
			f.Events[slot] = append(f.Events[slot], rule.Hit{At: rule.At(e.At), Props: w.lex.Row("event/"+e.Name, e.Props)})
		}
	}
	var need rule.Need
	for _, d := range w.book.Derivations() {
		need = need.Union(d.Need)
	}
	if err := w.book.Fill(w.t.Context(), need, w.now, []*rule.Facts{f}); err != nil {
		w.t.Fatal(err)
	}
	return f
}

// Names are all definitions in their order.
func (w *World) Names() (names []string) {
	for _, d := range w.book.Derivations() {
		names = append(names, d.Name)
	}
	return names
}

// Track advances to the arrival of an event and derives its person.
func (w *World) Track(e marque.Event) []marque.Event {
	w.t.Helper()
	w.Advance(e.Arrived())
	return w.derive(w.Names(), []rule.Pass{w.Log(e)})
}

// Log puts an event into the history and gives its pass.
func (w *World) Log(e marque.Event) rule.Pass {
	w.t.Helper()
	if e.ID == "" {
		e.ID = marque.Key(e.Profile, e.Name, e.At.String())
	}
	list := append(w.log[e.Profile], e)
	slices.SortStableFunc(list, func(a, b marque.Event) int { return a.At.Compare(b.At) })
	w.log[e.Profile] = list
	if e.Arrived().After(w.now) {
		w.now = e.Arrived()
	}
	return rule.Pass{Event: e, Facts: w.Facts(e.Profile), Now: w.now}
}

// Pass is a look at a person at the instant reached.
func (w *World) Pass(profile string) rule.Pass {
	w.t.Helper()
	return rule.Pass{Event: marque.Event{Profile: profile, At: w.now, Received: w.now}, Facts: w.Facts(profile), Now: w.now}
}

// Look derives a person at the instant reached.
func (w *World) Look(profile string) []marque.Event {
	w.t.Helper()
	return w.derive(w.Names(), []rule.Pass{w.Pass(profile)})
}

// Advance derives what is due up to an instant, instant by instant.
func (w *World) Advance(to time.Time) (said []marque.Event) {
	w.t.Helper()
	for rounds := 0; ; rounds++ {
		first, err := w.book.Due(w.t.Context(), marque.Parts{}, to, 1)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(first) == 0 {
			break
		}
		if rounds > 100_000 {
			w.t.Fatalf("does not come to rest: %v is due again and again", first[0])
		}
		if first[0].At.After(w.now) {
			w.now = first[0].At
		}
		said = append(said, w.wake(first[0].At)...)
	}
	if to.After(w.now) {
		w.now = to
	}
	return said
}

func (w *World) wake(at time.Time) []marque.Event {
	w.t.Helper()
	ds, err := w.book.Due(w.t.Context(), marque.Parts{}, at, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	var ps []rule.Pass
	for i, d := range ds {
		if i == 0 || d.Profile != ds[i-1].Profile && w.Batch {
			ps = append(ps, w.Pass(d.Profile))
		}
	}
	if w.Batch {
		return w.derive(w.Names(), ps)
	}
	return w.derive(w.readers(ds), ps)
}

// readers are the definitions of the first person's dues and what reads them, in the order of the definitions,
// which is one in which what is read comes first.
func (w *World) readers(ds []marque.Due) (names []string) {
	changed := map[string]bool{}
	for _, d := range ds {
		if d.Profile == ds[0].Profile {
			changed[d.Name] = true
		}
	}
	s := w.lex.Schema()
	for _, d := range w.book.Derivations() {
		reads := changed[d.Name]
		for _, slot := range d.Need.Tags {
			reads = reads || changed[s.Tags[slot]]
		}
		for _, slot := range d.Need.Scores {
			reads = reads || changed[s.Scores[slot]]
		}
		for _, slot := range d.Need.Segments {
			reads = reads || changed[s.Segments[slot]]
		}
		if reads {
			changed[d.Name] = true
			names = append(names, d.Name)
		}
	}
	return names
}

func (w *World) derive(names []string, ps []rule.Pass) []marque.Event {
	w.t.Helper()
	said, err := w.book.Derive(w.t.Context(), names, ps)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.Again {
		again, err := w.book.Derive(w.t.Context(), names, ps)
		if err != nil || len(again) > 0 {
			w.t.Fatalf("the same look again said %+v, error %v", again, err)
		}
	}
	for _, e := range said {
		if !e.At.Equal(ps[0].Now) {
			w.t.Fatalf("%s said at %v, not at the instant of the pass %v", e.Name, e.At, ps[0].Now)
		}
	}
	w.Said = append(w.Said, said...)
	return said
}

// Lines tells events as "person name property…", sorted by instant, person and order, with the time since start.
func Lines(start time.Time, events []marque.Event, props ...string) []string {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b marque.Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Profile, b.Profile))
	})
	var lines []string
	for _, e := range events {
		var line strings.Builder
		line.WriteString(marque.Duration(e.At.Sub(start)).String() + " " + e.Profile + " " + e.Name)
		for _, p := range props {
			if s, ok := e.Props[p].(string); ok {
				line.WriteString(" " + s)
			}
		}
		lines = append(lines, line.String())
	}
	return lines
}
