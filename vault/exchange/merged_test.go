package exchange

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Records of pseudonyms that are merged into the subject are its own; those of others are not.
func TestMergedPseudonyms(t *testing.T) {
	s := newScene(t)
	alias, other := [32]byte{0xa1}, [32]byte{0xa2}
	merged := s.bank.Furnish(t, s.chain, alias, "2", schemas.TradelineFirm, commitment.Record{"balance": "2"})
	s.bank.Furnish(t, s.chain, other, "3", schemas.TradelineFirm, commitment.Record{"balance": "3"})
	s.chain.State().Views[subject] = credittypes.Subject{Pseudonym: subject[:], Aliases: [][]byte{alias[:]}}
	answer, err := s.fetch()
	require.NoError(t, err)
	require.Len(t, answer.Records, 2)
	require.Equal(t, s.record.Tradeline[:], answer.Records[0].TradelineId)
	require.Equal(t, merged.Tradeline[:], answer.Records[1].TradelineId)
}

// What stays of an answer is signed: who shows it later cannot alter it, nor name another furnisher.
func TestVerifyParts(t *testing.T) {
	s := newScene(t)
	answer, err := s.fetch()
	require.NoError(t, err)
	digest, err := VerifyParts(s.bank.Signer.PubKey(), answer.Parts)
	require.NoError(t, err)
	require.Equal(t, answer.Digest, digest)
	_, err = VerifyParts(s.lender.Signer.PubKey(), answer.Parts)
	require.ErrorContains(t, err, "not signed")
	_, err = VerifyParts(s.bank.Signer.PubKey(), nil)
	require.ErrorContains(t, err, "1 to 1000")
	answer.Parts[0].Digest[0] ^= 1
	_, err = VerifyParts(s.bank.Signer.PubKey(), answer.Parts)
	require.ErrorContains(t, err, "not signed")
}
