package channel

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/marque-go/marque"
)

// SMSOptions are the names of a gateway's fields. The zero value works.
type SMSOptions struct {
	// ID, From and Text name the gateway's number of the answer, the sender and what was written. Default "id", "from"
	// and "text".
	ID, From, Text string
	// Message names the field that has the key of the message that is answered. Default "message".
	Message string
	// Channel is the name of the host's channel. Default "sms".
	Channel string
	// Kind of identifier that the sender is. Default "phone".
	Kind string
	// Answer is what the gateway wants to hear. Default that of Inbound.
	Answer string
}

// SMS reads an answer to a text message as many gateways push it: a POST of a form or a JSON object, or a GET, one
// answer each. It becomes a Replied. Of a POST the query is not looked at; a GET needs a verifier that does not go by the
// body, such as Bearer, and Secrets.Verify refuses it. Without a verifier it refuses everything.
func SMS(verify Verifier, o *SMSOptions) Adapter {
	var opts SMSOptions
	if o != nil {
		opts = *o
	}
	opts.ID, opts.From, opts.Text = cmp.Or(opts.ID, "id"), cmp.Or(opts.From, "from"), cmp.Or(opts.Text, "text")
	opts.Message, opts.Channel, opts.Kind = cmp.Or(opts.Message, "message"), cmp.Or(opts.Channel, "sms"), cmp.Or(opts.Kind, "phone")
	return func(r *http.Request, body []byte, now time.Time) (Batch, error) {
		if r.Method != http.MethodPost && r.Method != http.MethodGet {
			return Batch{}, ErrMethod
		}
		if err := verify.check(r, body, now); err != nil {
			return Batch{}, err
		}
		field, err := fields(r, body)
		if err != nil {
			return Batch{}, err
		}
		var faults marque.Faults
		if strings.TrimSpace(field(opts.From)) == "" {
			faults.Add(opts.From, "is missing or empty: it says who wrote (SMSOptions.From)")
		}
		if field(opts.ID) == "" {
			faults.Add(opts.ID, "is missing or empty: it tells answers apart (SMSOptions.ID)")
		}
		if err := faults.Err(); err != nil {
			return Batch{}, err
		}
		d := Delivery{ID: field(opts.ID), Kind: Replied, Message: field(opts.Message), Channel: opts.Channel, Text: field(opts.Text)}
		d.IDs = []marque.ID{{Kind: opts.Kind, Value: strings.TrimSpace(field(opts.From))}}
		return Batch{Deliveries: []Delivery{d}, Answer: opts.Answer}, nil
	}
}

// fields gives the fields of a JSON object, a form, or the query of a GET.
func fields(r *http.Request, body []byte) (func(name string) string, error) {
	if r.Method == http.MethodGet {
		return r.URL.Query().Get, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, &marque.FieldError{Err: fmt.Errorf("is no form")}
		}
		return form.Get, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, &marque.FieldError{Err: err}
	}
	return func(name string) string {
		raw := object[name]
		var text string
		var number json.Number
		switch {
		case json.Unmarshal(raw, &text) == nil:
			return text
		case json.Unmarshal(raw, &number) == nil:
			return number.String()
		}
		return ""
	}, nil
}

// Bearer verifies by a token that the sender knows: in the header Authorization, as Bearer or as the password of Basic,
// or, for gateways that can do nothing else, in the query as "token". It compares in constant time. It says nothing of
// the body: what comes over a line that others read can be replayed. An empty token refuses everything.
func Bearer(token string) Verifier {
	want := sha256.Sum256([]byte(token))
	return func(r *http.Request, _ []byte, _ time.Time) error {
		given := r.URL.Query().Get("token")
		if _, password, ok := r.BasicAuth(); ok {
			given = password
		} else if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			given = bearer
		}
		got := sha256.Sum256([]byte(given))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 || token == "" {
			return fmt.Errorf("%w: the token is another", ErrSignature)
		}
		return nil
	}
}
