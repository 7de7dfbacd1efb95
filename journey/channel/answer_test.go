package channel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
)

func TestRetryAfter(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, value string
		want        marque.Duration
	}{
		{"seconds", "120", 2 * marque.Minute},
		{"none", "0", marque.Second},
		{"more than a day", "86401", 24 * marque.Hour},
		{"more than there are", "18446744073709551615", 24 * marque.Hour},
		{"too many digits", "99999999999999999999", marque.Minute},
		{"negative", "-1", marque.Minute},
		{"a date", "Mon, 02 Mar 2026 12:00:30 GMT", 30 * marque.Second},
		{"a date of old", "Monday, 02-Mar-26 12:00:30 GMT", 30 * marque.Second},
		{"a date that is over", "Mon, 02 Mar 2026 11:00:00 GMT", marque.Second},
		{"a date far away", "Thu, 31 Dec 9999 23:59:59 GMT", 24 * marque.Hour},
		{"no date", "tomorrow", marque.Minute},
		{"nothing", "", marque.Minute},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, retryAfter(c.value, noon)) })
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120", int64(1))
	f.Add("Mon, 02 Mar 2026 12:00:30 GMT", int64(-62135596800))
	f.Fuzz(func(t *testing.T, value string, now int64) {
		d := retryAfter(value, time.Unix(now, 0))
		require.GreaterOrEqual(t, d, marque.Second)
		require.LessOrEqual(t, d, 24*marque.Hour)
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"status": "later", "after": "30s", "reason": "r"}`))
	f.Add([]byte(`{"status": "later", "after": 1e300}`))
	f.Add([]byte(`{"result": "busy", "vars": {"a": 1e999, "b": [1, "x"]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a := answer{code: 200, body: body}
		r := a.said(time.Unix(0, 0))
		require.Contains(t, []string{"sent", "unreachable", "invalid", "unknown", "later"}, string(r.Status))
		require.Equal(t, r.Status == "later", r.After > 0)
		require.NotEmpty(t, a.outcome().Result)
	})
}
