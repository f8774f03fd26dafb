package lightchain_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	ics23 "github.com/cosmos/ics23/go"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/vault/lightchain"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	"github.com/creditd/creditd/x/credit/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Whatever a node says instead of what the state has is refused, by name.
func TestLyingNode(t *testing.T) {
	decoded := func(r *ctypes.ResultABCIQuery) *ics23.CommitmentProof {
		p := new(ics23.CommitmentProof)
		require.NoError(t, p.Unmarshal(r.Response.ProofOps.Ops[0].Data))
		return p
	}
	for name, lie := range map[string]func(n *node){
		"false consent": func(n *node) {
			n.answer = func(_ []byte, r *ctypes.ResultABCIQuery) {
				if p := decoded(r); p.GetExist() != nil {
					p.GetExist().Value, _ = (&types.Consent{Grantee: n.Operator(2).String(), Status: types.CONSENT_STATUS_LIVE}).Marshal()
					r.Response.ProofOps.Ops[0].Data, _ = p.Marshal()
				}
			}
		},
		"another's consent": func(n *node) {
			n.query = func([]byte, *rpcclient.ABCIQueryOptions) []byte { return types.InquiryStateKey(id("inquiry")) }
		},
		"withheld": func(n *node) {
			n.query = func(key []byte, _ *rpcclient.ABCIQueryOptions) []byte { return append(key, 0) }
		},
		"from before the withdrawal": func(n *node) {
			n.query = func(key []byte, o *rpcclient.ABCIQueryOptions) []byte { o.Height -= 2; return key }
		},
		"root of another store": func(n *node) {
			n.answer = func(_ []byte, r *ctypes.ResultABCIQuery) {
				other, err := n.Chain.ABCIQueryWithOptions(t.Context(), "/store/institution/key", []byte{1}, rpcclient.ABCIQueryOptions{Height: n.Height() - 1, Prove: true})
				require.NoError(t, err)
				r.Response.ProofOps.Ops[1].Data = other.Response.ProofOps.Ops[1].Data
			}
		},
		"no proof": func(n *node) {
			n.answer = func(_ []byte, r *ctypes.ResultABCIQuery) { r.Response.ProofOps.Ops[0].Data = nil }
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := setup(t)
			n.consent(types.CONSENT_STATUS_WITHDRAWN)
			n.settle()
			c := n.open(t)
			lie(n)
			consent, err := c.Consent(t.Context(), ben, id("consent"))
			require.ErrorIs(t, err, lightchain.ErrUnproven)
			require.NotErrorIs(t, err, client.ErrNotFound)
			require.NotEqual(t, types.CONSENT_STATUS_LIVE, consent.Status)
			n.query, n.answer = nil, nil
			consent, err = c.Consent(t.Context(), ben, id("consent"))
			require.NoError(t, err, "a refusal is not kept")
			require.Equal(t, types.CONSENT_STATUS_WITHDRAWN, consent.Status)
		})
	}
}

func TestRevocationCannotBeWithheld(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	operator := n.Operator(1).String()
	view, err := c.GetInstitution(t.Context(), operator)
	require.NoError(t, err)
	before := n.Height() - 1
	view.Institution.Status = institutiontypes.LICENCE_STATUS_REVOKED
	n.Write(institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(n.Operator(1)), &view.Institution)
	n.settle()
	n.query = func(key []byte, o *rpcclient.ABCIQueryOptions) []byte { o.Height = before; return key }
	_, err = c.GetInstitution(t.Context(), operator)
	require.ErrorIs(t, err, lightchain.ErrUnproven)
	n.query = nil
	view, err = c.GetInstitution(t.Context(), operator)
	require.NoError(t, err)
	require.Equal(t, institutiontypes.LICENCE_STATUS_REVOKED, view.Institution.Status)
}

// A node that leaves a tradeline out, at any place, is caught.
func TestTradelinesAreWhole(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	honest, err := c.Tradelines(t.Context(), ben)
	require.NoError(t, err)
	places := append([][]byte{types.TradelinesStateKey(ben)}, func() (keys [][]byte) {
		for _, each := range honest {
			keys = append(keys, append(types.TradelineStateKey(ben, types.ID(each.Id)), 0))
		}
		return keys
	}()...)
	for i := range honest {
		n.query = func(key []byte, _ *rpcclient.ABCIQueryOptions) []byte {
			if bytes.Equal(key, places[i]) { // the gap after the next one, instead of that before it
				return places[i+1]
			}
			return key
		}
		n.consent(types.ConsentStatus(1 + i%2)) // another state, of which nothing is known
		n.settle()
		_, err := c.Tradelines(t.Context(), ben)
		require.ErrorIs(t, err, lightchain.ErrUnproven, "without the tradeline at place %d", i)
	}
}

func TestStaleNode(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	stuck := n.Height()
	n.status = func() int64 { return stuck }
	for range int(lightchain.DefaultMaxAge/time.Second) + int(proof.DefaultMaxClockDrift/time.Second) {
		_, err := c.Subject(t.Context(), ben)
		require.NoError(t, err)
		n.Block()
	}
	n.Block()
	_, err := c.Subject(t.Context(), ben)
	require.ErrorIs(t, err, lightchain.ErrStale)
	n.status = func() int64 { return stuck - 1 }
	_, err = c.Subject(t.Context(), ben)
	require.ErrorIs(t, err, lightchain.ErrStale)
	n.status = nil
	_, err = c.Subject(t.Context(), ben)
	require.NoError(t, err)
	_, err = lightchain.Open(t.Context(), func() lightchain.Config {
		config := n.config(t)
		config.Now = func() time.Time { return n.Now.Add(time.Hour) }
		return config
	}())
	require.ErrorIs(t, err, lightchain.ErrStale, "trust on first use is no trust in old news")
}

func TestForgedHeaders(t *testing.T) {
	n := setup(t)
	c := n.open(t)
	for name, forge := range map[string]func(height int64, r *ctypes.ResultCommit){
		"app hash": func(_ int64, r *ctypes.ResultCommit) { r.AppHash = id("forged").Bytes() },
		"time":     func(_ int64, r *ctypes.ResultCommit) { r.Time = r.Time.Add(time.Second) },
		"signatures": func(_ int64, r *ctypes.ResultCommit) {
			r.SignedHeader.Commit.Signatures = slices.Clone(r.SignedHeader.Commit.Signatures)[:1]
		},
	} {
		n.Block()
		n.commit = forge
		_, err := c.Subject(t.Context(), ben)
		require.Error(t, err, name)
		require.NotErrorIs(t, err, client.ErrNotFound, name)
		n.commit = nil
		_, err = c.Subject(t.Context(), ben)
		require.NoError(t, err, name)
	}
	config := n.config(t)
	s := newStore()
	require.NoError(t, lightchain.SetTrust(t.Context(), s, prooftest.ChainID, proof.Trusted{Height: 3, Hash: id("another header")}))
	config.Store = s
	_, err := lightchain.Open(t.Context(), config)
	require.ErrorIs(t, err, lightchain.ErrUntrusted)
	config.Store, config.ChainID = newStore(), "other-1"
	_, err = lightchain.Open(t.Context(), config)
	require.ErrorIs(t, err, lightchain.ErrUntrusted)
}

// What decides to whom a share is dealt and which sum is opened is read by proof: a node cannot put a key of its own there.
func TestLyingNodeAboutSecrets(t *testing.T) {
	n := setup(t)
	round, key, liar := [32]byte(id("round")), id("key").Bytes(), id("liar").Bytes()
	n.Write(committeetypes.StoreKey, committeetypes.CommitteeStateKey(7), &committeetypes.Committee{Id: 7, Members: []committeetypes.Member{{TransportKey: key}}})
	for dealer := range uint32(3) {
		at := binary.BigEndian.AppendUint32(committeetypes.DealingsStateKey(7), dealer+1)
		n.Write(committeetypes.StoreKey, at, &committeetypes.Dealing{CommitteeId: 7, Dealer: dealer + 1, Content: key})
	}
	n.Write(exposuretypes.StoreKey, exposuretypes.RoundStateKey(round), &exposuretypes.Round{AskerKey: key, Sum: key})
	n.Write(exposuretypes.StoreKey, exposuretypes.PartStateKey(round, 2), &exposuretypes.Part{Member: n.Operator(0).String(), PublicShare: key})
	n.settle()
	c, ctx := n.open(t), t.Context()
	reads := map[string]func() (any, error){
		"committee": func() (any, error) { return c.Committee(ctx, 7) },
		"dealings":  func() (any, error) { return c.Dealings(ctx, 7) },
		"round":     func() (any, error) { return c.Round(ctx, round) },
		"part":      func() (any, error) { return c.Part(ctx, round, 2) },
	}
	for name, read := range reads {
		n.answer = func(_ []byte, r *ctypes.ResultABCIQuery) {
			r.Response.ProofOps.Ops[0].Data = bytes.ReplaceAll(r.Response.ProofOps.Ops[0].Data, key, liar)
		}
		n.consent(types.CONSENT_STATUS_LIVE) // another state, of which nothing is known
		n.settle()
		_, err := read()
		require.ErrorIs(t, err, lightchain.ErrUnproven, name)
		n.answer = nil
		found, err := read()
		require.NoError(t, err, name)
		require.Contains(t, fmt.Sprint(found), fmt.Sprint(key), name)
	}
	dealings, err := c.Dealings(ctx, 7)
	require.NoError(t, err)
	require.Len(t, dealings, 3)
	n.query = func(at []byte, _ *rpcclient.ABCIQueryOptions) []byte { return append(bytes.Clone(at), 0, 0, 0, 2) }
	n.consent(types.CONSENT_STATUS_WITHDRAWN)
	n.settle()
	_, err = c.Dealings(ctx, 7)
	require.ErrorIs(t, err, lightchain.ErrUnproven, "none is left out")
	n.query = nil
	n.status = func() int64 { return n.Height() - 1 } // there is nothing newer to wait for
	_, err = c.Round(ctx, id("no round"))
	require.ErrorIs(t, err, client.ErrNotFound)
	_, err = c.Committee(ctx, 8)
	require.ErrorIs(t, err, client.ErrNotFound)
}
