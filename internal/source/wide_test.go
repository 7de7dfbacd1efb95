package source_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/internal/source"
)

func TestWide(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a colon", "journeys:\n  - name： x\n    active: true\n", `write ":"`},
		{"a comma", "journeys: [{name: x， active: true}]\n", `write ","`},
		{"quotes", "journeys:\n  - name: x\n    active: “true”\n", `write "\""`},
		{"a space", "journeys:\n\u3000- name: x\n", `write " "`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v struct {
				Journeys []struct {
					Name   string `json:"name"`
					Active bool   `json:"active"`
				} `json:"journeys"`
			}
			d, err := source.Parse("a.yaml", []byte(c.text))
			if err == nil {
				err = d.Decode("", &v)
			}
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "full-width")
		})
	}
	_, err := source.Parse("a.yaml", []byte("# ，\na: 1\nb: [\n"))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "full-width") // which is elsewhere
}
