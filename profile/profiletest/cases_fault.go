package profiletest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
)

var errFault = errors.New("fault")

// script goes through every kind of write. do runs a step, again where it fails by a fault.
func script(b *profile.Book, do func(what string, f func() error)) {
	ctx := context.Background()
	at := func(id, name string, n int, ids ...marque.ID) marque.Event {
		return marque.Event{ID: id, Name: name, At: minute(n), IDs: ids}
	}
	tell := func(es ...marque.Event) {
		do("append "+es[0].ID, func() error { _, err := b.Append(ctx, es); return err })
	}
	tell(with(at("e1", "signup", 1, phone("a")), map[string]any{"city": "Chongqing"}), at("e2", "view", 2, phone("b")))
	tell(with(at("e3", profile.SetEvent, 3, phone("b")), map[string]any{"age": 31}), at("e4", profile.WithdrawnEvent, 3, phone("b")))
	tell(at("e5", "login", 5, phone("a"), phone("b"), openid("new")), at("e6", "view", 4, phone("a")))
	do("handle", func() error { return b.Handled(ctx, []string{"e1", "e3"}) })
	do("feed", func() error {
		said, err := b.Pending(ctx, marque.Parts{}, 10)
		if err != nil || len(said) == 0 {
			return err
		}
		if _, err := b.Append(ctx, said); err != nil {
			return err
		}
		return b.Taken(ctx, eventIDs(said))
	})
	do("moves", func() error {
		moves, err := b.Moves(ctx, 10)
		for _, m := range moves {
			if err = errors.Join(err, b.Moved(ctx, m.Key)); err != nil {
				break
			}
		}
		return err
	})
	tell(at("e7", "view", 7, phone("c")), at("e8", "view", 8, phone("d")), at("e9", "view", 9, phone("e")))
	do("merge by hand", func() error { return b.Move(ctx, marque.Move{Key: "hand", From: "p-d", Into: "p-c", At: minute(9)}) })
	do("erase", func() error { _, err := b.Erase(ctx, "p-e"); return err })
}

func faults(t *testing.T, open func(t *testing.T) profile.Store) {
	// play runs the script with a fault at the given point and returns the dump and the number of points.
	play := func(t *testing.T, at int) (dump string, points int) {
		s := open(t)
		faulty := Fault(s, func(op string, after bool) error {
			if points++; points == at {
				return fmt.Errorf("%s (after: %v): %w", op, after, errFault)
			}
			return nil
		})
		script(newKit(t, faulty).book, func(what string, do func() error) {
			err := do()
			if errors.Is(err, errFault) {
				err = do()
			}
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		})
		return newKit(t, s).dump(), points
	}
	without, points := play(t, 0)
	if points < 20 {
		t.Fatalf("only %d points", points)
	}
	for at := 1; at <= points; at++ {
		if dump, _ := play(t, at); dump != without {
			t.Errorf("with a fault at point %d:\n%s\nwithout:\n%s", at, dump, without)
		}
	}
}
