package channel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel"
	"github.com/marque-go/marque/journey/journeytest"
)

// A gateway takes messages, and drops keys that it has seen.
func ExampleWebhook() {
	secrets, err := channel.ParseSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		panic(err)
	}
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if secrets.Verify(r, body, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Println(r.Header.Get("Idempotency-Key"), string(body))
		fmt.Fprint(w, `{"status": "later", "after": "30s", "reason": "the operator is busy"}`)
	}))
	defer gateway.Close()
	hook, err := channel.NewWebhook(gateway.URL, secrets, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(hook.Send(context.Background(), journey.Message{Key: "k1", Profile: "p1", Channel: "sms", Text: "1 < 2",
		Journey: "welcome", Node: "hello"}))
	// Output:
	// "k1" {"key":"k1","profile":"p1","channel":"sms","text":"1 < 2","journey":"welcome","node":"hello"}
	// {later 30s the operator is busy} <nil>
}

// serve runs a handler and a webhook to it, signed at noon.
func serve(t *testing.T, h http.HandlerFunc) *channel.Webhook {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w, err := channel.NewWebhook(srv.URL, secrets(t, newSecret, oldSecret), &channel.WebhookOptions{
		Client: srv.Client(), Now: func() time.Time { return noon }})
	require.NoError(t, err)
	return w
}

var message = journey.Message{Key: "k1", Profile: "p1", Channel: "sms", Text: "hi", Journey: "j", Node: "n", At: noon,
	Vars: map[string]any{"b": 1, "a": "x"}}

// A gateway that says 200 to everything, and what it means by a code of its own.
func TestWebhookAnswerOfItsOwn(t *testing.T) {
	body := ""
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
	defer gateway.Close()
	hook, err := channel.NewWebhook(gateway.URL, secrets(t, newSecret), &channel.WebhookOptions{Answer: func(status int, body []byte) (journey.Receipt, error) {
		var o struct{ Code string }
		if err := json.Unmarshal(body, &o); err != nil {
			return journey.Receipt{}, err
		}
		switch o.Code {
		case "isv.BUSINESS_LIMIT_CONTROL":
			return journey.Receipt{Status: journey.Later, After: marque.Hour, Reason: o.Code}, nil
		case "isv.MOBILE_NUMBER_ILLEGAL":
			return journey.Receipt{Status: journey.Unreachable, Reason: fmt.Sprint(status, " ", o.Code)}, nil
		}
		return journey.Receipt{}, nil
	}})
	require.NoError(t, err)
	for _, c := range []struct {
		body string
		want journey.Receipt
		err  string
	}{
		{`{"code": "isv.BUSINESS_LIMIT_CONTROL"}`, journey.Receipt{Status: journey.Later, After: marque.Hour, Reason: "isv.BUSINESS_LIMIT_CONTROL"}, ""},
		{`{"code": "isv.MOBILE_NUMBER_ILLEGAL"}`, journey.Receipt{Status: journey.Unreachable, Reason: "200 isv.MOBILE_NUMBER_ILLEGAL"}, ""},
		{`{"code": "OK"}`, journey.Receipt{Status: journey.Sent}, ""},
		{`{"status": "invalid"}`, journey.Receipt{Status: journey.Invalid}, ""},
		{`<html>`, journey.Receipt{}, "channel: webhook: invalid character"},
	} {
		body = c.body
		got, err := hook.Send(context.Background(), message)
		require.Equal(t, c.want, got, c.body)
		if c.err == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.err)
		}
	}
}

func TestWebhookAnswers(t *testing.T) {
	later := func(d marque.Duration, reason string) journey.Receipt {
		return journey.Receipt{Status: journey.Later, After: d, Reason: reason}
	}
	for _, c := range []struct {
		name   string
		code   int
		header string // Retry-After
		body   string
		want   journey.Receipt
		fault  string
	}{
		{name: "taken", code: 200, want: journey.Receipt{Status: journey.Sent}},
		{name: "accepted, no JSON", code: 202, body: "OK", want: journey.Receipt{Status: journey.Sent}},
		{name: "no content", code: 204, want: journey.Receipt{Status: journey.Sent}},
		{name: "another's status", code: 200, body: `{"status": "success"}`, want: journey.Receipt{Status: journey.Sent}},
		{name: "a status that is a number", code: 200, body: `{"status": 0}`, want: journey.Receipt{Status: journey.Sent}},
		{name: "unreachable", code: 200, body: `{"status": "unreachable", "reason": "no such number"}`, want: journey.Receipt{Status: journey.Unreachable, Reason: "no such number"}},
		{name: "invalid", code: 200, body: `{"status": "invalid"}`, want: journey.Receipt{Status: journey.Invalid}},
		{name: "unknown", code: 200, body: `{"status": "unknown"}`, want: journey.Receipt{Status: journey.Unknown}},
		{name: "later", code: 200, body: `{"status": "later", "after": "30s"}`, want: later(30*marque.Second, "")},
		{name: "later, in seconds", code: 200, body: `{"status": "later", "after": 30}`, want: later(30*marque.Second, "")},
		{name: "later, whenever", code: 200, body: `{"status": "later"}`, want: later(marque.Minute, "")},
		{name: "later, unreadable", code: 200, body: `{"status": "later", "after": "soon"}`, want: later(marque.Minute, "")},
		{name: "later, before now", code: 200, body: `{"status": "later", "after": "-5s"}`, want: later(marque.Second, "")},
		{name: "an answer too long to be read", code: 200, body: `{"status": "invalid", "reason": "` + strings.Repeat("x", 70_000) + `"}`, want: journey.Receipt{Status: journey.Sent}},
		{name: "too many", code: 429, header: "7", want: later(7*marque.Second, "answer 429 Too Many Requests")},
		{name: "too many, no time", code: 429, want: later(marque.Minute, "answer 429 Too Many Requests")},
		{name: "down till", code: 503, header: "Mon, 02 Mar 2026 12:02:00 GMT", want: later(2*marque.Minute, "answer 503 Service Unavailable")},
		{name: "down", code: 503, fault: "answer 503"},
		{name: "not found", code: 404, want: journey.Receipt{Status: journey.Unreachable, Reason: "answer 404 Not Found"}},
		{name: "gone", code: 410, want: journey.Receipt{Status: journey.Unreachable, Reason: "answer 410 Gone"}},
		{name: "content refused", code: 422, want: journey.Receipt{Status: journey.Invalid, Reason: "answer 422 Unprocessable Entity"}},
		{name: "bad request", code: 400, want: journey.Receipt{Status: journey.Invalid, Reason: "answer 400 Bad Request"}},
		{name: "too large", code: 413, want: journey.Receipt{Status: journey.Invalid, Reason: "answer 413 Request Entity Too Large"}},
		{name: "our signature refused", code: 401, fault: "answer 401"},
		{name: "forbidden", code: 403, fault: "answer 403"},
		{name: "the first attempt is still running", code: 409, fault: "answer 409"},
		{name: "server error", code: 500, body: `{"status": "sent"}`, fault: "answer 500"},
		{name: "redirect", code: 307, fault: "answer 307: redirects are not followed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := 0
			hook := serve(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				if c.code == 307 {
					w.Header().Set("Location", "/elsewhere")
				}
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, c.body)
			})
			got, err := hook.Send(t.Context(), message)
			require.Equal(t, 1, calls, "an attempt is one request")
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				require.Zero(t, got)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestWebhookRequest(t *testing.T) {
	type request struct {
		body   string
		header http.Header
	}
	var got []request
	hook := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || secrets(t, oldSecret).Verify(r, body, noon) != nil || secrets(t, newSecret).Verify(r, body, noon) != nil {
			w.WriteHeader(http.StatusUnauthorized)
		}
		got = append(got, request{string(body), r.Header})
	})
	m := message
	for range 2 {
		r, err := hook.Send(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, journey.Sent, r.Status)
		m.At = m.At.Add(time.Hour)
	}
	require.Equal(t, got[0].body, got[1].body, "each attempt is the same bytes")
	require.JSONEq(t, `{"key":"k1","profile":"p1","channel":"sms","text":"hi","vars":{"a":"x","b":1},"journey":"j","node":"n"}`, got[0].body)
	require.Equal(t, `"k1"`, got[0].header.Get("Idempotency-Key"))
	require.Equal(t, "application/json", got[0].header.Get("Content-Type"))
}

func TestWebhookFails(t *testing.T) {
	t.Run("no server", func(t *testing.T) {
		srv := httptest.NewServer(nil)
		srv.Close()
		hook, err := channel.NewWebhook(srv.URL+"/?token=hidden", secrets(t, oldSecret), nil)
		require.NoError(t, err)
		_, err = hook.Send(t.Context(), message)
		require.ErrorContains(t, err, "channel: webhook: ")
		require.NotContains(t, err.Error(), "hidden")
	})
	slow := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server sees the client go
		<-r.Context().Done()
	}
	t.Run("its time is over", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := serve(t, slow).Send(ctx, message)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("a timeout of its own", func(t *testing.T) {
		srv := httptest.NewServer(http.HandlerFunc(slow))
		defer srv.Close()
		hook, err := channel.NewWebhook(srv.URL, secrets(t, oldSecret), &channel.WebhookOptions{Timeout: marque.Duration(time.Millisecond)})
		require.NoError(t, err)
		_, err = hook.Send(t.Context(), message)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("what can be no message", func(t *testing.T) {
		hook := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
		for _, m := range []journey.Message{{Key: "a\r\nb"}, {Key: "a.b"}, {Key: ""}, {Key: "k", Vars: map[string]any{"f": func() {}}}} {
			r, err := hook.Send(t.Context(), m)
			require.NoError(t, err)
			require.Equal(t, journey.Invalid, r.Status)
		}
	})
	t.Run("no webhook", func(t *testing.T) {
		for _, to := range []string{"", "/path", "ftp://a.example/", "https://"} {
			_, err := channel.NewWebhook(to, secrets(t, oldSecret), nil)
			require.ErrorContains(t, err, "absolute http", to)
		}
		_, err := channel.NewWebhook("https://a.example", channel.Secrets{}, nil)
		require.ErrorContains(t, err, "no secret")
	})
}

func TestWebhookReusesConnections(t *testing.T) {
	conns := map[string]bool{}
	hook := serve(t, func(w http.ResponseWriter, r *http.Request) {
		conns[r.RemoteAddr] = true
		_, _ = io.WriteString(w, `{"status": "sent"}`)
	})
	for i := range 5 {
		m := message
		m.Key = fmt.Sprintf("k%d", i)
		_, err := hook.Send(t.Context(), m)
		require.NoError(t, err)
	}
	require.Len(t, conns, 1)
}

func TestWebhookConforms(t *testing.T) {
	journeytest.RunChannel(t, func(t *testing.T) (journey.Channel, func() []string) {
		var mu sync.Mutex
		var keys []string
		hook := serve(t, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			key := strings.Trim(r.Header.Get("Idempotency-Key"), `"`)
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		})
		return hook, func() []string {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(keys)
		}
	})
}

func TestWebhookCalls(t *testing.T) {
	command := journey.Command{Key: "k1", Do: "voice", Enrollment: "e1", Journey: "j", Node: "n", Profile: "p1",
		Args: map[string]any{"script": "hello"}, Made: noon, At: noon.Add(time.Hour), Attempts: 3, Fault: "x", Tried: true}
	for _, c := range []struct {
		name  string
		code  int
		body  string
		want  journey.Outcome
		fault string
	}{
		{name: "nothing said", code: 200, want: journey.Outcome{Result: "done"}},
		{name: "no JSON", code: 200, body: "OK", want: journey.Outcome{Result: "done"}},
		{name: "an outcome", code: 200, body: `{"result": "busy", "reason": "in a call", "vars": {"seconds": 12, "rate": 0.5, "intent": "later", "human": true, "words": ["a"], "id": 9007199254740993}}`,
			want: journey.Outcome{Result: "busy", Reason: "in a call", Vars: map[string]any{"seconds": int64(12), "rate": 0.5,
				"intent": "later", "human": true, "words": []string{"a"}, "id": int64(9007199254740993)}}},
		{name: "variables that are none", code: 200, body: `{"vars": {"a": null, "b": {"c": 1}, "d": [1], "e": 1e999, "f": 1}}`,
			want: journey.Outcome{Result: "done", Vars: map[string]any{"f": int64(1)}}},
		{name: "too long", code: 200, body: strings.Repeat(" ", 70_000), want: journey.Outcome{Result: "failed", Reason: "the answer has more than 65536 bytes"}},
		{name: "refused", code: 422, want: journey.Outcome{Result: "failed", Reason: "answer 422 Unprocessable Entity"}},
		{name: "not found", code: 404, want: journey.Outcome{Result: "failed", Reason: "answer 404 Not Found"}},
		{name: "too many", code: 429, fault: "answer 429"},
		{name: "down", code: 503, fault: "answer 503"},
		{name: "unauthorized", code: 401, fault: "answer 401"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body []byte
			hook := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ = io.ReadAll(r.Body)
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, c.body)
			})
			var do journey.Doer = hook
			got, err := do.Do(t.Context(), command)
			var sent map[string]any
			require.NoError(t, json.Unmarshal(body, &sent))
			require.Equal(t, map[string]any{"key": "k1", "do": "voice", "enrollment": "e1", "journey": "j", "node": "n",
				"profile": "p1", "args": map[string]any{"script": "hello"}, "made": "2026-03-02T12:00:00Z"}, sent)
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	t.Run("a key that is none", func(t *testing.T) {
		hook := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
		got, err := hook.Do(t.Context(), journey.Command{Key: "a b"})
		require.NoError(t, err)
		require.Equal(t, "failed", got.Result)
	})
}
