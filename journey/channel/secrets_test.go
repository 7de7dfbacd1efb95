package channel_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey/channel"
)

const (
	oldSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newSecret = "whsec_bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func secrets(t testing.TB, texts ...string) channel.Secrets {
	s, err := channel.ParseSecrets(texts...)
	require.NoError(t, err)
	return s
}

// The vector is that of the Standard Webhooks reference libraries.
func TestSignatureVector(t *testing.T) {
	s := secrets(t, oldSecret)
	h := http.Header{}
	s.Sign(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	require.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", h.Get("webhook-signature"))
	require.Equal(t, "1614265330", h.Get("webhook-timestamp"))
	require.Equal(t, "msg_p5jXN8AQM9LWM0D4loKWxJek", h.Get("webhook-id"))
}

func TestVerify(t *testing.T) {
	body := []byte(`{"a":1}`)
	signed := func(s channel.Secrets) http.Header {
		h := http.Header{}
		s.Sign(h, "e1", noon, body)
		return h
	}
	one, two, both := secrets(t, oldSecret), secrets(t, newSecret), secrets(t, newSecret, oldSecret)
	for _, c := range []struct {
		name   string
		with   channel.Secrets
		header http.Header
		edit   func(h http.Header)
		body   string
		now    time.Time
		want   string
	}{
		{name: "good", with: one, header: signed(one)},
		{name: "rotation: the receiver has both", with: both, header: signed(one)},
		{name: "rotation: the sender has both", with: two, header: signed(both)},
		{name: "other versions beside it", with: one, header: signed(one), edit: func(h http.Header) {
			h.Set("webhook-signature", "v1a,abcd v2,efgh "+h.Get("webhook-signature"))
		}},
		{name: "another secret", with: two, header: signed(one), want: "not by one of our secrets"},
		{name: "no secret", with: channel.Secrets{}, header: signed(one), want: "not by one of our secrets"},
		{name: "another body", with: one, header: signed(one), body: `{"a":2}`, want: "not by one of our secrets"},
		{name: "another id", with: one, header: signed(one), edit: func(h http.Header) { h.Set("webhook-id", "e2") }, want: "not by one of our secrets"},
		{name: "no id", with: one, header: signed(one), edit: func(h http.Header) { h.Del("webhook-id") }, want: "no webhook-id"},
		{name: "an id with a dot", with: one, header: signed(one), edit: func(h http.Header) { h.Set("webhook-id", "e1.1") }, want: "has a dot"},
		{name: "no signature", with: one, header: signed(one), edit: func(h http.Header) { h.Del("webhook-signature") }, want: "no signature v1"},
		{name: "a signature cut short", with: one, header: signed(one), edit: func(h http.Header) { h.Set("webhook-signature", "v1,AAAA") }, want: "no signature v1"},
		{name: "no timestamp", with: one, header: signed(one), edit: func(h http.Header) { h.Del("webhook-timestamp") }, want: "not in seconds"},
		{name: "a timestamp with a plus", with: one, header: signed(one), edit: func(h http.Header) {
			h.Set("webhook-timestamp", "+"+h.Get("webhook-timestamp"))
		}, want: "not in seconds"},
		{name: "as old as may be", with: one, header: signed(one), now: noon.Add(5 * time.Minute)},
		{name: "older", with: one, header: signed(one), now: noon.Add(5*time.Minute + time.Second), want: "301 s from now"},
		{name: "as early as may be", with: one, header: signed(one), now: noon.Add(-5 * time.Minute)},
		{name: "earlier", with: one, header: signed(one), now: noon.Add(-5*time.Minute - time.Second), want: "-301 s from now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Header = c.header
			if c.edit != nil {
				c.edit(r.Header)
			}
			if c.now.IsZero() {
				c.now = noon
			}
			if c.body == "" {
				c.body = string(body)
			}
			err := c.with.Verify(r, []byte(c.body), c.now)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, channel.ErrSignature)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestSecrets(t *testing.T) {
	_, err := channel.ParseSecrets("whsec_%%", oldSecret, "c2hvcnQ=")
	require.EqualError(t, err, "channel: secrets: [0]: is not base 64\n[2]: has 5 bytes, want 24 to 64")
	_, err = channel.ParseSecrets()
	require.ErrorContains(t, err, "there is no secret")
	s := secrets(t, oldSecret)
	require.Equal(t, "1 secrets 1 secrets 1 secrets", fmt.Sprintf("%v %+v %#v", s, s, s))
}

func FuzzVerify(f *testing.F) {
	s := secrets(f, oldSecret)
	h := http.Header{}
	s.Sign(h, "e1", noon, []byte("{}"))
	f.Add("e1", h.Get("webhook-timestamp"), h.Get("webhook-signature"), []byte("{}"))
	f.Add("e1", "-1", "v1,", []byte(""))
	f.Add("", "99999999999999999999", "v1, v1,AAAA", []byte("x"))
	f.Fuzz(func(t *testing.T, id, stamp, signature string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header["Webhook-Id"], r.Header["Webhook-Timestamp"] = []string{id}, []string{stamp}
		r.Header["Webhook-Signature"] = []string{signature}
		if err := s.Verify(r, body, noon); err != nil {
			require.ErrorIs(t, err, channel.ErrSignature)
			return
		}
		again := http.Header{}
		s.Sign(again, id, noon, body)
		require.Contains(t, signature, again.Get("webhook-signature"), "what is accepted was signed")
	})
}

// What was signed as a POST says nothing when it comes as another method with a query of somebody else's.
func TestVerifyRefusesQueries(t *testing.T) {
	s, body := secrets(t, oldSecret), "id=1&from=138&text=hello"
	for method, ok := range map[string]bool{http.MethodPost: true, http.MethodPut: true, http.MethodGet: false, http.MethodHead: false, http.MethodDelete: false} {
		r := httptest.NewRequest(method, "/sms?id=99&from=139&text=TD", strings.NewReader(body))
		s.Sign(r.Header, "1", noon, []byte(body))
		err := s.Verify(r, []byte(body), noon)
		require.Equal(t, ok, err == nil, method)
		if !ok {
			require.ErrorIs(t, err, channel.ErrSignature)
		}
	}
}
