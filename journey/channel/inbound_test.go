package channel_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/channel"
	"github.com/marque-go/marque/rule"
)

// A provider says that a message was opened, and that a person wants no more.
func ExampleInbound() {
	secrets, err := channel.ParseSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		panic(err)
	}
	track := func(_ context.Context, events ...marque.Event) error { // a loop's Track
		for _, e := range events {
			fmt.Println(e.Name, e.Via(), e.Props)
		}
		return nil
	}
	in := channel.NewInbound("gateway", channel.Neutral(secrets.Verify), track, nil)

	body := `{"deliveries": [
		{"id": "e1", "kind": "opened", "message": "k1", "channel": "email", "ids": [{"kind": "email", "value": "ann@shop.example"}]},
		{"id": "e2", "kind": "replied", "channel": "sms", "text": "退订", "ids": [{"kind": "phone", "value": "+8613800138000"}]}
	]}`
	r := httptest.NewRequest(http.MethodPost, "/in/gateway", strings.NewReader(body))
	secrets.Sign(r.Header, "d1", time.Now(), []byte(body))
	w := httptest.NewRecorder()
	in.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// message.opened email:ann@shop.example map[channel:email message:k1]
	// message.replied phone:+8613800138000 map[channel:sms text:退订]
	// message.unsubscribed phone:+8613800138000 map[channel:sms]
	// consent.withdrawn phone:+8613800138000 map[channel:sms proof:gateway/e2]
	// 200 {"taken":2}
}

// A box takes events.
type box struct {
	events []marque.Event
	err    error
}

func (b *box) track(_ context.Context, events ...marque.Event) error {
	if b.err != nil {
		return b.err
	}
	b.events = append(b.events, events...)
	return nil
}

func (b *box) names() string {
	var names []string
	for _, e := range b.events {
		names = append(names, e.Name)
	}
	return strings.Join(names, " ")
}

func trust(*http.Request, []byte, time.Time) error { return nil }

func clock() time.Time { return noon }

// ask gives a handler a request with a body.
func ask(h http.Handler, method, target, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestInboundEvents(t *testing.T) {
	at := noon.Add(-time.Hour)
	for _, c := range []struct {
		name  string
		give  string // beside id, ids
		want  string
		props []map[string]any
	}{
		{"delivered", `"kind": "delivered", "message": "k1", "ref": "77"`, "message.delivered", []map[string]any{{"message": "k1", "ref": "77"}}},
		{"clicked", `"kind": "clicked", "message": "k1", "url": "https://a.example"`, "message.clicked", []map[string]any{{"message": "k1", "url": "https://a.example"}}},
		{"bounced for now", `"kind": "bounced", "reason": "full"`, "message.bounced", []map[string]any{{"permanent": false, "reason": "full"}}},
		{"bounced for good", `"kind": "bounced", "permanent": true`, "message.bounced", []map[string]any{{"permanent": true}}},
		{"complained: the whole channel", `"kind": "complained", "channel": "email", "topic": "news"`, "message.complained consent.withdrawn",
			[]map[string]any{{"channel": "email", "topic": "news"}, {"channel": "email", "proof": "p/e1"}}},
		{"unsubscribed: the topic", `"kind": "unsubscribed", "channel": "email", "topic": "news"`, "message.unsubscribed consent.withdrawn",
			[]map[string]any{{"channel": "email", "topic": "news"}, {"channel": "email", "topic": "news", "proof": "p/e1"}}},
		{"subscribed", `"kind": "subscribed", "channel": "email", "topic": "news"`, "message.subscribed consent.given",
			[]map[string]any{{"channel": "email", "topic": "news"}, {"channel": "email", "topic": "news", "proof": "p/e1"}}},
		{"an answer", `"kind": "replied", "channel": "sms", "text": "yes"`, "message.replied", []map[string]any{{"channel": "sms", "text": "yes"}}},
		{"an opt-out: all topics", `"kind": "replied", "channel": "sms", "topic": "news", "text": "td", "message": "k1"`,
			"message.replied message.unsubscribed consent.withdrawn", []map[string]any{{"channel": "sms", "topic": "news", "text": "td", "message": "k1"},
				{"channel": "sms", "topic": "news", "message": "k1"}, {"channel": "sms", "proof": "p/e1"}}},
		{"an opt-out of their own accord", `"kind": "received", "channel": "sms", "text": "STOP"`, "message.received message.unsubscribed consent.withdrawn",
			[]map[string]any{{"channel": "sms", "text": "STOP"}, {"channel": "sms"}, {"channel": "sms", "proof": "p/e1"}}},
		{"the word elsewhere", `"kind": "received", "channel": "wechat", "text": "TD"`, "message.received", []map[string]any{{"channel": "wechat", "text": "TD"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b box
			in := channel.NewInbound("p", channel.Neutral(trust), b.track, nil)
			body := `{"deliveries": [{"id": "e1", "at": "2026-03-02T11:00:00Z", "ids": [{"kind": "x", "value": "1"}], ` + c.give + `}]}`
			require.Equal(t, http.StatusOK, ask(in, http.MethodPost, "/", "", body).Code)
			require.Equal(t, c.want, b.names())
			ids := map[string]bool{}
			for i, e := range b.events {
				require.Equal(t, c.props[i], e.Props)
				require.Equal(t, at, e.At)
				require.Equal(t, []marque.ID{{Kind: "x", Value: "1"}}, e.IDs)
				require.NotEmpty(t, e.ID)
				ids[e.ID] = true
			}
			require.Len(t, ids, len(b.events))

			first := slices.Clone(b.events)
			b.events = nil
			ask(in, http.MethodPost, "/", "", body)
			require.Equal(t, first, b.events, "what comes again is the same events")
			b.events = nil
			ask(channel.NewInbound("q", channel.Neutral(trust), b.track, nil), http.MethodPost, "/", "", body)
			require.NotEqual(t, first[0].ID, b.events[0].ID, "ids are apart by source")
		})
	}
}

// What events carry is what Says declares, and what it declares compiles.
func TestSays(t *testing.T) {
	_, err := rule.Schema{Events: channel.Says()}.Compile()
	require.NoError(t, err)
	declared := map[string][]string{}
	for _, e := range channel.Says() {
		for _, f := range e.Props {
			declared[e.Name] = append(declared[e.Name], f.Name)
		}
	}
	require.Len(t, declared, 9)
	require.Equal(t, []string{"message", "channel", "topic", "ref", "permanent", "reason"}, declared["message.bounced"])
	require.Equal(t, []string{"message", "channel", "topic", "ref", "url"}, declared["message.clicked"])
	require.Equal(t, []string{"message", "channel", "topic", "ref", "text"}, declared["message.replied"])
	require.Equal(t, []string{"message", "channel", "topic", "ref", "text"}, declared["message.received"])
}

func TestInboundFaults(t *testing.T) {
	const who = `"profile": "p1"`
	for _, c := range []struct {
		name, body string
		code       int
		answer     string
		tracked    string
	}{
		{"all faults, and the rest is taken", `{"deliveries": [{"id": "e1", "kind": "opened", ` + who + `}, {"kind": "openend"}, {"id": 5}, {"id": "e4", "kind": "clicked", ` + who + `, "colour": 1}, {"id": "e5", "kind": "subscribed", "ids": [{"kind": "email"}]}]}`, 400,
			`{"taken": 1, "faults": [
				{"path": "deliveries[1].id", "error": "is empty"},
				{"path": "deliveries[1].kind", "error": "\"openend\" is none of delivered, opened, clicked, bounced, complained, unsubscribed, subscribed, replied, received"},
				{"path": "deliveries[1].ids", "error": "say nobody, and neither does profile: give one of them"},
				{"path": "deliveries[2]", "error": "json: cannot unmarshal number into Go struct field Delivery.id of type string"},
				{"path": "deliveries[3]", "error": "json: unknown field \"colour\""},
				{"path": "deliveries[4].ids[0]", "error": "has no kind or no value"},
				{"path": "deliveries[4].channel", "error": "is empty: consent is given for a channel"}]}`, "message.opened"},
		{"no JSON", `nonsense`, 400, `{"taken": 0, "faults": [{"error": "invalid character 'o' in literal null (expecting 'u')"}]}`, ""},
		{"two values", `{"deliveries": []} {}`, 400, `{"taken": 0, "faults": [{"error": "there is more behind the JSON"}]}`, ""},
		{"nothing in it", `{}`, 400, `{"taken": 0, "faults": [{"path": "deliveries", "error": "is empty"}]}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b box
			w := ask(channel.NewInbound("p", channel.Neutral(trust), b.track, nil), http.MethodPost, "/", "", c.body)
			require.Equal(t, c.code, w.Code)
			require.JSONEq(t, c.answer, w.Body.String())
			require.Equal(t, c.tracked, b.names())
		})
	}
}

func TestInboundRefuses(t *testing.T) {
	good := `{"deliveries": [{"id": "e1", "kind": "opened", "profile": "p1"}]}`
	for _, c := range []struct {
		name   string
		verify channel.Verifier
		method string
		body   string
		err    error
		code   int
	}{
		{"no verifier", nil, http.MethodPost, good, nil, 401},
		{"not signed", secrets(t, oldSecret).Verify, http.MethodPost, good, nil, 401},
		{"another method", trust, http.MethodGet, "", nil, 405},
		{"too long", trust, http.MethodPost, good + strings.Repeat(" ", 1000), nil, 413},
		{"track failed", trust, http.MethodPost, good, errors.New("down"), 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			b := box{err: c.err}
			in := channel.NewInbound("p", channel.Neutral(c.verify), b.track, &channel.InboundOptions{Limit: 500, Log: plain(&log), Now: clock})
			w := ask(in, c.method, "/", "", c.body)
			require.Equal(t, c.code, w.Code)
			require.NotContains(t, w.Body.String(), "down")
			require.Empty(t, b.events)
			require.Contains(t, log.String(), fmt.Sprintf("source=p code=%d", c.code))
		})
	}
}

func TestSMS(t *testing.T) {
	fields := &channel.SMSOptions{ID: "msgid", From: "mobile", Text: "content", Message: "ext", Channel: "text", Kind: "mobile", Answer: "OK"}
	for _, c := range []struct {
		name                       string
		opts                       *channel.SMSOptions
		method, target, kind, body string
		code                       int
		answer, want               string
	}{
		{"a form", nil, "POST", "/?token=t0ken", "application/x-www-form-urlencoded", "id=1&from=13800138000&text=%E9%80%80%E8%AE%A2", 200, `{"taken":1}`,
			"message.replied phone:13800138000 map[channel:sms text:退订]; message.unsubscribed phone:13800138000 map[channel:sms]; consent.withdrawn phone:13800138000 map[channel:sms proof:gw/1]"},
		{"a GET", nil, "GET", "/?token=t0ken&id=1&from=%2B86138&text=hi", "", "", 200, `{"taken":1}`, "message.replied phone:+86138 map[channel:sms text:hi]"},
		{"JSON, names of its own", fields, "POST", "/?token=t0ken", "application/json; charset=utf-8", `{"msgid": 12345678901234567890, "mobile": "138", "content": "hi", "ext": "k1", "more": {}}`, 200, "OK",
			"message.replied mobile:138 map[channel:text message:k1 text:hi]"},
		{"no sender", nil, "POST", "/?token=t0ken", "", "id=1&text=hi", 400, `{"taken":0,"faults":[{"path":"from","error":"is missing or empty: it says who wrote (SMSOptions.From)"}]}`, ""},
		{"neither of the names that were given", fields, "POST", "/?token=t0ken", "application/json", `{"id": 1, "from": "138", "content": "hi"}`, 400,
			`{"taken":0,"faults":[{"path":"mobile","error":"is missing or empty: it says who wrote (SMSOptions.From)"},{"path":"msgid","error":"is missing or empty: it tells answers apart (SMSOptions.ID)"}]}`, ""},
		{"no JSON", nil, "POST", "/?token=t0ken", "application/json", "[]", 400, `{"taken":0,"faults":[{"error":"json: cannot unmarshal array into Go value of type map[string]json.RawMessage"}]}`, ""},
		{"no form", nil, "POST", "/?token=t0ken", "", "a=%zz", 400, `{"taken":0,"faults":[{"error":"is no form"}]}`, ""},
		{"another token", nil, "GET", "/?token=other&id=1&from=138&text=hi", "", "", 401, "401 Unauthorized", ""},
		{"another method", nil, "PUT", "/?token=t0ken", "", "", 405, "405 Method Not Allowed", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b box
			in := channel.NewInbound("gw", channel.SMS(channel.Bearer("t0ken"), c.opts), b.track, &channel.InboundOptions{
				OptOut: func(d channel.Delivery) bool { return channel.OptOut(d.Text) }})
			w := ask(in, c.method, c.target, c.kind, c.body)
			require.Equal(t, c.code, w.Code)
			require.Equal(t, c.answer, strings.TrimSpace(w.Body.String()))
			var got []string
			for _, e := range b.events {
				got = append(got, fmt.Sprint(e.Name, " ", e.Via(), " ", e.Props))
			}
			require.Equal(t, c.want, strings.Join(got, "; "))
		})
	}
}

func TestBearer(t *testing.T) {
	for _, c := range []struct {
		name, token string
		edit        func(r *http.Request)
		ok          bool
	}{
		{"in the header", "t", func(r *http.Request) { r.Header.Set("Authorization", "Bearer t") }, true},
		{"as a password", "t", func(r *http.Request) { r.SetBasicAuth("gw", "t") }, true},
		{"in the query", "t", func(r *http.Request) { r.URL.RawQuery = "token=t" }, true},
		{"another", "t", func(r *http.Request) { r.Header.Set("Authorization", "Bearer u") }, false},
		{"none", "t", func(*http.Request) {}, false},
		{"none is expected", "", func(*http.Request) {}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			c.edit(r)
			err := channel.Bearer(c.token)(r, nil, noon)
			if c.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, channel.ErrSignature)
		})
	}
}

// signWeChat is the query that WeChat adds at an instant.
func signWeChat(token string, at time.Time, more string) string {
	stamp := fmt.Sprint(at.Unix())
	words := []string{token, stamp, "n0nce"}
	slices.Sort(words)
	q := url.Values{"timestamp": {stamp}, "nonce": {"n0nce"}, "signature": {fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(words, ""))))}}
	return "/?" + q.Encode() + more
}

// A server is made known to WeChat by echoing what it is asked, and then gets events.
func ExampleWeChat() {
	track := func(_ context.Context, events ...marque.Event) error {
		for _, e := range events {
			fmt.Println(e.Name, e.Via(), e.At.Format(time.RFC3339))
		}
		return nil
	}
	in := channel.NewInbound("wechat", channel.WeChat("t0ken"), track, nil)
	fmt.Println(ask(in, "GET", signWeChat("t0ken", time.Now(), "&echostr=123"), "", "").Body)
	fmt.Println(ask(in, "POST", signWeChat("t0ken", time.Now(), ""), "", `<xml><ToUserName><![CDATA[shop]]></ToUserName>
		<FromUserName><![CDATA[o6_bmjrPT]]></FromUserName><CreateTime>1772452800</CreateTime><MsgType><![CDATA[event]]></MsgType>
		<Event><![CDATA[unsubscribe]]></Event></xml>`).Body)
	// Output:
	// 123
	// message.unsubscribed openid:o6_bmjrPT 2026-03-02T12:00:00Z
	// consent.withdrawn openid:o6_bmjrPT 2026-03-02T12:00:00Z
	// success
}

func TestWeChat(t *testing.T) {
	push := func(inner string) string {
		return "<xml><ToUserName>shop</ToUserName><FromUserName>o1</FromUserName><CreateTime>1772452800</CreateTime>" + inner + "</xml>"
	}
	good := signWeChat("t0ken", noon, "")
	for _, c := range []struct {
		name, method, target, body string
		code                       int
		want                       string
	}{
		{"text", "POST", good, push("<MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId>"), 200, "message.received map[channel:wechat text:hi]"},
		{"a picture", "POST", good, push("<MsgType>image</MsgType><MsgId>1</MsgId>"), 200, "message.received map[channel:wechat]"},
		{"follows", "POST", good, push("<MsgType>event</MsgType><Event>subscribe</Event>"), 200,
			"message.subscribed map[channel:wechat]; consent.given map[channel:wechat proof:wechat/o1/1772452800/subscribe]"},
		{"a menu", "POST", good, push("<MsgType>event</MsgType><Event>VIEW</Event><EventKey>https://a.example</EventKey>"), 200, "message.clicked map[channel:wechat url:https://a.example]"},
		{"a template arrived", "POST", good, push("<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>200</MsgID><Status>success</Status>"), 200, "message.delivered map[channel:wechat ref:200]"},
		{"a template was blocked", "POST", good, push("<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>200</MsgID><Status>failed:user block</Status>"), 200,
			"message.bounced map[channel:wechat permanent:false reason:failed:user block ref:200]"},
		{"another event", "POST", good, push("<MsgType>event</MsgType><Event>LOCATION</Event>"), 200, ""},
		{"no number", "POST", good, push("<MsgType>text</MsgType><Content>hi</Content>"), 400, ""},
		{"no XML", "POST", good, "{}", 400, ""},
		{"encrypted", "POST", good, "<xml><ToUserName>shop</ToUserName><Encrypt>abc</Encrypt></xml>", 400, ""},
		{"another token", "POST", signWeChat("other", noon, ""), push("<MsgType>text</MsgType>"), 401, ""},
		{"no signature", "POST", "/", push("<MsgType>text</MsgType>"), 401, ""},
		{"an old signature", "POST", signWeChat("t0ken", noon.Add(-6*time.Minute), ""), push("<MsgType>text</MsgType>"), 401, ""},
		{"an echo for a stranger", "GET", "/?echostr=1", "", 401, ""},
		{"another method", "PUT", good, "", 405, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b box
			in := channel.NewInbound("wechat", channel.WeChat("t0ken"), b.track, &channel.InboundOptions{Now: clock})
			w := ask(in, c.method, c.target, "", c.body)
			require.Equal(t, c.code, w.Code, w.Body)
			var got []string
			for _, e := range b.events {
				require.Equal(t, []marque.ID{{Kind: "openid", Value: "o1"}}, e.IDs)
				require.Equal(t, noon, e.At)
				got = append(got, fmt.Sprint(e.Name, " ", e.Props))
			}
			require.Equal(t, c.want, strings.Join(got, "; "))
		})
	}
	t.Run("two templates in one second", func(t *testing.T) {
		var b box
		in := channel.NewInbound("wechat", channel.WeChat("t0ken"), b.track, &channel.InboundOptions{Now: clock})
		for _, id := range []string{"200", "201"} {
			ask(in, "POST", good, "", push("<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>"+id+"</MsgID><Status>success</Status>"))
		}
		require.Len(t, b.events, 2)
		require.NotEqual(t, b.events[0].ID, b.events[1].ID)
	})
	t.Run("no token is nobody's", func(t *testing.T) {
		in := channel.NewInbound("wechat", channel.WeChat(""), (&box{}).track, &channel.InboundOptions{Now: clock})
		require.Equal(t, 401, ask(in, "GET", signWeChat("", noon, "&echostr=1"), "", "").Code)
	})
}

func TestOptOut(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"退订", true}, {"TD", true}, {"td", true}, {"ＴＤ", true}, {" T。", true}, {"n", true}, {"R", true}, {"0000", true}, {"００００", true},
		{"回复TD", true}, {"回T", true}, {"“退订”", true}, {"STOP", true}, {"Stop!", true}, {"unsubscribe", true}, {"opt-out", true}, {"QX", true},
		{"", false}, {"回复", false}, {"stop by tomorrow", false}, {"TDX", false}, {"不退订", false}, {"000", false}, {"no", false}, {"Y", false},
		{strings.Repeat(" ", 300) + "TD", false},
	} {
		t.Run(c.text, func(t *testing.T) { require.Equal(t, c.want, channel.OptOut(c.text)) })
	}
}

func FuzzInbound(f *testing.F) {
	f.Add("/", "application/json", []byte(`{"deliveries": [{"id": "e1", "kind": "opened", "profile": "p1"}]}`))
	f.Add("/?id=1&from=1&text=TD", "", []byte("id=1&from=2&text=TD"))
	f.Add("/", "", []byte("<xml><FromUserName>o1</FromUserName><MsgType>event</MsgType><Event>subscribe</Event></xml>"))
	wechat := signWeChat("t0ken", noon, "")
	f.Fuzz(func(t *testing.T, target, kind string, body []byte) {
		if _, err := url.ParseRequestURI(target); err != nil || strings.ContainsAny(target, " \r\n\t") || !strings.HasPrefix(target, "/") {
			t.Skip("no target of a request")
		}
		for name, in := range map[string]channel.Adapter{
			"neutral": channel.Neutral(trust), "sms": channel.SMS(trust, nil), "wechat": channel.WeChat("t0ken"),
		} {
			var b box
			at := target
			if name == "wechat" {
				at = wechat
			}
			w := ask(channel.NewInbound(name, in, b.track, &channel.InboundOptions{Now: clock}), http.MethodPost, at, kind, string(body))
			require.Contains(t, []int{200, 400}, w.Code)
			for _, e := range b.events {
				require.NotEmpty(t, e.ID)
				require.True(t, e.Profile != "" || len(e.IDs) > 0)
			}
		}
	})
}
