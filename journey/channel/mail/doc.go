// Package mail is the channel for e-mail: it hands messages to an SMTP server.
//
//	client, err := smtp.NewClient("smtp.shop.example", smtp.WithSMTPAuth(smtp.SMTPAuthPlain), smtp.WithUsername("u"), smtp.WithPassword("p"))
//	mailer, err := mail.New(client, "Shop <news@shop.example>", &mail.Options{Unsubscribe: out.URL})
//	host.Channels["email"] = mailer
//
// where smtp is github.com/wneessen/go-mail, which the client with its address, TLS and authentication is of, and out is
// a channel.Unsubscribe.
//
// A message goes to the person's first identifier of kind "email", as text, as HTML, or as both. Its Message-ID is
// derived from the key, its date is the instant of the attempt. SMTP drops no repeats: a message whose answer was lost
// goes out again under the same Message-ID, by which many providers and mailboxes drop the second.
//
//	what the server says                          what that is
//	accepted                                      sent, also where it fails behind that
//	5xx to the recipient                          unreachable: no such mailbox, or none for us
//	5xx to the content                            invalid
//	5xx to the sender, the login, the greeting    an error: nothing that the message is to blame for
//	421, 454 anywhere                             later, in a minute: it is busy
//	other 4xx                                     unknown: it counts as an attempt (grey lists, full mailboxes)
//	no answer, no connection                      an error
//
// Who has no address is unreachable, and an address, subject or text that is none is invalid. Reasons and errors name
// the step and the codes, never the address.
//
// It makes no bounces into events: those come from the provider, by channel.Inbound. RFC 8058 wants the unsubscribe
// headers under a DKIM signature: by the server, or by smtp.WithAlwaysDKIMSign.
package mail
