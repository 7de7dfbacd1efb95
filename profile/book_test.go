package profile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/memory"
	"github.com/marque-go/marque/profile/profiletest"
	"github.com/marque-go/marque/rule"
)

func TestWhoStaysInABatch(t *testing.T) {
	event := func(id string, minute int, values ...string) marque.Event {
		e := marque.Event{ID: id, Name: "view", At: time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC)}
		for _, v := range values {
			e.IDs = append(e.IDs, marque.ID{Kind: "device", Value: v})
		}
		return e
	}
	lex, err := rule.Schema{}.Compile()
	require.NoError(t, err)
	for n := 1; n <= 4; n++ {
		events := []marque.Event{event("1", 10, "a"), event("2", 5, "b"), event("3", 1, "a"), event("4", 20, "a", "b")}
		book := profile.NewBook(memory.New(), lex, &profile.Options{NewID: func(id marque.ID) string { return "p-" + id.Value }})
		for len(events) > 0 {
			k := min(n, len(events))
			_, err := book.Append(t.Context(), events[:k])
			require.NoError(t, err)
			events = events[k:]
		}
		who, _, err := book.Resolve(t.Context(), []marque.ID{{Kind: "device", Value: "b"}})
		require.NoError(t, err)
		require.Equal(t, "p-a", who, "the one with the earliest event, %d at once", n)
	}
}

func TestAppendListsEveryFault(t *testing.T) {
	book := profile.NewBook(memory.New(), shop(), nil)
	_, err := book.Append(context.Background(), []marque.Event{{Name: "view", At: start}, {At: start}, {Name: "view"}, {}})
	var fe *marque.FieldError
	require.ErrorAs(t, err, &fe)
	require.EqualError(t, err, "profile: append: [1].name: is empty\n[2].at: is not set\n[3].name: is empty\n[3].at: is not set")
}

// An outcome that is unknown is cleared up by the same call again, also for events without an ID.
func TestAppendAgainAfterFault(t *testing.T) {
	ctx := context.Background()
	var fail error
	store := profiletest.Fault(memory.New(), func(_ string, after bool) error {
		if after {
			return fail
		}
		return nil
	})
	book := profile.NewBook(store, shop(), nil)
	es := []marque.Event{{Name: "view", At: start, IDs: []marque.ID{{Kind: "phone", Value: "1"}}}}
	fail = errors.New("connection lost")
	_, err := book.Append(ctx, es)
	require.ErrorIs(t, err, fail)
	fail = nil
	again, err := book.Append(ctx, es)
	require.NoError(t, err)
	require.Empty(t, again.Events)
	require.Equal(t, []string{es[0].ID}, again.Known)
	inbox, err := book.Inbox(ctx, marque.Parts{}, 10)
	require.NoError(t, err)
	require.Len(t, inbox, 1)
}

// rival lets another writer be faster: it runs before a commit does.
type rival struct {
	profile.Store
	first func() // before the next commit
}

func (r *rival) Commit(ctx context.Context, c profile.Change) error {
	if f := r.first; f != nil {
		r.first = nil
		f()
	}
	return r.Store.Commit(ctx, c)
}

func TestAppendDecidesAnew(t *testing.T) {
	ctx := context.Background()
	phone, openid := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "openid", Value: "o"}
	for name, x := range map[string]struct {
		newID  func(marque.ID) string
		before []marque.Event
		other  []marque.Event
		people int
	}{
		"the identifier is known by now": {other: []marque.Event{{ID: "x", Name: "view", At: start, IDs: []marque.ID{phone}}}, people: 1},
		"the event is known by now":      {other: []marque.Event{{ID: "e", Name: "view", At: start, IDs: []marque.ID{openid}}}, people: 1},
		"the minted id is known by now": {
			newID: func(marque.ID) string { return "same" },
			other: []marque.Event{{ID: "x", Name: "view", At: start, IDs: []marque.ID{openid}}}, people: 1,
		},
		"the person was merged away": {
			before: []marque.Event{
				{ID: "1", Name: "view", At: start, IDs: []marque.ID{openid}},
				{ID: "2", Name: "view", At: start.Add(1e9), IDs: []marque.ID{phone}},
			},
			other: []marque.Event{{ID: "x", Name: "view", At: start, IDs: []marque.ID{phone, openid}}}, people: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			minted := 0
			o := &profile.Options{NewID: x.newID}
			if o.NewID == nil {
				o.NewID = func(marque.ID) string { minted++; return fmt.Sprint("p", minted) }
			}
			r := &rival{Store: memory.New()}
			book := profile.NewBook(r, shop(), o)
			if x.before != nil {
				_, err := book.Append(ctx, x.before)
				require.NoError(t, err)
			}
			r.first = func() {
				_, err := profile.NewBook(r.Store, shop(), o).Append(ctx, x.other)
				require.NoError(t, err)
			}
			_, err := book.Append(ctx, []marque.Event{{ID: "e", Name: "view", At: start.Add(time.Minute), IDs: []marque.ID{phone}}})
			require.NoError(t, err)
			n := 0
			for range book.People(ctx, marque.Parts{}, "") {
				n++
			}
			require.Equal(t, x.people, n)
		})
	}
}

func TestAppendGivesUp(t *testing.T) {
	tries := 0
	store := profiletest.Fault(memory.New(), func(string, bool) error { tries++; return marque.ErrConflict })
	book := profile.NewBook(store, shop(), &profile.Options{Attempts: 3})
	_, err := book.Append(context.Background(), []marque.Event{{Name: "view", At: start, IDs: []marque.ID{{Kind: "phone", Value: "1"}}}})
	require.ErrorIs(t, err, marque.ErrConflict)
	require.Equal(t, 3, tries)
}

func TestReceived(t *testing.T) {
	book := profile.NewBook(memory.New(), shop(), nil)
	for _, x := range []struct{ at, received, want time.Time }{
		{start, time.Time{}, start},
		{start, start.Add(time.Hour), start.Add(time.Hour)},
		{start, start.Add(-time.Hour), start},
	} {
		done, err := book.Append(context.Background(), []marque.Event{{Name: "view", At: x.at, Received: x.received}})
		require.NoError(t, err)
		require.Equal(t, x.want, done.Events[0].Received)
	}
}

func TestTouches(t *testing.T) {
	book := profile.NewBook(memory.New(), shop(), nil)
	require.Equal(t, []string{"attr/city"}, book.Touches(marque.Event{Name: "order"}))
	require.Equal(t, []string{"attr/age", "attr/zone"}, book.Touches(marque.Event{Name: "profile.set", Props: map[string]any{"zone": "UTC", "age": 1, "x": 2}}))
	require.Empty(t, book.Touches(marque.Event{Name: "view"}))
}

// Of several properties of one event that set an attribute, the first that is there does.
func TestFirstSourceSets(t *testing.T) {
	lex := must(rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String, From: []string{"order.bill_to", "order.ship_to"}}},
		Events:     []rule.EventType{{Name: "order", Props: []rule.Field{{Name: "ship_to", Type: rule.String}, {Name: "bill_to", Type: rule.String}}}},
	}.Compile())
	book := profile.NewBook(memory.New(), lex, nil)
	for i, props := range []map[string]any{{"ship_to": "a", "bill_to": "b"}, {"ship_to": "c"}} {
		_, err := book.Append(context.Background(), []marque.Event{{Name: "order", At: start.Add(time.Duration(i) * time.Hour), Profile: "p", Props: props}})
		require.NoError(t, err)
		p, err := book.Person(context.Background(), "p")
		require.NoError(t, err)
		require.Equal(t, []any{"b", "c"}[i], p.Attributes[0].Value)
	}
}

// keeping remembers the changes that it commits.
type keeping struct {
	profile.Store
	changes []profile.Change
}

func (k *keeping) Commit(ctx context.Context, c profile.Change) error {
	k.changes = append(k.changes, c)
	return k.Store.Commit(ctx, c)
}

// A change says nothing twice, and nothing that the store knows.
func TestChangeIsSmall(t *testing.T) {
	k := &keeping{Store: memory.New()}
	book := profile.NewBook(k, shop(), nil)
	a, b := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "phone", Value: "2"}
	view := func(id string, ids ...marque.ID) marque.Event {
		return marque.Event{ID: id, Name: "view", At: start, IDs: ids}
	}
	for _, es := range [][]marque.Event{{view("1", a, a), view("2", a)}, {view("3", a, b), view("4", b, a)}, {view("4", b), view("1", a)}} {
		_, err := book.Append(context.Background(), es)
		require.NoError(t, err)
	}
	require.Len(t, k.changes, 2, "no commit without an event")
	require.Len(t, k.changes[0].People, 1)
	who := k.changes[0].People[0].Profile
	require.Equal(t, []profile.Link{{Event: 0, ID: a, Profile: who}}, k.changes[0].Links)
	require.Equal(t, []profile.Link{{Event: 0, ID: b, Profile: who}}, k.changes[1].Links)
	require.Empty(t, k.changes[1].People)
}

// What is said and heard can be added to any schema.
func TestSays(t *testing.T) {
	_, err := rule.Schema{Events: append(profile.Says(), profile.Hears()...)}.Compile()
	require.NoError(t, err)
}

// A context that has ended stops every call before it does anything.
func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	book := profile.NewBook(memory.New(), shop(), nil)
	cancel()
	_, err := book.Append(ctx, []marque.Event{{Name: "view", At: start}})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, book.Handled(ctx, []string{"x"}), context.Canceled)
	require.ErrorIs(t, book.Taken(ctx, []string{"x"}), context.Canceled)
	require.ErrorIs(t, book.Move(ctx, marque.Move{}), context.Canceled)
	require.ErrorIs(t, book.Fill(ctx, rule.Need{}, start, nil), context.Canceled)
	_, err = book.Inbox(ctx, marque.Parts{}, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = book.Moves(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = book.Pending(ctx, marque.Parts{}, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = book.Erase(ctx, "x")
	require.ErrorIs(t, err, context.Canceled)
	_, err = book.Person(ctx, "x")
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = book.Resolve(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
	for _, err := range book.Log(ctx, nil) {
		require.ErrorIs(t, err, context.Canceled)
	}
	for _, err := range book.People(ctx, marque.Parts{}, "") {
		require.ErrorIs(t, err, context.Canceled)
	}
}

// Once a history was asked for, asking again copies nothing.
func TestFillAliases(t *testing.T) {
	ctx, lex := context.Background(), shop()
	book := profile.NewBook(memory.New(), lex, nil)
	done, err := book.Append(ctx, []marque.Event{{Name: "view", At: start, Profile: "p"}, {Name: "view", At: start, Profile: "p"}})
	require.NoError(t, err)
	f := []*rule.Facts{rule.NewFacts(lex, done.Events[0].Profile)}
	need := rule.Need{Attrs: []int{0, 1}, Events: []rule.EventNeed{{Slot: 0}, {Slot: 1}}, IDs: true, Consents: true}
	require.NoError(t, book.Fill(ctx, need, start, f))
	first := &f[0].Events[0][0]
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = book.Fill(ctx, need, start, f) }))
	require.Same(t, first, &f[0].Events[0][0])
}

// Many lexicons over one store do not fill it up, and each reads its own slots.
func TestManyLexicons(t *testing.T) {
	ctx, m := context.Background(), memory.New()
	for i := range 40 {
		lex := must(rule.Schema{Events: []rule.EventType{{Name: "view", Props: []rule.Field{{Name: fmt.Sprint("p", i%11), Type: rule.Int}}}}}.Compile())
		book := profile.NewBook(m, lex, nil)
		_, err := book.Append(ctx, []marque.Event{{Name: "view", At: start.Add(time.Duration(i)), Profile: "p", Props: map[string]any{fmt.Sprint("p", i%11): i}}})
		require.NoError(t, err)
		f := rule.NewFacts(lex, "p")
		require.NoError(t, book.Fill(ctx, rule.Need{Events: []rule.EventNeed{{}}}, start, []*rule.Facts{f}))
		require.Len(t, f.Events[0], i+1)
		require.Equal(t, int64(i), f.Events[0][i].Props[0].Int())
	}
}
