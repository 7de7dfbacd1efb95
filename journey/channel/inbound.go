package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/marque-go/marque"
)

// ErrMethod is an adapter's answer to a request with another method than the provider uses.
var ErrMethod = errors.New("channel: method")

// An Adapter reads a provider's request, after it has made sure that it is the provider's: ErrSignature where it is not,
// ErrMethod where it cannot be. now is for the timestamps of signatures alone. It may give deliveries and an error
// together: faults in some do not keep the others.
type Adapter func(r *http.Request, body []byte, now time.Time) (Batch, error)

// A Verifier is nil for a request that is from whom it should be, else an ErrSignature. Secrets.Verify is one.
type Verifier func(r *http.Request, body []byte, now time.Time) error

// A Batch is what was in a request.
type Batch struct {
	Deliveries []Delivery
	// Answer is what the provider wants to hear when all was taken. Default a JSON object that counts.
	Answer string
}

// InboundOptions of an Inbound. The zero value works.
type InboundOptions struct {
	// Limit is how many bytes a request may have. Default 1 MiB.
	Limit int64
	// OptOut reports whether what a person wrote (Replied, Received) withdraws the consent for the channel. Default the
	// words of OptOut on the channel "sms".
	OptOut func(d Delivery) bool
	// Log is told why requests failed, without what was in them. Default nobody.
	Log *slog.Logger
	// Now is the instant of arrival. Default time.Now.
	Now func() time.Time
}

// An Inbound is an http.Handler that takes what a provider says: it reads the request by an Adapter, makes events of
// it and tracks them. Each delivery becomes an event "message.KIND" (Says). Who unsubscribed, complained or wrote an
// opt-out word withdraws consent too (of a topic only where Unsubscribed names it), and who subscribed gives it. Ids
// are derived from the source and the provider's id, so that what comes again is taken once.
//
//	200   all of it is tracked
//	400   some of it cannot be read: {"taken": 2, "faults": [{"path": "deliveries[1].kind", "error": "…"}]}; the rest
//	      is tracked, so that one fault keeps nobody on the list
//	401   not signed as it must be
//	405   another method
//	413   too long
//	500   track failed, and the provider should send it again
//
// A loop tracks when it is not busy handing out messages: a provider that waits for this answer before it answers the
// message itself waits for ever.
type Inbound struct {
	source string
	read   Adapter
	track  func(context.Context, ...marque.Event) error
	opts   InboundOptions
}

// NewInbound makes a handler. source is the provider's name, which keeps its ids apart from those of others.
func NewInbound(source string, read Adapter, track func(context.Context, ...marque.Event) error, o *InboundOptions) *Inbound {
	in := &Inbound{source: source, read: read, track: track}
	if o != nil {
		in.opts = *o
	}
	if in.opts.Limit <= 0 {
		in.opts.Limit = 1 << 20
	}
	if in.opts.OptOut == nil {
		in.opts.OptOut = func(d Delivery) bool { return d.Channel == "sms" && OptOut(d.Text) }
	}
	if in.opts.Log == nil {
		in.opts.Log = slog.New(slog.DiscardHandler)
	}
	if in.opts.Now == nil {
		in.opts.Now = time.Now
	}
	return in
}

// ServeHTTP takes one request.
func (in *Inbound) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, in.opts.Limit))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		in.refuse(w, r, http.StatusRequestEntityTooLarge, err)
		return
	} else if err != nil {
		in.refuse(w, r, http.StatusBadRequest, err)
		return
	}
	batch, err := in.read(r, body, in.opts.Now())
	switch {
	case errors.Is(err, ErrSignature):
		in.refuse(w, r, http.StatusUnauthorized, err)
		return
	case errors.Is(err, ErrMethod):
		in.refuse(w, r, http.StatusMethodNotAllowed, err)
		return
	}
	var faults marque.Faults
	faults.Wrap("", err)
	var events []marque.Event
	n := 0
	for i := range batch.Deliveries {
		d := &batch.Deliveries[i]
		if !d.check("deliveries["+strconv.Itoa(i)+"]", &faults) {
			continue
		}
		out := (d.Kind == Replied || d.Kind == Received) && in.opts.OptOut(*d)
		events = append(events, d.events(in.source, out)...)
		n++
	}
	if len(events) > 0 {
		if err := in.track(r.Context(), events...); err != nil {
			in.refuse(w, r, http.StatusInternalServerError, err)
			return
		}
	}
	in.answer(w, r, n, batch.Answer, faults.Err())
}

// answer says how many deliveries were taken, and what is wrong with the others.
func (in *Inbound) answer(w http.ResponseWriter, r *http.Request, n int, text string, err error) {
	type fault struct {
		Path  string `json:"path,omitempty"`
		Error string `json:"error"`
	}
	body := struct {
		Taken  int     `json:"taken"`
		Faults []fault `json:"faults,omitempty"`
	}{Taken: n}
	for _, e := range list(err) {
		f := fault{Error: e.Error()}
		if fe := (*marque.FieldError)(nil); errors.As(e, &fe) {
			f = fault{fe.Path, fe.Err.Error()}
		}
		body.Faults = append(body.Faults, f)
	}
	if err == nil && text != "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, text)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		in.opts.Log.LogAttrs(r.Context(), slog.LevelWarn, "deliveries that cannot be read", slog.String("source", in.source),
			slog.Int("taken", n), slog.Int("faults", len(body.Faults)))
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = json.NewEncoder(w).Encode(body)
}

// list is what was joined.
func list(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

func (in *Inbound) refuse(w http.ResponseWriter, r *http.Request, code int, err error) {
	in.opts.Log.LogAttrs(r.Context(), slog.LevelWarn, "deliveries refused", slog.String("source", in.source),
		slog.Int("code", code), slog.String("error", err.Error()))
	if code == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	http.Error(w, fmt.Sprintf("%d %s", code, http.StatusText(code)), code)
}
