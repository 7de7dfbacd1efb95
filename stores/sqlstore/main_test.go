package sqlstore

import (
	"flag"
	"os"
	"testing"
)

// TestMain fixes what rapid draws, and drops what the tests made in the databases. To explore: go test -rapid.seed=0
// takes a random seed, any other number that one.
func TestMain(m *testing.M) {
	checks := "200"
	if raced {
		checks = "20"
	}
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.checks": checks} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	for _, s := range opened {
		s.drop()
	}
	os.Exit(code)
}
