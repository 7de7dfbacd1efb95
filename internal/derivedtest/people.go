package derivedtest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/marque-go/marque"
)

func erase(p *probe) {
	p.commit(Change{
		Rows: []Row{row("ann", "a", 1).due(time.Hour), row("ann", "b", 1), row("bob", "a", 1).due(2 * time.Hour)},
		Say:  []marque.Event{said("ann", 1), said("bob", 1)},
	})
	n, err := p.store.Erase(p.ctx, "ann")
	if err != nil || n < 2 {
		p.Fatalf("erase: %d rows, error %v; want 2 at least", n, err)
	}
	p.equal("rows", p.rows("ann"), "[[]]")
	p.equal("due", p.dues(marque.Parts{}, 9*time.Hour, 10), "2h0m0s:bob/a ")
	p.equal("said", len(p.pending(marque.Parts{}, 10)), 1)
	page, err := p.store.List(p.ctx, "a", "", 10)
	p.equal("list", fmt.Sprint(len(page), err), "1 <nil>")
	n, err = p.store.Erase(p.ctx, "ann")
	p.equal("again", fmt.Sprint(n, err), "0 <nil>")
	p.commit(Change{Rows: []Row{row("ann", "a", 1)}})
	page, err = p.store.List(p.ctx, "a", "", 10)
	p.equal("there again, once", fmt.Sprint(len(page), err), "2 <nil>")
}

func export(p *probe) {
	p.commit(Change{Rows: []Row{row("ann", "a", 1), row("ann", "b", 1), row("bob", "c", 1)}})
	var keys strings.Builder
	for item, err := range p.store.Export(p.ctx, "ann") {
		if err != nil {
			p.Fatal(err)
		}
		if item.Room == "" || item.Kind == "" || item.Data == nil {
			p.Fatalf("item without room, kind or data: %+v", item)
		}
		keys.WriteString(item.Key + " ")
	}
	p.equal("items", keys.String(), "a b ")
	for range p.store.Export(p.ctx, "ann") {
		break // an export may be cut short
	}
	for item := range p.store.Export(p.ctx, "nobody") {
		p.Fatalf("item of nobody: %+v", item)
	}
}

func move(p *probe) {
	p.commit(Change{Rows: []Row{row("ann", "a", 1).due(time.Hour), row("bob", "b", 1).due(2 * time.Hour)}})
	m := marque.Move{Key: "m", From: "ann", Into: "bob", At: start.Add(2 * time.Hour)}
	for range 2 {
		if err := p.store.Move(p.ctx, m); err != nil {
			p.Fatal(err)
		}
		p.equal("of who is gone stays the count of turns", p.rows("ann")[0], []Row{{Profile: "ann", Name: "a", Turn: 1, Version: 2}})
		if got := p.dues(marque.Parts{}, time.Hour, 10); got != "" {
			p.Fatalf("the rows of who is gone are due: %s", got)
		}
	}
	p.commit(Change{Rows: []Row{row("ann", "a", 3)}})
	if err := p.store.Move(p.ctx, m); err != nil {
		p.Fatal(err)
	}
	p.equal("a known move does nothing", p.rows("ann")[0], []Row{row("ann", "a", 3)})
}

func goroutines(p *probe) {
	const hands, each = 8, 40
	p.commit(Change{Rows: []Row{{Profile: "ann", Name: "a", Holds: true, Version: 1}}})
	var wg sync.WaitGroup
	fail := make(chan error, hands)
	for hand := range hands {
		wg.Go(func() {
			for n := 0; n < each; {
				got, err := p.store.Load(p.ctx, []string{"ann"})
				if err != nil {
					fail <- err
					return
				}
				r := got[0][0]
				r.Turn, r.Version = r.Turn+1, r.Version+1
				r.Due = start.Add(time.Duration(r.Turn) * time.Second)
				own := fmt.Sprintf("own%d", hand)
				rows := []Row{r, row(own, "a", int64(n+1))}
				_, err = p.store.Commit(p.ctx, Change{Rows: rows, Say: []marque.Event{said("ann", r.Turn)}})
				switch {
				case err == nil:
					n++
				case !errors.Is(err, marque.ErrConflict):
					fail <- err
					return
				}
				if _, err := p.store.Due(p.ctx, marque.Parts{}, start.Add(time.Hour), 3); err != nil {
					fail <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(fail)
	for err := range fail {
		p.Fatal(err)
	}
	p.equal("turns", p.rows("ann")[0][0].Turn, hands*each)
	p.equal("due", p.dues(marque.Parts{}, time.Hour, 10), fmt.Sprintf("%v:ann/a ", time.Duration(hands*each)*time.Second))
	for i, e := range p.pending(marque.Parts{}, 2*hands*each) {
		if want := said("ann", i+1); e.ID != want.ID {
			p.Fatalf("event %d: %+v, want %+v", i, e, want)
		}
	}
	p.equal("said", len(p.pending(marque.Parts{}, 2*hands*each)), hands*each)
}

func keyRace(p *probe) {
	if !p.suite.Keys {
		p.Skip("this kind of store has no keys")
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for hand := range 8 {
		wg.Go(func() {
			known, err := p.store.Commit(p.ctx, Change{Key: "k", Rows: []Row{row(fmt.Sprintf("p%d", hand), "a", 1)}})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				p.Error(err)
			} else if !known {
				done++
			}
		})
	}
	wg.Wait()
	p.equal("commits that did something", done, 1)
}
