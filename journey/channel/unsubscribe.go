package channel

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// A Subscription is what a link ends: messages to a person on a channel about a topic, all topics where that is empty.
// Message is the key of the message that the link stood in.
type Subscription struct {
	Profile, Channel, Topic, Message string
}

// UnsubscribeOptions of an Unsubscribe. The zero value works.
type UnsubscribeOptions struct {
	// Page is the page for people, given a Page. Default one in English and Chinese.
	Page *template.Template
	// Log is told why withdrawals failed. Default nobody.
	Log *slog.Logger
}

// A Page is what the page for people shows.
type Page struct {
	Channel, Topic string
	Done           bool // it is withdrawn; else there is a form that posts List-Unsubscribe=One-Click
}

// An Unsubscribe makes links by which people leave with one click (RFC 8058), and is the http.Handler of those links. A
// POST of List-Unsubscribe=One-Click withdraws consent for the channel and topic, by tracking consent.withdrawn, and
// message.unsubscribed once per message. A GET shows a page with a button and changes nothing, since scanners of mail
// follow links.
//
//	200   done, or the page
//	400   the link is not one of ours, or the form another
//	405   another method
//	500   track failed, and it should be tried again
//
// A link works for good, and on every machine that has the secret that sealed it: it has all it needs in its token, and
// nothing is stored.
type Unsubscribe struct {
	base  url.URL
	seals []seal
	track func(context.Context, ...marque.Event) error
	opts  UnsubscribeOptions
}

// NewUnsubscribe makes links to a URL, which must be https. The first of the secrets seals tokens, all of them open
// those that are under way.
func NewUnsubscribe(base string, secrets Secrets, track func(context.Context, ...marque.Event) error, o *UnsubscribeOptions) (*Unsubscribe, error) {
	b, err := url.Parse(base)
	if err != nil || b.Scheme != "https" || b.Host == "" || b.Fragment != "" {
		return nil, errors.New("channel: unsubscribe: want an absolute https URL")
	}
	if len(secrets.keys) == 0 {
		return nil, errors.New("channel: unsubscribe: there is no secret")
	}
	u := &Unsubscribe{base: *b, track: track}
	for _, key := range secrets.keys {
		s, err := newSeal(key)
		if err != nil {
			return nil, fmt.Errorf("channel: unsubscribe: %w", err)
		}
		u.seals = append(u.seals, s)
	}
	if o != nil {
		u.opts = *o
	}
	if u.opts.Page == nil {
		u.opts.Page = template.Must(template.New("page").Parse(page))
	}
	if u.opts.Log == nil {
		u.opts.Log = slog.New(slog.DiscardHandler)
	}
	return u, nil
}

// URL is the link for a message; the same message has the same.
func (u *Unsubscribe) URL(m journey.Message) string {
	link := u.base
	q := link.Query()
	q.Set("t", u.Token(Subscription{Profile: m.Profile, Channel: m.Channel, Topic: m.Topic, Message: m.Key}))
	link.RawQuery = q.Encode()
	return link.String()
}

// ServeHTTP shows the page or withdraws.
func (u *Unsubscribe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	if r.Method != http.MethodPost && r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD, POST")
		http.Error(w, "405 Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	s, ok := u.Open(r.URL.Query().Get("t"))
	if !ok || r.Method == http.MethodPost && !oneClick(w, r) {
		http.Error(w, "400 Bad Request", http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPost {
		if err := u.track(r.Context(), s.events()...); err != nil {
			u.opts.Log.LogAttrs(r.Context(), slog.LevelError, "unsubscribe", slog.String("message", s.Message), slog.String("error", err.Error()))
			http.Error(w, "500 Internal Server Error", http.StatusInternalServerError)
			return
		}
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	if err := u.opts.Page.Execute(w, Page{s.Channel, s.Topic, r.Method == http.MethodPost}); err != nil {
		u.opts.Log.LogAttrs(r.Context(), slog.LevelError, "unsubscribe page", slog.String("error", err.Error()))
	}
}

// oneClick reports whether the body is the form of RFC 8058, section 3.1, in either encoding.
func oneClick(w http.ResponseWriter, r *http.Request) bool {
	const limit = 4 << 10
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	var err error
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		err = r.ParseMultipartForm(limit)
	} else {
		err = r.ParseForm()
	}
	return err == nil && r.PostForm.Get("List-Unsubscribe") == "One-Click"
}

// events are what somebody says who leaves. The withdrawal has no id of its own: who came back meanwhile can leave again
// by the same link.
func (s Subscription) events() []marque.Event {
	of, scope := map[string]any{}, map[string]any{"proof": "one-click/" + s.Message}
	for name, text := range map[string]string{"channel": s.Channel, "topic": s.Topic} {
		if text != "" {
			of[name], scope[name] = text, text
		}
	}
	if s.Message != "" {
		of["message"] = s.Message
	}
	return []marque.Event{
		{Name: "consent.withdrawn", Profile: s.Profile, Props: scope},
		{ID: marque.Key("one-click", s.Profile, s.Channel, s.Topic, s.Message), Name: Unsubscribed.event(), Profile: s.Profile, Props: of},
	}
}

const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Unsubscribe · 退订</title>
<body style="font-family: sans-serif; max-width: 30em; margin: 4em auto; padding: 0 1em">
{{if .Done}}<p>You are unsubscribed{{with .Topic}} from <b>{{.}}</b>{{end}}.</p><p lang="zh">您已退订。</p>
{{else}}<p>Do you want no more messages{{with .Topic}} about <b>{{.}}</b>{{end}}{{with .Channel}} by {{.}}{{end}}?</p><p lang="zh">您确定要退订吗？</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Unsubscribe · 退订</button></form>
{{end}}`
