package importer

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// accepting is a chain that has nothing and accepts everything at once.
type accepting struct{}

func (accepting) Tradeline(context.Context, [32]byte, [32]byte) (credittypes.Tradeline, error) {
	return credittypes.Tradeline{}, client.ErrNotFound
}

func (accepting) Notices(context.Context, [32]byte) ([]credittypes.Notice, error) { return nil, nil }
func (accepting) Send(context.Context, ...sdk.Msg) error                          { return nil }

// BenchmarkImport is the whole importer for a profile; 'creditd bench vault-import' compares it with plain SQL.
func BenchmarkImport(b *testing.B) {
	const rows = 5000
	var book bytes.Buffer
	require.NoError(b, synthetic.Write(&book, books.FormatSBA, synthetic.Options{Rows: rows, Seed: 3}))
	var taken time.Duration
	records := 0
	for b.Loop() {
		bank := newBankB(b)
		config := bank.config()
		config.Chain, config.BatchSize, config.InFlight, config.StageSize = accepting{}, 100, DefaultInFlight, DefaultStageSize
		reader, err := books.NewReader(strings.NewReader(book.String()), books.FormatSBA, books.Options{})
		require.NoError(b, err)
		im, err := New(config)
		require.NoError(b, err)
		start := time.Now()
		summary, err := im.Run(b.Context(), "sba", [32]byte{1}, reader, &rejects{})
		require.NoError(b, err)
		taken += time.Since(start)
		records += summary.Furnished
	}
	b.ReportMetric(float64(records)/taken.Seconds(), "records/s")
}
