package suite

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/limit"
)

// together runs n goroutines and counts those that report true.
func together(n int, do func(i int) bool) (wins int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		wg.Go(func() {
			if do(i) {
				mu.Lock()
				wins++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return wins
}

func race(t *testing.T, s journey.Store) {
	must(t, s, journey.Change{State: state("a", "ann")})
	next := state("a", "ann")
	next.Version = 2
	wins := together(16, func(i int) bool {
		as, err := s.Commit(context.Background(), marque.Lease{}, noon, []journey.Change{
			{State: next, Commands: []journey.Command{{Key: fmt.Sprint("c", i), Profile: "ann", At: noon}}}})
		return err == nil && as[0].OK
	})
	if wins != 1 {
		t.Fatalf("%d won", wins)
	}
	if got := keys(t, s, journey.Batch{Until: noon, N: 99}); len(got) != 1 {
		t.Fatalf("commands %v", got)
	}
}

func capped(t *testing.T, s journey.Store) {
	wins := together(32, func(i int) bool {
		as, err := s.Commit(context.Background(), marque.Lease{}, noon, []journey.Change{
			{Holds: []limit.Hold{{Key: fmt.Sprint("h", i), Profile: "ann", Takes: []limit.Take{take(1, 5)}}}}})
		return err == nil && as[0].OK
	})
	if wins != 5 {
		t.Fatalf("%d were granted, want 5", wins)
	}
}

func cancelled(t *testing.T, s journey.Store) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := s.Commit(ctx, marque.Lease{}, noon, []journey.Change{{State: state("a", "ann")}}); err == nil {
		t.Fatal("committed with a cancelled context")
	}
	if got := get(t, s, "a"); len(got) != 0 {
		t.Fatal("applied")
	}
}
