package marque

import (
	"cmp"
	"time"
)

// Partitions is the number of partitions that people are spread over.
const Partitions = 1024

// Partition is the partition of a person, in [0, Partitions). It depends on the profile id only.
func Partition(profile string) int {
	return int(mix(fnv(14695981039346656037, profile)) >> 54)
}

// Parts is a half-open range of partitions, [From, To). The zero value is all of them.
type Parts struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Has reports whether the person's partition is in p.
func (p Parts) Has(profile string) bool {
	if p == (Parts{}) {
		return true
	}
	n := Partition(profile)
	return p.From <= n && n < p.To
}

// A Lease is a worker's authority over partitions until it runs out or is taken over, which raises the epoch
// that the store knows for them: a commit with an epoch below that fails with ErrConflict.
type Lease struct {
	Worker string
	Parts  Parts
	Epoch  int64
	Until  time.Time
}

// Due says that the definition Name must look at the person again at the instant At, because only time passes.
type Due struct {
	At      time.Time `json:"at"`
	Profile string    `json:"profile"`
	Name    string    `json:"name"`
}

// Compare orders by instant, then person, then name.
func (d Due) Compare(o Due) int {
	return cmp.Or(d.At.Compare(o.At), cmp.Compare(d.Profile, o.Profile), cmp.Compare(d.Name, o.Name))
}
