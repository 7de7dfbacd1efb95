package loop_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/loop"
)

func TestFaultsHavePlaces(t *testing.T) {
	read := func(text string) error {
		p, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte(text)}})
		if err == nil {
			_, err = loop.Compile(p, loop.Host{})
		}
		return err
	}
	for _, text := range []string{
		"segments:\n  - {nme: a, when: has_tag}\n  - {name: b, whn: x}\n",
		"segments:\n  - {name: a, when: age > 3}\n  - {name: b, when: city == 3}\n",
	} {
		faults := loop.Faults(read(text))
		require.Len(t, faults, 2, text)
		require.Equal(t, "a.yaml", faults[0].File)
		require.Equal(t, []int{2, 3}, []int{faults[0].Line, faults[1].Line})
		require.NotEmpty(t, faults[1].Path)
	}
	require.Empty(t, loop.Faults(nil))
	require.Empty(t, loop.Faults(read("segments: []\n")))
}
