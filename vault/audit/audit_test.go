package audit

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// changed is a store that gives back its records changed.
type changed struct {
	records []store.Record
}

func (c *changed) Records(_ context.Context, after *[32]byte, _ int) ([]store.Record, error) {
	if after != nil {
		return nil, nil
	}
	return c.records, nil
}

func TestAudit(t *testing.T) {
	subject := [32]byte{0x5b}
	for name, test := range map[string]struct {
		problem Problem
		change  func(t *testing.T, chain *fakechain.Chain, bank *testvault.Institution, r []store.Record) []store.Record
	}{
		"sound": {"", func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			return r
		}},
		"flipped bit": {Unreadable, func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			r[0].Ciphertext = bytes.Clone(r[0].Ciphertext)
			r[0].Ciphertext[3] ^= 1
			return r
		}},
		"other content": {Altered, func(t *testing.T, _ *fakechain.Chain, bank *testvault.Institution, r []store.Record) []store.Record {
			plain, err := records.Open(bank.Ring, &r[0])
			require.NoError(t, err)
			plain.Values = commitment.Record{"balance": "0"}
			require.NoError(t, records.Seal(bank.Ring, plain, &r[0]))
			return r
		}},
		"other salt of the clock": {Altered, func(t *testing.T, _ *fakechain.Chain, bank *testvault.Institution, r []store.Record) []store.Record {
			plain, err := records.Open(bank.Ring, &r[0])
			require.NoError(t, err)
			plain.Clock.Salt[0]++
			require.NoError(t, records.Seal(bank.Ring, plain, &r[0]))
			return r
		}},
		"missing": {Missing, func(_ *testing.T, _ *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			return r[1:]
		}},
		"foreign": {Foreign, func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			delete(chain.State().Attestations, r[0].Attestation)
			delete(chain.State().Tradelines, r[0].Tradeline)
			return r
		}},
		"unsettled": {Unsettled, func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			delete(chain.State().Attestations, r[0].Attestation)
			delete(chain.State().Tradelines, r[0].Tradeline)
			r[0].State = store.Staged
			return r
		}},
		"stale": {Stale, func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.AttestationId = r[1].Attestation[:]
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r
		}},
		"replaced by a later one is sound": {"", func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			old := chain.State().Attestations[r[0].Attestation]
			old.Status = attestationtypes.STATUS_SUPERSEDED
			chain.State().Attestations[r[0].Attestation] = old
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.AttestationId = r[1].Attestation[:]
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r
		}},
		"expired records are not missing": {"", func(_ *testing.T, chain *fakechain.Chain, _ *testvault.Institution, r []store.Record) []store.Record {
			tradeline := chain.State().Tradelines[r[0].Tradeline]
			tradeline.State = credittypes.RECORD_STATE_EXPIRED
			chain.State().Tradelines[r[0].Tradeline] = tradeline
			return r
		}},
	} {
		t.Run(name, func(t *testing.T) {
			chain := fakechain.New(time.Now)
			bank := testvault.New(t, chain, "Bank")
			all := []store.Record{
				bank.Furnish(t, chain, subject, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"}),
				bank.Furnish(t, chain, subject, "2", schemas.TradelineFirm, commitment.Record{"balance": "2"}),
			}
			given := &changed{test.change(t, chain, bank, all)}
			result, err := Run(t.Context(), given, bank.Ring, chain, bank.Operator())
			require.NoError(t, err)
			if test.problem == "" {
				require.Empty(t, result.Findings)
				require.Equal(t, len(given.records), result.Sound)
				return
			}
			require.Len(t, result.Findings, 1)
			require.Equal(t, test.problem, result.Findings[0].Problem)
			require.NotEmpty(t, result.Findings[0].Detail)
			require.Equal(t, 1, result.Sound)
		})
	}
}

func TestAuditOfAnothersVault(t *testing.T) {
	chain := fakechain.New(time.Now)
	bank, other := testvault.New(t, chain, "Bank"), testvault.New(t, chain, "Other")
	bank.Furnish(t, chain, [32]byte{1}, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"})
	result, err := Run(t.Context(), bank.Store, bank.Ring, chain, other.Operator())
	require.NoError(t, err)
	require.Equal(t, Foreign, result.Findings[0].Problem)
}

func TestAuditNeedsTheChain(t *testing.T) {
	chain := fakechain.New(time.Now)
	bank := testvault.New(t, chain, "Bank")
	bank.Furnish(t, chain, [32]byte{1}, "1", schemas.TradelineFirm, commitment.Record{"balance": "1"})
	chain.Down = true
	_, err := Run(t.Context(), bank.Store, bank.Ring, chain, bank.Operator())
	require.Error(t, err, "a chain that is away is no finding")
	require.False(t, errors.Is(err, store.ErrBroken))
}
