package limit_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

func hold(key string, takes ...limit.Take) limit.Hold {
	return limit.Hold{Key: key, Profile: "ann", Takes: takes}
}

func TestNoLimitIsNotLimitZero(t *testing.T) {
	var table limit.Table
	require.Equal(t, limit.Verdict{Refused: "x"}, table.Reserve(noon, hold("1", limit.Take{Counter: "x", N: 1})))
	require.Equal(t, limit.Verdict{OK: true, Left: limit.NoLimit},
		table.Reserve(noon, hold("1", limit.Take{Counter: "x", N: 1, Limit: limit.NoLimit})))
}

func TestEndsAreHalfOpen(t *testing.T) {
	var table limit.Table
	at := noon.Add(time.Hour)
	take := limit.Take{Counter: "x", Own: true, N: 1, Limit: 1, Until: at}
	require.True(t, table.Reserve(noon, hold("1", take)).OK)
	require.Equal(t, "x", table.Reserve(at.Add(-time.Microsecond), hold("2", take)).Refused)
	require.EqualValues(t, 1, table.Used("x", "ann", at.Add(-time.Microsecond)))
	require.EqualValues(t, 0, table.Used("x", "ann", at))
	require.EqualValues(t, 0, table.Used("x", "", at), "own and shared counters are apart")
}

func TestTimeGoesForwardPerCounter(t *testing.T) {
	var table limit.Table
	x := limit.Take{Counter: "x", N: 1, Limit: 1, Until: noon.Add(time.Minute)}
	y := limit.Take{Counter: "y", N: 1, Limit: 1, Until: noon.Add(time.Minute)}
	require.True(t, table.Reserve(noon, hold("1", x, y)).OK)
	require.EqualValues(t, 0, table.Used("x", "", noon.Add(time.Hour)))
	require.EqualValues(t, 0, table.Used("x", "", noon), "what was over stays over")
	require.EqualValues(t, 1, table.Used("y", "", noon), "another counter has its own time")
}

func TestLateCommit(t *testing.T) {
	reserve := func(table *limit.Table, key string, at time.Time) limit.Verdict {
		return table.Reserve(at, limit.Hold{Key: key, Takes: []limit.Take{{Counter: "x", N: 3, Limit: 4}},
			Expires: at.Add(time.Minute)})
	}
	late := noon.Add(time.Minute)
	t.Run("there is room", func(t *testing.T) {
		var table limit.Table
		reserve(&table, "1", noon)
		require.EqualValues(t, 0, table.Used("x", "", late))
		require.Equal(t, limit.Verdict{OK: true, Left: 1}, table.Commit(late, limit.Commit{Key: "1"}))
		require.Equal(t, limit.Verdict{OK: true, Again: true, Left: 1}, table.Commit(late, limit.Commit{Key: "1"}))
		require.EqualValues(t, 3, table.Used("x", "", late.AddDate(9, 0, 0)))
	})
	t.Run("somebody took it", func(t *testing.T) {
		var table limit.Table
		reserve(&table, "1", noon)
		require.True(t, reserve(&table, "2", late).OK)
		require.Equal(t, limit.Verdict{Refused: "x", Left: 1}, table.Commit(late, limit.Commit{Key: "1"}))
		require.True(t, table.Commit(late, limit.Commit{Key: "2", N: []int64{2}}).OK)
		require.Equal(t, limit.Verdict{Refused: "x", Left: 2}, table.Commit(late, limit.Commit{Key: "1"}))
		require.Equal(t, limit.Verdict{OK: true, Left: -1}, table.Commit(late, limit.Commit{Key: "1", Honour: true}))
		s, ok := table.Get("1")
		require.True(t, ok)
		require.EqualValues(t, 1, s.Over)
		require.Equal(t, limit.Committed, s.State)
	})
	t.Run("what is impossible", func(t *testing.T) {
		var table limit.Table
		reserve(&table, "1", noon)
		for _, n := range [][]int64{{4}, {-1}, {1, 1}, {}} {
			require.Equal(t, limit.Mismatch, table.Commit(noon, limit.Commit{Key: "1", N: n}).Refused, "%v", n)
		}
		require.Equal(t, limit.Unknown, table.Commit(noon, limit.Commit{Key: "2"}).Refused)
		require.True(t, table.Release("1"))
		require.False(t, table.Release("1"))
		require.Equal(t, limit.Unknown, table.Commit(noon, limit.Commit{Key: "1"}).Refused)
	})
}

func TestKeyWithOtherContent(t *testing.T) {
	var table limit.Table
	take := limit.Take{Counter: "x", N: 1, Limit: 9}
	require.True(t, table.Reserve(noon, hold("1", take)).OK)
	other := hold("1", take)
	other.Profile = "bob"
	more, second := take, take
	more.N, second.Counter = 2, "y"
	for _, h := range []limit.Hold{other, hold("1", more), hold("1", second), hold("1", take, take), hold("1")} {
		require.Equal(t, limit.Mismatch, table.Reserve(noon, h).Refused)
	}
	later := take
	later.Limit, later.Until = 0, noon.Add(time.Hour)
	require.True(t, table.Reserve(noon, hold("1", later)).Again, "limits and instants are not content")
	require.EqualValues(t, 1, table.Used("x", "", noon))
}

func TestInvalidHolds(t *testing.T) {
	var table limit.Table
	for name, h := range map[string]limit.Hold{
		"no key":      hold("", limit.Take{Counter: "x", Limit: 1}),
		"no counter":  hold("1", limit.Take{Limit: 1}),
		"negative":    hold("1", limit.Take{Counter: "x", N: -1, Limit: 1}),
		"own of none": {Key: "1", Takes: []limit.Take{{Counter: "x", Own: true, Limit: 1}}},
	} {
		require.Error(t, h.Validate(), name)
		require.Equal(t, limit.Invalid, table.Reserve(noon, h).Refused, name)
	}
	err := limit.Hold{Takes: []limit.Take{{N: -1, Own: true}}}.Validate()
	require.EqualError(t, err, "key: is empty\ntakes[0].counter: is empty\ntakes[0].n: is -1, want 0 or more\ntakes[0].own: the hold has no profile")
}

func TestNothingOverflows(t *testing.T) {
	var table limit.Table
	all := limit.Take{Counter: "x", N: math.MaxInt64, Limit: math.MaxInt64}
	require.Equal(t, limit.Verdict{OK: true}, table.Reserve(noon, hold("1", all)))
	require.Equal(t, "x", table.Reserve(noon, hold("2", all)).Refused)
	all.Limit = limit.NoLimit
	require.Equal(t, limit.Verdict{Refused: "x", Left: limit.NoLimit}, table.Reserve(noon, hold("3", all)))
	require.False(t, limit.Fits(1, math.MaxInt64, math.MaxInt64))
	require.True(t, limit.Fits(math.MaxInt64, 1, limit.NoLimit))
	require.False(t, limit.Fits(3, 0, 2))
}

func TestPrune(t *testing.T) {
	var table limit.Table
	at := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	window := limit.Take{Counter: "w", Own: true, N: 1, Limit: 9, Until: at(1)}
	good := limit.Take{Counter: "g", N: 1, Limit: 9}
	for _, h := range []limit.Hold{hold("window", window), hold("both", window, good), hold("record"), hold("released", good)} {
		require.True(t, table.Reserve(noon, h).OK)
	}
	ran := hold("ran out", good)
	ran.Expires = at(2)
	require.True(t, table.Reserve(noon, ran).OK)
	table.Release("released")
	require.Equal(t, 1, table.Prune(at(1)), "released only: what ends at the instant itself is kept")
	require.Equal(t, 2, table.Prune(at(3)))
	for key, want := range map[string]bool{"window": false, "both": true, "record": true, "released": false, "ran out": false} {
		_, ok := table.Get(key)
		require.Equal(t, want, ok, key)
	}
	require.Len(t, table.Export("test", "ann"), 2)
	require.True(t, table.Release("both"))
	require.EqualValues(t, 0, table.Used("w", "ann", at(3)), "what had ended is not given back twice")
	require.EqualValues(t, 0, table.Used("g", "", at(3)))
}

func TestExportReadsAsJSON(t *testing.T) {
	var table limit.Table
	h := hold("1", limit.Take{Counter: "x", Own: true, N: 2, Limit: 5, Until: noon})
	h.Via, h.Expires = marque.ID{Kind: "phone", Value: "1"}, noon.Add(time.Minute)
	table.Reserve(noon.Add(-time.Minute), h)
	b, err := json.Marshal(table.Export("coupon", "ann"))
	require.NoError(t, err)
	require.JSONEq(t, `[{"room":"coupon","kind":"hold","key":"1","data":{"state":"reserved","hold":{
		"key":"1","profile":"ann","via":{"kind":"phone","value":"1"},"expires":"2026-03-01T12:01:00Z",
		"takes":[{"counter":"x","own":true,"n":2,"limit":5,"until":"2026-03-01T12:00:00Z"}]}}}]`, string(b))
}

// The promise is 500,000 reservations a second on one core.
func BenchmarkReserve(b *testing.B) {
	keys, people := make([]string, b.N), make([]string, 10_000)
	for i := range keys {
		keys[i] = marque.Key("bench", strconv.Itoa(i))
	}
	for i := range people {
		people[i] = marque.Key("person", strconv.Itoa(i))
	}
	var table limit.Table
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		now := noon.Add(time.Duration(i) * time.Millisecond)
		v := table.Reserve(now, limit.Hold{Key: keys[i], Profile: people[i%len(people)], Takes: []limit.Take{
			{Counter: "count", N: 1, Limit: limit.NoLimit},
			{Counter: "day", N: 1, Limit: 1 << 40, Until: noon.AddDate(0, 0, i/86_400_000+1)},
			{Counter: "push", Own: true, N: 1, Limit: 1 << 40, Until: now.Add(time.Hour)},
		}})
		if !v.OK {
			b.Fatal(v)
		}
	}
}

// Prune takes off what has ended and leaves the rest of the counter as it is.
func TestPruneLeavesWhatCounts(t *testing.T) {
	var table limit.Table
	for i, h := range []int{3, 1, 2} {
		take := limit.Take{Counter: "x", Own: true, N: 1 << i, Limit: limit.NoLimit, Until: noon.Add(time.Duration(h) * time.Hour)}
		require.True(t, table.Reserve(noon, hold(strconv.Itoa(i), take)).OK)
	}
	require.Equal(t, 1, table.Prune(noon.Add(90*time.Minute)))
	for after, want := range map[time.Duration]int64{90 * time.Minute: 5, 2*time.Hour - 1000: 5} {
		require.Equal(t, want, table.Used("x", "ann", noon.Add(after)), after)
	}
	require.EqualValues(t, 1, table.Used("x", "ann", noon.Add(2*time.Hour)))
	require.EqualValues(t, 0, table.Used("x", "ann", noon.Add(3*time.Hour)))
}
