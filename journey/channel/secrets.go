package channel

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque"
)

// ErrSignature says that a request is not signed, not by somebody who knows the secret, or at another time.
var ErrSignature = errors.New("channel: signature")

// Tolerance is how far the instant of a signature may lie from now, on both sides.
const Tolerance = 5 * marque.Minute

// Secrets sign requests and verify signatures as Standard Webhooks says (standardwebhooks.com, symmetric signatures
// "v1": HMAC-SHA256 over id, timestamp and body). Several secrets are for rotation: all of them sign, and any of them
// verifies, so the order to go is: the receiver gets the new one beside the old one, then the sender, then both lose
// the old one. The zero value verifies nothing. It never shows what it holds.
type Secrets struct{ keys [][]byte }

// ParseSecrets reads secrets of 24 to 64 bytes, written in base 64 with or without the prefix "whsec_". It reports all
// faults.
func ParseSecrets(texts ...string) (Secrets, error) {
	var faults marque.Faults
	var s Secrets
	for i, text := range texts {
		path := "[" + strconv.Itoa(i) + "]"
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
		switch {
		case err != nil:
			faults.Add(path, "is not base 64")
		case len(key) < 24 || len(key) > 64:
			faults.Add(path, "has %d bytes, want 24 to 64", len(key))
		default:
			s.keys = append(s.keys, key)
		}
	}
	if len(texts) == 0 {
		faults.Add("", "there is no secret")
	}
	if err := faults.Err(); err != nil {
		return Secrets{}, fmt.Errorf("channel: secrets: %w", err)
	}
	return s, nil
}

// String is how many they are.
func (s Secrets) String() string { return fmt.Sprintf("%d secrets", len(s.keys)) }

// GoString is String.
func (s Secrets) GoString() string { return s.String() }

// Sign sets the headers webhook-id, webhook-timestamp and webhook-signature of a request with that body, sent at that
// instant. The id must not have a dot, since signed is ID.TIMESTAMP.BODY.
func (s Secrets) Sign(h http.Header, id string, at time.Time, body []byte) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(s.keys))
	for i, key := range s.keys {
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(sum(key, id, stamp, body))
	}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", stamp)
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
}

// Verify is nil for a request with that body that was signed with one of the secrets at now, give or take Tolerance;
// else an ErrSignature that says why. It compares in constant time. A request that comes again within the tolerance is
// accepted again: what it says must have an id that is taken once. The signature says nothing of the URL, so that no method
// is accepted but POST, PUT and PATCH, and whoever reads the query beside a signed body reads what anybody wrote.
func (s Secrets) Verify(r *http.Request, body []byte, now time.Time) error {
	id, stamp := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp")
	switch {
	case r.Method != http.MethodPost && r.Method != http.MethodPut && r.Method != http.MethodPatch:
		return fmt.Errorf("%w: it is of a body, and a %s has none", ErrSignature, r.Method)
	case id == "":
		return fmt.Errorf("%w: there is no webhook-id", ErrSignature)
	case strings.Contains(id, "."):
		return fmt.Errorf("%w: webhook-id has a dot", ErrSignature)
	}
	if err := fresh(stamp, now); err != nil {
		return err
	}
	given := signatures(r.Header.Get("Webhook-Signature"))
	if len(given) == 0 {
		return fmt.Errorf("%w: there is no signature v1", ErrSignature)
	}
	ok := false
	for _, key := range s.keys {
		want := sum(key, id, stamp, body)
		for _, g := range given {
			ok = hmac.Equal(g, want) || ok
		}
	}
	if !ok {
		return fmt.Errorf("%w: is not by one of our secrets", ErrSignature)
	}
	return nil
}

func sum(key []byte, id, stamp string, body []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + stamp + "."))
	m.Write(body)
	return m.Sum(nil)
}

// signatures reads up to 16 signatures "v1,BASE64" from a list with spaces; those of other versions do not count.
func signatures(list string) [][]byte {
	var got [][]byte
	for word := range strings.FieldsSeq(list) {
		text, ok := strings.CutPrefix(word, "v1,")
		if !ok || len(got) == 16 {
			continue
		}
		if b, err := base64.StdEncoding.DecodeString(text); err == nil && len(b) == sha256.Size {
			got = append(got, b)
		}
	}
	return got
}

// fresh is nil for a timestamp in Unix seconds that is near now.
func fresh(stamp string, now time.Time) error {
	n, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != stamp {
		return fmt.Errorf("%w: the timestamp is not in seconds", ErrSignature)
	}
	if d := now.Unix() - n; d > int64(Tolerance/marque.Second) || -d > int64(Tolerance/marque.Second) {
		return fmt.Errorf("%w: the timestamp is %d s from now", ErrSignature, d)
	}
	return nil
}
