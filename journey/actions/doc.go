// Package actions connects journeys to the other packages: what a node commands is done by a book of tags, of
// scores, of coupons, or by an event, and experiments are dealt by a set.
//
//	journey node ──► Command ──► Tag(book), Score(book), Coupon(book), Set(track) ──► Outcome ──► next node
//
//	host := journey.Host{
//		Owner:    owners,
//		Channels: channels,
//		Doers: map[string]journey.Doer{
//			"tag": actions.Tag(tags), "untag": actions.Untag(tags), "score": actions.Score(scores),
//			"coupon": actions.Coupon(coupons), "set": actions.Set(track),
//		},
//		Splitter: actions.Experiments(set),
//	}
//
// Each hands the command's key on, so that a command that comes twice acts once. What a book says is in its own
// feed. What a book does not know (a tag without definition) is the outcome "failed", not an error: it would not
// get better.
package actions
