package civil

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// ErrZone says that no zone could be loaded by a name.
var ErrZone = errors.New("civil: unknown zone")

// Zones loads zones by their IANA names and keeps them. The zero value is ready; it is safe for concurrent use.
type Zones struct {
	mu    sync.RWMutex
	known map[string]*time.Location // nil for a name that no zone has
}

// zoneLimit bounds what is kept: there are about 600 zones, and people's records hold any text.
const zoneLimit = 4096

// Load is the zone of the name, "Asia/Shanghai". The empty name is UTC. An unknown name is an ErrZone; so is
// "Local", which means another zone on each machine. A name is looked up once and costs a map access after that.
func (z *Zones) Load(name string) (*time.Location, error) {
	if name == "" || name == "UTC" {
		return time.UTC, nil
	}
	z.mu.RLock()
	loc, ok := z.known[name]
	z.mu.RUnlock()
	if ok && loc != nil {
		return loc, nil
	}
	if ok || name == "Local" {
		return nil, fmt.Errorf("%w %q", ErrZone, name)
	}
	loc, err := time.LoadLocation(name)
	switch {
	case err == nil:
		z.keep(name, loc)
		return loc, nil
	case strings.HasPrefix(err.Error(), "unknown time zone"):
		z.keep(name, nil)
		return nil, fmt.Errorf("%w %q", ErrZone, name)
	default: // what may be of the machine and not of the name is not kept
		return nil, fmt.Errorf("%w %q: %w", ErrZone, name, err)
	}
}

func (z *Zones) keep(name string, loc *time.Location) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.known == nil || len(z.known) >= zoneLimit {
		z.known = map[string]*time.Location{}
	}
	z.known[name] = loc
}
