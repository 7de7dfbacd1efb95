package rfm_test

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/scoring/rfm"
)

// The CDNOW sample (Fader and Hardie): 2,357 customers, of whom 1,411 bought once until the end of September 1997.
func TestCDNOW(t *testing.T) {
	dir := os.Getenv("MARQUE_DATA")
	if dir == "" {
		t.Skip("MARQUE_DATA is not set")
	}
	f, err := os.Open(filepath.Join(dir, "cdnow", "cdnow_sample_transactions.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	asOf := time.Date(1997, 9, 30, 23, 59, 59, 0, time.UTC)
	type visit struct{ who, day string }
	visits := map[visit]int64{} // what is bought on one day is one order, as in the published summary
	lines := bufio.NewScanner(f)
	lines.Scan()
	for lines.Scan() {
		row := strings.Split(lines.Text(), ",")
		amount, err := strconv.ParseFloat(row[4], 64)
		require.NoError(t, err)
		visits[visit{row[1], row[2]}] += int64(math.Round(amount * 100))
	}
	require.NoError(t, lines.Err())
	summary := rfm.NewSummary(asOf, 0)
	for v, amount := range visits {
		at, err := time.Parse(time.DateOnly, v.day)
		require.NoError(t, err)
		summary.Add(v.who, at, amount)
	}
	all := summary.Customers()
	require.Len(t, all, 2357)
	ranking, err := rfm.Rank(slices.Values(all), asOf, nil)
	require.NoError(t, err)
	once := map[int]int{}
	for _, c := range ranking.Customers {
		if c.Orders == 1 {
			once[c.Scores.F]++
		}
		require.Equal(t, c.Scores, ranking.Cuts.Score(c.Customer, asOf))
	}
	t.Logf("bought once, by F: %v; cuts %+v", once, ranking.Cuts)
	require.Equal(t, map[int]int{1: 1411}, once, "equal customers, equal score")
	table, err := rfm.Standard().Compile(5)
	require.NoError(t, err)
	report := table.Report(ranking.Customers)
	n := 0
	for _, p := range report.Segments {
		t.Logf("%-20s %4d customers (%4.1f%%), %5.1f%% of revenue", p.Name, p.Customers, 100*p.Share, 100*p.Revenue)
		n += p.Customers
	}
	require.Equal(t, len(all), n)
}
