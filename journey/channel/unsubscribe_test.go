package channel_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel"
)

// The link of a message withdraws consent when it is posted to, not when it is looked at.
func ExampleUnsubscribe() {
	secrets, err := channel.ParseSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		panic(err)
	}
	track := func(_ context.Context, events ...marque.Event) error { // a loop's Track
		for _, e := range events {
			fmt.Println(e.Name, e.Profile, e.Props)
		}
		return nil
	}
	out, err := channel.NewUnsubscribe("https://shop.example/u", secrets, track, nil)
	if err != nil {
		panic(err)
	}
	link := out.URL(journey.Message{Key: "k1", Profile: "p1", Channel: "email", Topic: "news"})
	fmt.Println(link)
	fmt.Println(ask(out, "GET", link, "", "").Code)
	fmt.Println(ask(out, "POST", link, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click").Code)
	// Output:
	// https://shop.example/u?t=mF0xUu8RUMNwphmPX8cI76KU87nb_1mMf30eNTdpg8eVcNvxFHfF8XRztCHm
	// 200
	// consent.withdrawn p1 map[channel:email proof:one-click/k1 topic:news]
	// message.unsubscribed p1 map[channel:email message:k1 topic:news]
	// 200
}

const form = "application/x-www-form-urlencoded"

var aLink = journey.Message{Key: "k1", Profile: "p1", Channel: "email", Topic: "news"}

func unsubscribe(t testing.TB, b *box, o *channel.UnsubscribeOptions, texts ...string) *channel.Unsubscribe {
	u, err := channel.NewUnsubscribe("https://shop.example/u?a=1", secrets(t, texts...), b.track, o)
	require.NoError(t, err)
	return u
}

func TestUnsubscribe(t *testing.T) {
	var many bytes.Buffer
	parts := multipart.NewWriter(&many)
	require.NoError(t, parts.WriteField("List-Unsubscribe", "One-Click"))
	require.NoError(t, parts.Close())
	link := unsubscribe(t, &box{}, nil, oldSecret).URL(aLink)
	for _, c := range []struct {
		name, method, target, kind, body string
		err                              error
		code                             int
		want                             string
	}{
		{"one click", "POST", link, form, "List-Unsubscribe=One-Click", nil, 200, "consent.withdrawn message.unsubscribed"},
		{"one click in parts", "POST", link, parts.FormDataContentType(), many.String(), nil, 200, "consent.withdrawn message.unsubscribed"},
		{"looked at", "GET", link, "", "", nil, 200, ""},
		{"looked at by a scanner", "HEAD", link, "", "", nil, 200, ""},
		{"looked at with the words in the query", "GET", link + "&List-Unsubscribe=One-Click", "", "", nil, 200, ""},
		{"posted with the words in the query alone", "POST", link + "&List-Unsubscribe=One-Click", form, "", nil, 400, ""},
		{"another form", "POST", link, form, "List-Unsubscribe=Two-Clicks", nil, 400, ""},
		{"a body that is too long", "POST", link, form, "a=" + strings.Repeat("x", 5000) + "&List-Unsubscribe=One-Click", nil, 400, ""},
		{"a token changed", "POST", link[:len(link)-1] + "!", form, "List-Unsubscribe=One-Click", nil, 400, ""},
		{"no token", "GET", "/u", "", "", nil, 400, ""},
		{"another method", "PUT", link, "", "", nil, 405, ""},
		{"track failed", "POST", link, form, "List-Unsubscribe=One-Click", errors.New("down"), 500, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := box{err: c.err}
			w := ask(unsubscribe(t, &b, nil, oldSecret), c.method, c.target, c.kind, c.body)
			require.Equal(t, c.code, w.Code)
			require.Equal(t, c.want, b.names())
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			require.NotContains(t, w.Body.String(), "p1")
			if c.code == 200 {
				require.Equal(t, c.want != "", strings.Contains(w.Body.String(), "You are unsubscribed"))
				require.Equal(t, c.want == "", strings.Contains(w.Body.String(), "<form method=\"post\">"))
			}
		})
	}
}

// Who leaves, comes back and leaves again by the same link has left.
func TestUnsubscribeTwice(t *testing.T) {
	var b box
	u := unsubscribe(t, &b, nil, oldSecret)
	for range 2 {
		require.Equal(t, 200, ask(u, "POST", u.URL(aLink), form, "List-Unsubscribe=One-Click").Code)
	}
	require.Equal(t, "consent.withdrawn message.unsubscribed consent.withdrawn message.unsubscribed", b.names())
	require.Empty(t, b.events[0].ID, "each withdrawal is one of its own")
	require.NotEmpty(t, b.events[1].ID)
	require.Equal(t, b.events[1].ID, b.events[3].ID, "the message counts once")
}

func TestUnsubscribePage(t *testing.T) {
	u := unsubscribe(t, &box{}, &channel.UnsubscribeOptions{Page: template.Must(template.New("").Parse(`{{.Channel}} {{.Topic}} {{.Done}}`))}, oldSecret)
	m := aLink
	m.Topic = "<b>"
	require.Equal(t, "email &lt;b&gt; false", ask(u, "GET", u.URL(m), "", "").Body.String())
	require.Contains(t, ask(unsubscribe(t, &box{}, nil, oldSecret), "GET", u.URL(m), "", "").Body.String(), "&lt;b&gt;")
}

func TestToken(t *testing.T) {
	s := channel.Subscription{Profile: "+8613800138000", Channel: "email", Topic: "news", Message: "k1"}
	one, two := unsubscribe(t, &box{}, nil, oldSecret), unsubscribe(t, &box{}, nil, newSecret)
	both := unsubscribe(t, &box{}, nil, newSecret, oldSecret)
	token := one.Token(s)
	require.Equal(t, token, one.Token(s), "the same link each time")
	require.NotEqual(t, token, two.Token(s))
	require.Equal(t, two.Token(s), both.Token(s), "the first secret seals")
	got, ok := both.Open(token)
	require.True(t, ok, "the others open")
	require.Equal(t, s, got)
	_, ok = two.Open(token)
	require.False(t, ok)
	for i := range token {
		other := []byte(token)
		if other[i]++; other[i] == '{' || other[i] == '[' || other[i] == ':' {
			other[i] = 'A'
		}
		_, ok := one.Open(string(other))
		require.False(t, ok, "changed at %d", i)
	}
	for i := range 3 { // spare bits of the last symbol too
		s.Message = strings.Repeat("k", i)
		token := one.Token(s)
		for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
			other := token[:len(token)-1] + string(last)
			_, ok := one.Open(other)
			require.Equal(t, other == token, ok)
		}
	}
	seen := map[string]bool{}
	for _, x := range []channel.Subscription{{"ab", "c", "", ""}, {"a", "bc", "", ""}, {"abc", "", "", ""}, {"", "", "", "abc"}} {
		seen[one.Token(x)] = true
		got, ok := one.Open(one.Token(x))
		require.True(t, ok)
		require.Equal(t, x, got)
	}
	require.Len(t, seen, 4)
}

func TestNewUnsubscribe(t *testing.T) {
	for _, base := range []string{"", "http://shop.example/u", "https:///u", "/u", "https://shop.example/u#a"} {
		_, err := channel.NewUnsubscribe(base, secrets(t, oldSecret), nil, nil)
		require.ErrorContains(t, err, "absolute https", base)
	}
	_, err := channel.NewUnsubscribe("https://shop.example/u", channel.Secrets{}, nil, nil)
	require.ErrorContains(t, err, "no secret")
	link, err := url.Parse(unsubscribe(t, &box{}, nil, oldSecret).URL(aLink))
	require.NoError(t, err)
	require.Equal(t, "1", link.Query().Get("a"))
}

func FuzzToken(f *testing.F) {
	u := unsubscribe(f, &box{}, nil, oldSecret)
	f.Add("p1", "email", "news", "k1", "AAAA")
	f.Add("", "", "", "\xff", u.Token(channel.Subscription{}))
	f.Fuzz(func(t *testing.T, profile, ch, topic, message, token string) {
		s := channel.Subscription{Profile: profile, Channel: ch, Topic: topic, Message: message}
		sealed := u.Token(s)
		if got, ok := u.Open(sealed); len(sealed) <= 4096 {
			require.True(t, ok)
			require.Equal(t, s, got)
		}
		if got, ok := u.Open(token); ok {
			require.Equal(t, token, u.Token(got), "what opens was sealed")
		}
	})
}
