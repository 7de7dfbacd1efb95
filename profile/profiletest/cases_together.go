package profiletest

import (
	"sync"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

const hands = 8

// together runs do on several goroutines, each with a book of its own, and waits.
func (k *kit) together(do func(hand int, b *profile.Book) error) {
	k.Helper()
	var wg sync.WaitGroup
	errs := make([]error, hands)
	for hand := range hands {
		wg.Go(func() { errs[hand] = do(hand, profile.NewBook(k.store, k.lex, nil)) })
	}
	wg.Wait()
	for _, err := range errs {
		k.no(err, "together")
	}
}

var togetherCases = []testCase{
	{"goroutines that append the same events take each once", func(k *kit) {
		var mu sync.Mutex
		taken := map[string]int{}
		k.together(func(hand int, b *profile.Book) error {
			for i := range 60 {
				n := (i + hand*7) % 60
				es := []marque.Event{k.event(number("e", n), "view", n, phone(number("n", n%9)), openid(number("n", n%9)))}
				done, err := b.Append(k.ctx, es)
				if err != nil {
					return err
				}
				mu.Lock()
				for _, e := range done.Events {
					taken[e.ID]++
				}
				mu.Unlock()
			}
			return nil
		})
		want(k, "events taken", len(taken), 60)
		for id, n := range taken {
			want(k, "times that "+id+" was taken", n, 1)
		}
		want(k, "log", len(k.log(nil)), 60)
		want(k, "inbox", len(k.inbox(marque.Parts{}, all)), 60)
		want(k, "people", len(k.people(marque.Parts{})), 9)
		want(k, "moves", len(k.moves()), 0)
	}},
	{"goroutines that link a chain from all sides end with one person", func(k *kit) {
		const links = 40
		k.together(func(hand int, b *profile.Book) error {
			for i := hand; i < links; i += hands {
				n := i * 13 % links
				es := []marque.Event{k.event(number("e", n), "view", n, phone(number("n", n)), phone(number("n", n+1)))}
				if _, err := b.Append(k.ctx, es); err != nil {
					return err
				}
			}
			return nil
		})
		people := k.people(marque.Parts{})
		want(k, "people", len(people), 1)
		want(k, "identifiers", len(k.person(people[0]).IDs), links+1)
		views := k.facts(people[0]).Events[view]
		want(k, "history", len(views), links)
		for i, h := range views {
			want(k, "instant", h.At.Time(), minute(i))
		}
		for _, m := range k.moves() {
			want(k, m.From+" leads to", k.person(m.From).ID, people[0])
		}
	}},
	{"readers see whole commits while others write", func(k *kit) {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			defer close(stop)
			for i := range 150 {
				es := []marque.Event{
					with(k.event(number("v", i), "view", 500-i, phone("1")), nil),
					with(k.event(number("s", i), profile.SetEvent, i, phone("1")), map[string]any{"age": i + 1}),
				}
				if _, err := k.book.Append(k.ctx, es); err != nil {
					k.Error(err)
					return
				}
				if err := k.book.Handled(k.ctx, eventIDs(es)); err != nil {
					k.Error(err)
					return
				}
			}
		})
		for range hands {
			wg.Go(func() {
				f := rule.NewFacts(k.lex, "p-1")
				for {
					if err := k.book.Fill(k.ctx, everything, day, []*rule.Facts{f}); err != nil {
						k.Error(err)
						return
					}
					views := f.Events[view]
					if n := f.Attrs[age].Int(); int64(len(views)) != n {
						k.Errorf("%d views, but age %d", len(views), n)
						return
					}
					for i := 1; i < len(views); i++ {
						if views[i].At < views[i-1].At {
							k.Errorf("a history is out of order at %d", i)
							return
						}
					}
					select {
					case <-stop:
						return
					case <-time.After(50 * time.Microsecond):
					}
				}
			})
		}
		wg.Wait()
		want(k, "inbox", len(k.inbox(marque.Parts{}, all)), 0)
	}},
}
