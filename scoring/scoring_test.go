package scoring_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/scoringtest"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

const day = marque.Day

var defs = []scoring.Def{
	{
		Name: "lead", HalfLife: 10 * day,
		Rules: []scoring.Rule{
			{On: "order_paid", Points: 40},
			{Name: "big", On: "order_paid", When: `event.amount >= 1000`, Points: 20},
			{On: "viewed", Points: 4, Cap: 10},
			{On: "unsubscribed", Points: -30},
		},
		Thresholds: []scoring.Threshold{{Name: "hot", At: 60, Below: 30}, {Name: "warm", At: 20}},
	},
	{
		Name:       "total",
		Rules:      []scoring.Rule{{On: "order_paid", Points: 1}, {On: "viewed", When: `city == "Chongqing"`, Points: 0.5}},
		Thresholds: []scoring.Threshold{{Name: "three", At: 3}},
	},
}

func lexicon(t testing.TB) *rule.Lexicon {
	return derivedtest.Must(t, rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Events: append(scoring.Says(), rule.EventType{Name: "viewed"}, rule.EventType{Name: "unsubscribed"},
			rule.EventType{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}),
		Scores: []string{"lead", "total"},
	})
}

func world(t testing.TB, store scoring.Store, defs []scoring.Def) (*derivedtest.World, *scoring.Book) {
	lex := lexicon(t)
	plan, err := scoring.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := scoring.NewBook(store, plan, nil)
	return derivedtest.NewWorld(t, lex, book), book
}

func at(after marque.Duration) time.Time { return start.Add(time.Duration(after)) }

func event(name string, after marque.Duration) marque.Event {
	return marque.Event{
		ID: marque.Key(name, after.String()), Name: name, Profile: "ann", At: at(after), Props: map[string]any{"amount": 100},
	}
}

func value(t require.TestingT, w *derivedtest.World, book *scoring.Book, profile, name string, now time.Time) float64 {
	s, err := book.Score(w.Context(), profile, name, now)
	require.NoError(t, err)
	return s.Value
}

// crossing is the instant at which points fall below a level, to the microsecond above.
func crossing(from marque.Duration, points, level float64, half marque.Duration) string {
	us := math.Floor(float64(half)/1000*math.Log2(points/level)) + 1
	return (from + marque.Duration(us)*1000).String()
}

func TestExactInstants(t *testing.T) {
	half := 10 * day
	for _, c := range []struct {
		name string
		log  []marque.Event
		want []string
	}{
		{"one event, and it fades", []marque.Event{event("order_paid", 0)}, []string{
			"0s ann score.up lead warm", crossing(0, 40, 20, half) + " ann score.down lead warm",
		}},
		{"up from the lowest, down from the highest, with hysteresis", []marque.Event{event("order_paid", 0), event("order_paid", 0), event("order_paid", 5*day)}, []string{
			"0s ann score.up lead warm",
			"5d ann score.up lead hot",
			crossing(0, 40+40*math.Exp2(0.5), 30, half) + " ann score.down lead hot",
			crossing(0, 40+40*math.Exp2(0.5), 20, half) + " ann score.down lead warm",
		}},
		{"down by an event", []marque.Event{event("order_paid", 0), event("unsubscribed", day)}, []string{
			"0s ann score.up lead warm", "1d ann score.down lead warm",
		}},
		{"below nothing it rises back to nothing", []marque.Event{event("unsubscribed", 0), event("order_paid", 10*day)}, []string{
			"10d ann score.up lead warm", crossing(10*day, 25, 20, half) + " ann score.down lead warm",
		}},
		{"without a half-life it stays", []marque.Event{event("order_paid", 0), event("order_paid", 100*day), event("order_paid", 200*day)}, []string{
			"0s ann score.up lead warm", crossing(0, 40, 20, half) + " ann score.down lead warm",
			"100d ann score.up lead warm", crossing(100*day, 40+40*math.Exp2(-10), 20, half) + " ann score.down lead warm",
			"200d ann score.up lead warm", "200d ann score.up total three",
			crossing(200*day, 40+40*math.Exp2(-10)+40*math.Exp2(-20), 20, half) + " ann score.down lead warm",
		}},
	} {
		for _, batch := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, batch %v", c.name, batch), func(t *testing.T) {
				w, book := world(t, scoring.NewMemory(), defs)
				w.Again, w.Batch = true, batch
				for _, e := range c.log {
					w.Track(e)
				}
				w.Advance(start.AddDate(3, 0, 0))
				require.Equal(t, c.want, derivedtest.Lines(start, w.Said, "score", "threshold"))
				left, err := book.Due(t.Context(), marque.Parts{}, start.AddDate(100, 0, 0), 10)
				require.NoError(t, err)
				require.Empty(t, left)
			})
		}
	}
}

func TestSaid(t *testing.T) {
	w, book := world(t, scoring.NewMemory(), defs[:1])
	e := event("order_paid", 0)
	e.Props["amount"], e.IDs, e.Hops = 5000, []marque.ID{{Kind: "phone", Value: "1"}}, 1
	said := w.Track(e)
	want := marque.Event{
		ID: marque.TurnID("ann", "score.up", "score/lead", 1), Name: "score.up", At: start, Received: start, Profile: "ann",
		IDs: e.IDs, Fact: "score/lead", Cause: e.ID, Hops: 2, Props: map[string]any{"score": "lead", "threshold": "warm", "value": 60.0},
	}
	require.Equal(t, want, said[0])
	require.Len(t, said, 2)
	require.Equal(t, marque.TurnID("ann", "score.up", "score/lead", 2), said[1].ID)
	require.Equal(t, "hot", said[1].Props["threshold"])
	pending, err := book.Pending(t.Context(), marque.Parts{}, 10)
	require.NoError(t, err)
	require.Equal(t, said, pending)
}

func TestWhyThisScore(t *testing.T) {
	w, book := world(t, scoring.NewMemory(), defs)
	big := event("order_paid", 0)
	big.Props["amount"] = 2000
	w.Track(big)
	for i := range 5 {
		w.Track(event("viewed", marque.Duration(i)*marque.Hour))
	}
	_, err := book.Add(t.Context(), scoring.Act{Key: "k", Profile: "ann", Score: "lead", Points: 8}, at(day))
	require.NoError(t, err)
	now := at(10 * day)
	s, err := book.Score(t.Context(), "ann", "lead", now)
	require.NoError(t, err)
	require.Equal(t, []string{"warm", "hot"}, s.Up)
	require.False(t, s.Next.At.IsZero())
	want := map[string]struct {
		points float64
		events int
	}{
		"order_paid": {20, 1}, "big": {10, 1}, "by hand": {8 * math.Exp2(-0.9), 1},
		"viewed": {4*math.Exp2(-1) + 4*math.Exp2(-1+1.0/240) + 2*math.Exp2(-1+2.0/240), 3}, // 4 + 4 + 2 of 4
	}
	sum := 0.0
	require.Len(t, s.Shares, len(want))
	for _, share := range s.Shares {
		require.InDelta(t, want[share.Rule].points, share.Points, 1e-9, share.Rule)
		require.Equal(t, want[share.Rule].events, share.Events, share.Rule)
		sum += share.Points
	}
	require.InDelta(t, s.Value, sum, 1e-9)
	past, err := book.Score(t.Context(), "ann", "lead", at(-1000*day))
	require.NoError(t, err)
	require.Less(t, past.Value, 100.0, "a score does not grow into the past")
	require.Positive(t, past.Value)
	none, err := book.Score(t.Context(), "nobody", "lead", now)
	require.NoError(t, err)
	require.Zero(t, none)
	_, err = book.Score(t.Context(), "ann", "none", now)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestAnEventCountsOnce(t *testing.T) {
	w, book := world(t, scoring.NewMemory(), defs)
	w.Track(event("order_paid", 0))
	w.Track(event("viewed", day))
	w.Track(event("order_paid", 0))
	w.Track(event("viewed", day))
	require.Equal(t, 1.0, value(t, w, book, "ann", "total", at(day)))
	require.InDelta(t, 40*math.Exp2(-0.1)+4, value(t, w, book, "ann", "lead", at(day)), 1e-9)
}

func TestCapTakesTheEarliest(t *testing.T) {
	now := at(20 * day)
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}} {
		w, book := world(t, scoring.NewMemory(), defs)
		for _, i := range order {
			e := event("viewed", marque.Duration(i)*day)
			e.Received = now
			w.Track(e)
		}
		require.InDelta(t, 4*math.Exp2(-2)+4*math.Exp2(-1.9)+2*math.Exp2(-1.8), value(t, w, book, "ann", "lead", now), 1e-9, "%v", order)
	}
}

func TestAdd(t *testing.T) {
	ctx := t.Context()
	w, book := world(t, scoring.NewMemory(), defs)
	act := scoring.Act{Key: "k", Profile: "ann", Score: "lead", Points: 25, Cause: "e9", Hops: 4}
	got, err := book.Add(ctx, act, start)
	require.NoError(t, err)
	require.Equal(t, 25.0, got.Value)
	require.Equal(t, []string{"0s ann score.points lead", "0s ann score.up lead warm"}, derivedtest.Lines(start, got.Said, "score", "threshold"))
	require.Equal(t, map[string]any{"score": "lead", "points": 25.0, "value": 25.0}, got.Said[0].Props)
	require.Equal(t, "e9", got.Said[0].Cause)
	require.Equal(t, 5, got.Said[0].Hops)
	require.Equal(t, "score/lead", got.Said[0].Fact)

	got, err = book.Add(ctx, act, at(day))
	require.NoError(t, err)
	require.Equal(t, scoring.Answer{Known: true, Value: 25 * math.Exp2(-0.1)}, got)
	require.Equal(t, []string{crossing(0, 25, 20, 10*day) + " ann score.down lead warm"}, derivedtest.Lines(start, w.Advance(at(50*day)), "score", "threshold"))

	for name, bad := range map[string]scoring.Act{
		"no profile": {Score: "lead", Points: 1}, "no points": {Profile: "ann", Score: "lead"}, "not a number": {Profile: "ann", Score: "lead", Points: math.NaN()},
	} {
		_, err := book.Add(ctx, bad, start)
		var fe *marque.FieldError
		require.True(t, errors.As(err, &fe), name)
	}
	_, err = book.Add(ctx, scoring.Act{Profile: "ann", Score: "none", Points: 1}, start)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

func TestFacts(t *testing.T) {
	w, book := world(t, scoring.NewMemory(), defs)
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	p := w.Log(event("viewed", 0))
	_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{p})
	require.NoError(t, err)
	require.Equal(t, rule.Curve{{From: rule.At(start), Points: 4, HalfLife: 10 * day}}, p.Facts.Scores[0])
	require.Equal(t, rule.Curve{{From: rule.At(start), Points: 0.5}}, p.Facts.Scores[1])
	f := rule.NewFacts(lexicon(t), "ann")
	require.NoError(t, book.Fill(t.Context(), rule.Need{Scores: []int{1}}, start, []*rule.Facts{f}))
	require.Equal(t, p.Facts.Scores, f.Scores)
	for i := range 50 { // a curve stays small
		w.Track(event("order_paid", marque.Duration(i)*day))
	}
	require.NoError(t, book.Fill(t.Context(), rule.Need{Scores: []int{1}}, start, []*rule.Facts{f}))
	require.Len(t, f.Scores[0], 1)
}

func TestCountedEventsAreForgottenAfterAWhile(t *testing.T) {
	store := scoring.NewMemory()
	lex := lexicon(t)
	plan, err := scoring.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := scoring.NewBook(store, plan, &scoring.Options{Remember: 2 * day})
	w := derivedtest.NewWorld(t, lex, book)
	for i := range 100 {
		w.Track(event("order_paid", marque.Duration(i)*12*marque.Hour))
	}
	rows, err := store.Load(t.Context(), []string{"ann"}, nil)
	require.NoError(t, err)
	require.Len(t, rows[0][1].Seen, 5)
	require.Equal(t, 100.0, value(t, w, book, "ann", "total", at(50*day)))
}

func TestRebuild(t *testing.T) {
	ctx := t.Context()
	w, book := world(t, scoring.NewMemory(), defs)
	_, err := book.Add(ctx, scoring.Act{Profile: "ann", Score: "lead", Points: 7}, start)
	require.NoError(t, err)
	var ps []rule.Pass
	for i := range 8 {
		e := event("order_paid", marque.Duration(i*3)*day)
		w.Track(e)
		ps = append(ps, rule.Pass{Event: e, Facts: w.Facts("ann"), Now: e.At})
	}
	ps = append(ps, rule.Pass{Facts: w.Facts("ann"), Now: at(30 * day)})
	w.Advance(at(30 * day))
	before, err := book.Score(ctx, "ann", "lead", at(30*day))
	require.NoError(t, err)
	said := len(w.Said)
	n, err := book.Rebuild(ctx, nil, ps)
	require.NoError(t, err)
	require.Zero(t, n, "it is what it was")
	after, err := book.Score(ctx, "ann", "lead", at(30*day))
	require.NoError(t, err)
	require.Equal(t, before, after)
	pending, err := book.Pending(ctx, marque.Parts{}, 100)
	require.NoError(t, err)
	require.Len(t, pending, said+1, "and the points by hand")
}

func TestMergeAndUnmerge(t *testing.T) {
	ctx := t.Context()
	phone, card := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	w, book := world(t, scoring.NewMemory(), defs)
	track := func(name, profile string, id marque.ID, after marque.Duration) {
		e := event(name, after)
		e.ID, e.Profile, e.IDs = e.ID+profile+id.Kind, profile, []marque.ID{id}
		w.Track(e)
	}
	track("order_paid", "ann", phone, 0)
	track("order_paid", "bob", card, 0)
	for i := range 3 {
		track("viewed", "ann", phone, marque.Duration(i+1)*marque.Hour)
		track("viewed", "bob", card, marque.Duration(i+2)*marque.Hour)
	}
	ann, bob := value(t, w, book, "ann", "lead", at(5*day)), value(t, w, book, "bob", "lead", at(5*day))
	said := len(w.Said)

	require.NoError(t, book.Move(ctx, marque.Move{Key: "m1", From: "ann", Into: "bob", At: at(day)}))
	w.Advance(at(day))
	require.Equal(t, []string{"1d bob score.up lead hot"}, derivedtest.Lines(start, w.Said[said:], "score", "threshold"))
	require.Zero(t, value(t, w, book, "ann", "lead", at(5*day)))
	// Views are capped at 10: of the six the first two and half of the third count.
	want := 80*math.Exp2(-0.5) + 4*math.Exp2((1-120.0)/240) + 4*math.Exp2((2-120.0)/240) + 2*math.Exp2((2-120.0)/240)
	require.InDelta(t, want, value(t, w, book, "bob", "lead", at(5*day)), 1e-9)
	require.Empty(t, w.Track(func() marque.Event { // counted already, whoever it was
		e := event("viewed", marque.Hour)
		e.ID, e.Profile, e.IDs = e.ID+"ann"+phone.Kind, "bob", []marque.ID{phone}
		return e
	}()))
	require.InDelta(t, want, value(t, w, book, "bob", "lead", at(5*day)), 1e-9)

	require.NoError(t, book.Move(ctx, marque.Move{Key: "m2", From: "bob", Into: "ann", IDs: []marque.ID{phone}, At: at(2 * day)}))
	w.Advance(at(2 * day))
	require.InDelta(t, ann, value(t, w, book, "ann", "lead", at(5*day)), 1e-9)
	require.InDelta(t, bob, value(t, w, book, "bob", "lead", at(5*day)), 1e-9)
	seen := map[string]bool{}
	for _, e := range w.Said {
		require.False(t, seen[e.ID], "%v", e)
		seen[e.ID] = true
	}

	n, err := book.Erase(ctx, "bob")
	require.NoError(t, err)
	require.NotZero(t, n)
	require.Zero(t, value(t, w, book, "bob", "lead", at(5*day)))
}

func TestPeople(t *testing.T) {
	_, book := world(t, scoring.NewMemory(), defs)
	for i, p := range []string{"joe", "ann", "eve"} {
		_, err := book.Add(t.Context(), scoring.Act{Profile: p, Score: "total", Points: float64(i + 1)}, start)
		require.NoError(t, err)
	}
	page, err := book.People(t.Context(), "total", "", 2, start)
	require.NoError(t, err)
	require.Equal(t, scoring.Page{People: []scoring.Scored{{"ann", 2}, {"eve", 3}}, Next: "eve"}, page)
	page, err = book.People(t.Context(), "total", page.Next, 2, start)
	require.NoError(t, err)
	require.Equal(t, scoring.Page{People: []scoring.Scored{{"joe", 1}}}, page)
}

func TestCompileListsEveryFault(t *testing.T) {
	lex := lexicon(t)
	nan := math.NaN()
	for _, c := range []struct {
		name string
		defs []scoring.Def
		want []string
	}{
		{"rules", []scoring.Def{{Name: "lead", HalfLife: -1, Base: nan, Rules: []scoring.Rule{
			{On: "order_payed", Points: 1}, {Points: 1}, {On: "viewed", When: "event.x == 1", Points: 0},
			{On: "viewed", Points: 1, Cap: -1}, {On: "viewed", Points: math.Inf(1)}, {Name: "viewed", On: "viewed", Points: 1}, {On: "viewed", Points: 1, Cap: 1e6},
		}}}, []string{
			"base", "half_life", "rules[1].on", "rules[2].points", "rules[3].cap", "rules[4].points", "rules[5].name", "rules[6].cap",
			"rules[0].on", "rules[2].when",
		}},
		{"rules that hold", []scoring.Def{{Name: "lead", Rules: []scoring.Rule{
			{While: "true", On: "viewed", When: "true", Cap: 1, Per: scoring.Day, HalfLife: day, For: day, Points: 1},
			{While: "town == 1", Points: 1}, {While: "true", Times: "town", Points: 1}, {While: "true", Name: "b", Times: "city", Points: 1},
			{On: "viewed", Times: "city", Points: 1}, {While: "true", Points: 1, Name: scoring.ByHand}, {While: "true", Points: 1, Name: scoring.Basis},
		}}}, []string{
			"rules[0].on", "rules[0].when", "rules[0].cap", "rules[0].half_life", "rules[0].for", "rules[4].times", "rules[5].name", "rules[6].name",
			"rules[1].while", "rules[2].times", "rules[3].times",
		}},
		{"periods and ends", []scoring.Def{{Name: "lead", Zone: "Mars/Base", Rules: []scoring.Rule{
			{On: "viewed", Points: 1, Per: scoring.Day}, {On: "viewed", Points: 1, Cap: 1, Per: "hour"},
			{On: "viewed", Points: 1, HalfLife: -1}, {On: "viewed", Points: 1, For: -1}, {On: "viewed", Points: 1, For: 1, HalfLife: 1},
		}}}, []string{"rules[0].per", "rules[1].per", "rules[2].half_life", "rules[3].for", "rules[4].for", "zone"}},
		{"thresholds", []scoring.Def{{Name: "lead", Thresholds: []scoring.Threshold{{Name: "a", At: 1, Below: 2}, {Name: "a", At: 3}, {At: nan}}}},
			[]string{"thresholds[0].below", "thresholds[1].name", "thresholds[2].name", "thresholds[2].at"}},
		{"bounds", []scoring.Def{{Name: "lead", Min: new(1.0), Max: new(0.0)}, {Name: "total", Min: new(0.0), Max: new(50.0), Thresholds: []scoring.Threshold{{Name: "a", At: 51}, {Name: "b", At: 1, Below: -1}}}},
			[]string{"[0].min", "[1].thresholds[0].at", "[1].thresholds[1].below"}},
		{"grades", []scoring.Def{{Name: "lead", Grades: scoring.Grades{Fit: []rule.Grade{{Name: "A"}}, Engagement: []rule.Grade{{Name: "2"}, {Name: "2"}, {Name: "", From: -1}, {Name: "0", From: nan}}}}},
			[]string{"grades.fit", "grades.engagement[1].name", "grades.engagement[2].name", "grades.engagement[2].from", "grades.engagement[3].from"}},
		{"names", []scoring.Def{{Name: "lead"}, {Name: "lead"}, {Name: "none"}, {}, {Name: "lead/fit"}},
			[]string{"[1].name", "[2].name", "[3].name", "[4].name", "[4].name", "[4].name"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := scoring.Compile(c.defs, lex, lang.New(lex, nil))
			require.Error(t, err)
			var paths []string
			for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
				var fe *marque.FieldError
				require.True(t, errors.As(e, &fe))
				path := fe.Path
				if len(c.defs) == 1 {
					path = path[len("[0]."):]
				}
				paths = append(paths, path)
			}
			require.Equal(t, c.want, paths)
		})
	}
}

func TestDerivations(t *testing.T) {
	_, book := world(t, scoring.NewMemory(), defs)
	ds := book.Derivations()
	require.Equal(t, []string{"order_paid", "viewed", "unsubscribed"}, ds[0].On)
	require.Equal(t, "score/lead", ds[0].Fact)
	require.Equal(t, []int{0}, ds[1].Need.Attrs)
	require.Len(t, book.Plan().Refs(), 6)
	require.Equal(t, marque.Ref{Kind: "event", Name: "viewed", Path: "[1].rules[1].on"}, book.Plan().Refs()[5])
	require.Equal(t, defs, book.Plan().Defs())
}

func TestStore(t *testing.T) {
	scoringtest.Run(t, func(t *testing.T) scoring.Store { return scoring.NewMemory() })
}
