package bench

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/importer"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// party is an institution with a vault that is no process of its own.
type party struct {
	signer client.Signer
	store  *store.SQL
	ring   *keys.Ring
}

func newParty(t *testing.T) *party {
	t.Helper()
	dir := t.TempDir()
	p := &party{signer: client.NewSigner(secp256k1.GenPrivKey())}
	var err error
	p.store, err = store.Open(t.Context(), filepath.Join(dir, "store.db"), store.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.store.Close() })
	custodian, err := keys.NewPassphrase([]byte("made-up loans need no secret"), keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1})
	require.NoError(t, err)
	p.ring, err = keys.Create(t.Context(), p.store, filepath.Join(dir, "keybag"), custodian)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.ring.Close() })
	return p
}

func (p *party) operator() string { return p.signer.Address().String() }

var consortium = keys.NewConsortium([32]byte{7})

// bring the book of a furnisher into its vault.
func (p *party) bring(t *testing.T, furnisher int) importer.Summary {
	t.Helper()
	reader, err := books.NewReader(bytes.NewReader(new(vaults).book(furnisher)), books.FormatSBA, books.Options{})
	require.NoError(t, err)
	im, err := importer.New(importer.Config{
		Furnisher: p.signer.Address(), Chain: accepting{}, Store: p.store, Keys: p.ring, Pseudonyms: consortium,
		Profile: credittypes.AmericaProfile(), BatchSize: 100, InFlight: importer.DefaultInFlight,
	})
	require.NoError(t, err)
	summary, err := im.Run(t.Context(), string(books.FormatSBA), [32]byte{}, reader, discarded{})
	require.NoError(t, err)
	return summary
}

func pseudonym(t *testing.T, n int) [32]byte {
	t.Helper()
	p, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, borrower(n))
	require.NoError(t, err)
	return p
}

// Every row of the books is furnished, so that reports have as many lines, and reads one record, as is said.
func TestBooksOfVaults(t *testing.T) {
	lines := map[[32]byte]int{}
	for furnisher, rows := range []int{(reportSubjects/2 + readSubjects) * reportLines, reportSubjects / 2 * reportLines} {
		bank := newParty(t)
		summary := bank.bring(t, furnisher)
		require.Equal(t, rows, summary.Rows)
		require.Equal(t, rows, summary.Furnished)
		require.Zero(t, summary.Refused)
		for s := range reportSubjects + readSubjects {
			of, err := bank.store.OfSubject(t.Context(), pseudonym(t, s), reportLines)
			require.NoError(t, err)
			lines[pseudonym(t, s)] += len(of)
		}
	}
	for s := range reportSubjects + readSubjects {
		require.Equal(t, reportLines, lines[pseudonym(t, s)], s)
	}
}

// believed is a chain in memory that a vault and its reader believe.
type believed struct {
	bank, lender *party
	tradelines   map[[32]byte]credittypes.Tradeline
	inquiries    map[[32]byte]credittypes.Inquiry
}

func (b *believed) AccountKey(_ context.Context, address string) (cryptotypes.PubKey, error) {
	for _, p := range []*party{b.bank, b.lender} {
		if p.operator() == address {
			return p.signer.PubKey(), nil
		}
	}
	return nil, client.ErrNotFound
}

func (b *believed) GetInstitution(_ context.Context, operator string) (institutiontypes.InstitutionView, error) {
	for _, p := range []*party{b.bank, b.lender} {
		if p.operator() == operator {
			return institutiontypes.InstitutionView{
				Vault: &institutiontypes.Vault{EncryptionKey: p.ring.HPKE().PublicKey().Bytes()},
				Institution: institutiontypes.Institution{
					Operator: operator, Status: institutiontypes.LICENCE_STATUS_ACTIVE, ValidUntil: time.Now().AddDate(1, 0, 0),
					Roles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER},
				},
			}, nil
		}
	}
	return institutiontypes.InstitutionView{}, client.ErrNotFound
}

func (b *believed) Inquiry(_ context.Context, id [32]byte) (credittypes.Inquiry, error) {
	inquiry, ok := b.inquiries[id]
	if !ok {
		return inquiry, client.ErrNotFound
	}
	return inquiry, nil
}

func (b *believed) Appearing(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	return b.Inquiry(ctx, id)
}

func (b *believed) Consent(context.Context, [32]byte, [32]byte) (credittypes.Consent, error) {
	return credittypes.Consent{}, client.ErrNotFound
}

func (b *believed) Tradeline(_ context.Context, _, id [32]byte) (credittypes.Tradeline, error) {
	tradeline, ok := b.tradelines[id]
	if !ok {
		return tradeline, client.ErrNotFound
	}
	return tradeline, nil
}

func (b *believed) Subject(_ context.Context, pseudonym [32]byte) (credittypes.Subject, error) {
	return credittypes.Subject{Pseudonym: pseudonym[:]}, nil
}

// newBelieved furnishes the first furnisher's book and opens inquiries about single reads.
func newBelieved(t *testing.T, inquiries int) (*believed, []credittypes.Inquiry) {
	t.Helper()
	b := &believed{bank: newParty(t), lender: newParty(t), tradelines: map[[32]byte]credittypes.Tradeline{}, inquiries: map[[32]byte]credittypes.Inquiry{}}
	b.bank.bring(t, 0)
	of, err := b.bank.store.Records(t.Context(), nil, 10_000)
	require.NoError(t, err)
	for i := range of {
		b.tradelines[of[i].Tradeline] = credittypes.Tradeline{
			Id: of[i].Tradeline[:], Subject: of[i].Subject[:], Furnisher: b.bank.operator(), AttestationId: of[i].Attestation[:],
			Version: 1, State: credittypes.RECORD_STATE_ACTIVE, ShowUntil: time.Now().AddDate(1, 0, 0),
		}
	}
	open := make([]credittypes.Inquiry, inquiries)
	for i := range open {
		id, subject := [32]byte{1, byte(i >> 8), byte(i)}, pseudonym(t, reportSubjects+i%readSubjects)
		open[i] = credittypes.Inquiry{
			Id: id[:], DataUser: b.lender.operator(), Subject: subject[:], Purpose: credittypes.PURPOSE_LEGAL_ORDER,
			Status: credittypes.INQUIRY_STATUS_OPEN, ExpiresAt: time.Now().Add(time.Hour),
		}
		b.inquiries[id] = open[i]
	}
	return b, open
}

// serve the bank's vault until the test ends, and return its address and readers of it.
func (b *believed) serve(t *testing.T) (string, []*exchange.Fetcher) {
	t.Helper()
	codec, err := client.NewCodec()
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := exchange.NewServer(exchange.Config{
		ChainID: "test-1", Signer: b.bank.signer, Chain: b, Store: b.bank.store, Keys: b.bank.ring, Log: slog.New(slog.DiscardHandler),
		Limits: exchange.Limits{OrdersPerSecond: 1e5, OrdersPerDay: 1e6, RecordsPerDay: 1e6},
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- exchange.Serve(ctx, listener, server, exchange.ServeOptions{Codec: codec.GRPCCodec(), Ready: func(context.Context) error { return nil }})
	}()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-served)
	})
	fetchers := make([]*exchange.Fetcher, readers)
	for i := range fetchers {
		fetchers[i] = &exchange.Fetcher{
			ChainID: "test-1", Signer: b.lender.signer, Key: b.lender.ring.HPKE(), Codec: codec.GRPCCodec(), Keys: b, Attempts: 1,
		}
		t.Cleanup(func() { require.NoError(t, fetchers[i].Close()) })
	}
	return listener.Addr().String(), fetchers
}

// A round of reads asks a served vault for every inquiry, each order of which it logs and owes a receipt for.
func TestVaultReads(t *testing.T) {
	const n = 10
	b, inquiries := newBelieved(t, n)
	endpoint, fetchers := b.serve(t)
	sample, err := readAll(t.Context(), fetchers, inquiries, b.bank.operator(), endpoint)
	require.NoError(t, err)
	require.Equal(t, n*ordersOfInquiry*reportLines, sample.count)
	require.Positive(t, sample.elapsed)
	entries, err := b.bank.store.AccessLog(t.Context(), 0, 1000)
	require.NoError(t, err)
	require.Len(t, entries, n*ordersOfInquiry+readers, "and one for each connection")
	asked := map[[32]byte]int{}
	for _, entry := range entries {
		require.Equal(t, "given", entry.Outcome)
		require.EqualValues(t, reportLines, entry.Records)
		asked[entry.Inquiry]++
	}
	require.Len(t, asked, n)
	for inquiry, orders := range asked {
		require.GreaterOrEqual(t, orders, ordersOfInquiry, "%x", inquiry)
	}
	_, err = store.VerifyAccessLog(t.Context(), b.bank.store)
	require.NoError(t, err)
}

// What brings a record too few, or is refused, is not counted as a read.
func TestVaultReadsThatFail(t *testing.T) {
	b, inquiries := newBelieved(t, 2*readers)
	endpoint, fetchers := b.serve(t)
	hidden := inquiries[0] // not one of those that make the connections
	of, err := b.bank.store.OfSubject(t.Context(), [32]byte(hidden.Subject), reportLines)
	require.NoError(t, err)
	tradeline := b.tradelines[of[0].Tradeline]
	delete(b.tradelines, of[0].Tradeline)
	_, err = readAll(t.Context(), fetchers, inquiries, b.bank.operator(), endpoint)
	require.ErrorContains(t, err, "brought 9 records")
	b.tradelines[of[0].Tradeline] = tradeline
	delete(b.inquiries, [32]byte(hidden.Id))
	_, err = readAll(t.Context(), fetchers, inquiries, b.bank.operator(), endpoint)
	require.Equal(t, exchange.UnknownInquiry, exchange.ReasonOf(errors.Unwrap(err)))
}

func TestAtOnce(t *testing.T) {
	const n = 1000
	var done [n]atomic.Int32
	require.NoError(t, atOnce(t.Context(), n, func(_ context.Context, reader, i int) error {
		if reader < 0 || reader >= readers {
			return errors.New("no such reader")
		}
		done[i].Add(1)
		return nil
	}))
	for i := range done {
		require.EqualValues(t, 1, done[i].Load(), i)
	}
	failure := errors.New("failed")
	require.ErrorIs(t, atOnce(t.Context(), n, func(_ context.Context, _, i int) error {
		if i == n/2 {
			return failure
		}
		return nil
	}), failure)
}

// The reference reads what it wrote.
func TestPostgresReads(t *testing.T) {
	p := &postgresReads{}
	require.NoError(t, p.open(t.Context()))
	sample, err := p.round(t.Context())
	require.NoError(t, err)
	require.Equal(t, readsInRound, sample.count)
	require.NoError(t, p.close())
}

// A report that lacks something is no sample.
func TestOnlyWholeReportsCount(t *testing.T) {
	r := &report.Report{Complete: true, Verified: reportLines, Lines: make([]report.Line, reportLines)}
	for i := range r.Lines {
		r.Lines[i].Proof = report.Verified
	}
	require.NoError(t, whole(r))
	r.Complete = false
	require.ErrorContains(t, whole(r), "lines are missing")
	r.Complete, r.Verified, r.Lines[3].Proof, r.Lines[3].Reason = true, reportLines-1, report.Disputed, "it is disputed"
	require.ErrorContains(t, whole(r), "it is disputed")
	r.Lines, r.Verified = r.Lines[:3], 3
	require.ErrorContains(t, whole(r), "3 lines")
}

// Vaults are started where they are measured.
func TestNeedVaults(t *testing.T) {
	require.True(t, needVaults([]string{Attest, CreditReport}))
	require.True(t, needVaults([]string{VaultRead}))
	require.False(t, needVaults(UsualWorkloads()))
}

func TestVaultsNeedTheirOwnNetwork(t *testing.T) {
	v := &vaults{run: &run{network: &network{}}}
	require.ErrorContains(t, v.prepare(t.Context()), "leave --against out")
	require.NoError(t, v.close())
}
