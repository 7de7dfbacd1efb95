package journey_test

import (
	"testing"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
)

func TestMemory(t *testing.T) {
	journeytest.Run(t, func(t *testing.T) journey.Store { return journey.NewMemory() })
}
