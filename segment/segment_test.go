package segment_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/segment/segmenttest"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

var defs = []segment.Def{
	{Name: "active", When: `did("order_paid", within("30d"))`},
	{Name: "loyal", When: `times("order_paid", within("90d")) >= 3`},
	{Name: "lapsing", When: `did("order_paid", between("90d", "30d")) and not did("order_paid", within("30d"))`},
	{Name: "local", When: `city == "Chongqing"`},
	{Name: "local_active", When: `in_segment("local") and in_segment("active")`},
	{Name: "grown", When: `days_since(born) >= 10`},
}

func lexicon(t testing.TB, defs []segment.Def) *rule.Lexicon {
	s := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "born", Type: rule.Time}},
		Events:     append(segment.Says(), rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}),
	}
	for _, d := range defs {
		s.Segments = append(s.Segments, d.Name)
	}
	return derivedtest.Must(t, s)
}

func compile(t testing.TB, defs []segment.Def) (*rule.Lexicon, *segment.Plan) {
	lex := lexicon(t, defs)
	plan, err := segment.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	return lex, plan
}

func world(t testing.TB, store segment.Store, defs []segment.Def) (*derivedtest.World, *segment.Book) {
	lex, plan := compile(t, defs)
	book := segment.NewBook(store, plan, nil)
	return derivedtest.NewWorld(t, lex, book), book
}

func order(profile string, after marque.Duration) marque.Event {
	return marque.Event{Name: "order_paid", Profile: profile, At: start.Add(time.Duration(after)), Props: map[string]any{"amount": 100}}
}

func TestExactInstants(t *testing.T) {
	day := marque.Day
	for _, c := range []struct {
		name   string
		orders []marque.Duration
		attrs  map[string]any
		want   []string
	}{
		{"enters with the event, leaves when the window closes", []marque.Duration{0}, nil, []string{
			"0s ann segment.entered active", "30d ann segment.left active", "30d ann segment.entered lapsing", "90d ann segment.left lapsing",
		}},
		{"stays with another event, and leaves by the last one", []marque.Duration{0, 10 * day, 29 * day}, nil, []string{
			"0s ann segment.entered active", "29d ann segment.entered loyal", "59d ann segment.left active", "59d ann segment.entered lapsing",
			"90d ann segment.left loyal", "119d ann segment.left lapsing",
		}},
		{"the event at the edge is outside of the window", []marque.Duration{0, 30 * day}, nil, []string{
			"0s ann segment.entered active", "30d ann segment.left active", "30d ann segment.entered lapsing",
			"30d ann segment.entered active", "30d ann segment.left lapsing",
			"60d ann segment.left active", "60d ann segment.entered lapsing", "120d ann segment.left lapsing",
		}},
		{"a segment of segments follows within the instant", []marque.Duration{0}, map[string]any{"city": "Chongqing"}, []string{
			"0s ann segment.entered active", "0s ann segment.entered local", "0s ann segment.entered local_active",
			"30d ann segment.left active", "30d ann segment.entered lapsing", "30d ann segment.left local_active", "90d ann segment.left lapsing",
		}},
		{"time alone brings somebody in", []marque.Duration{300 * day}, map[string]any{"born": start.AddDate(0, 0, 295)}, []string{
			"300d ann segment.entered active", "305d ann segment.entered grown",
			"330d ann segment.left active", "330d ann segment.entered lapsing", "390d ann segment.left lapsing",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, book := world(t, segment.NewMemory(), defs)
			w.Again = true
			w.Attrs["ann"] = c.attrs
			w.Batch = true // all that depends on time within an instant, in the order of the definitions
			for _, at := range c.orders {
				w.Track(order("ann", at))
			}
			w.Advance(start.AddDate(2, 0, 0))
			require.Equal(t, c.want, derivedtest.Lines(start, w.Said, "segment"))
			left, err := book.Due(t.Context(), marque.Parts{}, start.AddDate(100, 0, 0), 10)
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

func TestSaid(t *testing.T) {
	w, book := world(t, segment.NewMemory(), defs[:1])
	e := order("ann", 0)
	e.ID, e.IDs, e.Hops = "e1", []marque.ID{{Kind: "phone", Value: "1"}}, 2
	said := w.Track(e)
	require.Equal(t, []marque.Event{{
		ID: marque.TurnID("ann", "segment.entered", "segment/active", 1), Name: "segment.entered", At: start, Received: start,
		Profile: "ann", IDs: e.IDs, Fact: "segment/active", Cause: "e1", Hops: 3, Props: map[string]any{"segment": "active"},
	}}, said)
	pending, err := book.Pending(t.Context(), marque.Parts{}, 10)
	require.NoError(t, err)
	require.Equal(t, said, pending)
	require.NoError(t, book.Taken(t.Context(), []string{said[0].ID}))
	left := w.Advance(start.AddDate(0, 0, 60))
	require.Len(t, left, 1)
	require.Equal(t, marque.TurnID("ann", "segment.left", "segment/active", 2), left[0].ID)
	back := w.Track(order("ann", 90*marque.Day))
	require.Equal(t, marque.TurnID("ann", "segment.entered", "segment/active", 3), back[0].ID)
}

func TestLateEventsAreCorrectedNow(t *testing.T) {
	w, book := world(t, segment.NewMemory(), defs[:1])
	late := order("ann", 0)
	late.Received = start.AddDate(0, 0, 10)
	said := w.Track(late)
	require.Equal(t, []string{"10d ann segment.entered active"}, derivedtest.Lines(start, said, "segment"))
	due, err := book.Due(t.Context(), marque.Parts{}, start.AddDate(1, 0, 0), 1)
	require.NoError(t, err)
	require.Equal(t, start.AddDate(0, 0, 30), due[0].At, "the window is that of the event")

	tooLate := order("bob", 0)
	tooLate.Received = start.AddDate(0, 0, 31)
	require.Equal(t, []string{"30d ann segment.left active"}, derivedtest.Lines(start, w.Advance(tooLate.Received), "segment"))
	require.Empty(t, w.Track(tooLate), "past membership is not invented")
}

func TestFactsOfAPassAreWritten(t *testing.T) {
	w, book := world(t, segment.NewMemory(), defs)
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	p := w.Log(order("ann", 0))
	require.Empty(t, p.Facts.Segments)
	_, err := book.Derive(t.Context(), []string{"active", "local", "local_active"}, []rule.Pass{p})
	require.NoError(t, err)
	mark, ok := rule.Find(p.Facts.Segments, 0, rule.At(start))
	require.True(t, ok)
	require.Equal(t, rule.Mark{Slot: 0, From: rule.At(start), Holds: rule.At(start.AddDate(0, 0, 30))}, mark)
	require.Len(t, p.Facts.Segments, 3)

	// The memory is the pass's own.
	for i := range p.Facts.Segments {
		p.Facts.Segments[i] = rule.Mark{}
	}
	again := w.Facts("ann")
	require.Len(t, again.Segments, 3)
	require.Equal(t, mark, again.Segments[0])
}

func TestTwoPassesOfAPersonInOneBatch(t *testing.T) {
	w, book := world(t, segment.NewMemory(), defs)
	first := w.Log(order("ann", 0))
	other := w.Log(order("bob", 0))
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	second := w.Log(order("ann", marque.Day))
	third := second
	third.Facts, third.Now = rule.NewFacts(lexicon(t, defs), "ann"), start.AddDate(0, 0, 60)
	said, err := book.Derive(t.Context(), w.Names(), []rule.Pass{first, other, second, third})
	require.NoError(t, err)
	require.Equal(t, []string{
		"0s ann segment.entered active", "0s bob segment.entered active",
		"1d ann segment.entered local", "1d ann segment.entered local_active",
		"60d ann segment.left active", "60d ann segment.left local", "60d ann segment.left local_active",
	}, derivedtest.Lines(start, said, "segment"))
	ms, err := book.Of(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, ms, 3)
	for _, m := range ms {
		require.False(t, m.In, m.Segment)
		require.Equal(t, third.Now, m.Since)
	}
}

func TestRebuildIsSilent(t *testing.T) {
	w, book := world(t, segment.NewMemory(), defs)
	var ps []rule.Pass
	for i := range 5 {
		ps = append(ps, w.Log(order(fmt.Sprintf("p%d", i), marque.Duration(i)*marque.Day)))
	}
	n, err := book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Equal(t, 10, n, "active, and loyal or lapsing that are due")
	n, err = book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Zero(t, n)
	pending, err := book.Pending(t.Context(), marque.Parts{}, 10)
	require.NoError(t, err)
	require.Empty(t, pending)
	count, err := book.Count(t.Context(), "active")
	require.NoError(t, err)
	require.Equal(t, 5, count)
	said := w.Advance(start.AddDate(0, 0, 31))
	require.Equal(t, marque.TurnID("p0", "segment.left", "segment/active", 1), said[0].ID)
}

func TestMembers(t *testing.T) {
	ctx := t.Context()
	w, book := world(t, segment.NewMemory(), defs)
	for i := range 7 {
		w.Track(order(fmt.Sprintf("p%d", (i*3)%7), marque.Duration(i)*marque.Day))
	}
	var got []string
	cursor, pages := "", 0
	for {
		page, err := book.Members(ctx, "active", cursor, 3)
		require.NoError(t, err)
		for _, m := range page.Members {
			got = append(got, m.Profile)
			require.False(t, m.Since.IsZero())
		}
		pages++
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6"}, got)
	require.Equal(t, 3, pages)
	in, err := book.Has(ctx, "p3", "active")
	require.NoError(t, err)
	require.True(t, in)
	in, err = book.Has(ctx, "p3", "local")
	require.NoError(t, err)
	require.False(t, in)
	_, err = book.Members(ctx, "none", "", 3)
	require.ErrorIs(t, err, marque.ErrNotFound)
	_, err = book.Count(ctx, "none")
	require.ErrorIs(t, err, marque.ErrNotFound)
	_, err = book.Rebuild(ctx, []string{"none"}, nil)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestCompileListsEveryFault(t *testing.T) {
	bad := []segment.Def{
		{Name: "active", When: `did("order_payed")`},
		{When: "true"},
		{Name: "local"},
		{Name: "active", When: `citty == 1`},
		{Name: "unknown", When: `true`},
	}
	lex := lexicon(t, []segment.Def{{Name: "active"}, {Name: "local"}})
	_, err := segment.Compile(bad, lex, lang.New(lex, nil))
	var paths []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var fe *marque.FieldError
		require.True(t, errors.As(e, &fe))
		paths = append(paths, fe.Path)
	}
	require.Equal(t, []string{"[0].when", "[1].name", "[2].when", "[3].name", "[3].when", "[4].name"}, paths)
	var faults rule.Faults
	require.True(t, errors.As(err, &faults))
}

func TestDerivations(t *testing.T) {
	_, plan := compile(t, defs)
	ds := plan.Derivations()
	require.Len(t, ds, len(defs))
	require.Equal(t, "segment/local_active", ds[4].Fact)
	require.Equal(t, []int{0, 3}, ds[4].Need.Segments)
	require.Equal(t, []rule.EventNeed{{Slot: 2, Window: 30 * marque.Day}}, ds[0].Need.Events)
	require.Equal(t, defs, plan.Defs())
}

// A store in which somebody else is always faster, a few times.
type contended struct {
	segment.Store
	times int
}

func (s *contended) Commit(ctx context.Context, c segment.Change) error {
	if s.times > 0 {
		s.times--
		return fmt.Errorf("row of %s: %w", c.Rows[0].Profile, marque.ErrConflict)
	}
	return s.Store.Commit(ctx, c)
}

func TestConflictIsTriedAgain(t *testing.T) {
	w, _ := world(t, &contended{segment.NewMemory(), 7}, defs)
	require.Len(t, w.Track(order("ann", 0)), 1)

	lex, plan := compile(t, defs)
	book := segment.NewBook(&contended{segment.NewMemory(), 2}, plan, &segment.Options{Attempts: 2})
	w = derivedtest.NewWorld(t, lex, book)
	_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{w.Log(order("ann", 0))})
	require.ErrorIs(t, err, marque.ErrConflict)
}

func TestMergeDropsRowsOfWhoIsGone(t *testing.T) {
	w, book := world(t, segment.NewMemory(), defs)
	w.Track(order("ann", 0))
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: start}))
	w.Log(order("bob", 0)) // the event is bob's now
	require.Equal(t, []string{"0s bob segment.entered active"}, derivedtest.Lines(start, w.Look("bob"), "segment"))
	require.Equal(t, []string{"30d bob segment.left active", "30d bob segment.entered lapsing"},
		derivedtest.Lines(start, w.Advance(start.AddDate(0, 0, 40)), "segment"))
	n, err := book.Erase(t.Context(), "bob")
	require.NoError(t, err)
	require.NotZero(t, n)
	for range book.Export(t.Context(), "bob") {
		t.Fatal("exported after erase")
	}
}

func TestStore(t *testing.T) {
	segmenttest.Run(t, func(t *testing.T) segment.Store { return segment.NewMemory() })
}
