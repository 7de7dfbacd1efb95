// Package retail reads the Complete Journey data set (one retailer's year 2017, six CSV files) as events.
//
//	transactions_sample.csv ──► purchase            household_id, when, store, product, quantity, amount, discounts
//	campaigns.csv           ──► campaign_received   on the campaign's first day, at midnight UTC
//	coupon_redemptions.csv  ──► coupon_redeemed     at the end of the day named, for the day is all that is known
//	demographics.csv        ──► profile.set         at the start of the first year seen
//
// campaign_descriptions.csv gives the campaigns' type and dates, coupons.csv which product a campaign's coupons
// cover: a purchase of such a product by a household that had received the campaign, while it ran, is a
// promoted_purchase as well. Nothing else is made up: lines of transactions are a sample, so baskets are
// incomplete and are not rebuilt.
//
// A line that cannot be read is reported with its file, line and column, counted and skipped; so is one with a date
// outside 2016 to 2018, an amount beyond a billion dollars, a campaign or household described twice, or a campaign
// received twice. Receipt lines and redemptions have no key: one that stands twice happened twice.
package retail
