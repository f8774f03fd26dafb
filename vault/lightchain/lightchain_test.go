package lightchain_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/vault/lightchain"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func id(parts ...any) types.ID { return sha256.Sum256([]byte(fmt.Sprint(parts...))) }

// node answers as the chain does, unless a test makes it lie.
type node struct {
	*prooftest.Chain
	asked  atomic.Int64 // entries
	blocks atomic.Int64
	query  func(key []byte, o *rpcclient.ABCIQueryOptions) []byte // the key to answer for instead
	answer func(key []byte, r *ctypes.ResultABCIQuery)
	status func() int64
	commit func(height int64, r *ctypes.ResultCommit)
	away   bool
}

func (n *node) Status(ctx context.Context) (*ctypes.ResultStatus, error) {
	if n.away {
		return nil, errors.New("connection refused")
	}
	status, err := n.Chain.Status(ctx)
	if n.status != nil {
		status.SyncInfo.LatestBlockHeight = n.status()
	}
	return status, err
}

func (n *node) ABCIQueryWithOptions(ctx context.Context, path string, data cmtbytes.HexBytes, o rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	n.asked.Add(1)
	key, wanted := []byte(data), o.Height
	if n.query != nil {
		key = n.query(key, &o)
	}
	r, err := n.Chain.ABCIQueryWithOptions(ctx, path, key, o)
	if err == nil {
		r.Response.Height = wanted
		if n.answer != nil {
			n.answer(key, r)
		}
	}
	return r, err
}

func (n *node) Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error) {
	n.blocks.Add(1)
	r, err := n.Chain.Commit(ctx, height)
	if err == nil && n.commit != nil {
		header, commit := *r.Header, *r.SignedHeader.Commit
		r = &ctypes.ResultCommit{CanonicalCommit: true}
		r.SignedHeader.Header, r.SignedHeader.Commit = &header, &commit
		n.commit(*height, r)
	}
	return r, err
}

var ann, ben = id("ann"), id("ben")

// setup has ben with three tradelines, a consent and an inquiry, and a neighbour on each side of him in the store.
func setup(tb testing.TB) *node {
	tb.Helper()
	n := &node{Chain: prooftest.New(tb, 4)}
	for i := range 3 {
		n.tradeline(ben, id("tradeline", i), 1)
		n.tradeline(ann, id("tradeline", i), 1)
		n.tradeline(id("cat", i), id("tradeline", i), 1)
	}
	n.Write(types.StoreKey, types.SubjectStateKey(ben), &types.Subject{Kind: types.SUBJECT_KIND_LEGAL_ENTITY, Controller: n.Operator(3).String()})
	n.consent(types.CONSENT_STATUS_LIVE)
	n.Write(types.StoreKey, types.InquiryStateKey(id("inquiry")), &types.Inquiry{DataUser: n.Operator(1).String(), Subject: ben[:], Status: types.INQUIRY_STATUS_OPEN})
	n.Write(types.StoreKey, append(types.ReceiptsStateKey(id("inquiry")), n.Operator(0)...), &types.Receipt{Digest: id("digest").Bytes(), Records: 3})
	for version := range uint32(3) {
		key := binary.BigEndian.AppendUint32(types.VersionsStateKey(id("tradeline", 0)), version+1)
		n.Write(types.StoreKey, key, &types.TradelineVersion{AttestationId: id("version", version).Bytes()})
	}
	n.Write(institutiontypes.StoreKey, institutiontypes.VaultStateKey(n.Operator(0)), &institutiontypes.Vault{Endpoint: "127.0.0.1:1", EncryptionKey: []byte("key")})
	n.settle()
	return n
}

func (n *node) tradeline(subject, tradeline types.ID, version uint32) {
	n.Write(types.StoreKey, types.TradelineStateKey(subject, tradeline), &types.Tradeline{Furnisher: n.Operator(0).String(), Version: version})
}

func (n *node) consent(status types.ConsentStatus) {
	n.Write(types.StoreKey, types.ConsentStateKey(ben, id("consent")), &types.Consent{Grantee: n.Operator(1).String(), Status: status})
}

// settle commits what was written, and the header that proves it.
func (n *node) settle() {
	n.Block()
	n.Block()
}

func (n *node) config(tb testing.TB) lightchain.Config {
	tb.Helper()
	cdc, err := client.NewCodec()
	require.NoError(tb, err)
	return lightchain.Config{ChainID: prooftest.ChainID, Node: n, Codec: cdc, Now: func() time.Time { return n.Now }, Recheck: -1}
}

func (n *node) open(tb testing.TB) *lightchain.Chain {
	tb.Helper()
	c, err := lightchain.Open(tb.Context(), n.config(tb))
	require.NoError(tb, err)
	return c
}

func TestReads(t *testing.T) {
	n := setup(t)
	c, ctx := n.open(t), t.Context()

	subject, err := c.Subject(ctx, ben)
	require.NoError(t, err)
	require.Equal(t, types.Subject{Pseudonym: ben[:], Kind: types.SUBJECT_KIND_LEGAL_ENTITY, Controller: n.Operator(3).String()}, subject)

	all, err := c.Tradelines(ctx, ben)
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.True(t, slices.IsSortedFunc(all, func(a, b types.Tradeline) int { return bytes.Compare(a.Id, b.Id) }))
	one, err := c.Tradeline(ctx, ben, types.ID(all[1].Id))
	require.NoError(t, err)
	require.Equal(t, all[1], one)
	none, err := c.Tradelines(ctx, id("nobody"))
	require.NoError(t, err)
	require.Empty(t, none)

	consent, err := c.Consent(ctx, ben, id("consent"))
	require.NoError(t, err)
	require.Equal(t, n.Operator(1).String(), consent.Grantee)
	require.Equal(t, ben[:], consent.Subject)
	consents, err := c.Consents(ctx, ben)
	require.NoError(t, err)
	require.Equal(t, []types.Consent{consent}, consents)

	inquiry, receipts, err := c.Inquiry(ctx, id("inquiry"))
	require.NoError(t, err)
	require.Equal(t, types.INQUIRY_STATUS_OPEN, inquiry.Status)
	require.Equal(t, id("inquiry").Bytes(), inquiry.Id)
	require.Len(t, receipts, 1)
	require.Equal(t, n.Operator(0).String(), receipts[0].Institution)
	asked, err := lightchain.Asked{Chain: c}.Inquiry(ctx, id("inquiry"))
	require.NoError(t, err)
	require.Equal(t, inquiry, asked)

	versions, err := c.Versions(ctx, ben, id("tradeline", 0))
	require.NoError(t, err)
	require.Len(t, versions, 3)
	require.Equal(t, uint32(1), versions[0].Version)

	view, err := c.GetInstitution(ctx, n.Operator(0).String())
	require.NoError(t, err)
	require.Equal(t, "Bank 0", view.Institution.Name)
	require.Equal(t, "127.0.0.1:1", view.Vault.Endpoint)
	view, err = c.GetInstitution(ctx, n.Operator(1).String())
	require.NoError(t, err)
	require.Nil(t, view.Vault)

	key, err := c.AccountKey(ctx, n.Operator(2).String())
	require.NoError(t, err)
	require.True(t, n.Keys[2].PubKey().Equals(key))

	for _, jurisdiction := range []string{"US", "XX"} {
		profile, err := c.Profile(ctx, jurisdiction)
		if jurisdiction == "US" {
			require.NoError(t, err)
			require.Contains(t, profile.Jurisdictions, "US")
		}
		if err != nil {
			require.ErrorIs(t, err, client.ErrNotFound)
		}
	}
}

func TestAttestations(t *testing.T) {
	n := setup(t)
	batch, anchor := attestationtypes.ContainerID(id("batch").Bytes()[:28]), attestationtypes.ContainerID(id("anchor").Bytes()[:28])
	issuer := n.Operator(0).String()
	n.Write(attestationtypes.StoreKey, attestationtypes.BatchStateKey(batch), &attestationtypes.Batch{
		Issuer: issuer, SchemaId: id("schema").Bytes(), Statements: []attestationtypes.Statement{{Subject: ben[:], Commitment: id("a").Bytes()}, {Subject: ben[:], Commitment: id("b").Bytes()}},
	})
	n.Write(attestationtypes.StoreKey, attestationtypes.StatusStateKey(batch.Item(1)), &attestationtypes.StatusEntry{Status: attestationtypes.STATUS_REVOKED, Since: n.Now})
	n.Write(attestationtypes.StoreKey, attestationtypes.AnchorStateKey(anchor), &attestationtypes.Anchor{Issuer: issuer, Size_: 2})
	n.settle()
	c := n.open(t)
	a, err := c.GetAttestation(t.Context(), batch.Item(0))
	require.NoError(t, err)
	require.Equal(t, id("a").Bytes(), a.Commitment)
	require.Equal(t, attestationtypes.STATUS_ACTIVE, a.Status)
	a, err = c.GetAttestation(t.Context(), batch.Item(1))
	require.NoError(t, err)
	require.Equal(t, attestationtypes.STATUS_REVOKED, a.Status)
	require.NotNil(t, a.StatusSince)
	a, err = c.GetAttestation(t.Context(), anchor.Item(1))
	require.NoError(t, err)
	require.True(t, a.Anchored)
	for _, absent := range []attestationtypes.ID{batch.Item(2), anchor.Item(2), id("none")} {
		_, err = c.GetAttestation(t.Context(), absent)
		require.ErrorIs(t, err, client.ErrNotFound)
	}
}

func TestAbsenceIsProven(t *testing.T) {
	n := setup(t)
	c, ctx := n.open(t), t.Context()
	_, err := c.Subject(ctx, ann)
	require.ErrorIs(t, err, client.ErrNotFound)
	_, err = c.Consent(ctx, ann, id("consent"))
	require.ErrorIs(t, err, client.ErrNotFound)
	_, err = c.Tradeline(ctx, ben, id("none"))
	require.ErrorIs(t, err, client.ErrNotFound)
	_, err = c.GetInstitution(ctx, sdk.AccAddress(id("stranger").Bytes()[:20]).String())
	require.ErrorIs(t, err, client.ErrNotFound)
	_, err = c.GetInstitution(ctx, "bank")
	require.Error(t, err)
	require.NotErrorIs(t, err, client.ErrNotFound, "what is no question has no answer")
}

// store keeps settings as a vault's does.
type store map[string][]byte

func newStore() store { return store{} }

func (s store) Setting(_ context.Context, name string) ([]byte, error) { return s[name], nil }
func (s store) SetSettings(_ context.Context, values map[string][]byte) error {
	for name, value := range values {
		s[name] = value
	}
	return nil
}

func TestTrustIsKept(t *testing.T) {
	n := setup(t)
	config, s := n.config(t), newStore()
	config.Store = s
	_, _, found, err := lightchain.GetTrust(t.Context(), s)
	require.NoError(t, err)
	require.False(t, found)
	c, err := lightchain.Open(t.Context(), config)
	require.NoError(t, err)
	_, firstUse, found, err := lightchain.GetTrust(t.Context(), s)
	require.NoError(t, err)
	require.True(t, found && firstUse)
	n.Block()
	n.Block()
	_, err = c.Subject(t.Context(), ben)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	root, firstUse, _, err := lightchain.GetTrust(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, n.Trusted(n.Height()), root, "the newest header is where the next run begins")
	require.True(t, firstUse, "a later header is no better than the first")

	n.Block()
	again, err := lightchain.Open(t.Context(), config)
	require.NoError(t, err)
	_, err = again.Subject(t.Context(), ben)
	require.NoError(t, err)

	require.NoError(t, lightchain.SetTrust(t.Context(), s, prooftest.ChainID, n.Trusted(2)))
	require.NoError(t, again.Close())
	root, _, _, err = lightchain.GetTrust(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, n.Trusted(2), root, "who began under another root does not write over it")
	_, err = lightchain.Open(t.Context(), config)
	require.NoError(t, err)
	_, firstUse, _, err = lightchain.GetTrust(t.Context(), s)
	require.NoError(t, err)
	require.False(t, firstUse)

	config.Now = func() time.Time { return n.Now.Add(proof.DefaultTrustingPeriod + time.Hour) }
	_, err = lightchain.Open(t.Context(), config)
	require.Error(t, err, "a header that is too old leads nowhere")
	s["lightchain.trust"] = []byte("{")
	_, err = lightchain.Open(t.Context(), config)
	require.ErrorContains(t, err, "--trust-height")
}

// What a block has just brought is proven by the header of the next one, and that is waited for.
func TestNewInquiryIsWaitedFor(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	n.Write(types.StoreKey, types.InquiryStateKey(id("new")), &types.Inquiry{DataUser: n.Operator(1).String()})
	n.Block()
	var shown atomic.Int64
	shown.Store(n.Height())
	n.Block()
	asked := make(chan struct{}, 1000)
	n.status = func() int64 { asked <- struct{}{}; return shown.Load() }
	_, err := lightchain.Asked{Chain: c}.Inquiry(t.Context(), id("new"))
	require.ErrorIs(t, err, client.ErrNotFound, "who does not want to wait does not")
	for len(asked) > 0 {
		<-asked
	}
	done := make(chan error, 1)
	go func() {
		_, err := lightchain.Asked{Chain: c}.Appearing(context.Background(), id("new"))
		done <- err
	}()
	for range 4 {
		<-asked
	}
	require.Empty(t, done, "the header that proves it is not there yet")
	shown.Add(1)
	require.NoError(t, <-done)
}

func TestNodeAway(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	n.away = true
	_, err := c.Subject(t.Context(), ben)
	require.ErrorIs(t, err, lightchain.ErrAway)
	_, err = lightchain.Open(t.Context(), n.config(t))
	require.ErrorIs(t, err, lightchain.ErrAway)
}

// A read costs a question once for each state, and a height costs one block.
func TestReadsAreKept(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	asked, blocks := n.asked.Load(), n.blocks.Load()
	for range 10 {
		_, err := c.Tradelines(t.Context(), ben)
		require.NoError(t, err)
	}
	require.Equal(t, int64(4), n.asked.Load()-asked, "three and what follows")
	require.Zero(t, n.blocks.Load()-blocks)
	n.consent(types.CONSENT_STATUS_WITHDRAWN)
	n.settle()
	_, err := c.Tradelines(t.Context(), ben)
	require.NoError(t, err)
	require.Equal(t, int64(8), n.asked.Load()-asked)
	require.Equal(t, int64(1), n.blocks.Load()-blocks)
}

// A block that changes nothing leaves what was proven true: it is not asked for again, and what changes later is.
func TestReadsOutliveEmptyBlocks(t *testing.T) {
	n := setup(t)
	n.settle() // the header of an empty block proves what is there
	chain := n.open(t)
	_, err := chain.Consent(t.Context(), ben, id("consent"))
	require.NoError(t, err)
	before, _, err := chain.Height(t.Context())
	require.NoError(t, err)
	asked := n.asked.Load()

	n.Block()
	consent, err := chain.Consent(t.Context(), ben, id("consent"))
	require.NoError(t, err)
	require.Equal(t, types.CONSENT_STATUS_LIVE, consent.Status)
	after, _, err := chain.Height(t.Context())
	require.NoError(t, err)
	require.Equal(t, before+1, after)
	require.Equal(t, asked, n.asked.Load())

	n.consent(types.CONSENT_STATUS_WITHDRAWN)
	n.settle()
	consent, err = chain.Consent(t.Context(), ben, id("consent"))
	require.NoError(t, err)
	require.Equal(t, types.CONSENT_STATUS_WITHDRAWN, consent.Status)
	require.Greater(t, n.asked.Load(), asked)
}
