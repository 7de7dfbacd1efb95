package channel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/marque-go/marque"
)

// Neutral reads POSTs of {"deliveries": [{"id": "e1", "kind": "opened", "message": "…", "profile": "…"}, …]}, the JSON
// of Delivery. A field that Delivery does not have is a fault. Without a verifier it refuses everything.
func Neutral(verify Verifier) Adapter {
	return func(r *http.Request, body []byte, now time.Time) (Batch, error) {
		if r.Method != http.MethodPost {
			return Batch{}, ErrMethod
		}
		if err := verify.check(r, body, now); err != nil {
			return Batch{}, err
		}
		return parse(body)
	}
}

func (v Verifier) check(r *http.Request, body []byte, now time.Time) error {
	if v == nil {
		return fmt.Errorf("%w: there is no verifier", ErrSignature)
	}
	return v(r, body, now)
}

// parse reads what it can, and lists what it cannot.
func parse(body []byte) (Batch, error) {
	var raw struct {
		Deliveries []json.RawMessage `json:"deliveries"`
	}
	var faults marque.Faults
	if err := strict(body, &raw); err != nil {
		faults.Add("", "%w", err)
		return Batch{}, faults.Err()
	}
	if len(raw.Deliveries) == 0 {
		faults.Add("deliveries", "is empty")
	}
	var b Batch
	for i, text := range raw.Deliveries {
		var d Delivery
		path := "deliveries[" + strconv.Itoa(i) + "]"
		if err := strict(text, &d); err != nil {
			faults.Add(path, "%w", err)
		} else if d.check(path, &faults) {
			b.Deliveries = append(b.Deliveries, d)
		}
	}
	return b, faults.Err()
}

// strict reads one JSON value with no unknown fields and nothing behind it.
func strict(text []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("there is more behind the JSON")
	}
	return nil
}
