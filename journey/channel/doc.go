// Package channel has ready channels for journeys, and the way back from them: what became of a message arrives as
// events, and who wants no more says so.
//
//	journey ──► Log, Webhook, mail ──► provider ──► person
//	   ▲                                  │            │
//	   └── track ◄── Inbound ◄────────────┘            │
//	         ▲        delivered, opened, replied, …    │
//	         └────── Unsubscribe ◄─────────────────────┘
//
//	secrets, err := channel.ParseSecrets("whsec_…")
//	hook, err := channel.NewWebhook("https://gateway.example/send", secrets, nil)
//	out, err := channel.NewUnsubscribe("https://shop.example/u", secrets, l.Track, nil)
//	host.Channels = map[string]journey.Channel{"sms": hook, "email": mailer}
//
//	mux.Handle("POST /in/gateway", channel.NewInbound("gateway", channel.Neutral(secrets.Verify), l.Track, nil))
//	mux.Handle("/in/wechat", channel.NewInbound("wechat", channel.WeChat(token), l.Track, nil))
//	mux.Handle("/u", out)
//
// No channel tries again by itself: the runner does, with the same key, after an error and after journey.Unknown. What
// a Webhook sends twice under one key is the same bytes, so that the receiver can drop it.
//
// The clock is read for signatures alone, which are about the instant of transmission, not of the decision, and
// through Options.Now.
//
// It has no provider's own interface but those that are documented here, keeps nothing, and encrypts no messages. The
// channel for e-mail is package channel/mail.
package channel
