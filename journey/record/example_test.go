package record_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/marque-go/marque/journey/record"
)

// A state is data: where somebody stands, since when, and what moves them on.
func ExampleState() {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s := record.State{
		ID: "e-1", Journey: "welcome", Plan: "1-abc", Profile: "ann", Entered: noon, Since: noon, Node: "wait", Visit: 2,
		Due: noon.Add(48 * time.Hour), Listens: []string{"message.opened"}, Version: 3,
	}
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(data))
	// Output:
	// {"id":"e-1","journey":"welcome","plan":"1-abc","profile":"ann","entered":"2026-03-02T12:00:00Z","node":"wait","visit":2,"since":"2026-03-02T12:00:00Z","due":"2026-03-04T12:00:00Z","listens":["message.opened"],"version":3}
}
