package step

// leave ends the enrollment by hand, for the reason of the input. With an event beside it the exit is what became of
// that event. Who is only pending never enters.
func (w *walk) leave() {
	s := w.s()
	w.res.Changed = true
	if e := w.in.Event; e != nil {
		w.consume(*e)
	} else {
		s.Hops, s.Cause = 0, ""
	}
	if s.Node == "" {
		w.drop(w.in.Exit)
		return
	}
	w.end(w.in.Exit, false)
}
