package retail

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var small = map[string]string{
	"campaign_descriptions.csv": "campaign_id,campaign_type,start_date,end_date\n1,Type A,2017-03-01,2017-03-31\n2,Type B,2017-05-01,2017-04-01\n",
	"coupons.csv":               "coupon_upc,product_id,campaign_id\n10,99,1\n11,98,7\n",
	"demographics.csv":          "household_id,age,income,household_size,kids_count\n5,45-54,35-49K,2,0\n",
	"campaigns.csv":             "campaign_id,household_id\n1,5\n",
	"transactions_sample.csv": "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,transaction_timestamp\n" +
		"5,300,1,99,1,3.86,0.43,0,2017-03-02T10:00:00Z\n" +
		"5,300,1,98,one,3.86,0.43,0,2017-03-02T10:00:00Z\n" +
		"5,300,1,98,1,3.86,0.43\n" +
		"5,300,1,99,1,\"1.5,0.43,0,2017-04-01T00:00:00Z\n" +
		"5,300,1,99,2,1.5,0,0,2017-04-01T00:00:00Z\n",
	"coupon_redemptions.csv": "household_id,coupon_upc,campaign_id,redemption_date\n5,10,1,2017-03-05\n5,12,1,2017-03-05\n",
}

func folder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestReadReportsEachBadRowAndLosesNothingElse(t *testing.T) {
	d := Read(folder(small))
	var faults []string
	for _, f := range d.Faults {
		faults = append(faults, f.Error())
	}
	require.Equal(t, []string{
		"campaign_descriptions.csv:3:21: end_date: is before the start",
		`coupons.csv:3:7: campaign_id: no campaign "7"`,
		`transactions_sample.csv:3:12: quantity: "one" is not a whole number`,
		"transactions_sample.csv:4:1: want 9 cells, have 7",
		`transactions_sample.csv:5:46: extraneous or missing " in quoted-field`,
		`coupon_redemptions.csv:3:3: coupon_upc: no coupon "12" in campaign 1`,
	}, faults)
	require.Equal(t, []Count{{"campaign_descriptions.csv", 1, 1}, {"coupons.csv", 1, 1}, {"demographics.csv", 1, 0},
		{"campaigns.csv", 1, 0}, {"transactions_sample.csv", 2, 3}, {"coupon_redemptions.csv", 1, 1}}, d.Counts)
	var names []string
	for _, e := range d.Events {
		names = append(names, e.Name)
	}
	require.Equal(t, []string{"profile.set", "campaign_received", "purchase", "promoted_purchase", "coupon_redeemed", "purchase"}, names)
	require.Equal(t, int64(386), d.Events[2].Props["amount"])
}

func TestReadNamesAFileThatIsMissingOrHasOtherColumns(t *testing.T) {
	files := maps.Clone(small)
	delete(files, "demographics.csv")
	files["campaigns.csv"] = "campaign,household_id\n1,5\n"
	var faults []string
	for _, f := range Read(folder(files)).Faults[2:4] {
		faults = append(faults, f.Error())
	}
	require.Equal(t, []string{"demographics.csv: cannot be opened: file does not exist", "campaigns.csv:1:1: has no column campaign_id"}, faults)
}

// TestReadRefusesWhatWouldSpoilTheRest: one far date ends the replay, one huge amount the sums, a row that stands twice
// the counts.
func TestReadRefusesWhatWouldSpoilTheRest(t *testing.T) {
	files := map[string]string{
		"campaign_descriptions.csv": "\ufeff\"campaign_id\",campaign_type,start_date,end_date\r\n1,Type A,2017-03-01,2017-03-31\r\n1,Type B,2017-03-01,2017-03-31\r\n",
		"coupons.csv":               small["coupons.csv"],
		"demographics.csv":          "household_id,age,income,household_size,kids_count\n5,45-54,35-49K,2,0\n5,45-54,35-49K,2,0",
		"campaigns.csv":             "campaign_id,household_id\n1,5\n1,5\n1,6\n",
		"transactions_sample.csv": "household_id,store_id,product_id,quantity,sales_value,retail_disc,coupon_disc,transaction_timestamp\n" +
			"5,300,99,1,3.86,0.43,0,9999-03-02T10:00:00Z\n" +
			"5,300,99,1,92233720368547758.07,0.43,0,2017-03-02T10:00:00Z\n" +
			"5,\"3,0\"\"0\",99,1,x,0.43,0,2017-03-02T10:00:00Z\n" +
			"\n" +
			"5,300,99,-1,-3.86,-0.43,0,2017-03-02T10:00:00Z\n",
		"coupon_redemptions.csv": "household_id,coupon_upc,campaign_id,redemption_date\n5,10,1,2017-02-30\n",
	}
	d := Read(folder(files))
	var faults []string
	for _, f := range d.Faults {
		faults = append(faults, f.Error())
	}
	require.Equal(t, []string{
		`campaign_descriptions.csv:3:1: campaign_id: campaign "1" stands twice`,
		`coupons.csv:3:7: campaign_id: no campaign "7"`,
		`demographics.csv:3:1: household_id: household "5" stands twice`,
		`campaigns.csv:3:3: household_id: household "5" received campaign 1 twice`,
		`transactions_sample.csv:2:24: transaction_timestamp: "9999-03-02T10:00:00Z" is far from 2017, the year of the data`,
		`transactions_sample.csv:3:12: sales_value: "92233720368547758.07" is beyond a billion dollars`,
		`transactions_sample.csv:4:17: sales_value: "x" is not an amount in dollars`,
		`transactions_sample.csv:5:1: want 8 cells, have 1`,
		`coupon_redemptions.csv:2:8: redemption_date: "2017-02-30" is not a time like 2006-01-02`,
	}, faults)
	require.Len(t, d.Events, 5, "a profile, two receipts of the campaign, a purchase, a promoted purchase")
}

func TestReadTheRealFiles(t *testing.T) {
	dir := os.Getenv("MARQUE_DATA")
	if dir == "" {
		t.Skip("MARQUE_DATA is not set")
	}
	d := Read(os.DirFS(filepath.Join(dir, "completejourney")))
	require.Empty(t, d.Faults)
	rows := map[string]int{}
	for _, c := range d.Counts {
		rows[c.File] = c.Read
	}
	require.Equal(t, map[string]int{"campaign_descriptions.csv": 27, "coupons.csv": 116204, "demographics.csv": 801,
		"campaigns.csv": 6589, "transactions_sample.csv": 75000, "coupon_redemptions.csv": 2102}, rows)
}
