package scoring_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
)

var shanghai = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return loc
}()

// definition draws a score whose points all come of events.
func definition(t *rapid.T) scoring.Def {
	d := scoring.Def{Name: "lead", Zone: "Asia/Shanghai", HalfLife: rapid.SampledFrom([]marque.Duration{0, 10 * day}).Draw(t, "half-life")}
	for i, on := range []string{"order_paid", "viewed", "viewed", "unsubscribed"} {
		r := scoring.Rule{Name: fmt.Sprint(on, i), On: on, Points: []float64{40, 4, 7, -30}[i]}
		if rapid.Bool().Draw(t, "cap") {
			r.Cap = rapid.SampledFrom([]float64{10, 45, 90}).Draw(t, "points")
			r.Per = rapid.SampledFrom([]scoring.Period{"", scoring.Day, scoring.Week, scoring.Month, scoring.Year}).Draw(t, "per")
		}
		switch rapid.IntRange(0, 3).Draw(t, "fades") {
		case 0:
			r.For = rapid.SampledFrom([]marque.Duration{3 * day, 30 * day}).Draw(t, "for")
		case 1:
			r.HalfLife = rapid.SampledFrom([]marque.Duration{2 * day, 90 * day}).Draw(t, "half")
		}
		d.Rules = append(d.Rules, r)
	}
	d.Thresholds = []scoring.Threshold{{Name: "hot", At: 60, Below: 25}, {Name: "warm", At: 20.5}, {Name: "cold", At: -10, Below: -25}}
	d.Grades.Engagement = []rule.Grade{{Name: "3"}, {Name: "2", From: 15.5}, {Name: "1", From: 70.5}}
	if rapid.IntRange(0, 3).Draw(t, "bounds") == 0 {
		lo, hi := -30.0, 75.0
		d.Min, d.Max = &lo, &hi
	}
	return d
}

// wall is a period of the calendar in Shanghai, which has had no shifts of its clock since 1991.
func wall(p scoring.Period, at time.Time) string {
	at = at.In(shanghai)
	switch p {
	case scoring.Day:
		return at.Format(time.DateOnly)
	case scoring.Week:
		y, w := at.ISOWeek()
		return fmt.Sprint(y, w)
	case scoring.Month:
		return at.Format("2006-01")
	case scoring.Year:
		return at.Format("2006")
	}
	return ""
}

// worth is the sum of a definition at an instant by the text of its documentation, the long way.
func worth(d scoring.Def, events []marque.Event, profile string, now time.Time) float64 {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b marque.Event) int { return a.At.Compare(b.At) })
	sum := 0.0
	for _, r := range d.Rules {
		used := map[string]float64{}
		for _, e := range events {
			if e.Profile != profile || e.Name != r.On || e.At.After(now) {
				continue
			}
			p, key := math.Abs(r.Points), wall(r.Per, e.At)
			if r.Cap > 0 {
				p = min(p, r.Cap-used[key])
				used[key] += p
			}
			half, age := r.HalfLife, marque.Duration(now.Sub(e.At))
			switch {
			case r.For > 0 && age >= r.For:
				p = 0
			case r.For > 0:
			case half == 0:
				half = d.HalfLife
				fallthrough
			default:
				if half > 0 {
					p *= math.Exp2(-float64(age) / float64(half))
				}
			}
			sum += math.Copysign(p, r.Points)
		}
	}
	return sum
}

func bounded(d scoring.Def, x float64) float64 {
	if d.Max != nil {
		x = min(x, *d.Max)
	}
	if d.Min != nil {
		x = max(x, *d.Min)
	}
	return x
}

func read(t require.TestingT, w *derivedtest.World, book *scoring.Book, profile string, at time.Time) scoring.Score {
	s, err := book.Score(w.Context(), profile, "lead", at)
	require.NoError(t, err)
	return s
}

// near compares scores but for the last bits, which depend on the order of sums.
func near(t require.TestingT, want, got scoring.Score, msg string) {
	require.InDelta(t, want.Value, got.Value, 1e-9, msg)
	require.InDelta(t, want.Engagement, got.Engagement, 1e-9, msg)
	require.Equal(t, want.Up, got.Up, msg)
	require.Equal(t, want.Grade, got.Grade, msg)
	require.Len(t, got.Shares, len(want.Shares), msg)
	for i := range want.Shares {
		require.Equal(t, want.Shares[i].Events, got.Shares[i].Events, msg)
		require.Equal(t, want.Shares[i].Full, got.Shares[i].Full, msg)
	}
}

// A score, its thresholds and its grade are a function of the set of events: live, in any order of arrival, and rebuilt.
// As of any instant it is what it was, by what is known now and by what was known then.
func TestAnyOrderAndAnyInstant(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := definition(rt)
		events := history(rt)
		now := events[len(events)-1].Received.Add(time.Duration(rapid.IntRange(1, 40*24).Draw(rt, "rest")) * time.Hour)
		probes := map[time.Time]map[string]scoring.Score{} // what was held at an instant
		live, liveBook := world(t, scoring.NewMemory(), []scoring.Def{d})
		people := []string{"p0", "p1", "p2"}
		for i, e := range events {
			live.Track(e)
			at := e.Received.Add(time.Duration(rapid.IntRange(0, 3600).Draw(rt, "later")) * time.Second)
			if (i+1 == len(events) || events[i+1].Received.After(at)) && at.Before(now) {
				live.Advance(at)
				probes[at] = map[string]scoring.Score{}
				for _, p := range people {
					probes[at][p] = read(rt, live, liveBook, p, at)
				}
			}
		}
		live.Advance(now)
		late, lateBook := world(t, scoring.NewMemory(), []scoring.Def{d})
		for _, e := range rapid.Permutation(events).Draw(rt, "order") {
			e.Received = now
			late.Track(e)
		}
		anew, anewBook := world(t, scoring.NewMemory(), []scoring.Def{d})
		var ps []rule.Pass
		for _, e := range rapid.Permutation(events).Draw(rt, "passes") {
			ps = append(ps, anew.Log(e))
		}
		for _, p := range people {
			ps = append(ps, rule.Pass{Event: marque.Event{Profile: p, At: now}, Facts: rule.NewFacts(lexicon(t), p), Now: now})
		}
		_, err := anewBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		n, err := anewBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		require.Zero(rt, n, "rebuilt twice")
		for _, p := range people {
			want := read(rt, live, liveBook, p, now)
			sum := worth(d, events, p, now)
			require.InDelta(rt, sum, want.Engagement, 1e-6)
			require.InDelta(rt, bounded(d, sum), want.Value, 1e-6)
			near(rt, want, read(rt, late, lateBook, p, now), "late")
			near(rt, want, read(rt, anew, anewBook, p, now), "rebuilt")
			for _, book := range []*scoring.Book{liveBook, lateBook, anewBook} {
				s, err := book.AsOf(t.Context(), p, "lead", now)
				require.NoError(rt, err)
				near(rt, want, s, "as of now")
			}
			for at, held := range probes {
				was, err := liveBook.AsOf(t.Context(), p, "lead", at)
				require.NoError(rt, err)
				require.InDelta(rt, worth(d, events, p, at), was.Engagement, 1e-6)
				for _, book := range []*scoring.Book{liveBook, anewBook} {
					known, err := book.Known(t.Context(), p, "lead", at)
					require.NoError(rt, err)
					near(rt, held[p], known, "as known at "+at.String())
				}
			}
		}
	})
}

// What is said of a threshold because time passes is said at the first microsecond.
func TestCrossingsToTheMicrosecond(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := definition(rt)
		events := history(rt)
		w, book := world(t, scoring.NewMemory(), []scoring.Def{d})
		arrivals := map[time.Time]bool{}
		for _, e := range events {
			e.At = e.Received
			arrivals[e.Received] = true
			w.Track(e)
		}
		w.Advance(start.AddDate(3, 0, 0))
		for _, e := range w.Said {
			if arrivals[e.At] || e.Name == scoring.Graded {
				continue
			}
			i := slices.IndexFunc(d.Thresholds, func(x scoring.Threshold) bool { return x.Name == e.Props["threshold"] })
			level := d.Thresholds[i].At
			if e.Name == scoring.Down && d.Thresholds[i].Below != 0 {
				level = d.Thresholds[i].Below
			}
			at, err := book.AsOf(t.Context(), e.Profile, "lead", e.At)
			require.NoError(rt, err)
			before, err := book.AsOf(t.Context(), e.Profile, "lead", e.At.Add(-time.Microsecond))
			require.NoError(rt, err)
			require.Equal(rt, e.Name == scoring.Up, at.Value >= level)
			require.Equal(rt, e.Name == scoring.Down, before.Value >= level)
			require.Equal(rt, e.At, before.Next.At)
			require.Equal(rt, e.Name == scoring.Up, slices.Contains(at.Up, d.Thresholds[i].Name))
		}
	})
}

// A merge and its unmerge give back both scores bit for bit, their histories included, and in between they are one.
func TestPartedAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := definition(rt)
		events := history(rt)
		phone := func(p string) []marque.ID { return []marque.ID{{Kind: "phone", Value: p}} }
		w, book := world(t, scoring.NewMemory(), []scoring.Def{d})
		for i := range events {
			events[i].IDs = phone(events[i].Profile)
			w.Track(events[i])
		}
		now := events[len(events)-1].Received
		once := events[0].Received.Add(now.Sub(events[0].Received) / 2)
		people := []string{"p0", "p1", "p2"}
		look := func() (all []scoring.Score) {
			for _, p := range people {
				all = append(all, read(rt, w, book, p, now))
				asOf, err := book.AsOf(t.Context(), p, "lead", once)
				require.NoError(rt, err)
				known, err := book.Known(t.Context(), p, "lead", once)
				require.NoError(rt, err)
				all = append(all, asOf, known)
			}
			return all
		}
		before := look()
		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m1", From: "p0", Into: "p1", At: now}))
		w.Advance(now)
		joined := slices.Clone(events)
		for i := range joined {
			if joined[i].Profile == "p0" {
				joined[i].Profile = "p1"
			}
		}
		both := read(rt, w, book, "p1", now)
		require.InDelta(rt, worth(d, joined, "p1", now), both.Engagement, 1e-6)
		for _, at := range []time.Time{once, now} {
			asOf, err := book.AsOf(t.Context(), "p1", "lead", at)
			require.NoError(rt, err)
			require.InDelta(rt, worth(d, joined, "p1", at), asOf.Engagement, 1e-6)
		}
		known, err := book.Known(t.Context(), "p1", "lead", now.Add(-time.Microsecond))
		require.NoError(rt, err)
		require.InDelta(rt, worth(d, slices.DeleteFunc(slices.Clone(events), func(e marque.Event) bool { return e.Received.Equal(now) }), "p1", now.Add(-time.Microsecond)), known.Engagement, 1e-6, "the merge was not known")
		none := read(rt, w, book, "p0", now)
		require.Zero(rt, none.Value)

		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m2", From: "p1", Into: "p0", IDs: phone("p0"), At: now}))
		w.Advance(now)
		require.Equal(rt, before, look())

		between := now.Add(90 * time.Minute)
		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m3", From: "p0", Into: "p1", At: now.Add(time.Hour)}))
		then, err := book.Known(t.Context(), "p1", "lead", between)
		require.NoError(rt, err)
		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m4", From: "p1", Into: "p0", IDs: phone("p0"), At: now.Add(2 * time.Hour)}))
		again, err := book.Known(t.Context(), "p1", "lead", between)
		require.NoError(rt, err)
		require.Equal(rt, then, again, "that they were parted was not known")
		own, err := book.AsOf(t.Context(), "p1", "lead", between)
		require.NoError(rt, err)
		require.InDelta(rt, worth(d, events, "p1", between), own.Engagement, 1e-6)
	})
}

// Rebuilt from the events, what holds and acts as they are kept, a score is what it was: with late events, changes of the
// person, points by hand and people who were merged.
func TestRebuildIsLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := definition(rt)
		d.Rules = append(d.Rules, scoring.Rule{Name: "city", While: `city == "Chongqing"`, Points: 22},
			scoring.Rule{Name: "quiet", While: `not did("viewed", within("4d"))`, Points: 9})
		d.Grades.Fit = []rule.Grade{{Name: "B"}, {Name: "A", From: 20}}
		events := history(rt)
		w, book := world(t, scoring.NewMemory(), []scoring.Def{d})
		person := func(p string) string { return p }
		for i, e := range events {
			e.Profile = person(e.Profile)
			w.Track(e)
			now := e.Arrived()
			switch rapid.IntRange(0, 5).Draw(rt, "then") {
			case 0:
				w.Attrs[e.Profile] = map[string]any{"city": rapid.SampledFrom([]string{"Chongqing", "Chengdu"}).Draw(rt, "city")}
				w.Look(e.Profile)
			case 1:
				points := float64(rapid.IntRange(1, 40).Draw(rt, "by hand"))
				_, err := book.Add(t.Context(), scoring.Act{Key: fmt.Sprint(i), Profile: e.Profile, Score: "lead", Points: points, Via: e.Via()}, now)
				require.NoError(rt, err)
			case 2:
				if person("p0") == "p1" {
					break
				}
				person = func(p string) string {
					if p == "p0" {
						p = "p1"
					}
					return p
				}
				require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m", From: "p0", Into: "p1", At: now}))
				for _, e := range events[:i+1] { // the log is one as well
					if e.Profile == "p0" {
						e.Profile = "p1"
						w.Log(e)
					}
				}
				w.Look("p1")
				w.Advance(now)
			}
		}
		now := events[len(events)-1].Received.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(rt, "rest")) * time.Hour)
		w.Advance(now)
		var ps []rule.Pass
		for _, p := range []string{"p1", "p2"} {
			for _, e := range events {
				if person(e.Profile) == p {
					e.Profile = p
					ps = append(ps, rule.Pass{Event: e, Facts: w.Facts(p), Now: now})
				}
			}
			pass := w.Pass(p)
			pass.Now = now
			ps = append(ps, pass)
		}
		said := len(w.Said)
		for range 2 {
			for _, p := range []string{"p1", "p2"} {
				w.Look(p)
				before := read(rt, w, book, p, now)
				asOf, err := book.AsOf(t.Context(), p, "lead", now)
				require.NoError(rt, err)
				near(rt, before, asOf, "as of now")
				_, err = book.Rebuild(t.Context(), nil, slices.DeleteFunc(slices.Clone(ps), func(x rule.Pass) bool { return x.Facts.Profile != p }))
				require.NoError(rt, err)
				near(rt, before, read(rt, w, book, p, now), "rebuilt")
				for e, err := range book.History(t.Context(), p, "lead") {
					require.NoError(rt, err)
					require.False(rt, e.Anew, "nothing was counted anew")
				}
			}
		}
		require.Len(rt, w.Said, said)
	})
}

func TestDefinitionsAreData(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := definition(rt)
		d.Base, d.Doc = 2.5, "who is ready"
		d.Rules = append(d.Rules, scoring.Rule{Name: "x", While: "true", Times: "shops", Points: -1})
		data, err := json.Marshal(d)
		require.NoError(rt, err)
		var back scoring.Def
		require.NoError(rt, json.Unmarshal(data, &back))
		require.Equal(rt, d, back)
	})
}
