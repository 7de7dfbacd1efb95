package derived_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

type row struct {
	profile, name string
	due           rule.Instant
	holds         bool
	version       int64
}

var shape = derived.Shape[row, string]{
	Key:     func(r *row) (string, string) { return r.profile, r.name },
	Due:     func(r *row) *rule.Instant { return &r.due },
	Version: func(r *row) *int64 { return &r.version },
	Holds:   func(r *row) bool { return r.holds },
	Owner:   func(s *string) string { return *s },
}

// The table against a map: what is due, in order; who holds, in pages; versions.
func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		table, model := derived.New(shape), map[string]row{}
		key := func(r row) string { return r.profile + "/" + r.name }
		draw := func(rt *rapid.T) row {
			return row{
				profile: fmt.Sprintf("p%d", rapid.IntRange(0, 8).Draw(rt, "profile")), name: fmt.Sprintf("n%d", rapid.IntRange(0, 3).Draw(rt, "name")),
				due: rule.Instant(rapid.IntRange(0, 12).Draw(rt, "due")), holds: rapid.Bool().Draw(rt, "holds"),
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"commit": func(rt *rapid.T) {
				r := draw(rt)
				r.version = model[key(r)].version + 1
				model[key(r)] = r
				_, err := table.Commit(derived.Change[row, string]{Rows: []*row{&r}})
				require.NoError(rt, err)
			},
			"stale": func(rt *rapid.T) {
				r, other := draw(rt), draw(rt)
				r.version = model[key(r)].version + int64(rapid.SampledFrom([]int{-1, 0, 2}).Draw(rt, "off"))
				other.version = model[key(other)].version + 1
				_, err := table.Commit(derived.Change[row, string]{Rows: []*row{&other, &r}})
				require.ErrorIs(rt, err, marque.ErrConflict)
			},
			"erase": func(rt *rapid.T) {
				p := draw(rt).profile
				n := 0
				for k, r := range model {
					if r.profile == p {
						delete(model, k)
						n++
					}
				}
				require.Equal(rt, n, table.Erase(p))
			},
			"": func(rt *rapid.T) {
				until, n := rule.Instant(rapid.IntRange(0, 14).Draw(rt, "until")), rapid.IntRange(0, 40).Draw(rt, "n")
				var want []marque.Due
				holding := map[string][]string{}
				for _, r := range model {
					if r.due != 0 && r.due <= until {
						want = append(want, marque.Due{At: r.due.Time(), Profile: r.profile, Name: r.name})
					}
					if r.holds {
						holding[r.name] = append(holding[r.name], r.profile)
					}
				}
				slices.SortFunc(want, marque.Due.Compare)
				want = want[:min(n, len(want))]
				require.Equal(rt, fmt.Sprint(want), fmt.Sprint(table.Due(marque.Parts{}, until, n)))
				for _, name := range []string{"n0", "n1", "n2", "n3"} {
					slices.Sort(holding[name])
					require.Equal(rt, len(holding[name]), table.Count(name))
					var got []string
					for after, size := "", rapid.IntRange(1, 4).Draw(rt, "page"); ; {
						page := table.Scan(name, after, size)
						if len(page) == 0 {
							break
						}
						for _, r := range page {
							got = append(got, r.profile)
						}
						after = got[len(got)-1]
					}
					require.Equal(rt, holding[name], got)
				}
			},
		})
	})
}

// A row that is put again in a pass is in the change once, as it was put last.
func TestSheetAgain(t *testing.T) {
	sheet := derived.NewSheet(shape)
	sheet.Open([]rule.Pass{{Facts: &rule.Facts{Profile: "a"}}})
	sheet.Loaded = append(sheet.Loaded, nil)
	sheet.Again()
	sheet.Put(0, nil, &row{profile: "a", name: "x", due: 1})
	old := sheet.Rows(0)[0]
	sheet.Put(0, old, &row{profile: "a", name: "x", due: 2})
	require.Len(t, sheet.Change.Rows, 1)
	require.Equal(t, rule.Instant(2), sheet.Change.Rows[0].due)
	_, err := derived.New(shape).Commit(sheet.Change)
	require.NoError(t, err)
}

// A sheet with two passes of one person is what two sheets with one pass each are.
func TestSheetSeesItsChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type step struct{ profile, name string }
		var steps []step
		for range rapid.IntRange(1, 12).Draw(rt, "passes") {
			steps = append(steps, step{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "p"), rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "n")})
		}
		run := func(table *derived.Table[row, string], steps []step) {
			sheet := derived.NewSheet(shape)
			var ps []rule.Pass
			for _, s := range steps {
				ps = append(ps, rule.Pass{Facts: &rule.Facts{Profile: s.profile}})
			}
			sheet.Open(ps)
			sheet.Loaded = table.Load(sheet.Profiles, sheet.Loaded)
			for i, s := range steps {
				var old *row
				for _, r := range sheet.Rows(i) {
					if r.name == s.name {
						old = r
					}
				}
				next := row{profile: s.profile, name: s.name, due: 1}
				if old != nil {
					next.due = old.due*2 + 1
				}
				sheet.Put(i, old, &next)
			}
			_, err := table.Commit(sheet.Change)
			require.NoError(rt, err)
		}
		one, many := derived.New(shape), derived.New(shape)
		for range 2 {
			run(one, steps)
			for i := range steps {
				run(many, steps[i:i+1])
			}
		}
		for _, p := range []string{"a", "b", "c"} {
			dues := func(t *derived.Table[row, string]) (out []rule.Instant) {
				for _, r := range t.Load([]string{p}, nil)[0] {
					out = append(out, r.due)
				}
				return out
			}
			require.Equal(rt, dues(many), dues(one))
		}
	})
}

func TestPut(t *testing.T) {
	var marks []rule.Mark
	for _, m := range []rule.Mark{{Slot: 2}, {Slot: 1}, {Slot: 3}, {Slot: 1, From: 7}} {
		marks = derived.Put(marks, m, true)
	}
	require.Equal(t, []rule.Mark{{Slot: 2}, {Slot: 1, From: 7}, {Slot: 3}}, marks)
	marks = derived.Put(marks, rule.Mark{Slot: 2}, false)
	require.Equal(t, []rule.Mark{{Slot: 1, From: 7}, {Slot: 3}}, marks)
	require.Equal(t, marks, derived.Put(marks, rule.Mark{Slot: 9}, false))
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name                 string
		due, want, now, then rule.Instant
	}{
		{"nothing to look for", 0, 0, 10, 0},
		{"the first look", 0, 20, 10, 20},
		{"too early is kept", 15, 20, 10, 15},
		{"too late is not", 30, 20, 10, 20},
		{"what is over moves on", 10, 20, 10, 20},
		{"what is over and for good goes", 10, 0, 10, 0},
		{"for good, but somebody looks once more", 15, 0, 10, 15},
	} {
		require.Equal(t, c.then, derived.Next(c.due, c.want, c.now), c.name)
	}
	require.Equal(t, rule.Instant(5), derived.Sooner(5, 0))
	require.Equal(t, rule.Instant(5), derived.Sooner(0, 5))
	require.Equal(t, rule.Instant(5), derived.Sooner(7, 5))
	require.Equal(t, rule.Instant(1_000_010), derived.Until(rule.Instant(10).Time(), 10), "never at once again")
	require.Zero(t, derived.Until(rule.Instant(0).Time(), 10), "for good")
}

// A move is carried out once for each key; one without a key each time.
func TestMovesByKey(t *testing.T) {
	moved, counting := 0, shape
	counting.Moved = func(marque.Move, []*row, []*row) (left, got []*row) {
		moved++
		return nil, nil
	}
	table := derived.New(counting)
	_, err := table.Commit(derived.Change[row, string]{Rows: []*row{{profile: "ann", name: "n", version: 1}}})
	require.NoError(t, err)
	for _, key := range []string{"a", "a", "", ""} {
		table.Move(marque.Move{Key: key, From: "ann", Into: "bob"})
	}
	require.Equal(t, 3, moved)
}

// Of a commit with several keys nothing is done where one is known, and it is told which.
func TestKeys(t *testing.T) {
	table := derived.New(shape)
	commit := func(version int64, keys ...string) []string {
		known, err := table.Commit(derived.Change[row, string]{Keys: keys, Rows: []*row{{profile: "ann", name: "n", version: version}}})
		require.NoError(t, err)
		return known
	}
	require.Empty(t, commit(1, "a", "b"))
	require.Equal(t, []string{"b", "a"}, commit(2, "b", "c", "a"))
	require.Empty(t, commit(2, "c"))
	require.Equal(t, []string{"c"}, commit(7, "c"), "known before conflict")
}

// A hand tries again where somebody else was faster, as often as it may.
func TestHandTriesAgain(t *testing.T) {
	ctx := t.Context()
	table := derived.New(shape)
	faster := 0
	hand := derived.NewHand(shape, 3, derived.NewMemory(table).Load, func(_ context.Context, c derived.Change[row, string]) ([]string, error) {
		if faster > 0 {
			faster--
			return nil, marque.ErrConflict
		}
		return table.Commit(c)
	})
	ps := []rule.Pass{{Facts: &rule.Facts{Profile: "ann"}}}
	add := func(s *derived.Sheet[row, string]) {
		old := find(s.Rows(0), "n")
		next := row{profile: "ann", name: "n", due: 1}
		if old != nil {
			next.due = old.due + 1
		}
		s.Put(0, old, &next)
	}
	faster = 2
	_, _, err := hand.Change(ctx, nil, ps, add)
	require.NoError(t, err)
	faster = 3
	_, _, err = hand.Change(ctx, nil, ps, add)
	require.ErrorIs(t, err, marque.ErrConflict)
	faster = 0
	_, known, err := hand.Change(ctx, []string{"k"}, ps, add)
	require.NoError(t, err)
	require.Empty(t, known)
	_, known, err = hand.Change(ctx, []string{"k"}, ps, add)
	require.NoError(t, err)
	require.Equal(t, []string{"k"}, known)
	_, _, err = hand.Change(ctx, nil, ps, func(s *derived.Sheet[row, string]) { s.Rest(0, []string{"n", "unknown"}) })
	require.NoError(t, err)
	require.NoError(t, hand.Read(ctx, []*rule.Facts{{Profile: "bob"}, {Profile: "ann"}}, func(f *rule.Facts, rows []*row) {
		require.Len(t, rows, map[string]int{"ann": 1}[f.Profile])
		for _, r := range rows {
			require.Equal(t, int64(3), r.version, "two changes and the rest")
			require.Zero(t, r.due)
		}
	}))
}

func find(rows []*row, name string) *row {
	return derived.Find(rows, name, func(r *row) string { return r.name })
}

func TestFind(t *testing.T) {
	var rows []*row
	for i := range 40 {
		rows = append(rows, &row{name: fmt.Sprintf("n%02d", i)})
		for _, r := range rows {
			require.Same(t, r, find(rows, r.name))
		}
		require.Nil(t, find(rows, "n"))
		require.Nil(t, find(rows, "z"))
	}
}
