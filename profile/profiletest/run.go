package profiletest

import (
	"slices"
	"testing"

	"github.com/marque-go/marque/profile"
)

// Run runs every case but those of reopening. open makes an empty store for the test it is called with, and
// closes it by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) profile.Store) {
	for _, c := range slices.Concat(logCases, identityCases, factCases, holderCases, splitCases, commitCases, togetherCases) {
		t.Run(c.name, func(t *testing.T) { c.run(newKit(t, open(t))) })
	}
	t.Run("a fault before or after any write, and the same again, change nothing", func(t *testing.T) { faults(t, open) })
}

// RunDurable runs everything that Run does, and closes and reopens stores in between. reopen closes the store and
// opens another over the same data.
func RunDurable(t *testing.T, open func(t *testing.T) (s profile.Store, reopen func(t *testing.T) profile.Store)) {
	Run(t, func(t *testing.T) profile.Store { s, _ := open(t); return s })
	t.Run("what was committed is there after reopening", func(t *testing.T) {
		s, reopen := open(t)
		k := newKit(t, s)
		script(k.book, func(what string, do func() error) { k.no(do(), what) })
		k.tell(k.event("open", "later", 90, phone("1")))
		before := k.dump()
		k = newKit(t, reopen(t))
		if after := k.dump(); after != before {
			t.Fatalf("before:\n%s\nafter:\n%s", before, after)
		}
		if got := k.tell(k.event("open", "later", 90, phone("1"))); len(got.Known) != 1 {
			t.Errorf("the event was taken again after reopening: %+v", got)
		}
	})
}

type testCase struct {
	name string
	run  func(k *kit)
}
