package memory_test

import (
	"testing"

	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/memory"
	"github.com/marque-go/marque/profile/profiletest"
)

// TestMemory proves Memory by the suite that every store has to pass. To reopen is to put a new book over it.
func TestMemory(t *testing.T) {
	profiletest.RunDurable(t, func(*testing.T) (profile.Store, func(*testing.T) profile.Store) {
		m := memory.New()
		return m, func(*testing.T) profile.Store { return m }
	})
}
