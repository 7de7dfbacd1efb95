package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// A call is what a doer posts: a command without what differs between attempts.
type call struct {
	Key        string         `json:"key"`
	Do         string         `json:"do"`
	Enrollment string         `json:"enrollment"`
	Journey    string         `json:"journey"`
	Node       string         `json:"node"`
	Profile    string         `json:"profile"`
	Via        marque.ID      `json:"via,omitzero"`
	Name       string         `json:"name,omitempty"`
	Args       map[string]any `json:"args,omitempty"`
	Made       time.Time      `json:"made"`
}

// Do posts the command and takes the outcome from the body of the answer: {"result": "busy", "reason": "…", "vars":
// {"seconds": 12}}. Without a result it is "done". Variables are bool, int64, float64, text and lists of text; others
// are left out. What is answered:
//
//	2xx                  the outcome in the body; "failed" where the body has more than 64 KiB
//	401, 403, 407, 408, 409, 425, 429, 3xx, 5xx, no answer   an error, which the runner tries again in its own time
//	other 4xx            "failed"
func (w *Webhook) Do(ctx context.Context, c journey.Command) (journey.Outcome, error) {
	body, err := canonical(call{
		Key: c.Key, Do: c.Do, Enrollment: c.Enrollment, Journey: c.Journey, Node: c.Node, Profile: c.Profile, Via: c.Via,
		Name: c.Name, Args: c.Args, Made: c.Made,
	})
	if err == nil {
		err = sendable(c.Key)
	}
	if err != nil {
		return journey.Outcome{Result: graph.Failed, Reason: err.Error()}, nil
	}
	a, err := w.post(ctx, c.Key, body)
	if err != nil {
		return journey.Outcome{}, err
	}
	switch a.meaning() {
	case taken:
		return a.outcome(), nil
	case nobody, never:
		return journey.Outcome{Result: graph.Failed, Reason: a.status()}, nil
	}
	return journey.Outcome{}, fmt.Errorf("channel: webhook: %s", a.status())
}

// outcome reads the body.
func (a *answer) outcome() journey.Outcome {
	if a.cut {
		return journey.Outcome{Result: graph.Failed, Reason: fmt.Sprintf("the answer has more than %d bytes", answerLimit)}
	}
	var o struct {
		Result string         `json:"result"`
		Reason string         `json:"reason"`
		Vars   map[string]any `json:"vars"`
	}
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.UseNumber()
	if dec.Decode(&o) != nil || o.Result == "" {
		o.Result = "done"
	}
	for name, x := range o.Vars {
		if x = plain(x); x == nil {
			delete(o.Vars, name)
		} else {
			o.Vars[name] = x
		}
	}
	return journey.Outcome{Result: o.Result, Reason: o.Reason, Vars: o.Vars}
}

// plain is the value as a variable, nil where it cannot be one.
func plain(x any) any {
	switch x := x.(type) {
	case bool, string:
		return x
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return n
		}
		if f, err := x.Float64(); err == nil && !math.IsInf(f, 0) {
			return f
		}
	case []any:
		texts := make([]string, len(x))
		for i := range x {
			text, ok := x[i].(string)
			if !ok {
				return nil
			}
			texts[i] = text
		}
		return texts
	}
	return nil
}
