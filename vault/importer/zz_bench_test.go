package importer

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

type yes struct{}

func (yes) Tradeline(context.Context, [32]byte, [32]byte) (credittypes.Tradeline, error) {
	return credittypes.Tradeline{}, client.ErrNotFound
}
func (yes) Notices(context.Context, [32]byte) ([]credittypes.Notice, error) { return nil, nil }
func (yes) Send(context.Context, ...sdk.Msg) error                          { return nil }

func BenchmarkImport(b *testing.B) {
	var out bytes.Buffer
	require.NoError(b, synthetic.Write(&out, books.FormatSBA, synthetic.Options{Rows: 15698, Seed: 3}))
	for b.Loop() {
		bk := newBankB(b)
		c := bk.config()
		c.Chain, c.BatchSize, c.InFlight = yes{}, 100, 16
		reader, err := books.NewReader(strings.NewReader(out.String()), books.FormatSBA, books.Options{})
		require.NoError(b, err)
		im, err := New(c)
		require.NoError(b, err)
		start := time.Now()
		s, err := im.Run(b.Context(), "sba", [32]byte{1}, reader, &rejects{})
		require.NoError(b, err)
		b.ReportMetric(float64(s.Furnished)/time.Since(start).Seconds(), "records/s")
	}
}
