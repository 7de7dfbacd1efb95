package channel_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
)

const welcome = `
events: [{name: registered}]
journeys:
  - name: welcome
    topic: news
    consent: assumed
    entry: {event: registered}
    nodes:
      - {id: hello, send: {channels: [email], text: Welcome}, next: opened}
      - {id: opened, wait: {event: message.opened, of: hello, within: 1d}, next: more, on: {timeout: again}}
      - {id: more, send: {channels: [email], text: Glad that you read it}, next: pause}
      - {id: again, send: {channels: [email], text: Our message is waiting}}
      - {id: pause, wait: {for: 7d}, next: offer}
      - {id: offer, send: {channels: [email], text: An offer}}
`

// What comes back moves the journey: a wait sees that its message was opened, and who leaves gets no more.
func Example() {
	program, err := loop.Load(fstest.MapFS{"welcome.yaml": {Data: []byte(welcome)}})
	if err != nil {
		log.Fatal(err)
	}
	var mails journeytest.Channel
	plan, err := loop.Compile(program, loop.Host{Channels: map[string]journey.Channel{"email": &mails}})
	if err != nil {
		log.Fatal(err)
	}
	l, ctx := loop.New(plan, loop.Memory(), nil), context.Background()
	secrets, err := channel.ParseSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		log.Fatal(err)
	}
	in := channel.NewInbound("mailer", channel.Neutral(trust), l.Track, nil) // trust: in life, secrets.Verify
	out, err := channel.NewUnsubscribe("https://shop.example/u", secrets, l.Track, nil)
	if err != nil {
		log.Fatal(err)
	}

	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ann := []marque.ID{{Kind: "email", Value: "ann@shop.example"}}
	if err := l.Track(ctx, marque.Event{Name: "registered", IDs: ann, At: monday}); err != nil {
		log.Fatal(err)
	}
	opened := fmt.Sprintf(`{"deliveries": [{"id": "e1", "kind": "opened", "message": %q, "profile": %q, "at": "2026-03-02T10:00:00Z"}]}`,
		mails.Sent()[0].Key, mails.Sent()[0].Profile)
	for range 2 { // the provider says it twice
		fmt.Print(ask(in, "POST", "/", "", opened).Body)
	}
	fmt.Println(ask(out, "POST", out.URL(mails.Sent()[1]), form, "List-Unsubscribe=One-Click").Code)
	if err := l.Advance(ctx, monday.AddDate(0, 0, 10)); err != nil {
		log.Fatal(err)
	}
	for _, m := range mails.Sent() {
		fmt.Println(m.At.Format("Mon 15:04"), m.Text)
	}
	// Output:
	// {"taken":1}
	// {"taken":1}
	// 200
	// Mon 09:00 Welcome
	// Mon 10:00 Glad that you read it
}
