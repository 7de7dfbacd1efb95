package journeytest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
)

// recorder is a test that keeps what it is told.
type recorder struct {
	testing.TB
	errors, logs []string
}

func (r *recorder) Helper()                    {}
func (r *recorder) Error(args ...any)          { r.errors = append(r.errors, fmt.Sprint(args...)) }
func (r *recorder) Errorf(f string, a ...any)  { r.errors = append(r.errors, fmt.Sprintf(f, a...)) }
func (r *recorder) Logf(f string, args ...any) { r.logs = append(r.logs, fmt.Sprintf(f, args...)) }

// unsaved keeps what is said in a commit of its own.
func unsaved(s *Stage, next journey.Store) journey.Store {
	return (&broken{commit: apart(func(c journey.Change) (first, second journey.Change) {
		second = journey.Change{Emit: c.Emit}
		c.Emit = nil
		return c, second
	})}).over(s, next)
}

func TestCrashReport(t *testing.T) {
	var r recorder
	tally := Crash(&r, welcome(), signups(), &Options{around: unsaved})
	require.Positive(t, tally.Failed)
	require.Zero(t, tally.Pairs, "where one crash is too much, two are not tried")
	require.LessOrEqual(t, len(r.errors), 5)
	require.Contains(t, r.errors[0], "dead after Commit at 2026-03-02 09:00:00 (points [2] of")
	require.Contains(t, r.errors[0], `lost event {"id":`)
	require.Contains(t, r.errors[0], "the first 1 of 7 acts do it:\n    2026-03-02 09:00:00 ann signup")
	require.Contains(t, r.logs[0], "durable operations")
}

func TestSimulateReport(t *testing.T) {
	var r recorder
	f := Simulate(&r, welcome(), &Chances{around: unsaved, Seed: 7, Seeds: 100})
	require.Len(t, r.errors, 1, "the first seed that fails, and no more")
	head, rest, _ := strings.Cut(r.errors[0], "\n")
	require.Regexp(t, `^seed \d+ fails; of \d\d acts these are enough \(until 2026-03-30`, head)
	require.LessOrEqual(t, strings.Count(rest, "    2026-03-"), 4, "it is made short: %s", rest)
	require.Contains(t, rest, "signup")
	require.Less(t, f.Seeds, 100)
	var again recorder
	Simulate(&again, welcome(), &Chances{around: unsaved, Seed: 7, Seeds: 100})
	require.Equal(t, r, again, "the same every time")
}
