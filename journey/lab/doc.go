// Package lab tries journeys before they are let loose on people.
//
//	log of what happened ──► Backtest ──┐
//	people made up       ──► Simulate ──┴─► Run: who would have got what, when; how often, where, why not
//	                                         │
//	                     two Runs ──► Diff ──┴─► who would get more, less, earlier, later
//
// A trial is a whole programme on a virtual clock over stores in memory, with channels that send nothing. Months take
// seconds. It is the same engine as the real one, so what a Run says is what would have come of it: with the same
// events, the same programme gives the same Run, byte for byte.
//
//	run, err := lab.Backtest(ctx, draft, book.Log(ctx, nil), nil)
//	for _, d := range run.Days { … }
//	fmt.Println(lab.Diff(now, draft))
//
// What a trial cannot know is what people would have done had they got other messages than they did. The log has what
// they did; Options.React is for who wants to assume more.
package lab
