package journeytest

import (
	"testing"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest/internal/suite"
)

// Run is the conformance suite of journey.Store. open returns an empty store, and closes it with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) journey.Store) {
	t.Helper()
	suite.Store(t, open)
}

// RunChannel is the conformance suite of a Channel. open makes a fresh one that takes every message; delivered lists the
// keys of the messages that reached the person, which a receiver that drops repeated keys may be part of.
//
// Messages are text with a subject, to a person with a phone number and an e-mail address.
func RunChannel(t *testing.T, open func(t *testing.T) (ch journey.Channel, delivered func() []string)) {
	t.Helper()
	suite.Channel(t, open)
}
