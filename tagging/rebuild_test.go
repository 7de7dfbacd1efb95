package tagging_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/tagging"
)

// strict refuses a commit that changes a row twice.
type strict struct{ tagging.Store }

func (s strict) Commit(ctx context.Context, c tagging.Change) ([]string, error) {
	seen := map[[2]string]bool{}
	for _, r := range c.Rows {
		who := [2]string{r.Profile, r.Name}
		if seen[who] {
			panic("a row is changed twice: " + r.Profile + " " + r.Name)
		}
		seen[who] = true
	}
	return s.Store.Commit(ctx, c)
}

// Who has no event any more that the tag follows has one pass, and loses it all the same.
func TestRebuildWithOnePass(t *testing.T) {
	store := strict{tagging.NewMemory()}
	w, book := world(t, store, []tagging.Def{{Name: "reader", On: "message_opened"}})
	w.Track(event("message_opened:sms", 0))
	require.Equal(t, "reader", names(t, book, "ann", day))
	w, book = world(t, store, []tagging.Def{{Name: "reader", On: "message_opened", When: `event.channel == "wechat"`}})
	n, err := book.Rebuild(t.Context(), nil, []rule.Pass{w.Pass("ann")})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Empty(t, names(t, book, "ann", day))
	_, err = book.Rebuild(t.Context(), nil, []rule.Pass{w.Log(event("message_opened:wechat", day))})
	require.NoError(t, err)
	require.Equal(t, "reader", names(t, book, "ann", day))
}

// What happened before 1970 counts, and so does what does not say when it happened.
func TestEventsOfAnyTime(t *testing.T) {
	for name, at := range map[string]time.Time{"long ago": time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), "1970": time.Unix(0, 0), "no time": {}} {
		t.Run(name, func(t *testing.T) {
			_, book := world(t, tagging.NewMemory(), []tagging.Def{{Name: "reader", On: "message_opened", Off: "unsubscribed"}})
			look := func(event string) {
				e := open(0, nil)
				e.Name, e.Profile, e.At = event, "ann", at
				facts := rule.NewFacts(lexicon(t, []tagging.Def{{Name: "reader"}}), "ann")
				_, err := book.Derive(t.Context(), []string{"reader"}, []rule.Pass{{Event: e, Facts: facts, Now: start}})
				require.NoError(t, err)
			}
			look("message_opened")
			require.Equal(t, "reader", names(t, book, "ann", 0))
			look("unsubscribed")
			require.Empty(t, names(t, book, "ann", 0))
		})
	}
}

// Two books over one store: each act happens once, and one tag of a group is on.
func TestTwoBooks(t *testing.T) {
	store := tagging.NewMemory()
	books := []*tagging.Book{importBook(t, store), importBook(t, store)}
	people, tags := []string{"ann", "bob", "joe"}, []string{"woman", "man"}
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			book := books[g%2]
			for i := range 60 {
				act := tagging.Act{Key: string(rune('a' + i)), Profile: people[i%3], Tag: tags[i%2]}
				for {
					_, err := book.Set(t.Context(), act, at(0))
					if err == nil {
						break
					}
				}
				_, err := book.AsOf(t.Context(), act.Profile, at(day))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, p := range people {
		turns, err := store.History(t.Context(), p)
		require.NoError(t, err)
		held, err := books[0].Of(t.Context(), p, at(0))
		require.NoError(t, err)
		require.Len(t, held, 1)
		on := 0
		for _, turn := range turns {
			if turn.On {
				on++
			} else {
				on--
			}
		}
		require.Equal(t, 1, on)
	}
}
