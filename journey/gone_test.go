package journey_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// between lets another hand act once, between the load of commands and the record that they are handed out.
type between struct {
	journey.Store
	act func()
}

func (b *between) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
	for _, c := range cs {
		if act := b.act; len(c.Tried) > 0 && act != nil {
			b.act = nil
			act()
		}
	}
	return b.Store.Commit(ctx, l, now, cs)
}

// interrupt gives the world a store in which another hand acts.
func (w *world) interrupt(act func()) {
	w.store = &between{w.store, act}
	w.start()
}

// leave exits all that a person is in.
func (w *world) leave(profile string) {
	states, err := w.store.Open(context.Background(), journey.Query{Profiles: []string{profile}, Journey: "j"})
	require.NoError(w.t, err)
	require.Len(w.t, states, 1)
	_, err = w.runner.Exit(context.Background(), marque.Lease{}, w.now, "by_hand", states[0].ID)
	require.NoError(w.t, err)
}

// shift makes two people one in the middle of what the runner does.
func (w *world) shift(from, into string) {
	require.NoError(w.t, w.store.Move(context.Background(), marque.Move{Key: from + into, From: from, Into: into, At: w.now}))
}

// kept lists what the store has of a person.
func (w *world) kept(profile string) (items []string) {
	for item, err := range w.store.Export(context.Background(), profile) {
		require.NoError(w.t, err)
		items = append(items, item.Kind+" "+item.Key)
	}
	return items
}

func TestGoneBeforeItIsHandedOut(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		act  func(w *world)
		sent []string
	}{
		"exit":  {func(w *world) { w.leave("ann") }, []string{"bob"}},
		"erase": {func(w *world) { _, err := w.store.Erase(ctx, "ann"); require.NoError(w.t, err) }, []string{"bob"}},
		"merge": {func(w *world) { w.shift("ann", "zoe") }, []string{"bob", "zoe"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, onOrder(send("s", "", "push")))
			w.n = 9
			w.interrupt(func() { c.act(w) })
			w.now = at("2026-03-02 10:00:00")
			w.append(event("2026-03-02 10:00:00", "ann", "order_paid"), event("2026-03-02 10:00:00", "bob", "order_paid"))
			require.NoError(t, w.settle(ctx))
			var sent []string
			for _, m := range w.push.Sent() {
				sent = append(sent, m.Profile)
			}
			require.Equal(t, c.sent, sent)
			require.Len(t, w.said("message.sent"), len(sent))
			if name != "exit" {
				require.Empty(t, w.kept("ann"))
			}
			w.check()
		})
	}
}

// What an exit in between gave back to a cap is there for the next, and nothing was sent for it.
func TestGoneGivesBack(t *testing.T) {
	d := onOrder(send("s", "w", "push"), wait("w", "", journey.Wait{For: marque.Hour}))
	d.Entry.Reentry, d.Caps = "every", []graph.Cap{{N: 1, Per: "day"}}
	w := newWorld(t, d)
	w.interrupt(func() { w.leave("ann") })
	w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
	require.Empty(t, w.push.Sent())
	w.event("2026-03-02 11:00:00", "ann", "order_paid order=2")
	require.Len(t, w.push.Sent(), 1)
	require.Len(t, w.said("message.sent"), 1)
}

// Who is erased while a channel works does not come back with the next attempt, nor as a dead letter.
func TestEraseDuringSend(t *testing.T) {
	for name, attempts := range map[string]int{"retry": 8, "dead letter": 1} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, onOrder(send("s", "", "push")))
			w.opts = &journey.Options{Attempts: attempts}
			w.start()
			w.push.Answer = func(journey.Message) (journey.Receipt, error) {
				_, err := w.store.Erase(context.Background(), "ann")
				require.NoError(t, err)
				return journey.Receipt{}, errors.New("down")
			}
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			w.until("2026-03-03 10:00:00")
			require.Equal(t, 1, w.push.Calls())
			require.Empty(t, w.kept("ann"))
		})
	}
}

// Who is merged while a channel works gets the next attempt under the new id.
func TestMoveDuringSend(t *testing.T) {
	w := newWorld(t, onOrder(send("s", "", "push")))
	w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
		if m.Profile == "ann" {
			w.shift("ann", "anna")
			return journey.Receipt{}, errors.New("down")
		}
		return journey.Receipt{Status: journey.Sent}, nil
	}
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	w.until("2026-03-03 10:00:00")
	require.Len(t, w.push.Sent(), 1)
	require.Equal(t, "anna", w.push.Sent()[0].Profile)
	require.Len(t, w.said("message.sent"), 1)
	require.Empty(t, w.kept("ann"))
	w.check()
}

// What was sent is told and not sent again, whatever another hand did with the enrollment meanwhile.
func TestChangedDuringSend(t *testing.T) {
	ctx := context.Background()
	for name, act := range map[string]func(w *world){
		"exit": func(w *world) { w.leave("ann") },
		"another version": func(w *world) {
			states, err := w.store.Open(ctx, journey.Query{Profiles: []string{"ann"}, Journey: "j"})
			require.NoError(w.t, err)
			require.Len(w.t, states, 1)
			states[0].Version++
			as, err := w.store.Commit(ctx, marque.Lease{}, w.now, []journey.Change{{State: states[0]}})
			require.NoError(w.t, err)
			require.True(w.t, as[0].OK)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, onOrder(send("s", "", "push")))
			w.push.Answer = func(journey.Message) (journey.Receipt, error) {
				act(w)
				return journey.Receipt{Status: journey.Sent}, nil
			}
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			w.until("2026-03-03 10:00:00")
			require.Equal(t, 1, w.push.Calls())
			require.Len(t, w.said("message.sent"), 1)
			require.Len(t, w.said("journey.exited"), 1)
			require.Empty(t, w.said("message.failed"))
			out, err := w.store.Outbox(ctx, marque.Lease{}, journey.Batch{Until: at("2027-03-02 10:00:00"), N: 9})
			require.NoError(t, err)
			require.Empty(t, out)
		})
	}
}

// Only what is a dead letter still is revived, as the store has it.
func TestReviveOfOldLetters(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		act  func(w *world, dead []journey.Command)
		sent []string
	}{
		"erased": {func(w *world, _ []journey.Command) { _, err := w.store.Erase(ctx, "ann"); require.NoError(w.t, err) }, nil},
		"merged": {func(w *world, _ []journey.Command) { w.move("ann", "anna") }, []string{"anna"}},
		"revived and sent": {func(w *world, dead []journey.Command) {
			require.NoError(w.t, w.runner.Revive(ctx, marque.Lease{}, w.now, dead...))
			w.until("2026-03-02 11:00:00")
		}, []string{"ann"}},
		"changed by the caller": {func(w *world, dead []journey.Command) { dead[0].Profile, dead[0].Message = "eve", nil }, []string{"ann"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, onOrder(send("s", "", "push")))
			w.opts = &journey.Options{Attempts: 1}
			w.start()
			w.push.Answer = func(journey.Message) (journey.Receipt, error) { return journey.Receipt{}, errors.New("down") }
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			dead, err := w.runner.Dead(ctx, marque.Parts{}, 9)
			require.NoError(t, err)
			require.Len(t, dead, 1)
			w.push.Answer = nil
			c.act(w, dead)
			require.NoError(t, w.runner.Revive(ctx, marque.Lease{}, w.now, dead...))
			w.until("2026-03-02 12:00:00")
			var sent []string
			for _, m := range w.push.Sent() {
				sent = append(sent, m.Profile)
			}
			require.Equal(t, c.sent, sent)
			require.Equal(t, 1+len(c.sent), w.push.Calls())
		})
	}
}
