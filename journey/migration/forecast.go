package migration

import (
	"cmp"
	"slices"
	"time"
)

// A Fate is what a migration makes of an enrollment: where it goes, when it goes on, and what happens to it at once. To
// is empty and Ends is set for one that exits.
type Fate struct {
	ID      string    `json:"id"`
	Profile string    `json:"profile"`
	From    string    `json:"from"`
	To      string    `json:"to,omitempty"`
	Was     time.Time `json:"was,omitzero"` // when it would have gone on without the migration
	Due     time.Time `json:"due,omitzero"`
	// Sends are the channels on which it would be sent something at the instant of the migration.
	Sends []string `json:"sends,omitempty"`
	Ends  string   `json:"ends,omitempty"`
}

// A Forecast is what a migration would do, before it is done.
type Forecast struct {
	People int     `json:"people"`
	Sends  int     `json:"sends"` // would be sent something at once
	Exits  int     `json:"exits"`
	Nodes  []Shift `json:"nodes,omitempty"` // in the order of From, To
	Who    []Fate  `json:"who,omitempty"`   // the first hundred of those who would be sent something or exit
}

// A Shift counts those who go from one node to another.
type Shift struct {
	From    string `json:"from"`
	To      string `json:"to,omitempty"`
	N       int    `json:"n"`
	Earlier int    `json:"earlier,omitempty"` // go on earlier than they would have
	Later   int    `json:"later,omitempty"`
	Sends   int    `json:"sends,omitempty"`
	Exits   int    `json:"exits,omitempty"`
}

// Add counts a fate.
func (f *Forecast) Add(x Fate) {
	at, found := slices.BinarySearchFunc(f.Nodes, x, func(s Shift, x Fate) int {
		return cmp.Or(cmp.Compare(s.From, x.From), cmp.Compare(s.To, x.To))
	})
	if !found {
		f.Nodes = slices.Insert(f.Nodes, at, Shift{From: x.From, To: x.To})
	}
	s := &f.Nodes[at]
	s.N++
	f.People++
	if x.Ends != "" {
		s.Exits++
		f.Exits++
	} else if x.Due.IsZero() != x.Was.IsZero() && x.Was.IsZero() || !x.Due.IsZero() && x.Due.Before(x.Was) {
		s.Earlier++
	} else if !x.Due.Equal(x.Was) {
		s.Later++
	}
	if len(x.Sends) > 0 {
		s.Sends++
		f.Sends++
	}
	if (x.Ends != "" || len(x.Sends) > 0) && len(f.Who) < 100 {
		f.Who = append(f.Who, x)
	}
}
