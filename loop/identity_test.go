package loop_test

import (
	"errors"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/clean"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/tagging"
)

var (
	annPhone = marque.ID{Kind: "phone", Value: "ann"}
	bobPhone = marque.ID{Kind: "phone", Value: "bob"}
	tablet   = marque.ID{Kind: "device", Value: "tablet"}
)

func roomy(t *testing.T) *loop.Loop {
	plan, err := loop.Compile(everyRoom(), loop.Host{})
	require.NoError(t, err)
	return loop.New(plan, loop.Memory(), &loop.Options{NewID: func(id marque.ID) string { return "p-" + id.Value }})
}

func bought(id string, minute int, ids ...marque.ID) marque.Event {
	return marque.Event{ID: id, Name: "order", At: opening.Add(time.Duration(minute) * time.Minute), IDs: ids}
}

// A host may keep the id under which it knew somebody before a merge.
func TestFormerIDsLeadToThePerson(t *testing.T) {
	l, ctx := roomy(t), t.Context()
	require.NoError(t, l.Track(ctx, bought("a", 1, annPhone), bought("b", 2, bobPhone), bought("ab", 3, annPhone, bobPhone)))
	now := l.Now()
	adjusted, err := l.Points().Adjust(ctx, points.Act{Key: "k1", Profile: "p-bob", Program: "club", Points: 7, Reason: "sorry"}, now)
	require.NoError(t, err)
	require.Equal(t, int64(22), adjusted.Balance)
	spent, err := l.Points().Spend(ctx, points.Act{Key: "k2", Profile: "p-bob", Program: "club", Points: 20}, now)
	require.NoError(t, err)
	require.True(t, spent.OK)
	account, err := l.Points().Account(ctx, "p-bob", "club", now)
	require.NoError(t, err)
	require.Equal(t, int64(2), account.Balance)
	added, err := l.Scores().Add(ctx, scoring.Act{Key: "k3", Profile: "p-bob", Score: "lead", Points: 1}, now)
	require.NoError(t, err)
	require.Equal(t, 31.0, added.Value)
	_, err = l.Tags().Set(ctx, tagging.Act{Key: "k4", Profile: "p-bob", Tag: "vip"}, now)
	require.NoError(t, err)
	why, err := l.Tags().Why(ctx, "p-ann", "vip", now)
	require.NoError(t, err)
	require.True(t, why.On)
	_, err = l.Coupons().Issue(ctx, coupon.IssueRequest{Key: "k5", Batch: "gift", Profile: "p-bob", Now: now})
	require.NoError(t, err)
	wallet, err := l.Coupons().Wallet(ctx, "p-bob", now)
	require.NoError(t, err)
	require.Len(t, wallet, 1)
	require.Equal(t, "p-ann", wallet[0].Profile)
}

func TestUnlinkNamesTheWay(t *testing.T) {
	l, ctx := roomy(t), t.Context()
	require.NoError(t, l.Track(ctx, bought("a", 1, annPhone, tablet), marque.Event{ID: "b", Name: "login", At: opening.Add(2 * time.Minute), IDs: []marque.ID{bobPhone, tablet}}))
	_, err := l.Unlink(ctx, annPhone, bobPhone, "a clerk")
	require.ErrorIs(t, err, profile.ErrLinked)
	require.ErrorContains(t, err, "phone:ann - device:tablet - phone:bob")
	moves, err := l.Unlink(ctx, tablet, bobPhone, "a clerk")
	require.NoError(t, err)
	require.Len(t, moves, 1)
	in, err := l.Segments().Has(ctx, "p-bob", "buyers")
	require.NoError(t, err)
	require.False(t, in)
	_, err = l.Relink(ctx, tablet, bobPhone, "a clerk")
	require.NoError(t, err)
	in, err = l.Segments().Has(ctx, "p-bob", "buyers")
	require.NoError(t, err)
	require.False(t, in, "memberships are asked for under the id of today")
	who, _, err := l.Profiles().Resolve(ctx, []marque.ID{bobPhone})
	require.NoError(t, err)
	require.Equal(t, "p-ann", who)
}

// Who loses a segment by being parted is told to have left it.
func TestPartingIsSaid(t *testing.T) {
	l, ctx := roomy(t), t.Context()
	require.NoError(t, l.Track(ctx,
		marque.Event{ID: "a", Name: "login", At: opening, IDs: []marque.ID{annPhone}}, bought("b", 2, bobPhone), bought("b2", 3, bobPhone),
		marque.Event{ID: "ab", Name: "login", At: opening.Add(4 * time.Minute), IDs: []marque.ID{annPhone, bobPhone}},
		bought("b3", 5, bobPhone)))
	_, err := l.Unlink(ctx, annPhone, bobPhone, "a clerk")
	require.NoError(t, err)
	var said []string
	for e, err := range l.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		if e.Received.Equal(l.Now()) && e.Hops > 0 && e.Profile == "p-ann" {
			said = append(said, e.Name)
		}
	}
	require.Contains(t, said, "segment.left")
	require.Contains(t, said, "tier.down", "gold by bob's orders")
}

// A history is taken in without anybody being written to, and without time moving on.
func TestImport(t *testing.T) {
	plan, err := loop.Compile(everyRoom(), loop.Host{})
	require.NoError(t, err)
	l, ctx := loop.New(plan, loop.Memory(), &loop.Options{
		NewID: func(id marque.ID) string { return "p-" + id.Value }, Now: func() time.Time { return opening.Add(time.Hour) },
	}), t.Context()
	history := []marque.Event{
		bought("b", 2, bobPhone), bought("a", 1, annPhone), {ID: "c", Name: "login", At: opening.Add(3 * time.Minute), IDs: []marque.ID{annPhone, tablet}},
		bought("d", 4, tablet), bought("a", 1, annPhone),
	}
	events := func(yield func(marque.Event, error) bool) {
		for _, e := range history {
			if !yield(e, nil) {
				return
			}
		}
	}
	n, err := l.Import(ctx, events)
	require.NoError(t, err)
	require.Equal(t, 4, n)
	require.True(t, l.Now().IsZero())
	inbox, err := l.Profiles().Inbox(ctx, marque.Parts{}, 10)
	require.NoError(t, err)
	require.Empty(t, inbox)
	require.NoError(t, l.Advance(ctx, opening.Add(time.Hour)))
	score, err := l.Scores().Score(ctx, "p-ann", "lead", l.Now())
	require.NoError(t, err)
	require.Equal(t, 20.0, score.Value)
	account, err := l.Points().Account(ctx, "p-ann", "club", l.Now())
	require.NoError(t, err)
	require.Equal(t, int64(10), account.Balance)
	in, err := l.Segments().Has(ctx, "p-bob", "buyers")
	require.NoError(t, err)
	require.True(t, in)
	var log []string
	for e, err := range l.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		log = append(log, e.Name)
	}
	slices.Sort(log)
	require.Equal(t, []string{"login", "order", "order", "order"}, log, "nobody entered a journey, nothing was said")
	n, err = l.Import(ctx, events)
	require.NoError(t, err)
	require.Zero(t, n)
	again, err := l.Scores().Score(ctx, "p-ann", "lead", l.Now())
	require.NoError(t, err)
	require.Equal(t, score.Value, again.Value)
	broken := errors.New("broken")
	_, err = l.Import(ctx, func(yield func(marque.Event, error) bool) { yield(marque.Event{}, broken) })
	require.ErrorIs(t, err, broken)
}

// What a host does through a book, ahead of the loop's time and without a word, moves what is due.
func TestActsAheadOfTheLoop(t *testing.T) {
	l, ctx := roomy(t), t.Context()
	require.NoError(t, l.Track(ctx, bought("a", 1, annPhone), bought("b", 2, bobPhone)))
	for _, minute := range []int{4, 6} {
		_, err := l.Stages().Set(ctx, lifecycle.Act{Profile: "p-ann", Lifecycle: "life", Stage: "customer", Via: annPhone}, opening.Add(time.Duration(minute)*time.Minute))
		require.NoError(t, err)
		_, _, err = l.Next(ctx)
		require.NoError(t, err)
	}
	require.NoError(t, l.Track(ctx, bought("c", 7, annPhone)))
}

// Old events leave the log, and what follows from them stays; who was not there for long is erased, with a receipt.
func TestRetain(t *testing.T) {
	l, ctx := roomy(t), t.Context()
	require.NoError(t, l.Track(ctx, bought("a", 1, annPhone), bought("b", 2, bobPhone)))
	require.NoError(t, l.Track(ctx, bought("a2", 60*24*40, annPhone)))
	done, err := l.Retain(ctx, loop.Retention{Retention: profile.Retention{Others: 30 * marque.Day}, People: 365 * marque.Day})
	require.NoError(t, err)
	require.Positive(t, done.Events)
	require.Empty(t, done.Receipts, "nobody is idle for a year, though the log of a month says so")
	score, err := l.Scores().Score(ctx, "p-bob", "lead", l.Now())
	require.NoError(t, err)
	require.Equal(t, 10.0, score.Value)
	var log []string
	for e, err := range l.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		if e.Hops == 0 {
			log = append(log, e.ID)
		}
	}
	require.Equal(t, []string{"a2"}, log)
	done, err = l.Retain(ctx, loop.Retention{People: 30 * marque.Day})
	require.NoError(t, err)
	require.Len(t, done.Receipts, 1)
	require.Equal(t, marque.Key("erased", "p-bob"), done.Receipts[0].Key)
	require.Positive(t, done.Receipts[0].Rows())
	_, err = l.Profiles().Person(ctx, "p-bob")
	require.ErrorIs(t, err, marque.ErrNotFound)
	_, err = l.Retain(ctx, loop.Retention{Retention: profile.Retention{Others: -marque.Day}})
	require.Error(t, err)
}

func TestPhonesInOneForm(t *testing.T) {
	plan, err := loop.Compile(everyRoom(), loop.Host{})
	require.NoError(t, err)
	var ignored []string
	l, ctx := loop.New(plan, loop.Memory(), &loop.Options{
		Normalize: clean.IDs(nil), Ignored: func(f *marque.FieldError) { ignored = append(ignored, f.Path) },
	}), t.Context()
	phone := func(v string) marque.ID { return marque.ID{Kind: "phone", Value: v} }
	require.NoError(t, l.Track(ctx, bought("a", 1, phone("138 0013 8000")), bought("b", 2, phone("+86-13800138000")), bought("c", 3, phone("12"), tablet)))
	require.Equal(t, []string{"[0].ids[0]"}, ignored)
	who, known, err := l.Profiles().Resolve(ctx, []marque.ID{phone("１３８００１３８０００")})
	require.NoError(t, err)
	require.True(t, known)
	score, err := l.Scores().Score(ctx, who, "lead", l.Now())
	require.NoError(t, err)
	require.Equal(t, 20.0, score.Value)
}

// A policy stands in one file of a folder, and its faults have their place.
func TestLoadIdentity(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	p, err := loop.Load(fstest.MapFS{"a.yaml": file("identity:\n  kinds: [{name: member, limit: 1}]\n"), "b.yaml": file("events: [{name: order}]\n")})
	require.NoError(t, err)
	require.Equal(t, []identity.Kind{{Name: "member", Limit: 1}}, p.Identity.Kinds)
	_, err = loop.Load(fstest.MapFS{"a.yaml": file("identity: {hub: 5}\n"), "b.yaml": file("identity: {hub: 6}\n")})
	require.ErrorContains(t, err, "b.yaml:1:")
	p, err = loop.Load(fstest.MapFS{"a.yaml": file("identity:\n  kinds: [{name: member, limit: -1}]\n")})
	require.NoError(t, err)
	_, err = loop.Compile(p, loop.Host{})
	require.ErrorContains(t, err, "a.yaml:2:")
}

func TestEraseNobody(t *testing.T) {
	_, err := roomy(t).Erase(t.Context(), "p-nobody")
	require.ErrorIs(t, err, marque.ErrNotFound)
}
