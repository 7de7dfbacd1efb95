package scoring_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring"
)

var leads = []scoring.Def{
	{
		Name: "lead", Base: 2, HalfLife: 10 * day,
		Rules: []scoring.Rule{
			{Name: "city", While: `city == "Chongqing"`, Points: 20},
			{Name: "shops", While: `true`, Times: "shops", Points: 1.5},
			{Name: "fresh", While: `did("viewed", within("5d"))`, Points: 10},
			{Name: "vip", While: `has_tag("vip") and not in_segment("staff")`, Points: 30},
			{On: "order_paid", Points: 40},
		},
		Thresholds: []scoring.Threshold{{Name: "mql", At: 30, Below: 12}},
		Grades: scoring.Grades{
			Fit:        []rule.Grade{{Name: "C"}, {Name: "B", From: 12}, {Name: "A", From: 32}},
			Engagement: []rule.Grade{{Name: "2"}, {Name: "1", From: 20}},
		},
	},
	{Name: "ready", Rules: []scoring.Rule{{Name: "fits", While: `grade("lead/fit") >= "B" and score("lead/engagement") >= 5`, Points: 1}},
		Thresholds: []scoring.Threshold{{Name: "go", At: 1}}},
}

func leadsWorld(t testing.TB, defs []scoring.Def) (*derivedtest.World, *scoring.Book) {
	scores, scales := scoring.Names(defs)
	lex := derivedtest.Must(t, rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "shops", Type: rule.Int}},
		Events:     append(scoring.Says(), rule.EventType{Name: "viewed"}, rule.EventType{Name: "order_paid"}),
		Tags:       []string{"vip"}, Segments: []string{"staff"}, Scores: scores, Scales: scales,
	})
	plan, err := scoring.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := scoring.NewBook(scoring.NewMemory(), plan, nil)
	return derivedtest.NewWorld(t, lex, book), book
}

func TestFitHoldsAndEngagementFades(t *testing.T) {
	w, book := leadsWorld(t, leads)
	lines := func(events []marque.Event) []string {
		return derivedtest.Lines(start, events, "score", "threshold", "from", "to")
	}
	score := func(after marque.Duration) scoring.Score { return read(t, w, book, "ann", at(after)) }
	w.Advance(start)
	require.Equal(t, scoring.Score{Value: 2, Fit: 2, Grade: "C2", Shares: nil}.Fit, score(0).Fit, "Base is everybody's")
	require.Equal(t, "C2", score(0).Grade)

	w.Attrs["ann"] = map[string]any{"city": "Chongqing", "shops": 4}
	require.Equal(t, []string{"0s ann score.grade lead C2 B2"}, lines(w.Look("ann")))
	require.Equal(t, 28.0, score(0).Fit) // 2 + 20 + 4 shops
	require.Zero(t, score(0).Engagement)

	said := lines(w.Track(event("viewed", day))) // fresh until the sixth day, to the microsecond
	require.Equal(t, []string{"1d ann score.up lead mql", "1d ann score.grade lead B2 A2"}, said)
	require.Equal(t, at(6*day), score(day).Look)
	require.Equal(t, []string{"6d ann score.grade lead A2 B2"}, lines(w.Advance(at(20*day))), "28 is above 12: it stays up")

	w.Attrs["ann"]["shops"] = 8
	require.Equal(t, []string{"20d ann score.grade lead B2 A2"}, lines(w.Look("ann")))
	w.Attrs["ann"] = map[string]any{"shops": 1}
	require.Equal(t, []string{"20d ann score.down lead mql", "20d ann score.grade lead A2 C2"}, lines(w.Look("ann")))
	w.Attrs["ann"] = nil
	w.Look("ann")
	require.Equal(t, 2.0, score(20*day).Value, "what is unknown gives nothing")

	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	said = lines(w.Track(event("order_paid", 21*day)))
	require.Equal(t, []string{"21d ann score.up lead mql", "21d ann score.grade lead C2 B1", "21d ann score.up ready go"}, said)
	s := score(31 * day)
	require.InDelta(t, 42, s.Value, 1e-9)
	require.InDelta(t, 20, s.Engagement, 1e-9)
	require.Equal(t, 22.0, s.Fit)
	require.Equal(t, []string{
		crossing(21*day, 40, 20, 10*day) + " ann score.grade lead B1 B2",
		crossing(21*day, 40, 5, 10*day) + " ann score.down ready go",
	}, lines(w.Advance(at(90*day))))
}

func TestPartsAreFactsOfTheirOwn(t *testing.T) {
	w, book := leadsWorld(t, leads)
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	w.Track(event("order_paid", 0))
	f := w.Pass("ann").Facts
	require.Len(t, f.Scores, 4) // lead, lead/fit, lead/engagement, ready
	require.Equal(t, 62.0, f.Scores[0].At(rule.At(start)))
	require.Equal(t, rule.Curve{{Points: 22}}, f.Scores[1])
	require.Equal(t, rule.Curve{{From: rule.At(start), Points: 40, HalfLife: 10 * day}}, f.Scores[2])
	require.Equal(t, 1.0, f.Scores[3].At(rule.At(start)))
	f = w.Facts("nobody")
	require.Equal(t, []rule.Curve{{{Points: 2}}, {{Points: 2}}, {}, nil}, f.Scores)
	var names []string
	for _, d := range book.Derivations() {
		names = append(names, d.Fact)
	}
	require.Equal(t, []string{"score/lead", "score/lead/fit", "score/lead/engagement", "score/ready"}, names)
	_, err := book.Rebuild(t.Context(), w.Names(), []rule.Pass{w.Pass("ann")})
	require.NoError(t, err, "the parts are known names")
}

// A tag that ends and a segment that is left change the fit at their instants.
func TestFitFollowsTagsAndSegments(t *testing.T) {
	w, book := leadsWorld(t, leads)
	look := func(after marque.Duration, tags, segments []rule.Mark) float64 {
		p := w.Pass("ann")
		p.Facts.Tags, p.Facts.Segments, p.Now = tags, segments, at(after)
		_, err := book.Derive(t.Context(), []string{"lead"}, []rule.Pass{p})
		require.NoError(t, err)
		return read(t, w, book, "ann", at(after)).Value
	}
	vip := []rule.Mark{{Slot: 0, From: rule.At(start), Until: rule.At(at(3 * day))}}
	require.Equal(t, 32.0, look(0, vip, nil))
	due, err := book.Due(t.Context(), marque.Parts{}, at(90*day), 9)
	require.NoError(t, err)
	require.Equal(t, []marque.Due{{At: at(3 * day), Profile: "ann", Name: "lead"}}, due)
	require.Equal(t, 2.0, look(day, vip, []rule.Mark{{Slot: 0, From: rule.At(at(day))}}))
	require.Equal(t, 32.0, look(2*day, vip, nil))
	require.Equal(t, 2.0, look(3*day, vip, nil))
	due, err = book.Due(t.Context(), marque.Parts{}, at(90*day), 9)
	require.NoError(t, err)
	require.Empty(t, due)
}

func TestWhyThisFit(t *testing.T) {
	w, book := leadsWorld(t, leads)
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	w.Track(event("viewed", 0))
	w.Track(event("order_paid", day))
	s := read(t, w, book, "ann", at(2*day))
	require.Equal(t, at(5*day), s.Look)
	require.Equal(t, []scoring.Share{
		{Rule: scoring.Basis, Points: 2, Given: 2},
		{Rule: "city", Points: 20, Given: 20, Last: start, While: true, Holds: true},
		{Rule: "shops", While: true},
		{Rule: "fresh", Points: 10, Given: 10, Last: start, While: true, Holds: true},
		{Rule: "vip", While: true},
	}, s.Shares[:5])
	order := s.Shares[5]
	require.InDelta(t, 40*0.9330329915368074, order.Points, 1e-9)
	require.Equal(t, at(12*day), order.Half)
	require.Equal(t, scoring.Crossing{At: s.Next.At, Grade: "A2"}, s.Next, "fit A is 32, engagement falls below 20 first")
	require.Equal(t, crossing(day, 40, 20, 10*day), marque.Duration(s.Next.At.Sub(start)).String())
}

func TestBounds(t *testing.T) {
	defs := []scoring.Def{{
		Name: "lead", HalfLife: 10 * day, Min: new(0.0), Max: new(50.0),
		Rules:      []scoring.Rule{{On: "order_paid", Points: 40}, {On: "viewed", Points: -60}},
		Thresholds: []scoring.Threshold{{Name: "full", At: 50}, {Name: "some", At: 10}},
	}}
	w, book := leadsWorld(t, defs)
	w.Track(event("order_paid", 0))
	e := event("order_paid", 0)
	e.ID = "again"
	w.Track(e)
	require.Equal(t, 50.0, read(t, w, book, "ann", start).Value)
	require.Equal(t, 80.0, read(t, w, book, "ann", start).Engagement, "what is beyond stands, and fades")
	filled := func() *rule.Facts {
		f := w.Facts("ann")
		require.NoError(t, book.Fill(t.Context(), rule.Need{Scores: []int{0}}, at(0), []*rule.Facts{f}))
		return f
	}
	f := filled()
	require.Equal(t, 50.0, f.Scores[0].At(rule.At(at(6*day))))
	require.InDelta(t, 40, f.Scores[0].At(rule.At(at(10*day))), 1e-9)
	w.Track(event("viewed", 10*day)) // 40 − 60
	require.Zero(t, read(t, w, book, "ann", at(10*day)).Value)
	require.Zero(t, filled().Scores[0].At(rule.At(at(10*day))))
	require.Equal(t, []string{
		"0s ann score.up lead some", "0s ann score.up lead full",
		crossing(0, 80, 50, 10*day) + " ann score.down lead full", "10d ann score.down lead some",
	}, derivedtest.Lines(start, w.Said, "score", "threshold"))
}

// Base counts for who never was looked at, and reaches thresholds without a word.
func TestBase(t *testing.T) {
	defs := []scoring.Def{{Name: "lead", Base: 10, Rules: []scoring.Rule{{On: "order_paid", Points: -4}}, Thresholds: []scoring.Threshold{{Name: "some", At: 8}}}}
	w, book := leadsWorld(t, defs)
	s := read(t, w, book, "ann", start)
	require.Equal(t, 10.0, s.Value)
	require.Equal(t, []string{"some"}, s.Up)
	require.Empty(t, w.Look("ann"))
	require.Equal(t, []string{"0s ann score.down lead some"}, derivedtest.Lines(start, w.Track(event("order_paid", 0)), "score", "threshold"))
	page, err := book.People(t.Context(), "lead", "", 10, start)
	require.NoError(t, err)
	require.Equal(t, []scoring.Scored{{Profile: "ann", Value: 6}}, page.People)
}

func TestGradesOfFitAlone(t *testing.T) {
	defs := []scoring.Def{{
		Name: "lead", Rules: []scoring.Rule{{While: `city == "Chongqing"`, Points: 20}, {On: "order_paid", Points: 50}},
		Grades: scoring.Grades{Fit: []rule.Grade{{Name: "B"}, {Name: "A", From: 20}}},
	}}
	w, book := leadsWorld(t, defs)
	require.Equal(t, "B", read(t, w, book, "ann", start).Grade)
	require.Empty(t, w.Track(event("order_paid", 0)), "engagement is no fit")
	w.Attrs["ann"] = map[string]any{"city": "Chongqing"}
	said := w.Look("ann")
	require.Equal(t, map[string]any{"score": "lead", "from": "B", "to": "A"}, said[0].Props)
	require.Equal(t, "score/lead", said[0].Fact)
	require.Equal(t, "A", read(t, w, book, "ann", start).Grade)
}
