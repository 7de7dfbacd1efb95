package points

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Row is what is kept of a person and a program.
type Row struct {
	Profile string       `json:"profile"`
	Name    string       `json:"name"`
	Lots    []Lot        `json:"lots,omitempty"` // in the order in which they are spent
	Debts   []Debt       `json:"debts,omitempty"`
	Tier    string       `json:"tier,omitempty"`
	Level   int          `json:"level,omitempty"`   // place of the tier, 1 for the lowest, 0 for none
	Since   rule.Instant `json:"since,omitempty"`   // of the tier
	Review  rule.Instant `json:"review,omitempty"`  // when the tier may be lost; zero: never
	Was     []Held       `json:"was,omitempty"`     // earlier tiers, the latest last
	Quotas  []Quota      `json:"quotas,omitempty"`  // what was granted, for periods that are not over
	Renew   rule.Instant `json:"renew,omitempty"`   // when grants begin a new period; zero: never
	Gone    int64        `json:"gone,omitempty"`    // what lots that were forgotten count for tiers
	Net     int64        `json:"net,omitempty"`     // the sum of the points of all entries, those that are with somebody else too
	At      rule.Instant `json:"at,omitempty"`      // the instant that the row was brought to
	Stirred bool         `json:"stirred,omitempty"` // by a move that nobody has looked at
	Turn    int          `json:"turn"`              // how many events were said
	Due     rule.Instant `json:"due,omitempty"`     // when to look again though nothing happens; zero: never
	Version int64        `json:"version"`           // 1 when new, one more with each change
}

// A Lot is what one event or act earned: N points, of which Left are there and the others Taken.
type Lot struct {
	Rule     string       `json:"rule"`   // its name, or ByHand
	Source   string       `json:"source"` // the id of the event, or the key of the act
	Via      marque.ID    `json:"via,omitzero"`
	At       rule.Instant `json:"at"`
	From     rule.Instant `json:"from,omitempty"`    // from then on they can be spent
	Expires  rule.Instant `json:"expires,omitempty"` // zero: never
	N        int64        `json:"n"`
	Left     int64        `json:"left"`
	Taken    []Taken      `json:"taken,omitempty"`    // N is Left and the sum of these
	Full     int64        `json:"full"`               // what it would be without a cap
	Base     int64        `json:"base,omitempty"`     // of Full, what counts for tiers
	Reversed int64        `json:"reversed,omitempty"` // how many of N a refund took
	Waiting  bool         `json:"waiting,omitempty"`  // From is not there yet
	Warned   bool         `json:"warned,omitempty"`
	Touched  rule.Instant `json:"touched"` // the latest change
}

// Taken are points of a lot that are gone.
type Taken struct {
	Why Why    `json:"why"`
	Key string `json:"key,omitempty"` // of the act
	N   int64  `json:"n"`
}

// Why says where points went.
type Why string

// Where points go.
const (
	BySpend   Why = "spent"
	ByExpiry  Why = "expired"
	ByReverse Why = "reversed" // a refund took them back
	ByDebt    Why = "debt"     // they paid for points that were taken back elsewhere
)

// A Debt is points that were reversed after they had been spent. What is earned next pays for them.
type Debt struct {
	Key string    `json:"key"` // of the reversal
	Via marque.ID `json:"via,omitzero"`
	N   int64     `json:"n"`
}

// Held is a tier that a person had, and since when.
type Held struct {
	Tier  string       `json:"tier"`
	Since rule.Instant `json:"since"`
}

// A Quota is what was granted of a benefit for a period, and what was used of it.
type Quota struct {
	Grant string       `json:"grant"`
	From  rule.Instant `json:"from,omitempty"`  // zero: once and for good
	Until rule.Instant `json:"until,omitempty"` // the same
	N     int64        `json:"n"`
	Uses  []Taking     `json:"uses,omitempty"`
}

// A Taking is one use of a Quota.
type Taking struct {
	Key string    `json:"key"`
	Via marque.ID `json:"via,omitzero"`
	N   int64     `json:"n"`
}

// An Entry is a line of a person's statement. What is there is never changed. The sum of Points up to an entry, without
// those of Used and those with an Origin, is Balance and Pending less Debt.
type Entry struct {
	Profile string       `json:"profile"`
	Program string       `json:"program"`
	Kind    string       `json:"kind"`   // the name of the event that says it (Earned, Spent, …), MovedIn or Used
	Points  int64        `json:"points"` // what was added, negative: taken. Of Used: how much of the quota
	Balance int64        `json:"balance"`
	Pending int64        `json:"pending,omitempty"`
	Debt    int64        `json:"debt,omitempty"`
	At      rule.Instant `json:"at"` // when it was counted, done or due
	Rule    string       `json:"rule,omitempty"`
	Source  string       `json:"source,omitempty"` // the id of the event, or the key of the act; empty: time
	Of      string       `json:"of,omitempty"`     // what was reversed, or which grant was used
	Reason  string       `json:"reason,omitempty"`
	Left    int64        `json:"left,omitempty"`   // of Used: what is left of the quota
	Key     string       `json:"key,omitempty"`    // what makes it happen once in a store
	Sum     string       `json:"sum,omitempty"`    // of the content of an act
	Origin  string       `json:"origin,omitempty"` // the profile it happened to, where that was merged into this one
}

// The kinds of entries that no event says.
const (
	MovedIn = "points.moved" // points came with a merge, or went with an unmerge
	Used    = "benefit.used"
)

// A Change is one commit.
type Change struct {
	Keys    []string // of what happens once: a change of which a key is known does nothing
	Rows    []*Row   // new and changed rows, each once, with a version one above that of the row it replaces
	Entries []Entry  // appended to the history
	Say     []marque.Event
}

// A Query asks for rows of one program.
type Query struct {
	Name  string
	After string // people with an id behind this one
	N     int    // at most so many
}

// A Lookup asks for the entries of a person in a program, in the order of their commits.
type Lookup struct {
	Profile string
	Program string
	Key     string // only those of this key; empty: all
	Skip    int    // leave out the first ones
	N       int    // at most so many
}

// A Store keeps rows, their history, and the events that its commits said until they are taken. Who writes one
// proves it with pointstest.Run.
//
// A row that was given to or came from a store is never changed, by either side: a change is a new row. A commit
// is all or nothing, also when the process dies in it. Reads see whole commits.
type Store interface {
	// Load appends, for each profile in order, the person's rows sorted by name to into, and nil where there are
	// none. Callers do not change the lists.
	Load(ctx context.Context, profiles []string, into [][]*Row) ([][]*Row, error)
	// Commit applies a change and keeps its keys for good, unless some of them were used before: those are returned,
	// and nothing is applied. Where the stored version of a row is not one below that of the change (0: there is no
	// row), nothing is applied and the error is marque.ErrConflict.
	Commit(ctx context.Context, c Change) (known []string, err error)
	// Due lists up to n rows of people in parts with Due set and not after until, in the order of marque.Due. They
	// stay due.
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
	// List returns rows with Lots or a Tier, ordered by profile.
	List(ctx context.Context, q Query) ([]*Row, error)
	// Entries returns entries of a person.
	Entries(ctx context.Context, q Lookup) ([]Entry, error)

	marque.Feed
	// Move applies Moved to all rows of From and Into, and MovedEntries to the history of From, in one commit, once
	// per Key.
	marque.Holder
}
