package loop_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/tagging"
)

// TestPreviewIsWhatHappens: what a preview says of people is what the books say of them after the events or the rulings,
// and the preview itself changes nothing.
func TestPreviewIsWhatHappens(t *testing.T) {
	program := everyRoom()
	program.Scores[0].Rules[0].Cap, program.Scores[0].Rules[0].Per = 25, scoring.Day
	program.Points[0].Pending, program.Points[0].Earn[0].Bonus = marque.Day, true
	program.Points[0].Earn = append(program.Points[0].Earn, points.Earn{On: "login", Points: 4})
	program.Journeys = append(program.Journeys, journey.Def{
		Name: "thank", Entry: journey.Entry{Event: "order", Reentry: "active"}, Nodes: program.Journeys[0].Nodes,
	}, journey.Def{
		Name: "remind", Entry: journey.Entry{Event: "order", Reentry: "every"}, Nodes: program.Journeys[0].Nodes,
	}, journey.Def{
		Name: "hello", Entry: journey.Entry{Event: "login", Reentry: "every"}, Consent: "assumed", Caps: []journey.Cap{{N: 3, Per: "day"}},
		Nodes: []journey.Node{{ID: "send", Send: &journey.Send{Channels: []string{"push"}, Template: "hello"}}},
	})
	plan, err := loop.Compile(program, loop.Host{Channels: map[string]journey.Channel{"push": &journeytest.Channel{}}})
	require.NoError(t, err)
	var pool []marque.ID
	for _, kind := range []string{"member", "phone", "openid"} {
		pool = append(pool, marque.ID{Kind: kind, Value: kind + "-a"}, marque.ID{Kind: kind, Value: kind + "-b"})
	}
	met := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		ctx := t.Context()
		stores := loop.Memory()
		l := loop.New(plan, stores, &loop.Options{NewID: func(id marque.ID) string { return "p-" + id.Value }})
		n, now := 0, opening
		key := func() string {
			n++
			now = now.Add(time.Minute)
			return fmt.Sprintf("k%03d", n)
		}
		some := func(least, most int) []marque.ID {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(pool), least, most, rapid.ID).Draw(t, "ids")
		}
		seen := func(t *rapid.T) []marque.ID {
			var known []marque.ID
			for who, err := range l.Profiles().People(ctx, marque.Parts{}, "") {
				require.NoError(t, err)
				p, err := l.Profiles().Person(ctx, who)
				require.NoError(t, err)
				for _, x := range p.IDs {
					if x.ID.Kind != marque.ProfileKind {
						known = append(known, x.ID)
					}
				}
			}
			return known
		}
		for range rapid.IntRange(8, 30).Draw(t, "steps") {
			name := rapid.SampledFrom([]string{"order", "order", "login", "tag", "score", "points", "stage", "coupon", "unlink"}).Draw(t, "step")
			if name == "order" || name == "login" {
				require.NoError(t, l.Track(ctx, marque.Event{ID: key(), Name: name, At: now, IDs: some(1, 2)}))
				continue
			}
			known := seen(t)
			if len(known) == 0 {
				continue
			}
			via := rapid.SampledFrom(known).Draw(t, "via")
			who, _, err := l.Profiles().Resolve(ctx, []marque.ID{via})
			require.NoError(t, err)
			switch name {
			case "tag":
				_, err = l.Tags().Set(ctx, tagging.Act{Key: key(), Profile: who, Tag: "vip", Via: via}, now)
			case "score":
				_, err = l.Scores().Add(ctx, scoring.Act{Key: key(), Profile: who, Score: "lead", Points: 3, Via: via}, now)
			case "points":
				_, err = l.Points().Adjust(ctx, points.Act{Key: key(), Profile: who, Program: "club", Points: 7, Reason: "sorry", Qualifies: true, Via: via}, now)
			case "stage":
				_, err = l.Stages().Set(ctx, lifecycle.Act{Key: key(), Profile: who, Lifecycle: "life", Stage: "customer", Via: via}, now)
			case "coupon":
				_, err = l.Coupons().Issue(ctx, coupon.IssueRequest{Key: key(), Batch: "gift", Profile: who, Via: via, Now: now})
			case "unlink":
				other := rapid.SampledFrom(known).Draw(t, "other")
				_, err = l.Rule(ctx, identity.Ruling{Key: key(), At: now, A: via, B: other})
			}
			require.NoError(t, err)
			require.NoError(t, l.Advance(ctx, now))
		}

		was := dump(t, l, stores)
		var p loop.Preview
		var do func() error
		if known := seen(t); len(known) > 1 && rapid.Bool().Draw(t, "rule") {
			pair := rapid.SliceOfNDistinct(rapid.SampledFrom(known), 2, 2, rapid.ID).Draw(t, "pair")
			r := identity.Ruling{Key: key(), At: now, A: pair[0], B: pair[1], Linked: rapid.Bool().Draw(t, "linked")}
			p, err = l.PreviewRule(ctx, r)
			if err != nil { // the policy forbids it
				require.ErrorIs(t, err, profile.ErrLimit)
				return
			}
			do = func() error { _, err := l.Rule(ctx, r); return err }
		} else {
			e := marque.Event{ID: key(), Name: "met", At: now, IDs: some(2, 3)}
			p, err = l.Preview(ctx, e)
			require.NoError(t, err)
			do = func() error { return l.Track(ctx, e) }
		}
		require.Equal(t, was, dump(t, l, stores), "a preview changes nothing")

		want := holdings(t, l, p.Before)
		for _, c := range p.Changes {
			at := strings.Join([]string{c.Profile, c.Room, c.Kind, c.Name}, " ")
			require.Equal(t, want[at], text(c.Before), at)
			require.NotEqual(t, c.Before, c.After, at)
			if want[at] = text(c.After); want[at] == "" {
				delete(want, at)
			}
			met[c.Kind]++
			if c.Name == "coupon/gift/person" {
				require.EqualValues(t, 2, c.Limit)
				if c.After.(int64) > c.Limit {
					met["above"]++
				}
			}
		}
		require.NoError(t, do())
		got := holdings(t, l, p.After)
		require.Equal(t, want, got, "after %+v", p.Moves)
		for _, v := range p.After {
			r, err := l.Coupons().Issue(ctx, coupon.IssueRequest{Key: "next" + v.ID, Batch: "gift", Profile: v.ID, Now: now})
			require.NoError(t, err)
			var used int
			fmt.Sscan(got[v.ID+" coupon limit coupon/gift/person"], &used)
			require.Equal(t, used < 2, r.OK, "%d used", used)
		}
		for _, m := range p.Moves {
			met[map[bool]string{true: "split", false: "merge"}[len(m.IDs) > 0]]++
		}
	})
	t.Log(met)
	for _, what := range []string{"merge", "split", "score", "balance", "pending", "tier", "mark", "hand", "coupon", "limit", "above", "enrollment"} {
		require.NotZero(t, met[what], what)
	}
}

// text is a thing that somebody has, empty where it is nothing.
func text(x any) string {
	if reflect.ValueOf(x).IsZero() {
		return ""
	}
	return fmt.Sprint(x)
}

// holdings is what the books say that people have, without what is nothing.
func holdings(t *rapid.T, l *loop.Loop, people []profile.View) map[string]string {
	ctx, now := t.Context(), l.Now()
	all := map[string]string{}
	for _, v := range people {
		put := func(what string, x any) {
			if s := text(x); s != "" {
				all[v.ID+" "+what] = s
			}
		}
		score, err := l.Scores().Score(ctx, v.ID, "lead", now)
		require.NoError(t, err)
		put("scoring score lead", score.Value)
		a, err := l.Points().Account(ctx, v.ID, "club", now)
		require.NoError(t, err)
		put("points balance club", a.Balance)
		put("points pending club", a.Pending)
		put("points tier club", a.Tier)
		for _, tag := range []string{"vip", "buyer"} {
			why, err := l.Tags().Why(ctx, v.ID, tag, now)
			require.NoError(t, err)
			if why.On {
				put("tagging mark "+tag, why.Grounds[0].Source)
			}
		}
		wallet, err := l.Coupons().Wallet(ctx, v.ID, now)
		require.NoError(t, err)
		put("coupon coupon gift", len(wallet))
		count := map[string]int64{}
		for item, err := range l.Export(ctx, v.ID) {
			require.NoError(t, err)
			switch x := item.Data.(type) {
			case journey.State:
				count["journey enrollment "+x.Journey]++
			case limit.Status:
				for _, take := range x.Hold.Takes {
					if take.Own && x.State != limit.Released {
						count[item.Room+" limit "+take.Counter] += take.N
					}
				}
			case lifecycle.Row:
				if len(x.Hands) > 0 {
					put("lifecycle hand life", x.Hands[len(x.Hands)-1].Stage)
				}
			}
		}
		for what, n := range count {
			put(what, n)
		}
	}
	return all
}

// dump is everything that the stores hold of people, or are about to say.
func dump(t *rapid.T, l *loop.Loop, stores loop.Stores) (all []string) {
	ctx := t.Context()
	write := func(x any) {
		b, err := json.Marshal(x)
		require.NoError(t, err)
		all = append(all, string(b))
	}
	for who, err := range l.Profiles().People(ctx, marque.Parts{}, "") {
		require.NoError(t, err)
		for item, err := range l.Export(ctx, who) {
			require.NoError(t, err)
			write(item)
		}
	}
	for e, err := range l.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		write(e)
	}
	moves, err := l.Profiles().Moves(ctx, 100)
	require.NoError(t, err)
	write(moves)
	for _, feed := range []marque.Feed{stores.Profiles, stores.Tags, stores.Scores, stores.Points, stores.Stages, stores.Segments, stores.Coupons, stores.Journeys} {
		events, err := feed.Pending(ctx, marque.Parts{}, 1000)
		require.NoError(t, err)
		write(events)
	}
	return all
}
