package derivedtest

// A Gate decides whether a durable write fails: before it happens, or after it has happened.
type Gate func(op string, after bool) error

// Do carries out one write between the two questions to the gate.
func (g Gate) Do(op string, write func() error) error {
	if err := g(op, false); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	return g(op, true)
}
