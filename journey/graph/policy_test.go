package graph_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey/graph"
)

func TestPolicyFaults(t *testing.T) {
	for _, c := range []struct{ name, policy, want string }{
		{"consent", `{"consent":"asumed"}`, `consent: "asumed": want required, assumed, did you mean "assumed"?`},
		{"a suppression without name and rule", `{"suppress":[{"name":"","when":""}]}`, "suppress[0].name: is empty\nsuppress[0].when: is empty"},
		{"two of a name", `{"suppress":[{"name":"a","when":"x"},{"name":"a","when":"y"}]}`, `suppress[1].name: "a" is the name of suppress[0] already`},
		{"reach", `{"reach":[{"channel":"","event":"","within":"0s"}]}`, "reach[0].channel: is empty\nreach[0].event: is empty\nreach[0].within: want a time above zero"},
		{"reach twice", `{"reach":[{"channel":"c","event":"e","within":"1d"},{"channel":"c","event":"e","within":"2d"}]}`, `reach[1].event: "e" is there twice for c`},
		{"cap", `{"caps":[{"n":0,"per":"day"}]}`, "caps[0].n: is 0, want at least 1"},
		{"quiet", `{"quiet":{"from":"22:00","to":"22:00"}}`, "quiet.to: is the same as from: the window never opens"},
		{"late", `{"late":{"after":"0s"}}`, "late.after: want a time above zero"},
		{"late, and sent all the same", `{"late":{"after":"1h","do":"send"}}`, "late.after: goes with skip and exit; send knows no bound"},
		{"rate", `{"rates":[{"channel":"","n":0,"per":"hour"}]}`, "rates[0].channel: is empty\nrates[0].n: is 0, want at least 1\nrates[0].per: \"hour\": want second, minute"},
		{"two rates", `{"rates":[{"channel":"c","n":1,"per":"second"},{"channel":"c","n":1,"per":"minute"}]}`, `rates[1].channel: "c" has a rate already`},
		{"no words", `{"opt_out":[{"words":[]}]}`, "opt_out[0].words: there is none"},
		{"an empty word", `{"opt_out":[{"words":["TD",""]}]}`, "opt_out[0].words: one of them is empty"},
		{"nuisance", `{"nuisance":[{"name":"","events":[],"within":"0s","limit":1001,"least":-1}]}`,
			"nuisance[0].name: is empty\nnuisance[0].events: there is none\nnuisance[0].within: want a time above zero\nnuisance[0].limit: is 1001, want 0 to 1000\nnuisance[0].least: is -1, want 0 or more"},
		{"two nuisances of a name", `{"nuisance":[{"name":"n","events":["e"],"within":"1d"},{"name":"n","events":["f"],"within":"1d"}]}`, `nuisance[1].name: "n" is the name of nuisance[0] already`},
		{"nothing", `{}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p graph.Policy
			require.NoError(t, json.Unmarshal([]byte(c.policy), &p))
			err := p.Validate()
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.want)
			}
		})
	}
}
