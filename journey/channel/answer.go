package channel

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// What an HTTP status means, whoever asked.
type meaning int

const (
	taken  meaning = iota // 2xx
	wait                  // come again then
	nobody                // there is nobody here
	never                 // this can never be
	broken                // not this time, or not before somebody mends it
)

func (a *answer) meaning() meaning {
	switch c := a.code; {
	case c >= 200 && c < 300:
		return taken
	case c == http.StatusTooManyRequests, c == http.StatusServiceUnavailable && a.after != "":
		return wait
	case c == http.StatusNotFound, c == http.StatusGone:
		return nobody
	case c == http.StatusUnauthorized, c == http.StatusForbidden, c == http.StatusProxyAuthRequired,
		c == http.StatusRequestTimeout, c == http.StatusConflict, c == http.StatusTooEarly:
		return broken
	case c >= 400 && c < 500:
		return never
	}
	return broken
}

func (a *answer) status() string {
	if a.code >= 300 && a.code < 400 {
		return fmt.Sprintf("answer %d: redirects are not followed", a.code)
	}
	return fmt.Sprintf("answer %d %s", a.code, http.StatusText(a.code))
}

// receipt is what the answer says about a message that was sent at that instant.
func (a *answer) receipt(at time.Time) (journey.Receipt, error) {
	switch a.meaning() {
	case taken:
		return a.said(at), nil
	case wait:
		return journey.Receipt{Status: journey.Later, After: retryAfter(a.after, at), Reason: a.status()}, nil
	case nobody:
		return journey.Receipt{Status: journey.Unreachable, Reason: a.status()}, nil
	case never:
		return journey.Receipt{Status: journey.Invalid, Reason: a.status()}, nil
	}
	return journey.Receipt{}, fmt.Errorf("channel: webhook: %s", a.status())
}

// said is the receipt in the body of an answer that says yes. What it does not say, or not in our words, changes
// nothing about the yes.
func (a *answer) said(at time.Time) journey.Receipt {
	var o struct{ Status, After, Reason any }
	if a.cut || json.Unmarshal(a.body, &o) != nil {
		return journey.Receipt{Status: journey.Sent}
	}
	text := func(x any) string { s, _ := x.(string); return s }
	r := journey.Receipt{Status: journey.Status(text(o.Status)), Reason: text(o.Reason)}
	switch r.Status {
	case journey.Sent, journey.Unreachable, journey.Invalid, journey.Unknown:
	case journey.Later:
		r.After = marque.Minute
		switch x := o.After.(type) {
		case string:
			if d, err := marque.ParseDuration(x); err == nil {
				r.After = between(d)
			} else {
				r.After = retryAfter(x, at)
			}
		case float64:
			r.After = between(marque.Duration(min(x, math.MaxInt32)) * marque.Second)
		}
	default:
		r.Status = journey.Sent
	}
	return r
}

const maxAfter = 24 * marque.Hour

func between(d marque.Duration) marque.Duration { return max(marque.Second, min(d, maxAfter)) }

// retryAfter reads the value of the header Retry-After (RFC 9110, section 10.2.3), seconds or a date, which counts from
// now: from a second to a day. What cannot be read is a minute.
func retryAfter(value string, now time.Time) marque.Duration {
	if n, err := strconv.ParseUint(value, 10, 64); err == nil {
		return between(marque.Duration(min(n, math.MaxInt32)) * marque.Second)
	}
	if t, err := http.ParseTime(value); err == nil {
		return between(marque.Duration(t.Sub(now)))
	}
	return marque.Minute
}
