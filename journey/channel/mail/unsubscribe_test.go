package mail_test

import (
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel/mail"
	"github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/rule"
)

// The link stands where the template wants it, and a message that wants one and has none is not sent.
func TestUnsubscribeInTheText(t *testing.T) {
	tm, err := text.Compile(text.Source{Text: "No more: {{unsubscribe}}", HTML: `<a href="{{unsubscribe}}">No more</a>`}, nil, nil)
	require.NoError(t, err)
	parts, err := tm.Write(func(string) rule.Value { return rule.Value{} }, nil)
	require.NoError(t, err)
	m := message
	m.Text, m.HTML = parts.Text, parts.HTML
	s := serve(t, nil)
	r, err := open(t, s, nil).Send(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, journey.Invalid, r.Status)
	require.Empty(t, s.mails(t))

	c := open(t, s, &mail.Options{Unsubscribe: func(m journey.Message) string { return "https://shop.example/u?a=b&t=" + m.Key }})
	r, err = c.Send(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, journey.Sent, r.Status)
	got := s.mails(t)[0]
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	require.NoError(t, err)
	read := multipart.NewReader(got.Body, params["boundary"])
	for _, want := range []string{"No more: https://shop.example/u?a=b&t=k1", `<a href="https://shop.example/u?a=b&amp;t=k1">No more</a>`} {
		p, err := read.NextPart()
		require.NoError(t, err)
		body, err := io.ReadAll(p)
		require.NoError(t, err)
		require.Equal(t, want, strings.TrimSpace(string(body)))
	}
}
