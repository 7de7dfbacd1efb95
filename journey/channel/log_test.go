package channel_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel"
	"github.com/marque-go/marque/journey/journeytest"
)

// plain is a logger without times.
func plain(w *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func ExampleLog() {
	to := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}}))
	l := channel.NewLog(to, nil)
	m := journey.Message{Key: "k1", Channel: "sms", Journey: "welcome", Node: "hello", Profile: "p1",
		To: []marque.ID{{Kind: "phone", Value: "+8613800138000"}}, Text: "Hello Ann"}
	for range 2 { // the second is dropped
		if _, err := l.Send(context.Background(), m); err != nil {
			panic(err)
		}
	}
	// Output: msg=message key=k1 channel=sms journey=welcome node=hello profile=p1 to=phone:***00 text_chars=9
}

func TestLogHides(t *testing.T) {
	m := journey.Message{Key: "k1", To: []marque.ID{{Kind: "phone", Value: "13800138000"}, {Kind: "email", Value: "ann@shop.example"},
		{Kind: "openid", Value: "o123"}}, Subject: "Dear Ann", Text: "Hello Ann", HTML: "<p>Hello Ann</p>"}
	private := []string{"13800138000", "1380013", "ann@", "o123", "Ann"}
	for _, c := range []struct {
		name string
		show bool
	}{{"by default", false}, {"unless told", true}} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := channel.NewLog(plain(&out), &channel.LogOptions{Show: c.show}).Send(t.Context(), m)
			require.NoError(t, err)
			for _, text := range private {
				require.Equal(t, c.show, strings.Contains(out.String(), text), "%s in %s", text, &out)
			}
		})
	}
}

func TestLogForgets(t *testing.T) {
	var out bytes.Buffer
	l := channel.NewLog(plain(&out), &channel.LogOptions{Keys: 2})
	for _, key := range []string{"a", "b", "a", "c", "b", "a", "c"} { // c pushes a out, a pushes b out
		r, err := l.Send(t.Context(), journey.Message{Key: key})
		require.NoError(t, err)
		require.Equal(t, journey.Receipt{Status: journey.Sent}, r)
	}
	require.Equal(t, []string{"a", "b", "c", "a"}, logged(&out))
}

// logged are the keys in a log.
func logged(out *bytes.Buffer) []string {
	var keys []string
	for line := range strings.Lines(out.String()) {
		_, rest, _ := strings.Cut(line, "key=")
		key, _, _ := strings.Cut(rest, " ")
		keys = append(keys, key)
	}
	return keys
}

func TestLogConforms(t *testing.T) {
	journeytest.RunChannel(t, func(t *testing.T) (journey.Channel, func() []string) {
		var out bytes.Buffer
		var mu sync.Mutex
		l := channel.NewLog(slog.New(slog.NewTextHandler(&locked{w: &out, mu: &mu}, nil)), nil)
		return l, func() []string {
			mu.Lock()
			defer mu.Unlock()
			return logged(&out)
		}
	})
}

type locked struct {
	mu *sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}
