package exchange_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// proven is a bank's vault and a lender on a chain in the process that gives proofs: all but the consensus is real.
type proven struct {
	*prooftest.Chain
	bank, lender *testvault.Institution
	fetcher      *exchange.Fetcher
	inquiries    []credittypes.Inquiry
}

type raw []byte

func (r raw) Marshal() ([]byte, error) { return r, nil }

// newProven has a subject for each inquiry, with as many records as asked for.
func newProven(tb testing.TB, subjects, records int) *proven {
	tb.Helper()
	p := &proven{Chain: prooftest.New(tb, 4)}
	now := func() time.Time { return p.Now }
	fake := fakechain.New(now)
	p.bank, p.lender = testvault.New(tb, fake, "Bank"), testvault.New(tb, fake, "Lender")
	for _, i := range []*testvault.Institution{p.bank, p.lender} {
		view := fake.State().Institutions[i.Operator()]
		p.Write(institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(i.Signer.Address()), &view.Institution)
		p.Write(institutiontypes.StoreKey, institutiontypes.VaultStateKey(i.Signer.Address()), view.Vault)
		p.account(i.Signer.PubKey())
	}
	accounts := make([]string, records)
	for n := range accounts {
		accounts[n] = fmt.Sprint("account ", n)
	}
	for n := range subjects {
		var subject [32]byte
		binary.BigEndian.PutUint64(subject[:], uint64(n)*0x9E3779B97F4A7C15) // spread over the store
		p.bank.FurnishAll(tb, fake, subject, accounts, schemas.TradelineFirm, commitment.Record{"balance": "600000", "currency": "USD"})
		consent := subject
		consent[31] = 0xc0
		p.Write(credittypes.StoreKey, credittypes.ConsentStateKey(subject, consent), &credittypes.Consent{
			Grantee: p.lender.Operator(), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Mode: credittypes.CONSENT_MODE_VIEW,
			ValidFrom: p.Now.Add(-time.Hour), ValidUntil: p.Now.AddDate(0, 0, 30), Status: credittypes.CONSENT_STATUS_LIVE,
		})
		inquiry := credittypes.Inquiry{
			DataUser: p.lender.Operator(), Subject: subject[:], Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, ConsentId: consent[:],
			Status: credittypes.INQUIRY_STATUS_OPEN, OpenedAt: p.Now, ExpiresAt: p.Now.AddDate(0, 0, 30),
		}
		p.Write(credittypes.StoreKey, credittypes.InquiryStateKey(subject), &inquiry)
		inquiry.Id = subject[:]
		p.inquiries = append(p.inquiries, inquiry)
	}
	for id, tradeline := range fake.State().Tradelines {
		subject := credittypes.ID(tradeline.Subject)
		tradeline.Subject, tradeline.Id = nil, nil
		p.Write(credittypes.StoreKey, credittypes.TradelineStateKey(subject, id), &tradeline)
	}
	p.Block()
	p.Block()
	p.serve(tb)
	return p
}

// account puts an account with its key into the state.
func (p *proven) account(key cryptotypes.PubKey) {
	p.TB.Helper()
	address := sdk.AccAddress(key.Address())
	value, err := p.App.AppCodec().MarshalInterface(authtypes.NewBaseAccount(address, key, 100, 0))
	require.NoError(p.TB, err)
	p.Write(authtypes.StoreKey, append(authtypes.AddressStoreKeyPrefix.Bytes(), address...), raw(value))
}

func (p *proven) open(tb testing.TB) *lightchain.Chain {
	tb.Helper()
	cdc, err := client.NewCodec()
	require.NoError(tb, err)
	chain, err := lightchain.Open(tb.Context(), lightchain.Config{
		ChainID: prooftest.ChainID, Node: p.Chain, Codec: cdc, Now: func() time.Time { return p.Now }, Recheck: -1,
	})
	require.NoError(tb, err)
	return chain
}

func (p *proven) serve(tb testing.TB) {
	tb.Helper()
	now := func() time.Time { return p.Now }
	codec := testvault.Codec(tb)
	server := exchange.NewServer(exchange.Config{
		ChainID: prooftest.ChainID, Signer: p.bank.Signer, Chain: lightchain.Asked{Chain: p.open(tb)}, Store: p.bank.Store, Keys: p.bank.Ring,
		Log: slog.New(slog.DiscardHandler), Now: now,
		Limits: exchange.Limits{OrdersPerSecond: 1e9, Burst: 1e9, OrdersPerDay: 1e9, RecordsPerDay: 1e9, Concurrent: 64},
	})
	ctx, stop := context.WithCancel(tb.Context())
	served := make(chan error, 1)
	go func() {
		served <- exchange.Serve(ctx, p.bank.Listener, server, exchange.ServeOptions{Codec: codec, Ready: func(context.Context) error { return nil }})
	}()
	p.fetcher = &exchange.Fetcher{
		ChainID: prooftest.ChainID, Signer: p.lender.Signer, Key: p.lender.Ring.HPKE(), Codec: codec, Keys: p.open(tb), Now: now,
	}
	tb.Cleanup(func() {
		_ = p.fetcher.Close()
		stop()
		require.NoError(tb, <-served)
	})
}

func (p *proven) fetch(ctx context.Context, n int) (exchange.Answer, error) {
	return p.fetcher.Fetch(ctx, exchange.Known(&p.inquiries[n]), p.bank.Operator(), p.bank.Listener.Addr().String())
}

// With proofs instead of a node's word: given under a consent, refused after its withdrawal and without a licence.
func TestFetchWithProofs(t *testing.T) {
	p := newProven(t, 2, 3)
	answer, err := p.fetch(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, answer.Records, 3)

	id := credittypes.ID(p.inquiries[1].ConsentId)
	subject := credittypes.ID(p.inquiries[1].Subject)
	p.Write(credittypes.StoreKey, credittypes.ConsentStateKey(subject, id), &credittypes.Consent{
		Grantee: p.lender.Operator(), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Status: credittypes.CONSENT_STATUS_WITHDRAWN,
	})
	p.Block()
	p.Block()
	_, err = p.fetch(t.Context(), 1)
	require.Equal(t, exchange.ConsentWithdrawn, exchange.ReasonOf(err))
	_, err = p.fetch(t.Context(), 0)
	require.NoError(t, err)

	p.Write(institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(p.lender.Signer.Address()), &institutiontypes.Institution{
		Operator: p.lender.Operator(), Status: institutiontypes.LICENCE_STATUS_REVOKED,
	})
	p.Block()
	p.Block()
	_, err = p.fetch(t.Context(), 0)
	require.Equal(t, exchange.NotLicensed, exchange.ReasonOf(err))
}

// receipt puts a furnisher's receipt and its line into the state, as the keeper writes them.
func (p *proven) receipt(entry store.Access) {
	p.TB.Helper()
	operator := p.bank.Signer.Address()
	p.Write(credittypes.StoreKey, append(credittypes.ReceiptsStateKey(entry.Inquiry), operator...), &credittypes.Receipt{Digest: entry.Digest[:], Records: entry.Records})
	line := credittypes.TrailKey{Height: p.Height(), Ref: entry.Inquiry, Kind: credittypes.TRAIL_KIND_DATA_GIVEN, Actor: make([]byte, 32)}
	key := make([]byte, credittypes.TrailKeyCodec.Size(line))
	_, err := credittypes.TrailKeyCodec.Encode(key, line)
	require.NoError(p.TB, err)
	p.Write(credittypes.StoreKey, append(credittypes.InstitutionTrailStateKey(operator), key...), &credittypes.TrailEntry{Time: p.Now})
}

// log is an access log that somebody has worked on.
type log []store.Access

func (l log) AccessLog(_ context.Context, after int64, _ int) ([]store.Access, error) {
	return l[after:], nil
}

// The receipts on the chain show what was changed in the log or cut off from it.
func TestLogIsAnchoredByReceipts(t *testing.T) {
	p := newProven(t, 3, 1)
	for n := range 3 {
		_, err := p.fetch(t.Context(), n)
		require.NoError(t, err)
	}
	entries, err := p.bank.Store.AccessLog(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, entries, 3)
	p.receipt(entries[0])
	p.receipt(entries[1])
	p.Block()
	p.Block()
	chain := p.open(t)
	check := func(l exchange.AccessLog) exchange.LogCheck {
		result, err := exchange.CheckLog(t.Context(), l, chain, p.bank.Operator())
		require.NoError(t, err)
		return result
	}
	require.Equal(t, exchange.LogCheck{Entries: 3, Given: 3, Anchored: 2, Findings: []string{}}, check(p.bank.Store), "one receipt is on its way")

	changed := slices.Clone(log(entries))
	changed[1].Records = 0
	require.Contains(t, check(changed).Findings[0], "another answer")
	hidden := slices.Clone(log(entries))
	hidden[1].Outcome = "BAD_SIGNATURE"
	require.Contains(t, check(hidden).Findings[0], "no entry of it")
	require.Contains(t, check(log(entries[:1])).Findings[0], "cut off")
	require.Len(t, check(log{}).Findings, 2)
}

// BenchmarkFetch: reads of records over loopback with TLS, every entry of the chain proven. Each subject is asked for once in
// a height, so that no proof of a subject's own is used twice.
func BenchmarkFetch(b *testing.B) {
	for _, records := range []int{1, 10} {
		for _, clients := range []int{1, 16} {
			b.Run(fmt.Sprintf("records=%d/clients=%d", records, clients), func(b *testing.B) { benchmarkFetch(b, records, clients) })
		}
	}
}

func benchmarkFetch(b *testing.B, records, clients int) {
	const subjects = 500
	p := newProven(b, subjects, records)
	_, err := p.fetch(b.Context(), 0) // the connection is made
	require.NoError(b, err)
	b.ResetTimer()
	for done := 0; done < b.N; done += subjects {
		p.Block()
		wave := min(subjects, b.N-done)
		var next atomic.Int64
		var group sync.WaitGroup
		for range clients {
			group.Go(func() {
				for n := next.Add(1) - 1; n < int64(wave); n = next.Add(1) - 1 {
					if answer, err := p.fetch(b.Context(), int(n)); err != nil || len(answer.Records) != records {
						b.Error(len(answer.Records), err)
						return
					}
				}
			})
		}
		group.Wait()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "fetches/s")
	b.ReportMetric(float64(b.N*records)/b.Elapsed().Seconds(), "records/s")
}
