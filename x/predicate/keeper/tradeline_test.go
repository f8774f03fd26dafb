package keeper_test

import (
	"testing"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// TestTradelinesAlone: a furnisher may attest under the schema of tradelines without reporting a tradeline. No clock runs for that, no
// subject disputes it, and no answer about tradelines rests on it, named or hidden.
func TestTradelinesAlone(t *testing.T) {
	f := setup(t)
	schema := schemaOf(t, schemas.TradelineFirm)
	_, tradeline := f.furnish(bank, "one", 100, 1)
	point := commit.Amount(0, blinding(2))
	beside := must(f, f.attestMsg.Attest, &attestationtypes.MsgAttest{Issuer: bank.String(), SchemaId: schema.Id, Statement: attestationtypes.Statement{
		Subject: subject, Commitment: testutil.Bytes("beside"), CircuitCommitment: append([]byte{0}, testutil.Bytes("circuit")[1:]...),
		AmountCommitments: [][]byte{point[:]},
	}}).Id
	inquiry := f.inquiry(lender, schema.Id)
	f.ask(lender, inquiry, types.Predicate{
		Kind: types.PREDICATE_KIND_RANGE, CircuitId: f.circuits("range-6")[0], SchemaId: schema.Id, Field: fieldOf(t, schema, "balance"), Upper: 500,
	})
	by := func(attestation []byte) *types.MsgProve {
		return &types.MsgProve{Prover: bank.String(), InquiryId: inquiry, AttestationIds: [][]byte{attestation}, Proof: make([]byte, plonk.ProofSize)}
	}
	refused(f, f.msg.Prove, by(beside), types.ErrOtherAttestation, "no tradeline")
	refused(f, f.msg.Prove, by(tradeline), types.ErrInvalidProof, "a tradeline: nothing but the proof is wrong")
	refused(f, f.msg.List, &types.MsgList{Signer: bank.String(), AttestationId: beside}, types.ErrNotListable, "no tradeline")
	must(f, f.msg.List, &types.MsgList{Signer: bank.String(), AttestationId: tradeline})
}
