// Package shop is a synthetic shop: it invents people, what they do over some months, and how they answer to the
// messages and coupons they are sent. Nothing in it is measured; it exists so that the quickstart has something
// to work on whose truth is known.
//
//	seed ──► people ──► sessions ──┐
//	                               ├──► one queue in virtual time ──► Next, Pop ──► events
//	Received, Granted ──► answers ─┘
//
// People come over four channels: the app ("device"), WeChat ("openid"), the store ("phone") and advertising
// ("adclick"). At first each channel knows them by its own identifier; registering ("member"), paying, linking
// WeChat and logging in on a new phone put several identifiers into one event, and some of those join two people
// who were both known before. Half of those who register give their mail address ("email") and write when they want
// their money back. No two people share an identifier; [Shop.Household] names two who might.
//
// The events and their properties (amounts in fen):
//
//	visit             channel, city, page            a session begins
//	view              sku, category, price int
//	cart              sku, category, price int
//	order_paid        order, amount int, items int, category, channel, coupon?, discount? int
//	refund            order, amount int
//	follow            channel                        the shop's WeChat account
//	unfollow          channel
//	register          city, source                   becomes a member
//	profile.set       city, zone, age int, gender, sometimes birthday
//	consent.given     channel?                       with registration and follow; no channel: all of them
//	consent.withdrawn channel
//	message_opened    message, channel, journey, node
//	message_clicked   message, channel, journey, node
//
// An order's amount is what was paid: the discount is already off. Its number is "o" and the ID of its event.
//
// The messages' channels are "push" (needs the app and its permission), "sms" (needs a phone number, known from
// registration or payment) and "wechat" (needs a follower). Each person opens one of them much more often than
// the others, tires of too many, may withdraw consent, and is moved to order by some: more by a coupon, more
// just after having looked at something. A part of the orders so caused would have come later anyway and does
// not come any more. [Shop.Truth] counts what really was caused.
//
// What a person does of their own accord comes from one stream of random numbers per person, and what a message
// does from one stream per person and message key. So a person who is sent nothing lives exactly the same life
// whatever happens to the others, and the same seed and the same messages give the same events, in whatever
// order the calls for different people come.
package shop
