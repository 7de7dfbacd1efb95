package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/lives.txt anew")

func TestRun(t *testing.T) {
	var out, errs bytes.Buffer
	require.Zero(t, run(nil, &out, &errs), errs.String())
	text := out.String()
	for _, s := range scenes {
		require.Contains(t, text, "# "+s.name+"\n")
		require.Contains(t, text, "The life of "+s.person)
	}
	require.Equal(t, len(scenes)+1, strings.Count(text, "flowchart"), "a picture of each journey, and of the one inside")
	var again bytes.Buffer
	require.Zero(t, run(nil, &again, &errs))
	require.Equal(t, text, again.String(), "the same every time")
	require.Empty(t, errs.String())

	require.Equal(t, 2, run([]string{"birthdays"}, &out, &errs))
	require.Contains(t, errs.String(), `there is no "birthdays"`)
}

// The lives in testdata are read by people: what a journey does with everybody shows there.
func TestLives(t *testing.T) {
	var lives strings.Builder
	for _, s := range scenes {
		stage, err := s.play()
		require.NoError(t, err)
		people := map[string]bool{}
		for _, e := range stage.Log() {
			people[e.Profile] = true
		}
		delete(people, "")
		for _, p := range slices.Sorted(maps.Keys(people)) {
			fmt.Fprintf(&lives, "%s, %s\n", s.name, p)
			for _, x := range life(stage, p) {
				fmt.Fprintf(&lives, "  %s  %s\n", x.at.In(shanghai).Format("01-02 15:04"), x.text)
			}
			lives.WriteString("\n")
		}
	}
	const golden = "testdata/lives.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(lives.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), lives.String())
}
