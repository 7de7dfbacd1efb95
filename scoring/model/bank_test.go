package model_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/scoring/model"
)

var bank = model.Schema{
	{Name: "age", Kind: model.Number}, {Name: "job", Kind: model.Category}, {Name: "marital", Kind: model.Category},
	{Name: "education", Kind: model.Category}, {Name: "default", Kind: model.Category}, {Name: "balance", Kind: model.Number},
	{Name: "housing", Kind: model.Category}, {Name: "loan", Kind: model.Category}, {Name: "contact", Kind: model.Category},
	{Name: "day", Kind: model.Number}, {Name: "month", Kind: model.Category}, {Name: "campaign", Kind: model.Number},
	{Name: "pdays", Kind: model.Number}, {Name: "previous", Kind: model.Number}, {Name: "poutcome", Kind: model.Category},
}

var withDuration = append(slices.Clone(bank), model.Feature{Name: "duration", Kind: model.Number})

func readBank(t *testing.T, s model.Schema) *model.Table {
	dir := os.Getenv("MARQUE_DATA")
	if dir == "" {
		t.Skip("MARQUE_DATA is not set")
	}
	file, err := os.Open(filepath.Join(dir, "bank", "bank-full.csv"))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	table, err := model.ReadCSV(file, s, model.Outcome{Column: "y", Yes: "yes", No: "no"}, &model.CSVOptions{Comma: ';'})
	require.NoError(t, err)
	require.Equal(t, 45211, table.Len())
	return table
}

var (
	sevenOfTen = model.By(func(row int) model.Part {
		if row%10 < 7 {
			return model.Train
		}
		return model.Test
	})
	// The file is in the order of time, without its instants.
	ordered = model.ByTime(func(row int) time.Time { return time.Unix(int64(row), 0) }, model.Shares{Train: 0.7})
)

func fitBank(t *testing.T, table *model.Table, s model.Split, o *model.Options) (*model.Model, *model.Report) {
	start := time.Now()
	m, r, err := model.Fit(table, s, o)
	require.NoError(t, err)
	t.Logf("%s: AUC %.4f [%.4f, %.4f], log-loss %.4f, Brier %.4f, lift %.2f, KS %.3f, ECE %.4f, %d steps, gradient %.1g, %v",
		s, r.Test.AUC.Value, r.Test.AUC.Interval.Low, r.Test.AUC.Interval.High, r.Test.LogLoss.Value, r.Test.Brier.Value,
		r.Test.Deciles[0].Lift, r.Test.KS, r.Test.ECE, r.Descent.Steps, r.Descent.Gradient, time.Since(start).Round(time.Millisecond))
	return m, r
}

func leaks(r *model.Report) (names []string) {
	for _, w := range r.Warnings {
		if w.Alarm == model.Leak {
			names = append(names, w.Feature)
		}
	}
	return names
}

// TestBankLeak warns of the length of the call, which is known after the call only, and of nothing else.
func TestBankLeak(t *testing.T) {
	table := readBank(t, withDuration)
	for _, split := range []model.Split{sevenOfTen, ordered} {
		_, r := fitBank(t, table, split, nil)
		require.Equal(t, []string{"duration"}, leaks(r))
		for _, s := range r.Singles {
			t.Logf("%-10s alone %.3f, PSI %.3f", s.Feature, s.AUC.Value, s.PSI)
		}
		for _, w := range r.Warnings {
			t.Log(w)
		}
	}
}

// TestBankCalibration shows that probabilities of rows that come later are made better by those between.
func TestBankCalibration(t *testing.T) {
	table := readBank(t, bank)
	m, r := fitBank(t, table, model.ByKey("bank", nil, model.Shares{Train: 0.6, Calibrate: 0.2}), nil)
	require.Empty(t, leaks(r))
	require.InDelta(t, 1, m.Calibration().Slope, 0.15)
	require.Less(t, r.Test.ECE, 0.02)

	m, r = fitBank(t, table, model.ByTime(func(row int) time.Time { return time.Unix(int64(row), 0) }, model.Shares{Train: 0.6, Calibrate: 0.2}), nil)
	t.Logf("raw log-loss %.4f, calibrated %.4f, %+v", r.Raw.Value, r.Test.LogLoss.Value, m.Calibration())
	require.Less(t, r.Test.LogLoss.Value, r.Raw.Value)
}
