package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// WebhookOptions of a Webhook. The zero value works.
type WebhookOptions struct {
	// Timeout of an attempt, beside that of its context. Default 10s.
	Timeout marque.Duration
	// Header is added to each request, such as an authorization of the receiver's.
	Header http.Header
	// Client makes the requests; redirects are refused whatever it says. Default one with connections of its own.
	Client *http.Client
	// Answer reads what a gateway answers to a message in words of its own, such as 200 with the code of a fault: status
	// and the first 64 KiB of the body. A Receipt without a Status leaves it to what Send says; an error is an attempt that
	// came to nothing. It must be safe for concurrent use. Default none.
	Answer func(status int, body []byte) (journey.Receipt, error)
	// Now is the instant that a request is signed at. Default time.Now.
	Now func() time.Time
}

// A Webhook hands messages and calls to a URL, as a channel (Send) and as a doer (Do): a POST of canonical JSON, the
// same bytes on each attempt, signed by Secrets, with the key as webhook-id and as Idempotency-Key
// (draft-ietf-httpapi-idempotency-key-header). An attempt is one request: the runner tries again, with the same key. It
// keeps connections open between requests, and is safe for concurrent use.
type Webhook struct {
	url     string
	secrets Secrets
	opts    WebhookOptions
	client  http.Client
}

// answerLimit is how much of an answer is read.
const answerLimit = 64 << 10

// NewWebhook makes a webhook to an absolute http or https URL.
func NewWebhook(to string, secrets Secrets, o *WebhookOptions) (*Webhook, error) {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("channel: webhook: want an absolute http or https URL")
	}
	if len(secrets.keys) == 0 {
		return nil, errors.New("channel: webhook: there is no secret")
	}
	w := &Webhook{url: to, secrets: secrets}
	if o != nil {
		w.opts = *o
	}
	if w.opts.Timeout <= 0 {
		w.opts.Timeout = 10 * marque.Second
	}
	if w.opts.Now == nil {
		w.opts.Now = time.Now
	}
	if w.opts.Client != nil {
		w.client = *w.opts.Client
	} else {
		w.client.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return w, nil
}

// Send posts the message, without Message.At, which differs between attempts. What is answered:
//
//	2xx                      sent; or what the body says: {"status": "sent" | "unreachable" | "invalid" | "later" |
//	                         "unknown", "after": "30s", "reason": "…"}. Another body, or status, is sent
//	429, 503 with Retry-After, 429 without   later: then; in a minute. At most a day
//	404, 410                 unreachable
//	401, 403, 407, 408, 409, 425, 3xx, 5xx   an error: nothing that the message is to blame for
//	other 4xx                invalid
//	no answer                an error
//
// A Retry-After that is a date counts from Message.At.
func (w *Webhook) Send(ctx context.Context, m journey.Message) (journey.Receipt, error) {
	body, err := canonical(struct {
		journey.Message
		At *time.Time `json:"at,omitempty"`
	}{Message: m})
	if err == nil {
		err = sendable(m.Key)
	}
	if err != nil {
		return journey.Receipt{Status: journey.Invalid, Reason: err.Error()}, nil
	}
	a, err := w.post(ctx, m.Key, body)
	if err != nil {
		return journey.Receipt{}, err
	}
	if w.opts.Answer != nil {
		body := a.body[:min(len(a.body), answerLimit)]
		if r, err := w.opts.Answer(a.code, body); err != nil {
			return journey.Receipt{}, fmt.Errorf("channel: webhook: %w", err)
		} else if r.Status != "" {
			return r, nil
		}
	}
	return a.receipt(m.At)
}

// canonical is JSON with sorted keys, without escapes for HTML.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// sendable reports a key that cannot stand in the headers.
func sendable(key string) error {
	bad := func(r rune) bool { return r <= ' ' || r > '~' || r == '.' || r == '"' || r == '\\' }
	if key == "" || strings.ContainsFunc(key, bad) {
		return fmt.Errorf("the key %q cannot stand in a header", key)
	}
	return nil
}

// An answer is a response with what was read of its body.
type answer struct {
	code  int
	after string // Retry-After
	body  []byte
	cut   bool // the body is longer
}

// post makes one request.
func (w *Webhook) post(ctx context.Context, key string, body []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(w.opts.Timeout))
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return answer{}, errors.New("channel: webhook: the URL makes no request")
	}
	maps.Copy(r.Header, w.opts.Header)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", `"`+key+`"`)
	w.secrets.Sign(r.Header, key, w.opts.Now(), body)
	resp, err := w.client.Do(r)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) { // it would show the URL
			err = u.Err
		}
		return answer{}, fmt.Errorf("channel: webhook: %w", err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err != nil {
		return answer{}, fmt.Errorf("channel: webhook: answer %d: %w", resp.StatusCode, err)
	}
	a := answer{code: resp.StatusCode, after: resp.Header.Get("Retry-After"), body: got, cut: len(got) > answerLimit}
	return a, nil
}
