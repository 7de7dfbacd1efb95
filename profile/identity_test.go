package profile_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/profile/memory"
	"github.com/marque-go/marque/rule"
)

// model is what a store should hold, as simply as can be said: a list of events, and who is who worked out from
// all of it each time.
type model struct {
	events []marque.Event // in order of arrival, without erased ones
	owner  map[string]string
	links  [][]string // nodes that are one person: identifiers and ids of people given by the host
	seen   map[string]bool
	gone   map[string]bool
	inbox  []string
}

func node(id marque.ID) string { return id.String() }

func nodes(e marque.Event) (ns []string) {
	if e.Profile != "" {
		ns = append(ns, e.Profile)
	}
	for _, id := range e.IDs {
		if !identity.Placeholder(id) {
			ns = append(ns, node(id))
		}
	}
	return ns
}

// groups gives each node the smallest node that it belongs with.
func (m *model) groups() map[string]string {
	root := map[string]string{}
	for changed := true; changed; {
		changed = false
		for _, l := range m.links {
			least := l[0]
			for _, n := range l {
				if r, ok := root[n]; ok {
					least = min(least, r)
				}
				least = min(least, n)
			}
			for _, n := range l {
				if root[n] != least {
					root[n], changed = least, true
				}
			}
		}
	}
	return root
}

func (m *model) append(e marque.Event) {
	if m.seen[e.ID] {
		return
	}
	if m.gone[e.Profile] {
		if e.Profile = ""; len(nodes(e)) == 0 {
			return
		}
	}
	m.seen[e.ID] = true
	if ns := nodes(e); len(ns) > 0 {
		m.links = append(m.links, ns)
		m.owner[e.ID] = ns[0]
	}
	m.events = append(m.events, e)
	m.inbox = append(m.inbox, e.ID)
}

func (m *model) erase(n string) {
	root := m.groups()
	m.events = slices.DeleteFunc(m.events, func(e marque.Event) bool {
		erased := m.owner[e.ID] != "" && root[m.owner[e.ID]] == root[n]
		if erased {
			m.inbox = slices.DeleteFunc(m.inbox, func(id string) bool { return id == e.ID })
		}
		return erased
	})
	m.links = slices.DeleteFunc(m.links, func(l []string) bool { return root[l[0]] == root[n] })
	for k, r := range root {
		if r == root[n] && strings.HasPrefix(k, "h-") {
			m.gone[k] = true
		}
	}
}

// log is what the node's person did: IDs in order of arrival, and instants of one name in order of time.
func (m *model) log(n, name string) (ids []string, history []rule.Instant, age rule.Value) {
	root := m.groups()
	var newest time.Time
	for _, e := range m.events {
		if o := m.owner[e.ID]; o == "" || root[o] != root[n] {
			continue
		}
		ids = append(ids, e.ID)
		if e.Name == name {
			history = append(history, rule.At(e.At))
		}
		if x, ok := e.Props["age"]; ok && !e.At.Before(newest) {
			newest, age = e.At, rule.IntValue(int64(x.(int)))
		}
	}
	slices.Sort(history)
	return ids, history, age
}

var (
	someIDs = func() (ids []marque.ID) {
		for _, v := range []string{"1", "2", "3", "4", "5", "6", "7", "null"} {
			ids = append(ids, marque.ID{Kind: "phone", Value: v}, marque.ID{Kind: "openid", Value: v})
		}
		return ids
	}()
	someEvent = rapid.Custom(func(t *rapid.T) marque.Event {
		e := marque.Event{
			Name: rapid.SampledFrom([]string{"view", "profile.set"}).Draw(t, "name"),
			At:   start.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minute")) * time.Minute),
			IDs:  rapid.SliceOfN(rapid.SampledFrom(someIDs), 0, 3).Draw(t, "ids"),
		}
		if e.Name == "profile.set" {
			e.Props = map[string]any{"age": rapid.IntRange(0, 99).Draw(t, "age")}
		}
		if rapid.IntRange(0, 3).Draw(t, "given") == 0 {
			e.Profile = rapid.SampledFrom([]string{"h-1", "h-2", "h-3"}).Draw(t, "profile")
		}
		return e
	})
)

func people(t require.TestingT) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}}, Events: []rule.EventType{{Name: "view"}},
	}.Compile()
	require.NoError(t, err)
	return lex
}

// TestIdentityMachine lets a store live, and compares it with the model after each step.
func TestIdentityMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx, lex := context.Background(), people(t)
		minted := 0
		book := profile.NewBook(memory.New(), lex, &profile.Options{
			NewID: func(marque.ID) string { minted++; return fmt.Sprintf("p-%d", minted) }, Page: 4,
		})
		m := &model{owner: map[string]string{}, seen: map[string]bool{}, gone: map[string]bool{}}
		var moves []marque.Move
		lead := func(n string) string {
			if kind, value, ok := strings.Cut(n, ":"); ok {
				id, _, err := book.Resolve(ctx, []marque.ID{{Kind: kind, Value: value}})
				require.NoError(t, err)
				return id
			}
			p, err := book.Person(ctx, n)
			if err != nil {
				require.ErrorIs(t, err, marque.ErrNotFound)
			}
			return p.ID
		}
		some := func(t *rapid.T) string {
			return rapid.SampledFrom(append(slices.Sorted(maps.Keys(m.groups())), "h-9")).Draw(t, "node")
		}
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				es := rapid.SliceOfN(someEvent, 1, 4).Draw(t, "events")
				for i := range es {
					es[i].ID = fmt.Sprintf("e%d", rapid.IntRange(0, 200).Draw(t, "id"))
				}
				_, err := book.Append(ctx, slices.Clone(es))
				require.NoError(t, err)
				for _, e := range es {
					m.append(e)
				}
			},
			"derived": func(t *rapid.T) {
				n := some(t)
				id := lead(n)
				if id == "" {
					t.Skip("nobody")
				}
				e := marque.Event{ID: fmt.Sprintf("d%d", len(m.seen)), Name: "view", At: start, Profile: id, IDs: someIDs[:3], Hops: 1}
				_, err := book.Append(ctx, []marque.Event{e})
				require.NoError(t, err)
				e.Profile, e.IDs = "", nil
				m.append(e)
				m.owner[e.ID] = n
			},
			"handled": func(t *rapid.T) {
				if len(m.inbox) == 0 {
					t.Skip("empty")
				}
				i := rapid.IntRange(0, len(m.inbox)-1).Draw(t, "i")
				require.NoError(t, book.Handled(ctx, []string{m.inbox[i]}))
				m.inbox = slices.Delete(m.inbox, i, i+1)
			},
			"move": func(t *rapid.T) {
				a, b := some(t), some(t)
				if lead(a) == "" || lead(b) == "" || lead(a) == lead(b) {
					t.Skip("nobody, or one person")
				}
				mv := marque.Move{Key: fmt.Sprintf("m%d", len(moves)), From: lead(a), Into: lead(b), At: start}
				require.NoError(t, book.Move(ctx, mv))
				m.links, moves = append(m.links, []string{a, b}), append(moves, mv)
			},
			// A known Key moves nobody, also where the people were erased and their identifiers began anew.
			"move again": func(t *rapid.T) {
				if len(moves) == 0 {
					t.Skip("none")
				}
				mv := rapid.SampledFrom(moves).Draw(t, "move")
				if a, b := some(t), some(t); lead(a) != "" && lead(b) != "" {
					mv.From, mv.Into = lead(a), lead(b)
				}
				require.NoError(t, book.Move(ctx, mv))
			},
			"erase": func(t *rapid.T) {
				n := some(t)
				id := lead(n)
				if id == "" || rapid.IntRange(0, 2).Draw(t, "really") > 0 {
					t.Skip("nobody")
				}
				_, err := book.Erase(ctx, id)
				require.NoError(t, err)
				m.erase(n)
			},
			"": func(t *rapid.T) {
				var log []string
				for e, err := range book.Log(ctx, nil) {
					require.NoError(t, err)
					log = append(log, e.ID)
				}
				var want []string
				for _, e := range m.events {
					want = append(want, e.ID)
				}
				require.Equal(t, want, log)
				inbox, err := book.Inbox(ctx, marque.Parts{}, 1000)
				require.NoError(t, err)
				require.Len(t, inbox, len(m.inbox))
				for i, e := range inbox {
					require.Equal(t, m.inbox[i], e.ID)
				}
				who := map[string]string{} // group to person
				groups := m.groups()
				for _, n := range slices.Sorted(maps.Keys(groups)) {
					root, id := groups[n], lead(n)
					require.NotEmpty(t, id, n)
					if other, ok := who[root]; ok {
						require.Equal(t, other, id, n)
						continue
					}
					who[root] = id
					f := rule.NewFacts(lex, id)
					require.NoError(t, book.Fill(ctx, rule.Need{Attrs: []int{0}, Events: []rule.EventNeed{{}}, IDs: true}, start, []*rule.Facts{f}))
					ids, history, age := m.log(n, "view")
					require.Equal(t, age, f.Attrs[0])
					var got []rule.Instant
					for _, h := range f.Events[0] {
						got = append(got, h.At)
					}
					require.Equal(t, history, got)
					var export []string
					for item, err := range book.Export(ctx, id) {
						require.NoError(t, err)
						if item.Kind == "event" {
							export = append(export, item.Key)
						}
					}
					require.Equal(t, ids, export)
				}
				var listed []string
				for id, err := range book.People(ctx, marque.Parts{}, "") {
					require.NoError(t, err)
					listed = append(listed, id)
				}
				require.Equal(t, slices.Sorted(maps.Values(who)), listed, "people, each once")
			},
		})
	})
}

// TestAnyOrder appends the same events in two orders, in batches of other sizes: the people are the same, though
// their ids may differ.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx, lex := context.Background(), people(t)
		es := rapid.SliceOfN(someEvent, 1, 25).Draw(t, "events")
		for i := range es {
			es[i].ID = fmt.Sprintf("e%d", i)
			es[i].At = es[i].At.Add(time.Duration(i) * time.Second) // no ties
		}
		play := func(es []marque.Event, label string) map[string]string {
			book := profile.NewBook(memory.New(), lex, nil)
			for rest := slices.Clone(es); len(rest) > 0; {
				n := rapid.IntRange(1, len(rest)).Draw(t, label)
				_, err := book.Append(ctx, rest[:n:n])
				require.NoError(t, err)
				rest = rest[n:]
			}
			// Each person as text, by the ID of its earliest event.
			out := map[string]string{}
			for id := range book.People(ctx, marque.Parts{}, "") {
				f := rule.NewFacts(lex, id)
				require.NoError(t, book.Fill(ctx, rule.Need{Attrs: []int{0}, Events: []rule.EventNeed{{}}, IDs: true}, start, []*rule.Facts{f}))
				ids := slices.SortedFunc(slices.Values(f.IDs), func(a, b marque.ID) int { return cmp.Compare(a.String(), b.String()) })
				p, err := book.Person(ctx, id)
				require.NoError(t, err)
				out[fmt.Sprint(ids, p.First)] = fmt.Sprint(f.Attrs, f.Events, p.First)
			}
			return out
		}
		first := play(es, "batch")
		require.Equal(t, first, play(rapid.Permutation(es).Draw(t, "order"), "batch"))
	})
}
