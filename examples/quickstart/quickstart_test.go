package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
)

func pages(t *testing.T, o options) (text, page string) {
	t.Helper()
	r, err := runShop(t.Context(), o, io.Discard)
	require.NoError(t, err)
	var a, b bytes.Buffer
	require.NoError(t, report.Text(&a, r))
	require.NoError(t, report.HTML(&b, r))
	return a.String(), b.String()
}

func TestTheSameSeedGivesTheSameReport(t *testing.T) {
	o := options{seed: 3, people: 300, days: 40}
	text, page := pages(t, o)
	again, pageAgain := pages(t, o)
	require.Equal(t, text, again)
	require.Equal(t, page, pageAgain)
	o.seed = 4
	other, _ := pages(t, o)
	require.NotEqual(t, text, other)
}

// TestNothingIsSentThatMustNotBe looks through the log of a whole run: nothing in quiet hours, nothing above a cap,
// nothing to the control group, nothing after an exit, no key twice.
func TestNothingIsSentThatMustNotBe(t *testing.T) {
	o := options{seed: 5, people: 3000, days: 90}
	if raceEnabled || testing.Short() {
		o.people = 400
	}
	s, err := newScene(o, loop.Memory())
	require.NoError(t, err)
	ctx := t.Context()
	require.NoError(t, s.play(ctx, func(time.Time, int) {}))

	var log []marque.Event
	count := map[string]int{}
	for e, err := range s.loop.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		log = append(log, e)
		count[e.Name]++
		switch journey, _ := e.Props["journey"].(string); e.Name {
		case "journey.entered":
			count[journey+"/entered"]++
		case "message.sent":
			count[journey+"/sent"]++
		}
		if e.Name == "experiment.exposed" {
			count[e.Props["experiment"].(string)+"/"+e.Props["arm"].(string)]++
		}
	}
	var defs []journey.Def
	for _, p := range s.plan.Journeys().Plans() {
		defs = append(defs, *p.Def())
	}
	require.NoError(t, journeytest.Check(defs, log, func(profile string) string {
		p, err := s.loop.Profiles().Person(ctx, profile)
		require.NoError(t, err)
		for _, a := range p.Attributes {
			if a.Name == "zone" {
				zone, _ := a.Value.(string)
				return zone
			}
		}
		return ""
	}))
	for _, name := range []string{"message.sent", "message.failed", "message_opened", "coupon.issued", "coupon.redeemed", "coupon.expired",
		"tag.added", "tag.removed", "score.up", "score.down", "segment.entered", "segment.left", "journey.entered", "journey.exited",
		"profile.merged", "just-looked/treatment", "just-looked/control", "on-birthday/entered", "last-call/sent"} {
		require.Positive(t, count[name], "the scene has no %s", name)
	}
	require.Zero(t, s.shop.Truth().Unwanted, "sent to somebody who had withdrawn consent")
	require.Empty(t, s.loop.Dead())
	for _, name := range s.plan.Coupons().Names() {
		d, _ := s.plan.Coupons().Def(name)
		st, err := s.loop.Coupons().Stats(ctx, name)
		require.NoError(t, err)
		if d.Budget.Count != nil {
			require.LessOrEqual(t, st.Issued, *d.Budget.Count)
		}
		if d.Budget.Money != nil {
			require.LessOrEqual(t, st.Cost, *d.Budget.Money)
		}
	}
}

// TestHardlyAnybody: what did not happen is not reported as if it had.
func TestHardlyAnybody(t *testing.T) {
	text, page := pages(t, options{seed: 1, people: 1, days: 1})
	for _, s := range []string{text, page} {
		require.Contains(t, strings.ToLower(s), "1 day of a shop")
		require.Contains(t, s, "No verdict: nobody to judge by in treatment.")
		require.NotContains(t, strings.ToLower(s), "segments over time", "there was no week to note their sizes")
		for _, no := range []string{"NaN", "Inf", "%!", "+0.0", "-0.0"} {
			require.NotContains(t, s, no)
		}
	}
}

// TestJourneysBalance: who entered a journey has left it or is in it, and who is in it stands at a node.
func TestJourneysBalance(t *testing.T) {
	r, err := runShop(t.Context(), options{seed: 1, people: 2000, days: 30}, io.Discard)
	require.NoError(t, err)
	for _, j := range r.Journeys {
		waiting := 0
		for _, n := range j.Nodes {
			waiting += n.Waiting
		}
		require.Equal(t, j.Running, waiting, j.Title)
		require.Equal(t, j.Entered, j.Done+j.Running, j.Title)
	}
}

func TestCtrlCStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.Equal(t, 1, run(ctx, []string{"-people", "10", "-out", filepath.Join(t.TempDir(), "r.html")}, io.Discard, &out))
	require.Equal(t, "quickstart: stopped, nothing written\n", out.String())
}

func TestTreatmentBringsOrders(t *testing.T) {
	o := options{seed: 1, people: 6000, days: 90}
	if raceEnabled || testing.Short() {
		o.people = 600
	}
	r, err := runShop(t.Context(), o, io.Discard)
	require.NoError(t, err)
	x := r.Experiments[0]
	require.Equal(t, []string{"treatment", "control"}, []string{x.Arms[0].Name, x.Arms[1].Name})
	require.Empty(t, x.Refused)
	if o.people < 6000 {
		return // too few to tell
	}
	require.Positive(t, x.Low, "the shop answers to what it is sent, so the interval lies above zero")
	require.Positive(t, x.Orders)
}

func TestRetailOnTheRealFiles(t *testing.T) {
	dir := os.Getenv("MARQUE_DATA")
	if dir == "" {
		t.Skip("MARQUE_DATA is not set")
	}
	r, err := runRetail(context.Background(), options{data: filepath.Join(dir, "completejourney")}, io.Discard)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"active", "1,515"}, {"frequent", "578"}, {"big-spenders", "325"}, {"champions", "262"},
		{"lapsing", "486"}, {"lost", "211"}, {"coupon-users", "177"}}, r.Tables[0].Rows)
}

func TestFlagsSayWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-people", "0", "-days", "x"}, `invalid value "x" for flag -days`},
		{[]string{"-people", "0", "-days", "0", "now"}, "quickstart: \"now\": want flags only\nquickstart: -people 0: want 1 to 2000000\nquickstart: -days 0: want 1 to 3650\n"},
		{[]string{"-data", "nowhere"}, "quickstart: -data \"nowhere\": no such file or directory\n"},
		{[]string{"-data", ".", "-seed", "2"}, "quickstart: -seed: is for the synthetic shop, not with -data\n"},
		{[]string{"-out", "nowhere/report.html"}, "quickstart: -out \"nowhere/report.html\": no such folder\n"},
		{[]string{"-out", "program"}, "quickstart: -out \"program\": is a folder, want a file\n"},
		{[]string{"-shop"}, "flag provided but not defined: -shop"},
	} {
		var out bytes.Buffer
		require.Equal(t, 2, run(t.Context(), test.args, io.Discard, &out))
		require.Contains(t, out.String(), test.want)
	}
	require.Equal(t, 0, run(t.Context(), []string{"-h"}, io.Discard, io.Discard))
}
