package profile_test

import (
	"cmp"
	"context"
	"fmt"
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

// strict is a policy with everything that can refuse a link.
func strict(t require.TestingT) *identity.Rules {
	rules, err := identity.Policy{
		Kinds:   []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 2}, {Name: "email", Limit: 2}, {Name: "device"}},
		Sources: []string{"login"}, Hub: 4,
	}.Compile()
	require.NoError(t, err)
	return rules
}

// A word is an event or a ruling.
type word struct {
	event  marque.Event
	ruling identity.Ruling
}

var (
	fewIDs = func() (ids []marque.ID) {
		for _, kind := range []string{"member", "phone", "email", "device"} {
			for _, v := range []string{"1", "2", "3"} {
				ids = append(ids, marque.ID{Kind: kind, Value: v})
			}
		}
		return ids
	}()
	someWords = rapid.Custom(func(t *rapid.T) []word {
		words := make([]word, rapid.IntRange(1, 18).Draw(t, "n"))
		for i := range words {
			at := start.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "minute"))*time.Minute + time.Duration(i)*time.Second)
			w := &words[i]
			if rapid.IntRange(0, 4).Draw(t, "ruling") == 0 {
				w.ruling = identity.Ruling{
					Key: fmt.Sprintf("r%d", i), At: at, Linked: rapid.IntRange(0, 3).Draw(t, "linked") == 0,
					A: rapid.SampledFrom(fewIDs).Draw(t, "a"), B: rapid.SampledFrom(fewIDs).Draw(t, "b"),
				}
				continue
			}
			w.event = marque.Event{
				ID: fmt.Sprintf("e%d", i), Name: rapid.SampledFrom([]string{"view", "login", "profile.set", "consent.given", "consent.withdrawn"}).Draw(t, "name"),
				At: at, IDs: rapid.SliceOfNDistinct(rapid.SampledFrom(fewIDs), 1, 4, rapid.ID).Draw(t, "ids"),
			}
			switch w.event.Name {
			case "profile.set":
				w.event.Props = map[string]any{"age": i}
			case "consent.given", "consent.withdrawn":
				w.event.Props = map[string]any{"channel": rapid.SampledFrom([]string{"", "sms"}).Draw(t, "channel")}
			}
		}
		return words
	})
)

// tell gives words to a book in order. A ruling on what nobody has seen yet waits.
func tell(t *rapid.T, book *profile.Book, words []word) {
	ctx := context.Background()
	var wait []identity.Ruling
	rule := func(r identity.Ruling) bool {
		_, err := book.Rule(ctx, r)
		if err != nil && !strings.Contains(err.Error(), "not found") {
			require.True(t, strings.Contains(err.Error(), "too many") || strings.Contains(err.Error(), "hub"), err)
		}
		return err == nil
	}
	for _, w := range words {
		if w.ruling.Key != "" {
			if !rule(w.ruling) {
				wait = append(wait, w.ruling)
			}
			continue
		}
		_, err := book.Append(ctx, []marque.Event{w.event})
		require.NoError(t, err)
	}
	for _, r := range wait {
		rule(r)
	}
}

// portrait tells each person by their identifiers: what is known of them, and which events are theirs.
func portrait(t *rapid.T, book *profile.Book, lex *rule.Lexicon) map[string]string {
	ctx := context.Background()
	out := map[string]string{}
	for id, err := range book.People(ctx, marque.Parts{}, "") {
		require.NoError(t, err)
		f := rule.NewFacts(lex, id)
		require.NoError(t, book.Fill(ctx, rule.Need{Attrs: []int{0}, Events: []rule.EventNeed{{}}, IDs: true, Consents: true}, start, []*rule.Facts{f}))
		ids := slices.SortedFunc(slices.Values(f.IDs), func(a, b marque.ID) int { return cmp.Compare(a.String(), b.String()) })
		var events []string
		for item, err := range book.Export(ctx, id) {
			require.NoError(t, err)
			if e, ok := item.Data.(marque.Event); ok && e.Hops == 0 {
				events = append(events, e.ID)
				require.Contains(t, ids, e.Via(), "an event belongs to the person of its first identifier")
				require.Equal(t, id, e.Profile)
			}
		}
		slices.Sort(events)
		out[fmt.Sprint(ids)] = fmt.Sprint(f.Attrs, f.Events, f.Consents, events)
	}
	return out
}

// TestPeopleFollowFromEvidence gives the same events and rulings in two orders: the same people come out, with the
// same facts, consents and events, and they are those that the evidence says by itself.
func TestPeopleFollowFromEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lex, rules := people(t), strict(t)
		words := someWords.Draw(t, "words")
		// Rulings that link may be refused by what came before them, and wait for nobody: they have no place here.
		words = slices.DeleteFunc(words, func(w word) bool { return w.ruling.Linked })
		var first map[string]string
		for range 2 {
			book := profile.NewBook(memory.New(), lex, &profile.Options{Identity: rules})
			tell(t, book, words)
			got := portrait(t, book, lex)
			if first == nil {
				first = got
			}
			require.Equal(t, first, got)
			var e identity.Evidence
			known := map[marque.ID]bool{}
			for _, w := range words {
				if w.event.Name != "" {
					e.Observations = append(e.Observations, identity.Observation{Key: w.event.ID, Source: w.event.Name, At: w.event.At, IDs: rules.Usable(w.event.IDs)})
					for _, id := range w.event.IDs {
						known[id] = true
					}
				}
			}
			for _, w := range words {
				if w.ruling.Key != "" && known[w.ruling.A] && known[w.ruling.B] {
					e.Rulings = append(e.Rulings, w.ruling)
				}
			}
			want := map[string]bool{}
			for _, p := range rules.Resolve(e).People {
				slices.SortFunc(p.IDs, func(a, b marque.ID) int { return cmp.Compare(a.String(), b.String()) })
				want[fmt.Sprint(p.IDs)] = true
			}
			require.Len(t, got, len(want))
			for ids := range got {
				require.True(t, want[ids], ids)
			}
			words = rapid.Permutation(words).Draw(t, "order")
		}
	})
}

// TestUnlinkTakesBack lets two people live, makes them one, and parts them: each has what they had, but for what was
// learnt meanwhile, which is theirs whose identifier it came with.
func TestUnlinkTakesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx, lex := context.Background(), people(t)
		book := profile.NewBook(memory.New(), lex, &profile.Options{NewID: func(id marque.ID) string { return "p-" + id.Value }})
		ann, bob := marque.ID{Kind: "phone", Value: "ann"}, marque.ID{Kind: "phone", Value: "bob"}
		n := 0
		live := func(label string) {
			for range rapid.IntRange(0, 6).Draw(t, label) {
				e := someEvent.Draw(t, "event")
				e.Profile, e.IDs = "", []marque.ID{rapid.SampledFrom([]marque.ID{ann, bob}).Draw(t, "who")}
				if rapid.IntRange(0, 4).Draw(t, "consent") == 0 {
					e.Name, e.Props = rapid.SampledFrom([]string{profile.GivenEvent, profile.WithdrawnEvent}).Draw(t, "said"), map[string]any{"topic": "news"}
				}
				n++
				e.ID = fmt.Sprint("e", n)
				_, err := book.Append(ctx, []marque.Event{e})
				require.NoError(t, err)
			}
		}
		for _, id := range []marque.ID{ann, bob} {
			_, err := book.Append(ctx, []marque.Event{{ID: id.Value, Name: "view", At: start, IDs: []marque.ID{id}}})
			require.NoError(t, err)
		}
		live("before")
		before := portrait(t, book, lex)
		_, err := book.Append(ctx, []marque.Event{{ID: "zz", Name: "login", At: start.Add(time.Hour), IDs: []marque.ID{ann, bob}}})
		require.NoError(t, err)
		again := rapid.Bool().Draw(t, "meanwhile")
		if again {
			live("meanwhile")
		}
		done, err := book.Unlink(ctx, identity.Ruling{Key: "u", At: start.Add(2 * time.Hour), A: bob, B: ann})
		require.NoError(t, err)
		require.Len(t, done.Moves, 1)
		require.Equal(t, []string{"p-ann", "p-bob"}, slices.Sorted(func(yield func(string) bool) {
			for id := range book.People(ctx, marque.Parts{}, "") {
				if !yield(id) {
					return
				}
			}
		}))
		if !again {
			after := portrait(t, book, lex)
			for ids, what := range before {
				require.Equal(t, what, strings.Replace(after[ids], " zz]", "]", 1), ids)
			}
		}
		twice, err := book.Unlink(ctx, identity.Ruling{Key: "u", At: start.Add(2 * time.Hour), A: bob, B: ann})
		require.NoError(t, err)
		require.Equal(t, profile.Ruled{Known: true}, twice)
		_, err = book.Append(ctx, []marque.Event{{ID: "both again", Name: "login", At: start.Add(3 * time.Hour), IDs: []marque.ID{ann, bob}}})
		require.NoError(t, err)
		require.Len(t, portrait(t, book, lex), 2, "what was unlinked stays so, whatever is seen again")
		_, err = book.Rule(ctx, identity.Ruling{Key: "l", At: start.Add(4 * time.Hour), A: ann, B: bob, Linked: true})
		require.NoError(t, err)
		require.Len(t, portrait(t, book, lex), 1)
	})
}
