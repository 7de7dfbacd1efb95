package channel

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// LogOptions of a Log. The zero value works.
type LogOptions struct {
	// Level of the records. Default slog.LevelInfo.
	Level slog.Level
	// Show writes identifiers, subject and text as they are. Default identifiers are masked, and of subject and text
	// there is the length.
	Show bool
	// Keys is how many keys of messages it remembers, the latest. Default 10,000.
	Keys int
}

// A Log is a channel that writes each message to a logger, for the first steps of a host and for dry runs. A key that
// it remembers is dropped. It remembers in memory: after a restart a message may be written again. It is safe for
// concurrent use.
type Log struct {
	to   *slog.Logger
	opts LogOptions

	mu   sync.Mutex
	seen map[string]bool
	ring []string // the keys that are remembered; next is the place of the oldest
	next int
}

// NewLog makes a channel that writes to a logger.
func NewLog(to *slog.Logger, o *LogOptions) *Log {
	l := &Log{to: to, seen: map[string]bool{}}
	if o != nil {
		l.opts = *o
	}
	if l.opts.Keys <= 0 {
		l.opts.Keys = 10_000
	}
	return l
}

// Send writes a message that it has not seen and answers journey.Sent.
func (l *Log) Send(ctx context.Context, m journey.Message) (journey.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return journey.Receipt{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[m.Key] {
		return journey.Receipt{Status: journey.Sent}, nil
	}
	attrs := []slog.Attr{
		slog.String("key", m.Key), slog.String("channel", m.Channel), slog.String("journey", m.Journey),
		slog.String("node", m.Node), slog.String("profile", m.Profile), slog.String("to", l.ids(m.To)),
	}
	for _, a := range []struct{ name, value string }{{"topic", m.Topic}, {"template", m.Template}} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.name, a.value))
		}
	}
	for _, a := range []struct{ name, value string }{{"subject", m.Subject}, {"text", m.Text}, {"html", m.HTML}} {
		switch {
		case a.value == "":
		case l.opts.Show:
			attrs = append(attrs, slog.String(a.name, a.value))
		default:
			attrs = append(attrs, slog.Int(a.name+"_chars", utf8.RuneCountInString(a.value)))
		}
	}
	l.to.LogAttrs(ctx, l.opts.Level, "message", attrs...)
	l.remember(m.Key)
	return journey.Receipt{Status: journey.Sent}, nil
}

func (l *Log) remember(key string) {
	if len(l.ring) < l.opts.Keys {
		l.ring = append(l.ring, key)
	} else {
		delete(l.seen, l.ring[l.next])
		l.ring[l.next] = key
		l.next = (l.next + 1) % len(l.ring)
	}
	l.seen[key] = true
}

func (l *Log) ids(ids []marque.ID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		if !l.opts.Show {
			id.Value = mask(id.Value)
		}
		texts[i] = id.String()
	}
	return strings.Join(texts, " ")
}

// mask keeps the last two characters of what has at least eight, and nothing of what is shorter; of an address the
// domain too.
func mask(value string) string {
	name, domain, isMail := strings.Cut(value, "@")
	if isMail {
		return "***@" + domain
	}
	if r := []rune(name); len(r) >= 8 {
		return "***" + string(r[len(r)-2:])
	}
	return "***"
}
