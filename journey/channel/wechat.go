package channel

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
)

// WeChat reads what the server of a WeChat official account pushes, in the mode of plain text: messages and events of
// followers. They are of the channel "wechat", and the person is known by an identifier of kind "openid".
//
//	text and other messages          received: the person can be reached for 48 hours (a Reach of message.received)
//	subscribe, unsubscribe           subscribed, unsubscribed: consent for the channel
//	VIEW, CLICK (menu)               clicked, with the URL or key
//	TEMPLATESENDJOBFINISH            delivered or bounced; Ref is WeChat's number of the message (msgid)
//	other events                     nothing
//
// The signature is SHA-1 over the sorted token, timestamp and nonce, as Tencent documents it ("Access Guide": verify
// that messages come from the WeChat server), compared in constant time. It does not cover the body, so whoever can
// read a request can send another within Tolerance: the URL must be https. The first request is a GET whose echostr
// is given back. WeChat sends what was not answered within 5 s up to 3 times again: ids are the MsgId, of events sender,
// time and name, as it recommends. An empty token refuses everything.
func WeChat(token string) Adapter {
	return func(r *http.Request, body []byte, now time.Time) (Batch, error) {
		q := r.URL.Query()
		words := []string{token, q.Get("timestamp"), q.Get("nonce")}
		slices.Sort(words)
		want := sha1.Sum([]byte(strings.Join(words, "")))
		given, _ := hex.DecodeString(q.Get("signature"))
		if subtle.ConstantTimeCompare(given, want[:]) != 1 || token == "" {
			return Batch{}, fmt.Errorf("%w: is not by our token", ErrSignature)
		}
		if err := fresh(q.Get("timestamp"), now); err != nil {
			return Batch{}, err
		}
		switch r.Method {
		case http.MethodGet:
			return Batch{Answer: q.Get("echostr")}, nil
		case http.MethodPost:
			return weChatPush(body)
		}
		return Batch{}, ErrMethod
	}
}

type weChatMessage struct {
	XMLName  xml.Name `xml:"xml"`
	From     string   `xml:"FromUserName"`
	Created  int64    `xml:"CreateTime"`
	Type     string   `xml:"MsgType"`
	ID       string   `xml:"MsgId"`
	Content  string   `xml:"Content"`
	Event    string   `xml:"Event"`
	EventKey string   `xml:"EventKey"`
	JobID    string   `xml:"MsgID"`
	Status   string   `xml:"Status"`
	Encrypt  string   `xml:"Encrypt"`
}

func weChatPush(body []byte) (Batch, error) {
	var m weChatMessage
	if err := xml.Unmarshal(body, &m); err != nil {
		return Batch{}, &marque.FieldError{Err: fmt.Errorf("is no XML of WeChat: %w", err)}
	}
	if m.Encrypt != "" && m.From == "" {
		return Batch{}, &marque.FieldError{Path: "Encrypt", Err: fmt.Errorf("the mode with encryption is not read here")}
	}
	if m.From == "" {
		return Batch{}, &marque.FieldError{Path: "FromUserName", Err: fmt.Errorf("is missing or empty: it says who wrote")}
	}
	d := Delivery{ID: m.ID, Channel: "wechat"}
	if m.Created > 0 {
		d.At = time.Unix(m.Created, 0).UTC()
	}
	if m.From != "" {
		d.IDs = []marque.ID{{Kind: "openid", Value: m.From}}
	}
	if m.Type == "event" {
		d.ID = fmt.Sprintf("%s/%d/%s", m.From, m.Created, m.Event)
	}
	switch {
	case m.Type != "event":
		d.Kind, d.Text = Received, m.Content
	case m.Event == "subscribe":
		d.Kind = Subscribed
	case m.Event == "unsubscribe":
		d.Kind = Unsubscribed
	case m.Event == "VIEW" || m.Event == "CLICK":
		d.Kind, d.URL = Clicked, m.EventKey
	case m.Event == "TEMPLATESENDJOBFINISH":
		d.Kind, d.Ref = Delivered, m.JobID
		d.ID += "/" + m.JobID
		if m.Status != "success" {
			d.Kind, d.Reason = Bounced, m.Status
		}
	default:
		return Batch{Answer: "success"}, nil
	}
	return Batch{Deliveries: []Delivery{d}, Answer: "success"}, nil
}
