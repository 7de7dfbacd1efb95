package mail

import (
	"context"
	"errors"
	"fmt"
	"html"
	netmail "net/mail"
	"strings"
	"sync"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/text"
)

// Options of a Channel. The zero value works.
type Options struct {
	// ReplyTo is where answers go. Default the sender.
	ReplyTo string
	// Kind of the identifier that is the address. Default "email".
	Kind string
	// Domain of Message-IDs. Default that of the sender.
	Domain string
	// Unsubscribe gives the https link by which the person leaves with one click, such as (*channel.Unsubscribe).URL;
	// "" for a message without one, such as a receipt. It also stands where the message says text.Unsubscribe, which
	// templates write by their function unsubscribe. Default none has one.
	Unsubscribe func(m journey.Message) string
}

// A Channel hands messages to an SMTP server. It keeps up to two connections that are idle for the next message, until
// Close. It is safe for concurrent use; each message that is on its way has a connection of its own.
type Channel struct {
	client *gomail.Client
	from   *netmail.Address
	reply  *netmail.Address
	opts   Options

	mu   sync.Mutex
	idle []*smtp.Client
}

const maxIdle = 2

// New makes a channel that sends from an address, "Shop <news@shop.example>". It does no I/O.
func New(client *gomail.Client, from string, o *Options) (*Channel, error) {
	c := &Channel{client: client}
	if o != nil {
		c.opts = *o
	}
	var faults marque.Faults
	var err error
	if c.from, err = netmail.ParseAddress(from); err != nil {
		faults.Add("from", "%w", err)
	} else if c.opts.Domain == "" {
		c.opts.Domain = c.from.Address[strings.LastIndexByte(c.from.Address, '@')+1:]
	}
	if c.opts.ReplyTo != "" {
		if c.reply, err = netmail.ParseAddress(c.opts.ReplyTo); err != nil {
			faults.Add("reply_to", "%w", err)
		}
	}
	if strings.ContainsFunc(c.opts.Domain, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>@", r) }) {
		faults.Add("domain", "%q is no domain", c.opts.Domain)
	}
	if c.opts.Kind == "" {
		c.opts.Kind = "email"
	}
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return c, nil
}

// Send hands a message to the server. An attempt ends with its context; one to connect, at the latest, after the
// client's own timeout.
func (c *Channel) Send(ctx context.Context, m journey.Message) (journey.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return journey.Receipt{}, err
	}
	msg, r := c.message(m)
	if msg == nil {
		return r, nil
	}
	conn, err := c.connect(ctx)
	if err != nil {
		return verdict(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Text.Close() })
	err = c.client.SendWithSMTPClient(conn, msg)
	whole := stop()
	if err != nil && ctx.Err() != nil && !msg.IsDelivered() {
		_ = conn.Close()
		return journey.Receipt{}, fmt.Errorf("mail: %w", context.Cause(ctx))
	}
	switch e := (*gomail.SendError)(nil); {
	case whole && (err == nil || errors.As(err, &e) && e.Reason == gomail.ErrSMTPRcptTo && e.ErrorCode() >= 500):
		c.keep(conn)
	default:
		_ = conn.Close()
	}
	if msg.IsDelivered() { // what failed then is the end of the talk
		return journey.Receipt{Status: journey.Sent}, nil
	}
	return verdict(err)
}

// connect takes an idle connection that still answers, or makes one.
func (c *Channel) connect(ctx context.Context) (*smtp.Client, error) {
	for {
		c.mu.Lock()
		n := len(c.idle)
		if n == 0 {
			c.mu.Unlock()
			return c.client.DialToSMTPClientWithContext(ctx)
		}
		conn := c.idle[n-1]
		c.idle = c.idle[:n-1]
		c.mu.Unlock()
		if conn.UpdateDeadline(noopTimeout) == nil && conn.Noop() == nil {
			return conn, nil
		}
		_ = conn.Close()
	}
}

func (c *Channel) keep(conn *smtp.Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.idle) < maxIdle {
		c.idle = append(c.idle, conn)
		return
	}
	_ = conn.Close()
}

// Close closes the connections that are idle. The channel can be used after it.
func (c *Channel) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, conn := range c.idle {
		errs = append(errs, c.client.CloseWithSMTPClient(conn))
	}
	c.idle = nil
	return errors.Join(errs...)
}

// message makes the e-mail, or says why there is none.
func (c *Channel) message(m journey.Message) (*gomail.Msg, journey.Receipt) {
	invalid := func(reason string) (*gomail.Msg, journey.Receipt) {
		return nil, journey.Receipt{Status: journey.Invalid, Reason: reason}
	}
	var to string
	for _, id := range m.To {
		if id.Kind == c.opts.Kind {
			to = id.Value
			break
		}
	}
	if to == "" {
		return nil, journey.Receipt{Status: journey.Unreachable, Reason: "has no address of kind " + c.opts.Kind}
	}
	address, err := netmail.ParseAddress(to)
	switch {
	case err != nil || address.Address != to || strings.ContainsFunc(to, unicode.IsControl):
		return invalid("the address is none")
	case strings.ContainsFunc(m.Subject, unicode.IsControl):
		return invalid("the subject has control characters")
	case m.Text == "" && m.HTML == "":
		return invalid("there is neither text nor HTML")
	case m.Key == "" || strings.ContainsFunc(m.Key, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>@"\()[]:;,`, r) }):
		return invalid("the key makes no Message-ID")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(c.from)
	msg.ToMailAddress(&netmail.Address{Address: to})
	if c.reply != nil {
		msg.ReplyToMailAddress(c.reply)
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.Key + "@" + c.opts.Domain)
	if !m.At.IsZero() {
		msg.SetDateWithValue(m.At)
	}
	link := ""
	if c.opts.Unsubscribe != nil {
		if link = c.opts.Unsubscribe(m); link != "" {
			if err := msg.SetListUnsubscribeOneClick(link); err != nil || strings.ContainsAny(link, "\r\n<> ") {
				return invalid("the link to unsubscribe is no https URL")
			}
		}
	}
	if link == "" && strings.Contains(m.Text+m.HTML, text.Unsubscribe) {
		return invalid("there is no link to unsubscribe, and the text wants one")
	}
	m.Text = strings.ReplaceAll(m.Text, text.Unsubscribe, link)
	m.HTML = strings.ReplaceAll(m.HTML, text.Unsubscribe, html.EscapeString(link))
	switch {
	case m.HTML == "":
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	case m.Text == "":
		msg.SetBodyString(gomail.TypeTextHTML, m.HTML)
	default:
		msg.SetBoundary(m.Key)
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, journey.Receipt{}
}
