package limit_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A coupon budget: at most three pieces and 100.00 altogether, one for each person.
func ExampleTable() {
	var t limit.Table
	issue := func(request, person string, fen int64) {
		v := t.Reserve(noon, limit.Hold{Key: request, Profile: person, Takes: []limit.Take{
			{Counter: "coupon/new/count", N: 1, Limit: 3},
			{Counter: "coupon/new/money", N: fen, Limit: 10000},
			{Counter: "coupon/new", Own: true, N: 1, Limit: 1},
		}})
		fmt.Printf("%+v\n", v)
	}
	issue("r1", "ann", 5000)
	issue("r1", "ann", 5000) // a retry
	issue("r2", "ann", 1000) // a second one for ann
	issue("r3", "bob", 5001) // more money than is left
	issue("r3", "bob", 5000)
	fmt.Println(t.Used("coupon/new/count", "", noon), t.Used("coupon/new/money", "", noon))
	// Output:
	// {OK:true Again:false Refused: Left:0}
	// {OK:true Again:true Refused: Left:0}
	// {OK:false Again:false Refused:coupon/new Left:0}
	// {OK:false Again:false Refused:coupon/new/money Left:5000}
	// {OK:true Again:false Refused: Left:0}
	// 2 10000
}

// A frequency cap in a rolling window: at most two pushes in any 24 hours.
func ExampleTake() {
	var t limit.Table
	for i, at := range []time.Time{noon, noon.Add(time.Hour), noon.Add(2 * time.Hour), noon.Add(24 * time.Hour)} {
		v := t.Reserve(at, limit.Hold{Key: fmt.Sprint("push ", i), Profile: "ann", Takes: []limit.Take{
			{Counter: "push", Own: true, N: 1, Limit: 2, Until: at.Add(24 * time.Hour)},
		}})
		fmt.Println(v.OK, v.Left)
	}
	// Output:
	// true 1
	// true 0
	// false 0
	// true 0
}

// An order reserves 80.00 of a budget for ten minutes and uses 65.00 of it; another never pays.
func ExampleTable_Commit() {
	var t limit.Table
	money := func(n int64) []limit.Take { return []limit.Take{{Counter: "budget", N: n, Limit: 10000}} }
	t.Reserve(noon, limit.Hold{Key: "order 1", Takes: money(8000), Expires: noon.Add(10 * time.Minute)})
	fmt.Println(t.Commit(noon.Add(time.Minute), limit.Commit{Key: "order 1", N: []int64{6500}}))
	t.Reserve(noon.Add(time.Minute), limit.Hold{Key: "order 2", Takes: money(3500), Expires: noon.Add(11 * time.Minute)})
	fmt.Println(t.Used("budget", "", noon.Add(10*time.Minute)), t.Used("budget", "", noon.Add(11*time.Minute)))
	// Output:
	// {true false  3500}
	// 10000 6500
}

// A step that sends a message and starts a coupon takes both holds or none.
func ExampleTable_ReserveAll() {
	var t limit.Table
	verdicts, ok := t.ReserveAll(noon, []limit.Hold{
		{Key: "m1", Profile: "ann", Takes: []limit.Take{{Counter: "sms", Own: true, N: 1, Limit: 5}}},
		{Key: "c1", Profile: "ann", Takes: []limit.Take{{Counter: "stock", N: 1, Limit: 0}}},
	})
	fmt.Println(ok, verdicts[0].OK, verdicts[1].Refused, t.Used("sms", "ann", noon))
	// Output: false true stock 0
}

// After a merge nothing is taken back; the next take is refused.
func ExampleTable_Move() {
	var t limit.Table
	one := func(key, person string) limit.Verdict {
		return t.Reserve(noon, limit.Hold{Key: key, Profile: person,
			Takes: []limit.Take{{Counter: "gift", Own: true, N: 1, Limit: 1}}})
	}
	one("r1", "ann")
	one("r2", "anna")
	t.Move(marque.Move{Key: "merge", From: "anna", Into: "ann", At: noon})
	fmt.Println(t.Used("gift", "ann", noon), one("r3", "ann"))
	// Output: 2 {false false gift -1}
}
