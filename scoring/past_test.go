package scoring_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
)

func entries(t *testing.T, book *scoring.Book, profile string) (lines []string) {
	for e, err := range book.History(t.Context(), profile, "lead") {
		require.NoError(t, err)
		b, err := json.Marshal([]any{e.Rule, e.Points, e.Event != "", marque.Duration(e.At.Time().Sub(start)).String(), marque.Duration(e.Recorded.Time().Sub(start)).String(), e.Holds, e.Anew})
		require.NoError(t, err)
		lines = append(lines, string(b))
	}
	return lines
}

func asOf(t *testing.T, book *scoring.Book, after marque.Duration) (asOf, known float64) {
	a, err := book.AsOf(t.Context(), "ann", "lead", at(after))
	require.NoError(t, err)
	k, err := book.Known(t.Context(), "ann", "lead", at(after))
	require.NoError(t, err)
	return a.Value, k.Value
}

func TestHistory(t *testing.T) {
	w, book := leadsWorld(t, leads)
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	w.Track(event("viewed", 0))
	late := event("order_paid", day)
	late.Received = at(11 * day)
	w.Track(late)
	_, err := book.Add(t.Context(), scoring.Act{Key: "k", Profile: "ann", Score: "lead", Points: 8}, at(12*day))
	require.NoError(t, err)
	require.Equal(t, []string{
		`["city",20,true,"0s","0s",true,false]`,
		`["fresh",10,true,"0s","0s",true,false]`,
		`["fresh",0,false,"5d","5d",true,false]`,
		`["order_paid",40,true,"1d","11d",false,false]`,
		`["by hand",8,true,"12d","12d",false,false]`,
	}, entries(t, book, "ann"))
	for _, c := range []struct {
		after       marque.Duration
		asOf, known float64
	}{
		{-1, 2, 2}, {0, 32, 32}, {day - 1000, 32, 32}, {day, 72, 32}, {5*day - 1000, 62.314, 32}, {5 * day, 52.314, 22},
		{11*day - 1000, 42, 22}, {11 * day, 42, 42}, {12 * day, 48.661, 48.661}, {400 * day, 22, 22},
	} {
		a, k := asOf(t, book, c.after)
		require.InDelta(t, c.asOf, a, 0.001, c.after.String())
		require.InDelta(t, c.known, k, 0.001, c.after.String())
	}
	_, err = book.AsOf(t.Context(), "ann", "none", start)
	require.ErrorIs(t, err, marque.ErrNotFound)

	_, err = book.Erase(t.Context(), "ann")
	require.NoError(t, err)
	require.Empty(t, entries(t, book, "ann"))
	a, k := asOf(t, book, 12*day)
	require.Equal(t, []float64{2, 2}, []float64{a, k}, "somebody unknown has Base")
}

// A late event tells the threshold anew from the whole path: it is what it would be had the event come in time. What is
// said is said now; what would have been said then is not.
func TestLateEventsAndHysteresis(t *testing.T) {
	for _, c := range []struct {
		name  string
		late  string // event, after a day, that arrives last
		after marque.Duration
		want  []string
	}{
		{"up though it fell since", "order_paid", 9 * day, []string{"0s ann score.up lead warm", "9d ann score.up lead hot"}},
		{"too late: it is below again", "order_paid", 19 * day, []string{"0s ann score.up lead warm", "10d1us ann score.down lead warm", "19d ann score.up lead warm"}},
		{"down though it would stay up", "unsubscribed", 5 * day, []string{"0s ann score.up lead warm", "2d ann score.up lead hot", "5d ann score.down lead hot"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, book := world(t, scoring.NewMemory(), defs[:1])
			w.Track(event("order_paid", 0))
			if c.late == "unsubscribed" {
				w.Track(event("order_paid", 2*day))
			}
			late := event(c.late, day)
			late.Received = at(c.after)
			w.Track(late)
			require.Equal(t, c.want, derivedtest.Lines(start, w.Said, "score", "threshold"))
			s := read(t, w, book, "ann", at(c.after))
			if c.name == "up though it fell since" {
				require.Less(t, s.Value, 60.0)
				require.Greater(t, s.Value, 30.0)
			}
			then, err := book.AsOf(t.Context(), "ann", "lead", at(c.after))
			require.NoError(t, err)
			require.Equal(t, s.Up, then.Up)
		})
	}
}

// A definition that changes takes effect at the next look for what comes, and by Rebuild for what was.
func TestANewDefinition(t *testing.T) {
	store := scoring.NewMemory()
	w, _ := world(t, store, defs)
	var ps []rule.Pass
	for i := range 4 {
		e := event("viewed", marque.Duration(i)*day)
		w.Track(e)
		ps = append(ps, rule.Pass{Event: e, Facts: w.Facts("ann"), Now: at(9 * day)})
	}
	ps = append(ps, rule.Pass{Facts: w.Facts("ann"), Now: at(9 * day)})
	changed := []scoring.Def{{
		Name: "lead", Rules: []scoring.Rule{{On: "viewed", Points: 4}, {Name: "somewhere", While: `has(city)`, Points: 1}},
		Thresholds: []scoring.Threshold{{Name: "some", At: 9}},
	}}
	w2, book := world(t, store, changed)
	w2.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	w2.Advance(at(9 * day))
	require.Equal(t, []string{"9d ann score.up lead some"}, derivedtest.Lines(start, w2.Look("ann"), "score", "threshold"))
	require.Equal(t, 13.0, value(t, w2, book, "ann", "lead", at(9*day)), "the three that the cap let count, as one each")
	n, err := book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, 16.0, value(t, w2, book, "ann", "lead", at(9*day)), "the passes know no city")
	require.Equal(t, `["",0,false,"9d","9d",false,true]`, entries(t, book, "ann")[4], "what was before is history only")
	a, k := asOf(t, book, 2*day)
	require.Equal(t, []float64{12, 12}, []float64{a, k})
	a, _ = asOf(t, book, 9*day)
	require.Equal(t, 16.0, a)
	n, err = book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = book.Rebuild(t.Context(), []string{"none"}, ps)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

// Rebuilt scores have the identifiers of the events: people who are parted after it get their own points.
func TestRebuildKeepsWhoLearntWhat(t *testing.T) {
	phone, card := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	w, book := world(t, scoring.NewMemory(), defs)
	var ps []rule.Pass
	for i, id := range []marque.ID{phone, card, card} {
		e := event("order_paid", marque.Duration(i)*day)
		e.IDs = []marque.ID{id}
		ps = append(ps, rule.Pass{Event: e, Facts: w.Facts("ann"), Now: at(9 * day)})
	}
	ps = append(ps, rule.Pass{Facts: w.Facts("ann"), Now: at(9 * day)})
	_, err := book.Rebuild(t.Context(), nil, ps)
	require.NoError(t, err)
	require.Equal(t, 3.0, value(t, w, book, "ann", "total", at(9*day)))
	require.Empty(t, w.Track(ps[2].Event), "it is known")
	require.Equal(t, 3.0, value(t, w, book, "ann", "total", at(9*day)))
	require.NoError(t, book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", IDs: []marque.ID{phone}, At: at(9 * day)}))
	require.Equal(t, 2.0, value(t, w, book, "ann", "total", at(9*day)))
	require.Equal(t, 1.0, value(t, w, book, "bob", "total", at(9*day)))
}
