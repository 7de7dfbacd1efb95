package mail_test

import (
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	smtp "github.com/wneessen/go-mail"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel/mail"
	"github.com/marque-go/marque/journey/journeytest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

var message = journey.Message{Key: "k1", Profile: "p1", Channel: "email", Subject: "Hello Ann", Text: "Hello Ann", At: noon,
	To: []marque.ID{{Kind: "phone", Value: "+8613800138000"}, {Kind: "email", Value: "ann@example.com"}, {Kind: "email", Value: "ann2@example.com"}}}

func client(t testing.TB, port int) *smtp.Client {
	c, err := smtp.NewClient("127.0.0.1", smtp.WithPort(port), smtp.WithTLSPolicy(smtp.NoTLS), smtp.WithHELO("shop.example"), smtp.WithTimeout(20*time.Second))
	require.NoError(t, err)
	return c
}

func open(t testing.TB, s *server, o *mail.Options) *mail.Channel {
	c, err := mail.New(client(t, s.port), "Shop <news@shop.example>", o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// The channel needs a client for the server, and the sender. Who has no address is unreachable.
func Example() {
	client, err := smtp.NewClient("smtp.shop.example", smtp.WithSMTPAuth(smtp.SMTPAuthPlain), smtp.WithUsername("u"), smtp.WithPassword("p"))
	if err != nil {
		panic(err)
	}
	mailer, err := mail.New(client, "Shop <news@shop.example>", nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(mailer.Send(context.Background(), journey.Message{Key: "k1", Subject: "Hello", Text: "Hello",
		To: []marque.ID{{Kind: "phone", Value: "+8613800138000"}}}))
	// Output: {unreachable 0s has no address of kind email} <nil>
}

func TestMail(t *testing.T) {
	s := serve(t, nil)
	c := open(t, s, &mail.Options{ReplyTo: "help@shop.example", Unsubscribe: func(m journey.Message) string { return "https://shop.example/u?t=" + m.Key }})
	m := message
	m.Subject, m.Text, m.HTML = "Grüße, 安娜 – a subject that is longer than one line of a header can be, and so it is folded", "Hello 安娜", "<p>Hello <b>安娜</b></p>"
	r, err := c.Send(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, journey.Receipt{Status: journey.Sent}, r)

	got := s.mails(t)[0]
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, m.Subject, subject)
	for name, want := range map[string]string{
		"From": `"Shop" <news@shop.example>`, "To": "<ann@example.com>", "Reply-To": "<help@shop.example>",
		"Message-Id": "<k1@shop.example>", "Date": "Mon, 02 Mar 2026 12:00:00 +0000", "User-Agent": "",
		"List-Unsubscribe": "<https://shop.example/u?t=k1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	} {
		require.Equal(t, want, got.Header.Get(name), name)
	}
	kind, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(got.Body, params["boundary"])
	for _, want := range []struct{ kind, text string }{{"text/plain; charset=UTF-8", m.Text}, {"text/html; charset=UTF-8", m.HTML}} {
		p, err := parts.NextPart()
		require.NoError(t, err)
		require.Equal(t, want.kind, p.Header.Get("Content-Type"))
		body, err := io.ReadAll(p)
		require.NoError(t, err)
		require.Equal(t, want.text, string(body))
	}
}

func TestMailForms(t *testing.T) {
	for _, c := range []struct{ name, text, html, kind string }{
		{"text", "Hello", "", "text/plain"}, {"HTML", "", "<p>Hello</p>", "text/html"}, {"a line of a dot", "a\r\n.\r\nb", "", "text/plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, nil)
			m := message
			m.Text, m.HTML = c.text, c.html
			r, err := open(t, s, nil).Send(t.Context(), m)
			require.NoError(t, err)
			require.Equal(t, journey.Sent, r.Status)
			got := s.mails(t)[0]
			require.True(t, strings.HasPrefix(got.Header.Get("Content-Type"), c.kind+";"))
			require.Empty(t, got.Header.Get("List-Unsubscribe"))
			require.Equal(t, c.text+c.html, body(t, got))
		})
	}
}

// body is the content of an e-mail of one part.
func body(t *testing.T, m *netmail.Message) string {
	text, err := io.ReadAll(m.Body)
	require.NoError(t, err)
	plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(strings.ReplaceAll(string(text), "\r\n..", "\r\n."))))
	require.NoError(t, err)
	return strings.TrimRight(string(plain), "\r\n")
}

func TestMailRefuses(t *testing.T) {
	s := serve(t, nil)
	for _, c := range []struct {
		name string
		edit func(m *journey.Message)
		want journey.Status
		why  string
	}{
		{"no address", func(m *journey.Message) { m.To = m.To[:1] }, journey.Unreachable, "has no address of kind email"},
		{"an address that is none", to("ann"), journey.Invalid, "the address is none"},
		{"an address with a name", to("Ann <ann@example.com>"), journey.Invalid, "the address is none"},
		{"two addresses", to("ann@example.com, eve@example.com"), journey.Invalid, "the address is none"},
		{"a header in the address", to("ann@example.com\r\nBcc: eve@example.com"), journey.Invalid, "the address is none"},
		{"a command in the address", to("ann@example.com>\r\nRCPT TO:<eve@example.com"), journey.Invalid, "the address is none"},
		{"a header in the subject", func(m *journey.Message) { m.Subject = "Hello\r\nBcc: eve@example.com" }, journey.Invalid, "the subject has control characters"},
		{"a line break in the subject", func(m *journey.Message) { m.Subject = "Hello\nAnn" }, journey.Invalid, "the subject has control characters"},
		{"a header in the key", func(m *journey.Message) { m.Key = "k1>\r\nBcc: eve@example.com" }, journey.Invalid, "the key makes no Message-ID"},
		{"no key", func(m *journey.Message) { m.Key = "" }, journey.Invalid, "the key makes no Message-ID"},
		{"no text", func(m *journey.Message) { m.Text = "" }, journey.Invalid, "there is neither text nor HTML"},
		{"a link that is not https", func(m *journey.Message) { m.Topic = "http://shop.example/u" }, journey.Invalid, "the link to unsubscribe is no https URL"},
		{"a header in the link", func(m *journey.Message) { m.Topic = "https://shop.example/u>\r\nBcc: <eve@example.com" }, journey.Invalid, "the link to unsubscribe is no https URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := message
			c.edit(&m)
			r, err := open(t, s, &mail.Options{Unsubscribe: func(m journey.Message) string { return m.Topic }}).Send(t.Context(), m)
			require.NoError(t, err)
			require.Equal(t, journey.Receipt{Status: c.want, Reason: c.why}, r)
		})
	}
	require.Empty(t, s.mails(t))
	require.Zero(t, s.count("RCPT"))
}

func to(address string) func(m *journey.Message) {
	return func(m *journey.Message) { m.To = []marque.ID{{Kind: "email", Value: address}} }
}

func TestMailAnswers(t *testing.T) {
	for _, c := range []struct {
		name         string
		word, answer string
		want         journey.Receipt
		fault        string
	}{
		{"no such mailbox", "RCPT", "550 5.1.1 <ann@example.com> unknown", journey.Receipt{Status: journey.Unreachable, Reason: "550 5.1.1 at RCPT TO"}, ""},
		{"no such mailbox, no code of its own", "RCPT", "553 no", journey.Receipt{Status: journey.Unreachable, Reason: "553 at RCPT TO"}, ""},
		{"a grey list", "RCPT", "450 4.2.0 greylisted", journey.Receipt{Status: journey.Unknown, Reason: "450 4.2.0 at RCPT TO"}, ""},
		{"a full mailbox", "RCPT", "452 4.2.2 full", journey.Receipt{Status: journey.Unknown, Reason: "452 4.2.2 at RCPT TO"}, ""},
		{"busy at the recipient", "RCPT", "421 4.3.2 too many", journey.Receipt{Status: journey.Later, After: marque.Minute, Reason: "421 4.3.2 at RCPT TO"}, ""},
		{"content refused", ".", "554 5.7.1 spam", journey.Receipt{Status: journey.Invalid, Reason: "554 5.7.1 at the end of DATA"}, ""},
		{"content refused at once", "DATA", "554 5.7.1 no", journey.Receipt{Status: journey.Invalid, Reason: "554 5.7.1 at DATA"}, ""},
		{"no space", ".", "452 4.3.1 no space", journey.Receipt{Status: journey.Unknown, Reason: "452 4.3.1 at the end of DATA"}, ""},
		{"the sender refused", "MAIL", "550 5.7.1 not from you", journey.Receipt{}, "mail: 550 5.7.1 at MAIL FROM"},
		{"busy", "greeting", "421 4.3.2 later", journey.Receipt{Status: journey.Later, After: marque.Minute, Reason: "421 at the greeting or login"}, ""},
		{"no service", "greeting", "554 5.3.2 no", journey.Receipt{}, "mail: 554 at the greeting or login"},
		{"hangs up at the greeting", "greeting", "drop", journey.Receipt{}, "mail: no connection: "},
		{"hangs up before the content", "RCPT", "drop", journey.Receipt{}, "mail: no answer at RCPT TO"},
		{"hangs up after the content", ".", "drop", journey.Receipt{}, "mail: no answer at the end of DATA"},
		{"fails after it took it", "RSET", "500 5.5.0 what", journey.Receipt{Status: journey.Sent}, ""},
		{"hangs up after it took it", "RSET", "drop", journey.Receipt{Status: journey.Sent}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := open(t, serve(t, map[string]string{c.word: c.answer}), nil).Send(t.Context(), message)
			require.NotContains(t, fmt.Sprint(got, err), "ann@")
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestMailConnections(t *testing.T) {
	send := func(t *testing.T, c *mail.Channel, key string) {
		m := message
		m.Key = key
		r, err := c.Send(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, journey.Sent, r.Status)
	}
	t.Run("one for many messages", func(t *testing.T) {
		s := serve(t, nil)
		c := open(t, s, nil)
		for i := range 3 {
			send(t, c, fmt.Sprint("k", i))
		}
		require.Equal(t, 1, s.count("EHLO"))
		require.NoError(t, c.Close())
		require.Equal(t, 1, s.count("QUIT"))
		send(t, c, "k3")
		require.Equal(t, 2, s.count("EHLO"))
	})
	t.Run("an idle one that is gone", func(t *testing.T) {
		s := serve(t, nil)
		c := open(t, s, nil)
		send(t, c, "k1")
		s.hangUp()
		send(t, c, "k2")
		require.Equal(t, []string{"k1", "k2"}, s.ids(t))
	})
	t.Run("one after an unknown recipient", func(t *testing.T) {
		s := serve(t, map[string]string{"RCPT": "550 5.1.1 no"})
		c := open(t, s, nil)
		for range 2 {
			r, err := c.Send(t.Context(), message)
			require.NoError(t, err)
			require.Equal(t, journey.Unreachable, r.Status)
		}
		require.Equal(t, 1, s.count("EHLO"))
	})
	t.Run("no server", func(t *testing.T) {
		_, err := open(t, &server{port: 1}, nil).Send(t.Context(), message)
		require.ErrorContains(t, err, "mail: no connection: ")
	})
	t.Run("its time is over while the server is silent", func(t *testing.T) {
		stuck := serve(t, map[string]string{"RCPT": "250-2.0.0 and more"}) // the last line never comes
		c := open(t, stuck, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() {
			_, err := c.Send(ctx, message)
			done <- err
		}()
		for stuck.count("RCPT") == 0 {
			select {
			case err := <-done:
				t.Fatal(err)
			default:
				runtime.Gosched()
			}
		}
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

func TestMailConforms(t *testing.T) {
	journeytest.RunChannel(t, func(t *testing.T) (journey.Channel, func() []string) {
		s := serve(t, nil)
		return open(t, s, nil), func() []string { return s.ids(t) }
	})
}

func TestNew(t *testing.T) {
	_, err := mail.New(client(t, 25), "nobody", &mail.Options{ReplyTo: "nowhere", Domain: "a b"})
	require.EqualError(t, err, "mail: from: mail: missing '@' or angle-addr\nreply_to: mail: missing '@' or angle-addr\ndomain: \"a b\" is no domain")
}
