package main

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/out.txt anew")

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(&out))
	if *update {
		require.NoError(t, os.WriteFile("testdata/out.txt", out.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/out.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}
